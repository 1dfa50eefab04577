#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""processors.py ROUNDS SECONDS - forwards and translates on one CPU and on two; inside a VM with two.

The kernel's pktgen hands packets to the receive path of a dummy device of its own on each CPU, of flows of its
own; they leave by another dummy device. Says "begin" and "end" on standard output, with what was done in between,
so that whoever reads it looks at his clocks.
"""
import json
import os
import subprocess
import sys
import time

EAMCTL = os.environ["SIIT_EAMCTL"]
PREFIX = "2001:db8:46::"
# What it is: how the packets of CPU 0 and 1 are addressed.
FLOWS = {
    "plain IPv4": ["dst 198.18.{cpu}.1", "src_min 203.0.113.1", "src_max 203.0.113.200"],
    "plain IPv6": ["dst6 2001:db8:77:{cpu}::1", "src6 2001:db8:78:{cpu}::1"],
    "4->6": ["dst 192.0.2.{cpu}", "src_min 203.0.113.1", "src_max 203.0.113.200"],
    "6->4": [f"dst6 {PREFIX}cb00:71{{cpu:02x}}", "src6 2001:db8:12::{cpu}"],
}


def sh(*argv, stdin=None):
    p = subprocess.run(argv, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        sys.exit(f"{' '.join(argv)}: {p.stdout}")


def sysctl(key, value):
    with open(f"/proc/sys/net/{key}", "w") as f:
        f.write(str(value))


def pgset(path, *commands):
    for command in commands:
        with open(f"/proc/net/pktgen/{path}", "w") as f:
            f.write(command + "\n")


def set_up():
    sysctl("ipv4/ip_forward", 1)
    sysctl("ipv6/conf/all/forwarding", 1)
    sysctl("ipv4/conf/all/rp_filter", 0)
    sysctl("ipv4/conf/default/rp_filter", 0)
    for i, dev in enumerate(("in0", "in1", "out0", "out1")):
        sh("ip", "link", "add", dev, "type", "dummy")
        sh("ip", "link", "set", dev, "address", f"02:00:00:00:00:0{i}", "up")
    for cpu in (0, 1):
        out = f"out{cpu}"
        sh("ip", "addr", "add", f"10.9.{cpu}.1/24", "dev", out)
        sh("ip", "addr", "add", f"2001:db8:9:{cpu}::1/64", "dev", out, "nodad")
        for via in (f"10.9.{cpu}.2", f"fe80::{cpu + 4}"):
            sh("ip", "neigh", "add", via, "lladdr", "02:00:00:00:00:09", "dev", out, "nud", "permanent")
        # Each CPU's packets leave by a device of its own, before and after they are translated.
        for net in (f"198.18.{cpu}.0/24", f"203.0.113.{cpu}/32"):
            sh("ip", "route", "add", net, "via", f"10.9.{cpu}.2", "dev", out)
        for net in (f"2001:db8:77:{cpu}::/64", f"2001:db8:12::{cpu}/128"):
            sh("ip", "route", "add", net, "via", f"fe80::{cpu + 4}", "dev", out)
    sh(EAMCTL, "apply", "-", stdin=f'role = "br"\nprefix = "{PREFIX}/96"\npool4 = ["192.0.2.0/24"]\n'
       "lowest-ipv6-mtu = 1500\n")
    sh(EAMCTL, "eam", "replace", "-", stdin="".join(f"192.0.2.{i} 2001:db8:12::{i}\n" for i in (0, 1)))


def left():
    """Packets that have left by the two devices"""
    counts = []
    for dev in ("out0", "out1"):
        with open(f"/sys/class/net/{dev}/statistics/tx_packets") as f:
            counts.append(int(f.read()))
    return counts


def measure(what, cpus, seconds):
    for cpu in (0, 1):
        pgset(f"kpktgend_{cpu}", "rem_device_all")
    for cpu in cpus:
        pgset(f"kpktgend_{cpu}", f"add_device in{cpu}")
        pgset(f"in{cpu}", "count 0", "xmit_mode netif_receive", "pkt_size 98", f"dst_mac 02:00:00:00:00:0{cpu}",
              "clone_skb 0", "flag !SHARED", "flag UDPCSUM", *[f.format(cpu=cpu) for f in FLOWS[what]])
    # Its write returns when all is done.
    run = subprocess.Popen(["sh", "-c", "echo start >/proc/net/pktgen/pgctrl"])
    # Only once it runs, and as long as it does.
    time.sleep(0.3)
    before, start = left(), time.monotonic()
    print("begin", flush=True)
    time.sleep(seconds)
    after, took = left(), time.monotonic() - start
    print("end", json.dumps({"what": what, "cpus": len(cpus), "packets": [b - a for a, b in zip(before, after)],
                             "seconds": took}), flush=True)
    pgset("pgctrl", "stop")
    run.wait()


def main():
    rounds, seconds = int(sys.argv[1]), float(sys.argv[2])
    set_up()
    for _ in range(rounds):
        for what in FLOWS:
            for cpus in ((0,), (1,), (0, 1)):
                measure(what, cpus, seconds)
    print("done", flush=True)


main()
