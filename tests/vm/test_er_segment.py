# SPDX-License-Identifier: GPL-2.0
"""RFC 7756 3.2.1 and 3.2.2: an Edge Relay on a stick, and one that bridges IPv6 (Stick, Bridge, see
lab/er.py). Hosts are dual-stack; only their IPv4 goes through the relay.

  client ---- br ---- r6 ---- sw ---- srv        on a stick, one device or two
                              '------ er
  client ---- br ---- r6 ---- er ---- srv        bridge
"""
import os
import socket
import struct

from lab import traffic
from lab.cases import case, check, equal
from lab.er import SERVICE4, SERVICE6, Bridge, Capture, Neighbour, Stick, advertise, has_address
from lab.netns import wait_for

STICKS = {"one": {"two": False}, "two": {"two": True}, "strict": {"rp_filter": 1}}
ARP, IPV4 = 0x0806, 0x0800


def served(lab):
    if not getattr(lab, "served", False):
        lab.serve(lab.srv)
        lab.served = True


def redirects(ns):
    """How many a namespace has sent, by counter"""
    found = {}
    with ns:
        with open("/proc/thread-self/net/snmp") as f:
            lines = f.read().splitlines()
        for head, row in zip(lines[::2], lines[1::2]):
            if head.startswith("Icmp: "):
                counters = dict(zip(head.split(), row.split()))
                found["OutRedirects"] = int(counters["OutRedirects"])
        with open("/proc/thread-self/net/snmp6") as f:
            counters = dict(line.split() for line in f)
            found["Icmp6OutRedirects"] = int(counters["Icmp6OutRedirects"])
    return found


@case(Stick, STICKS)
def on_a_stick(lab):
    """ER-09, ER-10: the service is found by proxy neighbour discovery alone."""
    served(lab)
    lab.both_ways(lab.srv, SERVICE4)
    for ns in (lab.er, lab.r6):
        equal(redirects(ns), {"OutRedirects": 0, "Icmp6OutRedirects": 0}, f"ICMP redirects of {ns.name} (RT-07)")


@case(Stick, {"one": {"two": False}, "two": {"two": True}})
def native_ipv6_bypasses_the_relay(lab):
    """ER-07, ER-09"""
    lab.keep(traffic.stream_server(lab.srv, "2001:db8:12:c0::99", 99))
    with lab.watch(lab.er) as moved, Capture(lab.er, "sw") as capture:
        traffic.stream(lab.r6, "2001:db8:12:c0::99", 99, up=1 << 20)
        mine = [str(p) for p in capture.packets() if 99 in (p.dport, p.sport)]
    equal(mine, [], "packets of native IPv6 at the relay")
    check("translated" not in moved, f"translated: {moved}")


@case(Bridge, {"plain": {}, "strict": {"rp_filter": 1}})
def bridge_translates_what_is_for_services(lab):
    """ER-11: IPv4 of the host reaches the Internet, without br_netfilter."""
    served(lab)
    check(not os.path.exists("/proc/sys/net/bridge"), "br_netfilter is loaded")
    lab.both_ways(lab.srv, SERVICE4)


@case(Bridge, fresh=True)
def bridge_passes_ipv6(lab):
    """ER-11: router advertisements, neighbour discovery and MLD cross the bridge; native IPv6 is not
    translated, nor does it pass the relay's IP layer."""
    advertise(lab.r6, "er", "2001:db8:12:3b::")
    auto = has_address(lab.srv, "er", "2001:db8:12:3b:")
    lab.r6.ip("addr add 2001:db8:12:3b::ffff/64 dev er nodad")
    lab.keep(traffic.stream_server(lab.srv, auto, 99))
    with lab.watch(lab.er) as moved, Capture(lab.er, "srv") as bridged:
        traffic.stream(lab.r6, auto, 99, up=1 << 20, down=1 << 20)
        hops = {p.ttl for p in bridged.packets() if 99 in (p.dport, p.sport)}
    equal(hops, {64}, "hop limits behind the bridge")
    check("translated" not in moved, f"translated: {moved}")
    n = Neighbour(lab.r6, "er", "2001:db8:12:3b::ffff")
    try:
        found = n.ask(auto)
        check(found and found[0][6:12] == lab.srv.mac("er"), "srv does not answer for itself")
        found = n.ask(SERVICE6)
        check(found and found[0][6:12] == lab.er.mac("br0"), "the bridge does not answer for the service")
    finally:
        n.close()
    with Capture(lab.r6, "er") as upstream:
        with lab.srv, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            group = socket.inet_pton(socket.AF_INET6, "ff05::4242")
            s.setsockopt(socket.IPPROTO_IPV6, 20, group + struct.pack("@I", socket.if_nametoindex("er")))
            wait_for("the MLD report upstream", lambda: any(
                f[12:14] == b"\x86\xdd" and group in f and not sent for f, sent in upstream.frames()))


@case(Bridge, fresh=True)
def ipv4_and_arp_do_not_leak_upstream(lab):
    """ER-11: in neither direction; the filter comes and goes with the configuration."""
    served(lab)
    lab.r6.ip("addr add 192.0.2.29/29 dev er")

    def leaks():
        """Either end asks for the other by ARP; and the relay itself for a host that is nowhere."""
        for ns, dev in ((lab.r6, "er"), (lab.srv, "er"), (lab.er, "br0")):
            ns.run("ip", "neigh", "flush", "dev", dev)
        with Capture(lab.r6, "er") as up, Capture(lab.srv, "er") as down:
            passed = [traffic.ping(lab.srv, "192.0.2.29", timeout=1, check=False),
                      traffic.ping(lab.r6, SERVICE4, timeout=1, check=False),
                      traffic.ping(lab.r6, "192.0.2.25", timeout=1, check=False)]
            traffic.ping(lab.er, "192.0.2.28", timeout=1, check=False)
            return passed, up.kinds(sent=False) & {ARP, IPV4}, [
                p for p in down.packets(sent=False) if p.src == "192.0.2.29"]
    equal(leaks(), ([False] * 3, set(), []), "pings, leaks up, leaks down")
    lab.both_ways(lab.srv, SERVICE4, mb=1)
    # The same with a VLAN tag.
    lab.srv.ip("link add link er name er.7 type vlan id 7", "addr add 10.7.0.1/24 dev er.7", "link set dev er.7 up")
    lab.r6.ip("link add link er name er.7 type vlan id 7", "addr add 10.7.0.2/24 dev er.7", "link set dev er.7 up")
    check(not traffic.ping(lab.srv, "10.7.0.2", timeout=1, check=False), "IPv4 with a VLAN tag crossed the bridge")
    lab.eamctl(lab.er, "down", "--keep")
    equal(leaks()[1], set(), "leaks while translation is off")
    lab.eamctl(lab.er, "down")
    equal(lab.er.run("nft", "list", "ruleset").stdout, "", "nftables after down")
    passed, up, _ = leaks()
    check(passed[0] and up == {ARP, IPV4}, f"without the filter IPv4 crosses: {passed}, {up}")


@case(Bridge, fresh=True)
def filter_of_the_operator_stays(lab):
    """Only our own table comes and goes."""
    lab.er.nft("table bridge theirs {\n chain c {\n type filter hook forward priority 0;\n }\n}\n")
    lab.eamctl(lab.er, "set", "bridge-upstream", "none")
    equal(lab.er.run("nft", "list", "tables").stdout, "table bridge theirs\n", "tables")
    lab.eamctl(lab.er, "set", "bridge-upstream", "r6")
    check("table bridge siit_dc" in lab.er.run("nft", "list", "tables").stdout, "the filter is not back")
    lab.eamctl(lab.er, "down")
    equal(lab.er.run("nft", "list", "tables").stdout, "table bridge theirs\n", "tables")
