# SPDX-License-Identifier: GPL-2.0
"""Packets of unusual shape: paged, segmented later, of a guest that lies, within a VRF (RT-09, MT-12)."""
import contextlib
import fcntl
import os
import socket
import struct

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import run
from lab.packet import ICMP, ICMP6, TCP, UDP, addr, csum, echo, ip4, ip6, pseudo, udp
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, WEB24, Base, Wire, mapped
from lab.traffic import LARGE, MB

LINUX = tuple(map(int, os.uname().release.split(".")[:2]))
SOL_PACKET, PACKET_VNET_HDR, PACKET_OUTGOING = 263, 15, 4
UDP_SEGMENT = 103
TUNSETIFF, IFF_TUN, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 1, 0x1000, 0x4000
NEEDS_CSUM, GSO_TCPV4, GSO_UDP, GSO_TCPV6 = 1, 1, 3, 4


@contextlib.contextmanager
def large_frames(lab):
    pairs = ((lab.w4, "br", "w4"), (lab.w6, "br", "w6"))
    try:
        for ns, dev, peer in pairs:
            ns.ip(f"link set dev {dev} mtu 9000")
            lab.br.ip(f"link set dev {peer} mtu 9000")
        yield
    finally:
        for ns, dev, peer in pairs:
            ns.ip(f"link set dev {dev} mtu 1500")
            lab.br.ip(f"link set dev {peer} mtu 1500")


def send_paged(tap, pkt, linear):
    """With all behind "linear" octets of the frame in pages."""
    with tap.ns:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    with s:
        s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        s.bind(("br", 0))
        kind = b"\x08\x00" if pkt[0] >> 4 == 4 else b"\x86\xdd"
        s.send(struct.pack("=BBHHHH", 0, 0, linear, 0, 0, 0) + tap.peer + tap.mac + kind + pkt)


@contextlib.contextmanager
def guest(ns):
    """The link of a guest, which sends what it likes behind a virtio_net_hdr."""
    ns.run("modprobe", "tun")
    with ns, open("/dev/net/tun", "r+b", buffering=0) as tun:
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"guest", IFF_TUN | IFF_NO_PI | IFF_VNET_HDR))
        ns.ip("link set guest up")
        yield tun


def dest_options(octets, nexthdr):
    return bytes((nexthdr, octets // 8 - 1)) + bytes(octets - 2)  # all Pad1


@case(Wire)
def headers_in_pages(lab):
    """Extension headers longer than the linear part, in front of what nobody looks into (XL64-10, RT-09)."""
    with large_frames(lab):
        for size in (264, 1024, 2048):
            body = traffic.pattern(3, 0, 5000)
            ext = dest_options(size, 47)
            pkt = ip6(WEB6, CLIENT6, 60, ext + body)
            send_paged(lab.tap6, pkt, linear=64)
            out4, _ = lab.exchange()
            equal([(p.proto, p.payload) for p in out4], [(47, body)], f"{size} octets of options")
        for pkt, side, want in (
                (ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, traffic.pattern(4, 0, 6000)), df=True), 6,
                 udp(CLIENT6, WEB6, 1, 2, traffic.pattern(4, 0, 6000))),
                (ip6(WEB6, CLIENT6, ICMP6, echo(WEB6, CLIENT6, 1, 2, traffic.pattern(5, 0, 6000))), 4,
                 echo(WEB4, CLIENT4, 1, 2, traffic.pattern(5, 0, 6000)))):
            for linear in (14, 34, 54, 55, 62):
                send_paged(lab.tap4 if side == 6 else lab.tap6, pkt, linear)
                out = lab.exchange()[side == 6]
                equal([p.payload for p in out], [want], f"{linear} linear octets")


@case(Wire)
def guests_that_lie(lab):
    """An echo that says it is TCP to be segmented is dropped without a word in the log (SE-04)."""
    with guest(lab.br) as tun, lab.watch(lab.br) as moved:
        pkt = ip4(CLIENT4, WEB4, ICMP, echo(CLIENT4, WEB4, 1, 2, bytes(4000)))
        tun.write(struct.pack("=BBHHHH", NEEDS_CSUM, GSO_TCPV4, 48, 536, 20, 16) + pkt)
        equal(lab.exchange(), ([], []), "what came out")
    equal(moved.get("drop_bad_header"), (1, 0), f"counters: {moved}")


@case(Wire)
def guests_fill_in_nothing_that_was_checked(lab):
    """A checksum for the device to fill in is the transport's or lies behind its header: in the place of a UDP length
    it would be what is summed up by (CK-03), in the place of an ICMP type another message."""
    no_checksum = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, bytes(40), check=0))
    # Filled in in front: type 3, code 1
    request = echo(CLIENT4, WEB4, 0, 0, ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 1, 2, bytes(40))))
    left = (0xFFFF - 0x0301 - (~csum(request) & 0xFFFF)) % 0xFFFF
    request = request[:6] + left.to_bytes(2, "big") + request[8:]
    equal(csum(request), 0x0301, "what is filled in")
    with guest(lab.br) as tun, lab.watch(lab.br) as moved:
        for start, off in ((20, 4), (22, 2), (20, 0), (24, 2)):
            tun.write(struct.pack("=BBHHHH", NEEDS_CSUM, 0, 0, 0, start, off) + no_checksum)
        equal(lab.exchange(), ([], []), "what came out of UDP")
    equal(moved.get("drop_bad_header"), (4, 0), f"counters: {moved}")
    with guest(lab.br) as tun:
        tun.write(struct.pack("=BBHHHH", NEEDS_CSUM, 0, 0, 0, 20, 0) + ip4(CLIENT4, WEB4, ICMP, request))
        _, out6 = lab.exchange()
    equal([(p.icmp, p.quote[0] >> 4) for p in out6], [((1, 0), 6)], "the message that it is now, and its quote")


@case(Wire)
def hairpin_of_segments_without_checksum(lab):
    """What the second pass has to segment is segmented in the first (MT-12, CK-03)."""
    pkt = ip6(WEB6, mapped("192.0.2.2"), UDP, udp(WEB6, mapped("192.0.2.2"), 1, 2, bytes(400), check=0))
    with guest(lab.br) as tun, lab.watch(lab.br) as moved:
        # Segments that are none: UDP said to be TCP.
        tun.write(struct.pack("=BBHHHH", 0, GSO_TCPV6, 60, 100, 0, 0) + pkt)
        equal(lab.exchange(), ([], []), "what came out")
    equal(moved.get("drop_bad_header"), (0, 1), f"counters: {moved}")


@case(Wire)
def what_others_hold_stays(lab):
    """Who captures a guest's packet keeps it as it came, whatever segmentation does to it (UFO is summed up in place)."""
    data = traffic.pattern(6, 0, 3000)
    # As a guest leaves it to the device: the sum of the pseudo-header.
    partial = ~csum(pseudo(addr(CLIENT4), addr(WEB4), UDP, 8 + len(data))) & 0xFFFF
    pkt = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, data, check=partial))
    with guest(lab.br) as tun, lab.br.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3)) as capture:
        capture.bind(("guest", 3))
        capture.settimeout(5)
        tun.write(struct.pack("=BBHHHH", NEEDS_CSUM, GSO_UDP, 28, 1000, 20, 6) + pkt)
        _, out6 = lab.exchange()
        check(len(out6) > 1, f"in pieces: {[str(p) for p in out6]}")
        # A device that comes up says so to multicast listeners.
        captured = next(data for data in iter(lambda: capture.recv(9000), b"") if data[0] >> 4 == 4)
        equal(captured.hex(), pkt.hex(), "what was captured")


@case(Wire, role="siit", fresh=True)
def device_in_a_vrf(lab):
    """Within a VRF a packet passes PREROUTING twice; it is translated once."""
    lab.br.ip("link add vrf0 type vrf table 10", "link set vrf0 up", "link set siit0 master vrf0")
    with lab.watch(lab.br) as moved:
        lab.tap4.send(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x")))
        lab.tap6.send(ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 2, 1, b"x")))
        lab.exchange()
    total = sum(a + b for k, (a, b) in moved.items() if not k.startswith(("left", "icmp")))
    equal(total, 2, f"counters: {moved}")


@case(Base, {"1280": {"mtu": 1280}})
def hairpin_of_segments_with_atomic_fragments(lab):
    """A large packet whose segments get Fragment Headers in the second pass is segmented first (HP-05, MT-12)."""
    lab.eamctl(lab.br, "set", "atomic-fragments", "on")
    try:
        with lab.narrow("r6", "web", 1280), lab.narrow("r6", "web2", 1280):
            traffic.stream(lab.web, mapped(WEB24), 9, up=MB, down=MB)
        lab.check_csums()
    finally:
        lab.eamctl(lab.br, "set", "atomic-fragments", "default")


class Sizes:
    """Octets of the packets of a protocol that leave by a device, or come in by it: what is segmented by the device, or put
    together behind it, is one."""

    def __init__(self, ns, dev, proto, arriving=False):
        self.proto, self.arriving, self.seen, self.ports = proto, arriving, [], set()
        with ns:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
        self.sock.bind((dev, 3))
        self.sock.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        head = bytearray(80)
        with contextlib.suppress(BlockingIOError):
            while True:
                length, where = self.sock.recvfrom_into(head, len(head), socket.MSG_TRUNC)
                six = head[12:14] == b"\x86\xdd"
                proto = head[20] or head[54] if six else head[23]
                if (where[2] != PACKET_OUTGOING) == self.arriving and proto == self.proto:
                    self.seen.append(length - 14)
                    at = (54 if head[20] else 62) if six else 34
                    self.ports.update(struct.unpack_from("!HH", head, at))
        self.sock.close()

    def whole(self, what):
        large = sum(n for n in self.seen if n > LARGE)
        check(large > 0.8 * sum(self.seen), f"{what}: {len(self.seen)} packets, of {sum(self.seen)} octets "
              f"{large} in large ones")

    def segmented(self, what, mtu=1500):
        check(self.seen and max(self.seen) <= mtu,
              f"{what}: {len(self.seen)} packets, longest {max(self.seen, default=0)}")


@case(Base)
def tcp_stays_whole(lab):
    """MT-12"""
    with Sizes(lab.br, "r6", TCP) as to6, Sizes(lab.br, "r4", TCP) as to4:
        traffic.stream(lab.client, WEB4, 9, up=8 * MB, down=8 * MB)
    to6.whole("4->6")
    to4.whole("6->4")
    lab.check_csums()


DATAGRAM, DATAGRAMS = 1000, 20


def datagrams(lab):
    """DATAGRAMS of them in one call, in both directions: where to, what came to the Border Relay, what left it."""
    data = traffic.pattern(6, 0, DATAGRAM * DATAGRAMS)
    for sender, address, receiver, came, dev in ((lab.client, WEB4, lab.web, "r4", "r6"),
                                                 (lab.web, CLIENT6, lab.client, "r6", "r4")):
        with receiver:
            sink = traffic.listener("::" if dev == "r6" else "0.0.0.0", 99, socket.SOCK_DGRAM)
        with sender:
            source = socket.socket(traffic.family(address), socket.SOCK_DGRAM)
        with sink, source:
            sink.settimeout(5)
            source.connect((address, 99))
            source.send(b"first")  # neighbours are found
            equal(sink.recv(2000), b"first", "a datagram by itself")
            source.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, DATAGRAM)
            with Sizes(lab.br, came, UDP, arriving=True) as before, Sizes(lab.br, dev, UDP) as after:
                source.send(data)
                equal(b"".join(sink.recv(2000) for _ in range(DATAGRAMS)), data, "what came")
        yield dev, before, after
    lab.check_csums()


@case(Base)
def udp_segments_stay_whole(lab):
    """MT-12: what a QUIC server sends with UDP_SEGMENT"""
    for dev, _, after in datagrams(lab):
        equal(after.seen, [(48 if dev == "r6" else 28) + DATAGRAM * DATAGRAMS], f"packets towards {dev}")


@case(Base, fresh=True)
def tunnels_are_segmented(lab):
    """GSO packets of a VXLAN in UDP across the translator, with and without a checksum on the IPv4 side"""
    lab.web.ip(f"link add vx0 type vxlan id 5 local {WEB6} remote {CLIENT6} dstport 4789",
               "addr add 172.16.0.2/24 dev vx0", "link set dev vx0 mtu 1400 up")
    lab.keep(traffic.stream_server(lab.web, "172.16.0.2", 19))
    for checksum in ("udpcsum", "noudpcsum"):
        lab.client.ip(f"link add vx0 type vxlan id 5 local {CLIENT4} remote {WEB4} dstport 4789 {checksum}",
                      "addr add 172.16.0.1/24 dev vx0", "link set dev vx0 mtu 1400 up")
        with Sizes(lab.client, "r4", UDP) as before4, Sizes(lab.web, "r6", UDP) as before6, \
                Sizes(lab.br, "r6", UDP) as to6, Sizes(lab.br, "r4", UDP) as to4:
            traffic.stream(lab.client, "172.16.0.2", 19, up=4 * MB, down=4 * MB)
        for sizes, what in ((before4, "IPv4"), (before6, "IPv6")):
            check(max(sizes.seen) > LARGE, f"{checksum}: no GSO packets in {what}: longest {max(sizes.seen)}")
        to6.segmented(f"{checksum}, 4->6")
        to4.segmented(f"{checksum}, 6->4")
        lab.client.ip("link del dev vx0")
    lab.check_csums()


def sctp_echo(listener):
    conn, _ = listener.accept()
    while data := conn.recv(1 << 16):
        conn.sendall(data)


@case(Base, fresh=True)
def sctp_is_segmented(lab):
    """Of SCTP nobody knows how long the segments are before."""
    run("modprobe", "sctp")
    SCTP = socket.IPPROTO_SCTP
    with lab.web:
        listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, SCTP)
        listener.bind((WEB6, 9))
        listener.listen(1)
    lab.keep(traffic.Job(lab.web, sctp_echo, listener))
    with lab.client:
        conn = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
        conn.bind((CLIENT4, 0))
    with conn, Sizes(lab.client, "r4", SCTP) as before4, Sizes(lab.web, "r6", SCTP) as before6, \
            Sizes(lab.br, "r6", SCTP) as to6, Sizes(lab.br, "r4", SCTP) as to4:
        conn.settimeout(20)
        conn.connect((WEB4, 9))
        for i in range(20):
            data = traffic.pattern(i, 0, 60000)
            conn.sendall(data)
            back = b""
            while len(back) < len(data):
                back += conn.recv(1 << 16)
            equal(back, data, f"message {i}")
    for sizes, what in ((before4, "IPv4"), (before6, "IPv6")):
        check(max(sizes.seen) > LARGE, f"no GSO packets in {what}: longest {max(sizes.seen)}")
    to6.segmented("4->6")
    to4.segmented("6->4")


def gso_max_size(ns, dev, six, four):
    """For IPv6, and (since Linux 6.3; ignored before) for IPv4, which Debian's ip cannot set yet"""
    ns.ip(f"link set dev {dev} gso_max_size {six}")
    IFLA_GSO_IPV4_MAX_SIZE, RTM_NEWLINK, NLM_F_REQUEST_ACK = 63, 16, 5
    with ns, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        body = struct.pack("=BxHiII", 0, 0, socket.if_nametoindex(dev), 0, 0)
        body += struct.pack("=HHI", 8, IFLA_GSO_IPV4_MAX_SIZE, four)
        s.send(struct.pack("=IHHII", 16 + len(body), RTM_NEWLINK, NLM_F_REQUEST_ACK, 1, 0) + body)
        equal(struct.unpack_from("=i", s.recv(4096), 16), (0,), f"{dev}: gso_ipv4_max_size")


@case(Base, fresh=True)
def big_tcp_is_segmented(lab):
    """MT-12: what no length field can say (since Linux 6.3 in IPv4, too)"""
    for ns, dev in ((lab.client, "r4"), (lab.r4, "br"), (lab.web, "r6"), (lab.r6, "br")):
        gso_max_size(ns, dev, 180000, 180000)
    # Linux counts the Hop-by-Hop Header of BIG TCP as part of each segment, which gets none, when it forwards.
    lab.r6.ip("link set dev br mtu 1600")
    lab.br.ip("link set dev r6 mtu 1600")
    # As large as they may be from the start, however slow the machine is.
    for ns, route in ((lab.client, "default via 203.0.113.1"), (lab.web, "::/0 via 2001:db8:12:34::ffff")):
        ns.run("sysctl", "-qw", "net.ipv4.tcp_tso_rtt_log=20", "net.ipv4.tcp_rmem=4096 6000000 6000000",
               "net.ipv4.tcp_wmem=4096 6000000 6000000")
        ns.ip(f"route change {route} initcwnd 2000 initrwnd 4000")
    lab.keep(traffic.stream_server(lab.web, WEB6, 29))
    with Sizes(lab.br, "r4", TCP, arriving=True) as from4, Sizes(lab.br, "r6", TCP, arriving=True) as from6, \
            Sizes(lab.br, "r6", TCP) as to6, Sizes(lab.br, "r4", TCP) as to4:
        traffic.stream(lab.client, WEB4, 29, down=8 * MB)
        traffic.stream(lab.client, WEB4, 29, up=8 * MB)
    big4 = LINUX >= (6, 3)
    for sizes, what, big in ((from4, "IPv4", big4), (from6, "IPv6", True)):
        check(max(sizes.seen) > 65575 or not big, f"{what}: no BIG TCP: longest {max(sizes.seen)}")
    # What was too large to be one is segments; the rest is whole.
    for sizes, what, big in ((to6, "4->6", big4), (to4, "6->4", True)):
        check(max(sizes.seen) <= 65575, f"{what}: longest {max(sizes.seen)}")
        segments = [n for n in sizes.seen if 1400 < n <= 1500]
        check(len(segments) > 100 or not big, f"{what}: {len(segments)} segments")
        equal(len(sizes.ports), 3, f"{what}: ports of the server and of two streams")
    equal(lab.stats(lab.br).get("drop_bad_header", (0, 0)), (0, 0), "dropped")
    lab.check_csums()


def fraglists(lab):
    """What arrives at the Border Relay by itself is put together to lists of packets with headers of their own."""
    links = ((lab.r4, "br", lab.br, "r4"), (lab.r6, "br", lab.br, "r6"))
    for ns, dev, peer, behind in links:
        ns.run("ethtool", "-K", dev, "tso", "off", "tx-udp-segmentation", "off")
        peer.run("ethtool", "-K", behind, "gro", "on", "rx-gro-list", "on")


@case(Base, fresh=True)
def udp_fraglists_are_segmented(lab):
    """MT-12: "rx-gro-list" """
    fraglists(lab)
    for dev, before, after in datagrams(lab):
        check(max(before.seen) > LARGE, f"no fraglist towards {dev}: longest {max(before.seen)}")
        after.segmented(f"towards {dev}", DATAGRAM + 48)


@case(Base, fresh=True)
def tcp_through_fraglists(lab):
    """MT-12: the same of TCP, which are fraglists since Linux 6.10, and GRO's usual packets before"""
    fraglists(lab)
    with Sizes(lab.br, "r4", TCP, arriving=True) as from4, Sizes(lab.br, "r6", TCP, arriving=True) as from6, \
            Sizes(lab.br, "r6", TCP) as to6, Sizes(lab.br, "r4", TCP) as to4:
        traffic.stream(lab.client, WEB4, 9, up=8 * MB, down=8 * MB)
    from4.whole("from IPv4")
    from6.whole("from IPv6")
    if LINUX >= (6, 10):
        to6.segmented("4->6")
        to4.segmented("6->4")
    else:
        to6.whole("4->6")
        to4.whole("6->4")
    lab.check_csums()
