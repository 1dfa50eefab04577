# SPDX-License-Identifier: GPL-2.0
"""The cases and how they are run.

    @case(topology)                 def name(lab): ...     one case
    @case(topology, variants={...}) def name(lab): ...     one case for each variant

A variant is a name and the topology's arguments. Cases that follow each other and want the
same topology share one, unless they say fresh=True; a case that fails leaves none behind.
"""
import fnmatch
import importlib
import os
import re
import shutil
import signal
import sys
import time
import traceback

from .netns import SLOW, Failure, run

SPLAT = re.compile(r"BUG:|WARNING:|Oops:|general protection|KASAN|UBSAN|refcount_t|suspicious RCU|"
                   r"unregister_netdevice: waiting|kmemleak: [1-9]|possible circular|rcu.*stall|blocked for more than|"
                   r"non-static key|ref_tracker:.*leaked")
LEAKS = "/sys/kernel/debug/kmemleak"
_cases = []


class Skip(Exception):
    """The machine cannot do it; says why."""


class TimeUp(Failure):
    pass


class Case:
    def __init__(self, module, fn, topology, variant, kwargs, fresh, timeout, debug):
        self.fn, self.topology, self.kwargs, self.fresh, self.timeout = fn, topology, kwargs, fresh, timeout
        self.debug = debug      # nothing to be seen on other kernels
        self.group = module.rpartition(".")[2].removeprefix("test_")
        self.name = f"{self.group}.{fn.__name__}" + (f"/{variant}" if variant else "")
        self.key = (self.group, topology, tuple(sorted(kwargs.items()))) if topology else None


def case(topology=None, variants=None, fresh=False, timeout=60, debug=False, **kwargs):
    def register(fn):
        for variant, more in (variants or {"": {}}).items():
            _cases.append(Case(fn.__module__, fn, topology, variant, {**kwargs, **more}, fresh, timeout,
                               debug))
        return fn
    return register


def load(directory):
    for f in sorted(os.listdir(directory)):
        if f.startswith("test_") and f.endswith(".py"):
            importlib.import_module(f[:-3])
    # Variants of a shared topology in a row, so that each is built once.
    order = {}
    for c in _cases:
        order.setdefault((c.group, c.key), len(order))
    _cases.sort(key=lambda c: (c.group, order[(c.group, c.key)]))
    return _cases


def matches(name, pattern):
    """A part of the name, or a shell pattern for all of it."""
    return fnmatch.fnmatchcase(name, pattern) if any(c in pattern for c in "*?[") else pattern in name


class KernelLog:
    def __init__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def news(self):
        lines = []
        while True:
            try:
                record = os.read(self.fd, 8192).decode(errors="replace")
            except BlockingIOError:
                return lines
            except BrokenPipeError:
                continue
            lines.append(record.partition(";")[2].split("\n")[0])

    def splat(self):
        lines = self.news()
        for i, line in enumerate(lines):
            if SPLAT.search(line):
                return "\n".join(lines[max(0, i - 1):i + 40])
        return None


def _alarm(signum, frame):
    raise TimeUp("time limit of the case")


def run_cases(cases, trace=False):
    """Prints what scripts/test reads: "@begin NAME", lines of detail, "@ok|@fail|@skip NAME SECONDS"."""
    log = KernelLog()
    lab, lab_key = None, None
    failed = 0
    signal.signal(signal.SIGALRM, _alarm)

    def drop():
        nonlocal lab, lab_key
        if lab is not None:
            lab.close()
        lab, lab_key = None, None

    for c in cases:
        print(f"@begin {c.name}", flush=True)
        start = time.monotonic()
        result, detail = "ok", ""
        tracer = None
        signal.setitimer(signal.ITIMER_REAL, c.timeout * SLOW)
        try:
            if c.topology is None:
                drop()
                c.fn()
            else:
                if lab is None or c.fresh or lab_key != c.key:
                    drop()
                    lab = c.topology(**c.kwargs)
                    lab_key = c.key
                tracer = Tracer(lab) if trace else None
                c.fn(lab)
        except Skip as e:
            result, detail = "skip", str(e)
        except Exception as e:
            signal.setitimer(signal.ITIMER_REAL, 30 * SLOW)
            where = traceback.extract_tb(e.__traceback__)
            place = next((f for f in reversed(where) if "/test_" in f.filename), where[-1])
            detail = f"{os.path.basename(place.filename)}:{place.lineno}: {place.line}\n"
            detail += str(e) if isinstance(e, Failure) else traceback.format_exc()
            result = "fail"
            try:
                if tracer:
                    detail += "\n" + tracer.stop()
                if lab is not None:
                    detail += "\n" + lab.diagnose()
            except Exception as e2:
                detail += f"\n(diagnosis failed: {e2})"
        signal.setitimer(signal.ITIMER_REAL, 60 * SLOW)
        try:
            if tracer:
                tracer.stop()
            if result == "fail" or c.fresh:
                drop()
        except Exception as e:
            result, detail = "fail", f"{detail}\ncleaning up: {e}"
            lab, lab_key = None, None
        signal.setitimer(signal.ITIMER_REAL, 0)
        splat = log.splat()
        if splat:
            result, detail = "fail", f"{detail}\nthe kernel complained:\n{splat}"
        if detail.strip():
            print(detail.strip(), flush=True)
        print(f"@{result} {c.name} {time.monotonic() - start:.1f}", flush=True)
        failed += result == "fail"
    signal.setitimer(signal.ITIMER_REAL, 120 * SLOW)
    try:
        drop()
        splat = unloaded() or log.splat()
    except Exception as e:
        splat = str(e)
    signal.setitimer(signal.ITIMER_REAL, 0)
    if splat:
        print(f"@begin end\nafter the last case:\n{splat}\n@fail end 0", flush=True)
        failed += 1
    return failed


def unloaded():
    """The module goes, and on a debug kernel nothing that it has allocated is left; what is, in words."""
    run("rmmod", "siit_dc")
    with open("/proc/cmdline") as f:
        if not os.path.exists(LEAKS) or "kmemleak=off" in f.read():
            return None
    # Twice: a pointer in flight hides or invents a leak. And not before what RCU has still to free.
    for _ in range(2):
        time.sleep(5)
        with open(LEAKS, "w") as f:
            f.write("scan")
    with open(LEAKS) as f:
        found = f.read().split("unreferenced object")[1:]
    # What booting has lost is Linux's.
    return "".join("unreferenced object" + o for o in found if 'comm "swapper' not in o)


class Tracer:
    """tcpdump in every namespace of a lab."""

    def __init__(self, lab):
        self.lab, self.files = lab, {}
        self.programs = []
        for name, ns in lab.spaces.items():
            self.files[name] = f"{lab.dir}/{name}.pcap"
            self.programs.append(lab.daemon(ns, "tcpdump", "-ni", "any", "-U", "-w", self.files[name]))
        time.sleep(1.5)

    def stop(self):
        out = []
        time.sleep(0.5)
        for p in self.programs:
            p.terminate()
            p.wait()
            self.lab.daemons.remove(p)
        self.programs = []
        for name, f in self.files.items():
            if os.path.exists(f):
                lines = run("tcpdump", "-nnvr", f, check=False).stdout.splitlines()
                out.append(f"--- packets in {name}\n" + "\n".join(lines[:120]))
        return "\n".join(out)


def check(ok, what):
    if not ok:
        raise Failure(what)


def equal(got, want, what):
    if got != want:
        raise Failure(f"{what}: got {got!r}, want {want!r}")


def main(argv):
    directory = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if argv and argv[0] == "--list":
        for c in load(directory):
            print(c.name)
        return 0
    if os.environ.get("IN_VM") != "1":
        print("this loads a kernel module and belongs into the VM: see scripts/test", file=sys.stderr)
        return 2
    trace = "--trace" in argv
    names = [a for a in argv if a != "--trace"]
    cases = load(directory)
    if names:
        by_name = {c.name: c for c in cases}
        cases = [by_name[n] for n in names]
    load_module()
    return 1 if run_cases(cases, trace) else 0


def load_module():
    # Copies: a build on the host meanwhile does not change what is tested.
    ko = os.environ["SIIT_MODULE"] = shutil.copy(os.environ["SIIT_MODULE"], "/run/")
    shutil.copy(os.environ["SIIT_EAMCTL"], "/usr/local/bin/eamctl")
    needed = run("modinfo", "-F", "depends", ko).stdout.strip().split(",")
    for m in ["veth"] + [m for m in needed if m]:
        run("modprobe", m)
    run("insmod", ko)
