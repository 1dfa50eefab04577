# SPDX-License-Identifier: GPL-2.0
"""Device, table and configuration as an operator meets them (Base and Wire, see lab/topology.py)."""
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import time

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import SLOW, run, wait_for
from lab.packet import ICMP, UDP, addr, echo, ip4, text, udp
from lab.topology import (BR_EAM, CLIENT4, EAMCTL, PREFIX, WEB4, WEB6, Base, Wire, toml)

ROWS = 100000


@case(Base, configure=False, servers=False, fresh=True)
def device_by_hand_then_apply(lab):
    """ip link add, eamctl apply, and the first curl works."""
    www, _ = lab.nginx(lab.web, WEB6)
    with open(f"{www}/file", "w") as f:
        f.write("hello")
    lab.br.run("ip", "link", "add", "siit0", "type", "siit_dc")
    lab.apply(lab.br, {"role": "br", "prefix": f"{PREFIX}/96"}, BR_EAM)
    equal(lab.client.run("curl", "-sSf", "-m", str(10 * SLOW), f"http://{WEB4}/file").stdout, "hello", "file")


@case(Base, configure=False, servers=False, fresh=True)
def up_and_single_commands(lab):
    """The same without a file."""
    lab.keep(traffic.udp_server(lab.web, "::", 7))
    lab.eamctl(lab.br, "up", "--role", "br")
    lab.eamctl(lab.br, "set", "prefix", f"{PREFIX}/96")
    lab.eamctl(lab.br, "eam", "add", WEB4, WEB6)
    traffic.udp_ask(lab.client, WEB4, 7, b"x")
    rows = json.loads(lab.eamctl(lab.br, "-j", "eam", "show").stdout)
    equal(rows, [{"ipv4": WEB4, "ipv6": WEB6, "scope": "remote"}], "table")
    lab.eamctl(lab.br, "eam", "del", WEB4)
    equal(json.loads(lab.eamctl(lab.br, "-j", "eam", "show").stdout), [], "table")
    lab.eamctl(lab.br, "down")
    equal(lab.br.run("ip", "link", "show", "type", "siit_dc").stdout, "", "devices")
    routes = lab.br.run("ip", "route").stdout + lab.br.run("ip", "-6", "route").stdout
    check("siit0" not in routes and PREFIX not in routes, f"routes stayed: {routes}")


@case(Wire)
def second_device_refused(lab):
    p = lab.br.run("ip", "link", "add", "siit1", "type", "siit_dc", check=False)
    check(p.returncode != 0 and len(p.stderr.strip().splitlines()) >= 1, f"accepted: {p}")
    check("Error:" in p.stderr and "siit" in p.stderr, f"not in words: {p.stderr}")
    equal(lab.br.run("ip", "-o", "link", "show", "type", "siit_dc").stdout.count("\n"), 1, "devices")
    # Another namespace may have one of its own.
    lab.w4.run("ip", "link", "add", "siit1", "type", "siit_dc")
    lab.w4.run("ip", "link", "del", "siit1")


@case(Wire)
def device_stays_in_its_namespace(lab):
    p = lab.br.run("ip", "link", "set", "dev", "siit0", "netns", lab.w4.name, check=False)
    check(p.returncode != 0, "the device moved to another namespace")


@case(Wire)
def link_down_and_up(lab):
    """Down: nothing is translated, the configuration is kept."""
    pkt = ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 1, 1, b"x"))
    lab.one(pkt, 6)
    before = lab.eamctl(lab.br, "show").stdout
    lab.br.ip("link set dev siit0 down")
    _, out6 = lab.exchange(pkt)
    check(not out6, "translated while the device is down")
    lab.eamctl(lab.br, "up")
    lab.one(pkt, 6)
    # The MTU of IPv4 does not bind IPv6 that is routed to the device (FR-08).
    equal(lab.br.sysctl("ipv6/conf/siit0/mtu"), "65535", "IPv6 MTU of the device")
    equal(lab.eamctl(lab.br, "show").stdout, before, "configuration")


@case(Wire)
def show_applies_again(lab):
    """The output of show is a configuration, and applying it changes nothing."""
    def state():
        routes = [lab.br.run("ip", f, "-o", "route").stdout for f in ("-4", "-6")]
        return lab.eamctl(lab.br, "show").stdout, lab.eamctl(lab.br, "eam", "show").stdout, routes
    lab.eamctl(lab.br, "set", "lowest-ipv6-mtu", 1400, "udp-zero", "drop", "denylist4", "10.0.0.0/8,192.168.0.0/16")
    before = state()
    lab.eamctl(lab.br, "apply", "-", input=before[0])
    equal(state(), before, "state")
    lab.apply(lab.br, *lab.standard())


@case(Wire)
def bad_configuration_changes_nothing(lab):
    before = lab.eamctl(lab.br, "show").stdout
    path = f"{lab.dir}/bad.conf"
    for bad, line in ((toml({"role": "br", "prefix": "2001:db8::/80"}), 2),
                      (toml({"role": "br", "no_such_key": 1}), 2),
                      (toml({"role": "br"}, [(WEB4, "2001:db8::1"), (WEB4, "2001:db8::2")]), None),
                      (toml({"role": "er", "hairpin": "simple"}), None)):
        with open(path, "w") as f:
            f.write(bad)
        p = lab.eamctl(lab.br, "apply", path, check=False)
        check(p.returncode in (1, 2), f"accepted: {bad}")
        check(p.stderr.strip(), "no message")
        if line:
            check(f"{path}:{line}:" in p.stderr, f"line {line} is not named: {p.stderr}")
        equal(lab.eamctl(lab.br, "show").stdout, before, f"configuration after {bad!r}")


def row(i):
    """Two columns, the second as people may write it: not shortened."""
    return f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", f"2001:db8:aa::{i >> 16:x}:{i & 0xffff:x}"


def on_a_terminal(ns, *args):
    """What eamctl says, and what it shows meanwhile on a terminal, if it gets a fifth of its time: however fast the machine is,
    it is not done within a second, before which it shows nothing."""
    terminal, stderr = pty.openpty()
    with ns:
        p = subprocess.Popen([EAMCTL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True)
    os.close(stderr)
    for _ in range(12):
        time.sleep(0.05)
        p.send_signal(signal.SIGSTOP)
        time.sleep(0.2)
        p.send_signal(signal.SIGCONT)
    shown = b""
    with contextlib.suppress(OSError):  # when nobody has its other end any more
        while part := os.read(terminal, 4096):
            shown += part
    os.close(terminal)
    said = p.stdout.read()
    equal(p.wait(), 0, f"exit code ({shown.decode()})")
    return said, shown.decode()


@case(Wire, fresh=True, timeout=180)
def hundred_thousand_rows(lab):
    """In one transaction; a bad row 99,999 leaves the table that is there, and is named."""
    path = f"{lab.dir}/table"

    def write(change=()):
        change = dict(change)
        with open(path, "w") as f:
            f.write("# a comment\n")
            f.writelines(change.get(i) or "{} {}\n".format(*row(i)) for i in range(1, ROWS + 1))

    write()
    said, shown = on_a_terminal(lab.br, "-j", "eam", "replace", path)
    equal(json.loads(said)["rows"], ROWS, "rows")
    check(re.search(rf"\r\d+ of {ROWS} rows, \d+ %.*\r\x1b\[K$", shown, re.S), f"progress: {shown[-200:]!r}")
    equal(json.loads(lab.eamctl(lab.br, "-j", "get").stdout)["rows"], ROWS, "rows in the kernel")
    for i in (1, 12345, 65536, ROWS):
        v4, v6 = row(i)
        p = lab.one(ip4(CLIENT4, v4, UDP, udp(CLIENT4, v4, 1, 2, b"x")), 6)
        equal(p.dst, text(addr(v6)), "destination")
    check(WEB4 not in lab.eamctl(lab.br, "eam", "show", WEB4, check=False).stdout, "a row of the old table is left")

    generation = json.loads(lab.eamctl(lab.br, "-j", "get").stdout)["generation"]
    # A line that does not parse, an address pair that cannot be, and rows whose columns exist already.
    for bad in ("10.0.0.300 2001:db8::1\n", "10.9.9.9 fe80::1\n", f"{row(5)[0]} 2001:db8:bb::1\n",
                f"10.9.9.9 {row(7)[1]}\n", "10.9.0.0/24 2001:db8:bb::/126\n"):
        write({ROWS - 1: bad})
        p = lab.eamctl(lab.br, "eam", "replace", path, check=False, timeout=120)
        check(p.returncode in (1, 2), f"accepted with {bad!r}: exit {p.returncode}")
        check(f"{path}:{ROWS}:" in p.stderr, f"line {ROWS} is not named for {bad!r}: {p.stderr}")
        now = json.loads(lab.eamctl(lab.br, "-j", "get").stdout)
        equal((now["rows"], now["generation"]), (ROWS, generation), f"table after {bad!r}")
    p = lab.one(ip4(CLIENT4, row(77)[0], UDP, udp(CLIENT4, row(77)[0], 1, 2, b"x")), 6)
    equal(p.dst, text(addr(row(77)[1])), "destination")

    out = lab.eamctl(lab.br, "-j", "eam", "show", timeout=120).stdout
    equal(len(json.loads(out)), ROWS, "rows shown")
    lab.eamctl(lab.br, "eam", "flush")
    equal(json.loads(lab.eamctl(lab.br, "-j", "get").stdout)["rows"], 0, "rows after flush")


def loaded_in_a_group(path, group):
    with open(f"{group}/cgroup.procs", "w") as f:
        f.write(str(os.getpid()))
    run(EAMCTL, "eam", "replace", path)


@case(Wire, fresh=True)
def rows_are_charged_to_who_loads_them(lab):
    """NL-04: all of a row and of its place in the table, to the memory cgroup; and the group gets it back."""
    root = f"{lab.dir}/cgroup"
    os.makedirs(root)
    run("mount", "-t", "cgroup2", "cgroup2", root)
    group = f"{root}/loader"
    try:
        with open(f"{root}/cgroup.subtree_control", "w") as f:
            f.write("+memory")
        os.mkdir(group)

        def charged():
            with open(f"{group}/memory.stat") as f:
                return int(dict(line.split() for line in f)["kernel"])

        path = f"{lab.dir}/table"
        with open(path, "w") as f:
            f.writelines("{} {}\n".format(*row(i)) for i in range(1, 20001))
        lab.keep(traffic.Job(lab.br, loaded_in_a_group, path, group)).result(60)
        # Two addresses, and a link in each column.
        check(charged() > 20000 * (20 + 2 * 8), f"{charged()} octets charged for 20,000 rows")
        lab.eamctl(lab.br, "eam", "flush")
        wait_for("the octets to be given back", lambda: charged() < 200000)
    finally:
        run("umount", root)


@case(Wire)
def netns_option_and_exit_codes(lab):
    equal(run(EAMCTL, "-n", lab.br.name, "get", "role").stdout.strip(), "br", "role, asked from outside")
    equal(run(EAMCTL, "-n", lab.w4.name, "eam", "show", check=False).returncode, 2, "exit code without an instance")
    equal(run(EAMCTL, "nonsense", check=False).returncode, 1, "exit code of a wrong command")
    equal(run(EAMCTL, "-n", lab.br.name, "eam", "add", WEB4, "2001:db8::99", check=False).returncode, 2,
          "exit code of a refused row")
    p = run("setpriv", "--reuid", "65534", "--clear-groups", "--bounding-set", "-all", EAMCTL, "eam", "flush", check=False)
    equal(p.returncode, 3, f"exit code without permission ({p.stderr})")


@case()
def module_loads_by_its_names():
    aliases = run("modinfo", "-F", "alias", os.environ["SIIT_MODULE"]).stdout.split()
    check("rtnl-link-siit_dc" in aliases, f"ip link add would not load it: {aliases}")
    check("net-pf-16-proto-16-family-siit_dc" in aliases, f"eamctl would not load it: {aliases}")
