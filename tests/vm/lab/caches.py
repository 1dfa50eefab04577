# SPDX-License-Identifier: GPL-2.0
"""How many objects are in use in the kernel's caches, and that no more are than before."""
import contextlib
import time

from lab.cases import check

# What packets take; the translator's own.
OF_PACKETS = ("skbuff_head_cache", "skbuff_fclone_cache", "skbuff_small_head", "skbuff_ext_cache", "ip_dst_cache", "ip6_dst_cache",
              "ip4-frags", "ip6-frags")
OF_TABLES = ("siit_eamt_entry", "siit_node")


def in_use(names):
    # Counts are exact, and KASAN lets go of what was freed, only when each cache has been shrunk.
    for name in names:
        with contextlib.suppress(FileNotFoundError), open(f"/sys/kernel/slab/{name}/shrink", "w") as f:
            f.write("1")
    with open("/proc/slabinfo") as f:
        return {w[0]: int(w[1]) for w in map(str.split, f) if w[0] in names}


def nothing_stays(before):
    """As many objects as before, but for those in the hands of each CPU and of what else runs here."""
    end = time.monotonic() + 20
    while True:
        more = {k: v - before[k] for k, v in in_use(before).items() if v - before[k] > 64}
        if not more:
            return
        check(time.monotonic() < end, f"objects that stayed: {more}")
        time.sleep(0.5)
