# SPDX-License-Identifier: GPL-2.0
"""The Generic Netlink family as its header promises it (NL-01..06), without eamctl between."""
import errno
import json
import os
import struct

from lab import traffic
from lab.cases import case, check, equal
from lab.genl import K, Genl, Refused, attr, row, u8, u16, u32, u64
from lab.netns import Failure
from lab.topology import EAMCTL, WEB4, Wire


def refused(genl, number, words, cmd, attrs=b""):
    """The request is refused with this errno and these words, and points where it hurts."""
    try:
        genl.ask(cmd, attrs)
    except Refused as r:
        equal(errno.errorcode[r.errno], errno.errorcode[number], f"{cmd}: {r}")
        check(words in r.text, f"{cmd}: said {r.text!r}, not {words!r}")
        return r
    raise Failure(f"{cmd} was accepted: {attrs.hex()}")


def settings(**values):
    return attr(K["SIIT_A_SETTINGS"],
                b"".join(attr(K["SIIT_SET_A_" + k], v) for k, v in values.items()), nested=True)


def generation(genl):
    return struct.unpack("=I", dict(genl.ask("SETTINGS_GET")[0])[K["SIIT_A_GENERATION"]])[0]


def table(lab):
    return lab.eamctl(lab.br, "eam", "show").stdout


@case(Wire)
def every_refusal_has_words(lab):
    """NL-03, NL-09, MT-06"""
    before = lab.eamctl(lab.br, "show").stdout
    with lab.br:
        genl = Genl()
    with genl:
        r = refused(genl, errno.EINVAL, "IPv6 prefix", "EAM_ADD", row("192.0.2.9", None))
        equal(r.offset, 20, "offset of the row")
        refused(genl, errno.EINVAL, "one row", "EAM_ADD")
        refused(genl, errno.EINVAL, "more than once", "EAM_ADD",
                row("192.0.2.8", "2001:db8::8") + row("192.0.2.9", "2001:db8::9"))
        refused(genl, errno.EOPNOTSUPP, "does not have", "SETTINGS_SET",
                settings() + attr(K["SIIT_A_UNSET"], u64(1 << 63)))
        refused(genl, errno.ENODEV, "no such device", "EXPLAIN", attr(K["SIIT_A_IFINDEX"], u32(99999)) +
                attr(K["SIIT_A_SRC4"], b"\xcb\x00\x71\x32") + attr(K["SIIT_A_DST4"], b"\xc0\x00\x02\x01"))
        refused(genl, errno.EINVAL, "", "EAM_ADD", row("192.0.2.9", "2001:db8::9") + attr(60, b"\0" * 4))
        refused(genl, errno.EINVAL, "needs its address", "EAM_DEL", row(None, "2001:db8::9", len4=32))
        refused(genl, errno.EINVAL, "IPv4", "EAM_ADD", row("192.0.2.9", "2001:db8::", len4=24, len6=120))
        refused(genl, errno.EINVAL, "", "EAM_ADD", row("192.0.2.0", "2001:db8::", len4=24, len6=121))
        refused(genl, errno.EINVAL, "", "EAM_ADD", row("224.0.0.1", "2001:db8::9"))
        refused(genl, errno.EINVAL, "", "EAM_ADD", row("192.0.2.9", "fe80::9"))
        refused(genl, errno.EEXIST, "IPv4", "EAM_ADD", row(WEB4, "2001:db8::9"))
        refused(genl, errno.EEXIST, "IPv6", "EAM_ADD", row("192.0.2.9", "2001:db8:12:34::1"))
        refused(genl, errno.ENOENT, "no row", "EAM_DEL", row("192.0.2.9", None))
        refused(genl, errno.ENOENT, "not of one row", "EAM_DEL", row(WEB4, "2001:db8:12:34::2"))
        refused(genl, errno.ERANGE, "", "SETTINGS_SET", settings(LOWEST_IPV6_MTU=u32(1279)))
        refused(genl, errno.ERANGE, "", "SETTINGS_SET", settings(ROLE=u8(9)))
        refused(genl, errno.ERANGE, "tos-fixed", "SETTINGS_SET", settings(TOS_FIXED=u16(256)))
        refused(genl, errno.EINVAL, "both address and length", "SETTINGS_SET", settings(PREFIX_LEN=u8(96)))
        refused(genl, errno.EINVAL, "", "SETTINGS_SET", settings(PREFIX=b"\x20" * 16, PREFIX_LEN=u8(80)))
        refused(genl, errno.EINVAL, "HP-07", "SETTINGS_SET",
                settings(ROLE=u8(K["SIIT_ROLE_ER"]), HAIRPIN=u8(K["SIIT_HAIRPIN_SIMPLE"])))
        refused(genl, errno.EINVAL, "beyond its length", "SETTINGS_SET",
                settings(POOL4=bytes((192, 0, 2, 1, 24, 0, 0, 0))))
        refused(genl, errno.ENOENT, "no transaction", "TXN_ADD", row("192.0.2.9", "2001:db8::9"))
        refused(genl, errno.ENOENT, "no transaction", "TXN_COMMIT", attr(K["SIIT_A_GENERATION"], u32(1)))
        refused(genl, errno.EINVAL, "", "TXN_BEGIN", attr(K["SIIT_A_FLAGS"], u32(1 << 31)))
        refused(genl, errno.EINVAL, "same family", "EXPLAIN", attr(K["SIIT_A_SRC4"], bytes(4)))
    equal(lab.eamctl(lab.br, "show").stdout, before, "what runs, after refusals")


@case(Wire)
def transactions_belong_to_their_socket(lab):
    before = table(lab)
    with lab.br:
        one, two = Genl(), Genl()
    with one, two:
        for genl in (one, two):
            genl.ask("TXN_BEGIN")
        refused(one, errno.EBUSY, "already", "TXN_BEGIN")
        one.ask("TXN_ADD", row("192.0.2.61", "2001:db8::61"))
        two.ask("TXN_ADD", row("192.0.2.62", "2001:db8::62"))
        equal(table(lab), before, "table before a commit")
        # A refused row names itself and ends its transaction, not the other's.
        r = refused(one, errno.EEXIST, "IPv4", "TXN_ADD",
                    row("192.0.2.60", "2001:db8::60") + row("192.0.2.61", "2001:db8::1:61"))
        check(r.offset and r.offset > 20, f"offset {r.offset} is not the second row's")
        refused(one, errno.ENOENT, "no transaction", "TXN_COMMIT", attr(K["SIIT_A_GENERATION"], u32(1)))
        # Somebody else changes a row: what was begun before is stale.
        old = generation(two)
        lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::99")
        refused(two, errno.ESTALE, "", "TXN_COMMIT", attr(K["SIIT_A_GENERATION"], u32(old)) + attr(K["SIIT_A_ROWS"], u32(1)))
        lab.eamctl(lab.br, "eam", "del", "192.0.2.99")
        equal(table(lab), before, "table")
        # A closed socket leaves nothing behind: as many as ever can be opened again.
        for _ in range(3):
            with lab.br:
                many = [Genl() for _ in range(8)]
            for genl in many:
                genl.ask("TXN_BEGIN")
            for genl in many:
                genl.close()
        # A refused message of rows must not go missing.
        for rows in (None, 0, 2, 1 << 31):
            two.ask("TXN_BEGIN")
            two.ask("TXN_ADD", row("192.0.2.62", "2001:db8::62"))
            refused(two, errno.EINVAL, "rows", "TXN_COMMIT", attr(K["SIIT_A_GENERATION"], u32(generation(two))) +
                    (b"" if rows is None else attr(K["SIIT_A_ROWS"], u32(rows))))
            refused(two, errno.ENOENT, "no transaction", "TXN_ABORT")
        two.ask("TXN_BEGIN")
        two.ask("TXN_ABORT")
    equal(table(lab), before, "table")


@case(Wire)
def changes_are_announced(lab):
    with lab.br:
        genl = Genl()
    with genl:
        genl.join("config")
        lab.eamctl(lab.br, "set", "routes", "off")
        cmd, a = genl.event()
        equal(cmd, K["SIIT_CMD_SETTINGS_NTF"], "command")
        first = struct.unpack("=I", dict(a)[K["SIIT_A_GENERATION"]])[0]
        lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::99")
        cmd, a = genl.event()
        equal((cmd, struct.unpack("=I", dict(a)[K["SIIT_A_GENERATION"]])[0]),
              (K["SIIT_CMD_EAM_ADD_NTF"], first + 1), "command and generation")
        lab.eamctl(lab.br, "eam", "del", "192.0.2.99")
        equal(genl.event()[0], K["SIIT_CMD_EAM_DEL_NTF"], "command")
        lab.eamctl(lab.br, "eam", "replace", "-", input="192.0.2.1 2001:db8:12:34::1\n")
        equal([genl.event()[0] for _ in range(2)], [K["SIIT_CMD_SETTINGS_NTF"], K["SIIT_CMD_TABLE_NTF"]], "commands")
        lab.eamctl(lab.br, "set", "routes", "default")


@case(Wire)
def a_dump_says_when_it_was_interrupted(lab):
    lines = "".join(f"10.{i >> 8}.{i & 255}.1 2001:db8:dd::{i:x}\n" for i in range(1, 4000))
    with lab.br:
        genl = Genl()
    with genl:
        lab.eamctl(lab.br, "eam", "replace", "-", input=lines)
        rows = [a for msg in genl.dump("EAM_GET") for k, a in msg if k == K["SIIT_A_EAM"]]
        equal((len(rows), len(set(rows)), genl.interrupted), (3999, 3999, False), "rows, different, interrupted")
        genl.start_dump("EAM_GET")
        lab.eamctl(lab.br, "eam", "del", "10.0.1.1")
        genl.end_dump()
        check(genl.interrupted, "the table changed in the middle of a dump, and nobody said so")


@case(Wire, fresh=True)
def a_dump_of_another_device_is_interrupted(lab):
    """A cursor into the table of a device that is gone leads nowhere (NL-05)."""
    lines = "".join(f"10.{i >> 8}.{i & 255}.1 2001:db8:dd::{i:x}\n" for i in range(1, 4000))
    with lab.br:
        genl = Genl()
    with genl:
        for _ in range(5):
            lab.eamctl(lab.br, "eam", "replace", "-", input=lines)
            genl.start_dump("EAM_GET")
            lab.br.ip("link del siit0", "link add siit0 type siit_dc")
            lab.eamctl(lab.br, "eam", "replace", "-", input=lines)
            genl.end_dump()
            check(genl.interrupted, "a dump went on in the table of another device")


def join_as_nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    with Genl() as genl:
        try:
            genl.join("config")
        except PermissionError:
            return True
    return False


@case(Wire)
def nobody_listens(lab):
    """Settings and rows are announced to administrators only (NL-01, NL-06)."""
    check(lab.keep(traffic.Job(lab.br, join_as_nobody)).result(10), "anybody may join the group")


@case(Wire)
def who_may_do_what(lab):
    """NL-01, NL-02: root of a user namespace has its own network namespace, and only that."""
    inside = """
        ip link add siit0 type siit_dc && %(eamctl)s up --role br &&
        %(eamctl)s set prefix 2001:db8:46::/96 && %(eamctl)s eam add 192.0.2.1 2001:db8::1 &&
        %(eamctl)s -j eam show && ! %(eamctl)s set max-rows 100000000
    """ % {"eamctl": EAMCTL}
    p = lab.br.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                   "unshare", "-Urn", "sh", "-c", inside)
    equal(json.loads(p.stdout[p.stdout.index("["):]), [{"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "scope": "remote"}], "rows")
    check("initial user namespace" in p.stderr, f"max-rows: {p.stderr}")
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", EAMCTL)
    for command in (("eam", "show"), ("eam", "flush"), ("set", "role", "er"), ("get",), ("explain", "10.0.0.1", WEB4)):
        p = lab.br.run(*nobody, *command, check=False)
        equal(p.returncode, 3, f"{command} as nobody: {p.stderr}")
    lab.br.run(*nobody, "stats")
