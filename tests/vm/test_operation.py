# SPDX-License-Identifier: GPL-2.0
"""Daily work: eamctl monitor, stats, diff and import; what the manual says about settings."""
import json
import os
import re
import subprocess

from lab.cases import case, check, equal
from lab.genl import K, Genl, attr
from lab.netns import wait_for
from lab.packet import UDP, ip4, udp
from lab.topology import CLIENT4, EAMCTL, WEB4, WEB6, Wire

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")


class Monitor:
    """eamctl -j monitor, line by line."""

    def __init__(self, lab, ns):
        self.path = f"{lab.dir}/monitor"
        with ns, open(self.path, "w") as out:
            self.program = subprocess.Popen([EAMCTL, "-j", "monitor"], stdin=subprocess.DEVNULL, stdout=out)
        lab.daemons.append(self.program)
        self.wait(1)

    def lines(self):
        with open(self.path) as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def wait(self, count):
        wait_for(f"{count} lines of eamctl monitor", lambda: len(self.lines()) >= count)
        return self.lines()


@case(Wire, fresh=True)
def monitor_tells_every_change(lab):
    """NL-06: as it happens, and in the order in which it happened."""
    m = Monitor(lab, lab.br)
    lab.eamctl(lab.br, "set", "lowest-ipv6-mtu", 1400)
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::99")
    lab.eamctl(lab.br, "eam", "del", "192.0.2.99")
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::300", check=False)
    lab.eamctl(lab.br, "eam", "add", "192.0.2.98", WEB6, check=False)  # refused: nothing happened
    lab.eamctl(lab.br, "eam", "flush")
    lines = m.wait(6)
    equal([x["event"] for x in lines], ["listening", "settings", "row-added", "row-removed", "row-added", "table"], "events")
    equal(lines[1]["settings"], {"lowest-ipv6-mtu": 1400}, "settings that changed")
    equal(lines[2]["row"], {"ipv4": "192.0.2.99", "ipv6": "2001:db8::99", "scope": "remote"}, "row")
    equal(lines[5]["rows"], 0, "rows after flush")
    generations = [x["generation"] for x in lines]
    equal(generations, list(range(generations[0], generations[0] + 6)), "generations")
    m.program.terminate()


@case(Wire, fresh=True)
def monitor_says_when_it_lost_some(lab):
    """More changes than the socket holds while nobody reads: it says so and goes on."""
    m = Monitor(lab, lab.br)
    m.program.send_signal(19)  # SIGSTOP
    with lab.br, Genl() as genl:
        for i in range(6000):
            genl.ask("SETTINGS_SET", attr(K["SIIT_A_SETTINGS"], b"", nested=True))
    m.program.send_signal(18)
    wait_for("eamctl monitor tells of a loss", lambda: any(x["event"] == "lost" for x in m.lines()), timeout=20)
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::99")
    wait_for("it goes on", lambda: m.lines()[-1].get("row", {}).get("ipv4") == "192.0.2.99", timeout=20)
    m.program.terminate()


@case(Wire)
def prometheus_tells_what_stats_tells(lab):
    lab.one(ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x" * 100)), 6)
    out = lab.eamctl(lab.br, "stats", "--prometheus").stdout
    samples = {}
    for line in out.splitlines():
        if not line.startswith("#"):
            m = re.fullmatch(r'(\w+)\{device="siit0"(?:,reason="(\w+)")?(?:,direction="(\w+)")?[^}]*\} (\d+)', line)
            check(m, f"not a sample: {line}")
            samples[m[1], m[2], m[3]] = int(m[4])
    for name, (from4, from6) in lab.stats(lab.br).items():
        found = {d: v for (_, reason, d), v in samples.items() if reason == name}
        # Pings of the lab itself go on meanwhile.
        if name != "left_not_ours":
            equal(found, {"4to6": from4, "6to4": from6}, name)
    state = json.loads(lab.eamctl(lab.br, "-j", "get").stdout)
    equal(samples["siit_dc_rows", None, None], state["rows"], "rows")
    equal(samples["siit_dc_generation", None, None], state["generation"], "generation")
    check(samples["siit_dc_translated_bytes_total", None, "4to6"] >= 128, "bytes are not counted")


@case(Wire)
def watch_shows_rates(lab):
    with lab.br:
        p = subprocess.Popen([EAMCTL, "-j", "stats", "--watch"], stdout=subprocess.PIPE, text=True)
    lab.daemons.append(p)
    json.loads(p.stdout.readline())
    lab.exchange(*[ip4(CLIENT4, WEB4, UDP, udp(CLIENT4, WEB4, 1, 2, b"x"))] * 60)
    rates = [json.loads(p.stdout.readline())["per_second"]["counters"].get("translated", {}).get("packets46", 0)
             for _ in range(2)]
    p.terminate()
    check(0 < sum(rates) <= 60, f"60 packets, rates {rates}")


@case(Wire)
def diff_tells_what_apply_would_do(lab):
    shown = lab.eamctl(lab.br, "show").stdout
    equal(lab.eamctl(lab.br, "diff", "-", input=shown).stdout, "", "difference of what runs")
    lab.eamctl(lab.br, "eam", "add", "192.0.2.99", "2001:db8::99")
    lab.eamctl(lab.br, "set", "lowest-ipv6-mtu", 1400)
    p = lab.eamctl(lab.br, "diff", "-", input=shown, check=False)
    equal((p.returncode, p.stdout), (4, "--- running\n+++ -\n-lowest-ipv6-mtu 1400\n+lowest-ipv6-mtu default\n"
                                     "-192.0.2.99 2001:db8::99 remote\n"), "exit code and difference")
    lab.eamctl(lab.br, "apply", "-", input=shown)
    equal(lab.eamctl(lab.br, "diff", "-", input=shown).stdout, "", "difference after apply")


@case(Wire)
def imported_configuration_translates(lab):
    jool = {"instance": "a", "framework": "netfilter",
            "global": {"pool6": "2001:db8:46::/96", "lowest-ipv6-mtu": 1400, "rfc6791v4-prefix": "198.51.100.1"},
            "eamt": [{"ipv4 prefix": "192.0.2.7", "ipv6 prefix": "2001:db8:12:34::7"}]}
    tayga = "tun-device nat64\nipv4-addr 198.51.100.1\nprefix 2001:db8:46::/96\nmap 192.0.2.7 2001:db8:12:34::7\n"
    for source, text in (("jool", json.dumps(jool)), ("tayga", tayga)):
        config = lab.eamctl(lab.br, "import", "--from", source, "-", input=text).stdout
        lab.eamctl(lab.br, "apply", "-", input=config)
        p = lab.one(ip4(CLIENT4, "192.0.2.7", UDP, udp(CLIENT4, "192.0.2.7", 1, 2, b"x")), 6)
        equal(p.dst, "2001:db8:12:34::7", f"destination, by the configuration from {source}")
    lab.apply(lab.br, *lab.standard())


@case(Wire)
def errors_say_what_to_do_next(lab):
    nobody = ("setpriv", "--reuid", "65534", "--clear-groups", "--bounding-set", "-all")
    wrong = []
    for ns, argv, words, *before in (
            (lab.w4, "get", "create one: eamctl up"),
            (lab.br, "eam flush", "CAP_NET_ADMIN is needed", *nobody),
            (lab.br, "up siit1", "there can be one only; eamctl down siit0 removes it"),
            (lab.br, f"eam add {WEB4} 2001:db8::99", f"this row is there: {WEB4} {WEB6} remote"),
            (lab.br, "set lowest-ipv6-mut 1280", "lowest-ipv6-mtu?"),
            (lab.br, "-n nowhere get", "ip netns list tells those with a name"),
            (lab.br, "eam ad", "eamctl eam --help lists them")):
        p = ns.run(*before, EAMCTL, *argv.split(), check=False)
        if p.returncode == 0 or not p.stderr.endswith(f"; {words}\n"):
            wrong.append(f"eamctl {argv}: {p.returncode}, {p.stderr.strip()}; wanted: {words}")
    equal(wrong, [], "errors that do not say what to do next")


@case(Wire, configure=False)
def the_manual_tells_the_defaults(lab):
    """siit-dc.conf(5), for each role."""
    with open(f"{ROOT}/docs/man/siit-dc.conf.5.scd") as f:
        page = f.read()
    said = dict(re.findall(r"^\*([a-z0-9-]+)\* .*\n\tDefault: (.*?)\. ", page, re.M))
    for role in ("siit", "br", "er"):
        lab.eamctl(lab.br, "down")
        lab.eamctl(lab.br, "up", "--role", role)
        lines = (line.split() for line in lab.eamctl(lab.br, "get").stdout.splitlines())
        for key, value, *_ in lines:
            if key == "role":
                continue
            common, *others = re.split("; ", said[key])
            want = common
            for other in others:
                m = re.match(r"((?:br|er)(?: and er)?): (\w+)", other)
                if m and role in m[1].split(" and "):
                    want = m[2]
            equal(value, want, f"default of {key} for {role}")
    lab.eamctl(lab.br, "down")
