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
  client 203.0.113.50           only IPv4: curl, ping, traceroute
    |
  r4                            IPv4 router
    |
  br                            {B}Border Relay{P}, prefix 2001:db8:46::/96
    |
  r6                            IPv6 router, only IPv6 from here on
    |-- web   2001:db8:12:34::1     (a) nginx, only IPv6                     = {B}192.0.2.1{P}
    |-- node  2001:db8:12:35::b     (b) {B}Edge Relay{P} on the node, AF_INET server = {B}192.0.2.2{P}
    '-- er    2001:db8:12:c0::/124  (c) {B}Edge Relay{P} for a network
          |
         srv                        nginx, only IPv4                         = {B}192.0.2.18{P}
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

    def step(self, text, fn, *args):
        """fn returns what is to be shown; anything it raises is a failed step."""
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
    return f"8 MiB fetched, sha256 {sums[0][:16]}... at both ends\n" \
           f"8 MiB sent,    sha256 {sums[2][:16]}... at both ends\n" + \
           "\n".join(f"server's log: {line}" for line in lines)


def pings(lab, address):
    p = lab.client.run("ping", "-n", "-c", "3", "-i", "0.2", "-W", "3", address)
    return "\n".join(line for line in p.stdout.splitlines() if "bytes from" in line or "received" in line)


def trace(lab, address, want):
    hops = traffic.traceroute(lab.client, address)
    if hops != want:
        raise Failure(f"hops {hops}, not {want}")
    return " -> ".join(hops)


def run_demo(show):
    """Leaves the network standing; returns it."""
    show.say(PICTURE.format(B=show.B, P=show.P))
    lab = Base(plain_names=True, servers=False)
    try:
        show_all(show, lab)
    except BaseException:
        lab.close()
        raise
    return lab


def show_all(show, lab):
    web = lab.nginx(lab.web, WEB6, name="web")
    srv = lab.nginx(lab.srv, SRV4, name="srv")
    inet = lab.nginx(lab.client, CLIENT4, name="client")
    node = f"{lab.dir}/node", f"{lab.dir}/node/access.log"
    os.makedirs(node[0])
    lab.keep(traffic.Job(lab.node, serve, *node, NODE4))
    wait_for("the server on node", lambda: tcp_listening(lab.node, 80), timeout=20)

    show.title("An IPv4-only client and the services of an IPv6-only network")
    show.step(f"(a) curl http://{WEB4}/: nginx that has only IPv6; it logs the client inside the prefix",
              transfer, lab, lab.client, f"http://{WEB4}", *web, CLIENT6)
    show.step(f"(b) curl http://{NODE4}/: a server that knows only AF_INET, on a node with an Edge Relay",
              transfer, lab, lab.client, f"http://{NODE4}", *node, CLIENT4)
    show.step(f"(c) curl http://{SRV4}/: nginx that has only IPv4, behind an Edge Relay",
              transfer, lab, lab.client, f"http://{SRV4}", *srv, CLIENT4)
    show.step(f"and outwards: srv asks http://{CLIENT4}/ in the IPv4 Internet",
              transfer, lab, lab.srv, f"http://{CLIENT4}", *inet, SRV4)

    show.title("ping and traceroute")
    for address in (WEB4, NODE4, SRV4):
        show.step(f"ping {address}", pings, lab, address)
    # IPv6 routers show as the address that the Border Relay lends them (RFC 6791).
    near = ["203.0.113.1", BR4]
    show.step(f"traceroute {WEB4}", trace, lab, WEB4, near + [POOL, WEB4])
    show.step(f"traceroute {SRV4}", trace, lab, SRV4, near + [POOL, POOL, SRV4])

    show.title("The Border Relay")
    for argv in (("eamctl", "show"), ("eamctl", "stats"), ("ip", "-s", "link", "show", "siit0")):
        show.step(" ".join(argv), lambda argv=argv: lab.br.run(*argv).stdout)
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
