# SPDX-License-Identifier: GPL-2.0
"""The least of networks, for what concerns the whole machine: it is the Border Relay itself.

  client 203.0.113.50 ---- this machine ---- web 2001:db8:12:34::1 = 192.0.2.1
"""
from .netns import Ns, run

CLIENT4, WEB4, WEB6, PREFIX = "203.0.113.50", "192.0.2.1", "2001:db8:12:34::1", "2001:db8:46::/96"


def network():
    """The namespaces client and web, each with a device br to here"""
    for name in ("client", "web"):
        run("ip", "netns", "add", name)
        run("ip", "link", "add", "name", name, "type", "veth", "peer", "name", "br", "netns", name)
        run("ip", "link", "set", name, "up")
    for key in ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0"):
        run("sysctl", "-qw", key)
    run("ip", "address", "add", "203.0.113.1/24", "dev", "client")
    run("ip", "address", "add", "2001:db8:12:34::ffff/64", "dev", "web", "nodad")
    client, web = Ns("client"), Ns("web")
    client.ip("link set lo up", "link set dev br up", f"addr add {CLIENT4}/24 dev br", "route add default via 203.0.113.1")
    web.ip("link set lo up", "link set dev br up", f"addr add {WEB6}/64 dev br nodad",
           "route add default via 2001:db8:12:34::ffff")
    return client, web
