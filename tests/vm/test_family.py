# SPDX-License-Identifier: GPL-2.0
"""docs/netlink/siit_dc.yaml against the family that the kernel has (NL-07)."""
import json
import os
import re
import sys

import yaml

from lab.cases import Skip, case, check, equal
from lab.genl import K, Genl, attr, parse
from lab.packet import addr
from lab.topology import Wire

NETLINK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/netlink")
NL_TYPES = {1: "flag", 2: "u8", 3: "u16", 4: "u32", 5: "u64", 8: "s32", 10: "binary", 13: "nest"}


@case(Wire)
def a_program_adds_a_row(lab):
    """NL-07: with nothing but netlink and the family's description."""
    program = f"{NETLINK}/add_row.py"
    lab.br.run(sys.executable, program, "192.0.2.77", "2001:db8::77")
    check("192.0.2.77  2001:db8::77" in re.sub(" +", "  ", lab.eamctl(lab.br, "eam", "show", "192.0.2.77").stdout), "no such row")
    p = lab.br.run(sys.executable, program, "192.0.2.77", "2001:db8::78", check=False)
    equal((p.returncode, p.stderr), (1, "File exists\n"), "exit code and words for a row that is there")
    lab.eamctl(lab.br, "eam", "del", "192.0.2.77")


def policy_of_attribute(a):
    """As the description would have it."""
    a = {k: int.from_bytes(v, sys.byteorder, signed=k in (2, 3)) for k, v in parse(a)}
    kind = NL_TYPES[a[1]]
    checks = {}
    if kind == "binary":
        low, high = a.get(6, 0), a.get(7, 0)
        checks = {"exact-len": high} if low == high else {"max-len": high}
    elif 12 in a:
        checks = {"flags-mask": a[12]}
    elif kind in ("u8", "u16", "u32", "u64"):
        top = (1 << int(kind[1:])) - 1
        checks = {k: v for k, v in (("min", a.get(4, 0)), ("max", a.get(5, top))) if v != (0 if k == "min" else top)}
    return kind, checks, a.get(8)


# Of a set that requests have as well: what the kernel alone says, and refuses to be told.
ANSWERS = {"hits46", "hits64"}


def kernel_policies(genl):
    """({command: policy number}, {policy number: {attribute: (type, checks, nested policy number)}})"""
    commands, policies = {}, {}
    for message in genl._ask(16, 10, 1, attr(1, genl.family.to_bytes(2, sys.byteorder)), 0x300):
        for kind, data in parse(message):
            if kind == 9:  # CTRL_ATTR_OP_POLICY
                for cmd, numbers in parse(data):
                    commands[cmd] = int.from_bytes(dict(parse(numbers))[1], sys.byteorder)
            elif kind == 8:  # CTRL_ATTR_POLICY
                for number, attributes in parse(data):
                    for a, policy in parse(attributes):
                        policies.setdefault(number, {})[a] = policy_of_attribute(policy)
    return commands, policies


@case(Wire)
def the_description_is_the_kernels(lab):
    """NL-07: every command, attribute, type and range of docs/netlink/siit_dc.yaml, as the kernel itself tells them."""
    with open(f"{NETLINK}/siit_dc.yaml") as f:
        family = yaml.safe_load(f)
    sets = {s["name"]: {a["name"]: a for a in s["attributes"]} for s in family["attribute-sets"]}
    flags = {d["name"]: (1 << len(d["entries"])) - 1 for d in family["definitions"] if d["type"] == "flags"}
    with lab.br, Genl() as genl:
        commands, policies = kernel_policies(genl)
        check(set(genl.groups) == {g["name"] for g in family["mcast-groups"]["list"]}, f"groups {genl.groups}")

    def compare(names, known, number, where):
        # What a command does not take is there too, as something to be refused.
        want = {known[n]["value"]: n for n in names}
        equal(set(policies.get(number, {})), set(want), f"{where}: attributes")
        for value, name in want.items():
            kind, checks, nested = policies[number][value]
            said = dict(known[name].get("checks", {}))
            if "flags-mask" in said:
                said["flags-mask"] = flags[said["flags-mask"]]
            # The range of an ifindex is one command's, that of TOS is a function.
            if name == "ifindex":
                checks = {}
            equal((kind, checks), (known[name]["type"], said), f"{where}: {name}")
            if kind == "nest":
                inner = sets[known[name]["nested-attributes"]]
                asked = [n for n, a in inner.items() if a["type"] != "pad" and n not in ANSWERS]
                compare(asked, inner, nested, f"{where} {name}")

    for o in family["operations"]["list"]:
        if "do" in o:
            request = (o["do"].get("request") or {}).get("attributes", [])
            compare(request, sets["siit"], commands.get(o["value"]), o["name"])
    equal({o["value"] for o in family["operations"]["list"]}, {v for k, v in K.items() if re.match(r"SIIT_CMD_(?!UNSPEC)", k)},
          "commands")


@case(Wire)
def the_kernels_own_tool_reads_it(lab):
    """NL-07: tools/net/ynl of the kernel's sources (unpacked by scripts/test lint) asks and changes by the description."""
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/netlink/ynl/cli.py")
    if not os.path.exists(tool):
        raise Skip("scripts/test lint has not unpacked tools/net/ynl")

    def ynl(*args):
        # Addresses go in as octets. What it does not know is padding, which kernels without fast unaligned access send.
        args = [a if isinstance(a, str) else json.dumps(a, default=lambda v: v.hex()) for a in args]
        return json.loads(lab.br.run(sys.executable, tool, "--spec", f"{NETLINK}/siit_dc.yaml", "--no-schema",
                                     "--process-unknown", "--output-json", *args).stdout)

    ynl("--do", "eam-add", "--json", {"eam": {"addr4": addr("192.0.2.78"), "addr6": addr("2001:db8::78")}})
    rows = [row for message in ynl("--dump", "eam-get") for row in message["eam"]]
    check([r for r in rows if (r["addr4"], r["addr6"]) == ("192.0.2.78", "2001:db8::78")], f"no such row: {rows}")
    ynl("--do", "settings-set", "--json", {"settings": {"lowest-ipv6-mtu": 1400}})
    settings = ynl("--do", "settings-get")["settings"]
    equal((settings["lowest-ipv6-mtu"], settings["role"]), (1400, "br"), "settings")
    lab.eamctl(lab.br, "eam", "del", "192.0.2.78")
