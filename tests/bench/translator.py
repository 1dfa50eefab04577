# SPDX-License-Identifier: GPL-2.0
"""Translators by turns in one place: ours, Debian's Jool and tayga, each with the same prefix and mappings."""
import contextlib
import json
import os
import subprocess
import time

from box import sh

EAMCTL = os.environ.get("SIIT_EAMCTL", "eamctl")
PREFIX = "2001:db8:46::/96"
POOLS = ("192.0.2.0/24", "10.0.0.0/8")


def ours(rows, **settings):
    """rows: lines of text, or the path of a file that holds them"""
    settings = {"role": "br", "prefix": PREFIX, "pool4": list(POOLS), "lowest-ipv6-mtu": 1500, **settings}
    sh(EAMCTL, "apply", "-", stdin="".join(f"{k} = {json.dumps(v)}\n" for k, v in settings.items()))
    if "\n" in rows:
        sh(EAMCTL, "eam", "replace", "-", stdin=rows)
    else:
        sh(EAMCTL, "eam", "replace", rows)


def translated():
    """All counters of that group"""
    return {k: v for k, v in json.loads(sh(EAMCTL, "-j", "stats"))["counters"].items() if k.startswith("translated")}


def set_hits(how):
    sh(EAMCTL, "set", "hits", how)


def no_more_ours():
    sh(EAMCTL, "down")


@contextlib.contextmanager
def jool(pairs):
    config = {"instance": "default", "framework": "netfilter", "global": {"pool6": PREFIX},
              "eamt": [{"ipv6 prefix": b, "ipv4 prefix": a} for a, b in pairs]}
    with open("/run/jool.json", "w") as f:
        json.dump(config, f)
    sh("jool_siit", "file", "handle", "/run/jool.json")
    yield
    sh("jool_siit", "instance", "remove", "default")


@contextlib.contextmanager
def tayga(pairs):
    os.makedirs("/run/tayga", exist_ok=True)
    with open("/run/tayga.conf", "w") as f:
        f.write(f"tun-device nat64\nipv4-addr 192.0.2.254\nprefix {PREFIX}\ndata-dir /run/tayga\n")
        f.writelines(f"map {a} {b}\n" for a, b in pairs)
    sh("tayga", "-c", "/run/tayga.conf", "--mktun")
    sh("ip", "link", "set", "nat64", "up")
    for net in POOLS + (PREFIX,):
        sh("ip", "route", "add", net, "dev", "nat64")
    daemon = subprocess.Popen(["tayga", "-c", "/run/tayga.conf", "-d"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.STDOUT)
    time.sleep(1)
    yield
    daemon.terminate()
    daemon.wait()
    sh("ip", "link", "del", "nat64")
