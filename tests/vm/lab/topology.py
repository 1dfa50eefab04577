# SPDX-License-Identifier: GPL-2.0
"""The networks that tests and demo use: namespaces joined by veth, offloads left on.

Base, the network of the demo. Each device is named after the neighbour behind it.

  client 203.0.113.50        IPv4 only
    |
  r4    203.0.113.1 / 198.51.100.253       IPv4 router
    |
  br    198.51.100.254 / 2001:db8:0:1::1   Border Relay, prefix 2001:db8:46::/96
    |
  r6    2001:db8:0:1::2                    IPv6 router
    |-- web   2001:db8:12:34::1   = 192.0.2.1       (a) IPv6 only
    |-- node  2001:db8:12:35::b   = 192.0.2.2       (b) node-based Edge Relay
    |-- er    2001:db8:12:c0::/124 = 192.0.2.16/28  (c) network-based Edge Relay
    |    '-- srv 192.0.2.18                             IPv4 only
    '-- web2  2001:db8:12:37::1   = 192.0.2.3       IPv6 only

Wire: a translator between two ends that are nothing but raw sockets.

  w4 ---- 198.51.100.254/30 br 2001:db8:0:1::1/64 ---- w6

  As a Border Relay the IPv4 Internet is at w4; as an Edge Relay the nodes behind it are.

Transit: a Border Relay behind another, with the same settings.

  client ---- br ==== br2 ---- web
"""
import contextlib
import itertools
import json
import os
import shutil
import socket
import sys
import time

from . import packet, traffic
from .genl import Genl, K, parse
from .netns import SLOW, Failure, Ns, run, wait_for

EAMCTL = "eamctl"  # see load_module()
PREFIX = "2001:db8:46::"
CLIENT4, CLIENT6 = "203.0.113.50", "2001:db8:46::cb00:7132"
POOL = "198.51.100.1"
BR4, BR6 = "198.51.100.254", "2001:db8:0:1::1"
WEB4, WEB6 = "192.0.2.1", "2001:db8:12:34::1"
NODE4, NODE6 = "192.0.2.2", "2001:db8:12:35::b"
WEB24, WEB26 = "192.0.2.3", "2001:db8:12:37::1"
SRV4, SRV6 = "192.0.2.18", "2001:db8:12:c0::2"
ERNET4, ERNET6 = "192.0.2.16/28", "2001:db8:12:c0::/124"
BR_EAM = [(WEB4, WEB6), (NODE4, NODE6), (WEB24, WEB26), (ERNET4, ERNET6)]
# Rows that nobody's packets are for
FILL = [(f"198.18.{i >> 8}.{i & 255}", f"2001:db8:f::{i:x}") for i in range(500)]

_numbers = itertools.count(1)


def mapped(v4, prefix=PREFIX):
    """v4 inside a /96 translation prefix (RFC 6052 2.2)"""
    return packet.text(packet.addr(prefix)[:12] + packet.addr(v4))


def toml(settings, eam=()):
    def value(v):
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, (list, tuple)):
            return "[" + ", ".join(value(x) for x in v) + "]"
        return str(v) if isinstance(v, int) else json.dumps(v)
    lines = [f"{k.replace('_', '-')} = {value(v)}" for k, v in settings.items()]
    for row in eam:
        lines.append("[[eam]]")
        lines += [f'{k} = "{v}"' for k, v in zip(("ipv4", "ipv6", "scope"), row)]
    return "\n".join(lines) + "\n"


class Lab:
    """Namespaces with unique names, and what runs in them; close() ends it all."""
    rp_filter = 0

    def __init__(self, plain_names=False):
        self.tag = "" if plain_names else f"t{os.getpid()}-{next(_numbers)}-"
        self.dir = f"/run/lab/{self.tag or 'demo'}"
        os.makedirs(self.dir, exist_ok=True)
        self.spaces = {}
        self.jobs = []
        self.daemons = []
        self.macs = {}

    def __getattr__(self, name):
        try:
            return self.__dict__["spaces"][name]
        except KeyError:
            raise AttributeError(name) from None

    def create(self, names, links, config, mtu=1500):
        """names: "host" or "host+" for a router; links: pairs of names; config: for each
        namespace the lines for "ip", when its links are up."""
        lines = [f"netns add {self.tag}{n.rstrip('+')}" for n in names]
        run("ip", "-batch", "-", input="\n".join(lines) + "\n")
        for n in names:
            ns = self.spaces[n.rstrip("+")] = Ns(self.tag + n.rstrip("+"))
            router = n.endswith("+")
            for key, value in (
                ("ipv4/conf/all/rp_filter", self.rp_filter),
                ("ipv4/conf/default/rp_filter", self.rp_filter),
                ("ipv4/ip_forward", int(router)),
                ("ipv6/conf/all/forwarding", int(router)),
                ("ipv6/conf/default/forwarding", int(router)),
                ("ipv6/conf/default/accept_dad", 0),
                ("ipv6/conf/all/accept_dad", 0),
                # Tests send errors faster than anybody's network.
                ("ipv4/icmp_ratelimit", 0),
                ("ipv6/icmp/ratelimit", 0),
                ("ipv4/ping_group_range", "0 0"),
            ):
                ns.sysctl(key, value)
        lines = [f"link add dev {b} netns {self.tag}{a} mtu {mtu} type veth "
                 f"peer name {a} netns {self.tag}{b} mtu {mtu}" for a, b in links]
        run("ip", "-batch", "-", input="\n".join(lines) + "\n")
        up = {name: ["link set dev lo up"] for name in self.spaces}
        for a, b in links:
            up[a].append(f"link set dev {b} up")
            up[b].append(f"link set dev {a} up")
        for name, ns in self.spaces.items():
            ns.ip(*up[name])
        for name, ns in self.spaces.items():
            if config.get(name):
                ns.ip(*config[name])

    @contextlib.contextmanager
    def narrow(self, a, b, mtu, *forget):
        """A link with a smaller MTU for a while. The hosts at its ends would announce an MSS
        that fits, and nobody would need path-MTU discovery: forget names hosts that are to
        announce what an Ethernet would."""
        routes = [(self.spaces[h], r) for h in forget for r in ("-4", "-6")]
        changed = []
        for ns, fam in routes:
            old = ns.run("ip", fam, "route", "show", "default").stdout.split("\n")[0].strip()
            if old and "siit" not in old:
                changed.append((ns, fam, old))
                ns.run("ip", fam, "route", "change", *old.split(), "advmss", 1460 if fam == "-4" else 1440)
        self.spaces[a].ip(f"link set dev {b} mtu {mtu}")
        self.spaces[b].ip(f"link set dev {a} mtu {mtu}")
        try:
            yield
        finally:
            self.spaces[a].ip(f"link set dev {b} mtu 1500")
            self.spaces[b].ip(f"link set dev {a} mtu 1500")
            for ns, fam, old in changed:
                ns.run("ip", fam, "route", "change", *old.split())
            for ns in self.spaces.values():
                ns.sysctl("ipv4/route/flush", 1)
                # IPv6's own flush keeps what has not expired.
                if ns.cached_routes6():
                    ns.run("ip", "-6", "route", "flush", "cache")

    # programs

    def keep(self, job):
        self.jobs.append(job)
        return job

    def daemon(self, ns, *argv):
        import subprocess
        with ns:
            p = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL,
                                 stdout=open(f"{self.dir}/daemons.log", "a"), stderr=subprocess.STDOUT)
        self.daemons.append(p)
        return p

    def nginx(self, ns, address, port=80, name=None):
        """A web server with one directory, which takes uploads; returns (directory, access log)."""
        root = f"{self.dir}/{name or f'nginx-{next(_numbers)}'}"
        os.makedirs(f"{root}/www", exist_ok=True)
        listen = f"[{address}]:{port} ipv6only=on" if ":" in address else f"{address}:{port}"
        with open(f"{root}/nginx.conf", "w") as f:
            f.write(f"""daemon off; master_process off; user root; pid {root}/pid; error_log {root}/error.log;
events {{}}
http {{
  log_format peer '$remote_addr "$request" $status $body_bytes_sent';
  access_log {root}/access.log peer;
  client_max_body_size 0; client_body_temp_path {root}/body; sendfile on;
  proxy_temp_path {root}/p; fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  server {{ listen {listen}; root {root}/www; dav_methods PUT; }}
}}
""")
        p = self.daemon(ns, "nginx", "-c", f"{root}/nginx.conf")

        def listening():
            if p.poll() is not None:
                with open(f"{root}/error.log") as f:
                    raise Failure(f"nginx in {ns.name}: {f.read()}")
            return tcp_listening(ns, port)
        wait_for(f"nginx in {ns.name}", listening)
        return f"{root}/www", f"{root}/access.log"

    # the product

    def eamctl(self, ns, *args, input=None, check=True, timeout=60):
        with ns:
            return run(EAMCTL, *args, input=input, check=check, timeout=timeout, where=ns.name)

    def apply(self, ns, settings, eam=(), check=True):
        return self.eamctl(ns, "apply", "-", input=toml(settings, eam), check=check)

    def table(self, rows):
        """A file of rows"""
        path = f"{self.dir}/table-{next(_numbers)}"
        with open(path, "w") as f:
            f.writelines(f"{a} {b}\n" for a, b in rows)
        return path

    def stats(self, ns):
        """Counter -> (IPv4 packets, IPv6 packets)"""
        with ns, Genl() as genl:
            answer = [dict(parse(a)) for kind, a in genl.ask("STATS_GET")[0] if kind == K["SIIT_A_STAT"]]
        name, packets = K["SIIT_STAT_A_NAME"], (K["SIIT_STAT_A_PACKETS46"], K["SIIT_STAT_A_PACKETS64"])
        return {a[name].rstrip(b"\0").decode(): tuple(int.from_bytes(a[k], sys.byteorder) for k in packets)
                for a in answer}

    @contextlib.contextmanager
    def watch(self, ns):
        """Gives a dictionary that holds, after the block, the counters that moved in it."""
        before, moved = self.stats(ns), {}
        yield moved
        for name, now in self.stats(ns).items():
            then = before.get(name, (0, 0))
            if now != then:
                moved[name] = (now[0] - then[0], now[1] - then[1])

    def check_csums(self):
        bad = {ns.name: e for ns in self.spaces.values() for e in [ns.csum_errors()] if e}
        if bad:
            raise Failure(f"packets with a wrong checksum were received: {bad}")

    def diagnose(self):
        """What helps to understand a failure."""
        out = []
        for name, ns in self.spaces.items():
            try:
                if ns.run("ip", "link", "show", "type", "siit_dc", check=False).stdout:
                    out.append(f"--- {name}\n" + ns.run(EAMCTL, "stats", check=False).stdout.rstrip())
            except (Failure, OSError):
                continue
        return "\n".join(out)

    def close(self):
        for job in self.jobs:
            job.stop()
        for p in self.daemons:
            p.kill()
            p.wait()
        self.jobs, self.daemons = [], []
        for ns in self.spaces.values():
            ns.close()
        names = "".join(f"netns del {ns.name}\n" for ns in self.spaces.values() if os.path.exists(ns.path))
        run("ip", "-force", "-batch", "-", input=names, check=False)
        self.spaces = {}
        shutil.rmtree(self.dir, ignore_errors=True)


def tcp_listening(ns, port):
    with ns:
        for name in ("tcp", "tcp6"):
            with open(f"/proc/thread-self/net/{name}") as f:
                for line in f:
                    field = line.split()
                    if field[3] == "0A" and field[1].endswith(f":{port:04X}"):
                        return True
    return False


class Base(Lab):
    """See the top of this file."""

    def __init__(self, mtu=1280, rp_filter=0, servers=True, plain_names=False, configure=True):
        super().__init__(plain_names)
        self.rp_filter = rp_filter
        self.lowest = mtu
        try:
            self._build(servers, configure)
        except BaseException:
            self.close()
            raise

    def _build(self, servers, configure):
        hosts = {host: [f"addr add 2001:db8:12:{net}::{address}/64 dev r6 nodad",
                        f"route add ::/0 via 2001:db8:12:{net}::ffff"]
                 for host, net, address in (("web", 34, 1), ("web2", 37, 1), ("node", 35, 2), ("er", 36, 2))}
        self.create(
            ["client", "r4+", "br+", "r6+", "web", "web2", "node", "er+", "srv"],
            [("client", "r4"), ("r4", "br"), ("br", "r6"), ("r6", "web"), ("r6", "web2"),
             ("r6", "node"), ("r6", "er"), ("er", "srv")],
            {
                "client": [f"addr add {CLIENT4}/24 dev r4", "route add default via 203.0.113.1"],
                "r4": ["addr add 203.0.113.1/24 dev client", "addr add 198.51.100.253/30 dev br",
                       f"route add default via {BR4}"],
                "br": [f"addr add {BR4}/30 dev r4", f"addr add {BR6}/64 dev r6 nodad",
                       "route add default via 198.51.100.253",
                       "route add 2001:db8:12::/48 via 2001:db8:0:1::2"],
                "r6": ["addr add 2001:db8:0:1::2/64 dev br nodad", f"route add ::/0 via {BR6}",
                       "addr add 2001:db8:12:34::ffff/64 dev web nodad",
                       "addr add 2001:db8:12:35::ffff/64 dev node nodad",
                       "addr add 2001:db8:12:36::ffff/64 dev er nodad",
                       "addr add 2001:db8:12:37::ffff/64 dev web2 nodad",
                       f"route add {ERNET6} via 2001:db8:12:36::2"],
                "web": hosts["web"],
                "web2": hosts["web2"],
                "node": hosts["node"] + [f"addr add {NODE6}/128 dev r6 nodad preferred_lft 0"],
                "er": hosts["er"] + ["addr add 192.0.2.17/28 dev srv"],
                "srv": [f"addr add {SRV4}/28 dev er", "route add default via 192.0.2.17"],
            })
        if configure:
            self.configure_br()
            self.configure_node()
            self.configure_er()
        if servers:
            self.start_servers()

    def configure_br(self, **more):
        settings = {"role": "br", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": self.lowest,
                    "pool4": ["192.0.2.0/24"], "icmp4_src": [POOL]}
        settings.update(more)
        self.apply(self.br, settings, BR_EAM)

    def configure_node(self, **more):
        """The service address is an ordinary address of the node (ER-04)."""
        settings = {"role": "er", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": self.lowest}
        settings.update(more)
        self.apply(self.node, settings, [(NODE4, NODE6)])
        self.node.ip(f"addr replace {NODE4}/32 dev siit0")

    def configure_er(self, **more):
        settings = {"role": "er", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": self.lowest}
        settings.update(more)
        self.apply(self.er, settings, [(ERNET4, ERNET6)])

    def start_servers(self):
        """Port 7: UDP echo; port 9: TCP streams (see traffic)."""
        for ns, address in ((self.web, "::"), (self.web2, "::"), (self.node, NODE4), (self.srv, "0.0.0.0"),
                            (self.client, "0.0.0.0")):
            self.keep(traffic.udp_server(ns, address, 7))
            self.keep(traffic.stream_server(ns, address, 9))


class Tap:
    """A raw end of a link."""

    def __init__(self, ns, dev, peer_mac):
        self.ns = ns
        self.mac = ns.mac(dev)
        self.peer = peer_mac
        with ns:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE
                                 if hasattr(socket, "SO_RCVBUFFORCE") else 33, 16 << 20)
            self.sock.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA
            self.sock.bind((dev, 3))
        self.sock.setblocking(False)

    def send(self, pkt):
        kind = b"\x08\x00" if pkt[0] >> 4 == 4 else b"\x86\xdd"
        self.sock.send(self.peer + self.mac + kind + pkt)

    def receive(self):
        """The next packet that came in, or None; neighbour discovery and MLD are not shown."""
        while True:
            try:
                frame, more, _, where = self.sock.recvmsg(70000, 100)
            except BlockingIOError:
                return None
            if where[2] == 4 or frame[12:14] not in (b"\x08\x00", b"\x86\xdd"):  # PACKET_OUTGOING
                continue
            try:
                status = int.from_bytes(more[0][2][:4], "little")
                p = packet.Packet(frame[14:], bool(status & 8))  # TP_STATUS_CSUMNOTREADY
            except Exception:
                raise Failure(f"received nonsense: {frame.hex()}") from None
            if p.family == 6 and (p.proto == 0 or p.icmp and (130 <= p.icmp[0] <= 137 or p.icmp[0] == 143)):
                continue
            return p

    def close(self):
        self.sock.close()


class Wire(Lab):
    """See the top of this file. What a packet causes is seen octet by octet, at both ends."""

    def __init__(self, role="br", configure=True):
        super().__init__()
        self.role = role
        try:
            self.create(["w4", "br+", "w6"], [("w4", "br"), ("br", "w6")], {})
            for w in (self.w4, self.w6):
                w.sysctl("ipv6/conf/all/disable_ipv6", 1)
            mac4, mac6 = (":".join(f"{b:02x}" for b in w.mac("br")) for w in (self.w4, self.w6))
            inside = "192.0.2.0/24" if role == "er" else "default"
            self.br.ip(f"addr add {BR4}/30 dev w4", f"neigh add 198.51.100.253 lladdr {mac4} dev w4",
                       f"route add {inside} via 198.51.100.253",
                       f"addr add {BR6}/64 dev w6 nodad", f"neigh add 2001:db8:0:1::2 lladdr {mac6} dev w6",
                       "route add ::/0 via 2001:db8:0:1::2")
            # The raw ends take what comes, whatever the translator's own MTU.
            self.w4.ip("link set dev br mtu 9000")
            self.w6.ip("link set dev br mtu 9000")
            for dev in ("w4", "w6"):
                self.br.sysctl(f"ipv6/conf/{dev}/router_solicitations", 0)
            self.tap4 = Tap(self.w4, "br", self.br.mac("w4"))
            self.tap6 = Tap(self.w6, "br", self.br.mac("w6"))
            self._sentinel = itertools.count(1)
            if configure:
                self.apply(self.br, *self.standard(role))
        except BaseException:
            self.close()
            raise

    @staticmethod
    def standard(role="br", **more):
        settings = {"role": role, "prefix": f"{PREFIX}/96"}
        if role == "br":
            settings.update(pool4=["192.0.2.0/24"], icmp4_src=[POOL])
        settings.update(more)
        return settings, [(WEB4, WEB6), ("192.0.2.2", "2001:db8:12:34::2"), ("192.0.2.32/28", "2001:db8:12:40::/124")]

    def exchange(self, *packets, timeout=10):
        """Sends packets, IPv4 on the IPv4 side and IPv6 on the IPv6 side, and gives all that
        comes out: (on the IPv4 side, on the IPv6 side). The end is known by pings to the
        translator itself, which follow the packets through the same queues."""
        for p in packets:
            (self.tap4 if p[0] >> 4 == 4 else self.tap6).send(p)
        out = ([], [])
        # Twice: what one side's packet causes on the other side is then in front of the ping.
        for _ in range(2):
            number = next(self._sentinel)
            self.tap4.send(packet.ip4("198.51.100.253", BR4, packet.ICMP,
                                      packet.echo("198.51.100.253", BR4, 0xFEED, number, b"")))
            self.tap6.send(packet.ip6("2001:db8:0:1::2", BR6, packet.ICMP6,
                                      packet.echo("2001:db8:0:1::2", BR6, 0xFEED, number, b"")))
            end = time.monotonic() + timeout * SLOW
            waiting = {4, 6}
            while waiting:
                for side, tap in ((4, self.tap4), (6, self.tap6)):
                    p = tap.receive()
                    while p:
                        if p.payload[4:8] == b"\xfe\xed" + number.to_bytes(2, "big") and p.icmp in ((0, 0), (129, 0)):
                            waiting.discard(side)
                        else:
                            out[side == 6].append(p)
                        p = tap.receive()
                if waiting and time.monotonic() > end:
                    raise Failure(f"the translator does not answer pings on side {waiting}")
                if waiting:
                    time.sleep(0.001)
        return out

    @contextlib.contextmanager
    def _for_a_while(self, command, otherwise, change):
        self.br.ip(command + change)
        try:
            yield
        finally:
            self.br.ip(command + otherwise)

    def narrow_br4(self, mtu):
        """The translator's IPv4 link is smaller for a while."""
        return self._for_a_while("link set dev w4", " mtu 1500", f" mtu {mtu}")

    def narrow_route4(self, mtu):
        """Its IPv4 route is; the link still takes any packet."""
        return self._for_a_while("route change default via 198.51.100.253", "", f" mtu lock {mtu}")

    def narrow_route6(self, mtu):
        """Its IPv6 route is; the link still takes any packet."""
        return self._for_a_while("route change ::/0 via 2001:db8:0:1::2", "", f" mtu lock {mtu}")

    def one(self, pkt, side):
        """Sends a packet that must cause exactly one, on the side given; checked and returned."""
        out4, out6 = self.exchange(pkt)
        got, other = (out4, out6) if side == 4 else (out6, out4)
        if len(got) != 1 or other:
            raise Failure(f"one packet expected on the IPv{side} side for\n  {packet.Packet(pkt)}\n"
                          f"got on the IPv4 side {[str(p) for p in out4]}, on the IPv6 side {[str(p) for p in out6]}")
        return got[0].check()

    def nothing(self, pkt):
        out4, out6 = self.exchange(pkt)
        if out4 or out6:
            raise Failure(f"nothing expected for\n  {packet.Packet(pkt)}\ngot {[str(p) for p in out4 + out6]}")

    def counted(self, want, *packets, errors=0, limited=0):
        """exchange() of packets whose exits from the datapath are known: want is {counter:
        (IPv4 packets, IPv6 packets)}, and no other counter moves (SE-15); and how many ICMP
        errors are sent, how many held back."""
        with self.watch(self.br) as moved:
            out = self.exchange(*packets)
        # exchange() itself pings twice on each side.
        a, b = moved.pop("left_not_ours", (0, 0))
        if (a, b) != (2, 2):
            moved["left_not_ours"] = (a - 2, b - 2)
        messages = tuple(sum(moved.pop(name, (0,))) for name in ("icmp_errors_sent", "icmp_errors_limited"))
        if (moved, messages) != (want, (errors, limited)):
            raise Failure(f"counters: got {moved}, errors sent and limited {messages}; "
                          f"want {want}, {(errors, limited)}\nsent {[str(packet.Packet(p)) for p in packets]}\n"
                          f"got {[str(p) for p in out[0] + out[1]]}")
        return out

    @contextlib.contextmanager
    def configured(self, settings, eam):
        """Another configuration for a while."""
        self.apply(self.br, settings, eam)
        try:
            yield
        finally:
            self.apply(self.br, *self.standard(self.role))

    def close(self):
        for tap in ("tap4", "tap6"):
            if tap in self.__dict__:
                self.__dict__[tap].close()
        super().close()


class Transit(Lab):
    """See the top of this file."""

    def __init__(self):
        super().__init__()
        try:
            self.create(
                ["client", "br+", "br2+", "web"], [("client", "br"), ("br", "br2"), ("br2", "web")],
                {
                    "client": [f"addr add {CLIENT4}/24 dev br", "route add default via 203.0.113.1"],
                    "br": ["addr add 203.0.113.1/24 dev client", "addr add 198.51.100.253/30 dev br2",
                           "addr add 2001:db8:0:1::1/64 dev br2 nodad",
                           "route add 2001:db8:12::/48 via 2001:db8:0:1::2"],
                    "br2": ["addr add 198.51.100.254/30 dev br", "route add default via 198.51.100.253",
                            "addr add 2001:db8:0:1::2/64 dev br nodad", "addr add 2001:db8:12:34::ffff/64 dev web nodad"],
                    "web": [f"addr add {WEB6}/64 dev br2 nodad", "route add ::/0 via 2001:db8:12:34::ffff"],
                })
            for br in (self.br, self.br2):
                self.apply(br, {"role": "br", "prefix": f"{PREFIX}/96", "pool4": ["192.0.2.0/24"]}, [(WEB4, WEB6)])
            self.keep(traffic.stream_server(self.web, "::", 9))
        except BaseException:
            self.close()
            raise
