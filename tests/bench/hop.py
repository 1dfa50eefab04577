#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""hop.py [--tables ROWS:FILE ...] [--lengths FILE] [--jool ROWS ...] [--tayga ROWS ...] - what one hop through this
host costs a packet, in ticks (box.py); inside a VM or UML.

Under QEMU's icount a tick is an executed instruction; in User Mode Linux it is one of the processor's
time stamp counter. Prints JSON: group -> row -> hop.
"""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
import box  # noqa: E402
import table  # noqa: E402
import translator  # noqa: E402
from box import measure  # noqa: E402
from lab import packet  # noqa: E402
from lab.packet import TCP, UDP  # noqa: E402

CLIENT4, WEB4 = "203.0.113.50", "192.0.2.1"
CLIENT6, WEB6 = "2001:db8:46::cb00:7132", "2001:db8:12:34::1"
NATIVE4, NATIVE6 = "198.18.0.1", "2001:db8:77::1"
# The destination's last word in an IPv4 frame, the source's and the destination's in an IPv6 frame
DST4, SRC6, DST6 = 14 + 16, 14 + 8 + 12, 14 + 24 + 12


class Rows(dict):
    """The least of each, of frame and source on their own; said as they come, for whoever waits."""

    def __setitem__(self, row, ticks):
        total, source = map(min, ticks, self.get(row, ticks))
        print(f"{row}: {total - source:.0f}", file=sys.stderr)
        super().__setitem__(row, (total, source))

    def hops(self):
        return {row: total - source for row, (total, source) in self.items()}


def often(function, *args):
    for _ in range(box.PASSES):
        function(*args)


def udp4(size, src=CLIENT4, dst=WEB4):
    return packet.ip4(src, dst, UDP, packet.udp(src, dst, 5000, 53, bytes(size - 28)), df=True)


def udp6(size, src=WEB6, dst=CLIENT6):
    return packet.ip6(src, dst, UDP, packet.udp(src, dst, 53, 5000, bytes(size - 48)))


def tcp4(size):
    return packet.ip4(CLIENT4, WEB4, TCP, packet.tcp(CLIENT4, WEB4, 5000, 80, 0x10, data=bytes(size - 40)), df=True)


def tcp6(size):
    return packet.ip6(WEB6, CLIENT6, TCP, packet.tcp(WEB6, CLIENT6, 80, 5000, 0x10, data=bytes(size - 60)))


TO_WEB4, FROM_WEB6 = udp4(64), udp6(84)
TO_ROW4, FROM_ROW6 = udp4(64, dst=table.BASE4), udp6(84, src=table.BASE6)
TO_NATIVE4, TO_NATIVE6 = udp4(64, dst=NATIVE4), udp6(84, dst=NATIVE6)


def native(result, what, how):
    result[f"{what} IPv4{how}"] = measure(TO_NATIVE4)
    result[f"{what} IPv6{how}"] = measure(TO_NATIVE6)


def native_random(result, what, how):
    span = 1 << 20
    result[f"{what} IPv4{how}, random destinations"] = measure(udp4(64, dst="100.64.0.0"), offset=DST4, span=span)
    result[f"{what} IPv6{how}, random destinations"] = measure(udp6(84, dst="2001:db8:77::"), offset=DST6, span=span)


def translated(result):
    for name, pkt4, pkt6 in (("UDP, 64", TO_WEB4, FROM_WEB6), ("UDP, 1400", udp4(1400), udp6(1420)),
                             ("TCP, 64", tcp4(64), tcp6(84))):
        result[f"4->6 {name}"] = measure(pkt4)
        result[f"6->4 {name}"] = measure(pkt6)
    for csum in ("none", "complete", "partial"):
        result[f"4->6 UDP, 64, checksum {csum}"] = measure(TO_WEB4, csum)
        result[f"6->4 UDP, 64, checksum {csum}"] = measure(FROM_WEB6, csum)
    translator.set_hits("on")
    result["4->6 UDP, 64, hits on"] = measure(TO_WEB4)
    result["6->4 UDP, 64, hits on"] = measure(FROM_WEB6)
    translator.set_hits("off")
    with box.nexthop_objects():
        result["4->6 UDP, 64, nexthop objects"] = measure(TO_WEB4)
        result["6->4 UDP, 64, nexthop objects"] = measure(FROM_WEB6)
    native(result, "native", ", module up")


def first_packets(result, name, rows):
    """As the first packet of each row finds things; from then on it is there for all others."""
    count = rows // 1000
    if count > 1:
        result[f"4->6, {name}, first packet of a row"] = measure(TO_ROW4, offset=DST4, span=rows, count=count)
        result[f"6->4, {name}, first packet of a row"] = measure(FROM_ROW6, offset=SRC6, span=rows, count=count)
    box.walk(TO_ROW4, DST4, rows)
    box.walk(FROM_ROW6, SRC6, rows)


def random_hosts(result, name, rows):
    result[f"4->6, {name}"] = measure(TO_ROW4, offset=DST4, span=rows)
    result[f"6->4, {name}"] = measure(FROM_ROW6, offset=SRC6, span=rows)


def one_table(result, name, rows):
    random_hosts(result, name, rows)
    native(result, "native", f", {name}")
    native_random(result, "native", f", {name}")


def tables(result, sizes):
    """A random row for each packet"""
    for size in sizes:
        rows, _, path = size.partition(":")
        translator.ours(path)
        name = f"{int(rows):,} rows" if int(rows) > 1 else "1 row"
        first_packets(result, name, int(rows))
        often(one_table, result, name, int(rows))


def all_lengths(result):
    random_hosts(result, "all prefix lengths, host rows", table.LENGTHS_HOSTS)
    wide4, wide6 = udp4(64, dst=table.WIDE4), udp6(84, src=table.WIDE6)
    result["4->6, all prefix lengths, prefix rows"] = measure(wide4, offset=DST4, span=table.WIDE)
    result["6->4, all prefix lengths, prefix rows"] = measure(wide6, offset=SRC6, span=table.WIDE)


def lengths(result, path):
    # With 0.0.0.0/0 in the table every destination has a row, and would be a hairpin.
    translator.ours(path, hairpin="off")
    box.walk(TO_ROW4, DST4, table.LENGTHS_HOSTS)
    box.walk(FROM_ROW6, SRC6, table.LENGTHS_HOSTS)
    often(all_lengths, result)


def peer_rows(result, title, rows):
    if rows == 1:
        result[f"4->6, {title}"] = measure(TO_WEB4)
        result[f"6->4, {title}"] = measure(FROM_WEB6)
    else:
        random_hosts(result, title, rows)


def peer(result, name, context, sizes):
    for rows in sizes:
        with context([(WEB4, WEB6)] if rows == 1 else list(table.hosts(rows))):
            often(peer_rows, result, f"{name}, {rows:,} rows" if rows > 1 else f"{name}, 1 row", rows)


def with_options(options):
    return packet.ip4(CLIENT4, WEB4, UDP, packet.udp(CLIENT4, WEB4, 1, 2, bytes(40)), options=options)


def storms():
    """What anybody can send without end, and is never translated."""
    pad = bytes((60, 0, 1, 4, 0, 0, 0, 0))
    bad6 = packet.icmp6(WEB6, CLIENT6, 3, 0, bytes(4), bytes(48))
    return {
        "4->6, no row for the destination": udp4(64, dst="192.0.2.99"),
        "4->6, forged source": udp4(64, src=WEB4),
        "4->6, illegal source": udp4(64, src="127.0.0.1"),
        "4->6, malformed options": with_options(b"\x07\x01\x00\x00"),
        "4->6, unexpired source route": with_options(b"\x83\x07\x04\x01\x02\x03\x04\x00"),
        "4->6, UDP cut short": packet.ip4(CLIENT4, WEB4, UDP, bytes(4)),
        "4->6, impossible fragment": packet.ip4(CLIENT4, WEB4, UDP, bytes(64), ident=9, off=65528),
        "4->6, unusable quote": packet.ip4(CLIENT4, WEB4, packet.ICMP, packet.icmp4(11, 0, bytes(4), bytes(40))),
        "6->4, no row for the source": udp6(84, src="2001:db8:12:99::1"),
        "6->4, forged source": udp6(84, src=CLIENT6, dst="2001:db8:46::c633:6401"),
        "6->4, illegal destination": udp6(84, dst="2001:db8:46::7f00:1"),
        "6->4, segments left": packet.ip6(WEB6, CLIENT6, 43, bytes((UDP, 2, 0, 1)) + bytes(20 + 40)),
        "6->4, too many headers": packet.ip6(WEB6, CLIENT6, 60, pad * 40),
        "6->4, impossible fragment": packet.ip6(WEB6, CLIENT6, packet.FRAGMENT, packet.fragment(UDP, 9, 65528) + bytes(64)),
        "6->4, unusable quote": packet.ip6(WEB6, CLIENT6, packet.ICMP6, bad6),
    }


def storm(result):
    for name, pkt in storms().items():
        before = translator.translated()
        result[name] = box.refuse(pkt)
        if translator.translated() != before:
            sys.exit(f"{name}: is translated")


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--tables", nargs="*", default=[])
    ap.add_argument("--lengths")
    ap.add_argument("--jool", nargs="*", type=int, default=[])
    ap.add_argument("--tayga", nargs="*", type=int, default=[])
    args = ap.parse_args()
    hops, refused, more, peers = Rows(), Rows(), Rows(), Rows()
    # What the translator's own routes will be
    box.set_up(translator.POOLS, [translator.PREFIX])
    often(native, hops, "plain", "")
    if args.tables:
        often(native_random, more, "plain", "")
    translator.ours(f"{WEB4} {WEB6}\n")
    often(translated, hops)
    often(storm, refused)
    if args.tables:
        tables(more, args.tables)
    if args.lengths:
        lengths(more, args.lengths)
    if args.jool or args.tayga:
        translator.no_more_ours()
        peer(peers, "Jool", translator.jool, args.jool)
        peer(peers, "tayga", translator.tayga, args.tayga)
    print(json.dumps({"hops": hops.hops(), "storms": refused.hops(), "tables": more.hops(), "peers": peers.hops()}))


main()
