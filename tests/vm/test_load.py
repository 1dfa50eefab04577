# SPDX-License-Identifier: GPL-2.0
"""Changes under traffic: tables, devices, namespaces and the module itself come and go while
packets flow (EAM-12, RT-11). In the network of the demo (Base, see lab/topology.py).
"""
import os
import socket
import time

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import SLOW, Failure, run, wait_for
from lab.numbered import Stream, capture, numbered, one_gap, timed
from lab.topology import (BR6, BR_EAM, CLIENT4, CLIENT6, EAMCTL, FILL, NODE4, PREFIX, SRV4, WEB4, WEB6, Base, Lab, mapped,
                          toml)
from lab.traffic import MB


def flips(lab, tables, seconds):
    """Applies one table after the other for a while; how often."""
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        settings, rows = tables[count % len(tables)]
        lab.apply(lab.br, settings, rows)
        count += 1
    return count


def verify(seen, sent, allowed):
    check(set(seen) <= set(allowed), f"packets with a mixed or wrong mapping: {set(seen) - set(allowed)}")
    check(all(seen.get(pair) for pair in allowed), f"not all tables were in use: { {k: len(v) for k, v in seen.items()} }")
    numbers = sorted(n for v in seen.values() for n in v)
    if numbers != list(range(sent)):
        lost = set(range(sent)) - set(numbers)
        raise Failure(f"{sent} sent, {len(numbers)} arrived, {len(lost)} lost: {sorted(lost)[:20]}")


@case(Base, configure=False, servers=False, fresh=True, timeout=90)
def replace_46(lab):
    """Prefix and row change together: every packet has both from the same generation, none is lost. (NL-10)"""
    other = "2001:db8:47::"
    lab.web.ip("addr add 2001:db8:12:34::a1/64 dev r6 nodad", "addr add 2001:db8:12:34::b1/64 dev r6 nodad")
    with lab.web:
        sink = traffic.listener("::", 99, socket.SOCK_DGRAM)
    tables = [({"role": "br", "prefix": f"{PREFIX}/96", "pool4": ["192.0.2.0/24"]},
               [("192.0.2.10", "2001:db8:12:34::a1")] + FILL),
              ({"role": "br", "prefix": f"{other}/96", "pool4": ["192.0.2.0/24"]},
               [("192.0.2.10", "2001:db8:12:34::b1")] + FILL)]
    lab.apply(lab.br, *tables[0])
    traffic.ping(lab.client, "192.0.2.10")
    catcher = lab.keep(traffic.Job(lab.web, capture, "r6", 99, 16))
    time.sleep(1)
    sender = lab.keep(traffic.Job(lab.client, numbered, "192.0.2.10", 99, 12, 400))
    count = flips(lab, tables[::-1], 11)
    sent = sender.result(30)
    seen = catcher.result(30)
    sink.close()
    check(count >= max(2, 6 // SLOW), f"only {count} replacements")
    verify(seen, sent, [f"{CLIENT6} 2001:db8:12:34::a1", f"{mapped(CLIENT4, other)} 2001:db8:12:34::b1"])
    print(f"{sent} packets, {count} replacements")


@case(Base, configure=False, servers=False, fresh=True, timeout=90)
def replace_64(lab):
    """The other direction: both addresses by rows that change together."""
    lab.client.ip("addr add 203.0.113.51/24 dev r4")
    peer = "2001:db8:99::1"
    siit = {"role": "siit", "pool4": ["192.0.2.0/24"]}
    tables = [(siit, [("192.0.2.11", WEB6), (CLIENT4, peer)] + FILL),
              (siit, [("192.0.2.12", WEB6), ("203.0.113.51", peer)] + FILL)]
    lab.apply(lab.br, *tables[0])
    with lab.client:
        sink = traffic.listener("0.0.0.0", 99, socket.SOCK_DGRAM)
    traffic.ping(lab.web, BR6)
    # Neighbour entries on the way to both addresses, so that nothing waits for them.
    for address in (CLIENT4, "203.0.113.51"):
        traffic.ping(lab.br, address)
    catcher = lab.keep(traffic.Job(lab.client, capture, "r4", 99, 16))
    time.sleep(1)
    sender = lab.keep(traffic.Job(lab.web, numbered, peer, 99, 12, 400))
    count = flips(lab, tables[::-1], 11)
    sent = sender.result(30)
    seen = catcher.result(30)
    sink.close()
    check(count >= max(2, 6 // SLOW), f"only {count} replacements")
    verify(seen, sent, [f"192.0.2.11 {CLIENT4}", "192.0.2.12 203.0.113.51"])
    print(f"{sent} packets, {count} replacements")


@case(Base, fresh=True, timeout=90)
def replace_under_tcp(lab):
    """Loading the table again and again disturbs no connection, and no counter is reset."""
    path = lab.table(BR_EAM + FILL)
    lab.eamctl(lab.br, "eam", "replace", path)
    traffic.ping(lab.client, WEB4)
    before = lab.stats(lab.br)["translated"]
    jobs = [lab.keep(traffic.Job(ns, traffic.endless, address, 12)) for ns, address in
            ((lab.client, WEB4), (lab.client, NODE4), (lab.srv, CLIENT4))]
    count = 0
    end = time.monotonic() + 10
    while time.monotonic() < end:
        lab.eamctl(lab.br, "eam", "replace", path)
        lab.eamctl(lab.br, "eam", "add", "192.0.2.200", "2001:db8:ee::1")
        lab.eamctl(lab.br, "eam", "del", "192.0.2.200")
        count += 1
    for job in jobs:
        done = job.result(60)
        check(done > 0, "no stream was completed")
    after = lab.stats(lab.br)["translated"]
    check(after[0] > before[0] and after[1] > before[1], f"counters went back: {before} {after}")
    lab.check_csums()
    print(f"{count} replacements")


def flood(address, seconds, size):
    s = socket.socket(traffic.family(address), socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, 10, 0)
    s.connect((address, 7))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            for _ in range(20):
                s.send(b"x" * size)
            time.sleep(0.01)
        except OSError:
            continue


def load(lab, seconds=60):
    """TCP and UDP, small and in fragments, in all directions; lasts until the lab is closed."""
    return [lab.keep(traffic.Job(ns, fn, *args)) for ns, fn, args in (
        (lab.client, traffic.endless, (WEB4, seconds, True)), (lab.client, traffic.endless, (SRV4, seconds, True)),
        (lab.node, traffic.endless, (CLIENT4, seconds, True)),
        (lab.client, flood, (WEB4, seconds, 100)), (lab.client, flood, (NODE4, seconds, 4000)),
        (lab.srv, flood, (CLIENT4, seconds, 1400)))]


def works(lab):
    def once():
        try:
            traffic.stream(lab.client, WEB4, 9, up=MB, down=MB, timeout=5)
            traffic.stream(lab.client, NODE4, 9, up=MB, down=MB, timeout=5)
            traffic.stream(lab.client, SRV4, 9, up=MB, down=MB, timeout=5)
            return True
        except Failure:
            return False
    wait_for("translation works", once, timeout=30, step=0.5)


@case(Base, fresh=True, timeout=150)
def device_deleted(lab):
    load(lab)
    for _ in range(4):
        time.sleep(0.5)
        lab.br.ip("link del dev siit0")
        lab.node.ip("link del dev siit0")
        lab.er.ip("link del dev siit0")
        lab.configure_br()
        lab.configure_node()
        lab.configure_er()
    for _ in range(4):
        lab.br.ip("link set dev siit0 down")
        time.sleep(0.2)
        lab.eamctl(lab.br, "up")
        time.sleep(0.2)
    works(lab)
    lab.check_csums()


@case(Base, fresh=True, timeout=150)
def namespace_deleted(lab):
    """Under traffic, with everything in it; nothing is left that would hold the module."""
    jobs = load(lab)
    time.sleep(1)
    for name in ("er", "br"):
        ns = lab.spaces.pop(name)
        ns.close()
        run("ip", "netns", "del", ns.name)
        time.sleep(1)
    wait_for("the devices are gone", lambda: not any(
        n in lab.r6.run("ip", "-o", "link").stdout for n in (" br@", " er@")), timeout=30)
    lab.node.ip("link del dev siit0")
    for job in jobs:
        job.stop()

    def unloaded():
        return run("rmmod", "siit_dc", check=False).returncode == 0
    wait_for("rmmod succeeds", unloaded, timeout=10, step=0.5)
    run("insmod", os.environ["SIIT_MODULE"])


@case(Base, fresh=True, timeout=150)
def module_reloaded(lab):
    """rmmod takes devices, tables and routes away under traffic; insmod and apply bring them back."""
    load(lab)
    for _ in range(2):
        time.sleep(1)
        run("rmmod", "siit_dc")
        equal(lab.br.run("ip", "link", "show", "dev", "siit0", check=False).returncode, 1, "siit0 after rmmod")
        p = lab.eamctl(lab.br, "get", check=False)
        equal((p.returncode, p.stderr), (3, "eamctl: error: the kernel module siit_dc is not loaded; "
                                            "modprobe siit_dc shows why; eamctl up loads it\n"), "eamctl without the module")
        run("insmod", os.environ["SIIT_MODULE"])
        lab.configure_br()
        lab.configure_node()
        lab.configure_er()
    works(lab)


class Swap(Base):
    """How many rows its table is to have."""

    def __init__(self, rows):
        self.rows = rows
        super().__init__(servers=False, configure=False)


@case(Swap, {"1_row": {"rows": 1}, "20000_rows": {"rows": 20000}}, fresh=True, timeout=120)
def module_swapped(lab):
    """docs/operations.md, Upgrade, less systemd: one gap, no longer than the steps take."""
    config = f"{lab.dir}/siit-dc.conf"
    rows = lab.table([(WEB4, WEB6)] + [(f"10.0.{i >> 8}.{i & 255}", f"2001:db8:10::{i:x}") for i in range(1, lab.rows)])
    with open(config, "w") as f:
        f.write(toml({"role": "br", "prefix": f"{PREFIX}/96", "pool4": ["192.0.2.0/24"], "eam_files": [rows]}))
    lab.eamctl(lab.br, "apply", config)
    traffic.ping(lab.client, WEB4)
    with lab.web:
        sink = traffic.listener("::", 99, socket.SOCK_DGRAM)
    stream = Stream(lab.client, WEB4, lab.web, "r6", 200, lab.dir, lab.keep)
    steps, sent, lost = stream.during(lambda: timed(
        lab.br.run, (EAMCTL, "down"), ("rmmod", "siit_dc"), ("insmod", os.environ["SIIT_MODULE"]), (EAMCTL, "apply", config)))
    sink.close()
    gap = one_gap(sent, lost) / stream.rate
    took = sum(steps)
    check(gap < took + 0.5, f"a gap of {gap:.2f} s, though the steps took {took:.2f} s only")
    print(f"{lab.rows} rows: {len(lost)} packets lost, {gap:.2f} s (steps: {steps} s)")


class Twins(Lab):
    """Two relays with the same table between the same routers: client -- r4 -- br, br2 -- r6 -- web"""

    def __init__(self):
        super().__init__()
        links, config = [("client", "r4"), ("r6", "web")], {
            "client": [f"addr add {CLIENT4}/24 dev r4", "route add default via 203.0.113.1"],
            "r4": ["addr add 203.0.113.1/24 dev client"],
            "r6": ["addr add 2001:db8:12:34::ffff/64 dev web nodad"],
            "web": [f"addr add {WEB6}/64 dev r6 nodad", "route add default via 2001:db8:12:34::ffff"]}
        for net, br in ((1, "br"), (2, "br2")):
            links += [("r4", br), (br, "r6")]
            config["r4"] += [f"addr add 198.51.100.{4 * net + 1}/30 dev {br}"]
            config["r6"] += [f"addr add 2001:db8:0:{net}::2/64 dev {br} nodad"]
            config[br] = [f"addr add 198.51.100.{4 * net + 2}/30 dev r4", f"addr add 2001:db8:0:{net}::1/64 dev r6 nodad",
                          f"route add default via 198.51.100.{4 * net + 1}", f"route add 2001:db8:12::/48 via 2001:db8:0:{net}::2"]
        self.create(["client", "r4+", "br+", "br2+", "r6+", "web"], links, config)
        self.serve(self.br)
        self.serve(self.br2)

    def serve(self, br):
        self.apply(br, {"role": "br", "prefix": f"{PREFIX}/96", "pool4": ["192.0.2.0/24"]}, [(WEB4, WEB6)])

    def to(self, net):
        """What a routing daemon does when a relay no longer announces services and prefix."""
        self.r4.ip(f"route replace 192.0.2.0/24 via 198.51.100.{4 * net + 2}")
        self.r6.ip(f"route replace {PREFIX}/96 via 2001:db8:0:{net}::1")
        time.sleep(0.5)


@case(Twins, timeout=90)
def drained(lab):
    """docs/operations.md, Upgrade: one relay takes the other's traffic; neither end notices, in neither direction."""
    for net in (2, 1):
        lab.to(net)
        traffic.ping(lab.client, WEB4)
    sinks = []
    for ns, address in ((lab.web, "::"), (lab.client, "0.0.0.0")):
        with ns:
            sinks.append(traffic.listener(address, 99, socket.SOCK_DGRAM))
    catchers = [lab.keep(traffic.Job(ns, capture, dev, 99, 13)) for ns, dev in ((lab.web, "r6"), (lab.client, "r4"))]
    time.sleep(1)
    senders = [lab.keep(traffic.Job(ns, numbered, address, 99, 9, 200))
               for ns, address in ((lab.client, WEB4), (lab.web, CLIENT6))]
    time.sleep(1)
    for br, other in ((lab.br, 2), (lab.br2, 1)):
        lab.to(other)
        before = lab.stats(br)["translated"]
        time.sleep(0.3)
        equal(lab.stats(br)["translated"], before, f"translated by {br.name}, though its traffic is elsewhere")
        lab.eamctl(br, "down")
        lab.serve(br)
    sent = [s.result(30) for s in senders]
    seen = [c.result(30) for c in catchers]
    for sink in sinks:
        sink.close()
    verify(seen[0], sent[0], [f"{CLIENT6} {WEB6}"])
    verify(seen[1], sent[1], [f"{WEB4} {CLIENT4}"])
    check(min(sent) > 500, f"only {sent} packets were sent")
    print(f"{sent} packets, none lost")
