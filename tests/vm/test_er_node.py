# SPDX-License-Identifier: GPL-2.0
"""RFC 7756 3.1: a node-based Edge Relay, a few lines of configuration (Node, see lab/er.py), and
programs that know nothing but IPv4.

  client 203.0.113.50 ---- br ---- r6 ---- node 192.0.2.2 = 2001:db8:12:35::b
"""
import os

from lab import traffic
from lab.cases import case, check, equal
from lab.er import Capture, Node, advertise, ftp_server, has_address
from lab.netns import SLOW, wait_for
from lab.topology import CLIENT4
from lab.traffic import LARGE, MB
from test_base import sha256

HERE4, HERE6 = Node.SERVICE4, Node.SERVICE6


def served(lab):
    if not getattr(lab, "served", False):
        lab.serve(lab.node, HERE4)
        lab.served = True


@case(Node)
def one_setting_makes_a_node(lab):
    """ER-04, ER-05, ER-06: addresses, route and MTU come with the configuration and go with it."""
    served(lab)
    lab.both_ways(lab.node, HERE4)
    for key in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        equal(lab.node.sysctl(key), "0", key)
    shown = lab.node.run("ip", "-o", "address", "show").stdout
    check(f"siit0    inet {HERE4}/32" in shown and f"r6    inet6 {HERE6}/128" in shown, shown)
    # Deprecated: connections of the node's own leave from its own address.
    route = lab.node.run("ip", "-6", "route", "get", "2001:db8:0:1::1").stdout
    check(f"src {Node.OWN6}" in route, route)
    route = lab.node.run("ip", "-4", "route", "show").stdout
    check("default dev siit0 proto siit-dc scope link mtu 1480" in route or
          ("default dev siit0" in route and "mtu 1480" in route), route)


@case(Node, fresh=True)
def undoes_itself(lab):
    """eamctl down leaves nothing, and native IPv6 of the node did not notice any of it."""
    before = lab.node.run("ip", "-6", "route", "show").stdout.replace("siit0", "")
    lab.keep(traffic.stream_server(lab.node, Node.OWN6, 9))
    lab.eamctl(lab.node, "down")
    shown = lab.node.run("ip", "-o", "address", "show").stdout
    check(HERE4 not in shown and HERE6 not in shown and "siit0" not in shown, shown)
    equal(lab.node.run("ip", "-4", "route", "show").stdout, "", "IPv4 routes")
    equal(lab.node.run("ip", "-6", "neigh", "show", "proxy").stdout, "", "proxies")
    check(Node.OWN6.rpartition("::")[0] in before, before)
    traffic.stream(lab.r6, Node.OWN6, 9, up=100000)


@case(Node)
def follows_the_table(lab):
    """ER-03, ER-04: any number of pairs, each there as long as its row is."""
    lab.eamctl(lab.br, "eam", "add", "192.0.2.9", "2001:db8:12:35::9")
    lab.eamctl(lab.node, "eam", "add", "192.0.2.9", "2001:db8:12:35::9")
    lab.keep(traffic.udp_server(lab.node, "192.0.2.9", 70))
    equal(traffic.udp_ask(lab.client, "192.0.2.9", 70, b"second"), b"second", "answer of the second service")
    lab.eamctl(lab.node, "eam", "del", "192.0.2.9")
    shown = lab.node.run("ip", "-o", "address", "show").stdout
    check("192.0.2.9" not in shown and "2001:db8:12:35::9" not in shown, shown)
    check(HERE4 in shown and HERE6 in shown, shown)


@case(Node, fresh=True)
def last_row_goes_and_comes(lab):
    """With the last address of a device the kernel takes its routes away: the default route stays."""
    for away in (("eam", "flush"), ("eam", "del", HERE4)):
        lab.eamctl(lab.node, *away)
        check(HERE4 not in lab.node.run("ip", "address", "show").stdout, "the address is still there")
        check("default dev siit0" in lab.node.run("ip", "-4", "route", "show").stdout, f"no route after {away}")
        lab.relay(lab.node, [(HERE4, HERE6)], node=True, proxy_nd=["r6"])
    lab.relay(lab.node, [], node=True, proxy_nd=["r6"])
    check("default dev siit0" in lab.node.run("ip", "-4", "route", "show").stdout, "no route after apply")
    lab.eamctl(lab.node, "eam", "add", HERE4, HERE6)
    traffic.ping(lab.client, HERE4)


@case(Node)
def native_ipv6_beside_it(lab):
    """ER-06, ER-07: router advertisements are still accepted; the node's own address, and native
    IPv6 to the service address, are not translated."""
    advertise(lab.r6, "node", "2001:db8:12:3a::")
    auto = has_address(lab.node, "r6", "2001:db8:12:3a:")
    lab.r6.ip("addr add 2001:db8:12:3a::ffff/64 dev node nodad")
    lab.keep(traffic.stream_server(lab.node, "::", 22))
    with lab.watch(lab.node) as moved:
        for address in (Node.OWN6, auto, HERE6):
            equal(traffic.stream(lab.r6, address, 22, up=100000, down=100000) != "", True, "peer")
    check("translated" not in moved, f"translated: {moved}")


@case(Node)
def nginx_on_ipv4_only(lab):
    """ER-04: the server logs the real client."""
    www, log = lab.nginx(lab.node, HERE4)
    with open(f"{www}/file", "wb") as f:
        f.write(os.urandom(3 << 20))
    lab.client.run("curl", "-sSf", "-m", str(30 * SLOW), "-o", f"{lab.dir}/got", f"http://{HERE4}/file")
    equal(sha256(f"{lab.dir}/got"), sha256(f"{www}/file"), "file fetched")
    with open(log) as f:
        equal({line.split()[0] for line in f}, {CLIENT4}, "peers in the server's log")


@case(Node, fresh=True, timeout=90)
def ftp_carries_addresses_in_its_payload(lab):
    """ER-04: FTP, active and passive, in both directions: end-to-end transparency."""
    curl = ["curl", "-sS", "-m", str(20 * SLOW), "--no-ftp-skip-pasv-ip", "--disable-epsv", "--disable-eprt"]
    for server, address, asker in ((lab.node, HERE4, lab.client), (lab.client, CLIENT4, lab.node)):
        pub = ftp_server(lab, server, address)
        with open(f"{pub}/file", "wb") as f:
            f.write(os.urandom(1 << 20))
        got = f"{lab.dir}/got-{server.name}"
        for mode in (["--ftp-pasv"], ["--ftp-port", "-"]):
            asker.run(*curl, *mode, "-o", got, f"ftp://{address}/file")
            equal(sha256(got), sha256(f"{pub}/file"), f"file fetched {mode}")
            os.unlink(got)
            name = f"sent{len(mode)}"
            asker.run(*curl, *mode, "-T", f"{pub}/file", f"ftp://{address}/in/{name}")
            equal(sha256(f"{pub}/in/{name}"), sha256(f"{pub}/file"), f"file sent {mode}")
        for passive in ("yes", "no"):
            asker.run("lftp", "-c", f"set net:max-retries 1; set net:timeout 10; set ftp:prefer-epsv no; "
                      f"set ftp:passive-mode {passive}; set ftp:fix-pasv-address no; open ftp://{address}; "
                      f"get file -o {got}; bye", timeout=40)
            equal(sha256(got), sha256(f"{pub}/file"), f"file fetched by lftp, passive {passive}")
            os.unlink(got)


@case(Node)
def bulk_tcp_is_not_segmented_early(lab):
    """ER-05: what the node sends leaves the adapter as GSO packets."""
    served(lab)
    with Capture(lab.node, "r6") as capture:
        traffic.stream(lab.client, HERE4, 9, down=8 * MB, timeout=30)
        sent = [len(p.raw) for p in capture.packets(sent=True) if p.sport == 9]
    large = [n for n in sent if n > LARGE]
    check(large and sum(large) > sum(sent) * 0.8, f"{len(sent)} packets, {len(large)} large, longest {max(sent)}")
    lab.check_csums()


@case(Node, rp_filter=1)
def strict_rp_filter(lab):
    """RT-05"""
    served(lab)
    lab.both_ways(lab.node, HERE4)


@case(Node, mtu=1280)
def lowest_mtu(lab):
    """ER-12, MT-08: IPv4 at 1260, all the same."""
    served(lab)
    lab.both_ways(lab.node, HERE4)
    check("mtu 1260" in lab.node.run("ip", "-4", "route", "show").stdout, "MTU of the default route")
    wait_for("the mtu of siit0", lambda: "mtu 1280" in lab.node.run("ip", "link", "show", "siit0").stdout)
