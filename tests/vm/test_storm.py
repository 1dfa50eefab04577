# SPDX-License-Identifier: GPL-2.0
"""Floods, which cost their sender something and the host little. Answers: errors.rate_and_burst; loops: router.loop_ends;
instructions of what is refused: scripts/bench."""
import os

from lab.cases import case, check
from lab.netns import run, wait_for
from lab.packet import UDP, fragment, ip4, ip6, udp
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Wire

FLOOD = 500
GROUP_MAX = 32 << 20


@case(Wire)
def the_log_is_not_filled(lab):
    """Of what is logged, ten lines in five seconds, and how many were not said (SE-14)."""
    before = run("dmesg").stdout.count("\n")
    no_checksum = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"x" * 72, check=0), mf=True, ident=3)
    header = ip6(WEB6, CLIENT6, 44, fragment(60, 1) + b"\x3b" + bytes(15))
    malformed = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, bytes(40)), options=b"\x07\x01\x00\x00")
    with lab.watch(lab.br) as moved:
        for _ in range(FLOOD // 20):
            lab.exchange(*[no_checksum, header, malformed] * 20)
    for name in ("reject_udp_zero_checksum", "reject_exthdr_in_fragment", "drop_bad_options"):
        check(sum(moved.get(name, (0, 0))) == FLOOD, f"{name}: {moved}")
    lines = run("dmesg").stdout.count("\n") - before
    check(0 < lines < FLOOD // 5, f"{lines} lines for {3 * FLOOD} packets")


# As root of a user namespace: rows without end, as many as the limit of rows lets through, then another table.
LOADER = """
import sys
sys.path.insert(0, {here!r})
from lab.genl import Genl, K, attr, row, u32
import subprocess
subprocess.run(["ip", "link", "add", "siit0", "type", "siit_dc"], check=True)
held = []
for table in range(64):
    held.append(Genl())
    held[-1].ask("TXN_BEGIN", attr(K["SIIT_A_ROWS"], u32(1 << 20)))
    for i in range(0, 1 << 16, 256):
        held[-1].ask("TXN_ADD", b"".join(row(f"10.{{table}}.{{i >> 8}}.{{n}}", f"2001:db8:{{table:x}}::{{i + n:x}}")
                                         for n in range(256)))
        print(table, i, flush=True)
"""


@case(Wire, fresh=True, timeout=120)
def a_container_fills_its_own_memory(lab):
    """Its cgroup's limit ends it, the host does not notice, and all comes back (NL-04)."""
    root = f"{lab.dir}/cgroup"
    os.makedirs(root)
    run("mount", "-t", "cgroup2", "cgroup2", root)
    group = f"{root}/container"
    before = lab.eamctl(lab.br, "show").stdout

    def value(name):
        with open(f"{group}/memory.{name}") as f:
            return f.read()
    try:
        with open(f"{root}/cgroup.subtree_control", "w") as f:
            f.write("+memory")
        os.mkdir(group)
        with open(f"{group}/memory.max", "w") as f:
            f.write(str(GROUP_MAX))
        # The group first, then no rights outside.
        p = lab.br.run("sh", "-c", f'echo $$ >{group}/cgroup.procs && exec setpriv --reuid=65534 --regid=65534 --clear-groups '
                       'unshare -Urn --map-root-user /usr/bin/python3 -c "$0"',
                       LOADER.format(here=os.path.dirname(os.path.abspath(__file__))), check=False, timeout=90)
        check(p.returncode and "\n" in p.stdout, f"exit {p.returncode}: {p.stdout[-100:]} {p.stderr[-400:]}")
        check("\nmax 0\n" not in "\n" + value("events"), f"not the memory ended it: {value('events')} {p.stderr[-400:]}")
        check(int(value("peak")) <= GROUP_MAX, f"more than the limit: {value('peak')}")
        wait_for("the memory to come back", lambda: int(value("current")) < GROUP_MAX // 4)
        check(lab.eamctl(lab.br, "show").stdout == before, "what runs outside has changed")
    finally:
        run("umount", root)
