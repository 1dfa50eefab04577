# SPDX-License-Identifier: GPL-2.0
"""What measurements do on this machine: build, and run one command in a VM that prints JSON last."""
import json
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
EAMCTL = f"{ROOT}/build/release/userspace/eamctl"


def run(*argv, **more):
    return subprocess.run([str(a) for a in argv], check=True, text=True, cwd=ROOT, **more)


def build(series):
    """eamctl and the module; gives the kernel's release."""
    run("scripts/build", "all", series, stdout=subprocess.DEVNULL)
    return run("tests/vm/kernel", series, stdout=subprocess.PIPE).stdout.strip()


def programs(*targets):
    """Programs of tests/bench/CMakeLists.txt, into build/bench"""
    if not os.path.exists(f"{ROOT}/build/bench/build.ninja"):
        run("cmake", "--preset", "bench", stdout=subprocess.DEVNULL)
    run("cmake", "--build", "build/bench", "--target", *targets, stdout=subprocess.DEVNULL)
    return f"{ROOT}/build/bench/tests/bench"


def module(rel):
    return f"{ROOT}/build/kmod-{rel}/siit_dc.ko"


def in_vm(rel, command, *options, mem=2048, timeout=1500, env=()):
    argv = ["tests/vm/vm", "-k", rel, "-m", mem, "-t", timeout, "-C", ROOT, *options]
    for name, value in (("SIIT_EAMCTL", EAMCTL), *env):
        argv += ["-e", f"{name}={value}"]
    p = subprocess.run([str(a) for a in argv] + ["--", command], text=True, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        if p.returncode:
            raise ValueError
        return json.loads(p.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        sys.exit(f"{rel}: no result\n{p.stdout}")
