# SPDX-License-Identifier: GPL-2.0
"""Packets that no good host would send (tests/vm/hostile), in sk_buffs of every build: none of them is lost or counted
twice, none changes what others hold, nothing comes out malformed or with memory of the kernel in it, and nothing of
them stays (SE-01..08, SE-15)."""
import os

from lab import seeds
from lab.caches import OF_PACKETS, in_use, nothing_stays
from lab.cases import case, check, equal
from lab.netns import run
from lab.topology import BR4, BR6, Lab, Wire

MODULE = os.environ.get("SIIT_HOSTILE", "")
# More on demand (scripts/test hostile), and then never the same.
COUNT = int(os.environ.get("SIIT_COUNT", "16000"))
START = int(os.environ.get("SIIT_START", "1"))
LINEAR, PAGED, FRAG_LIST, GUEST = 1, 2, 4, 8
HOST = LINEAR | PAGED | FRAG_LIST


class Target(Lab):
    """A translator between the two devices of the generator."""

    def __init__(self):
        super().__init__()
        self.loaded = False
        try:
            self.create(["br+"], [], {})
            self.br.run("insmod", MODULE)
            self.loaded = True
            # What is delivered here in pieces does not stay for long.
            self.br.sysctl("ipv4/ipfrag_time", 1)
            self.br.sysctl("ipv6/ip6frag_time", 1)
            self.br.ip("link set hg4 up", "link set hg6 up",
                       f"addr add {BR4}/30 dev hg4", f"addr add {BR6}/64 dev hg6 nodad",
                       "neigh add 198.51.100.253 lladdr 02:00:00:00:00:04 dev hg4 nud permanent",
                       "neigh add 2001:db8:0:1::2 lladdr 02:00:00:00:00:06 dev hg6 nud permanent",
                       "route add default via 198.51.100.253", "route add ::/0 via 2001:db8:0:1::2")
            self.apply(self.br, *Wire.standard())
            self.plant(seeds.all_of_them())
        except BaseException:
            self.close()
            raise

    @staticmethod
    def tell(words):
        with open("/proc/siit_hostile", "w") as f:
            f.write(words)

    def plant(self, packets):
        """What is mutated from now on."""
        self.tell("clear")
        for p in packets:
            self.tell(f"seed {p.hex()}")

    @staticmethod
    def seen():
        with open("/proc/siit_hostile") as f:
            words = f.read().split()
        return {k: int(v) for k, v in zip(words[::2], words[1::2])}

    def flood(self, words, exact=True):
        """Every packet that came as far as the translator moved one counter; returns how many were sent."""
        before, link = self.seen(), self.br.link_stats("siit0")
        with self.watch(self.br) as moved:
            self.tell(words)
        now = {k: v - before[k] for k, v in self.seen().items()}
        equal(now["bad"], 0, "packets that are not well-formed (see the kernel's log)")
        after = self.br.link_stats("siit0")
        # What Linux itself sends through siit0, errors to addresses that map, is counted like all others.
        sent = sum(after[k] - link[k] for k in ("tx_packets", "tx_dropped"))
        want = now["reached"] + sent - now["short"]
        got = sum(a + b for k, (a, b) in moved.items() if not k.startswith("icmp_"))
        # One that is segmented is as many as its segments.
        check(got == want if exact else got >= want, f"{want} packets moved {got} counters: {now} {moved}")
        return now["sent"], now["seen"]

    def close(self):
        if self.loaded:
            run("rmmod", "siit_hostile")
            self.loaded = False
        super().close()


@case(Target, timeout=120)
def cut_at_every_octet(lab):
    """Every kind of packet, every quote, as long as it comes (SE-04, SE-07)."""
    for shapes in (LINEAR, PAGED | FRAG_LIST):
        sent, seen = lab.flood(f"cut hook {shapes:x}")
        check(sent > 5000 and seen > 500, f"hardly anything: {sent} sent, {seen} came out")
    lab.flood(f"cut xmit {HOST:x}")


SETTINGS = {
    "br": {},
    "siit": {"role": "siit", "atomic_fragments": True, "pool4": []},
    "er": {"role": "er", "pool4": [], "icmp4_src": []},
    "simple": {"hairpin": "simple", "udp_zero": "forward", "lowest_ipv6_mtu": 1500},
}


@case(Target, timeout=60 + COUNT // 200)
def mutated(lab):
    """Valid packets, mutated; received from drivers and guests, and sent by sockets; in every role."""
    def once(number, count):
        total = [0, 0]
        for entry, shapes, share in (("hook", HOST, 6), ("hook", GUEST, 1), ("xmit", HOST, 1)):
            start = START * 1000003 + number * 101 + shapes
            done = lab.flood(f"run {entry} {shapes:x} {start} {count * share // 8}", shapes != GUEST)
            total = [a + b for a, b in zip(total, done)]
        return total

    once(0, 800)
    before, totals = in_use(OF_PACKETS), {}
    for number, (name, more) in enumerate(SETTINGS.items(), 1):
        standard, eam = Wire.standard()
        lab.apply(lab.br, {k: v for k, v in {**standard, **more}.items() if v != []}, eam)
        # The service is on the other side of an Edge Relay.
        lab.plant(map(seeds.turned, seeds.all_of_them()) if name == "er" else seeds.all_of_them())
        with lab.watch(lab.br) as moved:
            totals[name] = once(number, COUNT // len(SETTINGS))
        # Sizes that make no segments are the guest's fault; this one is an alarm (docs/operations.md).
        check("drop_no_memory" not in moved, f"{name}: no memory is lacking: {moved}")
    lab.apply(lab.br, *Wire.standard())
    lab.plant(seeds.all_of_them())
    nothing_stays(before)
    check(all(seen > sent // 5 for sent, seen in totals.values()), f"hardly translated: {totals}")
    print(f"note: packets sent, and those that came out translated: {totals}")
