# SPDX-License-Identifier: GPL-2.0
"""What "eamctl explain" says of a packet is what then happens to it (lessons 8): the same
packet is explained, sent, and looked for at both ends (Wire, see lab/topology.py).

  w4 (raw) ---- br, er or siit ---- (raw) w6
"""
import json

from lab.cases import case, check, equal
from lab.netns import Failure
from lab.packet import ICMP, ICMP6, TCP, UDP, Packet, echo, ip4, ip6, tcp, udp
from lab.topology import BR4, BR6, CLIENT4, CLIENT6, WEB4, WEB6, Wire, mapped

OTHER4, OTHER6 = "192.0.2.2", "2001:db8:12:34::2"


def build(src, dst, proto=UDP, length=100, ttl=64, df=False):
    six = ":" in src
    room = length - (40 if six else 20)
    if proto == TCP:
        body = tcp(src, dst, 4000, 80, data=b"x" * (room - 20))
    elif proto == UDP:
        body = udp(src, dst, 4000, 53, b"x" * (room - 8))
    elif proto in (ICMP, ICMP6):
        body = echo(src, dst, 1, 1, b"x" * (room - 8))
    else:
        body = b"x" * room
    return ip6(src, dst, proto, body, hl=ttl) if six else ip4(src, dst, proto, body, ttl=ttl, df=df, ident=1)


def counters(lab, said):
    """The counters that it is said to move: one for each exit of the datapath. A packet that
    the hook leaves, for a reason that is a step then, and that the stack routes to the device
    passes two."""
    expected = [said["counter"]]
    if said["verdict"] != "leave":
        stats = json.loads(lab.eamctl(lab.br, "-j", "stats").stdout)["counters"]
        expected += [name for name, stat in stats.items() if stat["class"] == "left" and stat["help"] in said["steps"]]
    return expected


def agrees(lab, idle, *args, **how):
    """Explains and sends one packet; returns the verdict."""
    pkt = build(*args, **how)
    p = Packet(pkt)
    options = ["--proto", p.proto, "--ttl", p.ttl, "--length", len(pkt)] + (["--df"] if p.df else [])
    said = json.loads(lab.eamctl(lab.br, "-j", "explain", p.src, p.dst, *options).stdout)
    with lab.watch(lab.br) as moved:
        out4, out6 = lab.exchange(pkt)
    out = out4 + out6
    seen = [str(o) for o in out]
    why = f"{p}\n  explained as {json.dumps(said)}\n  seen {seen}\n  counters {moved}"

    side = 0 if p.family == 4 else 1
    verdict, counter = said["verdict"], said["counter"]
    exits = counters(lab, said)
    for name, count in moved.items():
        expected = idle.get(name, (0, 0))[side] + exits.count(name)
        if name.startswith("icmp_errors"):
            continue
        check(count[side] == expected, f"{name} moved by {count[side]}, not {expected}: {why}")
    check(all(name in moved for name in exits), f"{exits} expected to move: {why}")
    check(said["steps"], f"no reasons given: {why}")

    if verdict == "translate":
        check(out, f"nothing came out: {why}")
        for o in out:
            equal((o.src, o.dst), (said["out"]["src"], said["out"]["dst"]), f"addresses, {why}")
        check(not (out4 if ":" in said["out"]["src"] else out6), f"wrong side: {why}")
    elif verdict == "drop":
        check(not out, f"something came out: {why}")
    elif verdict == "reject":
        mine, other = (out4, out6) if p.family == 4 else (out6, out4)
        check(len(mine) == 1 and not other, f"one ICMP error expected: {why}")
        equal(mine[0].icmp, (said["icmp"]["type"], said["icmp"]["code"]), f"error, {why}")
        equal(mine[0].dst, p.src, f"its receiver, {why}")
    elif verdict == "leave":
        for o in out:
            check((o.src, o.dst) == (p.src, p.dst) or o.src in (BR4, BR6), f"something else came out: {why}")
    else:
        raise Failure(f"unknown verdict: {why}")
    return verdict, counter


def table(lab, rows):
    lab.exchange()
    with lab.watch(lab.br) as idle:
        lab.exchange()
    for verdict, *args in rows:
        how = args.pop() if isinstance(args[-1], dict) else {}
        got = agrees(lab, idle, *args, **how)
        equal(got[0], verdict, f"verdict for {args} {how} (counter {got[1]})")


NATIVE4, NATIVE6 = "198.18.0.5", "2001:db8:77::1"


@case(Wire)
def border_relay(lab):
    lab.br.ip("route replace 192.0.2.37/32 via 198.51.100.253")
    table(lab, [
        ("translate", CLIENT4, WEB4),
        ("translate", CLIENT4, WEB4, TCP),
        ("translate", CLIENT4, WEB4, ICMP),
        ("translate", CLIENT4, WEB4, 132),
        ("translate", CLIENT4, WEB4, {"ttl": 2}),
        ("reject", CLIENT4, WEB4, {"ttl": 1}),
        ("translate", CLIENT4, WEB4, {"length": 1500}),
        ("translate", CLIENT4, WEB4, TCP, {"length": 1480, "df": True}),
        ("reject", CLIENT4, WEB4, TCP, {"length": 1481, "df": True}),
        ("translate", CLIENT4, "192.0.2.36"),
        ("leave", CLIENT4, "192.0.2.37"),
        ("reject", CLIENT4, "192.0.2.77"),
        ("leave", CLIENT4, NATIVE4),
        ("leave", CLIENT4, BR4),
        ("leave", CLIENT4, BR4, ICMP),
        ("leave", CLIENT4, "224.0.0.5"),
        ("drop", "127.0.0.1", WEB4),
        ("drop", "0.1.2.3", WEB4),
        ("drop", "224.1.1.1", WEB4),
        ("drop", "240.0.0.1", WEB4),
        ("drop", WEB4, OTHER4),
        ("drop", CLIENT4, WEB4, 2),
        ("drop", CLIENT4, WEB4, 139),
        ("drop", CLIENT4, WEB4, 44),
        ("translate", WEB6, CLIENT6),
        ("translate", WEB6, CLIENT6, TCP),
        ("translate", WEB6, CLIENT6, ICMP6),
        ("reject", WEB6, CLIENT6, {"ttl": 1}),
        ("translate", WEB6, CLIENT6, TCP, {"length": 1500}),
        ("translate", WEB6, mapped(OTHER4)),
        ("reject", "2001:db8:9::9", CLIENT6),
        ("drop", "2001:db8:9::9", CLIENT6, ICMP6),
        ("drop", mapped("8.8.8.8"), CLIENT6),
        ("drop", "fe80::1", CLIENT6),
        ("drop", WEB6, mapped("127.0.0.1")),
        ("drop", WEB6, mapped("224.0.0.1")),
        ("drop", WEB6, CLIENT6, 2),
        ("leave", WEB6, NATIVE6),
        ("leave", "2001:db8:9::9", WEB6),
        ("leave", CLIENT6, WEB6),
        ("leave", WEB6, BR6),
        ("leave", WEB6, BR6, ICMP6),
    ])


@case(Wire, role="er")
def edge_relay(lab):
    table(lab, [
        ("translate", WEB4, CLIENT4),
        ("translate", WEB4, CLIENT4, TCP),
        ("translate", WEB4, CLIENT4, ICMP),
        ("reject", WEB4, CLIENT4, {"ttl": 1}),
        ("translate", WEB4, CLIENT4, {"length": 1500}),
        ("reject", WEB4, CLIENT4, {"length": 1481, "df": True}),
        ("leave", WEB4, BR4),
        ("leave", WEB4, "192.0.2.77"),
        ("leave", WEB4, OTHER4),
        ("drop", "10.9.9.9", CLIENT4),
        ("translate", CLIENT6, WEB6),
        ("translate", CLIENT6, WEB6, TCP),
        ("translate", CLIENT6, WEB6, ICMP6),
        ("reject", CLIENT6, WEB6, {"ttl": 1}),
        ("leave", "2001:db8:9::9", WEB6),
        ("leave", "2001:db8:9::9", BR6),
        ("leave", "2001:db8:9::9", NATIVE6),
        ("drop", mapped(WEB4), WEB6),
        ("drop", WEB6, WEB6),
    ])


@case(Wire, role="siit")
def plain_translator(lab):
    table(lab, [
        ("translate", CLIENT4, WEB4),
        ("translate", CLIENT4, WEB4, ICMP),
        ("reject", CLIENT4, WEB4, {"ttl": 1}),
        ("leave", CLIENT4, BR4),
        ("drop", "127.0.0.1", WEB4),
        ("translate", WEB6, CLIENT6),
        ("translate", WEB6, CLIENT6, TCP),
        ("leave", WEB6, NATIVE6),
        ("leave", WEB6, BR6),
        ("drop", WEB6, mapped("127.0.0.1")),
    ])
