# SPDX-License-Identifier: GPL-2.0
"""docs/edge-relay.md: each configuration of it is applied and each command run, in the form's own
network (see lab/er.py), with the devices called as they are there."""
import os
import re

from lab.cases import case, check, equal
from lab.er import SERVICE4, Bridge, Node, Pair, Segment, Stick, Unrouted
from lab.netns import Failure

DOC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/edge-relay.md")


def section(title):
    """(configuration, commands) below a heading"""
    with open(DOC) as f:
        text = re.split(r"^## ", f.read(), flags=re.M)
    found = [part for part in text if part.startswith(title + "\n")]
    equal(len(found), 1, f"sections \"{title}\" of {DOC}")
    blocks = re.findall(r"(?:^    .*\n)+", found[0], flags=re.M)
    config, commands = "", []
    for block in blocks:
        lines = [line[4:] for line in block.splitlines()]
        if lines[0].startswith("# cat "):
            config = "\n".join(lines[1:])
        elif lines[0].startswith("# "):
            commands += [line[2:] for line in lines]
    check(config and commands, f"{title}: no configuration or no commands")
    return config, commands


def run_section(lab, ns, title, devices):
    config, commands = section(title)
    lab.eamctl(ns, "down")
    ns.run("mkdir", "-p", "/etc/siit-dc", "/etc/dnsmasq.d")
    for eth, name in devices.items():
        config = config.replace(eth, name)
        commands = [c.replace(eth, name) for c in commands]
    with open("/etc/siit-dc/siit-dc.conf", "w") as f:
        f.write(config)
    for command in commands:
        p = ns.run("bash", "-c", command, check=False)
        if p.returncode:
            raise Failure(f"{title}: \"{command}\": exit {p.returncode}\n{p.stdout}{p.stderr}")


def serves(lab, ns, address):
    if not getattr(lab, "served", False):
        lab.serve(ns)
        lab.served = True
    lab.both_ways(ns, address, mb=1)


@case(Node, fresh=True)
def node_based(lab):
    run_section(lab, lab.node, "Node-based", {"eth0": "r6"})
    lab.serve(lab.node, Node.SERVICE4)
    lab.both_ways(lab.node, Node.SERVICE4, mb=1)


@case(Segment, fresh=True)
def router_of_a_segment(lab):
    lab.srv.ip(f"addr add {SERVICE4}/29 dev sw", "route add default via 192.0.2.25")
    run_section(lab, lab.er, "Network-based: router of a segment", {"eth0": "r6", "eth1": "sw"})
    serves(lab, lab.srv, SERVICE4)


@case(Unrouted, fresh=True)
def unrouted_link(lab):
    run_section(lab, lab.er, "Network-based: unrouted link", {"eth0": "r6", "eth1": "srv"})
    serves(lab, lab.srv, SERVICE4)


@case(Stick, fresh=True)
def on_a_stick(lab):
    run_section(lab, lab.er, "On a stick", {"eth0": "sw"})
    serves(lab, lab.srv, SERVICE4)


@case(Bridge, fresh=True)
def bridging(lab):
    run_section(lab, lab.er, "Bridging IPv6", {"eth0": "r6", "eth1": "srv"})
    serves(lab, lab.srv, SERVICE4)


@case(Pair, fresh=True)
def services_that_talk(lab):
    run_section(lab, lab.a, "Services that talk to each other", {})
    lab.both_ways(lab.a, Pair.A4, mb=1)


@case()
def every_check_of_doctor_is_described():
    """The table of the page has the checks that the source has."""
    with open(os.path.join(os.path.dirname(DOC), "../userspace/doctor.cpp")) as f:
        source = set(re.findall(r'(?:e\.add\(|Finding>\{\{)\s*"([a-z0-9-]+)"', f.read()))
    with open(DOC) as f:
        table = f.read().partition("## eamctl doctor")[2]
    described = {w for line in re.findall(r"^\| (`.*?) \|", table, flags=re.M) for w in re.findall(r"`([^`]+)`", line)}
    equal(described, source, "checks in docs/edge-relay.md")
