# SPDX-License-Identifier: GPL-2.0
"""The host under test: in0 -> this host -> out0, and what one hop through it costs a packet.

A module (labgen) hands frames to the receive path as a network driver does, on a dummy device; the
result leaves by another, whose counter says how many arrived. The same frames for another host's
address, dropped at the first check, are the cost of the source. hop = total - source.
"""
import contextlib
import os
import subprocess
import sys

MAC, OTHER, FROM = bytes.fromhex("020000000001"), bytes.fromhex("0200000000ff"), bytes.fromhex("020000000002")
GATEWAYS = {"-4": "198.19.1.2", "-6": "fe80::4"}
COUNT = int(os.environ.get("BENCH_COUNT", "2000"))
REPEAT = int(os.environ.get("BENCH_REPEAT", "5"))
# How often all rows are measured: noise comes and goes, the least of each stays.
PASSES = int(os.environ.get("BENCH_PASSES", "1"))


def sh(*argv, stdin=None):
    p = subprocess.run([str(a) for a in argv], input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        sys.exit(f"{' '.join(map(str, argv))}: {p.stdout}")
    return p.stdout


def sysctl(key, value):
    with open(f"/proc/sys/net/{key}", "w") as f:
        f.write(str(value))


def set_up(nets4, nets6):
    """Neighbours that are known, and a route for everything. The nets have routes of their own, as the
    translator's tables have: of one shape before and after, these give way to the translator's."""
    for dev, mac in (("in0", "02:00:00:00:00:01"), ("out0", "02:00:00:00:00:03")):
        sh("ip", "link", "add", dev, "type", "dummy")
        sh("ip", "link", "set", dev, "address", mac, "up")
        sysctl(f"ipv4/conf/{dev}/rp_filter", 0)
    sysctl("ipv4/conf/all/rp_filter", 0)
    sysctl("ipv4/ip_forward", 1)
    sysctl("ipv6/conf/all/forwarding", 1)
    sh("ip", "addr", "add", "198.19.0.1/24", "dev", "in0")
    sh("ip", "addr", "add", "198.19.1.1/24", "dev", "out0")
    sh("ip", "addr", "add", "2001:db8:9:1::1/64", "dev", "out0", "nodad")
    for (family, gateway), nets in zip(GATEWAYS.items(), (nets4, nets6)):
        via = ("via", gateway, "dev", "out0")
        sh("ip", "neigh", "add", gateway, "lladdr", "02:00:00:00:00:04", "dev", "out0", "nud", "permanent")
        sh("ip", family, "route", "add", "default", *via)
        for net in nets:
            sh("ip", family, "route", "add", net, *via, "metric", 4096)


@contextlib.contextmanager
def nexthop_objects():
    """The default routes as routing daemons install theirs."""
    for i, (family, gateway) in enumerate(GATEWAYS.items(), 1):
        sh("ip", "nexthop", "add", "id", i, "via", gateway, "dev", "out0")
        sh("ip", family, "route", "replace", "default", "nhid", i)
    yield
    for i, (family, gateway) in enumerate(GATEWAYS.items(), 1):
        sh("ip", family, "route", "replace", "default", "via", gateway, "dev", "out0")
        sh("ip", "nexthop", "del", "id", i)


def _ticks(pkt, mac, out, csum, offset, span, order, count, repeat):
    frame = mac + FROM + (b"\x08\x00" if pkt[0] >> 4 == 4 else b"\x86\xdd") + pkt
    frame = frame.ljust(60, b"\0")
    with open("/proc/labgen", "w") as f:
        f.write(f"in0 {out} {count} {repeat} 64 {csum} {offset} {span} {order} {frame.hex()}\n")
    with open("/proc/labgen") as f:
        sent, arrived, ticks, _ = map(int, f.read().split())
    if out != "-" and arrived != sent:
        sys.exit(f"{sent} frames sent, {arrived} arrived: {pkt.hex()}\n" + sh("ip", "-s", "link"))
    return ticks / sent


def measure(pkt, csum="ok", offset=0, span=0, order="random", count=COUNT, repeat=REPEAT):
    """Ticks a frame: (in all, the source's). To the 32 bit word at an offset of the frame a number below
    span is added, for each frame another one."""
    rest = (csum, offset, span, order, count, repeat)
    return _ticks(pkt, MAC, "out0", *rest), _ticks(pkt, OTHER, "-", *rest)


def refuse(pkt):
    """The same for what never arrives."""
    rest = ("-", "ok", 0, 0, "random", COUNT, REPEAT)
    return _ticks(pkt, MAC, *rest), _ticks(pkt, OTHER, *rest)


def walk(pkt, offset, span):
    """One packet for each number below span."""
    _ticks(pkt, MAC, "out0", "ok", offset, span, "walk", span, 1)
