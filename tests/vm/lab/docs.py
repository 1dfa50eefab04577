# SPDX-License-Identifier: GPL-2.0
"""What docs/*.md tell operators to type, as it stands there."""
import os
import re

from .cases import check

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../docs")


def section(page, title):
    with open(f"{DOCS}/{page}") as f:
        if not title:
            return f.read()
        return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", f.read(), re.M | re.S)[1]


def commands(page, title=""):
    """Without what only a machine with systemd can do (tests/life), and without the remarks beside them."""
    found = [re.split(r" {3,}", c)[0] for c in re.findall(r"^    # (.*)$", section(page, title), re.M)]
    check(found, f"no commands in {page}, {title}")
    return [c for c in found if not c.startswith("systemctl")]


def opened(page, title, table):
    """A ruleset of nftables, by the head of its table."""
    return re.search(rf"^    (table {table} \{{\n.*?^    \}})", section(page, title), re.M | re.S)[1]
