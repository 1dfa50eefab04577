#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""bulk.py PUMP - what a KiB of TCP costs between namespaces, offloads as they are; inside a VM with icount.

  one hop   a -- r1 -- b          plain IPv4, plain IPv6, or r1 is a Border Relay and b speaks IPv6
  two hops  a -- r1 -- r2 -- b    plain IPv4, plain IPv6, or r1 is a Border Relay, r2 an Edge Relay for b

Sender, receiver and all between share one CPU, so it is all that is executed for a KiB. "up" is from a, which
speaks IPv4 to a translator, to b. Prints JSON: row -> instructions a KiB.
"""
import json
import os
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
from lab import topology  # noqa: E402
from lab.topology import PREFIX, Lab  # noqa: E402

topology.EAMCTL = os.environ["SIIT_EAMCTL"]
OCTETS = 64 << 20
REPEAT = 15
SERVICE4, SERVICE6 = "192.0.2.1", "2001:db8:12::1"
SETTINGS = {"role": "br", "prefix": f"{PREFIX}/96", "lowest_ipv6_mtu": 1500, "pool4": ["192.0.2.0/24"]}


def hosts(routers):
    """a, the routers and b, in both families; b's addresses in IPv4 and IPv6 are the service's."""
    lab = Lab()
    names = ["a"] + [f"r{i + 1}" for i in range(routers)] + ["b"]
    config = {name: [] for name in names}
    for i, (left, right) in enumerate(zip(names, names[1:])):
        config[left] += [f"addr add 10.0.{i}.1/24 dev {right}", f"addr add 2001:db8:{i}::1/64 dev {right} nodad"]
        config[right] += [f"addr add 10.0.{i}.2/24 dev {left}", f"addr add 2001:db8:{i}::2/64 dev {left} nodad"]
        config[left] += [f"route add {SERVICE4}/32 via 10.0.{i}.2", f"route add {SERVICE6}/128 via 2001:db8:{i}::2"]
        config[right] += [f"route add default via 10.0.{i}.1", f"route add ::/0 via 2001:db8:{i}::1"]
    config["b"] += [f"addr add {SERVICE4}/32 dev lo", f"addr add {SERVICE6}/128 dev lo"]
    lab.create([n if n in "ab" else n + "+" for n in names], list(zip(names, names[1:])), config)
    return lab


def pump(lab, program, address):
    """Up and down: the median, as TCP groups its segments now so, now so; in instructions a KiB"""
    costs = {"up": [], "down": []}
    for way, of_way in costs.items():
        for _ in range(REPEAT):
            p = subprocess.run([program, lab.b.name, lab.a.name, address, "9", str(OCTETS), way], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if p.returncode:
                sys.exit(f"{address} {way}: {p.stdout}\n{lab.diagnose()}")
            octets, ticks = map(int, p.stdout.split()[:2])
            of_way.append(ticks * 1024 / octets)
    return {way: statistics.median(of_way) for way, of_way in costs.items()}


def translated(lab, what):
    """Nothing but translated packets may have made it."""
    counters = lab.stats(lab.r1)
    if min(counters["translated"]) < 1000:
        sys.exit(f"{what}: not translated: {counters}")


def main():
    program = sys.argv[1]
    result = {}
    for routers in (1, 2):
        lab = hosts(routers)
        result[f"plain IPv4, {routers}"] = pump(lab, program, SERVICE4)
        result[f"plain IPv6, {routers}"] = pump(lab, program, SERVICE6)
        lab.r1.ip(f"route del {SERVICE4}/32")
        lab.apply(lab.r1, SETTINGS, [(SERVICE4, SERVICE6)])
        name = "Border Relay"
        if routers == 2:
            name = "Border Relay and Edge Relay"
            lab.r2.ip("route del default via 10.0.1.1", f"route del {SERVICE6}/128")
            relay = {key: value for key, value in SETTINGS.items() if key != "pool4"}
            lab.apply(lab.r2, {**relay, "role": "er"}, [(SERVICE4, SERVICE6)])
        result[name] = pump(lab, program, SERVICE4)
        translated(lab, name)
        lab.close()
    print(json.dumps(result))


main()
