# SPDX-License-Identifier: GPL-2.0
"""What the figures must come to, and what is wished for. Each is a quotient of two hops of one run."""

MILLION = "1,000,000 rows"
ALL = "all prefix lengths"

# name, unit (None: both), numerator, denominator (None: plain forwarding), required, wanted
LIMITS = (
    ("4->6, x fwd", "instructions", "4->6 UDP, 64", None, 1.25, 0.95),
    ("6->4, x fwd", "instructions", "6->4 UDP, 64", None, 1.10, 0.95),
    ("4->6, x fwd", "cycles", "4->6 UDP, 64", None, 1.5, 1.0),
    ("6->4, x fwd", "cycles", "6->4 UDP, 64", None, 1.5, 1.0),
    (f"4->6, {MILLION}, x fwd", "cycles", f"4->6, {MILLION}", None, 3.0, 2.0),
    (f"6->4, {MILLION}, x fwd", "cycles", f"6->4, {MILLION}", None, 3.0, 2.0),
    (f"4->6, {MILLION} / 1 row", "instructions", f"4->6, {MILLION}", "4->6, 1 row", 1.10, 1.03),
    (f"6->4, {MILLION} / 1 row", "instructions", f"6->4, {MILLION}", "6->4, 1 row", 1.10, 1.03),
    (f"4->6, {ALL}, host rows / 1 row", "instructions", f"4->6, {ALL}, host rows", "4->6, 1 row", 1.40, 1.15),
    (f"6->4, {ALL}, host rows / 1 row", "instructions", f"6->4, {ALL}, host rows", "6->4, 1 row", 1.40, 1.15),
    (f"4->6, {ALL}, prefix rows / 1 row", "instructions", f"4->6, {ALL}, prefix rows", "4->6, 1 row", 1.40, 1.15),
    (f"6->4, {ALL}, prefix rows / 1 row", "instructions", f"6->4, {ALL}, prefix rows", "6->4, 1 row", 1.40, 1.15),
    (f"native IPv4, {MILLION} / no module", None, f"native IPv4, {MILLION}", "plain IPv4", 1.03, 1.01),
    (f"native IPv6, {MILLION} / no module", None, f"native IPv6, {MILLION}", "plain IPv6", 1.03, 1.01),
)


def judge(place, figure):
    """(name, quotient, required, wanted) of those whose rows were measured"""
    hops = {row: hop for rows in figure.values() for row, hop in rows.items()}
    fwd = (hops["plain IPv4"] + hops["plain IPv6"]) / 2
    for name, unit, over, under, required, wanted in LIMITS:
        if (unit is None or place.endswith(unit)) and over in hops:
            yield name, hops[over] / (hops[under] if under else fwd), required, wanted
    if place.endswith("instructions"):
        yield from storms(figure)


def storms(figure):
    """What is refused costs no more than what is translated: no sender gains by being wrong."""
    for name, hop in figure.get("storms", {}).items():
        yield f"{name} / translated", hop / figure["hops"][f"{name[:4]} UDP, 64"], 1.00, 0.90
