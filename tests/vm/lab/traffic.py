# SPDX-License-Identifier: GPL-2.0
"""Programs that send and receive: child processes of the test, each in a namespace."""
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time
import traceback

from .netns import SLOW, Failure, Ns, run

# Where a kernel that checks all it does is emulated, too, a part of it says as much.
MB = (1 << 20) // (4 if SLOW > 5 else 1)
# Octets of what is certainly more than one segment: a slow sender hands over two at a time.
LARGE = 1500 if SLOW > 5 else 3000


class Job:
    """A function in a child process; its return value comes back as JSON. Children that it
    has itself end with it."""

    def __init__(self, ns, fn, *args):
        self.ns = ns
        self.name = fn.__name__
        r, w = os.pipe()
        sys.stdout.flush()
        with ns:
            self.pid = os.fork()
            if self.pid == 0:
                os.close(r)
                os.setpgid(0, 0)
                self._child(w, fn, *args)
        os.setpgid(self.pid, self.pid)  # whoever is first
        os.close(w)
        self.pipe = r

    @staticmethod
    def _child(pipe, fn, *args):
        code = 1
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            # Nothing of it may keep a namespace alive but the one that it is in.
            Ns.forget_all()
            answer = {"value": fn(*args)}
            code = 0
        except BaseException as e:  # the parent is told, whatever it was
            answer = {"error": f"{type(e).__name__}: {e}\n{traceback.format_exc(limit=-3)}"}
        try:
            with os.fdopen(pipe, "w") as f:
                json.dump(answer, f)
        finally:
            os._exit(code)

    def result(self, timeout=60):
        """Waits for the end and gives what the function returned."""
        data = b""
        end = time.monotonic() + timeout * SLOW
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.pipe], [], [], left)[0]:
                self.stop()
                raise Failure(f"{self.name} in {self.ns.name}: no end after {timeout} s")
            part = os.read(self.pipe, 65536)
            if not part:
                break
            data += part
        self.stop()
        if not data:
            raise Failure(f"{self.name} in {self.ns.name} died")
        answer = json.loads(data)
        if "error" in answer:
            raise Failure(f"{self.name} in {self.ns.name}: {answer['error']}")
        return answer["value"]

    def stop(self):
        if self.pid:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)
            self.pid = 0
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listener(address, port, kind=socket.SOCK_STREAM):
    s = socket.socket(family(address), kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if s.family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind((address, port))
    if kind == socket.SOCK_STREAM:
        s.listen(64)
    return s


# A block whose length shares no factor with any segment or buffer size: octets that are
# lost, doubled or moved show, wherever they are.
_BLOCK = 1000003
_blocks = {}


def pattern(seed, offset, length):
    block = _blocks.get(seed)
    if block is None:
        block = random.Random(seed).randbytes(_BLOCK)
        block = _blocks[seed] = block + block[:262144]
    start = offset % _BLOCK
    return block[start:start + min(length, 262144)]


def send_pattern(sock, seed, total):
    sent = 0
    while sent < total:
        sent += sock.send(pattern(seed, sent, total - sent))


def recv_pattern(sock, seed, total):
    got = 0
    while got < total:
        data = sock.recv(min(262144, total - got))
        if not data:
            raise Failure(f"stream ended at {got} of {total}")
        if data != pattern(seed, got, len(data)):
            raise Failure(f"stream corrupt between octets {got} and {got + len(data)}")
        got += len(data)


def _stream_serve(sock):
    """Per connection: a head says how much comes and how much is wanted; the peer's
    address goes back first."""
    while True:
        conn, peer = sock.accept()
        if os.fork():
            conn.close()
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            continue
        try:
            sock.close()
            head = b""
            while len(head) < 24:
                part = conn.recv(24 - len(head))
                if not part:
                    os._exit(0)
                head += part
            seed, up, down = struct.unpack("!QQQ", head)
            conn.sendall(peer[0].encode().ljust(64))
            recv_pattern(conn, seed, up)
            conn.sendall(b"ok")
            send_pattern(conn, seed + 1, down)
            conn.shutdown(socket.SHUT_WR)
            conn.recv(1)
        except BaseException as e:
            try:
                conn.sendall(b"no " + str(e).encode())
            except OSError:
                pass
        os._exit(0)


def _exactly(sock, n):
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        if not part:
            raise Failure(f"connection closed after {len(data)} of {n} octets")
        data += part
    return data


def stream(ns, address, port, up=0, down=0, source=None, seed=1, timeout=60, mss=None):
    """A TCP connection that carries "up" octets there and "down" octets back, compared at
    both ends. Returns the address that the server saw."""
    with ns:
        s = socket.socket(family(address), socket.SOCK_STREAM)
    with s:
        s.settimeout(timeout * SLOW)
        if mss:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
        if source:
            s.bind((source, 0))
        try:
            s.connect((address, port))
            s.sendall(struct.pack("!QQQ", seed, up, down))
            peer = _exactly(s, 64).decode().strip()
            send_pattern(s, seed, up)
            answer = _exactly(s, 2)
            if answer != b"ok":
                raise Failure(f"server: {(answer + s.recv(200)).decode(errors='replace')}")
            recv_pattern(s, seed + 1, down)
        except OSError as e:
            raise Failure(f"TCP {ns.name} > {address} port {port}: {e}") from None
    return peer


def _udp_serve(sock, tag):
    """Sends back what it gets, from the address it was sent to, behind its tag."""
    while True:
        data, peer = sock.recvfrom(65535)
        sock.sendto(tag + data, peer)


class Here:
    """The namespace in which the process is already."""
    name = "here"

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


def endless(address, seconds, forgiving=False):
    """Streams one after the other; how many ended well. Forgiving: until killed, whatever happens."""
    end = time.monotonic() + seconds
    done = 0
    me = Here()
    while time.monotonic() < end:
        try:
            stream(me, address, 9, up=MB, down=MB, timeout=3 if forgiving else 20)
            done += 1
        except Failure:
            if not forgiving:
                raise
    return done


def stream_server(ns, address, port):
    with ns:
        s = listener(address, port)
    job = Job(ns, _stream_serve, s)
    s.close()
    return job


def udp_server(ns, address, port, tag=b""):
    with ns:
        s = listener(address, port, socket.SOCK_DGRAM)
        # What comes and goes may be larger than any path: let it be fragmented.
        if s.family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, 23, 0)  # IPV6_MTU_DISCOVER: PMTUDISC_DONT
        else:
            s.setsockopt(socket.IPPROTO_IP, 10, 0)
    job = Job(ns, _udp_serve, s, tag)
    s.close()
    return job


def udp_ask(ns, address, port, data, source=None, timeout=5, tries=3, df=False):
    """Sends a datagram until an answer comes from the address asked; returns the answer."""
    with ns:
        s = socket.socket(family(address), socket.SOCK_DGRAM)
    with s:
        if s.family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, 23, 2 if df else 0)
        else:
            s.setsockopt(socket.IPPROTO_IP, 10, 2 if df else 0)
        s.settimeout(timeout * SLOW / tries)
        if source:
            s.bind((source, 0))
        s.connect((address, port))
        for _ in range(tries):
            try:
                s.send(data)
                return s.recv(65535)
            except socket.timeout:
                continue
            except OSError as e:
                raise Failure(f"UDP {ns.name} > {address} port {port}: {e}") from None
    raise Failure(f"UDP {ns.name} > {address} port {port}, {len(data)} octets: no answer")


def udp_refused(ns, address, port=1):
    """Nobody listens there: the program that sends is told (port unreachable)."""
    try:
        udp_ask(ns, address, port, b"anybody?", tries=2, timeout=2)
    except Failure as e:
        if "refused" not in str(e):
            raise Failure(f"port unreachable did not arrive: {e}") from None
    else:
        raise Failure(f"UDP {ns.name} > {address}: an answer from a closed port")


def ping(ns, address, size=56, count=1, df=None, timeout=3, ttl=None, check=True):
    argv = ["ping", "-n", "-q", "-c", count, "-i", "0.2", "-W", timeout, "-s", size]
    if df is not None:
        argv += ["-M", "do" if df else "dont"]
    if ttl:
        argv += ["-t", ttl]
    with ns:
        p = run(*argv, address, check=False, where=ns.name)
    ok = f" {count} received" in p.stdout
    if check and not ok:
        raise Failure(f"ping {ns.name} > {address} size {size} df {df}: {p.stdout.strip()} {p.stderr.strip()}")
    return ok


def traceroute(ns, address, *options):
    """The list of hops, "*" where nobody answered."""
    with ns:
        p = run("traceroute", "-n", "-q", "1", "-w", "2", "-m", "10", *options, address, where=ns.name)
    return [line.split()[1] for line in p.stdout.splitlines()[1:]]
