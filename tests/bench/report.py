# SPDX-License-Identifier: GPL-2.0
"""Figures on the terminal and in docs/performance.md: {place: {group: {row: hop}}}."""
import json
import os
import re
import sys

import required

DOCUMENT = "docs/performance.md"
KEPT = "build/bench/figures.json"


def forwarding(figure):
    return (figure["hops"]["plain IPv4"] + figure["hops"]["plain IPv6"]) / 2


def show(place, figure):
    mean = forwarding(figure)
    print(f"{place} a hop, and x fwd")
    for rows in figure.values():
        for row, hop in rows.items():
            print(f"  {row:<48} {hop:8.0f}  {hop / mean:5.2f}")
    for name, quotient, most, wanted in required.judge(place, figure):
        word = "as wanted" if quotient <= wanted else "holds" if quotient <= most else "MISSED"
        print(f"  {name}: {quotient:.3f}, required {most:.2f}, wanted {wanted:.2f}: {word}", flush=True)


def machine():
    with open("/proc/cpuinfo") as f:
        return re.search(r"model name\s*: (.*)", f.read()).group(1).strip()


def table(group, figures):
    figures = {place: figure for place, figure in figures.items() if figure[group]}
    rows = list(dict.fromkeys(row for figure in figures.values() for row in figure[group]))
    yield "| hop | " + " | ".join(f"{place} | x fwd" for place in figures) + " |"
    yield "|---|" + "---:|---:|" * len(figures)
    for row in rows:
        cells = []
        for figure in figures.values():
            hop = figure[group].get(row)
            cells += ["", ""] if hop is None else [f"{hop:,.0f}", f"{hop / forwarding(figure):.2f}"]
        yield f"| {row} | " + " | ".join(cells) + " |"


def judged(figures):
    yield "| | required | wanted | " + " | ".join(figures) + " |"
    yield "|---|---:|---:|" + "---:|" * len(figures)
    rows = {}
    for place, figure in figures.items():
        for name, quotient, most, wanted in required.judge(place, figure):
            rows.setdefault((name, most, wanted), {})[place] = quotient
    for (name, most, wanted), found in rows.items():
        cells = [f"{found[place]:.3f}" if place in found else "" for place in figures]
        yield f"| {name} | {most:.2f} | {wanted:.2f} | " + " | ".join(cells) + " |"


def _kept():
    try:
        with open(KEPT) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def _order(item):
    series, _, unit = item[0].partition(": ")
    return unit == "cycles", [int(n) for n in series.split(".")]


def keep(place, figure):
    """For document(): the last run of each place, as hops are compared within a run."""
    os.makedirs(os.path.dirname(KEPT), exist_ok=True)
    runs = _kept()
    runs[place] = {"command": " ".join(["scripts/bench"] + sys.argv[1:]), "figure": figure}
    with open(KEPT, "w") as f:
        json.dump(runs, f, indent=1)


def document():
    """What was measured goes between its two marks; the rest of the document stays."""
    runs = _kept()
    runs = dict(sorted(runs.items(), key=_order))
    figures = {place: run["figure"] for place, run in runs.items()}
    with open(DOCUMENT) as f:
        text = f.read()
    parts = {group: table(group, figures) for group in ("hops", "tables", "peers")
             if any(figure[group] for figure in figures.values())}
    parts["required"] = judged(figures)
    parts["runs"] = [f"* {place}: `{run['command']}` on {machine()}" for place, run in runs.items()]
    for part, lines in parts.items():
        mark = f"<!-- {part} -->\n"
        before, _, after = text.split(mark)
        text = before + mark + "\n".join(lines) + "\n" + mark + after
    with open(DOCUMENT, "w") as f:
        f.write(text)
