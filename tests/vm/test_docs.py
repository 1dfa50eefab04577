# SPDX-License-Identifier: GPL-2.0
"""What the documents tell operators to type works. In the network of the demo (lab/topology.py)."""
import json
import re

from lab import traffic
from lab.cases import case, check, equal
from lab.docs import commands, opened, section
from lab.netns import Failure
from lab.topology import NODE4, PREFIX, WEB4, WEB6, WEB24, Base


def type_in(lab, ns, lines):
    for line in lines:
        with_directory = f"mkdir -p /etc/siit-dc && cd {lab.dir} && {line}"
        p = ns.run("bash", "-c", with_directory, check=False)
        equal((p.returncode, p.stderr), (0, ""), f"{line}: exit code and complaints")


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
    type_in(lab, lab.br, commands("troubleshooting.md"))
    alerts = set(re.findall(r"\bsiit_dc_[a-z_]+[^`]*?(?=[ )\[])", section("operations.md", "Monitoring")))
    metrics = lab.br.run("cat", f"{lab.dir}/siit_dc.prom").stdout
    for alert in alerts:
        name, _, label = alert.rstrip("}").partition("{")
        check(re.search(rf"^{name}\{{.*{label}", metrics, re.M), f"operations.md has {alert}, which is no metric")
    equal(lab.br.run("ip", "route", "show", "proto", "67").stdout.split()[:3], ["192.0.2.0/24", "dev", "siit0"], "route")


@case(Base, configure=False, fresh=True, timeout=120, servers=False)
def migration(lab):
    """docs/migration.md, from each of the two: what their files say works."""
    there = {f"{lab.dir}/jool_siit.json": json.dumps({
                 "instance": "default", "framework": "iptables", "global": {"pool6": f"{PREFIX}/96", "lowest-ipv6-mtu": 1280},
                 "eamt": [{"ipv4 prefix": f"{WEB4}/32", "ipv6 prefix": f"{WEB6}/128"}]}),
             "/etc/tayga.conf": f"tun-device nat64\nipv4-addr 198.51.100.1\nprefix {PREFIX}/96\nmap {WEB4} {WEB6}\n"}
    for path, content in there.items():
        with open(path, "w") as f:
            f.write(content)
    from_jool, from_tayga, *rest = commands("migration.md")
    for line, named in ((from_jool, "jool_siit.json/framework"), (from_tayga, "/etc/tayga.conf:1")):
        said = lab.br.run("bash", "-c", f"cd {lab.dir} && {line}").stderr
        check(f"{named}: " in said, f"{line} does not name {named}: {said}")
        type_in(lab, lab.br, rest)
        traffic.ping(lab.client, WEB4)
        lab.eamctl(lab.br, "down")


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
