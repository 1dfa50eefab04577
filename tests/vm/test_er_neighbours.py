# SPDX-License-Identifier: GPL-2.0
"""ER-10: an Edge Relay answers for the IPv6 service addresses of its local rows, and follows the
table (Stick, see lab/er.py). The neighbour asks by raw frames.

  r6 ---- sw ---- er 2001:db8:12:c0::2, proxy-nd = ["sw"]
"""
import contextlib
import json

from lab import packet
from lab.cases import case, check, equal
from lab.er import SERVICE4, SERVICE6, Neighbour, Stick
from lab.netns import wait_for
from lab.topology import PREFIX, toml

R6 = "2001:db8:12:c0::ffff"
OTHER4, OTHER6 = "192.0.2.30", "2001:db8:12:c0::30"


@contextlib.contextmanager
def neighbour(lab):
    n = Neighbour(lab.r6, "sw", R6)
    try:
        yield n
    finally:
        n.close()


def proxies(lab):
    return {line.split()[0] for line in
            lab.er.run("ip", "-6", "neigh", "show", "proxy", "dev", "sw").stdout.splitlines()}


@case(Stick)
def advertisement(lab):
    """ER-10: solicited, not to override, from a router, with the relay's own link-layer address."""
    mac = lab.er.mac("sw")
    with neighbour(lab) as n:
        for how in ({}, {"unicast_mac": mac, "dest": SERVICE6}):
            found = n.ask(SERVICE6, **how)
            check(found, f"no answer to a solicitation {how}")
            frame, na = found
            na.check()
            equal(na.payload[4] >> 5, 0b110, "flags R, S and O")
            # Who asked by unicast knows it.
            equal(na.payload[24:32], b"" if how else b"\2\1" + mac, "target link-layer address")
            equal((frame[:6], na.dst, na.ttl), (n.mac, R6, 255), "who is told")
        check(n.ask(OTHER6) is None, "an answer for an address of nobody")
        check(n.ask("2001:db8:12:c0::2"), "no answer for the relay's own address")


@case(Stick)
def duplicate_address_detection(lab):
    """ER-10: who tries to take the address is told that it is taken."""
    with neighbour(lab) as n:
        found = n.ask(SERVICE6, source="::")
        check(found, "duplicate-address detection is not answered")
        equal((found[1].dst, found[1].payload[4] >> 5 & 0b011), ("ff02::1", 0), "receiver, flags S and O")
    lab.srv.sysctl("ipv6/conf/sw/accept_dad", 1)
    lab.srv.ip(f"addr add {SERVICE6}/64 dev sw")
    try:
        wait_for("the kernel of srv to find the duplicate", lambda: "dadfailed" in lab.srv.run(
            "ip", "-6", "address", "show", "dev", "sw").stdout, timeout=8)
    finally:
        lab.srv.ip(f"addr del {SERVICE6}/64 dev sw")
        lab.srv.sysctl("ipv6/conf/sw/accept_dad", 0)


@case(Stick, fresh=True)
def follows_every_change_of_the_table(lab):
    """ER-10: add, delete, replace, apply, flush, set and down; each is seen by a neighbour at once."""
    def answered(n, *addresses):
        for address in (SERVICE6, OTHER6):
            equal(n.ask(address, wait=2.0 if address in addresses else 1.2) is not None, address in addresses,
                  f"answer for {address}")

    with neighbour(lab) as n:
        answered(n, SERVICE6)
        lab.eamctl(lab.er, "eam", "add", OTHER4, OTHER6)
        answered(n, SERVICE6, OTHER6)
        lab.eamctl(lab.er, "eam", "del", SERVICE4)
        answered(n, OTHER6)
        lab.eamctl(lab.er, "eam", "replace", "-", input=f"{SERVICE4} {SERVICE6}\n")
        answered(n, SERVICE6)
        lab.eamctl(lab.er, "eam", "flush")
        answered(n)
        lab.eamctl(lab.er, "eam", "add", OTHER4, OTHER6, "remote")
        answered(n)
        lab.relay(lab.er, [(SERVICE4, SERVICE6), (OTHER4, OTHER6)], proxy_nd=["sw"])
        answered(n, SERVICE6, OTHER6)
        lab.eamctl(lab.er, "set", "proxy-nd", "none")
        equal(lab.er.sysctl("ipv6/conf/sw/proxy_ndp"), "0", "proxy_ndp without proxies")
        answered(n)
        lab.eamctl(lab.er, "set", "proxy-nd", "sw")
        answered(n, SERVICE6, OTHER6)
        lab.eamctl(lab.er, "down", "--keep")
        answered(n)
        lab.eamctl(lab.er, "up")
        answered(n, SERVICE6, OTHER6)
        lab.eamctl(lab.er, "down")
        answered(n)
    for name in ("sw", "all"):
        equal(lab.er.sysctl(f"ipv6/conf/{name}/proxy_ndp"), "0", f"proxy_ndp of {name} after down")


@case(Stick, fresh=True)
def prefixes_within_reason(lab):
    """ER-10: each address of a local prefix; what would be too many is refused, and nothing changes."""
    lab.relay(lab.er, [("192.0.2.16/28", "2001:db8:12:c0::100/124"), ("192.0.2.17", "2001:db8:12:cc::1", "remote"),
                       ("192.0.2.4", "2001:db8:12:c0::103", "remote")], proxy_nd=["sw"])
    want = {packet.text(packet.addr("2001:db8:12:c0::100")[:15] + bytes([i])) for i in range(16)}
    want.discard("2001:db8:12:c0::103")
    equal(proxies(lab), want, "proxy entries")
    for command, text in ((("eam", "add", "10.0.0.0/16", "2001:db8:12:d::/64"), None),
                          (("eam", "replace", "-"), "10.0.0.0/16 2001:db8:12:d::/64\n"),
                          (("apply", "-"), toml({"role": "er", "prefix": f"{PREFIX}/96", "proxy_nd": ["sw"]},
                                                [("10.0.0.0/16", "2001:db8:12:d::/64")]))):
        p = lab.eamctl(lab.er, *command, input=text, check=False)
        equal(p.returncode, 1, f"exit of {command}")
        check("10.0.0.0/16" in p.stderr and "1024" in p.stderr and "route 2001:db8:12:d::/64" in p.stderr, p.stderr)
        equal(proxies(lab), want, f"proxy entries after {command}")
        equal(len(json.loads(lab.eamctl(lab.er, "-j", "eam", "show").stdout)), 3, "rows")


@case(Stick, fresh=True)
def entries_of_others_stay(lab):
    """Only what eamctl made goes: an operator's own entry and sysctl stay."""
    lab.eamctl(lab.er, "down")
    lab.er.sysctl("ipv6/conf/sw/proxy_ndp", 1)
    lab.er.ip("neigh add proxy 2001:db8:12:c0::77 dev sw", f"neigh add proxy {SERVICE6} dev sw")
    lab.relay(lab.er, [(SERVICE4, SERVICE6), (OTHER4, OTHER6)], proxy_nd=["sw"])
    equal(proxies(lab), {"2001:db8:12:c0::77", SERVICE6, OTHER6}, "proxy entries")
    lab.eamctl(lab.er, "down")
    equal(proxies(lab), {"2001:db8:12:c0::77", SERVICE6}, "proxy entries that are not ours")
    equal(lab.er.sysctl("ipv6/conf/sw/proxy_ndp"), "1", "proxy_ndp that was on before")
