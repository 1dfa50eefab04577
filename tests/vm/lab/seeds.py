# SPDX-License-Identifier: GPL-2.0
"""Valid packets of every kind that the translator knows, for mutation: from the IPv4 client and the IPv6 server of
topology.py to each other."""
import struct

from . import packet, traffic
from .packet import FRAGMENT, ICMP, ICMP6, TCP, UDP, echo, fragment, icmp4, icmp6, ip4, ip6, tcp, udp
from .topology import CLIENT4, CLIENT6, WEB4, WEB6, mapped

ROUTER4, ROUTER6 = "198.51.100.77", "2001:db8:99::1"


def options4():
    return (b"\x01\x01\x01\x00",                                    # NOP, end
            b"\x94\x04\x00\x00",                                    # Router Alert
            b"\x07\x0b\x04" + bytes(8) + b"\x00",                   # Record Route
            b"\x44\x0c\x05\x00" + bytes(8),                         # Timestamp
            b"\x83\x07\x08" + packet.addr(ROUTER4) + b"\x00",       # Loose Source Route, done
            b"\x83\x07\x04" + packet.addr(ROUTER4) + b"\x00")       # and not


def headers6(nexthdr):
    """(first, octets) of extension header chains that end in nexthdr"""
    pad = bytes((0, 0, 1, 4, 0, 0, 0, 0))
    hop = bytes((60, 0)) + pad[2:]
    dst = bytes((nexthdr, 0)) + pad[2:]
    rt = bytes((60, 2, 0, 0)) + bytes(4) + packet.addr(ROUTER6)
    more = bytes((60, 2, 0, 1)) + bytes(4) + packet.addr(ROUTER6)
    return ((60, dst), (0, hop + dst), (43, rt + dst), (43, more + dst),
            (60, bytes((60, 0)) + pad[2:] + dst), (44, fragment(60, 7) + dst))


def from4():
    """IPv4 packets without quotes."""
    data = traffic.pattern(1, 0, 120)
    u, t = udp(CLIENT4, WEB4, 1234, 53, data), tcp(CLIENT4, WEB4, 1234, 80, 0x18, data=data)
    yield from (ip4(CLIENT4, WEB4, UDP, u, df=True), ip4(CLIENT4, WEB4, UDP, u, ident=5),
                ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, data, check=0)),
                ip4(CLIENT4, WEB4, TCP, t, df=True), ip4(CLIENT4, WEB4, 47, data), ip4(CLIENT4, WEB4, 132, data),
                ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 7, 1, data)),
                ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 7, 1, data, reply=True)),
                ip4(CLIENT4, WEB4, UDP, u[:64], ident=9, mf=True), ip4(CLIENT4, WEB4, UDP, u[64:], ident=9, off=64),
                ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, traffic.pattern(2, 0, 1400)), ident=4))
    yield from (ip4(CLIENT4, WEB4, UDP, u, options=o) for o in options4())


def from6():
    data = traffic.pattern(3, 0, 120)
    u, t = udp(WEB6, CLIENT6, 53, 1234, data), tcp(WEB6, CLIENT6, 80, 1234, 0x18, data=data)
    yield from (ip6(WEB6, CLIENT6, UDP, u), ip6(WEB6, CLIENT6, TCP, t), ip6(WEB6, CLIENT6, 47, data),
                ip6(WEB6, CLIENT6, ICMP6, echo(WEB6, CLIENT6, 7, 1, data)),
                ip6(WEB6, CLIENT6, ICMP6, echo(WEB6, CLIENT6, 7, 1, data, reply=True)),
                ip6(WEB6, CLIENT6, FRAGMENT, fragment(UDP, 9, 0, True) + u[:64]),
                ip6(WEB6, CLIENT6, FRAGMENT, fragment(UDP, 9, 64) + u[64:]),
                ip6(WEB6, CLIENT6, FRAGMENT, fragment(UDP, 9) + u),
                ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 53, 1234, traffic.pattern(4, 0, 1400))),
                # A hairpin.
                ip6(WEB6, mapped("192.0.2.2"), UDP, udp(WEB6, mapped("192.0.2.2"), 1, 2, data)))
    yield from (ip6(WEB6, CLIENT6, first, chain + u) for first, chain in headers6(UDP))


def errors():
    """ICMP errors about all of these, of both families."""
    extension = b"\x20\x00" + struct.pack("!H", packet.csum(b"\x20\x00\0\0\0\x08\x01\x01\0\0\x10\x01")) + b"\0\x08\x01\x01\0\0\x10\x01"
    back4 = [ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 1234, bytes(64))),
             ip4(WEB4, CLIENT4, TCP, tcp(WEB4, CLIENT4, 80, 1234)),
             ip4(WEB4, CLIENT4, ICMP, echo(WEB4, CLIENT4, 7, 1, bytes(40))),
             ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 1234, bytes(64)), options=b"\x01\x01\x01\x00"),
             ip4(WEB4, CLIENT4, UDP, bytes(64), ident=9, off=64)]
    back6 = [ip6(CLIENT6, WEB6, UDP, udp(CLIENT6, WEB6, 1234, 53, bytes(64))),
             ip6(CLIENT6, WEB6, TCP, tcp(CLIENT6, WEB6, 1234, 80)),
             ip6(CLIENT6, WEB6, ICMP6, echo(CLIENT6, WEB6, 7, 1, bytes(40))),
             ip6(CLIENT6, WEB6, FRAGMENT, fragment(UDP, 9) + udp(CLIENT6, WEB6, 1234, 53, bytes(64))),
             ip6(CLIENT6, WEB6, 60, bytes((UDP, 0, 1, 4, 0, 0, 0, 0)) + udp(CLIENT6, WEB6, 1234, 53, bytes(64)))]
    for i, q in enumerate(back4):
        kind, code, rest = ((3, 4, b"\0\0\x05\0"), (11, 0, bytes(4)), (12, 0, b"\x08\0\0\0"), (3, 1, bytes(4)))[i % 4]
        yield ip4(ROUTER4, WEB4, ICMP, icmp4(kind, code, rest, q))
        yield ip4(ROUTER4, WEB4, ICMP, icmp4(11, 0, b"\0\x20\0\0", q[:128].ljust(128, b"\0") + extension))
    for i, q in enumerate(back6):
        kind, code, rest = ((2, 0, b"\0\0\x05\0"), (3, 0, bytes(4)), (4, 0, b"\0\0\0\x08"), (1, 4, bytes(4)))[i % 4]
        yield ip6(ROUTER6, CLIENT6, ICMP6, icmp6(ROUTER6, CLIENT6, kind, code, rest, q))
        yield ip6(WEB6, CLIENT6, ICMP6, icmp6(WEB6, CLIENT6, kind, code, rest, q))
        yield ip6(ROUTER6, CLIENT6, ICMP6,
                  icmp6(ROUTER6, CLIENT6, 3, 0, b"\x10\0\0\0", q[:128].ljust(128, b"\0") + extension))


def turned(pkt):
    """The same from its destination to its source, also where it is quoted; no checksum knows the difference."""
    if pkt[0] >> 4 == 4:
        at, n, quote = 12, 4, 28 if pkt[9] == ICMP and pkt[20] in (3, 11, 12) else 0
    else:
        at, n, quote = 8, 16, 48 if pkt[6] == ICMP6 and pkt[40] < 128 else 0
    pkt = pkt[:at] + pkt[at + n:at + 2 * n] + pkt[at:at + n] + pkt[at + 2 * n:]
    return pkt[:quote] + turned(pkt[quote:]) if quote else pkt


def all_of_them():
    return [*from4(), *from6(), *errors()]
