# SPDX-License-Identifier: GPL-2.0
"""A translator is a router among others, and a guest in its own Linux: who sees which packet,
and what the packet keeps (Wire, see lab/topology.py; Pair below).

  w4 (raw) ---- br ---- (raw) w6
"""
import contextlib
import re
import socket
import struct

from lab import packet, traffic
from lab.cases import case, check, equal
from lab.docs import opened
from lab.netns import wait_for
from lab.packet import ICMP, TCP, UDP, addr, csum, echo, fragment, icmp4, ip4, ip6, pseudo, same, udp
from lab.topology import BR4, CLIENT4, CLIENT6, PREFIX, WEB4, WEB6, Lab, Tap, Wire, mapped
from test_wire import fragments4, reassemble, setting, udp4, udp6


@contextlib.contextmanager
def ruleset(lab, text):
    lab.br.nft(text)
    try:
        yield
    finally:
        lab.br.nft("flush ruleset")


def counters(ns):
    """The named counters of a ruleset"""
    text = ns.run("nft", "list", "counters").stdout
    return {name: int(n) for name, n in re.findall(r"counter (\w+) \{\s*packets (\d+)", text)}


class Pair(Lab):
    """Two translators with an IPv4 and an IPv6 route to each other, between raw ends.

      wa ---- a ==== b ---- wb
    """

    def __init__(self):
        super().__init__()
        try:
            self.create(["wa", "a+", "b+", "wb"], [("wa", "a"), ("a", "b"), ("b", "wb")], {
                "a": ["addr add 198.51.100.254/30 dev wa", "addr add 198.51.100.249/30 dev b",
                      "addr add 2001:db8:0:1::1/64 dev b nodad", "route add default via 198.51.100.253",
                      "route add 2001:db8:12::/48 via 2001:db8:0:1::2"],
                "b": ["addr add 198.51.100.250/30 dev a", "addr add 2001:db8:0:1::2/64 dev a nodad",
                      "route add ::/0 via 2001:db8:0:1::1", "addr add 192.0.2.254/24 dev wb"]})
            for w in (self.wa, self.wb):
                w.sysctl("ipv6/conf/all/disable_ipv6", 1)
            mac_a, mac_b = (":".join(f"{o:02x}" for o in w.mac(d)) for w, d in ((self.wa, "a"), (self.wb, "b")))
            self.a.ip(f"neigh add 198.51.100.253 lladdr {mac_a} dev wa")
            self.b.ip(f"neigh add {WEB4} lladdr {mac_b} dev wb")
            self.tap_a = Tap(self.wa, "a", self.a.mac("wa"))
            self.tap_b = Tap(self.wb, "b", self.b.mac("wb"))
        except BaseException:
            self.close()
            raise

    def br_and_er(self, atomic_a, atomic_b):
        for ns, role, atomic in ((self.a, "br", atomic_a), (self.b, "er", atomic_b)):
            self.apply(ns, {"role": role, "prefix": f"{PREFIX}/96", "atomic_fragments": atomic}, [(WEB4, WEB6)])

    def close(self):
        for tap in ("tap_a", "tap_b"):
            if tap in self.__dict__:
                self.__dict__[tap].close()
        super().close()


# ---- fragments

@case(Wire)
def atomic_fragments(lab):
    """On: a Fragment Header on whatever may be fragmented, with its ID; and the size counts it
    (FR-16)."""
    with setting(lab, "atomic-fragments", "on"):
        p = lab.one(udp4(5, ident=0x1234), 6)
        equal((p.frag, p.ident, p.off, p.mf), (True, 0x1234, 0, False), "Fragment Header")
        same(p.payload, udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(7, 0, 5)), "datagram")
        p = lab.one(ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 1, 2, b"x"), ident=7), 6)
        equal((p.frag, p.ident, p.icmp), (True, 7, (128, 0)), "Fragment Header of an echo")
        check(not lab.one(udp4(5, df=True), 6).frag, "Fragment Header though DF=1")
        for size, want in ((1252, [1280]), (1253, [1280, 49]), (1260, [1280, 56])):
            got = [len(p.raw) for p in lab.exchange(udp4(size - 28, ident=9))[1]]
            equal(got, want, f"IPv4 packet of {size} octets")
    check(not lab.one(udp4(5, ident=0x1234), 6).frag, "Fragment Header by default")


@case(Pair)
def identification_end_to_end(lab):
    """FR-16, ER-14: with atomic fragments on both relays the ID arrives, either way; with them on
    one it does in one direction."""
    there = [udp4(n, ident=0x1234) for n in (5, 900)]
    back = [udp4(n, src=WEB4, dst=CLIENT4, sport=53, dport=5000, ident=0x4321) for n in (5, 900)]
    for a, b in ((True, True), (True, False), (False, True)):
        lab.br_and_er(a, b)
        for pkts, into, out, kept, ident in ((there, lab.tap_a, lab.tap_b, a, 0x1234),
                                             (back, lab.tap_b, lab.tap_a, b, 0x4321)):
            got = []
            for pkt in pkts:
                into.send(pkt)
                p = wait_for("a packet at the other end", out.receive).check()
                same(p.raw, pkt, "packet", (4, 5, 8, 10, 11))
                equal(p.ttl, 62, "TTL")
                got.append(p.ident)
            equal(got == [ident] * 2, kept, f"IDs {got} kept, atomic fragments on: {a}, {b}")


@case(Wire)
def fragments_split_again(lab):
    """What came with a Fragment Header has DF=0 and is fragmented further in IPv4 (FR-09)."""
    data = traffic.pattern(3, 0, 2800)
    body = udp(WEB6, CLIENT6, 53, 5000, data)
    parts = [ip6(WEB6, CLIENT6, 44, fragment(UDP, 0xBEEF, o, o + 1448 < len(body)) + body[o:o + 1448])
             for o in range(0, len(body), 1448)]
    with lab.narrow_br4(576):
        out, other = lab.counted({"translated": (0, 2)}, *parts)
    check(len(out) > 4 and not other and all(len(p.raw) <= 576 and not p.df for p in out), f"{[str(p) for p in out]}")
    equal({(p.src, p.dst, p.ident) for p in out}, {(WEB4, CLIENT4, 0xBEEF)}, "headers")
    same(reassemble(out), udp(WEB4, CLIENT4, 53, 5000, data), "datagram")


@case(Wire)
def fragments_that_overlap(lab):
    """No state, so no opinion about them (FR-14)."""
    for off, size in ((0, 64), (32, 64), (0, 64), (16, 8)):
        given = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x" * 56)[:size], ident=5, off=off, mf=True)
        p = lab.one(given, 6)
        equal((p.off, p.mf, p.ident, len(p.payload)), (off, True, 5, size), "IPv6 fragment")
        given = ip6(WEB6, CLIENT6, 44, fragment(UDP, 5, off, True) + udp(WEB6, CLIENT6, 1, 2, b"x" * 56)[:size])
        p = lab.one(given, 4)
        equal((p.off, p.mf, p.ident, len(p.payload)), (off, True, 5, size), "IPv4 fragment")


CONNTRACK = """table inet t {
  chain f { type filter hook forward priority 0; ct state invalid counter accept; }
}
"""


@case(Wire)
def reassembled_before(lab):
    """The hook behind defragmentation: what the kernel put together, a packet with a list of
    fragments, is split again, no larger than it came (FR-15, RT-02, RT-09)."""
    with ruleset(lab, CONNTRACK), setting(lab, "hook-priority", -300), setting(lab, "lowest-ipv6-mtu", 1500):
        for piece, df, limit in ((1400, False, 1448), (1400, True, 1448), (1480, False, 1500), (800, False, 1280)):
            given = fragments4(5000, 77, piece, df=df)
            _, out = lab.counted({"translated": (1, 0)}, *given)
            check(len(out) > 3 and max(len(p.raw) for p in out) in range(limit - 7, limit + 1),
                  f"pieces of {piece}: {[len(p.raw) for p in out]}")
            same(reassemble(out), udp(CLIENT6, WEB6, 5000, 53, traffic.pattern(9, 0, 4992)), "datagram")


# ---- hooks, rules and what a packet carries along

@case(Wire)
def rules_before_the_hook(lab):
    """By default the hook comes before the raw table; with another priority rules of the old
    family come first (RT-02)."""
    with ruleset(lab, """table inet t {
      counter seen { }
      chain p { type filter hook prerouting priority raw;
        iifname { "w4", "w6" } udp dport { 53, 5000 } counter name seen drop
      }
    }"""):
        lab.one(udp4(), 6)
        lab.one(udp6(), 4)
        equal(counters(lab.br), {"seen": 0}, "rule in front of conntrack, default priority")
        with setting(lab, "hook-priority", -250):
            out4, out6 = lab.counted({}, udp4(), udp6())
            check(not out4 and not out6, f"passed a rule that drops: {[str(p) for p in out4 + out6]}")
            equal(counters(lab.br), {"seen": 2}, "rule in front of conntrack, hook-priority -250")
        lab.one(udp4(), 6)
        lab.one(udp6(), 4)
        equal(counters(lab.br), {"seen": 2}, "rule in front of conntrack, default priority")


HOOKS = ("prerouting", "forward", "postrouting", "input", "output")


@case(Wire)
def hooks_of_both_families(lab):
    """A packet passes the hooks of its new family once each, as one from the device, and those
    of its old family behind ours never (RT-03)."""
    rules = "table inet t {\ncounter right { }\n"
    rules += "".join(f"counter {hook}{family} {{ }}\n" for hook in HOOKS for family in (4, 6))
    rules += "".join(f"""chain {hook} {{
      type filter hook {hook} priority raw;
      udp dport {{ 53, 5000 }} meta nfproto ipv4 counter name {hook}4
      udp dport {{ 53, 5000 }} meta nfproto ipv6 counter name {hook}6
    }}
    """ for hook in HOOKS)
    rules += f"""chain r {{
        type filter hook forward priority 10;
        iifname "siit0" oifname "w6" ip6 saddr {CLIENT6} ip6 daddr {WEB6} udp dport 53 counter name right
        iifname "siit0" oifname "w4" ip saddr {WEB4} ip daddr {CLIENT4} udp dport 5000 counter name right
      }}
    }}"""
    with ruleset(lab, rules):
        for pkt, new in ((udp4(), 6), (udp6(), 4)):
            before = counters(lab.br)
            lab.one(pkt, new)
            moved = {k: v - before[k] for k, v in counters(lab.br).items() if v != before[k]}
            equal(moved, {**{f"{hook}{new}": 1 for hook in HOOKS[:3]}, "right": 1}, "hooks passed")


@case(Wire)
def mark_and_priority(lab):
    """What ingress gave the packet is there in the other family, also on each piece of one that
    was split (RT-04)."""
    lab.br.sysctl("ipv4/ip_forward_update_priority", 0)
    with ruleset(lab, "\n".join(f"""table netdev {dev} {{
      chain c {{ type filter hook ingress device "{dev}" priority 0;
        udp dport {{ 53, 5000 }} meta mark set {mark} meta priority set {prio}
      }}
    }}""" for dev, mark, prio in (("w4", "0x77", "1:5"), ("w6", "0x88", "1:6"))) + "\n" + """table inet t {
      counter both4 { }
      counter both6 { }
      chain f { type filter hook forward priority 0;
        meta nfproto ipv6 iifname "siit0" oifname "w6" meta mark 0x77 meta priority 1:5 counter name both6
        meta nfproto ipv4 iifname "siit0" oifname "w4" meta mark 0x88 meta priority 1:6 counter name both4
      }
    }"""):
        lab.one(udp4(), 6)
        lab.one(udp6(), 4)
        equal(counters(lab.br), {"both4": 1, "both6": 1}, "packets with mark and priority")
        equal(len(lab.exchange(udp4(1400))[1]), 2, "pieces")
        equal(counters(lab.br), {"both4": 1, "both6": 3}, "packets with mark and priority")


@case(Wire)
def routed_by_mark(lab):
    """The mark chooses the route of the new family (RT-04)."""
    with ruleset(lab, """table inet t {
      chain c { type filter hook prerouting priority -460;
        ip dscp 8 meta mark set 5
        ip6 dscp 8 meta mark set 5
      }
    }"""):
        for family in ("-4", "-6"):
            lab.br.run("ip", family, "rule", "add", "fwmark", 5, "table", 100)
            lab.br.run("ip", family, "route", "add", "unreachable", "default", "table", 100)
        for plain, marked in ((udp4(), udp4(tos=0x20)), (udp6(), udp6(tc=0x20))):
            side = 10 - (plain[0] >> 4)
            lab.one(plain, side)
            error = lab.one(marked, 10 - side)
            equal(error.icmp, (3, 0) if side == 6 else (1, 0), "error for want of a route")
        for family in ("-4", "-6"):
            lab.br.run("ip", family, "rule", "del", "fwmark", 5)
            lab.br.run("ip", family, "route", "flush", "table", 100)


def redirects(ns):
    with ns:
        with open("/proc/thread-self/net/snmp") as f:
            rows = [line.split() for line in f if line.startswith("Icmp:")]
        with open("/proc/thread-self/net/snmp6") as f:
            six = next(int(line.split()[1]) for line in f if line.startswith("Icmp6OutRedirects"))
    return int(dict(zip(*rows))["OutRedirects"]), six


@case(Wire, fresh=True)
def no_redirects_on_a_stick(lab):
    """One interface for both families: what turns round in it is no reason to tell the sender of
    a shorter way, not even a neighbour (RT-07, ER-09)."""
    mac = ":".join(f"{o:02x}" for o in lab.w6.mac("br"))
    lab.br.ip(f"addr del {BR4}/30 dev w4", f"addr add {BR4}/30 dev w6",
              f"neigh add 198.51.100.253 lladdr {mac} dev w6", "route add default via 198.51.100.253",
              f"neigh add fe80::2 lladdr {mac} dev w6", "route replace ::/0 via fe80::2 dev w6")
    near4, near6 = "198.51.100.253", "2001:db8:0:1::2"
    lab.eamctl(lab.br, "eam", "add", near4, near6)
    lab.eamctl(lab.br, "set", "antispoof46", "off")
    for pkt, src in ((udp4(src=near4), near6), (udp6(src=near6), near4), (udp4(), CLIENT6), (udp6(), WEB4)):
        lab.tap6.send(pkt)
        equal(wait_for("a packet", lab.tap6.receive).check().src, src, "source")
    equal(redirects(lab.br), (0, 0), "redirects about translated packets")
    # About native packets that turn round they are sent.
    for pkt in (udp4(src=near4, dst="198.18.0.1"), udp6(src=near6, dst="2001:db8:77::1")):
        lab.tap6.send(pkt)
        wait_for("a packet", lab.tap6.receive)
    equal(redirects(lab.br), (1, 1), "redirects about native packets")


def syn(src, dst, mss, flags=0x02):
    head = struct.pack("!HHIIBBHHHBBH", 40000, 80, 1, 0, 6 << 4, flags, 65535, 0, 0, 2, 4, mss)
    c = csum(pseudo(addr(src), addr(dst), TCP, len(head)) + head)
    return head[:16] + struct.pack("!H", c) + head[18:]


@case(Wire)
def mss_clamped(lab):
    """The recipe of docs/firewall.md, without and with connection tracking (MT-11)."""
    with ruleset(lab, opened("firewall.md", "TCP segment size", "inet mss")):
        for conntrack in (False, True):
            if conntrack:
                lab.br.nft(CONNTRACK)
            for mss, want in ((1460, 1220), (1221, 1220), (1220, 1220), (1000, 1000)):
                p = lab.one(ip4(CLIENT4, WEB4, TCP, syn(CLIENT4, WEB4, mss)), 6)
                same(p.payload, syn(CLIENT6, WEB6, want), f"SYN with MSS {mss}")
                p = lab.one(ip6(WEB6, CLIENT6, TCP, syn(WEB6, CLIENT6, mss, 0x12)), 4)
                same(p.payload, syn(WEB4, CLIENT4, want, 0x12), f"SYN-ACK with MSS {mss}")


@case(Wire)
def ruleset_untouched(lab):
    """eamctl neither needs nor changes a rule: the prefix is in no list of friends (BR-14)."""
    listing = lambda: lab.br.run("nft", "list", "ruleset").stdout  # noqa: E731
    equal(listing(), "", "ruleset")
    lab.apply(lab.br, *lab.standard())
    equal(listing(), "", "ruleset")
    lab.br.nft("table inet t { set trusted { type ipv6_addr; flags interval; elements = { 2001:db8:12::/48 }; }\n"
               "chain f { type filter hook forward priority 0; policy drop; ip6 saddr @trusted accept; }\n}")
    before = listing()
    for change in ({"lowest_ipv6_mtu": 1400}, {"prefix": "2001:db8:47::/96"}, {}):
        lab.apply(lab.br, *lab.standard(**change))
        equal(listing(), before, f"ruleset after {change}")
    # The peer of a translated packet has an address in the prefix, and is not trusted for it.
    check(not lab.exchange(udp4())[1], "passed a rule that trusts others")
    lab.br.nft("flush ruleset")
    lab.one(udp4(), 6)


# ---- buffers

@case(Wire)
def listeners_see_the_original(lab):
    """A packet socket on the device where packets come in holds a clone: it shows what came in,
    though the packet was rewritten and lacked headroom (RT-09)."""
    error = ip4("203.0.113.1", WEB4, ICMP, icmp4(11, 0, data=udp4(600, src=WEB4, dst=CLIENT4)))
    for dev, pkts in (("w4", (udp4(5), udp4(1400), udp4(296, mf=True, ident=7), error, udp4(5, ttl=1),
                              ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 1, 2, b"x")), udp4(1472, df=True))),
                      ("w6", (udp6(5), udp6(1400), udp6(5, dst=mapped("192.0.2.2")), udp6(5, hl=1),
                              ip6(WEB6, CLIENT6, 44, fragment(UDP, 7, 0, True) + b"x" * 80)))):
        listener = Tap(lab.br, dev, b"")
        try:
            out4, out6 = lab.exchange(*pkts)
            check(len(out4 + out6) >= len(pkts), f"only {len(out4 + out6)} packets came out")
            for p in out4 + out6:
                p.check()
            seen = [p.raw for p in iter(listener.receive, None)]
        finally:
            listener.close()
        for pkt in pkts:
            check(pkt in seen, f"not seen as it came in: {packet.Packet(pkt)}\n  {pkt.hex()}")


def send_paged(tap, pkt):
    """Sends a packet of more than a page whose skb has its octets in pages, but for the
    Ethernet header."""
    kind = b"\x08\x00" if pkt[0] >> 4 == 4 else b"\x86\xdd"
    s = tap.ns.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with s:
        s.setsockopt(263, 15, 1)  # SOL_PACKET, PACKET_VNET_HDR
        s.bind(("br", 0))
        s.send(struct.pack("=BBHHHH", 0, 0, 14, 0, 0, 0) + tap.peer + tap.mac + kind + pkt)


@case(Wire)
def paged(lab):
    """Whole and split, with options and extension headers, in errors' quotes (RT-09)."""
    lab.br.ip("link set dev w4 mtu 9000", "link set dev w6 mtu 9000")
    data = traffic.pattern(7, 0, 5000)

    def through(tap, pkt):
        send_paged(tap, pkt)
        return lab.exchange()

    for options in (b"", b"\1" * 40):
        (p,) = through(lab.tap4, udp4(5000, df=True, options=options))[1]
        same(p.check().payload, udp(CLIENT6, WEB6, 5000, 53, data), "datagram, 4 to 6")
        out = through(lab.tap4, udp4(5000, ident=9, options=options))[1]
        check(len(out) == 5 and all(len(p.raw) <= 1280 for p in out), f"pieces: {[len(p.raw) for p in out]}")
        same(reassemble(out), udp(CLIENT6, WEB6, 5000, 53, data), "datagram, 4 to 6, split")
    for chain in (b"", b"\x3c\0\1\4\0\0\0\0" * 6 + b"\x11\0\1\4\0\0\0\0"):
        body = udp(WEB6, CLIENT6, 53, 5000, data)
        (p,) = through(lab.tap6, ip6(WEB6, CLIENT6, 60 if chain else UDP, chain + body))[0]
        same(p.check().payload, udp(WEB4, CLIENT4, 53, 5000, data), "datagram, 6 to 4")
    given = udp4(5000, ttl=1)
    (p,) = through(lab.tap4, given)[0]
    equal((p.check().icmp, len(p.raw)), ((11, 0), 576), "error")
    same(p.quote, given[:548], "quote")
    quoted = udp4(4500, src=WEB4, dst=CLIENT4)
    (p,) = through(lab.tap4, ip4("203.0.113.1", WEB4, ICMP, icmp4(11, 0, data=quoted)))[1]
    equal((p.check().icmp, len(p.raw)), ((3, 0), 1280), "translated error")
    same(p.quote, udp6(4500, src=WEB6, dst=CLIENT6, sport=5000, dport=53)[:1232], "quote")
    lab.br.ip("link set dev w4 mtu 1500", "link set dev w6 mtu 1500")


@case(Wire)
def order(lab):
    """The packets of a flow, large and small, whole and split, leave as they came (XL46-16)."""
    sizes = [(i * 397) % 1400 for i in range(150)]
    out4, out6 = lab.exchange(*[udp4(n, ident=i, tos=i) for i, n in enumerate(sizes)],
                              *[udp6(n, tc=i) for i, n in enumerate(sizes)])
    got = [p.tos for p in out4]
    equal(got, list(range(150)), "6 to 4")
    got = [p.tos for p in out6 if not p.off]
    equal(got, list(range(150)), "4 to 6")
    rest = [p.tos for p in out6 if p.off]
    equal(rest, [i for i, n in enumerate(sizes) if n > 1232], "4 to 6, second pieces")


# ---- routes and addresses

@case(Pair)
def loop_ends(lab):
    """Two translators that each take the other for the way to a service: every pass costs a
    hop, so the packet dies, and its sender is told (RT-10)."""
    for ns in (lab.a, lab.b):
        lab.apply(ns, {"role": "siit", "prefix": f"{PREFIX}/96", "routes": False, "icmp4_src": "dummy"},
                  [("192.0.2.9", "2001:db8:12:99::9")])
    lab.b.ip("route add 192.0.2.9/32 via 198.51.100.249")
    for ttl in (255, 64, 2):
        with lab.watch(lab.a) as a, lab.watch(lab.b) as b:
            lab.tap_a.send(udp4(dst="192.0.2.9", ttl=ttl))
            p = wait_for("an error", lab.tap_a.receive).check()
        equal((p.icmp, p.dst), ((11, 0), CLIENT4), "error")
        passes = a.get("translated", (0, 0))[0] + b.get("translated", (0, 0))[1]
        equal(passes, ttl - 1, f"passes of a packet with TTL {ttl}")
        died = (a.get("reject_ttl", (0, 0)), b.get("reject_ttl", (0, 0)))
        equal(died, ((1, 0), (0, 0)) if ttl % 2 else ((0, 0), (0, 1)), "where it died")


@case(Wire)
def martian_results(lab):
    """The IPv4 image of an IPv6 packet is looked at again, then its route: no loopback, nobody's
    addresses, no broadcast; this host's own it may be (AD-12, SE-10)."""
    out4, out6 = lab.counted({"drop_illegal_destination": (0, 5), "drop_route_type": (0, 1)},
                             *(udp6(dst=mapped(d)) for d in ("127.0.0.1", "0.0.0.0", "224.0.0.5", "169.254.1.1",
                                                             "255.255.255.255", "198.51.100.255")))
    check(not out4 and not out6, f"came out: {[str(p) for p in out4 + out6]}")
    with setting(lab, "antispoof64", "off"):
        bad = [udp6(src=mapped(s)) for s in ("255.255.255.255", "127.0.0.1", "224.0.0.5", "0.0.0.0", "240.1.2.3")]
        out4, out6 = lab.counted({"drop_illegal_source": (0, 5), "translated": (0, 1)}, *bad,
                                 udp6(src=mapped("8.8.8.8")))
        equal([p.src for p in out4 + out6], ["8.8.8.8"], "sources")
    to = mapped(BR4)
    p = lab.one(ip6(WEB6, to, packet.ICMP6, echo(WEB6, to, 1, 2, b"x")), 6)
    equal((p.src, p.dst, p.icmp), (to, WEB6, (129, 0)), "answer of the translator's IPv4 address")


# RFC 6052 2.4, with 3fff:db8 for 2001:db8, whose /32 holds the addresses of this network
PREFIXES = {"3fff:db8::/32": "3fff:db8:c000:221::", "3fff:db8:100::/40": "3fff:db8:1c0:2:21::",
            "3fff:db8:122::/48": "3fff:db8:122:c000:2:2100::", "3fff:db8:122:300::/56": "3fff:db8:122:3c0:0:221::",
            "3fff:db8:122:344::/64": "3fff:db8:122:344:c0:2:2100::",
            "3fff:db8:122:344::/96": "3fff:db8:122:344::192.0.2.33"}


@case(Wire)
def prefix_lengths(lab):
    """All six, both ways, and the well-known prefix (BR-08, AD-02)."""
    for prefix, peer4, peer6 in [(p, "192.0.2.33", a) for p, a in PREFIXES.items()] + [
            ("64:ff9b::/96", "8.8.8.8", "64:ff9b::808:808")]:
        lab.apply(lab.br, {"role": "br", "prefix": prefix}, [(WEB4, WEB6)])
        for size in (5, 1400):
            p = lab.one(udp4(size, src=peer4, df=True), 6)
            equal((p.src, p.dst), (packet.text(addr(peer6)), WEB6), f"{prefix}: IPv6 addresses")
            p = lab.one(udp6(size, dst=peer6), 4)
            equal((p.src, p.dst), (WEB4, peer4), f"{prefix}: IPv4 addresses")
    lab.apply(lab.br, *lab.standard())


@case(Wire)
def links_of_1520(lab):
    """Where the IPv6 network carries 1520 octets, nothing of an Ethernet's size is split (MT-10)."""
    lab.br.ip("link set dev w6 mtu 1520")
    equal([len(p.raw) for p in lab.exchange(udp4(1472))[1]], [1280, 296], "IPv4 packet of 1500 octets, by default")
    with setting(lab, "lowest-ipv6-mtu", 1520):
        for df in (False, True):
            p = lab.one(udp4(1472, df=df), 6)
            equal((len(p.raw), p.frag), (1520, False), f"IPv4 packet of 1500 octets, DF={int(df)}")
        # A fragment of 1500 octets needs 1528.
        equal([len(p.raw) for p in lab.exchange(fragments4(4000, 7)[0])[1]], [1520, 56], "first fragment")
    lab.br.ip("link set dev w6 mtu 1500")
