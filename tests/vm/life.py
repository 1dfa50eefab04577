#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""life first DEB NEWER TAR | second - the life of an installation, inside a VM that systemd booted (tests/life).

  client 203.0.113.50 ---- this machine, a Border Relay ---- web 2001:db8:12:34::1 = 192.0.2.1

first: install, configure, enable, traffic, reload under load, a bad file, upgrade under load, removal; TAR holds
what the disk has before the removal. second: after the next boot traffic flows, and nobody has logged in.
"""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import traffic  # noqa: E402
from lab.cases import check, equal  # noqa: E402
from lab.netns import Ns, run, wait_for  # noqa: E402
from test_load import capture, numbered  # noqa: E402

CONF = "/etc/siit-dc/siit-dc.conf"
RELEASE = os.uname().release
CONFIG = """device = "siit0"
role = "br"
prefix = "2001:db8:46::/96"
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


def network():
    for name in ("client", "web"):
        run("ip", "netns", "add", name)
        run("ip", "link", "add", "name", name, "type", "veth", "peer", "name", "br", "netns", name)
        run("ip", "link", "set", name, "up")
    for key in ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0"):
        run("sysctl", "-qw", key)
    run("ip", "address", "add", "203.0.113.1/24", "dev", "client")
    run("ip", "address", "add", "2001:db8:12:34::ffff/64", "dev", "web", "nodad")
    client, web = Ns("client"), Ns("web")
    client.ip("link set lo up", "link set dev br up", "addr add 203.0.113.50/24 dev br", "route add default via 203.0.113.1")
    web.ip("link set lo up", "link set dev br up", "addr add 2001:db8:12:34::1/64 dev br nodad",
           "route add default via 2001:db8:12:34::ffff")
    return client, web


def works(client):
    return client.run("ping", "-c", "1", "-W", "2", "192.0.2.1", check=False).returncode == 0


def under_load(client, web, seconds, action):
    """What `action` gives, while numbered packets go through; none may be lost."""
    catcher = traffic.Job(web, capture, "br", 99, seconds + 3)
    time.sleep(1)
    sender = traffic.Job(client, numbered, "192.0.2.1", 99, seconds, 200)
    time.sleep(1)
    result = action()
    sent = sender.result(seconds + 60)
    numbers = sorted(n for v in catcher.result(seconds + 60).values() for n in v)
    lost = sorted(set(range(sent)) - set(numbers))
    check(sent > 100, f"only {sent} packets were sent")
    check(not lost, f"{len(lost)} of {sent} packets lost: {lost[:20]}")
    return f"{sent} packets, none lost; {result}"


def reloads():
    end = time.monotonic() + 10
    count = 0
    while time.monotonic() < end:
        count += 1
        write("/etc/siit-dc/rows.txt", "192.0.2.1 2001:db8:12:34::1\n" +
              "".join(f"192.0.2.{i} 2001:db8:12:34::{i}\n" for i in range(2, 3 + count)))
        run("systemctl", "reload", "siit-dc")
        equal(run("eamctl", "get").returncode, 0, "eamctl get")
    check(count > 1, "one reload only")
    return f"{count} reloads"


def first(deb, newer, tar):
    # A build machine's way to keep packages from starting services.
    if os.path.exists("/usr/sbin/policy-rc.d"):
        os.remove("/usr/sbin/policy-rc.d")
    target = f"/usr/lib/modules/{RELEASE}/updates/dkms"
    os.makedirs(target, exist_ok=True)
    shutil.copy(os.environ["SIIT_MODULE"], target)
    run("depmod", "-a")
    client, web = network()

    run("apt-get", "install", "-qq", "-y", "--no-install-recommends", deb, timeout=300)
    equal(run("systemctl", "is-enabled", "siit-dc", check=False).stdout.strip(), "disabled", "after installation")
    check(os.path.exists(CONF), f"{CONF} is not there to be edited")
    write(CONF, CONFIG)
    write("/etc/siit-dc/rows.txt", "192.0.2.1 2001:db8:12:34::1\n")
    say("installed and configured")

    run("systemctl", "enable", "-q", "--now", "siit-dc")
    wait_for("a ping through the translator", lambda: works(client))
    with web:
        sink = traffic.listener("::", 99, 2)
    say("enabled: traffic flows")
    say(under_load(client, web, 14, reloads))

    rows = run("eamctl", "eam", "show").stdout
    write(CONF, CONFIG + 'hairpin = "sometimes"\n')
    check(run("systemctl", "reload", "siit-dc", check=False).returncode, "reload of a bad file succeeded")
    equal(run("systemctl", "is-active", "siit-dc").stdout.strip(), "active", "after a bad file")
    equal(run("eamctl", "eam", "show").stdout, rows, "rows after a bad file")
    check(f"{CONF}:7" in run("journalctl", "-u", "siit-dc", "-o", "cat").stdout, "the journal does not name the line")
    check(works(client), "no traffic after a bad file")
    write(CONF, CONFIG)
    say("a bad file: reload fails, traffic flows on")

    def upgrade():
        begin = time.monotonic()
        run("dpkg", "-i", newer, timeout=300)
        return f"upgrade took {time.monotonic() - begin:.0f} s"
    say(under_load(client, web, 45, upgrade))
    check(run("dpkg-query", "-W", "-f", "${Version}", "siit-dc").stdout in newer, "the version is the old one")
    with open(CONF) as f:
        equal(f.read(), CONFIG, "configuration after the upgrade")
    sink.close()

    run("tar", "-cf", tar, "-C", "/", "etc/siit-dc", "etc/systemd/system/multi-user.target.wants/siit-dc.service",
        "etc/iproute2/rt_protos.d", "usr/bin/eamctl", "usr/lib/systemd/system/siit-dc.service",
        f"usr/lib/modules/{RELEASE}")

    run("apt-get", "remove", "-qq", "-y", "siit-dc", timeout=300)
    check(run("ip", "link", "show", "siit0", check=False).returncode, "siit0 is there after removal")
    check(os.path.exists(CONF), "removal took the configuration")
    os.remove("/etc/siit-dc/rows.txt")  # the administrator's own
    run("dpkg", "--purge", "siit-dc", timeout=300)
    left = [p for p in ("/etc/siit-dc", "/usr/bin/eamctl", "/usr/lib/systemd/system/siit-dc.service",
                        "/etc/iproute2/rt_protos.d/siit-dc.conf", "/usr/share/man/man8/eamctl.8.gz",
                        "/etc/systemd/system/multi-user.target.wants/siit-dc.service") if os.path.lexists(p)]
    equal(left, [], "left behind")
    equal(run("ip", "route", "show", "proto", "67").stdout, "", "routes left behind")
    run("rmmod", "siit_dc")
    say("removed and purged: nothing is left")


def second():
    state = run("systemctl", "show", "siit-dc", "-p", "ActiveState,Result").stdout.split()
    equal(sorted(state), ["ActiveState=active", "Result=success"], "siit-dc.service after boot")
    check("192.0.2.1 " in run("eamctl", "eam", "show").stdout, "no row after boot")
    client, _ = network()
    wait_for("a ping through the translator", lambda: works(client))
    equal(run("loginctl", "--no-legend", "list-sessions").stdout, "", "sessions")
    say("after the next boot: traffic flows, nobody has logged in")


{"first": first, "second": second}[sys.argv[1]](*sys.argv[2:])
