#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""life packages DIR | plain DIR | boot - the life of an installation, inside a VM that systemd booted (network: lab/relay.py).

packages (tests/life): install, configure, enable, traffic, reload under load, a bad file, upgrade under load, the new
module, removal. DIR has the packages and what DKMS built elsewhere. plain (tests/service): the same of an installation
that is there already, to the new module. Both leave DIR/disk.tar: what another boot is to find on its disk. boot:
traffic flows after it, and nobody has logged in.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import traffic  # noqa: E402
from lab.cases import check, equal  # noqa: E402
from lab.docs import section  # noqa: E402
from lab.netns import run, wait_for  # noqa: E402
from lab.numbered import Stream, one_gap, timed  # noqa: E402
from lab.relay import PREFIX, WEB4, WEB6, network  # noqa: E402

CONF = "/etc/siit-dc/siit-dc.conf"
ROWS = "/etc/siit-dc/rows.txt"
ROW = f"{WEB4} {WEB6}\n"
RELEASE = os.uname().release
# Packets a second: who cannot keep pace sends without pause, and nothing else gets on.
RATE = 50
CONFIG = f"""device = "siit0"
role = "br"
prefix = "{PREFIX}"
lowest-ipv6-mtu = 1500
pool4 = ["192.0.2.0/24"]
eam-files = ["rows.txt"]
"""
started = time.monotonic()


def say(text):
    print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def works(client):
    return client.run("ping", "-c", "1", "-W", "2", WEB4, check=False).returncode == 0


def loaded():
    """The version of the module that the kernel has; none: empty."""
    try:
        with open("/sys/module/siit_dc/version") as f:
            return f.read().strip()
    except FileNotFoundError:
        return ""


def names():
    """Whatever a package may leave behind."""
    found = set(glob.glob("/usr/src/*") + glob.glob("/usr/share/doc/*"))
    for top in ("/etc", "/usr/bin", "/usr/sbin", "/usr/lib/systemd", "/usr/share/man/man4", "/usr/share/man/man5",
                "/usr/share/man/man8", "/usr/share/bash-completion", f"/usr/lib/modules/{RELEASE}", "/var/lib/dkms", "/var/lib/systemd"):
        for path, _, files in os.walk(top):
            found.add(path)
            found.update(f"{path}/{f}" for f in files)
    return found


def under_load(client, web, action):
    return Stream(client, WEB4, web, "br", RATE).during(action)


def lossless(client, web, action):
    result, sent, lost = under_load(client, web, action)
    check(not lost, f"{len(lost)} of {sent} packets lost: {lost[:20]}")
    return f"{sent} packets, none lost; {result}"


def reloads(count):
    with open("/tmp/monitor", "w") as f:
        monitor = subprocess.Popen(["eamctl", "-j", "monitor"], stdout=f)
    wait_for("eamctl monitor", lambda: os.path.getsize("/tmp/monitor"))
    wanted = list(range(2, 2 + count))
    for rows in wanted:
        write(ROWS, ROW + "".join(f"192.0.2.{i} 2001:db8:12:34::{i}\n" for i in range(2, 1 + rows)))
        run("systemctl", "reload", "siit-dc")
    monitor.terminate()
    with open("/tmp/monitor") as f:
        tables = [event["rows"] for event in map(json.loads, f) if event["event"] == "table"]
    equal(tables, wanted, "rows after each reload, as eamctl monitor tells")
    return f"{count} reloads, which eamctl monitor tells"


def swap():
    """The new module, as docs/operations.md has it; how long each step took."""
    steps = re.search(r"^    # (systemctl stop .*)$", section("operations.md", "Upgrade"), re.M)[1].split(" && ")
    return list(zip(steps, timed(run, *(step.split() for step in steps))))


def configure():
    equal(loaded(), "", "module in the kernel after installation")
    equal(run("systemctl", "is-enabled", "siit-dc", check=False).stdout.strip(), "disabled", "after installation")
    write(CONF, CONFIG)
    write(ROWS, ROW)


def enable(client, web, version):
    """Gives what keeps web from answering."""
    run("systemctl", "enable", "-q", "--now", "siit-dc")
    equal(loaded(), version, "module in the kernel")
    wait_for("a ping through the translator", lambda: works(client))
    with web:
        sink = traffic.listener("::", 99, 2)
    say("enabled: traffic flows")
    return sink


def refuse_a_bad_file(client):
    rows = run("eamctl", "eam", "show").stdout
    write(CONF, CONFIG + 'hairpin = "sometimes"\n')
    check(run("systemctl", "reload", "siit-dc", check=False).returncode, "reload of a bad file succeeded")
    equal(run("systemctl", "is-active", "siit-dc").stdout.strip(), "active", "after a bad file")
    equal(run("eamctl", "eam", "show").stdout, rows, "rows after a bad file")
    check(f"{CONF}:7" in run("journalctl", "-u", "siit-dc", "-o", "cat").stdout, "the journal does not name the line")
    check(works(client), "no traffic after a bad file")
    write(CONF, CONFIG)
    say("a bad file: reload fails, traffic flows on")


def change_the_module(client, web, version):
    steps, sent, lost = under_load(client, web, swap)
    equal(loaded(), version, "module in the kernel after the swap")
    gap, took = one_gap(sent, lost) / RATE, sum(seconds for _, seconds in steps)
    check(gap < took + 0.5, f"a gap of {gap:.2f} s, though the steps took {took:.2f} s only")
    say(f"new module: {len(lost)} of {sent} packets lost, {gap:.2f} s; " + ", ".join(f"{s} {t:.2f} s" for s, t in steps))


def keep(directory, *paths):
    run("tar", "-C", "/", "-cf", f"{directory}/disk.tar", "etc/siit-dc",
        "etc/systemd/system/multi-user.target.wants/siit-dc.service", *paths)


def debs(directory):
    """What is to be installed, and what that is to be upgraded to: (packages, version)."""
    found = []
    for version in sorted({os.path.basename(p).split("_")[1] for p in glob.glob(f"{directory}/*.deb")}):
        found.append((sorted(glob.glob(f"{directory}/*_{version}_*.deb")), version))
    equal([len(packages) for packages, _ in found], [2, 2], f"packages in {directory}")
    return found


def plain(directory):
    say("booted")
    client, web = network()
    configure()
    version = run("modinfo", "-F", "version", "siit_dc").stdout.strip()
    sink = enable(client, web, version)
    say(lossless(client, web, lambda: reloads(3)))
    refuse_a_bad_file(client)
    change_the_module(client, web, version)
    sink.close()
    keep(directory)


def packages(directory):
    (old, version), (new, new_version) = debs(directory)
    # A build machine's way to keep packages from starting services.
    if os.path.exists("/usr/sbin/policy-rc.d"):
        os.remove("/usr/sbin/policy-rc.d")
    # This machine has one kernel, or DKMS would compile for the others.
    for other in glob.glob("/usr/lib/modules/*"):
        if os.path.basename(other) != RELEASE:
            run("mount", "-t", "tmpfs", "none", other)
    # apt would read them for half a minute, and nothing is to come from there.
    shutil.rmtree("/var/lib/apt/lists")
    before = names()
    # Where packages of modules have what is already built.
    os.mkdir("/usr/share/siit-dc-dkms")
    for built in glob.glob(f"{directory}/*.dkms.tar.gz"):
        shutil.copy(built, "/usr/share/siit-dc-dkms")
    say("booted")
    client, web = network()

    run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *old, timeout=900)
    equal(run("dkms", "status", "-k", RELEASE, "siit-dc").stdout, f"siit-dc/{version}, {RELEASE}, x86_64: installed\n", "dkms status")
    check(os.path.exists(CONF), f"{CONF} is not there to be edited")
    configure()
    say("installed and configured")
    sink = enable(client, web, version)
    say(lossless(client, web, lambda: reloads(6)))
    refuse_a_bad_file(client)

    rows = run("eamctl", "eam", "show").stdout

    def upgrade():
        begin = time.monotonic()
        run("apt-get", "install", "-qq", "-y", "-o", "Dpkg::Options::=--force-confold", *new, timeout=900)
        return f"upgrade took {time.monotonic() - begin:.0f} s"
    say(lossless(client, web, upgrade))
    for package in ("siit-dc", "siit-dc-dkms"):
        equal(run("dpkg-query", "-W", "-f", "${Version}", package).stdout, new_version, package)
    with open(CONF) as f:
        equal(f.read(), CONFIG, "configuration after the upgrade")
    check(os.path.exists(f"{CONF}.dpkg-dist"), "the newer package's configuration is not beside the old one")
    equal(run("dkms", "status", "siit-dc").stdout, f"siit-dc/{new_version}, {RELEASE}, x86_64: installed\n", "dkms status")
    equal(loaded(), version, "module in the kernel after the upgrade")
    equal(run("eamctl", "eam", "show").stdout, rows, "rows that the newer eamctl sees in the older module")
    change_the_module(client, web, new_version)
    sink.close()
    os.chdir("/")
    keep(directory, "etc/iproute2/rt_protos.d", "usr/bin/eamctl", "usr/lib/systemd/system/siit-dc.service",
         *(f"usr/lib/modules/{RELEASE}/{name}" for name in glob.glob("modules.*", root_dir=f"/usr/lib/modules/{RELEASE}")),
         f"usr/lib/modules/{RELEASE}/updates")

    run("apt-get", "remove", "-qq", "-y", "siit-dc", "siit-dc-dkms", timeout=900)
    check(run("ip", "link", "show", "siit0", check=False).returncode, "siit0 is there after removal")
    equal(loaded(), "", "module in the kernel after removal")
    check(os.path.exists(CONF), "removal took the configuration")
    # The administrator's own, and what was brought here instead of a compiler.
    os.remove(ROWS)
    shutil.rmtree("/usr/share/siit-dc-dkms")
    run("apt-get", "purge", "-qq", "-y", "siit-dc", "siit-dc-dkms", timeout=900)
    equal(sorted(n for n in names() - before if "siit" in n or "dkms" in n or n.startswith("/usr/lib/modules")), [], "left behind")
    equal(run("ip", "route", "show", "proto", "67").stdout, "", "routes left behind")
    say("removed and purged: nothing is left")


def boot():
    state = run("systemctl", "show", "siit-dc", "-p", "ActiveState,Result").stdout.split()
    equal(sorted(state), ["ActiveState=active", "Result=success"], "siit-dc.service after boot")
    check(f"{WEB4} " in run("eamctl", "eam", "show").stdout, "no row after boot")
    client, _ = network()
    wait_for("a ping through the translator", lambda: works(client))
    equal(run("loginctl", "--no-legend", "list-sessions").stdout, "", "sessions")
    say("after the next boot: traffic flows, nobody has logged in")


{"packages": packages, "plain": plain, "boot": boot}[sys.argv[1]](*sys.argv[2:])
