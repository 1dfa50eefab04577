# SPDX-License-Identifier: GPL-2.0
"""What the documents tell operators to type, as it stands there. In the network of the demo (lab/topology.py)."""
import os
import re

from lab import traffic
from lab.cases import case, check, equal
from lab.netns import Failure
from lab.topology import NODE4, WEB4, WEB24, Base

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs")


def section(page, title):
    with open(f"{DOCS}/{page}") as f:
        return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", f.read(), re.M | re.S)[1]


def commands(page, title):
    """Without what only a machine with systemd can do (tests/life), and without the remarks beside them."""
    found = [re.split(r" {3,}", c)[0] for c in re.findall(r"^    # (.*)$", section(page, title), re.M)]
    check(found, f"no commands in {page}, {title}")
    return [c for c in found if not c.startswith("systemctl")]


def type_in(lab, ns, lines):
    for line in lines:
        with_directory = f"mkdir -p /etc/siit-dc && cd {lab.dir} && {line}"
        p = ns.run("bash", "-c", with_directory, check=False)
        equal((p.returncode, p.stderr), (0, ""), f"{line}: exit code and complaints")


def opened(page, title, table):
    return re.search(rf"^    (table {table} \{{\n.*?^    \}})", section(page, title), re.M | re.S)[1]


@case(Base, configure=False, fresh=True, timeout=120, servers=False)
def quick_start(lab):
    lab.node.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")
    type_in(lab, lab.br, commands("quick-start.md", "Border Relay"))
    type_in(lab, lab.node, commands("quick-start.md", "Edge Relay inside a host"))
    ping, *looks = commands("quick-start.md", "See it work")
    type_in(lab, lab.client, [ping])
    type_in(lab, lab.br, looks)
    traffic.ping(lab.client, NODE4)
    for title in ("Change", "Backup", "Monitoring"):
        type_in(lab, lab.br, commands("operations.md", title))
    with open(f"{DOCS}/troubleshooting.md") as f:
        type_in(lab, lab.br, [re.split(r" {3,}", c)[0] for c in re.findall(r"^    # (.*)$", f.read(), re.M)])
    check("siit_dc_info" in lab.br.run("cat", f"{lab.dir}/siit_dc.prom").stdout, "siit_dc.prom is empty")
    equal(lab.br.run("ip", "route", "show", "proto", "67").stdout.split()[:3], ["192.0.2.0/24", "dev", "siit0"], "route")


@case(Base, fresh=True, timeout=120)
def rules_without_state(lab):
    """docs/firewall.md; the lab's server is at another port."""
    for address in (WEB4, WEB24):
        traffic.ping(lab.client, address)
    lab.br.nft(opened("firewall.md", "Without state", "ip6 services").replace("443", "9"))
    lab.br.nft(opened("firewall.md", "Without state", "ip early"))
    traffic.stream(lab.client, WEB4, 9, up=1 << 20, down=1 << 20, timeout=20)
    for what, address in (("ping, behind siit0", WEB4), ("ping, before translation", WEB24)):
        try:
            traffic.ping(lab.client, address, timeout=1)
        except Failure:
            continue
        raise Failure(f"passed, though no rule opens it: {what}")
