# SPDX-License-Identifier: GPL-2.0
"""ICMP errors that the translator sends: about what, how large, how many and from where (Wire, see lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6

Each case knows which counter each of its packets moves, and that no other moves (SE-15).
"""
import struct
import time

from lab.cases import case, check, equal
from lab.packet import ICMP, ICMP6, UDP, Packet, echo, fragment, icmp4, icmp6, ip4, ip6, same, udp
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, WEB4, WEB6, Wire
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


@case(Wire)
def sizes_of_quotes(lab):
    """At most 576 and 1280 octets, also when the packet was translated already before the
    error was known (GE-01, GE-02, GE-15, IE-10, RT-01)."""
    answered(lab, "reject_ttl", (11, 0), *(udp4(n, ttl=1) for n in (0, 519, 520, 521, 1400, 1452)))
    answered(lab, "reject_ttl", (3, 0), *(udp6(n, hl=1) for n in (0, 1183, 1184, 1185, 1232)))
    answered(lab, "reject_too_big", (3, 4), udp4(1472, df=True), rest=struct.pack("!HH", 0, 1480))
    with lab.narrow_br4(1400):
        answered(lab, "reject_too_big", (2, 0), udp6(1452), rest=struct.pack("!I", 1420))



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
