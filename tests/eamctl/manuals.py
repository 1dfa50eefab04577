#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""manuals EAMCTL - man pages and bash completion say the same as "EAMCTL --help", siit_dc(4) the same as the module's
sources, and documents name no counter or setting that is not there."""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
EAMCTL = sys.argv[1]
COMPLETION = f"{ROOT}/scripts/packaging/eamctl.bash"
wrong = []


def same(what, got, want, source="--help"):
    """Says what is only in one of the two, or that the order differs."""
    if got != want:
        here, there = [x for x in got if x not in want], [x for x in want if x not in got]
        wrong.append(f"{what}: not in {source}: {here}, only there: {there}" if here or there
                     else f"{what}: {got}, in {source} {want}")


def text(name):
    with open(f"{ROOT}/{name}") as f:
        return f.read()


class Help:
    """What "eamctl COMMAND --help" says."""

    def __init__(self, *command):
        self.text = subprocess.run([EAMCTL, *command, "--help"], text=True, stdout=subprocess.PIPE, check=True).stdout
        usage = re.search(r"^Usage: eamctl(.*)$", self.text, re.M)[1]
        self.positionals = re.sub(r"\(1x\)", "...", usage.split("[OPTIONS]")[1]).split()
        self.options = {o for line in self.section("Options") for o in re.findall(r"^  (-\S+)", line)[:1]
                        for o in o.split(",")}
        self.commands = [line.split()[0] for line in self.section("Subcommands")]

    def section(self, title):
        found = re.search(rf"^{title}:\n((?:  .*\n)+)", self.text, re.M)
        return [line for line in found[1].splitlines() if not line.startswith("    ")] if found else []

    def words_of_settings(self):
        """{key: the text about its values}"""
        body = re.search(r"^Keys:\n((?:  .*\n)+)", self.text, re.M)[1]
        return dict(re.findall(r"^  ([a-z]\S*) .*\n {10,}(.*)$", body, re.M))


def leaves():
    """{command: Help} of all commands that do something."""
    found = {}
    for command in Help().commands:
        h = Help(command)
        if h.commands:
            found.update({f"{command} {c}": Help(command, c) for c in h.commands})
        else:
            found[command] = h
    return found


def manual_of_commands(helps):
    page = text("docs/man/eamctl.8.scd")
    sections = dict(re.findall(r"^## eamctl (.*)\n((?:(?!##? ).*\n)*)", page, re.M))
    names = {}
    for head, body in sections.items():
        m = re.match(r"((?:[a-z]+ ?)+)(.*)", head)
        names[m[1].strip()] = (m[2], body)
    same("eamctl(8), commands", sorted(names), sorted(helps))
    for name, (synopsis, body) in names.items():
        if name not in helps:
            continue
        options = set(re.findall(r"--[a-z-]+", synopsis))
        # What is left without options and their values are the positionals.
        rest = re.sub(r"\[--[a-z-]+( \[?[A-Z]+\]?)?\]|--[a-z-]+ [A-Z]+", "", synopsis)
        h = helps[name]
        same(f"eamctl(8), arguments of {name}", rest.split(), h.positionals)
        same(f"eamctl(8), options in the synopsis of {name}", options, h.options - {"-h", "--help"})
        same(f"eamctl(8), options of {name}", set(re.findall(r"^\*(-[a-z-]+)\*", body, re.M)), options)
    section = page[page.index("# OPTIONS"):page.index("# COMMANDS")]
    heads = " ".join(line for line in section.splitlines() if line.startswith("*-"))
    same("eamctl(8), global options", set(re.findall(r"\*(-[a-zA-Z-]+)\*", heads)), Help().options)
    for code in re.findall(r"\b(\d) ", re.search(r"^Exit status: .*\n.*", Help().text, re.M)[0]):
        if f"*{code}*\n" not in page:
            wrong.append(f"eamctl(8) does not have exit status {code}")


def manual_of_settings(values):
    page = text("docs/man/siit-dc.conf.5.scd")
    section = page[page.index("# SETTINGS"):page.index("# EXAMPLE")]
    same("siit-dc.conf(5), settings and their values", re.findall(r"^\*([a-z0-9-]+)\* (.*)$", section, re.M),
         list(values.items()))


def manual_of_the_module():
    page = text("docs/man/siit_dc.4.scd").replace("\\_", "_")
    entry = text("kmod/trace.h")
    entry = entry[entry.index("TP_STRUCT__entry"):entry.index("TP_fast_assign")]
    fields = re.findall(r"(?:__field\(\w+, |__array\(\w+, |SIIT_TRACE_ADDR\()(\w+)", entry)
    events = re.findall(r"DEFINE_EVENT\(\w+, (\w+)", text("kmod/trace.h"))
    same("siit_dc(4), tracepoints", set(re.findall(r"\*siit_dc:(\w+)\*", page)), set(events), "kmod/trace.h")
    section = page[page.index("# TRACEPOINTS"):page.index("*skb:kfree_skb*")]
    same("siit_dc(4), fields", set(re.findall(r"\b_(\w+?)_(?!\w)", section)) - {"src_hi", "src_lo"}, set(fields), "kmod/trace.h")
    reasons = page[page.index("*skb:kfree_skb*"):page.index("# FILES")]
    same("siit_dc(4), drop reasons", set(re.findall(r"\b[A-Z][A-Z_]{4,}\b", reasons)),
         set(re.findall(r"= SKB_DROP_REASON_(\w+)", text("kmod/drop.c"))), "kmod/drop.c")


def commands_in(page, helps):
    """Commands of eamctl that a document tells, as (all of it, command, options)."""
    for line in re.findall(r"(?:`|# )eamctl ([^`\n]*)", page):
        line = re.split(r" {2,}| [|>;] | && ", line)[0]
        words = [w for w in re.sub(r"-n \S+ ", "", line).split() if not re.fullmatch(r"-[jpc]|COMMAND", w)]
        command = " ".join(words[:2]) if " ".join(words[:2]) in helps else "".join(words[:1])
        yield line, command, {w.partition("=")[0] for w in words if w.startswith("--")}


def names_in_documents(helps, settings):
    counters = set(re.findall(r'X\(\w+,\s*"(\w+)"', text("kmod/core/stat.h")))
    for name in sorted(os.listdir(f"{ROOT}/docs")):
        if name.endswith(".md"):
            page = text(f"docs/{name}")
            named = set(re.findall(r"`((?:left|drop|reject|translated)_\w+)`", page))
            for line, command, options in commands_in(page, helps):
                if command in helps:
                    same(f"{name}, options in \"eamctl {line}\"", options, options & helps[command].options)
                elif command not in ("", "eam", "--help"):
                    wrong.append(f"{name}: there is no \"eamctl {line}\"")
            same(f"{name}, counters", sorted(named), sorted(named & counters), "kmod/core/stat.h")
            named = re.findall(r"\bsettings? `([a-z0-9-]+)`", page)
            if name == "migration.md":
                rows = re.findall(r"^\| .* \| (.*) \|$", page, re.M)
                named += [n for row in rows for n in re.findall(r"`([a-z0-9-]+)`", row) if n != "siit0"]
            same(f"{name}, settings", sorted(set(named)), sorted(set(named) & set(settings)))


def complete(lines, table=""):
    """The completions of each line, by bash; programs that it asks are made up."""
    with tempfile.TemporaryDirectory() as d:
        for name, out in (("eamctl", table), ("ip", "1: lo: <>\n7: siit0: <>\n8: eth1@if2: <>\n")):
            with open(f"{d}/{name}", "w") as f:
                f.write(f"#!/bin/sh\necho \"$*\" >>{d}/asked\ncat <<'END'\n{out}END\n")
            os.chmod(f"{d}/{name}", 0o755)
        script = f"source {COMPLETION}\n"
        script += "".join(f"COMP_LINE='{line}' COMP_POINT={len(line)}\n_eamctl\necho \"${{COMPREPLY[*]}}\"\n"
                          for line in lines)
        out = subprocess.run(["bash", "--norc", "-c", script], text=True, stdout=subprocess.PIPE, check=True,
                             env={"PATH": f"{d}:/usr/bin:/bin"}).stdout
        asked = text_or_nothing(f"{d}/asked")
    return [line.split() for line in out.splitlines()], asked


def text_or_nothing(path):
    try:
        with open(path) as f:
            return f.read()
    except FileNotFoundError:
        return ""


def completion_of_commands(helps):
    top = Help()
    lines = ["eamctl ", "eamctl eam "] + [f"eamctl {name} -" for name in helps]
    replies, _ = complete(lines)
    same("completion, commands", replies[0], top.commands)
    same("completion, commands of eam", replies[1], Help("eam").commands)
    for (name, h), reply in zip(helps.items(), replies[2:]):
        same(f"completion, options of {name}", set(reply), h.options | top.options)


def completion_of_settings(values):
    replies, _ = complete(["eamctl set ", "eamctl get ", "eamctl set role br "] + [f"eamctl set {key} " for key in values])
    for reply in replies[:3]:
        same("completion, settings", reply, list(values))
    for (key, words), reply in zip(values.items(), replies[3:]):
        if "network devices" in words:
            want = ["lo", "siit0", "eth1", "none"]
        elif re.search(r"number|prefix|address", words):
            want = re.findall(r"\b(?:none|interface|dummy)\b", words)
        else:
            want = re.split(r", | or ", words)
        same(f"completion, values of {key}", reply, want + ["default"])


def completion_of_the_table():
    table = "192.0.2.1      2001:db8:12::1    remote\n192.0.2.16/28  2001:db8:12::/124 local\n"
    cases = {
        "eamctl eam del 192.0.2.1": ["192.0.2.1", "192.0.2.16/28"],
        # Readline has its own idea of where a word begins.
        "eamctl eam del 2001:db8:": ["12::1", "12::/124"],
        "eamctl -n blue eam show ": ["192.0.2.1", "2001:db8:12::1", "192.0.2.16/28", "2001:db8:12::/124"],
        "eamctl map 192.0.2.16": ["192.0.2.16/28"],
        "eamctl down ": ["lo", "siit0", "eth1"],
        "eamctl explain --iif e": ["eth1"],
        "eamctl eam add 192.0.2.1 2001:db8::1 l": ["local"],
        "eamctl up --role b": ["br"],
        "eamctl import --from ": ["jool", "tayga"],
        "eamctl trace --drops --dst 2001:db8:12:": [":1", ":/124"],
        "eamctl --color=al": ["always"],
        "eamctl -j -n blue stats --w": ["--watch"],
        "eamctl set prefix 2001:db8::/96 hairpin s": ["simple"],
    }
    replies, asked = complete(cases, table)
    for (line, want), got in zip(cases.items(), replies):
        if got != want:
            wrong.append(f"completion of \"{line}\": {got}, want {want}")
    for want in ("-n blue eam show", "-o link show type siit_dc"):
        if want not in asked.splitlines():
            wrong.append(f"completion does not ask \"{want}\": {asked}")


helps = leaves()
values = Help("set").words_of_settings()
manual_of_commands(helps)
manual_of_settings(values)
manual_of_the_module()
names_in_documents(helps, values)
completion_of_commands(helps)
completion_of_settings(values)
completion_of_the_table()
if wrong:
    sys.exit("\n".join(wrong))
