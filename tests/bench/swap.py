#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""swap.py MODULE TIMES ROWS... - a Border Relay's module is unloaded and loaded again while 1,000 packets a second come:

  client 203.0.113.50 ---- this machine ---- web 2001:db8:12:34::1 = 192.0.2.1

Prints JSON: {rows: [{"gap": milliseconds without a packet, "steps": [milliseconds of each step]}]}
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
from lab import traffic  # noqa: E402
from lab.netns import Ns, run  # noqa: E402
from test_load import capture, numbered  # noqa: E402

EAMCTL = os.environ["SIIT_EAMCTL"]
DIR = "/run"
CONFIG = 'role = "br"\nprefix = "2001:db8:46::/96"\npool4 = ["192.0.2.0/24"]\neam-files = ["rows"]\n'


def write(name, text):
    with open(f"{DIR}/{name}", "w") as f:
        f.write(text)


def network():
    for name in ("client", "web"):
        run("ip", "netns", "add", name)
        run("ip", "link", "add", "name", name, "type", "veth", "peer", "name", "br", "netns", name)
        run("ip", "link", "set", name, "up")
    for key in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
        run("sysctl", "-qw", f"{key}=1")
    run("ip", "address", "add", "203.0.113.1/24", "dev", "client")
    run("ip", "address", "add", "2001:db8:12:34::ffff/64", "dev", "web", "nodad")
    client, web = Ns("client"), Ns("web")
    client.ip("link set dev br up", "addr add 203.0.113.50/24 dev br", "route add default via 203.0.113.1")
    web.ip("link set dev br up", "addr add 2001:db8:12:34::1/64 dev br nodad", "route add default via 2001:db8:12:34::ffff")
    return client, web


def swap(module):
    steps = []
    for step in ((EAMCTL, "down"), ("rmmod", "siit_dc"), ("insmod", module), (EAMCTL, "apply", f"{DIR}/conf")):
        begin = time.monotonic()
        run(*step)
        steps.append(round(1000 * (time.monotonic() - begin)))
    return steps


def measure(client, web, module):
    ends = [f"{DIR}/{name}-may-end" for name in ("sender", "catcher")]
    catcher = traffic.Job(web, capture, "br", 99, 100, ends[1])
    time.sleep(0.5)
    sender = traffic.Job(client, numbered, "192.0.2.1", 99, 100, 1000, "", ends[0])
    time.sleep(0.5)
    steps = swap(module)
    time.sleep(0.5)
    write("sender-may-end", "")
    sent = sender.result()
    time.sleep(0.5)
    write("catcher-may-end", "")
    seen = {n for numbers in catcher.result().values() for n in numbers}
    for path in ends:
        os.remove(path)
    lost = sorted(set(range(sent)) - seen)
    if not lost or lost != list(range(lost[0], lost[-1] + 1)) or lost[-1] == sent - 1:
        sys.exit(f"not one gap: {len(lost)} of {sent} lost")
    return {"gap": len(lost), "steps": steps}


def main():
    module, times, *sizes = sys.argv[1:]
    client, web = network()
    run("insmod", module)
    with web:
        sink = traffic.listener("::", 99, 2)
    found = {}
    for rows in map(int, sizes):
        write("rows", "192.0.2.1 2001:db8:12:34::1\n" + "".join(
            f"10.{i >> 16}.{i >> 8 & 255}.{i & 255} 2001:db8:10::{i >> 16:x}:{i & 0xffff:x}\n" for i in range(1, rows)))
        write("conf", CONFIG)
        run(EAMCTL, "apply", f"{DIR}/conf")
        traffic.ping(client, "192.0.2.1")
        found[rows] = [measure(client, web, module) for _ in range(int(times))]
    sink.close()
    print(json.dumps(found))


main()
