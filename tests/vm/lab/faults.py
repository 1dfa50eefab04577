# SPDX-License-Identifier: GPL-2.0
"""Memory that runs out where a test says so: the fault injection of debug kernels."""
import contextlib
import os

DEBUGFS = "/sys/kernel/debug"
KINDS = {"failslab": {"cache-filter": "N"}, "fail_page_alloc": {"min-order": 0}}


def configure(**values):
    for kind, more in KINDS.items():
        for name, value in {**values, **more}.items():
            with open(f"{DEBUGFS}/{kind}/{name.replace('_', '-')}", "w") as f:
                f.write(str(value))


class Nth:
    """Lets one allocation of the calling thread fail, also one that could wait for memory."""

    def __init__(self):
        configure(verbose=0, ignore_gfp_wait="N", probability=0, times=-1)
        self.fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def close(self):
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def call(self, n, fn, *args):
        """Runs fn with its nth allocation failing. (was there one, value or None, errno)"""
        number, off = b"%d" % n, b"0"
        value, code = None, 0
        os.pwrite(self.fd, number, 0)
        try:
            value = fn(*args)
        except OSError as e:
            code = e.errno
        left = int(os.pread(self.fd, 16, 0))
        os.pwrite(self.fd, off, 0)
        return left == 0, value, code


@contextlib.contextmanager
def often(percent):
    """So many of the allocations of this thread that may not wait fail."""
    configure(verbose=0, ignore_gfp_wait="Y", task_filter="Y", probability=percent, interval=1, times=-1)

    def me(on):
        with open("/proc/thread-self/make-it-fail", "w") as f:
            f.write(on)
    me("1")
    try:
        yield
    finally:
        me("0")
        configure(probability=0, task_filter="N")
