# SPDX-License-Identifier: GPL-2.0
"""Stock nftables rulesets on translators: the right flows pass and no others (RT-03, lessons 7).
In the network of the demo (Base, see lab/topology.py):

  client -- r4 -- [br] -- r6 -+- web
                              +- [node]
                              '- [er] -- srv
"""
import re

from lab import traffic
from lab.cases import case, check, equal
from lab.docs import opened, section
from lab.netns import Failure
from lab.topology import CLIENT4, CLIENT6, NODE4, SRV4, WEB4, Base
from lab.traffic import MB

DEFAULT = {"1280": {"mtu": 1280}}
SIZES = {**DEFAULT, "1500": {"mtu": 1500}}

STOCK = """
flush ruleset
table inet filter {
  chain %(chain)s {
    type filter hook %(chain)s priority filter; policy drop;
    ct state established,related accept
    ct state invalid counter drop
    %(new)s
  }
}
"""


def recipe(new=""):
    """What docs/firewall.md has for a Border Relay; with the names of this network, and these rules for new flows."""
    text = opened("firewall.md", "Stateful rulesets", "inet filter")
    equal(text.count("tcp dport 443 accept"), 1, "rules of firewall.md for a service")
    return text.replace("tcp dport 443 accept", new or "tcp dport 9 accept")


def from_inside():
    rules = re.findall(r"^        (iifname .*)$", section("firewall.md", "Stateful rulesets"), re.M)
    equal(len(rules), 2, "rules of firewall.md for who is inside")
    return "\n".join(rules).replace("lan6", "r6").replace("wan4", "r4")


def blocked(what, fn, *args, **kw):
    try:
        fn(*args, **kw)
    except Failure:
        return
    raise Failure(f"passed, though no rule opens it: {what}")


def inbound(lab, address, open_port):
    """TCP to the open port, large and both ways; PMTUD for it; nothing else."""
    traffic.stream(lab.client, address, open_port, up=5 * MB, down=5 * MB, timeout=20)
    blocked("another TCP port", traffic.stream, lab.client, address, open_port + 1, timeout=2)
    blocked("UDP", traffic.udp_ask, lab.client, address, 7, b"x", timeout=1, tries=1)
    blocked("ping", traffic.ping, lab.client, address, timeout=1)


@case(Base, SIZES, fresh=True, timeout=120)
def border_relay_forward(lab):
    lab.keep(traffic.stream_server(lab.web, "::", 10))
    lab.br.nft(recipe())
    inbound(lab, WEB4, 9)
    # From inside: nothing is open but that port.
    blocked("UDP from inside", traffic.udp_ask, lab.web, CLIENT6, 7, b"x", timeout=1, tries=1)
    traffic.stream(lab.web, CLIENT6, 9, up=1 * MB, down=1 * MB, timeout=20)
    for a, b, mtu, forget in (("r6", "web", 1300, "web"), ("client", "r4", 1300, "client")):
        with lab.narrow(a, b, mtu, forget):
            traffic.stream(lab.client, WEB4, 9, up=2 * MB, down=2 * MB, timeout=20)


@case(Base, DEFAULT, fresh=True, timeout=120)
def border_relay_from_inside_only(lab):
    """The usual ruleset of a site: who is inside may ask, who is outside may answer."""
    lab.br.nft(recipe(from_inside()))
    traffic.stream(lab.web, CLIENT6, 9, up=2 * MB, down=2 * MB, timeout=20)
    traffic.udp_ask(lab.web, CLIENT6, 7, b"x")
    traffic.ping(lab.web, CLIENT6)
    blocked("TCP from outside", traffic.stream, lab.client, WEB4, 9, timeout=2)
    blocked("UDP from outside", traffic.udp_ask, lab.client, WEB4, 7, b"x", timeout=1, tries=1)
    blocked("ping from outside", traffic.ping, lab.client, WEB4, timeout=1)


@case(Base, DEFAULT, fresh=True, timeout=120)
def udp_and_ping_by_rule(lab):
    lab.br.nft(STOCK % {"chain": "forward", "new": "udp dport 7 accept\n icmpv6 type echo-request accept\n"
                                                   "icmp type echo-request accept"})
    traffic.udp_ask(lab.client, WEB4, 7, b"x")
    traffic.udp_ask(lab.client, WEB4, 7, b"x" * 4000)
    traffic.ping(lab.client, WEB4)
    blocked("TCP", traffic.stream, lab.client, WEB4, 9, timeout=2)


@case(Base, DEFAULT, fresh=True, timeout=120)
def node_input(lab):
    """The host firewall of a node with an Edge Relay."""
    lab.keep(traffic.stream_server(lab.node, NODE4, 10))
    # Neighbour discovery is what every host ruleset lets in.
    lab.node.nft(STOCK % {"chain": "input", "new": "meta l4proto icmpv6 accept\n tcp dport 9 accept"})
    traffic.stream(lab.client, NODE4, 9, up=5 * MB, down=5 * MB, timeout=20)
    blocked("another TCP port", traffic.stream, lab.client, NODE4, 10, timeout=2)
    blocked("UDP", traffic.udp_ask, lab.client, NODE4, 7, b"x", timeout=1, tries=1)
    traffic.stream(lab.node, CLIENT4, 9, up=1 * MB, down=1 * MB, timeout=20)
    traffic.udp_ask(lab.node, CLIENT4, 7, b"x")


@case(Base, SIZES, fresh=True, timeout=120)
def edge_relay_forward(lab):
    lab.keep(traffic.stream_server(lab.srv, "0.0.0.0", 10))
    lab.er.nft(STOCK % {"chain": "forward", "new": "tcp dport 9 accept"})
    inbound(lab, SRV4, 9)


@case(Base, DEFAULT, fresh=True)
def rules_see_the_device(lab):
    """What the hook has translated matches "iif siit0", and is counted once (RT-03)."""
    lab.br.nft("""table inet t {
      counter v4 { }
      counter v6 { }
      chain f { type filter hook forward priority 0;
        iifname "siit0" meta nfproto ipv6 counter name v6
        meta nfproto ipv4 iifname "siit0" counter name v4
        oifname "siit0" counter name v4
      }
    }""")
    traffic.ping(lab.client, WEB4, count=3)
    for name in ("v4", "v6"):
        out = lab.br.run("nft", "list", "counter", "inet", "t", name).stdout
        check("packets 3 " in out, f"3 packets expected in {name}: {out}")
