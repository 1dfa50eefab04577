# SPDX-License-Identifier: GPL-2.0
"""RFC 7756 3.2 and appendix A: a network-based Edge Relay as the IPv4 router of a segment (Segment,
Unrouted, see lab/er.py).

  client ---- br ---- r6 ---- er 192.0.2.25/29 ---- sw ---- srv .26, srv2 .27     A.1
  client ---- br ---- r6 ---- er 10.0.0.1 ---- 10.0.0.2 srv 192.0.2.26            A.2
"""
import os

from lab import packet, traffic
from lab.cases import case, check, equal
from lab.er import SECOND4, SERVICE4, Capture, Segment, Unrouted
from lab.netns import Failure, wait_for
from lab.topology import CLIENT4

UDHCPC = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
ip link set dev "$interface" mtu "$mtu"
ip route replace default via "$router"
"""


def lease(lab, ns, mac):
    """Addresses from the DHCP server, by a real client."""
    script = f"{lab.dir}/udhcpc"
    with open(script, "w") as f:
        f.write(UDHCPC)
    os.chmod(script, 0o755)
    ns.ip("link set dev sw down", f"link set dev sw address {mac}", "link set dev sw up")
    ns.run("udhcpc", "-i", "sw", "-f", "-q", "-n", "-t", 10, "-T", 1, "-O", "mtu", "-s", script, timeout=30)
    return ns.run("ip", "-4", "-o", "address", "show", "dev", "sw").stdout.split()[3]


@case(Segment, {"1500": {"mtu": 1500}, "1280": {"mtu": 1280}}, fresh=True, timeout=90)
def dhcp_hands_out_service_addresses(lab):
    """ER-20, ER-08, ER-13: dnsmasq, configured by what eamctl prints, gives addresses, router and
    MTU (option 26) to unmodified hosts."""
    conf = lab.eamctl(lab.er, "dnsmasq", "sw").stdout
    with open(f"{lab.dir}/dnsmasq.conf", "w") as f:
        f.write(conf + f"dhcp-leasefile={lab.dir}/leases\npid-file=\n")
    lab.er.run("dnsmasq", "--test", "-C", f"{lab.dir}/dnsmasq.conf")
    server = lab.daemon(lab.er, "dnsmasq", "-k", "-u", "root", "-C", f"{lab.dir}/dnsmasq.conf")
    wait_for("dnsmasq", lambda: ":0043 " in lab.er.run("cat", "/proc/thread-self/net/udp").stdout
             if server.poll() is None else None)
    with Capture(lab.er, "sw") as capture:
        got = {lease(lab, lab.srv, "02:00:00:00:00:26"), lease(lab, lab.srv2, "02:00:00:00:00:27")}
        offers = [p.payload for p in capture.packets(sent=True) if p.sport == 67]
    equal(got, {f"{SERVICE4}/29", f"{SECOND4}/29"}, "addresses")
    mtu = lab.lowest - 20
    option = b"\x1a\x02" + mtu.to_bytes(2, "big")
    check(offers and all(option in o for o in offers), f"option 26 {option.hex()} is not in {[o.hex() for o in offers]}")
    for ns in (lab.srv, lab.srv2):
        check(f"mtu {mtu} " in ns.run("ip", "link", "show", "dev", "sw").stdout, "MTU of a host")
        check("default via 192.0.2.25 " in ns.run("ip", "route").stdout, "default route of a host")
    for ns in (lab.srv, lab.srv2):
        lab.serve(ns)
        address = ns.run("ip", "-4", "-o", "address", "show", "dev", "sw").stdout.split()[3].split("/")[0]
        lab.both_ways(ns, address)


def by_hand(lab):
    if getattr(lab, "by_hand", False):
        return
    for ns, address in ((lab.srv, SERVICE4), (lab.srv2, SECOND4)):
        ns.ip(f"addr add {address}/29 dev sw", "route add default via 192.0.2.25")
        lab.serve(ns)
    lab.by_hand = True


@case(Segment, {"plain": {}, "strict": {"rp_filter": 1}})
def default_router(lab):
    """ER-08"""
    by_hand(lab)
    lab.both_ways(lab.srv, SERVICE4)
    lab.both_ways(lab.srv2, SECOND4)


@case(Segment)
def neighbours_on_the_segment(lab):
    """ER-22, ER-23: hosts of the segment and the relay itself talk IPv4 among each other; nothing is
    translated."""
    by_hand(lab)
    with lab.watch(lab.er) as moved:
        equal(traffic.stream(lab.srv, SECOND4, 9, up=100000, down=100000), SERVICE4, "peer of srv2")
        traffic.ping(lab.srv, Segment.OWN4)
        traffic.ping(lab.er, SERVICE4)
    check("translated" not in moved, f"translated: {moved}")


@case(Segment)
def a_service_elsewhere_in_the_prefix(lab):
    """ER-20: hosts ask by ARP for what looks on-link and is not; proxy ARP on the relay helps."""
    by_hand(lab)
    elsewhere = "192.0.2.28"
    lab.keep(traffic.udp_server(lab.web, "::", 7))
    try:
        traffic.udp_ask(lab.srv, elsewhere, 7, b"?", tries=1, timeout=1.5)
    except Failure:
        pass
    else:
        raise Failure(f"{elsewhere} was reached without help")
    lab.er.ip(f"route add {elsewhere} dev siit0")
    lab.er.sysctl("ipv4/conf/sw/proxy_arp", 1)
    lab.srv.ip("neigh flush dev sw")
    try:
        equal(traffic.udp_ask(lab.srv, elsewhere, 7, b"there"), b"there", "answer by way of proxy ARP")
    finally:
        lab.er.ip(f"route del {elsewhere} dev siit0")
        lab.er.sysctl("ipv4/conf/sw/proxy_arp", 0)


@case(Unrouted, {"plain": {}, "strict": {"rp_filter": 1}})
def unrouted_link(lab):
    """ER-21: the service address is a secondary one of the host, behind a private link."""
    if not getattr(lab, "served", False):
        lab.serve(lab.srv)
        lab.served = True
    lab.both_ways(lab.srv, SERVICE4)


@case(Unrouted)
def private_source_goes_nowhere(lab):
    """ER-21, ER-18: a packet from the link's own private address would come out of the Border Relay
    with a source that nobody can answer."""
    s = lab.srv.socket(2, 2)
    with s, Capture(lab.r6, "er") as upstream, lab.watch(lab.er) as moved:
        s.bind(("10.0.0.2", 0))
        for _ in range(3):
            s.sendto(b"private", (CLIENT4, 7777))
        wait_for("the counter", lambda: lab.stats(lab.er)["drop_ingress_filter"][0] >= 3, timeout=3)
        equal([str(p) for p in upstream.packets() if p.dport == 7777], [], "packets upstream")
    equal(moved.get("drop_ingress_filter"), (3, 0), f"drops by the ingress filter, {moved}")


@case(Unrouted)
def atomic_fragments_carry_the_identification(lab):
    """ER-14, FR-16: with atomic-fragments on at both relays the IPv4 ID arrives
    as it was sent, both ways."""
    lab.eamctl(lab.br, "set", "atomic-fragments", "on")
    lab.eamctl(lab.er, "set", "atomic-fragments", "on")
    try:
        for near, far, dev, far_dev, source, target in (
                (lab.client, lab.srv, "br", "er", CLIENT4, SERVICE4), (lab.srv, lab.client, "er", "br", SERVICE4, CLIENT4)):
            peer = lab.br.mac("client") if near is lab.client else lab.er.mac("srv")
            idents = [0x1234, 0xFFFF, 1]
            with Capture(far, far_dev) as capture, Capture(near, dev) as sender, Capture(lab.r6, "er") as middle:
                for ident in idents:
                    body = packet.udp(source, target, 4242, 4243, b"identified")
                    sender.sock.send(peer + near.mac(dev) + b"\x08\x00" +
                                     packet.ip4(source, target, packet.UDP, body, ident=ident))
                wait_for("the packets", lambda: len([p for p in capture.packets(sent=False) if p.dport == 4243]) == 3)
                arrived = [p.check() for p in capture.packets(sent=False) if p.dport == 4243]
                between = [p for p in middle.packets() if p.family == 6 and p.dport == 4243]
            equal([p.ident for p in arrived], idents, f"IPv4 IDs that arrive at {far.name}")
            equal([p.df for p in arrived], [False] * 3, "DF")
            equal([(p.ident, p.frag, p.off, p.mf) for p in between], [(i, True, 0, False) for i in idents],
                  "Fragment Headers between the relays")
    finally:
        lab.eamctl(lab.br, "set", "atomic-fragments", "default")
        lab.eamctl(lab.er, "set", "atomic-fragments", "default")
