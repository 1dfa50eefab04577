# SPDX-License-Identifier: GPL-2.0
"""ICMP errors, those that the translator sends and those that it translates, and who is told
nothing (Wire, see lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6

Each case knows which counter each of its packets moves, and that no other moves (SE-15).
"""
import contextlib
import socket
import struct
import time

from lab.cases import case, check, equal
from lab.netns import wait_for
from lab.packet import (ICMP, ICMP6, TCP, UDP, Packet, addr, csum, echo, fragment, icmp4, icmp6, ip4, ip6, same,
                        tcp, udp)
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, POOL, WEB4, WEB6, Wire, mapped
from test_wire import setting, udp4, udp6

STRANGER6 = "2001:db8:ffff::1"  # no row, not in the prefix
ROUTER4 = "203.0.113.1"
LSRR, SSRR = bytes.fromhex("830704c000026300"), bytes.fromhex("890704c000026300")
PAD6 = b"\0\1\4\0\0\0\0"  # an option header of 8 octets, behind its next header


def answered(lab, counter, icmp, *packets, rest=b"\0\0\0\0", source=None):
    """The packets, of one family, are refused and their sender is told: by messages as large as
    allowed, which quote what was received (GE-15) and come from an address of ours (GE-16)."""
    v4, n = packets[0][0] >> 4 == 4, len(packets)
    out4, out6 = lab.counted({counter: (n, 0) if v4 else (0, n)}, *packets, errors=n)
    got, other = (out4, out6) if v4 else (out6, out4)
    check(len(got) == n and not other, f"{n} errors expected, got {[str(p) for p in out4 + out6]}")
    for pkt, e in zip(packets, got):
        e.check()
        equal((e.icmp, e.payload[4:8], e.dst), (icmp, rest, Packet(pkt).src), f"error about {Packet(pkt)}")
        equal(e.src, source or (BR4 if v4 else BR6), "source of the error")
        equal(len(e.raw), min(576, 28 + len(pkt)) if v4 else min(1280, 48 + len(pkt)), "length of the error")
        same(e.quote, pkt[:len(e.quote)], "quote")


def silent(lab, want, *packets):
    """Nothing comes out, and nobody is told."""
    out4, out6 = lab.counted(want, *packets)
    check(not out4 and not out6, f"nothing expected, got {[str(p) for p in out4 + out6]}")


def routing6(nh, left=1):
    return bytes([nh, 2, 0, left]) + b"\0" * 20


def ping4(src=CLIENT4, dst=WEB4, size=0, **more):
    return ip4(src, dst, ICMP, echo(src, dst, 1, 2, b"x" * size), **more)


def ping6(src=WEB6, dst=CLIENT6, size=0, **more):
    return ip6(src, dst, ICMP6, echo(src, dst, 1, 2, b"x" * size), **more)


def error4(kind=11, code=0, src=ROUTER4, rest=b"\0\0\0\0", **more):
    """A router's message to WEB4 about what it sent to the client"""
    return ip4(src, WEB4, ICMP, icmp4(kind, code, rest, udp4(30, src=WEB4, dst=CLIENT4)), **more)


SENT6 = udp6(30, 5000, 53, CLIENT6, WEB6, hl=61)
SENT4 = udp4(30, src=CLIENT4, dst=WEB4, ttl=61)


def error6(kind=1, code=0, src=STRANGER6, rest=b"\0\0\0\0", quote=SENT6, dst=CLIENT6, **more):
    """A router's message to the client about what it sent to WEB6"""
    return ip6(src, dst, ICMP6, icmp6(src, dst, kind, code, rest, quote), **more)


# ---- sent by the translator

@case(Wire)
def source_route(lab):
    """Loose or strict, unexpired, whatever stands before: 3/5 (GE-03, GE-15, GE-16, GE-17)."""
    answered(lab, "reject_source_route", (3, 5),
             *(udp4(n, options=o) for n in (5, 1400) for o in (LSRR, SSRR, b"\1" * 4 + LSRR)))


@case(Wire)
def segments_left(lab):
    """4/0 that points at the octet, wherever the Routing header is (GE-04)."""
    for nh, chain, at in ((43, b"", 43), (0, b"\x2b" + PAD6, 51), (60, b"\x3c" + PAD6 + b"\x2b" + PAD6, 59)):
        answered(lab, "reject_routing_header", (4, 0),
                 *(ip6(WEB6, CLIENT6, nh, chain + routing6(UDP) + udp(WEB6, CLIENT6, 53, 5000, b"x" * n))
                   for n in (5, 1300)), rest=struct.pack("!I", at))


@case(Wire)
def unmapped_source(lab):
    """1/1, as RFC 6145 has it 1/5, or nothing (GE-05, GE-15)."""
    packets = [udp6(n, src=STRANGER6) for n in (5, 1400)]
    answered(lab, "reject_unmapped_source", (1, 1), *packets)
    with setting(lab, "unmapped-src6", "rfc6145"):
        answered(lab, "reject_unmapped_source", (1, 5), *packets)
    with setting(lab, "unmapped-src6", "drop"):
        silent(lab, {"drop_unmapped_source": (0, 2)}, *packets)


@case(Wire)
def discarded_for_cause(lab):
    """3/13 for UDP without checksum, in fragments or where it is not to be computed, and for a
    destination that is denied (GE-06)."""
    whole = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"hello!!", check=0))
    first = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"x" * 72, check=0), mf=True, ident=3)
    answered(lab, "reject_udp_zero_checksum", (3, 13), first)
    with setting(lab, "udp-zero", "drop"):
        answered(lab, "reject_udp_zero_checksum", (3, 13), whole, first)
    with setting(lab, "denylist4", f"{WEB4}/32"):
        answered(lab, "reject_denylist_destination", (3, 13), udp4())


@case(Wire)
def some_refusals_are_logged(lab):
    """With addresses, and ports where there are any (SE-14, CK-03, CK-04, XL64-14)."""
    silent_log = lab.br.run("dmesg").stdout.count("\n")
    lab.exchange(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"x" * 72, check=0), mf=True, ident=3),
                 ip6(WEB6, CLIENT6, 44, fragment(60, 1) + b"\x3b" + bytes(15)))
    log = "\n".join(lab.br.run("dmesg").stdout.split("\n")[silent_log:])
    for words in (f"UDP without checksum refused: {CLIENT4}:9 > {WEB4}:53",
                  f"extension header behind a Fragment Header refused: {WEB6} > {CLIENT6}"):
        check(words in log, f"{words!r} is not in the log: {log}")


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


@case(Wire)
def no_route(lab):
    """3/0 and 1/0 about the packet as received; about echo too (GE-07, GE-12, GE-15)."""
    def both():
        answered(lab, "reject_no_route", (3, 0), udp4(5), udp4(1400), ping4(size=40))

    lab.br.ip("route del ::/0 via 2001:db8:0:1::2")
    both()
    lab.br.ip("route add unreachable 2001:db8:12::/48")
    both()
    lab.br.ip("route del unreachable 2001:db8:12::/48", "route add ::/0 via 2001:db8:0:1::2")
    lab.br.ip("route add unreachable 203.0.113.0/24")
    answered(lab, "reject_no_route", (1, 0), udp6(5), udp6(1300), ping6(size=40))
    lab.br.ip("route del unreachable 203.0.113.0/24", "route del default via 198.51.100.253")
    answered(lab, "reject_no_route", (1, 0), udp6(5))
    lab.br.ip("route add default via 198.51.100.253")
    lab.one(udp6(), 4)


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
def sizes_of_quotes(lab):
    """At most 576 and 1280 octets, also when the packet was translated already before the
    error was known (GE-01, GE-02, GE-15, IE-10, RT-01)."""
    answered(lab, "reject_ttl", (11, 0), *(udp4(n, ttl=1) for n in (0, 519, 520, 521, 1400, 1452)))
    answered(lab, "reject_ttl", (3, 0), *(udp6(n, hl=1) for n in (0, 1183, 1184, 1185, 1232)))
    answered(lab, "reject_too_big", (3, 4), udp4(1472, df=True), rest=struct.pack("!HH", 0, 1480))
    with lab.narrow_br4(1400):
        answered(lab, "reject_too_big", (2, 0), udp6(1452), rest=struct.pack("!I", 1420))


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


# The kernel limits errors too, but neither kind of "too big".
BIG4, BIG6 = udp4(1472, df=True), udp6(1452)


@case(Wire)
def errors_send_limit_off(lab):
    """GE-13"""
    lab.eamctl(lab.br, "set", "icmp-rate", 1, "icmp-burst", 3)
    with lab.narrow_route4(1400):
        for mode, sent in (("limit", 3), ("send", 10), ("off", 0)):
            lab.eamctl(lab.br, "set", "icmp-errors", mode)
            with lab.watch(lab.br) as moved:
                out4, out6 = lab.exchange(*[BIG4, BIG6] * 5)
            equal(moved["reject_too_big"], (5, 5), f"refused, icmp-errors {mode}")
            got, counted = len(out4 + out6), sum(moved.get("icmp_errors_sent", (0,)))
            # A slow machine earns another token meanwhile.
            check(got == counted and sent <= got <= sent + (mode == "limit"), f"{mode}: {got} errors, {moved}")
            equal(sum(moved.get("icmp_errors_limited", (0,))), 10 - counted, f"held back, icmp-errors {mode}")
    lab.eamctl(lab.br, "set", "icmp-errors", "default", "icmp-rate", "default", "icmp-burst", "default")


@case(Wire)
def rate_and_burst(lab):
    """The bucket holds icmp-burst errors and fills with icmp-rate a second (GE-14)."""
    def flood(count):
        with lab.watch(lab.br) as moved:
            start = time.monotonic()
            out4, _ = lab.exchange(*[BIG4] * count)
            took = time.monotonic() - start
        equal(moved["reject_too_big"], (count, 0), "refused")
        sent, limited = (moved.get(name, (0, 0))[0] for name in ("icmp_errors_sent", "icmp_errors_limited"))
        equal((len(out4), count - len(out4)), (sent, limited), "errors sent and held back")
        return len(out4), took

    for rate, burst in ((20, 7), (50, 5)):
        lab.eamctl(lab.br, "set", "icmp-rate", rate, "icmp-burst", burst)
        time.sleep(burst / rate)
        got, took = flood(60)
        check(burst <= got <= burst + took * rate + 1, f"{got} errors in {took:.2f} s, burst {burst}, rate {rate}")
        wait = 3 / rate
        start = time.monotonic()
        time.sleep(wait)
        got, _ = flood(60)
        took = time.monotonic() - start
        check(2 <= got <= took * rate + 2, f"{got} errors after {took:.2f} s, rate {rate}")
    lab.eamctl(lab.br, "set", "icmp-rate", "default", "icmp-burst", "default")
    # The defaults let through what a traceroute or two want.
    time.sleep(0.1)
    equal(flood(40)[0], 40, "errors")


@case(Wire)
def source_by_route(lab):
    """The address that the routing table gives for who is answered (GE-16)."""
    lab.br.ip("addr add 198.51.100.77/32 dev lo", "addr add 2001:db8:0:77::1/128 dev lo nodad",
              "route change default via 198.51.100.253 src 198.51.100.77",
              "route change ::/0 via 2001:db8:0:1::2 src 2001:db8:0:77::1")
    answered(lab, "reject_ttl", (11, 0), udp4(ttl=1), source="198.51.100.77")
    answered(lab, "reject_ttl", (3, 0), udp6(hl=1), source="2001:db8:0:77::1")
    lab.br.ip("route change default via 198.51.100.253", "route change ::/0 via 2001:db8:0:1::2",
              "addr del 198.51.100.77/32 dev lo", "addr del 2001:db8:0:77::1/128 dev lo")
    answered(lab, "reject_ttl", (11, 0), udp4(ttl=1))


@case(Wire)
def without_routes(lab):
    """Errors go out though no route leads to the destination, or none but that back (GE-17)."""
    settings, rows = lab.standard()
    with lab.configured({**settings, "routes": False}, rows):
        answered(lab, "reject_ttl", (11, 0), udp4(ttl=1))
        lab.br.ip("route del default via 198.51.100.253", "route add 203.0.113.0/24 via 198.51.100.253")
        answered(lab, "reject_ttl", (11, 0), udp4(ttl=1))
        answered(lab, "reject_too_big", (3, 4), udp4(1472, df=True), rest=struct.pack("!HH", 0, 1480))
        answered(lab, "reject_source_route", (3, 5), udp4(options=LSRR))
        lab.br.ip("route add default via 198.51.100.253", "route del 203.0.113.0/24 via 198.51.100.253")


# ---- translated: their source

@case(Wire)
def illegal_source(lab):
    """IPv4 errors from addresses that are nobody's still tell where they come from, but for
    those that no host has (IS-01, AD-06)."""
    for source in ("10.1.1.1", "127.0.0.1", "0.1.2.3", "240.0.0.1"):
        (p,) = lab.counted({"translated_icmp_error": (1, 0)}, error4(src=source))[1]
        equal((p.check().icmp, p.src, p.dst), ((3, 0), mapped(source), WEB6), f"error from {source}")
    silent(lab, {"drop_illegal_source": (3, 0)}, *(error4(src=s) for s in ("0.0.0.0", "224.0.0.5", "255.255.255.255")))
    with setting(lab, "icmp-illegal-src", "drop"):
        silent(lab, {"drop_illegal_source": (3, 0)}, *(error4(src=s) for s in ("127.0.0.1", "0.1.2.3", "240.0.0.1")))
        lab.one(error4(src="10.1.1.1"), 6)
    settings, rows = lab.standard(prefix="64:ff9b::/96")
    with lab.configured(settings, rows):
        quote = udp4(30, src=WEB4, dst="8.8.8.8")
        silent(lab, {"drop_well_known_prefix": (1, 0)}, ip4("10.1.1.1", WEB4, ICMP, icmp4(11, 0, data=quote)))
        p = lab.one(ip4("8.8.4.4", WEB4, ICMP, icmp4(11, 0, data=quote)), 6)
        equal(p.src, "64:ff9b::808:404", "source")


@contextlib.contextmanager
def without_addresses6(lab):
    """The translator has no IPv6 address but a link-local one. It is not pinged meanwhile."""
    lab.br.ip(f"addr del {BR6}/64 dev w6", "route add 2001:db8:0:1::/64 dev w6",
              "route replace ::/0 via 2001:db8:0:1::2")
    try:
        yield
    finally:
        lab.br.ip("route del 2001:db8:0:1::/64 dev w6", f"addr add {BR6}/64 dev w6 nodad",
                  "route replace ::/0 via 2001:db8:0:1::2")


NO_PREFIX = {"role": "siit"}, [(WEB4, WEB6), (CLIENT4, CLIENT6)]


@case(Wire)
def no_mapping_for_the_source(lab):
    """Without a prefix a router has no image: icmp6-src, else the interface's address (IS-02)."""
    with lab.configured(*NO_PREFIX):
        p = lab.one(error4(), 6)
        equal((p.icmp, p.src, p.dst), ((3, 0), BR6, WEB6), "error, icmp6-src not set")
        same(p.quote, udp6(30, 5000, 53), "quote")
        with setting(lab, "icmp6-src", "2001:db8:0:6::1"):
            equal(lab.one(error4(), 6).src, "2001:db8:0:6::1", "source, icmp6-src set")


@case(Wire)
def no_address_to_be_the_source(lab):
    """No prefix, no icmp6-src and no address but a link-local one: dropped (IS-02)."""
    with lab.configured(*NO_PREFIX), without_addresses6(lab), lab.watch(lab.br) as moved:
        lab.tap4.send(error4())
        lab.tap4.send(udp4())
        p = wait_for("the packet behind the error", lab.tap6.receive)
        equal(p.proto, UDP, f"nothing expected but the datagram, got {p}: protocol")
    equal(moved, {"drop_unmapped_source": (1, 0), "translated": (1, 0)}, "counters")


@case(Wire, role="er")
def router_behind_an_edge_relay(lab):
    """Its error about a packet to a local service leaves with an address of the relay
    (IS-02, ER-18); other packets of its do not leave at all (SE-11)."""
    quote = udp4(30)
    pkt = ip4("10.9.9.9", CLIENT4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, 1400), quote))
    for source in (BR6, "2001:db8:0:6::1"):
        if source != BR6:
            lab.eamctl(lab.br, "set", "icmp6-src", source)
        _, (p,) = lab.counted({"left_not_ours": (1, 0), "translated_icmp_error": (1, 0)}, pkt)
        equal((p.check().icmp, p.src, p.dst), ((2, 0), source, CLIENT6), "error")
    lab.eamctl(lab.br, "set", "icmp6-src", "default")
    silent(lab, {"left_not_ours": (1, 0), "drop_ingress_filter": (1, 0)}, udp4(src="10.9.9.9", dst=CLIENT4))


@case(Wire, role="er")
def own_addresses_as_source(lab):
    """An Edge Relay takes nothing from outside that claims to be from behind it, natively or
    once translated (SE-10, SE-11)."""
    silent(lab, {"drop_self_source": (0, 2)}, udp6(src=WEB6, dst=WEB6), udp6(src=mapped(WEB4), dst=WEB6))
    (p,), _ = lab.counted({"translated": (0, 1)}, udp6(src=CLIENT6, dst=WEB6))
    equal((p.check().src, p.dst), (CLIENT4, WEB4), "a legitimate one")


@case(Wire)
def source_from_the_pool(lab):
    """Each of the pool's addresses, at random (IS-03, IS-04). (BR-10)"""
    pool = {POOL} | {f"198.51.100.{i}" for i in range(16, 20)}
    with setting(lab, "icmp4-src", f"{POOL},198.51.100.16/30", POOL):
        out, _ = lab.counted({"translated_icmp_error": (0, 100)}, *[error6()] * 100)
        equal(len(out), 100, "errors")
        got = {p.check().src for p in out}
        # One of five not seen in 100: less likely than one in a billion.
        equal(got, pool, "sources")
    equal({p.src for p in lab.exchange(*[error6()] * 10)[0]}, {POOL}, "sources")


def origin(p, source):
    """An error with the object of RFC 5837 that names the real source; returns the octets quoted."""
    length = p.payload[5] * 4
    check(length >= 128 and len(p.raw) <= 576, f"quote of {length} in {len(p.raw)} octets")
    quote, ext = p.quote[:length], p.quote[length:]
    equal(len(ext), 28, "octets of extension")
    equal((ext[:2], csum(ext)), (b"\x20\x00", 0), "version and checksum of the extension")
    same(ext[4:], struct.pack("!HBBHH", 24, 2, 4, 2, 0) + addr(source), "object")
    return quote


@case(Wire)
def origin_extension(lab):
    """IS-06, octet by octet; only where the source is a substitute, and may be switched off."""
    for kind, code, rest, want, want_rest in ((1, 0, 0, (3, 1), (0, 0)), (1, 1, 0, (3, 10), (0, 0)),
                                              (3, 0, 0, (11, 0), (0, 0)), (4, 0, 6, (12, 0), (9, 0)),
                                              (4, 1, 40, (3, 2), (0, 0)), (2, 0, 1400, (3, 4), (0, 1380))):
        p = lab.one(error6(kind, code, rest=struct.pack("!I", rest)), 4)
        equal((p.icmp, p.src), (want, POOL), "error")
        equal((p.payload[4], int.from_bytes(p.payload[6:8], "big")), want_rest, f"pointer and MTU in {want}")
        quote = origin(p, STRANGER6)
        same(quote, SENT4.ljust(len(quote), b"\0"), "quote and padding")
    # A long quote is cut for it, never the extension.
    sent6 = udp6(1100, 5000, 53, CLIENT6, WEB6, hl=61)
    p = lab.one(error6(quote=sent6), 4)
    quote = origin(p, STRANGER6)
    equal(len(p.raw), 576, "length of the error")
    same(quote, udp4(1100, src=CLIENT4, dst=WEB4, ttl=61, df=False)[:len(quote)], "quote")
    # The service host itself needs none.
    p = lab.one(error6(src=WEB6), 4)
    equal((p.src, p.payload[4:8]), (WEB4, b"\0\0\0\0"), "error of a mapped host")
    same(p.quote, SENT4, "quote")
    with setting(lab, "icmp-origin-ext", "off"):
        p = lab.one(error6(), 4)
        equal((p.src, p.payload[4:8]), (POOL, b"\0\0\0\0"), "error")
        same(p.quote, SENT4, "quote")


@case(Wire)
def origin_behind_another_object(lab):
    """The error has an extension already: ours is one more object in it (IS-06, IE-15)."""
    obj = b"\0\x08\1\1abcd"
    ext = b"\x20\0\0\0" + obj
    ext = ext[:2] + struct.pack("!H", csum(ext)) + ext[4:]
    p = lab.one(error6(rest=b"\x10\0\0\0", quote=SENT6.ljust(128, b"\0") + ext), 4)
    length = p.payload[5] * 4
    got = p.quote[length:]
    equal((got[:2], csum(got)), (b"\x20\0", 0), "version and checksum of the extension")
    same(got[4:], obj + struct.pack("!HBBHH", 24, 2, 4, 2, 0) + addr(STRANGER6), "objects")
    same(p.quote[:len(SENT4)], SENT4, "quote")


@case(Wire)
def source_is_the_dummy(lab):
    """IS-08; without an extension unless it is asked for (IS-06)."""
    with setting(lab, "icmp4-src", "dummy", POOL):
        p = lab.one(error6(), 4)
        equal((p.src, p.payload[5]), ("192.0.0.8", 0), "source and length of an extension")
        with setting(lab, "icmp-origin-ext", "on"):
            p = lab.one(error6(), 4)
            equal(p.src, "192.0.0.8", "source")
            origin(p, STRANGER6)


def from_the_interface(lab, dst, quote):
    settings, rows = lab.standard(lab.role)
    settings.pop("icmp4_src", None)
    with lab.configured(settings, rows):
        out4, out6 = lab.exchange(error6(dst=dst, quote=quote), error6(2, 0, dst=dst, quote=quote))
        equal([(p.check().src, p.icmp) for p in out4 + out6], [(BR4, (3, 1)), (BR4, (3, 4))], "errors")


@case(Wire)
def source_without_a_pool(lab):
    """The address of the interface that the error leaves by (IS-07)."""
    from_the_interface(lab, CLIENT6, SENT6)


@case(Wire, role="er")
def source_without_a_pool_on_an_edge_relay(lab):
    """IS-07, for path-MTU discovery of a node behind the relay."""
    from_the_interface(lab, WEB6, udp6(30))


@case(Wire)
def source_without_any_address(lab):
    """The dummy, too, where the host has no IPv4 address at all (IS-07, GE-16)."""
    lab.eamctl(lab.br, "set", "icmp4-src", "default")
    # With the last address the kernel forgets neighbours and routes.
    mac = ":".join(f"{o:02x}" for o in lab.tap4.mac)
    lab.br.ip(f"addr del {BR4}/30 dev w4", "route add 198.51.100.252/30 dev w4",
              "route add default via 198.51.100.253", f"neigh replace 198.51.100.253 lladdr {mac} dev w4")
    for pkt, source in ((error6(), "192.0.0.8"), (udp6(), WEB4)):
        lab.tap6.send(pkt)
        p = wait_for("a packet", lab.tap4.receive).check()
        equal((p.src, p.dst), (source, CLIENT4), "source and destination, no address at all")
    # Errors of our own fare alike (GE-16).
    lab.tap4.send(udp4(ttl=1))
    p = wait_for("a packet", lab.tap4.receive).check()
    equal((p.icmp, p.src, p.dst), ((11, 0), "192.0.0.8", CLIENT4), "error of our own")
    lab.br.ip("route del 198.51.100.252/30 dev w4", f"addr add {BR4}/30 dev w4",
              "route replace default via 198.51.100.253")
    lab.eamctl(lab.br, "set", "icmp4-src", POOL)
    lab.one(udp6(), 4)


@case(Wire)
def only_errors_are_substituted(lab):
    """Echo of an unmapped host does not come out with the pool's address (IS-09)."""
    silent(lab, {"reject_unmapped_source": (0, 2)}, ping6(STRANGER6),
           ip6(STRANGER6, CLIENT6, ICMP6, echo(STRANGER6, CLIENT6, 1, 2, b"", True)))


# ---- translated: the MTU in them

def ptb46(lab, advertised, total=1500):
    """What a 3/4 about a packet of this length says in IPv6"""
    quote = ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 5000, b"x" * (total - 28)), df=True)[:548]
    p = lab.one(ip4(ROUTER4, WEB4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, advertised), quote)), 6)
    equal((p.icmp, p.src, p.dst), ((2, 0), mapped(ROUTER4), WEB6), "error")
    return int.from_bytes(p.payload[4:8], "big")


def ptb64(lab, advertised, frag=False):
    """What a 2/0 says in IPv4"""
    body = udp(CLIENT6, WEB6, 5000, 53, b"x" * 400)
    quote = ip6(CLIENT6, WEB6, 44, fragment(UDP, 7) + body) if frag else ip6(CLIENT6, WEB6, UDP, body)
    p = lab.one(error6(2, 0, src=WEB6, rest=struct.pack("!I", advertised), quote=quote), 4)
    equal((p.icmp, p.src, p.payload[4:6]), ((3, 4), WEB4, b"\0\0"), "error")
    return int.from_bytes(p.payload[6:8], "big")


def mtus(lab, ask, *expected):
    for args, want in expected:
        equal(ask(lab, *args), want, f"{ask.__name__}{args}")


@case(Wire)
def mtu_of_links(lab):
    """The links that the packet must pass bound what is announced (MT-01, MT-02, MT-03)."""
    with lab.narrow_br4(1300):
        mtus(lab, ptb46, ((9000,), 1320), ((1290,), 1310), ((0,), 1320), ((0, 4000), 1320))
        mtus(lab, ptb64, ((9000,), 1300), ((1310,), 1290))
    with lab.narrow_route6(1400):
        mtus(lab, ptb46, ((9000,), 1400), ((1390,), 1400), ((1370,), 1390), ((0,), 1400))
        mtus(lab, ptb64, ((9000,), 1380), ((1390,), 1370))
    mtus(lab, ptb46, ((0,), 1500), ((0, 1492), 1280), ((0, 4000), 1500))
    lab.br.ip("link set dev w4 mtu 9000", "link set dev w6 mtu 9000")
    mtus(lab, ptb46, ((0,), 1512), ((0, 1492), 1280), ((0, 1493), 1512), ((0, 4000), 2022), ((0, 8000), 4372),
         ((5000,), 5020), ((9000,), 9000), ((65535,), 9000))
    mtus(lab, ptb64, ((5000,), 4980), ((5000, True), 4972), ((9000,), 8980), ((70000,), 8980), ((0xFFFFFFFF,), 8980))
    lab.br.ip("link set dev w4 mtu 1500", "link set dev w6 mtu 1500")
    with setting(lab, "plateaus", "1300,1400,1300"):
        mtus(lab, ptb46, ((0,), 1420), ((0, 1400), 1320), ((0, 1300), 1280))


@case(Wire)
def smallest_mtu(lab):
    """Nobody is made to send less than IPv6 allows, unless that is asked for (MT-01, MT-03, MT-04)."""
    mtus(lab, ptb46, ((68,), 1280), ((1259,), 1280), ((1261,), 1281))
    mtus(lab, ptb64, ((0,), 1260), ((68,), 1260), ((1279,), 1260), ((1281,), 1261), ((1279, True), 1252),
         ((1300, True), 1272))
    with setting(lab, "ptb-min-clamp", "off"):
        mtus(lab, ptb46, ((1200,), 1220), ((500,), 520))
        mtus(lab, ptb64, ((1000,), 980), ((1000, True), 972), ((68,), 68))


@contextlib.contextmanager
def forged(lab, pkt, address, mtu):
    """The translator's own stack is told of a path MTU, and believes it."""
    (lab.tap4 if pkt[0] >> 4 == 4 else lab.tap6).send(pkt)
    lab.exchange()
    route = lab.br.run("ip", "route", "get", address).stdout
    check(f"mtu {mtu}" in route, f"nothing was remembered: {route}")
    yield
    lab.br.sysctl("ipv4/route/flush", 1)
    lab.br.run("ip", "-6", "route", "flush", "cache")


@case(Wire)
def forged_path_mtu_ipv6(lab):
    """What the translator's own stack is told about a path changes no decision of the translator
    (MT-09). The stack's output is bound by it, as any Linux router's: docs/rfc-compliance.md."""
    pkt = error6(2, 0, dst=BR6, rest=struct.pack("!I", 1280), quote=ping6(BR6, WEB6, 600))
    with forged(lab, pkt, WEB6, 1280):
        mtus(lab, ptb46, ((9000,), 1500), ((1400,), 1420))
        mtus(lab, ptb64, ((9000,), 1480), ((1400,), 1380))


def forge4(mtu):
    quote = ip4(BR4, CLIENT4, ICMP, echo(BR4, CLIENT4, 1, 2, b"x" * 600, True))
    return ip4(ROUTER4, BR4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, mtu), quote))


@case(Wire)
def forged_path_mtu_ipv4(lab):
    """MT-09"""
    with forged(lab, forge4(600), CLIENT4, 600):
        mtus(lab, ptb46, ((9000,), 1500), ((1400,), 1420))
        mtus(lab, ptb64, ((9000,), 1480), ((1400,), 1380))
        equal(len(lab.one(udp6(1452), 4).raw), 1480, "DF=1")
        equal(len(lab.one(udp6(1232), 4).raw), 1260, "DF=0")


@case(Wire)
def forged_tiny_path_mtu(lab):
    """Nor does one that is so small that Linux holds it fast (MT-09)."""
    with forged(lab, forge4(68), CLIENT4, "lock 552"):
        mtus(lab, ptb64, ((9000,), 1480))


@case(Wire)
def device_mtu(lab):
    """The device's own MTU cannot be below 1280, yet what needs more than lowest-ipv6-mtu is
    refused; the IPv6 route through it works (MT-08)."""
    with lab.br:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with s:
        s.settimeout(5)
        s.setsockopt(0, 10, 3)  # IP_MTU_DISCOVER: IP_PMTUDISC_PROBE, DF=1 whatever the route says
        s.setsockopt(0, 11, 1)  # IP_RECVERR
        s.bind((BR4, 5000))
        s.sendto(b"x" * 1232, (WEB4, 53))
        (p,) = lab.exchange()[1]
        equal((len(p.check().raw), p.frag), (1280, False), "IPv6 packet of an IPv4 packet of 1260 octets")
        with lab.watch(lab.br) as moved:
            s.sendto(b"x" * 1233, (WEB4, 53))
            _, out = lab.exchange()
        check(not out, f"sent: {[str(p) for p in out]}")
        equal(moved.get("reject_too_big"), (1, 0), "counter reject_too_big")
        _, more, _, _ = s.recvmsg(2000, 500, 0x2000)  # MSG_ERRQUEUE
        errno, _, kind, code, _, info = struct.unpack("=IBBBBI", more[0][2][:12])
        equal((errno, kind, code, info), (90, 3, 4, 1260), "error, ICMP type and code, MTU")  # EMSGSIZE
    route = lab.br.run("ip", "-6", "route", "show", "dev", "siit0").stdout
    check("2001:db8:46::/96" in route, f"route to the device: {route}")
