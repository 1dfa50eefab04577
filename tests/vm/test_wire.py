# SPDX-License-Identifier: GPL-2.0
"""The packets themselves, octet by octet, through the real module (Wire, see lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6
"""
import contextlib
import struct

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import Failure
from lab.packet import ICMP, ICMP6, TCP, UDP, Packet, echo, fragment, icmp4, icmp6, ip4, ip6, same, tcp, udp
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, POOL, WEB4, WEB6, Wire, mapped

# Requirements 15.1: name -> (in, out), computed independently of the product.
V1 = ("45b8002112344000401129accb007132c000020113880035000daa1068656c6c6f",
      "6b800000000d113f20010db80046000000000000cb00713220010db80012003400000000000000011388"
      "0035000d101368656c6c6f")
V2 = ("45000020000000000201baa9cb007132c0000201080021041234000161626364",
      "60000000000c3a0120010db80046000000000000cb00713220010db80012003400000000000000018000"
      "108b1234000161626364")
V3 = ("60000000000d114020010db800120034000000000000000120010db80046000000000000cb0071320035"
      "1388000d101368656c6c6f",
      "45000021000000003f117d98c0000201cb00713200351388000daa1068656c6c6f")
V4 = ("60000000003d3a3e20010db8ffff0000000000000000000120010db80046000000000000cb0071320200"
      "eef80000057860000000000d113c20010db80046000000000000cb00713220010db80012003400000000"
      "0000000113880035000d101368656c6c6f",
      "4500003d000000003d011759c6336401cb0071320304f5ea0000056445000021000000003c118098cb00"
      "7132c000020113880035000daa1068656c6c6f")
V5 = ("45000024beef20b940119ceccb007132c0000201aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "6000000000182c3f20010db80046000000000000cb00713220010db800120034000000000000000111"
      "0005c90000beefaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
# Of a packet that comes without a Fragment Header the ID is the generator's: it and the
# header checksum are not compared (XL64-05).
ID_AND_CSUM = (4, 5, 10, 11)


def udp4(size=5, sport=5000, dport=53, src=CLIENT4, dst=WEB4, **more):
    return ip4(src, dst, UDP, udp(src, dst, sport, dport, traffic.pattern(7, 0, size)), **more)


def udp6(size=5, sport=53, dport=5000, src=WEB6, dst=CLIENT6, **more):
    return ip6(src, dst, UDP, udp(src, dst, sport, dport, traffic.pattern(7, 0, size)), **more)


@contextlib.contextmanager
def setting(lab, key, value, back="default"):
    lab.eamctl(lab.br, "set", key, value)
    try:
        yield
    finally:
        lab.eamctl(lab.br, "set", key, back)


@case(Wire)
def vectors(lab):
    with setting(lab, "icmp-origin-ext", "off"):
        for name, (given, want), side, mask in (("V1", V1, 6, ()), ("V2", V2, 6, ()), ("V3", V3, 4, ID_AND_CSUM),
                                                ("V4", V4, 4, ID_AND_CSUM), ("V5", V5, 6, ())):
            got = lab.one(bytes.fromhex(given), side)
            same(got.raw, bytes.fromhex(want), name, mask)


@case(Wire)
def df_and_id(lab):
    """XL64-04"""
    out = [lab.one(udp6(1232 + extra), 4) for extra in (0, 0, 1)]
    check(not out[0].df and not out[1].df and out[2].df, f"DF of 1260, 1260, 1261 octets: {[p.df for p in out]}")
    check(out[0].ident != out[1].ident, "two packets with DF=0 have the same ID")


@case(Wire)
def tcp_and_ports(lab):
    for flags, data in ((0x02, b""), (0x18, b"x" * 1399), (0x11, b"y")):
        p = lab.one(ip4(CLIENT4, WEB4, TCP, tcp(CLIENT4, WEB4, 40000, 80, flags, data=data), df=True, tos=0x03), 6)
        equal((p.src, p.dst, p.tos, p.ttl, p.flow), (CLIENT6, WEB6, 3, 63, 0), "header")
        same(p.payload, tcp(CLIENT6, WEB6, 40000, 80, flags, data=data), "TCP segment")
        p = lab.one(ip6(WEB6, CLIENT6, TCP, tcp(WEB6, CLIENT6, 80, 40000, flags, data=data), tc=0xB9, flow=0x12345), 4)
        equal((p.src, p.dst, p.tos, p.ttl), (WEB4, CLIENT4, 0xB9, 63), "header")
        same(p.payload, tcp(WEB4, CLIENT4, 80, 40000, flags, data=data), "TCP segment")


@case(Wire)
def other_protocols(lab):
    """GRE, ESP, SCTP, OSPF, IPIP pass unchanged (XL46-17, CK-08); those that IPv6 would parse do not (XL46-06)."""
    for proto in (47, 50, 132, 89, 4, 59):
        body = traffic.pattern(proto, 0, 64)
        p = lab.one(ip4(CLIENT4, WEB4, proto, body), 6)
        equal((p.proto, p.payload), (proto, body), f"protocol {proto}")
        p = lab.one(ip6(WEB6, CLIENT6, proto, body), 4)
        equal((p.proto, p.payload), (proto, body), f"next header {proto}")
    with lab.watch(lab.br) as moved:
        for proto in (0, 2, 43, 44, 58, 60, 135, 139, 140):
            lab.nothing(ip4(CLIENT4, WEB4, proto, b"\0" * 16))
        for proto in (1, 2):
            lab.nothing(ip6(WEB6, CLIENT6, proto, b"\0" * 16))
    equal(moved.get("drop_protocol"), (9, 2), "counter drop_protocol")


@case(Wire)
def echo_both_ways(lab):
    for reply in (False, True):
        p = lab.one(ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 77, 3, b"data", reply)), 6)
        same(p.payload, echo(CLIENT6, WEB6, 77, 3, b"data", reply), "ICMPv6")
        p = lab.one(ip6(WEB6, CLIENT6, ICMP6, echo(WEB6, CLIENT6, 77, 3, b"data", reply)), 4)
        same(p.payload, echo(WEB4, CLIENT4, 77, 3, b"data", reply), "ICMPv4")


@case(Wire)
def errors_generated(lab):
    """TTL and size errors quote the packet as received (GE-01, GE-02, GE-15, FR-05, FR-08)."""
    given = udp4(100, ttl=1)
    p = lab.one(given, 4)
    equal((p.icmp, p.src, p.dst), ((11, 0), BR4, CLIENT4), "error")
    same(p.quote[:len(given)], given, "quote")
    given = udp6(100, hl=1)
    p = lab.one(given, 6)
    equal((p.icmp, p.src, p.dst), ((3, 0), BR6, WEB6), "error")
    same(p.quote[:len(given)], given, "quote")
    given = udp4(1453, df=True)
    p = lab.one(given, 4)
    equal((p.icmp, p.payload[4:8]), ((3, 4), struct.pack("!HH", 0, 1480)), "error and MTU")
    same(p.quote, given[:len(p.quote)], "quote")
    with lab.narrow_br4(1400):
        given = udp6(1452)
        p = lab.one(given, 6)
        equal((p.icmp, p.payload[4:8]), ((2, 0), struct.pack("!I", 1420)), "error and MTU")
        same(p.quote, given[:len(p.quote)], "quote")


@case(Wire)
def ttl_hook_to_forward(lab):
    """TTL 2 leaves as 1, TTL 1 is answered; decremented once (XL46-08, XL64-06, RT-01)."""
    equal(lab.one(udp4(ttl=2), 6).ttl, 1, "hop limit")
    equal(lab.one(udp6(hl=2), 4).ttl, 1, "TTL")
    equal(lab.one(udp4(ttl=1), 4).icmp, (11, 0), "IPv4 error")
    equal(lab.one(udp6(hl=1), 6).icmp, (3, 0), "IPv6 error")


@case(Wire, fresh=True)
def ttl_hook_to_local(lab):
    """What the hook translates to an address of this host is neither decremented nor rejected."""
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", BR6)
    with lab.br:
        s = traffic.listener(BR6, 53, 2)
    with s:
        s.settimeout(5)
        s.setsockopt(41, 51, 1)  # IPV6_RECVHOPLIMIT
        for ttl in (1, 2, 64):
            lab.nothing(udp4(ttl=ttl, dst="192.0.2.99"))
            data, anc, _, peer = s.recvmsg(2000, 200)
            equal((peer[0], int.from_bytes(anc[0][2], "little")), (CLIENT6, ttl), "source and hop limit")


@case(Wire, fresh=True)
def fragments_to_an_own_address(lab):
    """4->6 results that stay on this host: fragments, and what the translator splits (RT-04)."""
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", BR6)
    with lab.br:
        s = traffic.listener(BR6, 53, 2)
    with s:
        s.settimeout(5)
        for size, piece, df in ((600, 296, False), (5000, 1480, False), (1400, 1480, False), (1400, 1480, True)):
            data = traffic.pattern(9, 0, size)
            body = udp(CLIENT4, "192.0.2.99", 5000, 53, data)
            for o in range(0, len(body), piece):
                lab.nothing(ip4(CLIENT4, "192.0.2.99", UDP, body[o:o + piece], ident=size, off=o, df=df,
                                mf=o + piece < len(body)))
            same(s.recv(10000), data, f"datagram of {size} octets")


@case(Wire, fresh=True)
def ttl_transmit_to_forward(lab):
    """What Linux forwards into the device has been decremented already; what a local socket
    sends leaves as it was."""
    lab.br.nft(f"""table ip t {{
      chain c {{ type nat hook prerouting priority -100; ip daddr 198.18.0.1 dnat to {WEB4}
      }}
    }}""")
    equal(lab.one(udp4(dst="198.18.0.1", ttl=64), 6).ttl, 63, "hop limit of TTL 64, forwarded")
    equal(lab.one(udp4(dst="198.18.0.1", ttl=2, sport=5001), 6).ttl, 1, "hop limit of TTL 2, forwarded")
    equal(lab.one(udp4(dst="198.18.0.1", ttl=1, sport=5002), 4).icmp, (11, 0), "answer to TTL 1")
    with lab.br:
        s = traffic.listener(BR4, 5000, 2)
    with s:
        for ttl in (1, 2, 64):
            s.setsockopt(0, 2, ttl)  # IP_TTL
            s.sendto(b"hello", (WEB4, 53))
            _, out = lab.exchange()
            equal([(p.src, p.dst, p.ttl) for p in out], [(mapped(BR4), WEB6, ttl)], "sent by a local socket")
            out[0].check()


@case(Wire, fresh=True)
def ttl_transmit_to_local(lab):
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", BR6)
    with lab.br:
        s = traffic.listener(BR6, 53, 2)
        c = traffic.listener(BR4, 5000, 2)
    with s, c:
        s.settimeout(5)
        s.setsockopt(41, 51, 1)
        for ttl in (1, 2, 64):
            c.setsockopt(0, 2, ttl)
            c.sendto(b"hello", ("192.0.2.99", 53))
            data, anc, _, peer = s.recvmsg(2000, 200)
            equal((data, peer[0], int.from_bytes(anc[0][2], "little")), (b"hello", mapped(BR4), ttl),
                  "source and hop limit")


def fragments4(total, ident, piece=1480, **more):
    """One UDP datagram of "total" octets, in IPv4 fragments."""
    body = udp(CLIENT4, WEB4, 5000, 53, traffic.pattern(9, 0, total - 8))
    return [ip4(CLIENT4, WEB4, UDP, body[o:o + piece], ident=ident, off=o, mf=o + piece < len(body), **more)
            for o in range(0, len(body), piece)]


def reassemble(parts):
    """The payload of fragments in any order; they must neither overlap nor leave a gap."""
    parts = sorted(parts, key=lambda p: p.off)
    data = b""
    for p in parts:
        equal(p.off, len(data), "offset of a fragment")
        data += p.payload
    check(not parts[-1].mf and all(p.mf for p in parts[:-1]), f"MF: {[(p.off, p.mf) for p in parts]}")
    return data


@case(Wire)
def fragments_4_to_6(lab):
    """One by one, split again where too big (FR-01..04)."""
    for lowest in (1280, 1500):
        with setting(lab, "lowest-ipv6-mtu", lowest):
            for total, piece, ident in ((600, 296, 0xBEEF), (2000, 1480, 0x1234), (5000, 1480, 1), (65000, 1480, 2)):
                given = fragments4(total, ident, piece)
                _, out = lab.exchange(*given)
                check(out, f"{total} octets: nothing came out")
                equal({(p.src, p.dst, p.ident, p.proto) for p in out}, {(CLIENT6, WEB6, ident, UDP)}, "headers")
                check(all(len(p.raw) <= lowest for p in out), f"too long: {[len(p.raw) for p in out]}")
                same(reassemble(out), udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(9, 0, total - 8)), "datagram")
                if piece == 296:
                    equal([p.off for p in out], [0, 296, 592], "offsets of fragments that fit")


@case(Wire, fresh=True)
def fragments_in_disorder(lab):
    """No fragment waits for another (FR-12)."""
    given = fragments4(3000, 0x77, 800)
    for pkt in reversed(given):
        p = lab.one(pkt, 6)
        equal((p.off, p.ident), (Packet(pkt).off, 0x77), "offset and ID")
    # A later fragment alone is translated too.
    lab.one(fragments4(3000, 0x78, 800)[2], 6)


@case(Wire, fresh=True)
def fragments_with_conntrack(lab):
    """Connection tracking is used by the ruleset: datagrams still arrive whole (FR-15, RT-03)."""
    lab.br.nft("""table inet t {
      chain f { type filter hook forward priority 0; ct state invalid counter drop
      }
    }""")
    for total in (2000, 5000):
        _, out = lab.exchange(*fragments4(total, total))
        check(len(out) > 1 and all(len(p.raw) <= 1280 for p in out), f"fragments: {[len(p.raw) for p in out]}")
        same(reassemble(out), udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(9, 0, total - 8)), "datagram")
        body = udp(WEB6, CLIENT6, 53, 5000, traffic.pattern(3, 0, total))
        parts = [ip6(WEB6, CLIENT6, 44, fragment(UDP, total, o, o + 1232 < len(body)) + body[o:o + 1232])
                 for o in range(0, len(body), 1232)]
        out, _ = lab.exchange(*parts)
        check(len(out) > 1, "no fragments")
        same(reassemble(out), udp(WEB4, CLIENT4, 53, 5000, traffic.pattern(3, 0, total)), "datagram")


@case(Wire)
def fragments_6_to_4(lab):
    """ID, offset and MF are kept, DF is 0 (XL64-12, XL64-13)."""
    body = udp(WEB6, CLIENT6, 53, 5000, traffic.pattern(3, 0, 3000))
    out = []
    for o in range(0, len(body), 1448):
        pkt = ip6(WEB6, CLIENT6, 44, fragment(UDP, 0x0001BEEF, o, o + 1448 < len(body)) + body[o:o + 1448])
        p = lab.one(pkt, 4)
        equal((p.ident, p.off, p.df), (0xBEEF, o, False), "ID, offset, DF")
        out.append(p)
    same(reassemble(out), udp(WEB4, CLIENT4, 53, 5000, traffic.pattern(3, 0, 3000)), "datagram")
    small = udp(WEB6, CLIENT6, 53, 5000, b"atomic")
    p = lab.one(ip6(WEB6, CLIENT6, 44, fragment(UDP, 0xABCD1234) + small), 4)
    equal((p.ident, p.off, p.mf, p.df), (0x1234, 0, False, False), "atomic fragment")
    same(p.payload, udp(WEB4, CLIENT4, 53, 5000, b"atomic"), "its datagram")
    # ESP behind a Fragment Header is translated, any other extension header is not (XL64-14).
    equal(lab.one(ip6(WEB6, CLIENT6, 44, fragment(50, 5) + b"\1" * 32), 4).proto, 50, "protocol")
    equal(lab.one(ip6(WEB6, CLIENT6, 44, fragment(60, 5) + b"\x11\0\1\4\0\0\0\0" + small), 6).icmp, (1, 1), "error")


@case(Wire)
def fragmented_icmp(lab):
    """FR-11, GE-08"""
    with lab.watch(lab.br) as moved:
        lab.nothing(ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 1, 1, b"x" * 72), mf=True, ident=9))
        lab.nothing(ip4(CLIENT4, WEB4, ICMP, b"x" * 80, off=80, ident=9))
        lab.nothing(ip6(WEB6, CLIENT6, 44, fragment(ICMP6, 7, 0, True) + echo(WEB6, CLIENT6, 1, 1, b"x" * 72)))
        lab.nothing(ip6(WEB6, CLIENT6, 44, fragment(ICMP6, 7, 80) + b"x" * 80))
    equal(moved.get("drop_fragmented_icmp"), (2, 2), "counter drop_fragmented_icmp")


@case(Wire)
def too_big_for_ipv6(lab):
    """DF=0: split at lowest-ipv6-mtu, to the octet (FR-01, FR-02)."""
    # 1232 octets of payload in a fragment of 1280 (FR-01), the rest behind 48 octets of headers.
    for lowest, size, want in ((1280, 1260, [1280]), (1280, 1261, [1280, 57]), (1280, 1500, [1280, 296]),
                               (1500, 1480, [1500]), (1500, 1500, [1496, 80])):
        with setting(lab, "lowest-ipv6-mtu", lowest):
            _, out = lab.exchange(udp4(size - 28, ident=0x4321))
            sizes = [len(p.raw) for p in out]
            equal(sizes, want, f"IPv4 packet of {size} octets, lowest-ipv6-mtu {lowest}")
            if len(out) == 1:
                check(not out[0].frag, "Fragment Header on a packet that fits")
                out[0].check()
            else:
                equal({p.ident for p in out}, {0x4321}, "IDs")
                same(reassemble(out), udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(7, 0, size - 28)), "datagram")


@case(Wire)
def too_big_for_ipv4(lab):
    """At most 1280 octets: fragmented by the translator; more: Packet Too Big (FR-07, FR-08)."""
    with lab.narrow_br4(576):
        out, _ = lab.exchange(udp6(1232))
        check(len(out) > 1 and all(len(p.raw) <= 576 for p in out), f"fragments: {[str(p) for p in out]}")
        same(reassemble(out), udp(WEB4, CLIENT4, 53, 5000, traffic.pattern(7, 0, 1232)), "datagram")
        p = lab.one(udp6(1300), 6)
        equal((p.icmp, p.payload[4:8]), ((2, 0), struct.pack("!I", 1280)), "error and MTU")


@case(Wire)
def udp_without_checksum(lab):
    """CK-02..05, GE-06"""
    p = lab.one(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"hello!!", check=0)), 6)
    same(p.payload, udp(CLIENT6, WEB6, 9, 53, b"hello!!"), "computed")
    first = fragments4(600, 3, 296)[0]
    first = first[:26] + b"\0\0" + first[28:]
    with lab.watch(lab.br) as moved:
        out4, out6 = lab.exchange(first)
    check(not out6 and moved.get("reject_udp_zero_checksum"), f"first fragment: {out6} {moved}")
    with setting(lab, "udp-zero", "drop"):
        given = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9, 53, b"hello!!", check=0))
        equal(lab.one(given, 4).icmp, (3, 13), "udp-zero=drop (GE-06)")
    with setting(lab, "udp-zero", "forward"):
        _, out = lab.exchange(given)
        equal([p.payload[6:8] for p in out], [b"\0\0"], "udp-zero=forward")
    p = lab.one(ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 53, 9, b"tunnel", check=0)), 4)
    equal(p.payload[6:8], b"\0\0", "IPv6 UDP without checksum")
    with setting(lab, "udp6-zero", "drop"):
        lab.nothing(ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 53, 9, b"tunnel", check=0)))
    # Comes out as 0000, must be sent as ffff (CK-02).
    p = lab.one(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 9115, 53, b"hello")), 6)
    equal(p.payload[6:8], b"\xff\xff", "checksum that comes out as zero")


@case(Wire)
def wrong_checksums_stay_wrong(lab):
    """CK-06"""
    for build, proto in ((tcp, TCP), (udp, UDP)):
        for src, dst, mk in ((CLIENT4, WEB4, ip4), (WEB6, CLIENT6, ip6)):
            body = bytearray(build(src, dst, 1000, 2000, data=b"payload") if proto == TCP else
                             build(src, dst, 1000, 2000, b"payload"))
            body[-1] ^= 1
            out4, out6 = lab.exchange(mk(src, dst, proto, bytes(body)))
            out = out6 if mk is ip4 else out4
            equal(len(out), 1, "packets out")
            try:
                out[0].check()
            except Failure:
                continue
            raise Failure("a corrupt packet came out with a valid checksum")


@case(Wire)
def options_are_stripped(lab):
    """XL46-10, XL46-11, GE-03"""
    nop = b"\1\1\1\0"
    p = lab.one(udp4(20, options=nop), 6)
    same(p.payload, udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(7, 0, 20)), "datagram")
    equal(lab.one(udp4(options=bytes.fromhex("830704c000026300")), 4).icmp, (3, 5), "unexpired source route")
    lab.one(udp4(options=bytes.fromhex("830708c000026300")), 6)


@case(Wire)
def extension_headers(lab):
    """XL64-10, XL64-11, GE-04"""
    body = udp(WEB6, CLIENT6, 53, 5000, b"behind options")
    hbh, dst = b"\x3c\0\1\4\0\0\0\0", b"\x11\0\1\4\0\0\0\0"
    p = lab.one(ip6(WEB6, CLIENT6, 0, hbh + dst + body), 4)
    same(p.payload, udp(WEB4, CLIENT4, 53, 5000, b"behind options"), "datagram")
    p = lab.one(ip6(WEB6, CLIENT6, 43, b"\x11\x02\0\1" + b"\0" * 20 + body), 6)
    equal((p.icmp, p.payload[4:8]), ((4, 0), struct.pack("!I", 43)), "segments left")


@case(Wire)
def errors_translated(lab):
    """The quoted packet comes back as its sender knows it (IE-01, IE-09)."""
    sent4 = udp4(30, ttl=61)
    sent6 = ip6(CLIENT6, WEB6, UDP, udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(7, 0, 30)), hl=61)
    for kind, code, want in ((1, 4, (3, 3)), (1, 0, (3, 1)), (3, 0, (11, 0)), (1, 1, (3, 10))):
        p = lab.one(ip6(WEB6, CLIENT6, ICMP6, icmp6(WEB6, CLIENT6, kind, code, data=sent6)), 4)
        equal((p.icmp, p.src, p.dst), (want, WEB4, CLIENT4), "ICMPv4 error")
        same(p.quote, sent4, "quote")
    back6 = udp6(30, hl=50)
    back4 = ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 5000, traffic.pattern(7, 0, 30)), ttl=50)
    for kind, code, want in ((3, 3, (1, 4)), (3, 1, (1, 0)), (11, 0, (3, 0)), (3, 13, (1, 1))):
        p = lab.one(ip4("203.0.113.1", WEB4, ICMP, icmp4(kind, code, data=back4)), 6)
        equal((p.icmp, p.src, p.dst), (want, mapped("203.0.113.1"), WEB6), "ICMPv6 error")
        same(p.quote, back6, "quote")
    # An error about an error is dropped (IE-03).
    twice = ip4(WEB4, CLIENT4, ICMP, icmp4(11, 0, data=sent4))
    lab.nothing(ip4("203.0.113.1", WEB4, ICMP, icmp4(11, 0, data=twice)))


@case(Wire)
def mtu_in_errors(lab):
    """MT-01..05"""
    back4 = ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 5000, b"x" * 1452), df=True)
    for given, want in ((1400, 1420), (1200, 1280), (9000, 1500), (0, 1280)):
        p = lab.one(ip4("203.0.113.1", WEB4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, given), back4[:548])), 6)
        equal((p.icmp, int.from_bytes(p.payload[4:8], "big")), ((2, 0), want), f"3/4 with MTU {given}")
    sent6 = ip6(CLIENT6, WEB6, UDP, udp(CLIENT6, WEB6, 5000, 53, b"x" * 1400))
    for given, want in ((1400, 1380), (1280, 1260), (68, 1260), (70000, 1480)):
        p = lab.one(ip6(WEB6, CLIENT6, ICMP6, icmp6(WEB6, CLIENT6, 2, 0, struct.pack("!I", given), sent6[:1100])), 4)
        equal((p.icmp, int.from_bytes(p.payload[4:8], "big") & 0xFFFF), ((3, 4), want), f"2/0 with MTU {given}")


@case(Wire)
def native_packets_untouched(lab):
    """IPv4 and IPv6 that no rule concerns are forwarded octet by octet."""
    lab.br.ip("route replace 198.18.0.0/24 via 198.51.100.253", "route replace 2001:db8:77::/48 via 2001:db8:0:1::2")
    given = ip4("203.0.113.9", "198.18.0.5", UDP, udp("203.0.113.9", "198.18.0.5", 1, 2, b"native"), ident=99, tos=8)
    with lab.watch(lab.br) as moved:
        p = lab.one(given, 4)
        same(p.raw, given, "IPv4 packet", (8, 10, 11))
        equal(p.ttl, 63, "TTL")
        body = udp("2001:db8:9::9", "2001:db8:77::1", 1, 2, b"native")
        given = ip6("2001:db8:9::9", "2001:db8:77::1", UDP, body, tc=8, flow=0x54321)
        p = lab.one(given, 6)
        same(p.raw, given, "IPv6 packet", (7,))
        equal(p.ttl, 63, "hop limit")
        # From and to a service address, natively.
        given = ip6("2001:db8:9::9", WEB6, TCP, tcp("2001:db8:9::9", WEB6, 1, 2))
        same(lab.one(given, 6).raw, given, "IPv6 packet to a service address", (7,))
        given = ip6(WEB6, "2001:db8:9::9", TCP, tcp(WEB6, "2001:db8:9::9", 1, 2))
        same(lab.one(given, 6).raw, given, "IPv6 packet from a service address", (7,))
    check(not any(k.startswith(("translated", "drop", "reject")) for k in moved), f"counted: {moved}")


@case(Wire)
def not_translated_back(lab):
    """What this or another Border Relay has just translated stays what it is, on a relay that
    is also a transit router (design, section 3)."""
    given = ip6(CLIENT6, WEB6, TCP, tcp(CLIENT6, WEB6, 40000, 80), hl=60)
    with lab.watch(lab.br) as moved:
        p = lab.one(given, 6)
        same(p.raw, given, "translated IPv6 packet in transit", (7,))
        equal(p.ttl, 59, "hop limit")
        given = ip4(WEB4, CLIENT4, TCP, tcp(WEB4, CLIENT4, 80, 40000), ttl=60)
        p = lab.one(given, 4)
        same(p.raw, given, "translated IPv4 packet in transit", (8, 10, 11))
    check(not any(k.startswith(("translated", "drop", "reject")) for k in moved), f"counted: {moved}")


@case(Wire)
def unmapped(lab):
    """BR-04..07, GE-05, SE-11"""
    with lab.watch(lab.br) as moved:
        p = lab.one(ip6("2001:db8:9::9", CLIENT6, UDP, udp("2001:db8:9::9", CLIENT6, 1, 2, b"x")), 6)
        equal(p.icmp, (1, 1), "unmapped IPv6 source")
        equal(lab.one(udp4(dst="192.0.2.77"), 4).icmp, (3, 1), "pool address without a row")
        spoofed = mapped("8.8.8.8")
        lab.nothing(ip6(spoofed, CLIENT6, UDP, udp(spoofed, CLIENT6, 1, 2, b"x")))
        lab.nothing(udp4(src=WEB4, dst="192.0.2.2"))
    for counter, want in (("reject_unmapped_source", (0, 1)), ("reject_unmapped_destination", (1, 0)),
                          ("drop_antispoof", (1, 1))):
        equal(moved.get(counter), want, f"counter {counter}")


@case(Wire)
def own_addresses_stay_reachable(lab):
    """AD-14, RT-06: exchange() itself pings both; here a datagram to a closed port."""
    p = lab.one(ip4(CLIENT4, BR4, UDP, udp(CLIENT4, BR4, 1, 2, b"x")), 4)
    equal(p.icmp, (3, 3), "IPv4")
    p = lab.one(ip6(WEB6, BR6, UDP, udp(WEB6, BR6, 1, 2, b"x")), 6)
    equal(p.icmp, (1, 4), "IPv6")


@case(Wire)
def hairpin_vectors(lab):
    """A service host asks another by its IPv4 service address; HP-05, HP-06."""
    other4, other6 = "192.0.2.2", "2001:db8:12:34::2"
    to, frm = mapped(other4), mapped(WEB4)
    with lab.watch(lab.br) as moved:
        p = lab.one(ip6(WEB6, to, UDP, udp(WEB6, to, 1000, 53, b"hairpin"), hl=64), 6)
    equal((p.src, p.dst, p.ttl), (frm, other6, 63), "header")
    same(p.payload, udp(frm, other6, 1000, 53, b"hairpin"), "datagram")
    check(moved.get("translated_hairpin"), f"counted as: {moved}")
    quoted = p.raw
    # The other host's error about it comes home, and so does one of a router on the way.
    for source, want in ((other6, to), ("2001:db8:ffff::1", mapped(POOL))):
        p = lab.one(ip6(source, frm, ICMP6, icmp6(source, frm, 1, 4, data=quoted)), 6)
        equal((p.icmp, p.src, p.dst), ((1, 4), want, WEB6), "error")
        q = Packet(p.quote[:len(quoted)])
        equal((q.src, q.dst), (WEB6, to), "quoted addresses")
    # Too big after the second pass: told to the sender, about its own packet (HP-08).
    given = ip6(WEB6, to, UDP, udp(WEB6, to, 1, 2, b"y" * 1452))
    with lab.narrow_route6(1400):
        p = lab.one(given, 6)
        equal((p.icmp, p.payload[4:8]), ((2, 0), struct.pack("!I", 1400)), "error and MTU")
        same(p.quote, given[:len(p.quote)], "quote")
    with setting(lab, "hairpin", "off"):
        out4, out6 = lab.exchange(ip6(WEB6, to, UDP, udp(WEB6, to, 1000, 53, b"hairpin")))
        check(not out6, "hairpin=off, but it came back")
