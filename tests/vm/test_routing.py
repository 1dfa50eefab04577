# SPDX-License-Identifier: GPL-2.0
"""Routing daemons tell the neighbours of a Border Relay what it translates, as docs/operations.md has it. In the network
of the demo (lab/topology.py): r4 and r6 know nothing of services and prefix but by BGP."""
import os
import re
import shutil

from lab import traffic
from lab.cases import case, equal
from lab.netns import wait_for
from lab.topology import BR4, BR6, PREFIX, WEB4, Base

DOC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/operations.md")
PEERS = {"r4": ("198.51.100.253", BR4, "ipv4"), "r6": ("2001:db8:0:1::2", BR6, "ipv6")}


def recipe(first):
    """The block of the page whose first line begins so."""
    with open(DOC) as f:
        blocks = re.findall(r"(?:^    .*\n)+", f.read(), re.M)
    found = [b for b in blocks if b.startswith("    " + first)]
    equal(len(found), 1, f"blocks of operations.md that begin with {first}")
    return re.sub(r"(?m)^    ", "", found[0])


def bird(lab, name, config):
    path = f"{lab.dir}/bird-{name}"
    with open(f"{path}.conf", "w") as f:
        f.write(config)
    lab.daemon(lab.spaces[name], "bird", "-f", "-c", f"{path}.conf", "-s", f"{path}.ctl", "-P", f"{path}.pid")


def neighbours(lab):
    for name, (address, relay, family) in PEERS.items():
        lab.spaces[name].ip(f"route del default via {relay}")
        bird(lab, name, f"""router id {PEERS['r4'][0] if name == 'r4' else '10.0.0.6'};
protocol device {{ }}
protocol kernel {{ {family} {{ import none; export all; }}; }}
protocol bgp {{
  local {address} as 64501; neighbor {relay} as 64500;
  connect delay time 1; connect retry time 1; error wait time 1, 2;
  {family} {{ import all; export none; }};
}}
""")


def learned(lab):
    return (f"192.0.2.0/24 via {BR4}" in lab.r4.run("ip", "route", "show", "proto", "bird").stdout and
            f"{PREFIX}/96 via {BR6}" in lab.r6.run("ip", "-6", "route", "show", "proto", "bird").stdout)


def only_ours(lab):
    """Nothing else of the relay's routes is announced."""
    equal(len(lab.r4.run("ip", "route", "show", "proto", "bird").stdout.splitlines()), 1, "IPv4 routes announced")
    equal(len(lab.r6.run("ip", "-6", "route", "show", "proto", "bird").stdout.splitlines()), 1, "IPv6 routes announced")


def forgotten(lab):
    return not any(ns.run("ip", f, "route", "show", "proto", "bird").stdout for ns, f in ((lab.r4, "-4"), (lab.r6, "-6")))


def life(lab, announce):
    """The neighbours know while the link is up and the daemon is to announce, and only then."""
    wait_for("the neighbours know services and prefix", lambda: learned(lab), timeout=40, step=0.3)
    only_ours(lab)
    traffic.ping(lab.client, WEB4)
    announce(False)
    wait_for("nobody sends packets to a relay that is drained", lambda: forgotten(lab), timeout=20, step=0.3)
    announce(True)
    wait_for("the neighbours know again", lambda: learned(lab), timeout=20, step=0.3)
    lab.br.ip("link set siit0 down")
    wait_for("nobody sends packets to a relay that is down", lambda: forgotten(lab), timeout=20, step=0.3)
    lab.configure_br()
    wait_for("the neighbours know again", lambda: learned(lab), timeout=20, step=0.3)
    traffic.ping(lab.client, WEB4)


@case(Base, fresh=True, timeout=120, servers=False)
def bird_tells_the_neighbours(lab):
    neighbours(lab)
    sessions = "".join(f"protocol bgp from relay {{ neighbor {address} as 64501; connect delay time 1; connect retry time 1; }}\n"
                       for address, _, _ in PEERS.values())
    bird(lab, "br", f"router id {BR4};\nprotocol device {{ }}\n" + recipe("protocol kernel siit4") + sessions)

    def announce(on):
        for name in ("bgp1", "bgp2"):
            lab.br.run("birdc", "-s", f"{lab.dir}/bird-br.ctl", "enable" if on else "disable", name)
    life(lab, announce)


@case(Base, fresh=True, timeout=150, servers=False)
def frr_tells_the_neighbours(lab):
    neighbours(lab)
    space = lab.br.name
    run_dir = f"/run/frr/{space}"
    os.makedirs(run_dir)
    try:
        with open(f"{run_dir}/frr.conf", "w") as f:
            f.write(f"""router bgp 64500
 bgp router-id {BR4}
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 timers bgp 3 9
""" + "".join(f""" neighbor {address} remote-as 64501
 address-family {family} unicast
  neighbor {address} activate
 exit-address-family
""" for address, _, family in PEERS.values()) + "exit\n" + recipe("route-map siit-dc"))
        with open(f"{run_dir}/zebra.conf", "w") as f:
            f.write("log stdout\n")
        for name in ("/run/frr", run_dir, f"{run_dir}/frr.conf", f"{run_dir}/zebra.conf"):
            shutil.chown(name, "frr", "frr")
        lab.daemon(lab.br, "/usr/lib/frr/zebra", "-N", space, "-f", f"{run_dir}/zebra.conf", "-P", "0")
        wait_for("zebra", lambda: os.path.exists(f"{run_dir}/zserv.api"))
        lab.daemon(lab.br, "/usr/lib/frr/bgpd", "-N", space, "-f", f"{run_dir}/frr.conf", "-P", "0")

        def announce(on):
            for address, _, _ in PEERS.values():
                lab.br.run("vtysh", "-N", space, "-c", "configure terminal", "-c", "router bgp 64500",
                           "-c", f"{'no ' if on else ''}neighbor {address} shutdown")
        life(lab, announce)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
