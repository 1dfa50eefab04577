# SPDX-License-Identifier: GPL-2.0
"""How many packets each row has translated: eamctl eam show --hits."""
import json
import socket
import threading
import time

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import wait_for
from lab.packet import ICMP6, UDP, icmp6, ip4, ip6, udp
from lab.topology import CLIENT4, CLIENT6, WEB4, WEB6, Base, Wire, mapped

WEB = f"{WEB4} {WEB6}"
WEB2 = "192.0.2.2 2001:db8:12:34::2"
NET = "192.0.2.32/28 2001:db8:12:40::/124"


def datagram(src, dst):
    return (ip6 if ":" in src else ip4)(src, dst, UDP, udp(src, dst, 1, 2, b"x"))


def hits(lab, ns):
    """Row -> (4->6, 6->4)"""
    rows = json.loads(lab.eamctl(ns, "-j", "eam", "show", "--hits").stdout)
    return {f"{r['ipv4']} {r['ipv6']}": (r["hits46"], r["hits64"]) for r in rows}


def switched_on(lab):
    return lab.configured(*lab.standard(hits=True))


@case(Wire)
def each_row_and_direction(lab):
    with switched_on(lab):
        equal(hits(lab, lab.br), {WEB: (0, 0), WEB2: (0, 0), NET: (0, 0)}, "at first")
        # The short way in both directions, the long one by a row for a prefix, and by a quote.
        lab.exchange(*[datagram(CLIENT4, WEB4)] * 3)
        lab.exchange(*[datagram(WEB6, CLIENT6)] * 2)
        lab.exchange(datagram(CLIENT4, "192.0.2.33"), datagram(CLIENT4, "192.0.2.47"))
        error = icmp6(WEB6, CLIENT6, 1, 4, data=datagram(CLIENT6, WEB6))
        lab.one(ip6(WEB6, CLIENT6, ICMP6, error), 4)
        equal(hits(lab, lab.br), {WEB: (3, 3), WEB2: (0, 0), NET: (2, 0)}, "hits")


@case(Wire)
def both_rows_of_a_hairpin(lab):
    with switched_on(lab):
        lab.exchange(datagram(WEB6, mapped("192.0.2.2")))
        equal(hits(lab, lab.br), {WEB: (0, 1), WEB2: (1, 0), NET: (0, 0)}, "hits")


@case(Wire)
def refused_packets_do_not_count(lab):
    with switched_on(lab):
        lab.exchange(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x"), ttl=1))
        equal(hits(lab, lab.br)[WEB], (0, 0), "hits")


@case(Wire)
def rows_that_stay_go_on_counting(lab):
    with switched_on(lab):
        lab.exchange(datagram(CLIENT4, WEB4), datagram(CLIENT4, "192.0.2.2"))
        lab.eamctl(lab.br, "eam", "replace", "-", input=f"{WEB} local\n192.0.2.2 2001:db8:12:34::99\n")
        lab.exchange(datagram(CLIENT4, WEB4))
        equal(hits(lab, lab.br), {WEB: (2, 0), "192.0.2.2 2001:db8:12:34::99": (0, 0)}, "after a replace")
        lab.apply(lab.br, *lab.standard(hits=True))
        equal(hits(lab, lab.br), {WEB: (2, 0), WEB2: (0, 0), NET: (0, 0)}, "after an apply")
        lab.eamctl(lab.br, "set", "lowest-ipv6-mtu", 1400)
        equal(hits(lab, lab.br)[WEB], (2, 0), "after a change of another setting")
        lab.eamctl(lab.br, "eam", "del", WEB4)
        lab.eamctl(lab.br, "eam", "add", *WEB.split())
        equal(hits(lab, lab.br)[WEB], (0, 0), "of a row that was removed and added")
        lab.eamctl(lab.br, "eam", "flush")
        equal(hits(lab, lab.br), {}, "after a flush")
        lab.eamctl(lab.br, "eam", "add", *WEB.split())
        lab.exchange(datagram(CLIENT4, WEB4))
        equal(hits(lab, lab.br), {WEB: (1, 0)}, "after a flush and a row")


@case(Wire)
def off_and_on_begins_at_zero(lab):
    p = lab.eamctl(lab.br, "eam", "show", "--hits", check=False)
    equal(p.returncode, 1, "exit status while off")
    check("eamctl set hits on" in p.stderr, p.stderr)
    before = lab.eamctl(lab.br, "eam", "show").stdout
    for _ in range(2):
        lab.eamctl(lab.br, "set", "hits", "on")
        lab.exchange(datagram(CLIENT4, WEB4))
        equal(hits(lab, lab.br)[WEB], (1, 0), "hits")
        equal(lab.eamctl(lab.br, "eam", "show").stdout, before, "rows")
        lab.eamctl(lab.br, "set", "hits", "default")
        lab.one(datagram(CLIENT4, WEB4), 6)
        equal(lab.eamctl(lab.br, "eam", "show").stdout, before, "rows")


@case(Base, fresh=True, timeout=120)
def nothing_is_lost_while_tables_come_and_go(lab):
    """Every packet of a stream is in the hits, whatever happens to table and settings meanwhile."""
    lab.configure_br(hits=True)
    table = lab.eamctl(lab.br, "eam", "show").stdout
    stop = threading.Event()

    def change():
        while not stop.is_set():
            lab.eamctl(lab.br, "eam", "replace", "-", input=table + "10.1.0.0/16 2001:db8:f::/112\n")
            lab.eamctl(lab.br, "set", "icmp-burst", 40)
            lab.eamctl(lab.br, "eam", "replace", "-", input=table)
    changer = threading.Thread(target=change)
    with lab.watch(lab.br) as moved:
        changer.start()
        try:
            traffic.stream(lab.client, WEB4, 9, up=5 << 20, down=5 << 20, timeout=60)
        finally:
            stop.set()
            changer.join()
    want = tuple(map(sum, zip(moved["translated"], moved.get("translated_icmp_error", (0, 0)))))
    equal(hits(lab, lab.br)[WEB], want, "hits, and the counters")


@case(Base, fresh=True, timeout=120)
def rows_and_device_go_under_traffic(lab):
    """Counters go with their rows, tables and devices while packets use them."""
    lab.configure_br(hits=True)
    lab.keep(traffic.udp_server(lab.web, "::", 17))
    stop = threading.Event()

    def flood():
        with lab.client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            while not stop.is_set():
                s.sendto(b"x" * 100, (WEB4, 17))
                time.sleep(0.001)
    flooder = threading.Thread(target=flood)
    flooder.start()
    try:
        change_everything(lab)
    finally:
        stop.set()
        flooder.join()
    traffic.ping(lab.client, WEB4)


def change_everything(lab):
    for _ in range(5):
        lab.eamctl(lab.br, "eam", "del", WEB4)
        lab.eamctl(lab.br, "eam", "add", *WEB.split())
    for _ in range(3):
        lab.eamctl(lab.br, "set", "hits", "off")
        lab.eamctl(lab.br, "set", "hits", "on")
    wait_for("hits after the last switch", lambda: hits(lab, lab.br)[WEB][0] > 0)
    lab.eamctl(lab.br, "down")
    lab.configure_br(hits=True)
    traffic.ping(lab.client, WEB4)
