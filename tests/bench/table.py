#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""table.py COUNT|lengths - a table of mappings to measure with, as eamctl reads it.

COUNT host rows whose addresses one number chooses: 10.0.0.0 + i <-> BASE6 + i. "lengths": a million of them,
and prefixes of every length there is around them: all 33 of IPv4, and of IPv6 the 127 that have room for a
service address (::/0, ::/1 and 8000::/1 hold ::1 or multicast). Each lies in the one before, which is the
longest way down a trie; 10,000 more, of the lengths 13 to 31, lie at random in WIDE4.
"""
import ipaddress
import random
import sys

BASE4, BASE6 = "10.0.0.0", "4001:db8:aa::a00:0"
WIDE4, WIDE6 = "10.64.0.0", "4001:db8:aa::a40:0"
WIDE = 1 << 22
LENGTHS_HOSTS = 1000000
_base4, _base6 = int(ipaddress.IPv4Address(BASE4)), int(ipaddress.IPv6Address(BASE6))


def hosts(count):
    """(IPv4, IPv6) of each row; the last group of the address is all that Python must print."""
    for i in range(count):
        a = _base4 + i
        yield f"{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}", f"4001:db8:aa::{a >> 16:x}:{a & 0xffff:x}"


def _pair(addr4, len4):
    """The row that maps a prefix of IPv4 as the host rows do"""
    net4 = ipaddress.IPv4Network((addr4, len4), strict=False)
    net6 = ipaddress.IPv6Network((_base6 - _base4 + int(net4.network_address), 96 + len4))
    return str(net4), str(net6)


def prefixes():
    for len4 in range(32):
        yield _pair(_base4, len4)
    for len6 in range(2, 96):
        yield f"100.64.{len6}.0/24", str(ipaddress.IPv6Network((_base6, len6), strict=False))
    rand, seen = random.Random(1), set()
    while len(seen) < 10000:
        len4 = rand.randint(13, 31)
        row = _pair(int(ipaddress.IPv4Address(WIDE4)) + rand.randrange(WIDE), len4)
        if row not in seen:
            seen.add(row)
            yield row


def rows(what):
    if what == "lengths":
        yield from hosts(LENGTHS_HOSTS)
        yield from prefixes()
    else:
        yield from hosts(int(what))


if __name__ == "__main__":
    sys.stdout.writelines(f"{a} {b}\n" for a, b in rows(sys.argv[1]))
