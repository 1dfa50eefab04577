# SPDX-License-Identifier: GPL-2.0
"""Everything that can be changed, changed under traffic of two processors: no packet is left in between, nothing is held
(design section 4)."""
import contextlib
import os
import time

from lab import traffic
from lab.cases import case, check
from lab.genl import Genl, Refused
from lab.netns import run
from lab.packet import UDP, ip4, ip6, udp
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Wire

ROUNDS = max(2, int(os.environ.get("SIIT_COUNT", "16000")) // 8000)


def flood(lab):
    """Both directions, until it is ended; errors are those of devices that come and go."""
    four = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, bytes(64)), df=True)
    six = ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 1, 2, bytes(64)))
    while True:
        for tap, pkt in ((lab.tap4, four), (lab.tap6, six)):
            with contextlib.suppress(OSError):
                for _ in range(5):
                    tap.send(pkt)
        time.sleep(0.002)


def ask():
    """Requests, which find an instance, or none, or no module."""
    while True:
        try:
            with Genl() as genl:
                for command in ("SETTINGS_GET", "TXN_BEGIN", "STATS_GET", "EAM_GET"):
                    with contextlib.suppress(Refused):
                        genl.ask(command)
        except (Refused, OSError):
            time.sleep(0.005)


class Busy(Wire):
    """With traffic in both directions, and questions, all the time."""

    def __init__(self):
        super().__init__()
        self.keep(traffic.Job(self.w4, flood, self))
        self.keep(traffic.Job(self.br, ask))

    def both_ways(self):
        """Still, or again: packets of both directions are translated."""
        with self.watch(self.br) as moved:
            time.sleep(0.3)
        check(min(moved.get("translated", (0, 0))) > 0, f"no traffic in both directions: {moved}")


@case(Busy, timeout=60 + ROUNDS * 2)
def device_down_and_up(lab):
    for _ in range(ROUNDS):
        lab.br.ip("link set siit0 down", "link set siit0 up")
    lab.eamctl(lab.br, "up")
    lab.both_ways()


@case(Busy, timeout=60 + ROUNDS * 2)
def device_deleted_and_made(lab):
    for _ in range(ROUNDS):
        lab.br.ip("link del siit0")
        lab.apply(lab.br, *Wire.standard())
    lab.both_ways()


@case(Busy, timeout=60 + ROUNDS * 4)
def tables_roles_and_prefixes(lab):
    """A row stands for one pair of addresses; no packet sees it with another table's settings."""
    settings, eam = Wire.standard()
    for i in range(ROUNDS):
        lab.apply(lab.br, {**settings, "prefix": "2001:db8:47::/96"}, eam[1:])
        lab.eamctl(lab.br, "eam", "replace", "-", input=f"{WEB4} {WEB6}\n" if i % 2 else "")
        lab.eamctl(lab.br, "set", "hook-priority", "-300" if i % 2 else "-450")
        lab.apply(lab.br, {"role": ("siit", "er")[i % 2], "prefix": "2001:db8:46::/96"}, eam)
        lab.apply(lab.br, settings, eam)
    lab.both_ways()


@case(Busy, timeout=60 + ROUNDS * 2)
def links_below_deleted(lab):
    """The devices that packets leave by go, with routes and what is remembered of them."""
    for i in range(ROUNDS):
        lab.br.ip(f"link add under{i % 2} type dummy", f"link set under{i % 2} up",
                  f"addr add 2001:db8:0:77::1/64 dev under{i % 2} nodad",
                  f"route replace 203.0.113.50/32 dev under{i % 2}",
                  f"route replace {WEB6}/128 dev under{i % 2}")
        time.sleep(0.02)
        lab.br.ip(f"link del under{i % 2}")
    lab.both_ways()


@case(Busy, fresh=True, timeout=60 + ROUNDS * 4)
def module_unloaded(lab):
    """With device, settings, table, open transactions and packets on their way."""
    for _ in range(ROUNDS):
        unload()
        run("insmod", os.environ["SIIT_MODULE"])
        lab.apply(lab.br, *Wire.standard())
    lab.both_ways()


def unload():
    """A request in flight holds the module for a moment."""
    end = time.monotonic() + 10
    while run("rmmod", "siit_dc", check=False).returncode:
        check(time.monotonic() < end, "the module stays: " + run("lsmod").stdout)
        time.sleep(0.01)


@case(timeout=60 + ROUNDS * 6)
def namespaces_deleted():
    """With all that is in them, while packets are translated in them."""
    for _ in range(max(2, ROUNDS // 4)):
        lab = Busy()
        lab.both_ways()
        with lab.br:
            genl = Genl()
        genl.ask("TXN_BEGIN")
        genl.close()
        lab.close()
    end = time.monotonic() + 20
    while True:
        left = [n for n in run("ip", "netns", "list").stdout.split() if n.startswith("t")]
        if not left:
            break
        check(time.monotonic() < end, f"namespaces that stay: {left}")
        time.sleep(0.1)
