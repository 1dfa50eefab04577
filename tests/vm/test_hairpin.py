# SPDX-License-Identifier: GPL-2.0
"""Hairpinning (RFC 7757 section 4): service hosts reach each other by their IPv4 service
addresses, through the Border Relay and back (Base, see lab/topology.py).

  br -- r6 -+- web   192.0.2.1        web asks 2001:db8:46::192.0.2.3,
            +- web2  192.0.2.3        web2 sees 2001:db8:46::192.0.2.1
            +- node  192.0.2.2
            '- er -- srv 192.0.2.18
"""
from lab import traffic
from lab.cases import case, check, equal
from lab.netns import Failure
from lab.topology import NODE4, SRV4, WEB4, WEB24, Base, mapped
from lab.traffic import MB

VARIANTS = {"1280": {"mtu": 1280}, "1500": {"mtu": 1500}, "strict": {"mtu": 1280, "rp_filter": 1}}


@case(Base, VARIANTS, timeout=90)
def tcp_between_services(lab):
    """IPv6-only to IPv6-only, and ER-15: an Edge Relay on none, one or both ends."""
    with lab.watch(lab.br) as moved:
        equal(traffic.stream(lab.web, mapped(WEB24), 9, up=10 * MB, down=10 * MB), mapped(WEB4), "peer of web2")
    check(moved.get("translated_hairpin", (0, 0))[1] > 10, f"counters: {moved}")
    equal(traffic.stream(lab.web, mapped(SRV4), 9, up=5 * MB, down=5 * MB), WEB4, "peer of srv")
    equal(traffic.stream(lab.srv, WEB4, 9, up=5 * MB, down=5 * MB), mapped(SRV4), "peer of web")
    equal(traffic.stream(lab.srv, NODE4, 9, up=5 * MB, down=5 * MB), SRV4, "peer of node")
    equal(traffic.stream(lab.node, SRV4, 9, up=5 * MB, down=5 * MB), NODE4, "peer of srv")
    lab.check_csums()


@case(Base, VARIANTS)
def udp_ping_traceroute(lab):
    for size in (1, 1232, 1400, 4000):
        equal(traffic.udp_ask(lab.web, mapped(WEB24), 7, b"x" * size), b"x" * size, "answer")
        equal(traffic.udp_ask(lab.srv, NODE4, 7, b"x" * size), b"x" * size, "answer")
    traffic.ping(lab.web, mapped(WEB24), 1000)
    hops = traffic.traceroute(lab.web, mapped(WEB24))
    equal(hops[-1], mapped(WEB24), f"end of the path {hops}")
    check("*" not in hops and len(hops) == 4, f"path: {hops}")
    try:
        traffic.udp_ask(lab.web, mapped(WEB24), 1, b"?", tries=2, timeout=2)
    except Failure as e:
        check("refused" in str(e), str(e))
    lab.check_csums()


@case(Base, VARIANTS)
def path_mtu(lab):
    """Errors of the far side come home through the hairpin (HP-05 B)."""
    with lab.narrow("r6", "web2", 1300, "web2"):
        traffic.stream(lab.web, mapped(WEB24), 9, up=2 * MB, timeout=20)
        traffic.stream(lab.node, WEB24, 9, up=2 * MB, timeout=20)
