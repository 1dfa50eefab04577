# SPDX-License-Identifier: GPL-2.0
"""The MTU that translated ICMP errors announce, who cannot change it, and that of the device (Wire, see
lab/topology.py).

  w4 (raw) ---- br ---- (raw) w6
"""
import contextlib
import socket
import struct

from lab.cases import case, check, equal
from lab.packet import ICMP, UDP, echo, fragment, icmp4, ip4, ip6, udp
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, WEB4, WEB6, Wire, mapped
from test_errors import ROUTER4, error6, ping6
from test_wire import setting, udp6


def ptb46(lab, advertised, total=1500):
    """What a 3/4 about a packet of this length says in IPv6"""
    quote = ip4(WEB4, CLIENT4, UDP, udp(WEB4, CLIENT4, 53, 5000, b"x" * (total - 28)), df=True)[:548]
    p = lab.one(ip4(ROUTER4, WEB4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, advertised), quote)), 6)
    equal((p.icmp, p.src, p.dst), ((2, 0), mapped(ROUTER4), WEB6), "error")
    return int.from_bytes(p.payload[4:8], "big")


def ptb64(lab, advertised, frag=False):
    """What a 2/0 says in IPv4"""
    body = udp(CLIENT6, WEB6, 5000, 53, b"x" * 400)
    quote = ip6(CLIENT6, WEB6, 44, fragment(UDP, 7) + body) if frag else ip6(CLIENT6, WEB6, UDP, body)
    p = lab.one(error6(2, 0, src=WEB6, rest=struct.pack("!I", advertised), quote=quote), 4)
    equal((p.icmp, p.src, p.payload[4:6]), ((3, 4), WEB4, b"\0\0"), "error")
    return int.from_bytes(p.payload[6:8], "big")


def mtus(lab, ask, *expected):
    for args, want in expected:
        equal(ask(lab, *args), want, f"{ask.__name__}{args}")


@case(Wire)
def mtu_of_links(lab):
    """The links that the packet must pass bound what is announced (MT-01, MT-02, MT-03)."""
    with lab.narrow_br4(1300):
        mtus(lab, ptb46, ((9000,), 1320), ((1290,), 1310), ((0,), 1320), ((0, 4000), 1320))
        mtus(lab, ptb64, ((9000,), 1300), ((1310,), 1290))
    with lab.narrow_route6(1400):
        mtus(lab, ptb46, ((9000,), 1400), ((1390,), 1400), ((1370,), 1390), ((0,), 1400))
        mtus(lab, ptb64, ((9000,), 1380), ((1390,), 1370))
    mtus(lab, ptb46, ((0,), 1500), ((0, 1492), 1280), ((0, 4000), 1500))
    lab.br.ip("link set dev w4 mtu 9000", "link set dev w6 mtu 9000")
    mtus(lab, ptb46, ((0,), 1512), ((0, 1492), 1280), ((0, 1493), 1512), ((0, 4000), 2022), ((0, 8000), 4372),
         ((5000,), 5020), ((9000,), 9000), ((65535,), 9000))
    mtus(lab, ptb64, ((5000,), 4980), ((5000, True), 4972), ((9000,), 8980), ((70000,), 8980), ((0xFFFFFFFF,), 8980))
    lab.br.ip("link set dev w4 mtu 1500", "link set dev w6 mtu 1500")
    with setting(lab, "plateaus", "1300,1400,1300"):
        mtus(lab, ptb46, ((0,), 1420), ((0, 1400), 1320), ((0, 1300), 1280))


@case(Wire)
def smallest_mtu(lab):
    """Nobody is made to send less than IPv6 allows, unless that is asked for (MT-01, MT-03, MT-04)."""
    mtus(lab, ptb46, ((68,), 1280), ((1259,), 1280), ((1261,), 1281))
    mtus(lab, ptb64, ((0,), 1260), ((68,), 1260), ((1279,), 1260), ((1281,), 1261), ((1279, True), 1252),
         ((1300, True), 1272))
    with setting(lab, "ptb-min-clamp", "off"):
        mtus(lab, ptb46, ((1200,), 1220), ((500,), 520))
        mtus(lab, ptb64, ((1000,), 980), ((1000, True), 972), ((68,), 68))


@contextlib.contextmanager
def forged(lab, pkt, address, mtu):
    """The translator's own stack is told of a path MTU, and believes it."""
    (lab.tap4 if pkt[0] >> 4 == 4 else lab.tap6).send(pkt)
    lab.exchange()
    route = lab.br.run("ip", "route", "get", address).stdout
    check(f"mtu {mtu}" in route, f"nothing was remembered: {route}")
    yield
    lab.br.sysctl("ipv4/route/flush", 1)
    lab.br.run("ip", "-6", "route", "flush", "cache")


@case(Wire)
def forged_path_mtu_ipv6(lab):
    """What the translator's own stack is told about a path changes no decision of the translator
    (MT-09). The stack's output is bound by it, as any Linux router's: docs/rfc-compliance.md."""
    pkt = error6(2, 0, dst=BR6, rest=struct.pack("!I", 1280), quote=ping6(BR6, WEB6, 600))
    with forged(lab, pkt, WEB6, 1280):
        mtus(lab, ptb46, ((9000,), 1500), ((1400,), 1420))
        mtus(lab, ptb64, ((9000,), 1480), ((1400,), 1380))


def forge4(mtu):
    quote = ip4(BR4, CLIENT4, ICMP, echo(BR4, CLIENT4, 1, 2, b"x" * 600, True))
    return ip4(ROUTER4, BR4, ICMP, icmp4(3, 4, struct.pack("!HH", 0, mtu), quote))


@case(Wire)
def forged_path_mtu_ipv4(lab):
    """MT-09"""
    with forged(lab, forge4(600), CLIENT4, 600):
        mtus(lab, ptb46, ((9000,), 1500), ((1400,), 1420))
        mtus(lab, ptb64, ((9000,), 1480), ((1400,), 1380))
        equal(len(lab.one(udp6(1452), 4).raw), 1480, "DF=1")
        equal(len(lab.one(udp6(1232), 4).raw), 1260, "DF=0")


@case(Wire)
def forged_tiny_path_mtu(lab):
    """Nor does one that is so small that Linux holds it fast (MT-09)."""
    with forged(lab, forge4(68), CLIENT4, "lock 552"):
        mtus(lab, ptb64, ((9000,), 1480))


@case(Wire)
def device_mtu(lab):
    """The device's own MTU cannot be below 1280, yet what needs more than lowest-ipv6-mtu is
    refused; the IPv6 route through it works (MT-08)."""
    with lab.br:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with s:
        s.settimeout(5)
        s.setsockopt(0, 10, 3)  # IP_MTU_DISCOVER: IP_PMTUDISC_PROBE, DF=1 whatever the route says
        s.setsockopt(0, 11, 1)  # IP_RECVERR
        s.bind((BR4, 5000))
        s.sendto(b"x" * 1232, (WEB4, 53))
        (p,) = lab.exchange()[1]
        equal((len(p.check().raw), p.frag), (1280, False), "IPv6 packet of an IPv4 packet of 1260 octets")
        with lab.watch(lab.br) as moved:
            s.sendto(b"x" * 1233, (WEB4, 53))
            _, out = lab.exchange()
        check(not out, f"sent: {[str(p) for p in out]}")
        equal(moved.get("reject_too_big"), (1, 0), "counter reject_too_big")
        _, more, _, _ = s.recvmsg(2000, 500, 0x2000)  # MSG_ERRQUEUE
        errno, _, kind, code, _, info = struct.unpack("=IBBBBI", more[0][2][:12])
        equal((errno, kind, code, info), (90, 3, 4, 1260), "error, ICMP type and code, MTU")  # EMSGSIZE
    route = lab.br.run("ip", "-6", "route", "show", "dev", "siit0").stdout
    check("2001:db8:46::/96" in route, f"route to the device: {route}")
