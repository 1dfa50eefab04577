#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""add_row IPV4 IPV6 - adds a host row by plain netlink; the numbers come from siit_dc.yaml."""
import os
import socket
import struct
import sys

import yaml

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "siit_dc.yaml")) as f:
    spec = yaml.safe_load(f)
sets = {s["name"]: {a["name"]: a["value"] for a in s["attributes"]} for s in spec["attribute-sets"]}
operations = {o["name"]: o["value"] for o in spec["operations"]["list"]}


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def ask(family, command, attributes):
    """Sends a request and gives the attributes of its reply: {number: octets}."""
    sock.send(struct.pack("=IHHIIBBH", 20 + len(attributes), family, 5, 1, 0, command, 1, 0) + attributes)
    reply = {}
    while (message := sock.recv(65536))[4:6] != b"\2\0":  # NLMSG_ERROR, which is the acknowledgement too
        at = 20
        while at < len(message):
            size, kind = struct.unpack_from("=HH", message, at)
            reply[kind] = message[at + 4:at + size]
            at += size + 3 & ~3
    if error := -struct.unpack_from("=i", message, 16)[0]:
        sys.exit(os.strerror(error))
    return reply


sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)  # NETLINK_GENERIC
family = struct.unpack("=H", ask(16, 3, attribute(2, spec["name"].encode() + b"\0"))[1])[0]
row = attribute(sets["eam"]["addr4"], socket.inet_pton(socket.AF_INET, sys.argv[1]))
row += attribute(sets["eam"]["addr6"], socket.inet_pton(socket.AF_INET6, sys.argv[2]))
ask(family, operations["eam-add"], attribute(sets["siit"]["eam"] | 0x8000, row))  # NLA_F_NESTED
