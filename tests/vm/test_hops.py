# SPDX-License-Identifier: GPL-2.0
"""What is remembered of routes (kmod/hop.h) is forgotten when the tables say something else: each
change counts for the very next packet (Wire, see lab/topology.py)."""
import contextlib

from lab.cases import case, check, equal
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Wire
from test_wire import udp4, udp6


@contextlib.contextmanager
def changed(lab, add, remove):
    lab.br.run("ip", *add.split())
    try:
        yield
    finally:
        lab.br.run("ip", *remove.split())


def flows(lab, pkt, side):
    """Often enough for whatever remembers things."""
    for _ in range(3):
        lab.one(pkt, side)


def refused(lab, pkt, side, what):
    """The sender gets an error, the other side nothing."""
    p = lab.one(pkt, 4 if pkt[0] >> 4 == 4 else 6)
    check(p.icmp and p.icmp[0] == (3 if p.family == 4 else 1), f"{what}: {p}")


def around(lab, pkt, side, changes, check_it):
    for add, remove in changes:
        flows(lab, pkt, side)
        with changed(lab, add, remove):
            for _ in range(2):
                check_it(lab, pkt, side, add)
    flows(lab, pkt, side)


@case(Wire)
def routes_to_services(lab):
    """4->6: to a host row (kept with the row), and to what a prefix row maps (kept by address)."""
    for dst4, dst6 in ((WEB4, WEB6), ("192.0.2.37", "2001:db8:12:40::5")):
        around(lab, udp4(dst=dst4), 6, (
            (f"-6 route add unreachable {dst6}/128", f"-6 route del unreachable {dst6}/128"),
            ("-6 route add prohibit 2001:db8:12::/48", "-6 route del prohibit 2001:db8:12::/48"),
            (f"-6 rule add to {dst6} unreachable", f"-6 rule del to {dst6} unreachable"),
            ("-6 route del ::/0 via 2001:db8:0:1::2", "-6 route add ::/0 via 2001:db8:0:1::2"),
        ), refused)


@case(Wire)
def routes_to_clients(lab):
    """6->4"""
    around(lab, udp6(), 4, (
        (f"route add unreachable {CLIENT4}/32", f"route del unreachable {CLIENT4}/32"),
        ("route add prohibit 203.0.113.0/24 metric 5", "route del prohibit 203.0.113.0/24 metric 5"),
        (f"rule add to {CLIENT4} unreachable", f"rule del to {CLIENT4} unreachable"),
        ("route del default via 198.51.100.253", "route add default via 198.51.100.253"),
    ), refused)


@case(Wire)
def addresses_of_our_own(lab):
    """A destination that becomes this host's is delivered; one that ceases to be is not."""
    def delivered(lab, pkt, side, what):
        out = lab.exchange(pkt)
        check(not [p for p in out[side == 6] if not p.icmp], f"{what}: {[str(p) for p in out[side == 6]]}")

    around(lab, udp4(), 6, ((f"addr add {WEB6}/128 dev lo nodad", f"addr del {WEB6}/128 dev lo"),
                            (f"-6 route add local {WEB6}/128 dev lo", f"-6 route del local {WEB6}/128 dev lo")), delivered)
    around(lab, udp6(), 4, ((f"addr add {CLIENT4}/32 dev lo", f"addr del {CLIENT4}/32 dev lo"),), delivered)


@case(Wire)
def native_destinations(lab):
    """AD-13, AD-14: a route longer than the prefix, or an address of ours inside it."""
    def native(lab, pkt, side, what):
        p = lab.one(pkt, 6)
        equal((str(p.src), str(p.dst), p.ttl), (WEB6, CLIENT6, 63), what)

    def own(lab, pkt, side, what):
        out4, out6 = lab.exchange(pkt)
        check(not out4 and all(p.icmp for p in out6), f"{what}: {[str(p) for p in out4 + out6]}")

    around(lab, udp6(), 4, ((f"-6 route add {CLIENT6}/128 via 2001:db8:0:1::2", f"-6 route del {CLIENT6}/128"),
                            ("-6 route add 2001:db8:46::cb00:0/112 via 2001:db8:0:1::2",
                             "-6 route del 2001:db8:46::cb00:0/112")), native)
    around(lab, udp6(), 4, ((f"addr add {CLIENT6}/128 dev lo nodad", f"addr del {CLIENT6}/128 dev lo"),), own)


@case(Wire)
def native_parts_of_a_prefix_row(lab):
    """AD-13 in IPv4: what is native of a prefix row, others of it are not."""
    part, rest = "192.0.2.37", udp4(dst="192.0.2.38")

    def native(lab, pkt, side, what):
        p = lab.one(pkt, 4)
        equal((str(p.src), str(p.dst), p.ttl), (CLIENT4, part, 63), what)
        flows(lab, rest, 6)

    around(lab, udp4(dst=part), 6, (
        (f"route add {part}/32 via 198.51.100.253", f"route del {part}/32"),
        ("route add 192.0.2.36/31 via 198.51.100.253", "route del 192.0.2.36/31"),
    ), native)
    # AD-14: a row wins over an address of ours.
    around(lab, udp4(dst=part), 6, ((f"addr add {part}/32 dev lo", f"addr del {part}/32 dev lo"),),
           lambda lab, pkt, side, what: flows(lab, pkt, side))
    # A route for one DSCP is native for that one.
    flows(lab, udp4(dst=part), 6)
    with changed(lab, f"route add {part}/32 tos 0x10 via 198.51.100.253", f"route del {part}/32 tos 0x10"):
        for _ in range(2):
            flows(lab, udp4(dst=part), 6)
            equal(str(lab.one(udp4(dst=part, tos=0x10), 4).dst), part, "the DSCP with a route")
    flows(lab, udp4(dst=part, tos=0x10), 6)


@case(Wire)
def parts_of_a_prefix(lab):
    """One route is remembered for all of a prefix row: what leads to a part of it counts there, and there only."""
    here, there = udp4(dst="192.0.2.37"), udp4(dst="192.0.2.38")
    for what in ("-6 route {} unreachable 2001:db8:12:40::6/128", "-6 route {} prohibit 2001:db8:12:40::6/127",
                 "addr {} 2001:db8:12:40::6/128 dev lo", "-6 route {} local 2001:db8:12:40::6/128 dev lo"):
        for first, second in ((here, there), (there, here)):
            flows(lab, first, 6)
            flows(lab, second, 6)
            with changed(lab, what.format("add"), what.format("del")):
                for pkt in (first, second, first):
                    out4, out6 = lab.exchange(pkt)
                    equal(len([p for p in out6 if not p.icmp]), 1 if pkt is here else 0, what)
    flows(lab, there, 6)


@case(Wire)
def parts_of_the_translation_prefix(lab):
    """AD-13: and one answer for all clients."""
    here, there = udp6(), udp6(dst="2001:db8:46::c612:5")
    for what in ("-6 route {} 2001:db8:46::c612:0/112 via 2001:db8:0:1::2", "-6 route {} 2001:db8:46::c612:5/128 via 2001:db8:0:1::2"):
        for first, second in ((here, there), (there, here)):
            flows(lab, first, 4)
            flows(lab, second, 4)
            with changed(lab, what.format("add"), what.format("del")):
                for pkt in (first, second, first):
                    lab.one(pkt, 4 if pkt is here else 6)
    with changed(lab, "addr add 2001:db8:46::c612:5/128 dev lo nodad", "addr del 2001:db8:46::c612:5/128 dev lo"):
        flows(lab, here, 4)
        equal(lab.exchange(there)[0], [], "to an address of ours")
        flows(lab, here, 4)
    flows(lab, there, 4)


@case(Wire)
def sources_of_our_own(lab):
    """6->4: nobody else may have an IPv4 address of this host for a source (Linux's check)."""
    for here, there, own in (("2001:db8:12:40::5", "2001:db8:12:40::6", "192.0.2.37"), (WEB6, "2001:db8:12:34::2", WEB4)):
        flows(lab, udp6(src=here), 4)
        flows(lab, udp6(src=there), 4)
        with changed(lab, f"addr add {own}/32 dev lo", f"addr del {own}/32 dev lo"):
            for _ in range(2):
                lab.nothing(udp6(src=here))
                flows(lab, udp6(src=there), 4)
        flows(lab, udp6(src=here), 4)


@case(Wire)
def reverse_path(lab):
    """Strict rp_filter switched on finds a source without a route back, whatever was remembered."""
    flows(lab, udp6(), 4)
    lab.br.sysctl("ipv4/conf/siit0/rp_filter", 1)
    flows(lab, udp6(), 4)
    with changed(lab, "route del 192.0.2.0/24 dev siit0", "route add 192.0.2.0/24 dev siit0"):
        lab.nothing(udp6())
        lab.br.sysctl("ipv4/conf/siit0/rp_filter", 0)
        flows(lab, udp6(), 4)
        lab.br.sysctl("ipv4/conf/siit0/rp_filter", 1)
        lab.nothing(udp6())
        lab.br.sysctl("ipv4/conf/siit0/rp_filter", 0)


@case(Wire)
def several_next_hops(lab):
    """Equal paths are both used: nothing is remembered of them."""
    pkts = [udp6(src=f"2001:db8:12:40::{i:x}") for i in range(16)]
    with changed(lab, "route replace default nexthop via 198.51.100.253 nexthop via inet6 2001:db8:0:1::2 dev w6",
                 "route replace default via 198.51.100.253"):
        first = lab.exchange(*pkts)
        again = lab.exchange(*pkts)
    equal([len(side) for side in first], [len(side) for side in again], "packets by path")
    equal(len(first[0]) + len(first[1]), 16, "packets")
    check(first[0] and first[1], f"{len(first[0])} and {len(first[1])} packets took the two paths")
    more = [udp4(src=f"203.0.113.{i}") for i in range(1, 17)]
    # The same next hop by another link is another path, too.
    with changed(lab, "-6 route append ::/0 dev w4", "-6 route del ::/0 dev w4"):
        out = lab.exchange(*more)
    check(out[1], "nothing by the first path")


@case(Wire)
def link_down_and_up(lab):
    for dev, pkt, side, back in (("w6", udp4(), 6, ("addr replace 2001:db8:0:1::1/64 dev w6 nodad",
                                                    "route replace ::/0 via 2001:db8:0:1::2")),
                                 ("w4", udp6(), 4, ("route replace default via 198.51.100.253",))):
        flows(lab, pkt, side)
        mac = ":".join(f"{b:02x}" for b in (lab.w6 if side == 6 else lab.w4).mac("br"))
        gateway = "2001:db8:0:1::2" if side == 6 else "198.51.100.253"
        lab.br.ip(f"link set dev {dev} down")
        lab.br.ip(f"link set dev {dev} up")
        lab.br.ip(*back, f"neigh replace {gateway} lladdr {mac} dev {dev}")
        flows(lab, pkt, side)


@case(Wire)
def nexthop_objects(lab):
    """Linux has one cached route for all that go by a nexthop object: which of them is in use, and
    how long its prefix is (AD-13), must be asked each time."""
    def ip(*commands):
        for c in commands:
            lab.br.run("ip", *c.split())

    other4, other6 = udp4(dst="192.0.2.37"), udp6(dst="2001:db8:46::c612:5")
    ip("nexthop add id 6 via 2001:db8:0:1::2 dev w6", "nexthop add id 4 via 198.51.100.253 dev w4",
       "-6 route add 2001:db8:12:34::/64 nhid 6", "-6 route add 2001:db8:12:40::/64 nhid 6",
       "route add 203.0.113.0/24 nhid 4", "route add 198.18.0.0/15 nhid 4",
       "-6 route del ::/0", "route del default")
    try:
        for a, b, side, route in ((udp4(), other4, 6, "2001:db8:12:40::/64 nhid 6"), (udp6(), other6, 4, "198.18.0.0/15 nhid 4")):
            option = "-6 " if side == 6 else ""
            flows(lab, a, side)
            flows(lab, b, side)
            ip(f"{option}route del {route}")
            for _ in range(2):
                refused(lab, b, side, "its route is gone")
            flows(lab, a, side)
            ip(f"{option}route add {route}")
            flows(lab, b, side)
        flows(lab, udp4(), 6)
        with changed(lab, "-6 route add 2001:db8:46::cb00:0/112 nhid 6", "-6 route del 2001:db8:46::cb00:0/112"):
            p = lab.one(udp6(), 6)
            equal((str(p.src), str(p.dst), p.ttl), (WEB6, CLIENT6, 63), "native by a nexthop object")
        flows(lab, udp6(), 4)
    finally:
        ip("nexthop del id 6", "nexthop del id 4", "-6 route add ::/0 via 2001:db8:0:1::2", "route add default via 198.51.100.253")
