# SPDX-License-Identifier: GPL-2.0
"""Generic Netlink spoken by hand, so that tests can say what no well-behaved tool would."""
import os
import re
import socket
import struct

from .netns import SLOW, Failure

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3FFF
GENL_ID_CTRL = 16
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 1, 10, 11
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2


def uapi():
    """The enums of the uAPI header, by name: what C programs see."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../../../include/uapi/linux/siit_dc.h")) as f:
        src = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    names = {}
    for body in re.findall(r"enum \w+ \{(.*?)\};", src, flags=re.S):
        value = -1
        for item in filter(None, (i.strip() for i in body.split(","))):
            name, _, given = (s.strip() for s in item.partition("="))
            value = int(given, 0) if given else value + 1
            names[name] = value
    return names


K = uapi()


def attr(kind, data, nested=False):
    if isinstance(data, int):
        raise TypeError("say how wide: u8(), u32(), u64()")
    n = 4 + len(data)
    return struct.pack("=HH", n, kind | (NLA_F_NESTED if nested else 0)) + data + bytes(-n % 4)


def u8(v):
    return struct.pack("=B", v)


def u16(v):
    return struct.pack("=H", v)


def u32(v):
    return struct.pack("=I", v)


def u64(v):
    return struct.pack("=Q", v)


def row(v4, v6, len4=None, len6=None, scope=None):
    """SIIT_A_EAM"""
    a = b""
    if v4:
        a += attr(K["SIIT_EAM_A_ADDR4"], socket.inet_pton(socket.AF_INET, v4))
    if len4 is not None:
        a += attr(K["SIIT_EAM_A_LEN4"], u8(len4))
    if v6:
        a += attr(K["SIIT_EAM_A_ADDR6"], socket.inet_pton(socket.AF_INET6, v6))
    if len6 is not None:
        a += attr(K["SIIT_EAM_A_LEN6"], u8(len6))
    if scope is not None:
        a += attr(K["SIIT_EAM_A_SCOPE"], u8(scope))
    return attr(K["SIIT_A_EAM"], a, nested=True)


def parse(data):
    """[(type, octets)]"""
    out = []
    while len(data) >= 4:
        n, kind = struct.unpack_from("=HH", data)
        if n < 4:
            raise Failure(f"attribute of length {n}")
        out.append((kind & NLA_TYPE_MASK, data[4:n]))
        data = data[n + 3 & ~3:]
    return out


class Refused(Exception):
    """errno, the kernel's words, and the offset of the attribute to blame."""

    def __init__(self, errno, text, offset):
        super().__init__(f"{os.strerror(errno)}: {text}")
        self.errno, self.text, self.offset = errno, text, offset


class Genl:
    """A socket to the family, in the namespace of the calling thread."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(10 * SLOW)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.bind((0, 0))
        self.seq = 0
        reply = self._ask(GENL_ID_CTRL, 3, 1, attr(2, b"siit_dc\0"))[0]
        a = dict(parse(reply))
        self.family = struct.unpack("=H", a[1])[0]
        self.groups = {}
        for _, g in parse(a.get(7, b"")):
            g = dict(parse(g))
            self.groups[g[1].rstrip(b"\0").decode()] = struct.unpack("=I", g[2])[0]

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def _messages(self):
        data = self.sock.recv(1 << 17)
        while data:
            n, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
            yield kind, flags, seq, data[16:n]
            data = data[n + 3 & ~3:]

    def event(self):
        """The next notification: (command, attributes)."""
        for kind, _, _, body in self._messages():
            if kind == self.family:
                return body[0], parse(body[4:])
        raise Failure("something else than a notification came")

    def _send(self, family, cmd, version, attrs, flags):
        self.seq += 1
        msg = struct.pack("=IHHII", 20 + len(attrs), family, NLM_F_REQUEST | flags, self.seq, 0)
        self.sock.send(msg + struct.pack("=BBH", cmd, version, 0) + attrs)

    def _collect(self):
        """The answers to what was sent last; .interrupted says whether a dump was."""
        replies = []
        self.interrupted = False
        while True:
            for kind, nlflags, seq, body in self._messages():
                if seq != self.seq:
                    continue
                self.interrupted |= bool(nlflags & NLM_F_DUMP_INTR)
                if kind == NLMSG_DONE:
                    return replies
                if kind == NLMSG_ERROR:
                    err = -struct.unpack_from("=i", body)[0]
                    if not err:
                        return replies
                    a = dict(parse(body[20:]))
                    text = a.get(NLMSGERR_ATTR_MSG, b"").rstrip(b"\0").decode()
                    offset = struct.unpack("=I", a[NLMSGERR_ATTR_OFFS])[0] if NLMSGERR_ATTR_OFFS in a else None
                    raise Refused(err, text, offset)
                replies.append(body[4:])

    def _ask(self, family, cmd, version, attrs, flags=NLM_F_ACK):
        self._send(family, cmd, version, attrs, flags)
        return self._collect()

    def ask(self, cmd, attrs=b""):
        """A request; gives the replies' attributes or raises Refused."""
        return [parse(r) for r in self._ask(self.family, K["SIIT_CMD_" + cmd], 1, attrs)]

    def start_dump(self, cmd):
        """The kernel fills one buffer ahead of the reader; end_dump() asks for the rest."""
        self._send(self.family, K["SIIT_CMD_" + cmd], 1, b"", NLM_F_DUMP)

    def end_dump(self):
        return [parse(r) for r in self._collect()]

    def dump(self, cmd):
        self.start_dump(cmd)
        return self.end_dump()
