#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""loading.py PARSE DIRECTORY ROWS... - what loading, adding and deleting cost, and what a row takes.

Inside a VM with icount. Whole processes, in nanoseconds of the guest, which are executed instructions: nothing in them waits. PARSE is
the program that only reads and parses the same file; the files are in DIRECTORY. Prints JSON: row -> figure.
"""
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../vm"))
from lab import genl  # noqa: E402
from loading_rows import file_name  # noqa: E402

EAMCTL = os.environ["SIIT_EAMCTL"]
CGROUP = "/sys/fs/cgroup/load"
REPEAT = 5


def timed(*argv, stdin=None):
    """Instructions of a process, from fork to exit, and its output"""
    start = time.monotonic_ns()
    p = subprocess.run(argv, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    took = time.monotonic_ns() - start
    if p.returncode:
        sys.exit(f"{' '.join(argv)}: {p.stdout}")
    return took, p.stdout


def rows_file(directory, count, shuffled):
    """Where no host is asked for it while it is read"""
    path = f"/dev/shm/{file_name(count, shuffled)}"
    if not os.path.exists(path):
        shutil.copy(f"{directory}/{file_name(count, shuffled)}", path)
    return path


def kernel_memory():
    """Octets of slabs and of what comes in whole pages, after everything that was freed late is gone."""
    time.sleep(1)
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")
    with open("/proc/meminfo") as f:
        fields = {k: int(v.split()[0]) * 1024 for k, v in (line.split(":") for line in f)}
    return fields["Slab"] + fields["VmallocUsed"]


def charged():
    """Octets of the kernel that the group of the loader is charged with"""
    with open(f"{CGROUP}/memory.stat") as f:
        return int(dict(line.split() for line in f)["kernel"])


def load(path, result, name):
    """In a memory cgroup, as a service is: accounting costs too."""
    pid = os.fork()
    if not pid:
        with open(f"{CGROUP}/cgroup.procs", "w") as f:
            f.write(str(os.getpid()))
        took, _ = timed(EAMCTL, "eam", "replace", path)
        with open("/dev/shm/took", "w") as f:
            f.write(str(took))
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit("loading failed")
    with open("/dev/shm/took") as f:
        result[name] = int(f.read())


def one_row(result, count, pool):
    extra = "192.0.2.77", "2001:db8:77::77"
    label = f"{count} rows, {'pool4' if pool else 'routes by rows'}"
    add, delete = [], []
    for _ in range(REPEAT):
        add.append(timed(EAMCTL, "eam", "add", *extra)[0])
        delete.append(timed(EAMCTL, "eam", "del", extra[0])[0])
    result[f"eamctl eam add, {label}"] = min(add)
    result[f"eamctl eam del, {label}"] = min(delete)
    if not pool:
        return
    with genl.Genl() as sock:
        row = genl.row(*extra)
        add, delete = [], []
        for _ in range(REPEAT):
            for cmd, times in (("EAM_ADD", add), ("EAM_DEL", delete)):
                start = time.monotonic_ns()
                sock.ask(cmd, row)
                times.append(time.monotonic_ns() - start)
    result[f"request EAM_ADD, {count} rows"] = min(add)
    result[f"request EAM_DEL, {count} rows"] = min(delete)


def configure(pool):
    pools = 'pool4 = ["192.0.2.0/24", "10.0.0.0/8"]\n' if pool else ""
    timed(EAMCTL, "apply", "-", stdin=f'role = "br"\nprefix = "2001:db8:46::/96"\n{pools}')


def main():
    parse, directory, counts = sys.argv[1], sys.argv[2], [int(a) for a in sys.argv[3:]]
    with open("/proc/sys/net/ipv4/ip_forward", "w") as f:
        f.write("1")
    with open("/proc/sys/net/ipv6/conf/all/forwarding", "w") as f:
        f.write("1")
    if not os.path.exists("/sys/fs/cgroup/cgroup.procs"):
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)
    with open("/sys/fs/cgroup/cgroup.subtree_control", "w") as f:
        f.write("+memory")
    os.mkdir(CGROUP)
    result = {}
    for count in counts:
        for shuffled in (False, True):
            path = rows_file(directory, count, shuffled)
            name = f"{count} rows{', in no order' if shuffled else ''}"
            configure(True)
            timed(EAMCTL, "eam", "flush")
            before, charge = kernel_memory(), charged()
            result[f"read and parse, {name}"] = min(timed(parse, path)[0] for _ in range(2))
            load(path, result, f"eamctl eam replace, {name}")
            after = kernel_memory()
            result[f"octets a row, {name}"] = (after - before) / count
            result[f"octets a row charged, {name}"] = (charged() - charge) / count
        one_row(result, count, True)
        configure(False)
        load(rows_file(directory, count, False), result, f"eamctl eam replace, {count} rows, routes by rows")
        one_row(result, count, False)
    print(json.dumps(result))


main()
