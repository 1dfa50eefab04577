# SPDX-License-Identifier: GPL-2.0
"""Who is told nothing: what is dropped without a word, and what no ICMP error is sent about (Wire, see
lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6

Each case knows which counter each of its packets moves, and that no other moves (SE-15).
"""
import struct

from lab.cases import case, equal
from lab.packet import ICMP, ICMP6, TCP, UDP, echo, fragment, icmp4, icmp6, ip4, ip6, tcp, udp
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Wire, mapped
from test_errors import (LSRR, PAD6, ROUTER4, SENT4, SENT6, STRANGER6, answered, error4, error6, ping4, ping6,
                         routing6, silent)
from test_wire import setting, udp4, udp6


@case(Wire)
def denylist(lab):
    """Not as original, not as result, neither source nor destination; others pass (AD-15)."""
    with setting(lab, "denylist4", "10.0.0.0/8,203.0.113.50"):
        silent(lab, {"drop_denylist": (2, 2)}, udp4(), udp4(src="10.1.2.3"), udp6(), udp6(dst=mapped("10.1.2.3")))
        lab.one(udp4(src="203.0.113.51"), 6)
        lab.one(udp6(dst=mapped("11.0.0.0")), 4)
    with setting(lab, "denylist4", "192.0.2.0/31"):
        answered(lab, "reject_denylist_destination", (3, 13), ping4())
        silent(lab, {"drop_denylist": (0, 1)}, udp6())
        lab.one(udp4(dst="192.0.2.2"), 6)


@case(Wire, fresh=True)
def blackhole(lab):
    """What a route or a rule swallows is answered by nobody, as on any router (AD-12, GE-07)."""
    for what in ("-6 route {} blackhole 2001:db8:12:34::/64", f"-6 rule {{}} to {WEB6} blackhole"):
        lab.br.run("ip", *what.format("add").split())
        silent(lab, {"drop_route_type": (3, 0)}, udp4(5), udp4(1400), ping4())
        lab.br.run("ip", *what.format("del").split())
        lab.one(udp4(), 6)
    for what in ("route {} blackhole 203.0.113.0/24", f"rule {{}} to {CLIENT4} blackhole"):
        lab.br.run("ip", *what.format("add").split())
        silent(lab, {"drop_route_type": (0, 3)}, udp6(5), udp6(1300), ping6())
        lab.br.run("ip", *what.format("del").split())
        lab.one(udp6(), 4)


@case(Wire)
def malformed_ipv4(lab):
    """Nobody is told about what is malformed, unknown or forbidden (GE-08, SE-11)."""
    bad = icmp4(11, 0, data=ip4(WEB4, CLIENT4, ICMP, icmp4(3, 3, data=SENT4)))
    silent(lab, {"drop_bad_options": (2, 0), "drop_illegal_source": (4, 0), "drop_truncated": (2, 0),
                 "drop_bad_fragment": (3, 0), "drop_fragmented_icmp": (1, 0), "drop_icmp_type": (4, 0),
                 "drop_icmp_quote": (2, 0), "drop_protocol": (8, 0), "drop_antispoof": (1, 0)},
           udp4(options=b"\x83\1\4\0"), udp4(options=b"\7\x0b\4\0"),
           *(udp4(src=s) for s in ("127.0.0.1", "0.1.2.3", "224.0.0.9", "240.0.0.1")),
           ip4(CLIENT4, WEB4, UDP, b"\0" * 7), ip4(CLIENT4, WEB4, TCP, b"\0" * 19),
           udp4(9, mf=True), ip4(CLIENT4, WEB4, UDP, b"x" * 1400, off=64800),
           ip4(CLIENT4, WEB4, TCP, tcp(CLIENT4, WEB4, 1, 2)[:16], mf=True),
           ping4(mf=True, size=8),
           *(ip4(CLIENT4, WEB4, ICMP, icmp4(t, c)) for t, c in ((13, 0), (17, 0), (8, 1), (200, 0))),
           ip4(ROUTER4, WEB4, ICMP, bad), ip4(ROUTER4, WEB4, ICMP, icmp4(3, 3, data=b"\x45")),
           *(ip4(CLIENT4, WEB4, p, b"\0" * 16) for p in (0, 43, 44, 58, 60, 135, 139, 140)),
           udp4(src="192.0.2.2"))


@case(Wire)
def malformed_ipv6(lab):
    """GE-08, SE-11"""
    options = b"\x3c" + PAD6
    spoofed = mapped("8.8.8.8")
    silent(lab, {"drop_bad_exthdr": (0, 4), "drop_illegal_source": (0, 1), "drop_illegal_destination": (0, 2),
                 "drop_truncated": (0, 2), "drop_bad_fragment": (0, 3), "drop_fragmented_icmp": (0, 1),
                 "drop_icmp_type": (0, 4), "drop_icmp_quote": (0, 1), "drop_protocol": (0, 2),
                 "drop_antispoof": (0, 1)},
           ip6(WEB6, CLIENT6, 60, options * 8 + b"\x11" + PAD6 + udp(WEB6, CLIENT6, 1, 2, b"x")),
           ip6(WEB6, CLIENT6, 60, b"\0" + PAD6 + b"\x11" + PAD6 + udp(WEB6, CLIENT6, 1, 2, b"x")),
           ip6(WEB6, CLIENT6, 60, b"\x11\x0f" + PAD6[1:] + b"x" * 40),
           ip6(WEB6, CLIENT6, 44, fragment(60, 7, 80) + b"\x11" + PAD6),
           udp6(src="fe80::1"),
           udp6(dst=mapped("127.0.0.1")), udp6(dst=mapped("224.0.0.5")),
           ip6(WEB6, CLIENT6, UDP, b"\0" * 7), ip6(WEB6, CLIENT6, TCP, b"\0" * 19),
           ip6(WEB6, CLIENT6, 44, fragment(UDP, 7, 0, True) + b"x" * 17),
           ip6(WEB6, CLIENT6, 44, fragment(UDP, 7, 64800) + b"x" * 1400),
           ip6(WEB6, CLIENT6, 44, fragment(TCP, 7, 0, True) + b"x" * 16),
           ip6(WEB6, CLIENT6, 44, fragment(ICMP6, 7, 0, True) + echo(WEB6, CLIENT6, 1, 1, b"x" * 8)),
           *(ip6(WEB6, CLIENT6, ICMP6, icmp6(WEB6, CLIENT6, t, 0)) for t in (131, 137, 143, 200)),
           error6(quote=b"\x60" + b"\0" * 20),
           *(ip6(WEB6, CLIENT6, p, b"\0" * 16) for p in (1, 2)),
           udp6(src=spoofed))


@case(Wire)
def never_about_in_ipv4(lab):
    """Not about an error, not about a later fragment, not to a source that is nobody's (GE-10),
    though each is refused for a reason that others are told."""
    silent(lab, {"reject_ttl": (3, 0), "reject_source_route": (4, 0)},
           error4(ttl=1), error4(3, 1, ttl=1), ip4(CLIENT4, WEB4, UDP, b"x" * 80, off=80, ttl=1),
           udp4(options=LSRR, off=80),
           *(udp4(src=s, options=LSRR) for s in ("127.0.0.1", "0.0.0.0", "240.0.0.1")))
    with setting(lab, "denylist4", f"{WEB4}/32"):
        silent(lab, {"reject_denylist_destination": (3, 0)},
               error4(), udp4(src="224.0.0.9"), udp4(src="255.255.255.255"))
    lab.br.ip("route del ::/0 via 2001:db8:0:1::2")
    silent(lab, {"reject_no_route": (2, 0)}, error4(), ip4(CLIENT4, WEB4, UDP, b"x" * 80, off=80))
    lab.br.ip("route add ::/0 via 2001:db8:0:1::2")


@case(Wire)
def never_about_many(lab):
    """What was sent to all on the link is neither translated nor answered (GE-10, GE-11)."""
    for tap, pkt, to in ((lab.tap4, udp4(ttl=1), b"\xff" * 6), (lab.tap4, udp4(options=LSRR), b"\1\0\x5e\0\0\1"),
                         (lab.tap4, udp4(), b"\xff" * 6), (lab.tap6, udp6(hl=1), b"\x33\x33\0\0\0\1"),
                         (lab.tap6, udp6(src=STRANGER6), b"\xff" * 6), (lab.tap6, udp6(), b"\x33\x33\0\0\0\1")):
        kind = b"\x08\x00" if tap is lab.tap4 else b"\x86\xdd"
        tap.sock.send(to + tap.mac + kind + pkt)
    silent(lab, {})


@case(Wire)
def never_about_in_ipv6(lab):
    """Not about an error, not about a later fragment, not to an unspecified source (GE-11)."""
    silent(lab, {"reject_ttl": (0, 3), "drop_illegal_source": (0, 1)},
           error6(hl=1), error6(3, 0, src=WEB6, hl=1), ip6(WEB6, CLIENT6, 44, fragment(UDP, 7, 80) + b"x" * 80, hl=1),
           ip6("::", CLIENT6, 43, routing6(UDP) + udp("::", CLIENT6, 1, 2, b"x")))
    lab.br.ip("route add unreachable 203.0.113.0/24")
    silent(lab, {"reject_no_route": (0, 2)}, error6(), ip6(WEB6, CLIENT6, 44, fragment(UDP, 7, 80) + b"x" * 80))
    lab.br.ip("route del unreachable 203.0.113.0/24")


def behind_routing(kind):
    return ip6(STRANGER6, CLIENT6, 43, routing6(ICMP6) + icmp6(STRANGER6, CLIENT6, kind, 0, data=SENT6))


@case(Wire)
def never_about_errors_behind_headers(lab):
    """An error is one behind options and a Routing header, too (GE-10, GE-11)."""
    with lab.watch(lab.br) as moved:
        lab.nothing(error4(options=LSRR))
        for kind in (1, 2, 3, 4):
            lab.nothing(behind_routing(kind))
    equal((moved.get("reject_source_route"), moved.get("reject_routing_header")), ((1, 0), (0, 4)), "refused")


@case(Wire)
def never_about_redirects_behind_headers(lab):
    """So is a redirect (GE-11)."""
    lab.nothing(behind_routing(137))


@case(Wire)
def default_error_not_about_icmp(lab):
    """1/1 and 1/5 are not sent about ICMPv6, echo included (GE-12, IS-09); what a router says of
    any packet is: traceroute and path-MTU discovery work with echo."""
    silent(lab, {"reject_unmapped_source": (0, 2)}, ping6(STRANGER6), ping6(STRANGER6, size=1300))
    with setting(lab, "unmapped-src6", "rfc6145"):
        silent(lab, {"reject_unmapped_source": (0, 1)}, ping6(STRANGER6))
    answered(lab, "reject_ttl", (3, 0), ping6(hl=1))
    answered(lab, "reject_routing_header", (4, 0),
             ip6(WEB6, CLIENT6, 43, routing6(ICMP6) + echo(WEB6, CLIENT6, 1, 2, b"")), rest=struct.pack("!I", 43))
    with lab.narrow_br4(1400):
        answered(lab, "reject_too_big", (2, 0), ping6(size=1452), rest=struct.pack("!I", 1420))
    answered(lab, "reject_ttl", (11, 0), ping4(ttl=1))


@case(Wire)
def exthdr_in_fragment_and_icmp(lab):
    """1/1 about an extension header behind a Fragment Header, but not where ICMPv6 follows
    (XL64-14, GE-12)."""
    body = udp(WEB6, CLIENT6, 53, 5000, b"x")
    answered(lab, "reject_exthdr_in_fragment", (1, 1), ip6(WEB6, CLIENT6, 44, fragment(60, 5) + b"\x11" + PAD6 + body))
    silent(lab, {"reject_exthdr_in_fragment": (0, 1)},
           ip6(WEB6, CLIENT6, 44, fragment(60, 5) + b"\x3a" + PAD6 + echo(WEB6, CLIENT6, 1, 2, b"")))


@case(Wire)
def no_error_about_an_error(lab):
    """Whatever befalls an ICMP error, in either family or between them (SE-09)."""
    other4, other6 = "192.0.2.2", "2001:db8:12:34::2"
    to, back = mapped(other4), mapped(WEB4)
    hairpin = udp6(30, src=back, dst=other6)
    lost = error6(src=other6, dst=back, quote=hairpin, hl=1)
    silent(lab, {"reject_ttl": (1, 2)}, error4(ttl=1), error6(hl=1), lost)
    # What is no error is answered.
    answered(lab, "reject_ttl", (3, 0), udp6(30, src=WEB6, dst=to, hl=1))
    lab.br.ip(f"route add unreachable {other6}/128")
    silent(lab, {"reject_no_route": (0, 1)}, error6(src=WEB6, dst=to, quote=udp6(30, src=to, dst=WEB6)))
    answered(lab, "reject_no_route", (1, 0), udp6(30, src=WEB6, dst=to))
    lab.br.ip(f"route del unreachable {other6}/128")
