# SPDX-License-Identifier: GPL-2.0
"""Requests that no good program would send, to the family and by sockets of every right: each is answered, none leaves
half a change, and what a socket had begun goes with it (NL-01..05)."""
import errno
import os
import random
import struct

from lab import traffic
from lab.cases import case, check, equal
from lab.genl import K, NLM_F_ACK, NLM_F_DUMP, Genl, Refused, attr, row, u8, u16, u32, u64
from lab.netns import run
from lab.topology import EAMCTL, Wire

COUNT = int(os.environ.get("SIIT_COUNT", "16000")) // 32
START = int(os.environ.get("SIIT_START", "1"))
COMMANDS = sorted(v for k, v in K.items() if k.startswith("SIIT_CMD_") and k != "SIIT_CMD_MAX")
TOP = sorted(v for k, v in K.items() if k.startswith("SIIT_A_") and k != "SIIT_A_MAX")
SET = sorted(v for k, v in K.items() if k.startswith("SIIT_SET_A_") and k != "SIIT_SET_A_MAX")
V4, V6 = bytes((192, 0, 2, 1)), bytes.fromhex("20010db8001200340000000000000001")
# The namespace's root may; anybody may ask for the counters.
OPEN = K["SIIT_CMD_STATS_GET"]


def values(dice):
    """Octets for an attribute: right for some, of all lengths, at all limits."""
    number = dice.choice((0, 1, 2, 3, 4, 32, 33, 96, 127, 128, 129, 255, 1279, 1280, 65535, 65536, (1 << 31) - 1, 1 << 31,
                          (1 << 32) - 1, dice.getrandbits(32)))
    return dice.choice((
        lambda: u8(number & 255), lambda: u16(number & 65535), lambda: u32(number), lambda: u64(number << dice.choice((0, 31))),
        lambda: V4, lambda: V6, lambda: V4 + bytes((32, 0, 0, 0)) * 1, lambda: (V4 + bytes((32, 0, 0, 0))) * dice.choice((2, 64, 65)),
        lambda: b"", lambda: dice.randbytes(dice.choice((1, 2, 3, 5, 7, 9, 15, 17, 64, 4096))),
        lambda: b"siit0\0", lambda: b"x" * 300))()


def one_row(dice):
    n = dice.getrandbits(16)
    return row(f"192.0.{n >> 8}.{n & 255}", f"2001:db8:12::{n:x}", dice.choice((None, None, 32, 24, 33, 0)),
               dice.choice((None, None, 128, 120, 129, 0)), dice.choice((None, 1, 2, 3)))


def attributes(dice, depth=0):
    """A list of them, well-formed or nearly."""
    out = []
    for _ in range(dice.choice((0, 1, 1, 2, 3, 8))):
        kind = dice.choice(TOP if not depth else SET) if dice.random() < 0.95 else dice.getrandbits(14)
        what = dice.random()
        if not depth and what < 0.35:
            out.append(one_row(dice))
        elif not depth and what < 0.55:
            out.append(attr(K["SIIT_A_SETTINGS"], attributes(dice, 1), nested=dice.random() < 0.9))
        elif what < 0.6 and depth < 3:
            out.append(attr(kind, attributes(dice, depth + 1), nested=dice.random() < 0.5))
        else:
            out.append(attr(kind, values(dice), nested=dice.random() < 0.05))
    if out and dice.random() < 0.2:                     # doubled
        out.append(dice.choice(out))
    data = b"".join(out)
    if data and dice.random() < 0.1:                    # a length that lies
        at = dice.randrange(0, len(data), 4)
        data = data[:at] + u16(dice.choice((0, 1, 3, 4, 5, len(data), 65535))) + data[at + 2:]
    if data and dice.random() < 0.05:                   # cut short
        data = data[:dice.randrange(len(data))]
    return data


def likely(dice, generation):
    """(command, attributes) of a request that may well succeed."""
    settings = b"".join(attr(k, v) for k, v in dice.sample((
        (K["SIIT_SET_A_ROLE"], u8(dice.choice((1, 2, 3)))), (K["SIIT_SET_A_PREFIX"], V6[:12] + bytes(4)),
        (K["SIIT_SET_A_PREFIX_LEN"], u8(96)), (K["SIIT_SET_A_MAX_ROWS"], u32(dice.choice((1, 64, 1 << 20)))),
        (K["SIIT_SET_A_HOOK_PRIORITY"], u32(dice.choice((0, 0xFFFFFE3E, 1 << 31)))),
        (K["SIIT_SET_A_LOWEST_IPV6_MTU"], u32(dice.choice((1280, 1500, 65535)))),
        (K["SIIT_SET_A_POOL4"], V4 + bytes((32, 0, 0, 0)))), dice.randrange(4)))
    nest = attr(K["SIIT_A_SETTINGS"], settings, nested=True)
    rows = dice.randrange(6)
    name, attrs = dice.choice((
        ("SETTINGS_SET", nest), ("EAM_ADD", one_row(dice)), ("EAM_DEL", one_row(dice)), ("EAM_FLUSH", b""),
        ("TXN_BEGIN", nest + attr(K["SIIT_A_FLAGS"], u32(dice.randrange(4))) + attr(K["SIIT_A_ROWS"], u32(dice.getrandbits(31)))),
        ("TXN_ADD", b"".join(one_row(dice) for _ in range(rows))),
        ("TXN_COMMIT", attr(K["SIIT_A_GENERATION"], u32(generation)) + attr(K["SIIT_A_ROWS"], u32(rows))),
        ("TXN_ABORT", b""), ("STATS_GET", b""), ("SETTINGS_GET", b""),
        ("MAP_GET", attr(K["SIIT_A_SRC4"], V4)),
        ("EXPLAIN", attr(K["SIIT_A_SRC4"], dice.randbytes(4)) + attr(K["SIIT_A_DST4"], V4) +
         attr(K["SIIT_A_PROTO"], u8(dice.getrandbits(8))) + attr(K["SIIT_A_LENGTH"], u32(dice.randrange(28, 65536))) +
         attr(K["SIIT_A_ENTRY"], u8(dice.choice((1, 2))))),
        ("EXPLAIN", attr(K["SIIT_A_SRC6"], V6) + attr(K["SIIT_A_DST6"], dice.randbytes(16)) +
         attr(K["SIIT_A_PROTO"], u8(dice.getrandbits(8))))))
    return K["SIIT_CMD_" + name], attrs


def ask(genl, command, attrs, flags=NLM_F_ACK):
    """0 or the errno of the answer, which must come."""
    try:
        genl._ask(genl.family, command, 1, attrs, flags)
    except Refused as r:
        return r.errno
    return 0


def generation(genl):
    a = dict(genl.ask("SETTINGS_GET")[0])
    return struct.unpack("=I", a[K["SIIT_A_GENERATION"]])[0], struct.unpack("=I", a[K["SIIT_A_ROWS"]])[0]


def storm(dice, sockets, count):
    """errno -> how many; sockets come, go and interleave."""
    seen = {}
    for _ in range(count):
        if dice.random() < 0.02:                        # with all that it has begun
            sockets.pop(dice.randrange(len(sockets))).close()
            sockets.append(Genl())
        genl = dice.choice(sockets)
        if dice.random() < 0.4:
            command, attrs = likely(dice, generation(sockets[0])[0])
        else:
            command, attrs = dice.choice(COMMANDS) if dice.random() < 0.97 else dice.getrandbits(8), attributes(dice)
        dump = command == K["SIIT_CMD_EAM_GET"] and dice.random() < 0.5
        code = ask(genl, command, attrs, NLM_F_DUMP if dump else NLM_F_ACK)
        seen[code] = seen.get(code, 0) + 1
    return seen


@case(Wire, fresh=True, timeout=60 + COUNT // 10)
def anything_is_answered(lab):
    """From several sockets at once, which are closed in the middle of what they do; then all is as told."""
    dice = random.Random(START)
    with lab.br:
        sockets = [Genl() for _ in range(4)]
        seen = storm(dice, sockets, COUNT)
        for code in (0, errno.EINVAL, errno.ERANGE, errno.ENOENT, errno.EBUSY, errno.EOPNOTSUPP):
            check(seen.get(code), f"no answer was {errno.errorcode.get(code, 'success')}: {seen}")
        listed = sum(k == K["SIIT_A_EAM"] for msg in sockets[0].dump("EAM_GET") for k, _ in msg)
        equal(listed, generation(sockets[0])[1], "rows in the dump, against those counted")
        for genl in sockets:
            genl.close()
    lab.apply(lab.br, *Wire.standard())
    equal(len(lab.eamctl(lab.br, "eam", "show").stdout.splitlines()), 3, "lines of the table after a new start")


@case(Wire, fresh=True)
def too_many_transactions(lab):
    """Bounded in number, refused in words; and those of closed sockets do not count (NL-04)."""
    with lab.br:
        for _ in range(3):
            many, refused = [], None
            while refused is None and len(many) < 1000:
                many.append(Genl())
                try:
                    many[-1].ask("TXN_BEGIN", attr(K["SIIT_A_ROWS"], u32(1 << 28)))
                except Refused as r:
                    refused = r
            check(refused and refused.errno == errno.EBUSY and "too many" in refused.text, f"{len(many)}: {refused}")
            for genl in many:
                genl.close()
        with Genl() as genl:
            genl.ask("TXN_BEGIN")


@case(Wire, fresh=True)
def dumps_while_tables_are_replaced(lab):
    """Every dump that says it is whole is one of the two tables (NL-05)."""
    tables = ["".join(f"10.{net}.{i >> 8}.{i & 255} 2001:db8:{net}::{i:x}\n" for i in range(600)) for net in (1, 2)]

    def replace():
        for i in range(16):
            run(EAMCTL, "eam", "replace", "-", input=tables[i % 2])

    lab.eamctl(lab.br, "eam", "replace", "-", input=tables[0])
    job = lab.keep(traffic.Job(lab.br, replace))
    whole = broken = 0
    with lab.br, Genl() as genl:
        for _ in range(24):
            rows = {a for msg in genl.dump("EAM_GET") for k, a in msg if k == K["SIIT_A_EAM"]}
            if genl.interrupted:
                broken += 1
                continue
            whole += 1
            nets = {a[5] for a in rows}
            equal((len(rows), len(nets)), (600, 1), "rows, tables that they are of")
    job.result(60)
    check(whole, f"no dump came through, {broken} were interrupted")


def as_nobody(count):
    """Every command, as it is and mutated: not even what is malformed gets further."""
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    dice, wrong = random.Random(START), []
    with Genl() as genl:
        for _ in range(count):
            command, attrs = likely(dice, 1) if dice.random() < 0.5 else (dice.choice(COMMANDS), attributes(dice))
            code = ask(genl, command, attrs)
            if command != OPEN and code not in (errno.EPERM, errno.EOPNOTSUPP):
                wrong.append((command, code, attrs.hex()))
    return wrong[:3]


@case(Wire)
def nobody_gets_anywhere(lab):
    """NL-01"""
    before = lab.eamctl(lab.br, "show").stdout
    equal(lab.keep(traffic.Job(lab.br, as_nobody, COUNT)).result(60), [], "requests of nobody that were heard")
    equal(lab.eamctl(lab.br, "show").stdout, before, "what runs")


@case(Wire, fresh=True, timeout=60 + COUNT // 10)
def root_of_a_container(lab):
    """A user namespace's root may storm its own network namespace; the one outside does not move (NL-02)."""
    before = lab.eamctl(lab.br, "show").stdout
    here = os.path.dirname(os.path.abspath(__file__))
    program = f"""
import random, subprocess, sys
sys.path.insert(0, {here!r})
import test_hostile_netlink as t
subprocess.run(["ip", "link", "add", "siit0", "type", "siit_dc"], check=True)
subprocess.run([{EAMCTL!r}, "up", "--role", "br"], check=True)
seen = t.storm(random.Random({START}), [t.Genl() for _ in range(3)], {COUNT // 2})
assert seen.get(0), seen
"""
    lab.br.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "-Urn", "--map-root-user",
               "/usr/bin/python3", "-c", program)
    equal(lab.eamctl(lab.br, "show").stdout, before, "what runs outside")
