# SPDX-License-Identifier: GPL-2.0
"""As on any day, for as long as one likes (scripts/test soak SECONDS): traffic of every kind through a Border Relay and
both Edge Relays of the demo, whose tables and settings are loaded anew all the time. Nothing is lost, nothing stays."""
import os
import time

from lab import traffic
from lab.caches import OF_PACKETS, OF_TABLES, in_use, nothing_stays
from lab.cases import case, check
from lab.topology import BR_EAM, CLIENT4, FILL, NODE4, SRV4, WEB4, Base

SECONDS = int(os.environ.get("SIIT_SECONDS", "12"))


def questions(address, seconds):
    """Datagrams whole and in fragments, and echo requests, each answered; how many."""
    me, done, end = traffic.Here(), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for size in (1, 1200, 4000, 20000):
            data = os.urandom(size)
            check(traffic.udp_ask(me, address, 7, data, timeout=15) == data, f"{address}: another answer")
            done += 1
        # In fragments there is none (FR-11).
        traffic.ping(me, address, 1000)
        done += 1
    return done


def changes(lab, seconds):
    """Rows, tables, settings; how many."""
    path = lab.table(BR_EAM + FILL)
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        lab.eamctl(lab.br, "eam", "replace", path)
        for ns in (lab.br, lab.er):
            lab.eamctl(ns, "eam", "add", "192.0.2.200/30", "2001:db8:ee::/126")
            lab.eamctl(ns, "eam", "del", "192.0.2.200/30")
        lab.configure_br(hits=done % 16 == 0)
        lab.configure_node()
        lab.configure_er()
        done += 8
    return done


def busy(lab, seconds):
    """All of it for a while: (streams of a MiB each way, answers, changes)."""
    ends = ((lab.client, WEB4), (lab.client, NODE4), (lab.client, SRV4), (lab.node, CLIENT4), (lab.srv, CLIENT4))
    jobs = [[lab.keep(traffic.Job(ns, fn, address, seconds)) for ns, address in ends] for fn in (traffic.endless, questions)]
    changed = changes(lab, seconds)
    return (*(sum(job.result(120) for job in kind) for kind in jobs), changed)


@case(Base, fresh=True, timeout=120 + SECONDS * 3 // 2)
def a_day(lab):
    relays = (lab.br, lab.node, lab.er)
    # What is used for the first time may stay.
    busy(lab, max(3, SECONDS // 20))
    before, counted = in_use(OF_PACKETS + OF_TABLES), [lab.stats(ns) for ns in relays]
    streams, answers, changed = busy(lab, SECONDS)
    check(min(streams, answers, changed) > 0, f"{streams} streams, {answers} answers, {changed} changes")
    nothing_stays(before)
    for ns, then in zip(relays, counted):
        lost = {k: v for k, v in lab.stats(ns).items() if k.startswith("drop") and v != then.get(k, (0, 0))}
        check(not lost, f"dropped at {ns.name}: {lost}")
    lab.check_csums()
    print(f"note: {SECONDS} s: {streams} streams of a MiB each way, {answers} answers, {changed} changes")
