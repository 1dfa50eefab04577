# SPDX-License-Identifier: GPL-2.0
"""No memory, at every single allocation of every request, and for packets: an error, and all as it was (design section 4).
On debug kernels only."""
import errno
import os
import socket
import struct

from lab import faults
from lab.cases import case, check, equal
from lab.genl import K, NLM_F_ACK, NLM_F_DUMP, Genl, attr, row, u32
from lab.topology import WEB4, Wire
from test_hostile import HOST, GUEST, Target

COUNT = int(os.environ.get("SIIT_COUNT", "16000"))
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_NEWLINK, RTM_DELLINK = 16, 17


def reply(sock, seq):
    """The errno of the answer; None if there was no memory for one."""
    while True:
        try:
            data = sock.recv(1 << 17)
        except OSError as e:
            if e.errno in (errno.ENOBUFS, errno.ENOMEM):
                return None
            raise
        while data:
            n, kind, _, got, _ = struct.unpack_from("=IHHII", data)
            if got == seq and kind in (NLMSG_ERROR, NLMSG_DONE):
                return -struct.unpack_from("=i", data, 16)[0]
            data = data[n + 3 & ~3:]


def attempt(nth, n, sock, seq, msg):
    """(was an allocation made to fail, errno or None for unknown)"""
    failed, _, code = nth.call(n, sock.send, msg)
    if code:                # the request itself did not fit into memory
        return failed, code
    code = reply(sock, seq)
    if code is None:        # what an acknowledgement without memory leaves behind
        sock.setblocking(False)
        try:
            while True:
                sock.recv(1 << 17)
        except OSError:
            pass
        sock.settimeout(60)
    return failed, code


def state(genl):
    """Settings and table, without the number that counts the changes."""
    a = [(k, v) for k, v in genl.ask("SETTINGS_GET")[0] if k != K["SIIT_A_GENERATION"]]
    return a, sorted(v for msg in genl.dump("EAM_GET") for k, v in msg if k == K["SIIT_A_EAM"])


def everywhere(lab, name, cmd, attrs, before=(), flags=NLM_F_ACK, changes=True):
    """The request with its first, second, third ... allocation failing, until none is left."""
    lab.apply(lab.br, *Wire.standard())
    with lab.br, faults.Nth() as nth:
        for n in range(1, 2000):
            with Genl() as genl, Genl() as other:
                for step in before:
                    genl.ask(*step)
                was = state(other)
                given = attrs(other) if callable(attrs) else attrs
                genl.seq += 1
                msg = struct.pack("=IHHII", 20 + len(given), genl.family, 1 | flags, genl.seq, 0) + \
                    struct.pack("=BBH", K["SIIT_CMD_" + cmd], 1, 0) + given
                failed, code = attempt(nth, n, genl.sock, genl.seq, msg)
                now = state(other)
                if not failed:
                    equal(code, 0, f"{name} without any failure")
                    check((now != was) == changes, f"{name}: what it does")
                    check(n > 2, f"{name}: only {n} allocations")
                    return n - 1
                check(code in (None, 0, errno.ENOMEM, errno.ENOBUFS), f"{name}, allocation {n}: errno {code}")
                # Errors change nothing; where there was no memory to say so, it was done or it was not.
                if code:
                    equal(now, was, f"{name}, allocation {n}: state after errno {code}")
            if now != was:
                lab.apply(lab.br, *Wire.standard())
    raise AssertionError(f"{name} never came to its end")


def generation(genl):
    return dict(genl.ask("SETTINGS_GET")[0])[K["SIIT_A_GENERATION"]]


@case(Wire, fresh=True, timeout=120, debug=True)
def requests(lab):
    one = row("192.0.2.99", "2001:db8::99")
    rows = b"".join(row(f"10.0.{i}.0", f"2001:db8:a:{i:x}::", 24, 120) for i in range(40))
    mtu = attr(K["SIIT_A_SETTINGS"], attr(K["SIIT_SET_A_LOWEST_IPV6_MTU"], u32(1400)) +
               attr(K["SIIT_SET_A_HOOK_PRIORITY"], u32(0xFFFFFE00)), nested=True)
    begun = (("TXN_BEGIN", attr(K["SIIT_A_ROWS"], u32(41))),)
    filled = (*begun, ("TXN_ADD", rows))

    def commit(genl):
        return attr(K["SIIT_A_GENERATION"], generation(genl)) + attr(K["SIIT_A_ROWS"], u32(40))

    points = {name: everywhere(lab, name, *args, **more) for name, args, more in (
        ("add", ("EAM_ADD", one), {}),
        ("add, of a prefix", ("EAM_ADD", row("10.9.0.0", "2001:db8:9::", 24, 120)), {}),
        ("delete", ("EAM_DEL", row(WEB4, None)), {}),
        ("flush", ("EAM_FLUSH", b""), {}),
        ("set", ("SETTINGS_SET", mtu), {}),
        ("begin", ("TXN_BEGIN", mtu + attr(K["SIIT_A_ROWS"], u32(1000))), {"changes": False}),
        ("rows", ("TXN_ADD", rows), {"before": begun, "changes": False}),
        ("commit", ("TXN_COMMIT", commit), {"before": filled}),
        ("abort", ("TXN_ABORT", b""), {"before": filled, "changes": False}),
        ("get", ("EAM_GET", row(WEB4, None)), {"changes": False}),
        ("dump", ("EAM_GET", b""), {"changes": False, "flags": NLM_F_DUMP}),
        ("settings", ("SETTINGS_GET", b""), {"changes": False}),
        ("stats", ("STATS_GET", b""), {"changes": False}),
        ("map", ("MAP_GET", attr(K["SIIT_A_SRC4"], bytes((192, 0, 2, 1)))), {"changes": False}),
        ("explain", ("EXPLAIN", attr(K["SIIT_A_SRC4"], bytes((203, 0, 113, 50))) +
                     attr(K["SIIT_A_DST4"], bytes((192, 0, 2, 1)))), {"changes": False}))}
    print(f"note: allocations that failed, one at a time: {points}")


class Links:
    """rtnetlink by hand: fault injection is the sending thread's."""

    def __init__(self, ns):
        self.ns = ns
        self.sock = ns.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.settimeout(60)
        self.sock.bind((0, 0))
        self.seq = 0

    def message(self, kind, flags, index=0, change=0, up=0, attrs=b""):
        self.seq += 1
        body = struct.pack("=BBHiII", 0, 0, 0, index, up, change) + attrs
        return struct.pack("=IHHII", 16 + len(body), kind, 5 | flags, self.seq, 0) + body

    def make(self):
        info = attr(18, attr(1, b"siit_dc\0"), nested=True)                 # IFLA_LINKINFO, IFLA_INFO_KIND
        return self.message(RTM_NEWLINK, 0x600, attrs=attr(3, b"siit0\0") + info)

    def up(self, on):
        return self.message(RTM_NEWLINK, 0, change=1, up=int(on), attrs=attr(3, b"siit0\0"))

    def delete(self):
        return self.message(RTM_DELLINK, 0, attrs=attr(3, b"siit0\0"))

    def say(self, *messages):
        for message in messages:
            self.sock.send(message())
            reply(self.sock, self.seq)


@case(Wire, configure=False, fresh=True, timeout=120, debug=True)
def devices(lab):
    """Made, brought up and down, deleted: without memory there is no device, or it is as it was."""
    links = Links(lab.br)

    def there():
        return "siit0" in [name for _, name in socket.if_nameindex()]

    def on():
        return links.up(True)

    def off():
        return links.up(False)

    points = {}
    with lab.br, faults.Nth() as nth, links.sock:
        for name, prepare, message in (
                ("make", (links.delete,), links.make),
                ("up", (links.delete, links.make), on),
                ("down", (links.delete, links.make, on), off),
                ("delete", (links.delete, links.make, on), links.delete)):
            for n in range(1, 2000):
                links.say(*prepare)
                equal(there(), name != "make", f"{name}: a device before it")
                msg = message()
                failed, code = attempt(nth, n, links.sock, links.seq, msg)
                if name == "make" and code:
                    check(not there(), f"{name}, allocation {n}: errno {code}, but a device")
                if not failed:
                    equal(code, 0, f"{name} without any failure")
                    points[name] = n - 1
                    break
    check(min(points.values()) > 1 and len(points) == 4, f"allocations: {points}")
    lab.apply(lab.br, *Wire.standard())
    print(f"note: allocations that failed, one at a time: {points}")


@case(Target, fresh=True, timeout=60 + COUNT // 100, debug=True)
def packets(lab):
    """They are dropped and counted, once each."""
    with lab.watch(lab.br) as moved:
        for percent in (2, 30):
            with faults.often(percent):
                lab.flood(f"run hook {HOST:x} {percent} {COUNT // 4}")
                lab.flood(f"run hook {GUEST:x} {percent} {COUNT // 8}", exact=False)
                lab.tell(f"run xmit {HOST:x} {percent} {COUNT // 8}")
    equal(lab.seen()["bad"], 0, "packets that are not well-formed (see the kernel's log)")
    check(sum(moved.get("drop_no_memory", (0, 0))) > 0, f"no packet was without memory: {moved}")
