# SPDX-License-Identifier: GPL-2.0
"""The tables that are loaded: host rows one by one, as an address plan has them, or in no order at all."""
import ipaddress
import os
import random


def file_name(count, shuffled):
    return f"rows-{count}{'-shuffled' if shuffled else ''}"


def write(directory, count, shuffled):
    path = f"{directory}/{file_name(count, shuffled)}"
    if os.path.exists(path):
        return
    base4, base6 = int(ipaddress.ip_address("10.0.0.0")), int(ipaddress.ip_address("2001:db8:aa::"))
    numbers = list(range(count))
    if shuffled:
        random.Random(1).shuffle(numbers)
    with open(f"{path}.new", "w") as f:
        for i in numbers:
            f.write(f"{ipaddress.IPv4Address(base4 + i)} {ipaddress.IPv6Address(base6 + i * 65537)}\n")
    os.rename(f"{path}.new", path)
