# SPDX-License-Identifier: GPL-2.0
"""Where a measurement runs: a Debian kernel in QEMU, which counts instructions, or User Mode Linux, which
runs the same code on the bare processor. Builds what is needed for it, in build/. From the tree's root."""
import glob
import json
import os
import shutil
import subprocess
import sys

ROOT = os.getcwd()
EAMCTL = f"{ROOT}/build/release/userspace/eamctl"


def run(*argv):
    """Its output; ends the program if it fails."""
    p = subprocess.run(argv, text=True, stdout=subprocess.PIPE)
    if p.returncode:
        sys.exit(f"bench: {' '.join(argv)}: exit status {p.returncode}\n{p.stdout}")
    return p.stdout.strip()


def _mirror(source, dest):
    """With the times, so that make builds only what is new."""
    for f in glob.glob(f"{source}/**", recursive=True):
        target = f"{dest}/{os.path.relpath(f, source)}"
        if os.path.isfile(f) and f.endswith((".c", ".h", "Kbuild", "Makefile", "config.mk")) and not (
                os.path.exists(target) and os.path.getmtime(target) == os.path.getmtime(f)):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(f, target)


def _module(tree, directory, *more):
    run("make", "-s", "-C", tree, f"M={directory}", *more, "modules")


def _labgen(name, tree, *more):
    dest = f"{ROOT}/build/labgen-{name}"
    _mirror("tests/bench/labgen", dest)
    _module(tree, dest, *more)
    return f"{dest}/labgen.ko"


def _jool(name, tree, *more):
    """Debian's source package; it is only built here."""
    source = sorted(glob.glob("/usr/src/jool-dkms-*"))
    if not source:
        sys.exit("bench: no jool-dkms (scripts/deps bench installs it)")
    dest = f"{ROOT}/build/jool-{name}"
    shutil.copytree(source[-1], dest, dirs_exist_ok=True)
    for part in ("common", "siit"):
        _module(tree, f"{dest}/src/mod/{part}", *more)
    return [f"{dest}/src/mod/common/jool_common.ko", f"{dest}/src/mod/siit/jool_siit.ko"]


def _result(argv, what):
    p = subprocess.run(argv, text=True, stdout=subprocess.PIPE)
    try:
        return json.loads(p.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        sys.exit(f"bench: {what}: no result\n{p.stdout}")


class Qemu:
    unit = "instructions"

    def __init__(self, series):
        self.series = series
        self.release = run("tests/vm/kernel", series)

    def hop(self, args, jool):
        tree = f"/lib/modules/{self.release}/build"
        run("scripts/build", "all", self.series)
        modules = [_labgen(self.release, tree), f"{ROOT}/build/kmod-{self.release}/siit_dc.ko"]
        modules += _jool(self.release, tree) if jool else []
        load = ["modprobe dummy", "modprobe tun"] + (["modprobe x_tables", "modprobe nf_defrag_ipv6"] if jool else [])
        script = " && ".join(load + [f"insmod {m}" for m in modules] + [f"exec tests/bench/hop.py {' '.join(args)}"])
        return _result(["tests/vm/vm", "-k", self.release, "-i", "-m", "3072", "-t", "3000",
                        "-e", f"SIIT_EAMCTL={EAMCTL}", "--", script], f"{self.series}, {self.unit}")


class Uml:
    unit = "cycles"

    def __init__(self, series):
        self.series = series

    def build(self):
        """The kernel's tree and the module, beside eamctl."""
        tree = run("tests/bench/uml/kernel", self.series)
        run("scripts/build", "eamctl")
        kmod = f"{ROOT}/build/kmod-uml-{self.series}"
        _mirror("kmod", f"{kmod}/kmod")
        _mirror("include", f"{kmod}/include")
        _module(tree, f"{kmod}/kmod", "ARCH=um")
        return tree, f"{kmod}/kmod/siit_dc.ko"

    def swap(self, args):
        tree, module = self.build()
        return _result(["tests/vm/vm", "--uml", f"{tree}/linux", "-m", "2048", "-t", "900", "-e", f"SIIT_EAMCTL={EAMCTL}",
                        "--", "tests/bench/swap.py", module, *args], f"{self.series}, swap")

    def hop(self, args, jool):
        tree, module = self.build()
        name = f"uml-{self.series}"
        modules = [_labgen(name, tree, "ARCH=um"), module]
        modules += _jool(name, tree, "ARCH=um") if jool else []
        script = " && ".join([f"insmod {m}" for m in modules] + [f"exec tests/bench/hop.py {' '.join(args)}"])
        # Short batches: what else runs on the machine leaves some of them alone.
        return _result(["nice", "-n", "-20", "tests/vm/vm", "--uml", f"{tree}/linux", "-m", "2048", "-t", "900",
                        "-e", f"SIIT_EAMCTL={EAMCTL}", "-e", "BENCH_COUNT=1000", "-e", "BENCH_REPEAT=300",
                        "-e", "BENCH_PASSES=8", "--", script], f"{self.series}, {self.unit}")
