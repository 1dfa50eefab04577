# SPDX-License-Identifier: GPL-2.0
"""Packets as octets: a builder, and a reader that checks every length and checksum."""
import socket
import struct

from .netns import Failure

ICMP, TCP, UDP, FRAGMENT, ICMP6 = 1, 6, 17, 44, 58


def addr(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def text(octets):
    return socket.inet_ntop(socket.AF_INET6 if len(octets) == 16 else socket.AF_INET, octets)


def csum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(src, dst, proto, length):
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!IHBB", length, 0, 0, proto)


def ip4(src, dst, proto, payload, ttl=64, tos=0, ident=0, df=False, mf=False, off=0, options=b""):
    """off in octets"""
    ihl = 5 + len(options) // 4
    frag = (0x4000 if df else 0) | (0x2000 if mf else 0) | off // 8
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | ihl, tos, ihl * 4 + len(payload), ident, frag, ttl, proto, 0,
                       addr(src), addr(dst)) + options
    return head[:10] + struct.pack("!H", csum(head)) + head[12:] + payload


def ip6(src, dst, nh, payload, hl=64, tc=0, flow=0):
    return struct.pack("!IHBB16s16s", 6 << 28 | tc << 20 | flow, len(payload), nh, hl,
                       addr(src), addr(dst)) + payload


def fragment(nh, ident, off=0, mf=False):
    return struct.pack("!BBHI", nh, 0, off | (1 if mf else 0), ident)


def udp(src, dst, sport, dport, data, check=None):
    length = 8 + len(data)
    if check is None:
        check = csum(pseudo(addr(src), addr(dst), UDP, length) +
                     struct.pack("!HHHH", sport, dport, length, 0) + data) or 0xFFFF
    return struct.pack("!HHHH", sport, dport, length, check) + data


def tcp(src, dst, sport, dport, flags=0x02, seq=1, ack=0, data=b"", window=65535):
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, window, 0, 0)
    c = csum(pseudo(addr(src), addr(dst), TCP, len(head) + len(data)) + head + data)
    return head[:16] + struct.pack("!H", c) + head[18:] + data


def icmp4(kind, code, rest=b"\0\0\0\0", data=b""):
    c = csum(struct.pack("!BBH", kind, code, 0) + rest + data)
    return struct.pack("!BBH", kind, code, c) + rest + data


def icmp6(src, dst, kind, code, rest=b"\0\0\0\0", data=b""):
    body = struct.pack("!BBH", kind, code, 0) + rest + data
    c = csum(pseudo(addr(src), addr(dst), ICMP6, len(body)) + body)
    return struct.pack("!BBH", kind, code, c) + rest + data


def echo(src, dst, ident, seq, data, reply=False):
    rest = struct.pack("!HH", ident, seq)
    if ":" in src:
        return icmp6(src, dst, 129 if reply else 128, 0, rest, data)
    return icmp4(0 if reply else 8, 0, rest, data)


class Packet:
    """One IPv4 or IPv6 packet, taken apart. Of a partial one the device that sends it would
    have computed the checksum; the field holds the sum of the pseudo-header."""

    def __init__(self, raw, partial=False):
        self.raw, self.partial = raw, partial
        self.family = raw[0] >> 4
        self.ident, self.off, self.mf, self.df, self.frag = 0, 0, False, False, False
        if self.family == 4:
            (vihl, self.tos, total, self.ident, frag, self.ttl, self.proto, _,
             self.srcb, self.dstb) = struct.unpack("!BBHHHBBH4s4s", raw[:20])
            self.head = (vihl & 15) * 4
            self.df, self.mf, self.off = bool(frag & 0x4000), bool(frag & 0x2000), (frag & 0x1FFF) * 8
            self.frag = self.mf or self.off > 0
            self.raw = raw = raw[:total]
            self.total = total
            self.flow = 0
        else:
            first, length, self.proto, self.ttl, self.srcb, self.dstb = struct.unpack("!IHBB16s16s", raw[:40])
            self.tos, self.flow = first >> 20 & 255, first & 0xFFFFF
            self.head = 40
            self.raw = raw = raw[:40 + length]
            self.total = 40 + length
            if self.proto == FRAGMENT:
                self.proto, _, off, self.ident = struct.unpack("!BBHI", raw[40:48])
                self.off, self.mf, self.frag, self.head = off & ~7, bool(off & 1), True, 48
        self.src, self.dst = text(self.srcb), text(self.dstb)
        self.payload = raw[self.head:]
        self.sport = self.dport = None
        if self.off == 0 and self.proto in (TCP, UDP) and len(self.payload) >= 4:
            self.sport, self.dport = struct.unpack("!HH", self.payload[:4])

    def check(self):
        """Every length and every checksum; returns the packet."""
        def bad(what):
            raise Failure(f"{what} in {self.raw.hex()}")
        if len(self.raw) != self.total:
            bad(f"length {self.total} but {len(self.raw)} octets")
        if self.family == 4 and csum(self.raw[:self.head]):
            bad("IPv4 header checksum wrong")
        if self.off or self.mf:
            return self
        p, ph = self.payload, pseudo(self.srcb, self.dstb, self.proto, len(self.payload))
        if self.partial:
            at = {UDP: 6, TCP: 16}.get(self.proto)
            if at is None:
                bad("checksum left to the device")
            if csum(ph + (~int.from_bytes(p[at:at + 2], "big") & 0xFFFF).to_bytes(2, "big")) not in (0, 0xFFFF):
                bad("partial checksum is not that of the pseudo-header")
            return self
        if self.proto == UDP:
            if struct.unpack("!H", p[4:6])[0] != len(p):
                bad("UDP length wrong")
            if p[6:8] == b"\0\0":
                if self.family == 6:
                    bad("UDP without checksum on IPv6")
            elif csum(ph + p):
                bad("UDP checksum wrong")
        elif self.proto == TCP and csum(ph + p):
            bad("TCP checksum wrong")
        elif self.proto == ICMP and self.family == 4 and csum(p):
            bad("ICMP checksum wrong")
        elif self.proto == ICMP6 and self.family == 6 and csum(ph + p):
            bad("ICMPv6 checksum wrong")
        return self

    @property
    def icmp(self):
        """(type, code), or None"""
        if self.off == 0 and self.proto == (ICMP if self.family == 4 else ICMP6) and len(self.payload) >= 8:
            return self.payload[0], self.payload[1]
        return None

    @property
    def icmp_error(self):
        return self.icmp is not None and (self.payload[0] < 128 if self.family == 6 else
                                          self.payload[0] in (3, 4, 5, 11, 12))

    @property
    def quote(self):
        """What an ICMP error quotes"""
        return self.payload[8:]

    def __str__(self):
        what = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmp6"}.get(self.proto, f"proto {self.proto}")
        ports = f" {self.sport}>{self.dport}" if self.sport is not None else ""
        icmp = " {}/{}".format(*self.icmp) if self.icmp else ""
        frag = f" frag id {self.ident:#x} off {self.off}{'+' if self.mf else ''}" if self.frag else ""
        return f"{self.src} > {self.dst} {what}{ports}{icmp}{frag} ttl {self.ttl} len {len(self.raw)}"


def same(got, want, what, mask=()):
    """Octets are equal, those at the offsets in mask apart."""
    got, want = bytearray(got), bytearray(want)
    for i in mask:
        if i < len(got) and i < len(want):
            got[i] = want[i] = 0
    if got != want:
        at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
        raise Failure(f"{what}: differs at octet {at}\n  got  {got.hex()}\n  want {want.hex()}")
