# SPDX-License-Identifier: GPL-2.0
"""What is remembered of routes (kmod/hop.h) is forgotten when the tables say something else: each
change counts for the very next packet (Wire, see lab/topology.py)."""
import contextlib
import time

from lab.cases import case, check, equal
from lab.netns import SLOW
from lab.packet import Packet
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Wire, mapped
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


def native(lab, pkt, side, what):
    """As it came, but for the hop."""
    p, was = lab.one(pkt, side), Packet(pkt)
    equal((str(p.src), str(p.dst), p.ttl), (str(was.src), str(was.dst), 63), what)


def ip(lab, *commands):
    for c in commands:
        lab.br.run("ip", *c.split())


@contextlib.contextmanager
def by_nexthop_objects(lab):
    """All routes as routing daemons install them: objects 6 and 4 for IPv6 and IPv4."""
    ip(lab, "nexthop add id 6 via 2001:db8:0:1::2 dev w6", "nexthop add id 4 via 198.51.100.253 dev w4",
       "-6 route add 2001:db8:12:34::/64 nhid 6", "-6 route add 2001:db8:12:40::/64 nhid 6",
       "route add 203.0.113.0/24 nhid 4", "route add 198.18.0.0/15 nhid 4",
       "-6 route del ::/0", "route del default")
    try:
        yield
    finally:
        ip(lab, "nexthop del id 6", "nexthop del id 4", "-6 route add ::/0 via 2001:db8:0:1::2",
           "route add default via 198.51.100.253")


OF_ROW, OF_PREFIX = udp4(), udp4(dst="192.0.2.37")
NOBODY4 = "192.0.2.99"
NOBODY = udp4(dst=NOBODY4)


@case(Wire)
def routes_to_services(lab):
    """4->6: to a host row (kept with the row), and to what a prefix row maps (kept by address)."""
    for dst4, dst6 in ((WEB4, WEB6), ("192.0.2.37", "2001:db8:12:40::5")):
        around(lab, udp4(dst=dst4), 6, (
            (f"-6 route add unreachable {dst6}/128", f"-6 route del unreachable {dst6}/128"),
            ("-6 route add prohibit 2001:db8:12::/48", "-6 route del prohibit 2001:db8:12::/48"),
            ("-6 route del ::/0 via 2001:db8:0:1::2", "-6 route add ::/0 via 2001:db8:0:1::2"),
        ), refused)


@case(Wire)
def routes_to_clients(lab):
    """6->4"""
    around(lab, udp6(), 4, (
        (f"route add unreachable {CLIENT4}/32", f"route del unreachable {CLIENT4}/32"),
        ("route add prohibit 203.0.113.0/24 metric 5", "route del prohibit 203.0.113.0/24 metric 5"),
        ("route del default via 198.51.100.253", "route add default via 198.51.100.253"),
    ), refused)


def refused_by_us(lab, pkt):
    p = lab.one(pkt, 4)
    equal((p.icmp, str(p.dst)), ((3, 1), str(Packet(pkt).src)), "BR-05")


def rules_count(lab):
    around(lab, OF_ROW, 6, ((f"-6 rule add to {WEB6} unreachable", f"-6 rule del to {WEB6} unreachable"),), refused)
    around(lab, udp6(), 4, ((f"rule add to {CLIENT4} unreachable", f"rule del to {CLIENT4} unreachable"),), refused)
    # Not of the destination alone
    for pkt, other, side, rule in ((OF_ROW, udp4(src="203.0.113.51"), 6, f"-6 rule {{}} from {mapped('203.0.113.51')} prohibit"),
                                   (udp6(), udp6(src="2001:db8:12:40::5"), 4, "rule {} from 192.0.2.37 prohibit")):
        with changed(lab, rule.format("add"), rule.format("del")):
            for _ in range(2):
                flows(lab, pkt, side)
                refused(lab, other, side, rule)
        flows(lab, other, side)
    other = udp4(src="203.0.113.51", dst=NOBODY4)
    with changed(lab, "route add default via 198.51.100.253 table 77", "route del default table 77"):
        flows(lab, NOBODY, 4)
        flows(lab, other, 4)
        with changed(lab, "rule add from 203.0.113.51 table 77", "rule del from 203.0.113.51 table 77"):
            for _ in range(2):
                native(lab, other, 4, "by a rule")
                refused_by_us(lab, NOBODY)
        refused_by_us(lab, other)


# Fresh: where a rule ever was, Linux looks for rules, and nothing is remembered.
@case(Wire, fresh=True)
def rules(lab):
    rules_count(lab)


@case(Wire, fresh=True)
def rules_of_nexthop_objects(lab):
    with by_nexthop_objects(lab):
        rules_count(lab)


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
    def own(lab, pkt, side, what):
        out4, out6 = lab.exchange(pkt)
        check(not out4 and all(p.icmp for p in out6), f"{what}: {[str(p) for p in out4 + out6]}")

    around(lab, udp6(), 4, ((f"-6 route add {CLIENT6}/128 via 2001:db8:0:1::2", f"-6 route del {CLIENT6}/128"),
                            ("-6 route add 2001:db8:46::cb00:0/112 via 2001:db8:0:1::2",
                             "-6 route del 2001:db8:46::cb00:0/112")),
           lambda lab, pkt, side, what: native(lab, pkt, 6, what))
    around(lab, udp6(), 4, ((f"addr add {CLIENT6}/128 dev lo nodad", f"addr del {CLIENT6}/128 dev lo"),), own)


@case(Wire)
def native_parts_of_a_prefix_row(lab):
    """AD-13 in IPv4: what is native of a prefix row, others of it are not."""
    part, rest = "192.0.2.37", udp4(dst="192.0.2.38")

    def native_alone(lab, pkt, side, what):
        native(lab, pkt, 4, what)
        flows(lab, rest, 6)

    around(lab, udp4(dst=part), 6, (
        (f"route add {part}/32 via 198.51.100.253", f"route del {part}/32"),
        ("route add 192.0.2.36/31 via 198.51.100.253", "route del 192.0.2.36/31"),
    ), native_alone)
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
def nobody_in_the_pool(lab):
    """BR-05: where an address without a row leads is remembered, too; what the tables say of it counts at once."""
    via = "via 198.51.100.253"
    around(lab, NOBODY, 4, ((f"route add {NOBODY4}/32 {via}", f"route del {NOBODY4}/32"),
                            (f"route add 192.0.2.96/29 {via}", "route del 192.0.2.96/29")), native)
    around(lab, NOBODY, 4, ((f"route add blackhole {NOBODY4}/32", f"route del blackhole {NOBODY4}/32"),),
           lambda lab, pkt, side, what: lab.nothing(pkt))
    around(lab, NOBODY, 4, ((f"addr add {NOBODY4}/32 dev lo", f"addr del {NOBODY4}/32 dev lo"),),
           lambda lab, pkt, side, what: equal(lab.one(pkt, side).icmp, (3, 3), "this host's own"))
    with changed(lab, f"route add {NOBODY4}/32 tos 0x10 {via}", f"route del {NOBODY4}/32 tos 0x10"):
        for _ in range(3):
            refused_by_us(lab, NOBODY)
            native(lab, udp4(dst=NOBODY4, tos=0x10), 4, "the DSCP with a route")
    for _ in range(2):
        flows(lab, NOBODY, 4)
        lab.eamctl(lab.br, "eam", "add", NOBODY4, "2001:db8:12:40::99")
        flows(lab, NOBODY, 6)
        lab.eamctl(lab.br, "eam", "del", NOBODY4)
        refused_by_us(lab, NOBODY)


@case(Wire)
def sources_of_packets_to_nobody(lab):
    """Linux's checks of the source: not its own, with rp_filter not by another way, not by a device that does not forward."""
    other = udp4(src="203.0.113.77", dst=NOBODY4)
    flows(lab, NOBODY, 4)
    with changed(lab, f"addr add {CLIENT4}/32 dev lo", f"addr del {CLIENT4}/32 dev lo"):
        for _ in range(3):
            with lab.watch(lab.br) as moved:
                lab.exchange(NOBODY)
            check("reject_unmapped_destination" not in moved, f"from an address of this host: {moved}")
            flows(lab, other, 4)
    with changed(lab, "route add 203.0.113.77/32 via inet6 2001:db8:0:1::2 dev w6", "route del 203.0.113.77/32"):
        flows(lab, NOBODY, 4)
        lab.br.sysctl("ipv4/conf/w4/rp_filter", 2)
        for _ in range(3):
            equal(len(lab.exchange(other)[1]), 1, "answers to who is somewhere else")
        lab.br.sysctl("ipv4/conf/w4/rp_filter", 1)
        for _ in range(3):
            flows(lab, NOBODY, 4)
            lab.nothing(other)
        lab.br.sysctl("ipv4/conf/w4/rp_filter", 0)
    flows(lab, NOBODY, 4)
    lab.br.sysctl("ipv4/conf/w4/forwarding", 0)
    lab.nothing(NOBODY)
    lab.br.sysctl("ipv4/conf/w4/forwarding", 1)
    flows(lab, NOBODY, 4)


@case(Wire)
def later_hooks_on_packets_to_nobody(lab):
    """Another destination that somebody writes after us is where the packet goes."""
    flows(lab, NOBODY, 4)
    for _ in range(2):
        lab.br.nft(f"""table ip elsewhere {{
            chain prerouting {{
                type filter hook prerouting priority 0
                ip daddr {NOBODY4} ip daddr set 198.18.0.5
            }}
        }}""")
        for _ in range(3):
            equal(str(lab.one(NOBODY, 4).dst), "198.18.0.5", "after another hook")
        lab.br.run("nft", "delete", "table", "ip", "elsewhere")
        flows(lab, NOBODY, 4)
        refused_by_us(lab, NOBODY)


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
    how long its prefix is (AD-13), it does not say."""
    others = udp6(dst="2001:db8:46::c612:5")
    with by_nexthop_objects(lab):
        for a, b, side, route in ((OF_ROW, OF_PREFIX, 6, "-6 route {} 2001:db8:12:40::/64 nhid 6"),
                                  (OF_PREFIX, OF_ROW, 6, "-6 route {} 2001:db8:12:34::/64 nhid 6"),
                                  (udp6(), others, 4, "route {} 198.18.0.0/15 nhid 4")):
            flows(lab, a, side)
            flows(lab, b, side)
            ip(lab, route.format("del"))
            for _ in range(2):
                refused(lab, b, side, "its route is gone")
            flows(lab, a, side)
            ip(lab, route.format("add"))
            flows(lab, b, side)
        flows(lab, OF_ROW, 6)
        with changed(lab, "-6 route add 2001:db8:46::cb00:0/112 nhid 6", "-6 route del 2001:db8:46::cb00:0/112"):
            for _ in range(2):
                native(lab, udp6(), 6, "by a nexthop object")
        flows(lab, udp6(), 4)


@case(Wire)
def parts_of_a_nexthop_object(lab):
    """What leads to a part of such a route counts there, and there only."""
    rest = udp4(dst="192.0.2.38")
    with by_nexthop_objects(lab):
        for pkt, dst6 in ((OF_ROW, WEB6), (OF_PREFIX, "2001:db8:12:40::5")):
            for what in (f"-6 route {{}} unreachable {dst6}/128", f"-6 route {{}} prohibit {dst6}/128 metric 5"):
                flows(lab, pkt, 6)
                flows(lab, rest, 6)
                with changed(lab, what.format("add"), what.format("del")):
                    for _ in range(2):
                        refused(lab, pkt, 6, what)
                        flows(lab, rest, 6)
                flows(lab, pkt, 6)
        # One that was there first, of the same metric, wins; a route that lapses goes without any change of the table.
        with changed(lab, "-6 route add 2001:db8:12:34::1/128 nhid 6 expires 1", "-6 route del 2001:db8:12:34::1/128"), \
                changed(lab, "-6 route del 2001:db8:12:34::/64", "-6 route add 2001:db8:12:34::/64 nhid 6"):
            flows(lab, OF_ROW, 6)
            time.sleep(1.5)
            refused(lab, OF_ROW, 6, "lapsed")
        flows(lab, OF_ROW, 6)


@case(Wire)
def nexthop_objects_that_change(lab):
    """The object itself is replaced, or is one of a group, whose members are all used."""
    many = [udp4(src=f"203.0.113.{i}") for i in range(1, 33)]
    with by_nexthop_objects(lab):
        for pkt in (OF_ROW, OF_PREFIX):
            flows(lab, pkt, 6)
            with changed(lab, "-6 nexthop replace id 6 blackhole", "nexthop replace id 6 via 2001:db8:0:1::2 dev w6"):
                for _ in range(2):
                    lab.nothing(pkt)
            flows(lab, pkt, 6)
            with changed(lab, "-6 nexthop replace id 6 dev w4", "nexthop replace id 6 via 2001:db8:0:1::2 dev w6"):
                for _ in range(2):
                    equal(lab.exchange(pkt)[1], [], "by another device")
            flows(lab, pkt, 6)
        with changed(lab, "-6 nexthop add id 61 dev w4", "nexthop del id 61"), \
                changed(lab, "nexthop add id 66 group 6/61", "nexthop del id 66"):
            flows(lab, OF_ROW, 6)
            with changed(lab, "-6 route replace 2001:db8:12:34::/64 nhid 66", "-6 route replace 2001:db8:12:34::/64 nhid 6"):
                for _ in range(2):
                    arrived = len(lab.exchange(*many)[1])
                    check(0 < arrived < len(many), f"{arrived} of {len(many)} packets by one of two paths")
            flows(lab, OF_ROW, 6)


@case(Wire)
def device_of_a_nexthop_object_goes(lab):
    """What is remembered of its routes holds no device, also after Linux has exchanged the cached route."""
    ip(lab, "link add d6 type dummy", "link set d6 up", "-6 addr add 2001:db8:d::1/64 dev d6 nodad",
       "-6 neigh add 2001:db8:d::2 lladdr 02:00:00:00:00:0d dev d6", "-6 nexthop add id 60 via 2001:db8:d::2 dev d6",
       "-6 route add 2001:db8:12:34::/64 nhid 60")
    equal(lab.exchange(OF_ROW, OF_ROW)[1], [], "by another device")
    with changed(lab, "-6 route add 2001:db8:d:d::/64 nhid 60", "-6 route del 2001:db8:d:d::/64"):
        equal(lab.exchange(udp6(dst="2001:db8:d:d::1"))[0], [], "natively by that device")
        start = time.monotonic()
        ip(lab, "link del d6")
        check(time.monotonic() - start < 5 * SLOW, "the device took its time")
        ip(lab, "-6 route add 2001:db8:d:d::/64 dev w6")
    flows(lab, OF_ROW, 6)
