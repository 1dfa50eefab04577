# SPDX-License-Identifier: GPL-2.0
"""The ways to place an Edge Relay (RFC 7756 section 3), each a small IPv6 network behind a
Border Relay. Each device is named after the neighbour behind it.

  client 203.0.113.50 ---- br ---- r6 ---- ...       translation prefix 2001:db8:46::/96

  Node       r6 ---- node                            3.1: the ER is the host of the service
  Segment    r6 ---- er ---- sw ---- srv, srv2       3.2, A.1 (one on-link prefix, DHCPv4)
  Unrouted   r6 ---- er ---- srv                     A.2 (private link, service address on srv)
  Stick      r6 ---- sw ---- er (one device or two), srv      3.2.1
  Bridge     r6 ---- er ---- srv                     3.2.2: er is a bridge with an address
  Pair       r6 ---- a, b, web                       5.1, 5.2: figures 5 and 6
"""
import contextlib
import os
import socket
import struct
import time

from . import packet, traffic
from .netns import Failure, wait_for
from .topology import CLIENT4, PREFIX, Lab, tcp_listening

SERVICE4, SERVICE6 = "192.0.2.26", "2001:db8:12:c0::26"
SECOND4, SECOND6 = "192.0.2.27", "2001:db8:12:c0::27"


class Capture:
    """What passes a device in either direction, from now on. It is read when it is asked for."""

    def __init__(self, ns, dev):
        with ns:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
            self.sock.bind((dev, 3))
        self.sock.setblocking(False)
        self.seen = []

    def frames(self):
        """(frame, whether it was sent from here)"""
        with contextlib.suppress(BlockingIOError):
            while True:
                frame, where = self.sock.recvfrom(70000)
                if where[3] == 0xFFFE:  # ARPHRD_NONE, the translator's: no link-layer header
                    frame = bytes(12) + where[1].to_bytes(2, "big") + frame
                self.seen.append((frame, where[2] == 4))  # PACKET_OUTGOING
        return self.seen

    def kinds(self, sent=None):
        """The EtherTypes"""
        return {int.from_bytes(f[12:14], "big") for f, out in self.frames() if sent is None or sent == out}

    def packets(self, sent=None):
        return [packet.Packet(f[14:]) for f, out in self.frames()
                if f[12:14] in (b"\x08\x00", b"\x86\xdd") and (sent is None or sent == out)]

    def flows(self, port):
        """The (source, destination) pairs of packets to a port"""
        return {(p.src, p.dst) for p in self.packets() if p.dport == port}

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.frames()
        self.close()


class Domain(Lab):
    """client, br, r6 and what a form adds."""

    def __init__(self, mtu=1500, rp_filter=0):
        super().__init__()
        self.rp_filter = rp_filter
        self.lowest = mtu
        try:
            self.build()
        except BaseException:
            self.close()
            raise

    def build(self):
        raise NotImplementedError

    def domain(self, names, links, config, eam):
        """eam: the rows of the Border Relay"""
        own = {
            "client": [f"addr add {CLIENT4}/24 dev br", "route add default via 203.0.113.1"],
            "br": ["addr add 203.0.113.1/24 dev client", "addr add 2001:db8:0:1::1/64 dev r6 nodad",
                   "route add 2001:db8::/32 via 2001:db8:0:1::2"],
            "r6": ["addr add 2001:db8:0:1::2/64 dev br nodad", "route add ::/0 via 2001:db8:0:1::1"],
        }
        for name, lines in config.items():
            own[name] = own.get(name, []) + lines
        self.create(["client", "br+", "r6+"] + names, [("client", "br"), ("br", "r6")] + links, own)
        self.apply(self.br, {"role": "br", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": self.lowest,
                             "pool4": ["192.0.2.0/24"], "icmp4_src": ["198.51.100.1"]}, eam)
        self.keep(traffic.udp_server(self.client, "0.0.0.0", 7))
        self.keep(traffic.stream_server(self.client, "0.0.0.0", 9))

    def relay(self, ns, eam, **more):
        """The configuration file of an Edge Relay, and nothing else."""
        settings = {"role": "er", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": self.lowest}
        settings.update(more)
        return self.apply(ns, settings, eam)

    def serve(self, ns, address="0.0.0.0"):
        """Programs that know nothing but IPv4"""
        self.keep(traffic.udp_server(ns, address, 7))
        self.keep(traffic.stream_server(ns, address, 9))

    def both_ways(self, ns, address, mb=2):
        """TCP and UDP from the IPv4 Internet to the service and back; both see real addresses."""
        size = mb << 20
        peer = traffic.stream(self.client, address, 9, up=size, down=size, timeout=30)
        if peer != CLIENT4:
            raise Failure(f"the service saw {peer}, not {CLIENT4}")
        peer = traffic.stream(ns, CLIENT4, 9, up=size, down=size, timeout=30)
        if peer != address:
            raise Failure(f"the client saw {peer}, not {address}")
        for length in (1, 1400, 4000):
            data = traffic.pattern(length, 0, length)
            if traffic.udp_ask(self.client, address, 7, data) != data:
                raise Failure(f"{length} octets of UDP came back changed")
        traffic.ping(self.client, address, 1000)
        self.check_csums()

    def switch(self, name):
        """All devices of a namespace are ports of one bridge."""
        ns = self.spaces[name]
        ns.sysctl("ipv6/conf/all/disable_ipv6", 1)
        lines = ns.run("ip", "-o", "link", "show", "type", "veth").stdout.splitlines()
        ports = [line.split()[1].split("@")[0].rstrip(":") for line in lines]
        ns.ip("link add sw0 type bridge mcast_snooping 0", *[f"link set dev {p} master sw0" for p in ports],
              "link set dev sw0 up")


class Node(Domain):
    SERVICE4, SERVICE6 = "192.0.2.2", "2001:db8:12:35::b"
    OWN6 = "2001:db8:12:35::2"

    def build(self):
        self.domain(["node"], [("r6", "node")], {
            "r6": ["addr add 2001:db8:12:35::ffff/64 dev node nodad"],
            "node": [f"addr add {self.OWN6}/64 dev r6 nodad", "route add ::/0 via 2001:db8:12:35::ffff"],
        }, [(self.SERVICE4, self.SERVICE6)])
        self.relay(self.node, [(self.SERVICE4, self.SERVICE6)], node=True, proxy_nd=["r6"])


class Segment(Domain):
    """The Edge Relay is the IPv4 router of a segment; appendix A.1: service addresses in one on-link
    prefix, of which it has one itself."""
    OWN4 = "192.0.2.25"

    def build(self):
        eam = [(SERVICE4, SERVICE6), (SECOND4, SECOND6)]
        self.domain(["er+", "sw", "srv", "srv2", "web"],
                    [("r6", "er"), ("r6", "web"), ("er", "sw"), ("sw", "srv"), ("sw", "srv2")], {
            "r6": ["addr add 2001:db8:12:36::ffff/64 dev er nodad", "addr add 2001:db8:12:34::ffff/64 dev web nodad",
                   "route add 2001:db8:12:c0::/64 via 2001:db8:12:36::2"],
            "er": ["addr add 2001:db8:12:36::2/64 dev r6 nodad", "route add ::/0 via 2001:db8:12:36::ffff",
                   f"addr add {self.OWN4}/29 dev sw"],
            "web": ["addr add 2001:db8:12:34::28/64 dev r6 nodad", "route add ::/0 via 2001:db8:12:34::ffff"],
        }, [*eam, ("192.0.2.28", "2001:db8:12:34::28")])
        self.switch("sw")
        self.relay(self.er, eam)


class Unrouted(Domain):
    """Appendix A.2"""

    def build(self):
        eam = [(SERVICE4, SERVICE6)]
        self.domain(["er+", "srv"], [("r6", "er"), ("er", "srv")], {
            "r6": ["addr add 2001:db8:12:36::ffff/64 dev er nodad", f"route add {SERVICE6} via 2001:db8:12:36::2"],
            "er": ["addr add 2001:db8:12:36::2/64 dev r6 nodad", "route add ::/0 via 2001:db8:12:36::ffff",
                   "addr add 10.0.0.1/30 dev srv", f"route add {SERVICE4} via 10.0.0.2"],
            "srv": ["addr add 10.0.0.2/30 dev er", f"addr add {SERVICE4}/32 dev er",
                    f"route add default via 10.0.0.1 src {SERVICE4}"],
        }, eam)
        self.relay(self.er, eam)


class Stick(Domain):
    """er has one device on the segment (two=False), or one for each family."""

    def __init__(self, two=False, **more):
        self.two = two
        super().__init__(**more)

    def build(self):
        four = "sw4" if self.two else "sw"
        eam = [(SERVICE4, SERVICE6)]
        links = [("r6", "sw"), ("sw", "er"), ("sw", "srv")]
        self.domain(["sw", "er+", "srv"], links, {
            "r6": ["addr add 2001:db8:12:c0::ffff/64 dev sw nodad"],
            "er": ["addr add 2001:db8:12:c0::2/64 dev sw nodad", "route add ::/0 via 2001:db8:12:c0::ffff"],
            "srv": [f"addr add {SERVICE4}/29 dev sw", "route add default via 192.0.2.25",
                    "addr add 2001:db8:12:c0::99/64 dev sw nodad", "route add ::/0 via 2001:db8:12:c0::ffff"],
        }, eam)
        if self.two:
            self.sw.ip(f"link add er4 type veth peer name sw4 netns {self.er.name}", "link set dev er4 up")
            self.er.ip("link set dev sw4 up")
            # Either device hears ARP for the address of the other.
            self.er.sysctl("ipv4/conf/all/arp_ignore", 1)
        self.er.ip(f"addr add 192.0.2.25/29 dev {four}")
        self.switch("sw")
        self.relay(self.er, eam, proxy_nd=["sw"])


class Bridge(Domain):
    """er bridges r6 and srv; IPv4 of srv ends at er."""

    def build(self):
        eam = [(SERVICE4, SERVICE6)]
        self.domain(["er+", "srv"], [("r6", "er"), ("er", "srv")], {
            "r6": ["addr add 2001:db8:12:c0::ffff/64 dev er nodad"],
            "er": ["link add br0 type bridge", "link set dev r6 master br0", "link set dev srv master br0",
                   "link set dev br0 up", "addr add 2001:db8:12:c0::2/64 dev br0 nodad",
                   "route add ::/0 via 2001:db8:12:c0::ffff", "addr add 192.0.2.25/29 dev br0"],
            "srv": [f"addr add {SERVICE4}/29 dev er", "route add default via 192.0.2.25"],
        }, eam)
        self.relay(self.er, eam, proxy_nd=["br0"], bridge_upstream=["r6"])


class Pair(Domain):
    """Services 192.0.2.1 behind Edge Relay a, 192.0.2.2 behind b, and 192.0.2.3, an IPv6 host."""
    A4, A6, B4, B6 = "192.0.2.1", "2001:db8:a::", "192.0.2.2", "2001:db8:b::"
    WEB4, WEB6 = "192.0.2.3", "2001:db8:c::3"

    def build(self):
        hosts = {name: [f"addr add 2001:db8:{net}:1::2/64 dev r6 nodad", f"route add ::/0 via 2001:db8:{net}:1::1"]
                 for name, net in (("a", "a"), ("b", "b"))}
        self.domain(["a", "b", "web"], [("r6", "a"), ("r6", "b"), ("r6", "web")], {
            "r6": ["addr add 2001:db8:a:1::1/64 dev a nodad", "addr add 2001:db8:b:1::1/64 dev b nodad",
                   "addr add 2001:db8:c::1/64 dev web nodad",
                   f"route add {self.A6} via 2001:db8:a:1::2", f"route add {self.B6} via 2001:db8:b:1::2"],
            "web": [f"addr add {self.WEB6}/64 dev r6 nodad", "route add ::/0 via 2001:db8:c::1"],
            **hosts,
        }, [(self.A4, self.A6), (self.B4, self.B6), (self.WEB4, self.WEB6)])
        self.through_the_br()
        for ns, address in ((self.a, "0.0.0.0"), (self.b, "0.0.0.0"), (self.web, "::")):
            self.serve(ns, address)

    def through_the_br(self, a4=None, b4=None):
        """Each relay knows its own service only (5.1)."""
        self.relay(self.a, [(a4 or self.A4, self.A6)], node=True)
        self.relay(self.b, [(b4 or self.B4, self.B6)], node=True)

    def directly(self, a4=None, b4=None):
        """Each relay knows the other's service too (5.2)."""
        a, b = (a4 or self.A4, self.A6), (b4 or self.B4, self.B6)
        web = (self.WEB4, self.WEB6, "remote")
        self.relay(self.a, [a, (*b, "remote"), web], node=True)
        self.relay(self.b, [b, (*a, "remote"), web], node=True)


def solicitation(source, source_mac, target, unicast_mac=None, dest=None):
    """A frame with a neighbour solicitation; multicast unless told the MAC and address to ask. From
    :: it is one of duplicate-address detection."""
    group = packet.text(packet.addr("ff02::1:ff00:0")[:13] + packet.addr(target)[13:])
    dest = dest or group
    options = b"" if source == "::" else b"\1\1" + source_mac
    body = packet.icmp6(source, dest, 135, 0, b"\0\0\0\0", packet.addr(target) + options)
    mac = unicast_mac or b"\x33\x33" + packet.addr(group)[12:]
    return mac + source_mac + b"\x86\xdd" + packet.ip6(source, dest, packet.ICMP6, body, hl=255)


class Neighbour:
    """Asks for link-layer addresses on a device as any neighbour would, by raw frames."""

    def __init__(self, ns, dev, address):
        self.mac, self.address = ns.mac(dev), address
        self.capture = Capture(ns, dev)

    def ask(self, target, wait=2.0, **how):
        """The advertisement for it as (frame, ICMPv6 part), or None"""
        self.capture.frames()
        old = len(self.capture.seen)
        how.setdefault("source", self.address)
        self.capture.sock.send(solicitation(source_mac=self.mac, target=target, **how))

        def answer():
            for frame, sent in self.capture.frames()[old:]:
                if not sent and frame[12:14] == b"\x86\xdd":
                    p = packet.Packet(frame[14:])
                    if p.icmp == (136, 0) and p.payload[8:24] == packet.addr(target):
                        return frame, p
            return None
        end = time.monotonic() + wait
        while time.monotonic() < end:
            if found := answer():
                return found
            time.sleep(0.02)
        return None

    def close(self):
        self.capture.close()


def advertise(ns, dev, prefix):
    """One router advertisement: a /64 for SLAAC, and a default route."""
    with ns:
        s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    with s:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        with ns:
            index = socket.if_nametoindex(dev)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
        body += struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 86400, 14400, 0, packet.addr(prefix))
        body += b"\1\1" + ns.mac(dev)
        s.sendto(body, ("ff02::1", 0, 0, index))


def has_address(ns, dev, start):
    """The address that begins so, once it is there and no longer tentative"""
    def there():
        for line in ns.run("ip", "-6", "-o", "address", "show", "dev", dev).stdout.splitlines():
            address = line.split()[3].split("/")[0]
            if address.startswith(start) and "tentative" not in line:
                return address
        return None
    return wait_for(f"an address {start}... on {dev} of {ns.name}", there)


def ftp_server(lab, ns, address):
    """vsftpd that listens on IPv4 only; gives its directory, which takes uploads into "in"."""
    root = f"{lab.dir}/ftp-{ns.name}"
    os.makedirs(f"{root}/pub/in")
    os.makedirs(f"{root}/empty")
    os.chmod(f"{root}/pub/in", 0o777)
    with open(f"{root}/conf", "w") as f:
        f.write(f"""listen=YES
listen_ipv6=NO
listen_address={address}
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={root}/pub
anon_upload_enable=YES
anon_umask=022
write_enable=YES
local_enable=NO
ftp_username=daemon
nopriv_user=nobody
secure_chroot_dir={root}/empty
connect_from_port_20=YES
port_enable=YES
pasv_enable=YES
seccomp_sandbox=NO
xferlog_enable=NO
""")
    p = lab.daemon(ns, "vsftpd", f"{root}/conf")
    wait_for(f"vsftpd in {ns.name}", lambda: tcp_listening(ns, 21) if p.poll() is None else None)
    return f"{root}/pub"
