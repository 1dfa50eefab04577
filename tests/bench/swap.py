#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""swap.py MODULE TIMES ROWS... - a Border Relay's module is unloaded and loaded again while 1,000 packets a second come
(network: ../vm/lab/relay.py).

Prints JSON: {rows: [{"gap": milliseconds without a packet, "steps": [milliseconds of each step]}]}
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
from lab import traffic  # noqa: E402
from lab.netns import run  # noqa: E402
from lab.numbered import Stream, one_gap, timed  # noqa: E402
from lab.relay import PREFIX, WEB4, WEB6, network  # noqa: E402

EAMCTL = os.environ["SIIT_EAMCTL"]
DIR = "/run"
CONFIG = f'role = "br"\nprefix = "{PREFIX}"\npool4 = ["192.0.2.0/24"]\neam-files = ["rows"]\n'


def write(name, text):
    with open(f"{DIR}/{name}", "w") as f:
        f.write(text)


def swap(module):
    return timed(run, (EAMCTL, "down"), ("rmmod", "siit_dc"), ("insmod", module), (EAMCTL, "apply", f"{DIR}/conf"))


def measure(client, web, module):
    steps, sent, lost = Stream(client, WEB4, web, "br", 1000, DIR).during(lambda: swap(module))
    return {"gap": one_gap(sent, lost), "steps": [round(1000 * s) for s in steps]}


def main():
    module, times, *sizes = sys.argv[1:]
    client, web = network()
    run("insmod", module)
    with web:
        sink = traffic.listener("::", 99, 2)
    found = {}
    for rows in map(int, sizes):
        write("rows", f"{WEB4} {WEB6}\n" + "".join(
            f"10.{i >> 16}.{i >> 8 & 255}.{i & 255} 2001:db8:10::{i >> 16:x}:{i & 0xffff:x}\n" for i in range(1, rows)))
        write("conf", CONFIG)
        run(EAMCTL, "apply", f"{DIR}/conf")
        traffic.ping(client, WEB4)
        found[rows] = [measure(client, web, module) for _ in range(int(times))]
    sink.close()
    print(json.dumps(found))


main()
