# SPDX-License-Identifier: GPL-2.0
"""Numbered datagrams: what a change under traffic loses, and for how long."""
import os
import socket
import struct
import time

from . import packet, traffic
from .cases import check, equal

PORT = 99
# Seconds, if nobody ends it
MOST = 1000


def numbered(address, port, seconds, rate, source="", until=""):
    """Sends numbered datagrams, at most until a file is there; returns how many."""
    s = socket.socket(traffic.family(address), socket.SOCK_DGRAM)
    if source:
        s.bind((source, 0))
    s.connect((address, port))
    start = time.monotonic()
    count = 0
    while time.monotonic() - start < seconds and not os.path.exists(until):
        try:
            s.send(struct.pack("!I", count))
            count += 1
        except ConnectionError:
            continue
        ahead = count / rate - (time.monotonic() - start)
        if ahead > 0:
            time.sleep(ahead)
    return count


def capture(dev, port, seconds, until=""):
    """All numbered datagrams that arrive on a device: {"src dst": [numbers]}. If a file is named: once that is there, until
    none is left that waits to be read."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
    s.bind((dev, 3))
    s.settimeout(0.5)
    seen = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            frame, where = s.recvfrom(2000)
        except socket.timeout:
            if os.path.exists(until):
                break
            continue
        if where[2] == 4 or frame[12:14] not in (b"\x08\x00", b"\x86\xdd"):
            continue
        p = packet.Packet(frame[14:])
        if p.proto == packet.UDP and p.dport == port:
            seen.setdefault(f"{p.src} {p.dst}", []).append(struct.unpack("!I", p.payload[8:12])[0])
    return seen


class Stream:
    """Numbered packets from a namespace to an address, caught on a device of another one, where something must listen.
    `directory` is one that both can see; `keep` takes the jobs that somebody may have to end."""

    def __init__(self, source, address, sink, dev, rate, directory="/tmp", keep=lambda job: job):
        self.source, self.address, self.sink, self.dev = source, address, sink, dev
        self.rate, self.directory, self.keep = rate, directory, keep

    def during(self, action):
        """What `action` gives, how many packets were sent meanwhile, and which of them were lost."""
        ends = [f"{self.directory}/{name}-may-end" for name in ("sender", "catcher")]
        catcher = self.keep(traffic.Job(self.sink, capture, self.dev, PORT, MOST, ends[1]))
        time.sleep(1)
        sender = self.keep(traffic.Job(self.source, numbered, self.address, PORT, MOST, self.rate, "", ends[0]))
        time.sleep(1)
        result = action()
        sent, seen = (self._end(job, path) for job, path in zip((sender, catcher), ends))
        for path in ends:
            os.remove(path)
        check(sent > 100, f"only {sent} packets were sent")
        return result, sent, sorted(set(range(sent)) - {n for numbers in seen.values() for n in numbers})

    @staticmethod
    def _end(job, path):
        time.sleep(1)
        with open(path, "w"):
            pass
        return job.result(40)


def one_gap(sent, lost):
    """Packets lost one after the other, and then no more; how many."""
    check(lost, "no packet was lost, though the module was away")
    equal(lost, list(range(lost[0], lost[-1] + 1)), "packets lost, in one gap")
    check(lost[-1] < sent - 1, "traffic did not come back")
    return len(lost)


def timed(run, *steps):
    """Seconds of each command"""
    took = []
    for step in steps:
        begin = time.monotonic()
        run(*step, timeout=120)
        took.append(round(time.monotonic() - begin, 3))
    return took
