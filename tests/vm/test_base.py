# SPDX-License-Identifier: GPL-2.0
"""Real programs across Border Relay and Edge Relays, in the network of the demo (Base, see
lab/topology.py), once with default knobs, once with lowest-ipv6-mtu 1500, once with strict
rp_filter everywhere (RT-05).

  client -- r4 -- br -- r6 -+- web   (a) IPv6 only
                            +- node  (b) node-based Edge Relay
                            '- er -- srv  (c) network-based Edge Relay
"""
import hashlib
import os
import re
import socket
import struct
import time

from lab import packet, traffic
from lab.cases import case, check, equal
from lab.netns import SLOW, Failure
from lab.topology import (BR4, CLIENT4, CLIENT6, NODE4, NODE6, POOL, SRV4, WEB4, WEB6, Base, mapped)
from lab.traffic import MB

VARIANTS = {"1280": {"mtu": 1280}, "1500": {"mtu": 1500}, "strict": {"mtu": 1280, "rp_filter": 1}}
DEFAULT = {"1280": VARIANTS["1280"]}
SIZES = {**DEFAULT, "1500": VARIANTS["1500"]}
TARGETS = {"web": WEB4, "node": NODE4, "srv": SRV4}


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def curl(lab, ns, server, address, url, log_as):
    """A file fetched and one sent, both compared; the server logs who asked."""
    www, log = lab.nginx(server, address)
    with open(f"{www}/file", "wb") as f:
        f.write(os.urandom(5 * MB))
    with open(f"{lab.dir}/upload", "wb") as f:
        f.write(os.urandom(5 * MB))
    ns.run("curl", "-sSf", "-m", str(30 * SLOW), "-o", f"{lab.dir}/got", f"{url}/file")
    equal(sha256(f"{lab.dir}/got"), sha256(f"{www}/file"), "file fetched")
    ns.run("curl", "-sSf", "-m", str(30 * SLOW), "-T", f"{lab.dir}/upload", f"{url}/sent")
    equal(sha256(f"{www}/sent"), sha256(f"{lab.dir}/upload"), "file sent")
    with open(log) as f:
        peers = {line.split()[0] for line in f}
    equal(peers, {log_as}, "peers in the server's log")
    # The port is free again for the next case.
    p = lab.daemons.pop()
    p.kill()
    p.wait()


@case(Base, VARIANTS)
def curl_web(lab):
    curl(lab, lab.client, lab.web, WEB6, f"http://{WEB4}", CLIENT6)


@case(Base, VARIANTS)
def curl_node(lab):
    """ER-04"""
    curl(lab, lab.client, lab.node, NODE4, f"http://{NODE4}", CLIENT4)


@case(Base, VARIANTS)
def curl_srv(lab):
    """ER-08, ER-12"""
    curl(lab, lab.client, lab.srv, SRV4, f"http://{SRV4}", CLIENT4)


@case(Base, VARIANTS)
def curl_from_srv(lab):
    """The IPv4-only node behind the Edge Relay asks a host of the IPv4 Internet."""
    curl(lab, lab.srv, lab.client, CLIENT4, f"http://{CLIENT4}", SRV4)


@case(Base, VARIANTS)
def curl_from_node(lab):
    curl(lab, lab.node, lab.client, CLIENT4, f"http://{CLIENT4}", NODE4)


@case(Base, VARIANTS)
def curl_from_web(lab):
    curl(lab, lab.web, lab.client, CLIENT4, f"http://[{CLIENT6}]", WEB4)


@case(Base, SIZES, timeout=120)
def tcp_100mb_br(lab):
    """Through the Border Relay, compared octet by octet at both ends."""
    equal(traffic.stream(lab.client, WEB4, 9, up=100 * MB, down=100 * MB, timeout=90), CLIENT6, "peer of the server")
    lab.check_csums()


@case(Base, SIZES, timeout=120)
def tcp_100mb_br_and_node(lab):
    equal(traffic.stream(lab.client, NODE4, 9, up=100 * MB, down=100 * MB, timeout=90), CLIENT4, "peer of the server")
    lab.check_csums()


@case(Base, SIZES, timeout=120)
def tcp_100mb_br_and_er(lab):
    """ER-01"""
    equal(traffic.stream(lab.client, SRV4, 9, up=100 * MB, down=100 * MB, timeout=90), CLIENT4, "peer of the server")
    lab.check_csums()


@case(Base, SIZES, timeout=120)
def tcp_checksums_in_software(lab):
    """The last links compute checksums and segments themselves, so that receivers really
    verify what the translators did to partial checksums (CK-10)."""
    ends = [("r6", "web"), ("r6", "node"), ("r6", "er"), ("er", "srv"), ("r4", "client"), ("er", "r6"), ("node", "r6"),
            ("br", "r4"), ("br", "r6")]
    for ns, dev in ends:
        lab.spaces[ns].offload(dev, tx=0)
    try:
        for name, address in TARGETS.items():
            traffic.stream(lab.client, address, 9, up=8 * MB, down=8 * MB)
            for size in (1, 99, 1400):
                traffic.udp_ask(lab.client, address, 7, b"x" * size)
            traffic.ping(lab.client, address)
        traffic.stream(lab.srv, CLIENT4, 9, up=2 * MB, down=2 * MB)
        lab.check_csums()
    finally:
        for ns, dev in ends:
            lab.spaces[ns].offload(dev, tx=1, sg=1, tso=1)


def identifications(dev, source, seconds):
    """The IDs of all DF=0 TCP segments that arrive on a device, also of those that are still
    to be cut out of a large packet; and how many of such there were."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
    s.setsockopt(263, 15, 1)  # SOL_PACKET, PACKET_VNET_HDR
    s.bind((dev, 3))
    s.settimeout(0.5)
    ids, large = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            data, where = s.recvfrom(70000)
        except socket.timeout:
            continue
        if where[2] == 4 or data[22:24] != b"\x08\x00":  # PACKET_OUTGOING
            continue
        size = struct.unpack("=BBHHHH", data[:10])[3]
        p = packet.Packet(data[24:])
        if p.proto != packet.TCP or p.src != source or p.df:
            continue
        body = len(p.payload) - (p.payload[12] >> 4) * 4
        segments = max(1, -(-body // size)) if size else 1
        ids += [(p.ident + i) & 0xFFFF for i in range(segments)]
        large += segments > 1
    return ids, large


@case(Base, DEFAULT)
def segments_have_ids_of_their_own(lab):
    """Segments of at most 1260 octets go out with DF=0; what may be fragmented on its way must
    not share an ID, be it cut out of one large packet or of two (XL64-04, MT-12)."""
    with lab.watch(lab.br) as moved:
        catcher = lab.keep(traffic.Job(lab.r4, identifications, "br", NODE4, 4))
        time.sleep(0.5)
        traffic.stream(lab.client, NODE4, 9, down=4 * MB, timeout=20)
        ids, large = catcher.result(20)
    check(len(ids) > 1000 and large > 10, f"{len(ids)} segments, {large} large packets, {moved}")
    equal(len(ids) - len(set(ids)), 0, f"IDs used again among {len(ids)} segments")


@case(Base, VARIANTS)
def udp_of_all_sizes(lab):
    """DF=0 from both ends: whole, split by a translator, and fragments split again (FR-01, FR-04)."""
    for name, address in TARGETS.items():
        for size in (0, 1, 100, 1232, 1233, 1452, 1453, 1472, 1473, 4000, 8000, 20000):
            data = traffic.pattern(size, 0, size)
            try:
                equal(traffic.udp_ask(lab.client, address, 7, data), data, "answer")
            except Failure as e:
                raise Failure(f"{name}, {size} octets: {e}") from None
    for ns, address in ((lab.srv, CLIENT4), (lab.node, CLIENT4), (lab.web, CLIENT6)):
        for size in (1, 1472, 4000):
            data = traffic.pattern(size, 0, size)
            equal(traffic.udp_ask(ns, address, 7, data), data, "answer")
    lab.check_csums()


@case(Base, VARIANTS)
def udp_df(lab):
    """DF=1: up to the path's MTU it passes, beyond the sender is told 1480 (FR-05)."""
    for address in TARGETS.values():
        data = traffic.pattern(1, 0, 1232)
        equal(traffic.udp_ask(lab.client, address, 7, data, df=True), data, "answer")
    for size in (1452, 1453):
        with lab.watch(lab.br) as moved:
            p = lab.client.run("ping", "-n", "-c", 1, "-W", 3, "-M", "do", "-s", size, WEB4, check=False)
        if size == 1452:
            check(" 1 received" in p.stdout, p.stdout)
        else:
            check(re.search(r"mtu ?= ?1480", p.stdout + p.stderr), f"ping was not told: {p.stdout} {p.stderr}")
            equal(moved.get("reject_too_big"), (1, 0), "counter reject_too_big")
    lab.client.sysctl("ipv4/route/flush", 1)


@case(Base, VARIANTS)
def ping_of_all_sizes(lab):
    for address in TARGETS.values():
        for size in (0, 1, 56, 1231, 1232):
            traffic.ping(lab.client, address, size)
    # Beyond lowest-ipv6-mtu: the request is split, the answer comes whole.
    for size in (1233, 1452):
        for df in (True, False):
            traffic.ping(lab.client, WEB4, size, df=df)
    # Behind an Edge Relay that makes fragments of ICMP, which do not cross a translator (FR-11).
    for ns, address in ((lab.er, SRV4), (lab.node, NODE4)):
        with lab.watch(ns) as moved:
            passed = traffic.ping(lab.client, address, 1452, df=False, timeout=1, check=False)
        equal(passed, lab.lowest >= 1500, f"ping of 1452 octets, DF=0, to {address}")
        if not passed:
            check(moved.get("drop_fragmented_icmp", (0, 0))[1] > 0, f"not counted as drop_fragmented_icmp: {moved}")
    for ns in (lab.srv, lab.node):
        traffic.ping(ns, CLIENT4, 1000)
    traffic.ping(lab.web, CLIENT6, 1000)
    lab.check_csums()


@case(Base, VARIANTS)
def traceroute_in(lab):
    """IPv6 routers show as addresses of the RFC 6791 pool (IS-03)."""
    near = ["203.0.113.1", BR4]
    for options in ((), ("-I",)):
        equal(traffic.traceroute(lab.client, WEB4, *options), near + [POOL, WEB4], f"path to web {options}")
        equal(traffic.traceroute(lab.client, NODE4, *options), near + [POOL, NODE4], f"path to node {options}")
        equal(traffic.traceroute(lab.client, SRV4, *options), near + [POOL, POOL, SRV4], f"path to srv {options}")


@case(Base, VARIANTS)
def traceroute_out(lab):
    """IPv4 routers show to IPv6 as addresses in the prefix (AD-08)."""
    hops = traffic.traceroute(lab.web, CLIENT6)
    equal(hops, ["2001:db8:12:34::ffff", "2001:db8:0:1::1", mapped("198.51.100.253"), CLIENT6], "path from web")
    for ns, length in ((lab.node, 4), (lab.srv, 5)):
        hops = traffic.traceroute(ns, CLIENT4)
        check("*" not in hops and len(hops) == length, f"path from {ns.name}: {hops}")
        equal(hops[-2:], ["198.51.100.253", CLIENT4], f"end of the path from {ns.name}")


@case(Base, VARIANTS)
def errors_reach_programs(lab):
    """Port unreachable, both ways and through both translators: the program is told."""
    for ns, address in ((lab.client, WEB4), (lab.client, NODE4), (lab.client, SRV4), (lab.srv, CLIENT4),
                        (lab.node, CLIENT4), (lab.web, CLIENT6)):
        traffic.udp_refused(ns, address)


# Path-MTU discovery: link, MTU, who must not know it beforehand, who sends to whom, which counter
# of which translator shows how the sender learned of it.
PMTUD = {
    "v6_far": ("r6", "web", 1300, ["web"], "up", WEB4, "br", "translated_icmp_error", 1),
    "v6_near": ("br", "r6", 1400, [], "up", WEB4, "br", "reject_too_big", 0),
    "v4_far": ("client", "r4", 1300, ["client"], "down", WEB4, "br", "translated_icmp_error", 0),
    "v4_near": ("r4", "br", 1300, [], "down", WEB4, "br", "reject_too_big", 1),
    "v4_far_1000": ("client", "r4", 1000, ["client"], "down", WEB4, "br", "translated_icmp_error", 0),
    "v4_near_1000": ("r4", "br", 1000, [], "down", WEB4, "br", "reject_too_big", 1),
    "node_in": ("r6", "node", 1300, ["node"], "up", NODE4, "br", "translated_icmp_error", 1),
    "er_in": ("r6", "er", 1300, [], "up", SRV4, "br", "translated_icmp_error", 1),
    "behind_er_in": ("er", "srv", 1300, ["srv"], "up", SRV4, "er", "reject_too_big", 1),
    "er_out": ("br", "r6", 1400, [], "down", SRV4, "er", "translated_icmp_error", 1),
    "er_out_v4": ("client", "r4", 1300, ["client"], "down", SRV4, "er", "translated_icmp_error", 1),
    "er_out_near": ("er", "r6", 1400, [], "down", SRV4, "er", "reject_too_big", 0),
}


@case(Base, VARIANTS, timeout=200)
def pmtud(lab):
    """TCP finds every narrow link and goes on; no black hole."""
    for name, (a, b, mtu, forget, way, address, where, counter, family) in PMTUD.items():
        # A node whose device says 1260 announces an MSS that fits any IPv6 link.
        if name == "node_in" and lab.lowest == 1280:
            continue
        with lab.narrow(a, b, mtu, *forget), lab.watch(lab.spaces[where]) as moved:
            try:
                traffic.stream(lab.client, address, 9, **{way: 2 * MB}, timeout=20)
            except Failure as e:
                raise Failure(f"{name}: {e}") from None
        check(moved.get(counter, (0, 0))[family] > 0, f"{name}: {counter} did not move in {where}: {moved}")
    lab.check_csums()


@case(Base, VARIANTS)
def pmtud_node_out(lab):
    """The node's own TCP learns that its own link is narrow, one in the IPv6 network, one beyond."""
    for a, b, mtu in (("node", "r6", 1300), ("br", "r6", 1300), ("client", "r4", 1200)):
        with lab.narrow(a, b, mtu, "client"):
            try:
                traffic.stream(lab.client, NODE4, 9, down=2 * MB, timeout=20)
                traffic.stream(lab.node, CLIENT4, 9, up=2 * MB, timeout=20)
            except Failure as e:
                raise Failure(f"{a}-{b} with MTU {mtu}: {e}") from None
    lab.check_csums()


@case(Base, SIZES)
def node_needs_no_forwarding(lab):
    """A node-based Edge Relay is a host: no sysctl (RT-08), its MTUs as in MT-08. (ER-05, ER-13)"""
    for key in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        equal(lab.node.sysctl(key), "0", key)
    traffic.udp_ask(lab.client, NODE4, 7, b"hello")
    link = lab.node.run("ip", "link", "show", "dev", "siit0").stdout
    check(f"mtu {max(1280, lab.lowest - 20)} " in link, link)
    route = lab.node.run("ip", "-4", "route", "get", CLIENT4).stdout
    check("dev siit0" in route, route)
    route = lab.node.run("ip", "-4", "route", "show", "default").stdout
    check(f"mtu {lab.lowest - 20}" in route, route)


@case(Base, DEFAULT)
def native_ipv6_of_the_node(lab):
    """Native IPv6, to the node's own address and to its service address, goes straight (ER-06, ER-07)."""
    own = "2001:db8:12:35::2"
    for address in (own, NODE6):
        lab.keep(traffic.udp_server(lab.node, address, 70))
    with lab.watch(lab.node) as moved:
        for address in (own, NODE6):
            traffic.udp_ask(lab.web, address, 70, b"native")
            traffic.ping(lab.web, address)
    check(not moved.get("translated"), f"translated: {moved}")


@case(Base, VARIANTS)
def own_addresses_of_an_edge_relay(lab):
    """A node asks its own service address by IPv4, a relay its address inside the local EAM:
    that stays on the loopback device, as ever."""
    for ns, address in ((lab.node, NODE4), (lab.er, "192.0.2.17")):
        lab.keep(traffic.udp_server(ns, address, 71))
        with lab.watch(ns) as moved:
            traffic.ping(ns, address)
            traffic.udp_ask(ns, address, 71, b"myself")
        check(not any(k.startswith(("translated", "drop", "reject")) for k in moved), f"{ns.name}: {moved}")
    traffic.ping(lab.er, SRV4)
    traffic.ping(lab.srv, "192.0.2.17")


@case(Base, DEFAULT)
def device_statistics(lab):
    """"ip -s link" counts what is translated."""
    before = lab.br.link_stats("siit0")
    traffic.ping(lab.client, WEB4, size=100, count=5)
    after = lab.br.link_stats("siit0")
    moved = {k: after[k] - before[k] for k in after}
    check(moved["rx_packets"] + moved["tx_packets"] >= 10, f"10 packets translated, device says {moved}")
    check(moved["rx_bytes"] + moved["tx_bytes"] >= 10 * 128, f"10 packets of 128 octets or more, device says {moved}")
    check(not moved["rx_dropped"] and not moved["tx_dropped"], f"drops: {moved}")
    text = lab.br.run("ip", "-s", "link", "show", "siit0").stdout
    check("siit0" in text, text)
