#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""hop.py [ROW...] - what one hop through this host costs a packet, in ticks; inside a VM or UML.

A module hands frames to the receive path as a network driver does, on a dummy device; the result
leaves by another, whose counter says how many arrived. The same frames for another host's address,
dropped at the first check, are the cost of the source. hop = total - source. Under QEMU's icount a
tick is an executed instruction. Prints JSON: row -> hop.
"""
import ipaddress
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
from lab import packet  # noqa: E402
from lab.packet import TCP, UDP  # noqa: E402

EAMCTL = os.environ.get("SIIT_EAMCTL", "eamctl")
PREFIX = "2001:db8:46::"
CLIENT4, WEB4 = "203.0.113.50", "192.0.2.1"
CLIENT6, WEB6 = "2001:db8:46::cb00:7132", "2001:db8:12:34::1"
MAC, OTHER, FROM = bytes.fromhex("020000000001"), bytes.fromhex("0200000000ff"), bytes.fromhex("020000000002")
COUNT = int(os.environ.get("BENCH_COUNT", "2000"))
REPEAT = int(os.environ.get("BENCH_REPEAT", "5"))


def sh(*argv, stdin=None):
    p = subprocess.run([str(a) for a in argv], input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        sys.exit(f"{' '.join(map(str, argv))}: {p.stdout}")
    return p.stdout


def sysctl(key, value):
    with open(f"/proc/sys/net/{key}", "w") as f:
        f.write(str(value))


def set_up():
    """in0 -> this host -> out0, with neighbours that are known and a route for everything."""
    for dev, mac in (("in0", "02:00:00:00:00:01"), ("out0", "02:00:00:00:00:03")):
        sh("ip", "link", "add", dev, "type", "dummy")
        sh("ip", "link", "set", dev, "address", mac, "up")
        sysctl(f"ipv4/conf/{dev}/rp_filter", 0)
    sysctl("ipv4/conf/all/rp_filter", 0)
    sysctl("ipv4/ip_forward", 1)
    sysctl("ipv6/conf/all/forwarding", 1)
    sh("ip", "addr", "add", "10.9.0.1/24", "dev", "in0")
    sh("ip", "addr", "add", "10.9.1.1/24", "dev", "out0")
    sh("ip", "addr", "add", "2001:db8:9:1::1/64", "dev", "out0", "nodad")
    sh("ip", "neigh", "add", "10.9.1.2", "lladdr", "02:00:00:00:00:04", "dev", "out0", "nud", "permanent")
    sh("ip", "neigh", "add", "fe80::4", "lladdr", "02:00:00:00:00:04", "dev", "out0", "nud", "permanent")
    sh("ip", "route", "add", "default", "via", "10.9.1.2", "dev", "out0")
    sh("ip", "route", "add", "default", "via", "fe80::4", "dev", "out0")
    # Tables of one shape before and after: these give way to the translator's own.
    for net in ("192.0.2.0/24", "10.0.0.0/8"):
        sh("ip", "route", "add", net, "via", "10.9.1.2", "dev", "out0", "metric", 4096)
    sh("ip", "route", "add", f"{PREFIX}/96", "via", "fe80::4", "dev", "out0", "metric", 4096)


def configure(rows):
    text = f'role = "br"\nprefix = "{PREFIX}/96"\npool4 = ["192.0.2.0/24", "10.0.0.0/8"]\nlowest-ipv6-mtu = 1500\n'
    sh(EAMCTL, "apply", "-", stdin=text)
    sh(EAMCTL, "eam", "replace", "-", stdin=rows)


def frame(pkt, mac=MAC):
    return mac + FROM + (b"\x08\x00" if pkt[0] >> 4 == 4 else b"\x86\xdd") + pkt


def measure(pkt, csum="ok", offset=0, mask=0):
    """Ticks a frame: in all, less the source's."""
    def run(f, out, count):
        f = f.ljust(60, b"\0")
        with open("/proc/labgen", "w") as g:
            g.write(f"in0 {out} {count} {REPEAT} 64 {csum} {offset} {mask:x} {f.hex()}\n")
        with open("/proc/labgen") as g:
            sent, arrived, ticks, _ = map(int, g.read().split())
        if out != "-" and arrived != sent:
            sys.exit(f"{sent} frames sent, {arrived} arrived: {pkt.hex()}\n" + sh(EAMCTL, "stats"))
        return ticks / sent
    return run(frame(pkt), "out0", COUNT) - run(frame(pkt, OTHER), "-", COUNT)


def udp4(size, src=CLIENT4, dst=WEB4):
    return packet.ip4(src, dst, UDP, packet.udp(src, dst, 5000, 53, bytes(size - 28)), df=True)


def udp6(size, src=WEB6, dst=CLIENT6):
    return packet.ip6(src, dst, UDP, packet.udp(src, dst, 53, 5000, bytes(size - 48)))


def tcp4(size):
    return packet.ip4(CLIENT4, WEB4, TCP, packet.tcp(CLIENT4, WEB4, 5000, 80, 0x10, data=bytes(size - 40)), df=True)


def tcp6(size):
    return packet.ip6(WEB6, CLIENT6, TCP, packet.tcp(WEB6, CLIENT6, 80, 5000, 0x10, data=bytes(size - 60)))


def plain(result):
    """Before there is a translator, and with it."""
    result["plain IPv4"] = measure(udp4(64, dst="198.18.0.1"))
    result["plain IPv6"] = measure(udp6(84, dst="2001:db8:77::1"))


def translated(result):
    for name, pkt4, pkt6 in (("UDP, 64", udp4(64), udp6(84)), ("UDP, 1400", udp4(1400), udp6(1420)),
                             ("TCP, 64", tcp4(64), tcp6(84))):
        result[f"4->6 {name}"] = measure(pkt4)
        result[f"6->4 {name}"] = measure(pkt6)
    for csum in ("none", "complete", "partial"):
        result[f"4->6 UDP, 64, checksum {csum}"] = measure(udp4(64), csum)
        result[f"6->4 UDP, 64, checksum {csum}"] = measure(udp6(84), csum)
    sh(EAMCTL, "set", "hits", "on")
    result["4->6 UDP, 64, hits on"] = measure(udp4(64))
    result["6->4 UDP, 64, hits on"] = measure(udp6(84))
    sh(EAMCTL, "set", "hits", "off")
    result["native IPv4, module up"] = measure(udp4(64, dst="198.18.0.1"))
    result["native IPv6, module up"] = measure(udp6(84, dst="2001:db8:77::1"))


def table(count):
    """Rows whose addresses one random word chooses: 10.x.y.z <-> 2001:db8:aa::10.x.y.z."""
    base = int(ipaddress.IPv4Address("10.0.0.0"))
    return "".join(f"{ipaddress.IPv4Address(base + i)} 2001:db8:aa::{(base + i) >> 16:x}:{(base + i) & 0xffff:x}\n"
                   for i in range(count))


def random_rows(result, power):
    count = 1 << power
    configure(table(count) + f"{WEB4} {WEB6}\n")
    mask = count - 1
    # The destination's last word: in IPv4 at 14 + 16, the source's in IPv6 at 14 + 8 + 12.
    result[f"4->6, {count} rows"] = measure(udp4(64, dst="10.0.0.0"), offset=30, mask=mask)
    result[f"6->4, {count} rows"] = measure(udp6(84, src="2001:db8:aa::a00:0"), offset=34, mask=mask)


def main():
    powers = [int(a) for a in sys.argv[1:]]
    result = {}
    set_up()
    plain(result)
    configure(f"{WEB4} {WEB6}\n")
    translated(result)
    for power in powers:
        random_rows(result, power)
    print(json.dumps(result))


main()
