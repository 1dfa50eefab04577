# SPDX-License-Identifier: GPL-2.0
"""Network namespaces, the devices in them and the programs that run in them."""
import array
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
# How many times slower this kernel may be than those the time limits are made for.
SLOW = int(os.environ.get("SIIT_SLOW", "1"))


class Failure(AssertionError):
    """What a test found wrong, in words for its reader."""


def wait_for(what, probe, timeout=10.0, step=0.02):
    """Poll until probe() gives something true, and return that."""
    end = time.monotonic() + timeout * SLOW
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {timeout:g} s in vain for: {what}")
        time.sleep(step)


class Ns:
    """A network namespace. "with ns:" moves the calling thread into it, so that sockets
    and programs made there belong to it; this spares a process for each of them."""
    _open = set()

    def __init__(self, name, path=None):
        self.name = name
        self.path = path or f"/run/netns/{name}"
        self.fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        self._back = threading.local()
        Ns._open.add(self)

    def __enter__(self):
        stack = self._back.__dict__.setdefault("stack", [])
        stack.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))
        self._set(self.fd)
        return self

    def __exit__(self, *exc):
        fd = self._back.stack.pop()
        self._set(fd)
        os.close(fd)

    @staticmethod
    def _set(fd):
        if _libc.setns(fd, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
            Ns._open.discard(self)

    @staticmethod
    def forget_all():
        """Closes all of them, in a child process."""
        for ns in list(Ns._open):
            ns.close()

    def run(self, *argv, check=True, timeout=60, input=None):
        with self:
            return run(*argv, check=check, timeout=timeout, input=input, where=self.name)

    def ip(self, *lines, check=True):
        """Lines of "ip", all in one process."""
        return self.run("ip", "-batch", "-", input="\n".join(lines) + "\n", check=check)

    def nft(self, rules):
        return self.run("nft", "-f", "-", input=rules)

    def socket(self, family, kind, proto=0):
        with self:
            return socket.socket(family, kind, proto)

    def sysctl(self, key, value=None):
        """Reads or writes; the key as a path below /proc/sys/net."""
        with self:
            path = "/proc/sys/net/" + key
            if value is None:
                with open(path) as f:
                    return f.read().strip()
            with open(path, "w") as f:
                f.write(str(value))
            return str(value)

    def cached_routes6(self):
        """How many path MTUs and the like IPv6 remembers."""
        with self, open("/proc/thread-self/net/rt6_stats") as f:
            return int(f.read().split()[4], 16)

    def csum_errors(self):
        """All counters of received packets with a wrong checksum that are not zero."""
        found = {}
        with self:
            for name in ("snmp", "netstat"):
                with open(f"/proc/thread-self/net/{name}") as f:
                    lines = f.read().splitlines()
                for head, row in zip(lines[::2], lines[1::2]):
                    proto = head.split(":")[0]
                    for key, value in zip(head.split()[1:], row.split()[1:]):
                        if "Csum" in key and value != "0":
                            found[proto + key] = int(value)
            with open("/proc/thread-self/net/snmp6") as f:
                for line in f:
                    key, value = line.split()
                    if "Csum" in key and value != "0":
                        found[key] = int(value)
        return found

    def link_stats(self, dev):
        """(rx packets, rx bytes, tx packets, tx bytes, rx dropped, tx dropped)"""
        with self, open("/proc/thread-self/net/dev") as f:
            for line in f:
                name, _, rest = line.partition(":")
                if name.strip() == dev:
                    v = [int(x) for x in rest.split()]
                    return {"rx_packets": v[1], "rx_bytes": v[0], "tx_packets": v[9], "tx_bytes": v[8],
                            "rx_dropped": v[3], "tx_dropped": v[11]}
        raise Failure(f"no device {dev} in {self.name}")

    def mac(self, dev):
        with self, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            ifreq = fcntl.ioctl(s, 0x8927, struct.pack("16s16x", dev.encode()))  # SIOCGIFHWADDR
            return ifreq[18:24]

    def offload(self, dev, **features):
        """ethtool -K: tx=, sg=, tso=, gso=, gro="""
        commands = {"tx": 0x17, "sg": 0x19, "tso": 0x1F, "gso": 0x24, "gro": 0x2C}
        with self, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for name, on in features.items():
                value = array.array("I", [commands[name], int(on)])
                address, _ = value.buffer_info()
                fcntl.ioctl(s, 0x8946, struct.pack("16sP8x", dev.encode(), address))  # SIOCETHTOOL


def run(*argv, check=True, timeout=60, input=None, where=""):
    argv = [str(a) for a in argv]
    try:
        p = subprocess.run(argv, input=input, text=True, timeout=timeout * SLOW, errors="replace",
                           stdin=subprocess.DEVNULL if input is None else None,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        raise Failure(f"{where}: {' '.join(argv)}: no end after {timeout} s") from None
    if check and p.returncode:
        raise Failure(f"{where}: {' '.join(argv)}: exit {p.returncode}\n{p.stdout}{p.stderr}".rstrip())
    return p
