# SPDX-License-Identifier: GPL-2.0
"""The product at work, inside the VM (scripts/demo boots it): real programs across Border
Relay and Edge Relays, in the network that lab/topology.py draws."""
import hashlib
import http.server
import os
import socket
import socketserver
import subprocess
import sys
import tempfile

from lab import cases, traffic
from lab.netns import Failure, run, wait_for
from lab.topology import (BR4, CLIENT4, CLIENT6, NODE4, POOL, SRV4, WEB4, WEB6, Base, tcp_listening)

PICTURE = """\
  client      203.0.113.50           has only IPv4
    |
  r4                                 IPv4 Internet
    |
  {B}br{P}          {B}Border Relay{P}           translation prefix 2001:db8:46::/96
    |
  r6                                 data centre: from here on only IPv6
    |
    |-- web   2001:db8:12:34::1      (a) has only IPv6               {B}192.0.2.1{P}
    |-- {B}node{P}  2001:db8:12:35::b      (b) {B}Edge Relay{P} on the node       {B}192.0.2.2{P}
    '-- {B}er{P}    2001:db8:12:c0::/124   (c) {B}Edge Relay{P} for a network     {B}192.0.2.16/28{P}
         |
        srv                              has only IPv4               {B}192.0.2.18{P}
"""
BR_CONF = """\
role = "br"
prefix = "2001:db8:46::/96"
pool4 = ["192.0.2.0/24"]
icmp4-src = ["198.51.100.1"]
eam-files = ["eam.txt"]
"""
BR_ROWS = """\
192.0.2.1       2001:db8:12:34::1
192.0.2.2       2001:db8:12:35::b
192.0.2.16/28   2001:db8:12:c0::/124
"""
NODE_CONF = """\
role = "er"
prefix = "2001:db8:46::/96"
[[eam]]
ipv4 = "192.0.2.2"
ipv6 = "2001:db8:12:35::b"
"""
ER_CONF = """\
role = "er"
prefix = "2001:db8:46::/96"
[[eam]]
ipv4 = "192.0.2.16/28"
ipv6 = "2001:db8:12:c0::/124"
"""
MB = 1 << 20


class Show:
    def __init__(self, colour, out=sys.stdout):
        self.out, self.failed = out, 0
        c = (lambda code: f"\033[{code}m") if colour else (lambda code: "")
        self.B, self.P, self.ok, self.bad, self.head, self.dim = c("1"), c("0"), c("32"), c("1;31"), c("1;36"), c("2")

    def say(self, text=""):
        print(text, file=self.out, flush=True)

    def title(self, text):
        self.say(f"\n{self.head}== {text}{self.P}")

    def quote(self, text):
        for line in text.rstrip().splitlines():
            self.say(f"     {self.dim}{line}{self.P}")

    def step(self, host, command, note, fn, *args):
        """fn returns what is to be shown; anything it raises is a failed step."""
        text = f"{self.B}{host}${self.P} {command}" + (f"   {self.dim}# {note}{self.P}" if note else "")
        try:
            shown = fn(*args)
        except (Failure, OSError, AssertionError) as e:
            self.failed += 1
            self.say(f"{self.bad}FAIL{self.P} {text}")
            self.quote(str(e))
            return
        self.say(f"{self.ok}ok{self.P}   {text}")
        if shown:
            self.quote(shown)


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


class Files(http.server.BaseHTTPRequestHandler):
    """Fetches and takes files; notes who asked as the socket tells it."""
    root = log = ""

    def do_GET(self):
        with open(f"{self.root}/{os.path.basename(self.path)}", "rb") as f:
            body = f.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        left = int(self.headers["Content-Length"])
        with open(f"{self.root}/{os.path.basename(self.path)}", "wb") as f:
            while left:
                part = self.rfile.read(min(left, MB))
                f.write(part)
                left -= len(part)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, form, *args):
        with open(self.log, "a") as f:
            f.write(f'{self.connection.getpeername()[0]} {form % args}\n')


def serve(root, log, address):
    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET
        # Its own version asks for the name of the host; nobody here knows names.
        server_bind = socketserver.TCPServer.server_bind
    Files.root, Files.log = root, log
    Server((address, 80), Files).serve_forever()


def transfer(lab, ns, url, www, log, peer):
    """Fetches www/file and sends one, compares both; shows sums and the server's log."""
    got, sent = f"{lab.dir}/got", f"{lab.dir}/to-send"
    for path in (f"{www}/file", sent):
        with open(path, "wb") as f:
            f.write(os.urandom(8 * MB))
    ns.run("curl", "-sSf", "-m", "60", "-o", got, f"{url}/file")
    ns.run("curl", "-sSf", "-m", "60", "-T", sent, f"{url}/sent")
    sums = [sha256(p) for p in (f"{www}/file", got, sent, f"{www}/sent")]
    if sums[0] != sums[1] or sums[2] != sums[3]:
        raise Failure(f"checksums differ: {sums}")
    with open(log) as f:
        lines = f.read().splitlines()[-2:]
    if not lines or not all(line.startswith(peer + " ") for line in lines):
        raise Failure(f"the server did not see {peer}: {lines}")
    return f"8 MiB fetched, 8 MiB sent, the same SHA-256 at both ends\n" \
           f"the server's log: {lines[0]}"


def pings(lab, address):
    p = lab.client.run("ping", "-n", "-c", "3", "-i", "0.2", "-W", "3", address)
    lines = [line for line in p.stdout.splitlines() if "bytes from" in line or "received" in line]
    return f"{lines[0]}\n{lines[-1]}"


def trace(lab, address, want):
    p = lab.client.run("traceroute", "-n", "-q", "1", "-w", "2", address)
    lines = p.stdout.splitlines()[1:]
    hops = [line.split()[1] for line in lines]
    if hops != want:
        raise Failure(f"hops {hops}, not {want}")
    return "\n".join(lines)


def configure(lab, ns, conf, rows=""):
    """What eamctl is given, and what it says."""
    path = f"{lab.dir}/{ns.name}"
    os.makedirs(path)
    for name, text in (("siit-dc.conf", conf), ("eam.txt", rows)):
        if text:
            with open(f"{path}/{name}", "w") as f:
                f.write(text)
    shown = conf + ("".join(f"eam.txt: {line}\n" for line in rows.splitlines()))
    return shown + ns.run("eamctl", "apply", f"{path}/siit-dc.conf").stdout


def service_address(lab):
    lab.node.run("ip", "addr", "add", f"{NODE4}/32", "dev", "siit0")


def run_demo(show):
    """Leaves the network standing; returns it."""
    show.say(PICTURE.format(B=show.B, P=show.P))
    lab = Base(plain_names=True, servers=False, configure=False)
    try:
        show_all(show, lab)
    except BaseException:
        lab.close()
        raise
    return lab


def show_all(show, lab):
    show.title("One file makes a relay: settings, and the table of service addresses")
    show.step("br", "eamctl apply siit-dc.conf", "", configure, lab, lab.br, BR_CONF, BR_ROWS)
    show.step("node", "eamctl apply siit-dc.conf", "", configure, lab, lab.node, NODE_CONF)
    show.step("node", f"ip addr add {NODE4}/32 dev siit0", "an ordinary local address", service_address, lab)
    show.step("er", "eamctl apply siit-dc.conf", "", configure, lab, lab.er, ER_CONF)

    web = lab.nginx(lab.web, WEB6, name="web")
    srv = lab.nginx(lab.srv, SRV4, name="srv")
    inet = lab.nginx(lab.client, CLIENT4, name="client")
    node = f"{lab.dir}/www", f"{lab.dir}/www/access.log"
    os.makedirs(node[0])
    lab.keep(traffic.Job(lab.node, serve, *node, NODE4))
    wait_for("the server on node", lambda: tcp_listening(lab.node, 80), timeout=20)

    show.title("The client uses services of the IPv6-only network")
    show.step("client", f"curl http://{WEB4}/", "(a) nginx; it sees the client's address inside the prefix",
              transfer, lab, lab.client, f"http://{WEB4}", *web, CLIENT6)
    show.step("client", f"curl http://{NODE4}/", "(b) a server that knows only AF_INET",
              transfer, lab, lab.client, f"http://{NODE4}", *node, CLIENT4)
    show.step("client", f"curl http://{SRV4}/", "(c) nginx on a machine that has only IPv4",
              transfer, lab, lab.client, f"http://{SRV4}", *srv, CLIENT4)
    show.step("srv", f"curl http://{CLIENT4}/", "and the other way round",
              transfer, lab, lab.srv, f"http://{CLIENT4}", *inet, SRV4)
    for address in (WEB4, NODE4, SRV4):
        show.step("client", f"ping {address}", "", pings, lab, address)
    # IPv6 routers show as the address that the Border Relay lends them.
    near = ["203.0.113.1", BR4]
    show.step("client", f"traceroute {WEB4}", f"{POOL} stands for IPv6 routers (RFC 6791)",
              trace, lab, WEB4, near + [POOL, WEB4])
    show.step("client", f"traceroute {SRV4}", "", trace, lab, SRV4, near + [POOL, POOL, SRV4])

    show.title("What the operator of the Border Relay sees")
    for argv in (("eamctl", "explain", CLIENT4, WEB4), ("eamctl", "show"), ("eamctl", "stats"),
                 ("ip", "-s", "link", "show", "siit0")):
        show.step("br", " ".join(argv), "", lambda argv=argv: lab.br.run(*argv).stdout)
    lab.check_csums()


SHELL = """\
PS1='\\[\\033[1;36m\\]siit-dc \\$\\[\\033[0m\\] '
for n in client r4 br r6 web web2 node er srv; do alias $n="ip netns exec $n"; done
unset n
"""


def main(argv):
    show = Show(os.environ.get("SIIT_COLOUR") == "1")
    cases.load_module()
    try:
        lab = run_demo(show)
    except Failure as e:
        show.say(f"{show.bad}FAIL{show.P} {e}")
        return 1
    if show.failed:
        show.say(f"\n{show.bad}{show.failed} steps failed{show.P}")
    else:
        show.say(f"\n{show.ok}Every step worked{show.P}, on Linux {os.uname().release}.")
    if "--shell" in argv:
        show.say("\nThe network is yours. A namespace's name runs a command in it:\n"
                 f"  client curl -s http://{WEB4}/file | wc -c\n  br eamctl explain {CLIENT4} {WEB4}\n"
                 "  br eamctl set hairpin off\n  r6 tcpdump -ni br\n  er bash\nLeave with exit.")
        with tempfile.NamedTemporaryFile("w", suffix=".rc") as rc:
            rc.write(SHELL)
            rc.flush()
            subprocess.call(["bash", "--rcfile", rc.name, "-i"])
    lab.close()
    run("rmmod", "siit_dc", check=False)
    return 1 if show.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
