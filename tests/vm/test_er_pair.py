# SPDX-License-Identifier: GPL-2.0
"""RFC 7756 section 5: services that talk to each other by IPv4 (Pair, see lab/er.py).

  br ---- r6 -+- a 192.0.2.1 = 2001:db8:a::
              +- b 192.0.2.2 = 2001:db8:b::
              '- web 192.0.2.3 = 2001:db8:c::3, an IPv6 host without a relay
"""
from lab import traffic
from lab.cases import case, check, equal
from lab.er import Capture, Pair
from lab.netns import Failure
from lab.topology import mapped

A4, A6, B4, B6, WEB4, WEB6 = Pair.A4, Pair.A6, Pair.B4, Pair.B6, Pair.WEB4, Pair.WEB6
VARIANTS = {"1500": {"mtu": 1500}, "1280": {"mtu": 1280}}
PORT = 7


def datagrams(lab, source, target):
    """One question; the flows on the way, by place: IPv4 on the adapters, IPv6 on the links."""
    places = (("a adapter", lab.a, "siit0"), ("a link", lab.a, "r6"), ("br link", lab.br, "r6"),
              ("b link", lab.b, "r6"))
    captures = {name: Capture(ns, dev) for name, ns, dev in places}
    try:
        equal(traffic.udp_ask(source, target, PORT, b"figure"), b"figure", "answer")
        return {name: c.flows(PORT) for name, c in captures.items()}
    finally:
        for c in captures.values():
            c.close()


@case(Pair)
def figure_5(lab):
    """ER-15: hairpinned by the Border Relay, address for address as RFC 7756 has it."""
    lab.through_the_br()
    seen = datagrams(lab, lab.a, B4)
    first, second = (A6, mapped(B4)), (mapped(A4), B6)
    equal(seen["a adapter"], {(A4, B4)}, "IPv4 at Edge Relay A")
    equal(seen["a link"], {first}, "IPv6 between A and the Border Relay")
    equal(seen["br link"], {first, second}, "IPv6 at the Border Relay")
    equal(seen["b link"], {second}, "IPv6 between the Border Relay and B")
    peer = traffic.stream(lab.a, B4, 9, up=1 << 20, down=1 << 20)
    equal(peer, A4, "IPv4 at Edge Relay B")


@case(Pair)
def figure_6(lab):
    """ER-16: with rows for each other the relays need no Border Relay."""
    lab.directly()
    seen = datagrams(lab, lab.a, B4)
    equal(seen["a adapter"], {(A4, B4)}, "IPv4 at Edge Relay A")
    equal(seen["a link"], {(A6, B6)}, "IPv6 from A")
    equal(seen["br link"], set(), "at the Border Relay")
    equal(seen["b link"], {(A6, B6)}, "IPv6 to B")
    equal(traffic.stream(lab.a, B4, 9, up=1 << 20, down=1 << 20), A4, "IPv4 at Edge Relay B")


@case(Pair)
def one_row_alone_is_not_enough(lab):
    """ER-16, ER-19: B without the mirror row cannot tell who asks, and takes it for native IPv6; with
    it, the self-source filter leaves the remote row alone."""
    lab.directly()
    lab.relay(lab.b, [(B4, B6)], node=True)
    try:
        traffic.udp_ask(lab.a, B4, PORT, b"?", tries=1, timeout=1)
    except Failure:
        pass
    else:
        raise Failure("an answer without the mirror row")
    lab.directly()
    with lab.watch(lab.b) as moved:
        traffic.udp_ask(lab.a, B4, PORT, b"now")
    check(not any(k.startswith("drop") for k in moved), f"drops: {moved}")


def every_path(lab, a4=A4, b4=B4, web=True):
    paths = [("a to b", lab.a, b4, a4), ("b to a", lab.b, a4, b4)]
    if web:
        paths += [("a to web", lab.a, WEB4, None), ("web to a", lab.web, mapped(a4), WEB4)]
    return paths


def walk(lab, direct, **addresses):
    """TCP, UDP, ICMP, errors and path-MTU discovery on each path."""
    for name, ns, address, peer in every_path(lab, **addresses):
        # The IPv6 host has no rows: to it the service is an IPv6 address, or behind the Border Relay.
        if direct and name == "web to a":
            continue
        try:
            got = traffic.stream(ns, address, 9, up=2 << 20, down=2 << 20, timeout=20)
            if peer:
                equal(got, peer, "peer")
            for size in (1, 1400, 4000):
                equal(traffic.udp_ask(ns, address, 7, b"x" * size), b"x" * size, "answer")
            traffic.ping(ns, address, 1000)
            traffic.udp_refused(ns, address)
            for end in ("a", "b", "web"):
                with lab.narrow("r6", end, 1300, end):
                    traffic.stream(ns, address, 9, up=1 << 20, down=1 << 20, timeout=20)
            hops = traffic.traceroute(ns, address)
            equal(hops[-1], address, f"end of the path {hops}")
            check("*" not in hops, f"path {hops}")
        except Failure as e:
            raise Failure(f"{name}: {e}") from None
    lab.check_csums()


@case(Pair, VARIANTS, timeout=150)
def through_the_border_relay(lab):
    """ER-15: both ways, with a relay at both ends and at one."""
    lab.through_the_br()
    walk(lab, direct=False)


@case(Pair, VARIANTS, timeout=150)
def directly(lab):
    """ER-16: the same by remote rows; the Border Relay sees none of it."""
    lab.directly()
    with lab.watch(lab.br) as moved:
        walk(lab, direct=True)
    check("translated" not in moved and "translated_hairpin" not in moved, f"at the Border Relay: {moved}")


@case(Pair, fresh=True, timeout=150)
def private_and_shared_addresses(lab):
    """ER-17: services known inside only, RFC 1918 and 192.0.0.0/29, on both kinds of path."""
    for a4, b4 in (("10.1.1.1", "10.1.1.2"), ("192.0.0.1", "192.0.0.2")):
        for name, address in ((A6, a4), (B6, b4)):
            lab.eamctl(lab.br, "eam", "del", name)
            lab.eamctl(lab.br, "eam", "add", address, name)
        lab.eamctl(lab.br, "set", "pool4", "default")
        for way in (lab.through_the_br, lab.directly):
            way(a4=a4, b4=b4)
            walk(lab, direct=way == lab.directly, a4=a4, b4=b4, web=False)
