# SPDX-License-Identifier: GPL-2.0
"""eamctl doctor: finds nothing wrong with a healthy relay of any form (see lab/er.py), and when
exactly one thing is broken it tells that, and nothing else. What it says mends it."""
import json

from lab.cases import case, check, equal
from lab.er import SERVICE4, SERVICE6, Bridge, Node, Pair, Segment, Stick, Unrouted
from lab.netns import Failure


def doctor(lab, ns):
    p = lab.eamctl(ns, "-j", "doctor", check=False)
    findings = json.loads(p.stdout)
    equal(p.returncode, 4 if findings else 0, f"exit status with {findings}")
    return findings


def healthy(lab, *relays):
    for ns in (lab.br, *relays):
        equal(doctor(lab, ns), [], f"findings in {ns.name}")
    equal(lab.eamctl(lab.br, "doctor").stdout, "nothing wrong found\n", "text")


def broken(lab, ns, check_name, words, breaking, mending):
    """breaking and mending: functions. In between there is one finding, with these words."""
    breaking()
    try:
        findings = doctor(lab, ns)
        equal([f["check"] for f in findings], [check_name], f"findings {findings}")
        text = f"{findings[0]['what']} | {findings[0]['mend']}"
        for word in words:
            check(word in text, f"\"{word}\" is not in: {text}")
        shown = lab.eamctl(ns, "doctor", check=False).stdout
        check(findings[0]["what"] in shown and findings[0]["mend"] in shown, shown)
    except Failure as e:
        raise Failure(f"{check_name}: {e}") from None
    finally:
        mending()
    equal(doctor(lab, ns), [], f"findings after {check_name} was mended")


@case(Node)
def healthy_node(lab):
    healthy(lab, lab.node)


@case(Segment)
def healthy_segment(lab):
    healthy(lab, lab.er)


@case(Unrouted)
def healthy_unrouted(lab):
    healthy(lab, lab.er)


@case(Bridge)
def healthy_bridge(lab):
    healthy(lab, lab.er)


@case(Pair)
def healthy_pair(lab):
    healthy(lab, lab.a, lab.b)
    lab.directly()
    healthy(lab, lab.a, lab.b)


@case(Stick)
def healthy_stick(lab):
    healthy(lab, lab.er)


@case(Stick)
def forwarding_off(lab):
    """RT-08"""
    for key, name in (("ipv4/ip_forward", "net.ipv4.ip_forward"),
                      ("ipv6/conf/all/forwarding", "net.ipv6.conf.all.forwarding"),
                      ("ipv4/conf/siit0/forwarding", "net.ipv4.conf.siit0.forwarding")):
        broken(lab, lab.br, "forwarding", [f"{name} is 0", f"sysctl -w {name}=1"],
               lambda key=key: lab.br.sysctl(key, 0), lambda key=key: lab.br.sysctl(key, 1))


@case(Stick)
def no_route(lab):
    """BR-15: to the prefix, and to a pool."""
    for ns, prefix in ((lab.br, "2001:db8:46::/96"), (lab.br, "192.0.2.0/24"), (lab.er, "0.0.0.0/0")):
        broken(lab, ns, "route", [prefix, "eamctl up", f"ip route replace {prefix} dev siit0"],
               lambda ns=ns, prefix=prefix: ns.ip(f"route del {prefix} dev siit0"), lambda ns=ns: lab.eamctl(ns, "up"))


@case(Stick)
def strict_rp_filter_without_a_route_back(lab):
    """RT-05"""
    def breaking():
        lab.er.sysctl("ipv4/conf/siit0/rp_filter", 1)
        lab.er.ip("route del 0.0.0.0/0 dev siit0", "route add default via 192.0.2.30")

    def mending():
        lab.er.ip("route del default via 192.0.2.30")
        lab.eamctl(lab.er, "up")
    broken(lab, lab.er, "rp-filter", ["strict for siit0", "0.0.0.0/0 leads to sw",
                                      "net.ipv4.conf.siit0.rp_filter=2"], breaking, mending)
    lab.er.sysctl("ipv4/conf/siit0/rp_filter", 0)


@case(Stick)
def mtu_of_a_link(lab):
    """MT-07: below lowest-ipv6-mtu; a link without IPv6 does not matter."""
    broken(lab, lab.er, "link-mtu", ["MTU of sw is 1400", "lowest-ipv6-mtu 1500"],
           lambda: lab.er.ip("link set dev sw mtu 1400"), lambda: lab.er.ip("link set dev sw mtu 1500"))
    lab.br.ip("link set dev client mtu 1400")
    try:
        equal(doctor(lab, lab.br), [], "findings with a small IPv4 link")
    finally:
        lab.br.ip("link set dev client mtu 1500")


@case(Stick)
def mtu_of_the_adapter(lab):
    """MT-08"""
    p = lab.er.run("ip", "link", "set", "dev", "siit0", "mtu", 1400, check=False)
    check(p.returncode and "mtu" in p.stderr, "the device takes another MTU")
    broken(lab, lab.er, "ipv4-mtu", ["0.0.0.0/0 has the MTU 1300, not 1480"],
           lambda: lab.er.ip("route replace default dev siit0 proto 67 scope link mtu 1300"),
           lambda: lab.eamctl(lab.er, "up"))


@case(Node)
def service_address_of_a_node_missing(lab):
    """ER-04"""
    # With the last address of a device the kernel takes its routes away, which would be told too.
    lab.node.ip("addr add 10.255.255.1/32 dev siit0")
    broken(lab, lab.node, "service-address", [Node.SERVICE4, "eamctl up"],
           lambda: lab.node.ip(f"addr del {Node.SERVICE4}/32 dev siit0"), lambda: lab.eamctl(lab.node, "up"))


@case(Unrouted)
def service_behind_the_relay_not_routed(lab):
    """ER-21"""
    broken(lab, lab.er, "service-address", [SERVICE4, f"ip route add {SERVICE4}"],
           lambda: lab.er.ip(f"route del {SERVICE4}"), lambda: lab.er.ip(f"route add {SERVICE4} via 10.0.0.2"))


@case(Stick)
def proxy_missing(lab):
    """ER-10: the entry, the sysctl, the device's forwarding, the device."""
    broken(lab, lab.er, "proxy-nd", [f"nobody answers for {SERVICE6} on sw"],
           lambda: lab.er.ip(f"neigh del proxy {SERVICE6} dev sw"), lambda: lab.eamctl(lab.er, "up"))
    broken(lab, lab.er, "proxy-nd", ["net.ipv6.conf.sw.proxy_ndp is 0"],
           lambda: lab.er.sysctl("ipv6/conf/sw/proxy_ndp", 0), lambda: lab.eamctl(lab.er, "up"))
    broken(lab, lab.er, "proxy-nd", ["net.ipv6.conf.sw.forwarding is 0"],
           lambda: lab.er.sysctl("ipv6/conf/sw/forwarding", 0), lambda: lab.er.sysctl("ipv6/conf/sw/forwarding", 1))
    broken(lab, lab.er, "proxy-nd", ["no device gone0"],
           lambda: lab.eamctl(lab.er, "set", "proxy-nd", "sw,gone0"), lambda: lab.eamctl(lab.er, "set", "proxy-nd", "sw"))


@case(Node)
def address_of_a_node_on_its_link_missing(lab):
    """ER-06"""
    broken(lab, lab.node, "proxy-nd", [f"nobody answers for {Node.SERVICE6} on r6"],
           lambda: lab.node.ip(f"addr del {Node.SERVICE6}/128 dev r6"), lambda: lab.eamctl(lab.node, "up"))


@case(Stick)
def row_that_nobody_routes_here(lab):
    """ER-06: on-link and not answered for; and on a Border Relay a row outside of its pools."""
    broken(lab, lab.er, "unrouted-row", [SERVICE6, "eamctl set proxy-nd sw"],
           lambda: lab.eamctl(lab.er, "set", "proxy-nd", "none"), lambda: lab.eamctl(lab.er, "set", "proxy-nd", "sw"))
    broken(lab, lab.br, "unrouted-row", ["198.51.100.77", "pool4"],
           lambda: lab.eamctl(lab.br, "eam", "add", "198.51.100.77", "2001:db8:12:c0::77"),
           lambda: lab.eamctl(lab.br, "eam", "del", "198.51.100.77"))


@case(Stick)
def native_route_over_a_row(lab):
    """AD-13"""
    lab.eamctl(lab.br, "eam", "add", "192.0.2.64/28", "2001:db8:12:c0::40/124")
    equal(doctor(lab, lab.br), [], "findings with a row of a prefix")
    broken(lab, lab.br, "native-route", ["192.0.2.65/32 by client", "192.0.2.64/28", "ip route del 192.0.2.65/32"],
           lambda: lab.br.ip("route add 192.0.2.65 dev client"), lambda: lab.br.ip("route del 192.0.2.65 dev client"))
    lab.eamctl(lab.br, "eam", "del", "192.0.2.64/28")


@case(Stick, fresh=True)
def device_down_or_gone(lab):
    broken(lab, lab.er, "device-down", ["siit0 is down", "eamctl up"],
           lambda: lab.er.ip("link set dev siit0 down"), lambda: lab.eamctl(lab.er, "up"))
    lab.eamctl(lab.er, "down")
    findings = doctor(lab, lab.er)
    equal([f["check"] for f in findings], ["no-device"], f"findings {findings}")


@case(Stick)
def setting_that_is_probably_not_meant(lab):
    """AD-06: the well-known prefix and private addresses."""
    def breaking():
        lab.eamctl(lab.er, "set", "prefix", "64:ff9b::/96")

    broken(lab, lab.er, "setting", ["64:ff9b::/96", "wkp-strict"], breaking,
           lambda: lab.eamctl(lab.er, "set", "prefix", "2001:db8:46::/96"))
