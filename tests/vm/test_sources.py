# SPDX-License-Identifier: GPL-2.0
"""The source of translated ICMP errors: an image, one of the pool or an address of the host, and the object that names
the real one (Wire, see lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6
"""
import contextlib
import struct

from lab.cases import case, check, equal
from lab.netns import wait_for
from lab.packet import ICMP, ICMP6, UDP, addr, csum, echo, icmp4, ip4, ip6, same
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, POOL, WEB4, WEB6, Wire, mapped
from test_errors import SENT4, SENT6, STRANGER6, error4, error6, ping6, silent
from test_wire import setting, udp4, udp6


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
