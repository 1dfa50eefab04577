# SPDX-License-Identifier: GPL-2.0
"""eamctl trace and what it stands on: tracepoints, and the kernel's own reasons of drops."""
import json
import os
import re
import signal
import subprocess
import time

from lab.cases import case, check, equal
from lab.netns import run, wait_for
from lab.packet import ICMP6, TCP, UDP, echo, ip4, ip6, udp
from lab.topology import CLIENT4, CLIENT6, EAMCTL, WEB4, WEB6, Wire, mapped

TRACEFS = "/sys/kernel/tracing"
FROM4 = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x"))
FROM6 = ip6(WEB6, CLIENT6, UDP, udp(WEB6, CLIENT6, 1, 2, b"xy"))
HAIRPIN = ip6(WEB6, mapped("192.0.2.2"), UDP, udp(WEB6, mapped("192.0.2.2"), 1, 2, b"x"))
TTL = ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x"), ttl=1)
FORGED = ip6(mapped("198.51.100.77"), CLIENT6, UDP, udp(mapped("198.51.100.77"), CLIENT6, 1, 2, b"x"))


def instances():
    return [name for name in os.listdir(f"{TRACEFS}/instances") if name.startswith("eamctl-")]


class Trace:
    """eamctl -j trace OPTIONS, when it has begun to look."""

    def __init__(self, lab, ns, *options, json=True, out=None):
        self.path = f"{lab.dir}/trace"
        with ns, open(self.path, "w") as f:
            self.program = subprocess.Popen([EAMCTL, *(["-j"] if json else []), "trace", *options],
                                            stdin=subprocess.DEVNULL, stdout=out or f, stderr=subprocess.PIPE, text=True)
        lab.daemons.append(self.program)
        self.instance = f"{TRACEFS}/instances/eamctl-{self.program.pid}"
        wait_for("eamctl trace", self.begun)

    def begun(self):
        check(self.program.poll() is None, f"eamctl trace ended: {self.program.stderr.read() if self.program.poll() else ''}")
        try:
            with open(f"{self.instance}/events/siit_dc/drop/enable") as f:
                return f.read().startswith("1")
        except FileNotFoundError:
            return False

    def lines(self):
        with open(self.path) as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def wait(self, count):
        """And no more than that."""
        wait_for(f"{count} packets in eamctl trace", lambda: len(self.lines()) >= count)
        time.sleep(0.1)
        lines = self.lines()
        equal(len(lines), count, f"packets in {lines}")
        return lines

    def end(self, how=signal.SIGTERM):
        self.program.send_signal(how)
        return self.ended()

    def ended(self):
        equal(self.program.wait(10), 0, f"exit status; {self.program.stderr.read()}")
        equal(instances(), [], "instances of tracefs")


def packet(event, src, dst, new, counter, icmp=None, protocol=UDP, **more):
    return {"event": event, "device": "siit0", "protocol": protocol, "src": src, "dst": dst,
            "new_src": new and new[0], "new_dst": new and new[1], "counter": counter, "icmp": icmp, **more}


@case(Wire)
def packets_as_they_pass(lab):
    """Both directions, a hairpin, refusals before and after the translation."""
    t = Trace(lab, lab.br)
    begun = time.time()
    with lab.configured(*lab.standard(antispoof64=True)):
        for p in (FROM4, FROM6, HAIRPIN, TTL, FORGED):
            lab.exchange(p)
    lines = t.wait(5)
    for line in lines:
        at = time.mktime(time.strptime(line.pop("time")[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        check(begun - 2 < at < time.time() + 2, f"time {at}, now {time.time()}")
    equal(lines, [
        packet("translate", CLIENT4, WEB4, (CLIENT6, WEB6), "translated", length=29, **{"in": "w4"}),
        packet("translate", WEB6, CLIENT6, (WEB4, CLIENT4), "translated", length=50, **{"in": "w6"}),
        packet("translate", WEB6, mapped("192.0.2.2"), (mapped(WEB4), "2001:db8:12:34::2"), "translated_hairpin",
               length=49, **{"in": "w6"}),
        packet("drop", CLIENT4, WEB4, (CLIENT6, WEB6), "reject_ttl", {"type": 11, "code": 0}, length=29, **{"in": "w4"}),
        packet("drop", mapped("198.51.100.77"), CLIENT6, None, "drop_antispoof", length=49, **{"in": "w6"}),
    ], "packets")
    t.end()


@case(Wire)
def one_line_for_people(lab):
    t = Trace(lab, lab.br, json=False)
    lab.exchange(FROM4, TTL)

    def text():
        with open(t.path) as f:
            return f.read()
    wait_for("two lines", lambda: text().count("\n") == 2)
    equal(re.sub(r"(?m)^[-0-9]{10}T[:0-9]{8}\.[0-9]{6}Z ", "", text()),
          f"w4 udp 29 {CLIENT4} > {WEB4} => {CLIENT6} > {WEB6}: translated\n"
          f"w4 udp 29 {CLIENT4} > {WEB4} => {CLIENT6} > {WEB6}: reject_ttl, ICMP 11/0\n", "lines")
    t.end(signal.SIGINT)


@case(Wire)
def only_what_was_asked_for(lab):
    """The kernel selects by addresses, before or after translation."""
    def counters(*options):
        t = Trace(lab, lab.br, *options)
        lab.exchange(FROM4, TTL)
        lab.exchange(FROM6)
        lab.exchange(HAIRPIN)
        # What is wanted in each case comes last, too.
        lab.exchange(TTL)
        wait_for(f"the last packet with {options}", lambda: [x["counter"] for x in t.lines()][-1:] == ["reject_ttl"] or
                 t.lines() and t.lines()[-1]["counter"] == "translated_hairpin")
        time.sleep(0.1)
        got = [x["counter"] for x in t.lines()]
        t.end()
        return got
    ttl, plain, hairpin = "reject_ttl", "translated", "translated_hairpin"
    equal(counters("--drops"), [ttl, ttl], "--drops")
    equal(counters("--src", CLIENT4), [plain, ttl, ttl], "--src as it came")
    equal(counters("--src", CLIENT6), [plain, ttl, ttl], "--src translated")
    equal(counters("--src", "203.0.113.0/24", "--drops"), [ttl, ttl], "--src prefix")
    equal(counters("--dst", "2001:db8:12:34::/64"), [plain, ttl, hairpin, ttl], "--dst prefix")
    equal(counters("--dst", "2001:db8:12:34::2/127"), [hairpin], "--dst longer prefix")


@case(Wire)
def other_namespaces_are_not_shown(lab):
    t = Trace(lab, lab.w4)
    lab.exchange(FROM4)
    time.sleep(0.2)
    equal(t.lines(), [], "packets of another namespace")
    t.end()


@case(Wire)
def reader_gone(lab):
    """eamctl trace | head: it ends at once, and leaves nothing behind."""
    r, w = os.pipe()
    t = Trace(lab, lab.br, out=w)
    os.close(w)
    os.close(r)
    t.ended()


@case(Wire)
def remains_of_a_killed_one_are_removed(lab):
    t = Trace(lab, lab.br)
    t.program.kill()
    t.program.wait()
    equal(instances(), [os.path.basename(t.instance)], "instances after SIGKILL")
    Trace(lab, lab.br).end()


@case(Wire)
def more_than_can_be_shown(lab):
    """Packets that came while nobody read are missing, which it says."""
    t = Trace(lab, lab.br)
    with open(f"{t.instance}/buffer_size_kb", "w") as f:
        f.write("4")
    t.program.send_signal(signal.SIGSTOP)
    for _ in range(4):
        lab.exchange(*[FROM4] * 50)
    t.program.send_signal(signal.SIGCONT)
    lines = wait_for("all packets, shown or not", lambda: [
        lines for lines in [t.lines()] if sum(x.get("count", 1) for x in lines) >= 200])[0]
    check(any(x["event"] == "lost" for x in lines), "no loss was told")
    equal(sum(x.get("count", 1) for x in lines), 200, "packets shown and not")
    t.end()


@case(Wire)
def says_what_is_missing(lab):
    def trial(*argv):
        p = lab.br.run(*argv, check=False)
        return p.returncode, p.stderr.strip()
    status, text = trial("unshare", "-m", "sh", "-c", f"umount -a -t tracefs,debugfs; exec {EAMCTL} trace")
    equal(status, 3, f"exit status without tracefs: {text}")
    check("mount -t tracefs tracefs" in text, text)
    status, text = trial("setpriv", "--reuid=65534", "--clear-groups", EAMCTL, "trace")
    equal(status, 3, f"exit status without privilege: {text}")
    check("root is needed" in text, text)


@case(Wire)
def reasons_for_dropwatch(lab):
    """skb:kfree_skb knows why, in the kernel's own terms."""
    where = f"{TRACEFS}/instances/reasons"
    os.mkdir(where)
    try:
        with open(f"{where}/events/skb/kfree_skb/enable", "w") as f:
            f.write("1")
        lab.exchange(FROM4, FROM6, HAIRPIN, TTL)
        lab.exchange(ip6(WEB6, CLIENT6, TCP, b"\0" * 10))
        lab.exchange(FORGED)
        with open(f"{where}/events/skb/kfree_skb/enable", "w") as f:
            f.write("0")
        with open(f"{where}/trace") as f:
            reasons = re.findall(r"reason: (\w+)", f.read())
        # Of the ends of the network, which drop packets of their own, these are none.
        want = ["IP_INHDR", "HDR_TRUNC", "IP_RPFILTER"]
        equal([r for r in reasons if r in want], want, f"reasons in {reasons}")
    finally:
        os.rmdir(where)


@case(Wire)
def ping_through_a_filter_for_icmp(lab):
    """ICMP changes its protocol number on the way: told as it came."""
    t = Trace(lab, lab.br, "--src", WEB6)
    lab.one(ip6(WEB6, CLIENT6, ICMP6, echo(WEB6, CLIENT6, 1, 1, b"x")), 4)
    equal(t.wait(1)[0]["protocol"], ICMP6, "protocol")
    t.end()


@case(Wire, fresh=True)
def module_goes_while_it_looks(lab):
    """rmmod under traffic with tracing on: eamctl says so and ends; the next one is none the worse."""
    module = os.environ["SIIT_MODULE"]
    config = lab.standard()
    for _ in range(5):
        t = Trace(lab, lab.br)
        for _ in range(20):
            lab.tap4.send(FROM4)
            lab.tap6.send(FROM6)
        run("rmmod", "siit_dc")
        equal(t.program.wait(10), 3, "exit status")
        check("siit_dc was removed" in t.program.stderr.read(), "no word about it")
        equal(instances(), [], "instances of tracefs")
        p = lab.eamctl(lab.br, "trace", check=False)
        equal(p.returncode, 3, "exit status without the module")
        check("modprobe siit_dc" in p.stderr, p.stderr)
        run("insmod", module)
        lab.apply(lab.br, *config)
    t = Trace(lab, lab.br)
    lab.exchange(FROM4)
    equal([x["counter"] for x in t.wait(1)], ["translated"], "packets")
    t.end()
