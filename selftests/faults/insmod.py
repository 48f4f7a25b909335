#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Load a module, the Nth allocation or call failing: what failnth.c does for requests.

Usage: insmod.py MODULE

VSW_FAIL_NTH and VSW_FAIL_LOG are those of failnth.c.
"""

import ctypes
import os
import platform
import sys

FINIT_MODULE = {"x86_64": 313, "aarch64": 273}


def main():
    """One module"""
    library = ctypes.CDLL(None, use_errno=True)
    number = FINIT_MODULE[platform.machine()]
    module = os.open(sys.argv[1], os.O_RDONLY | os.O_CLOEXEC)
    control = os.open("/proc/thread-self/fail-nth", os.O_RDWR | os.O_CLOEXEC)
    os.pwrite(control, os.environ["VSW_FAIL_NTH"].encode(), 0)
    failed = library.syscall(number, module, b"", 0)
    error = ctypes.get_errno()
    left = int(os.pread(control, 12, 0).rstrip(b"\0\n"))
    os.pwrite(control, b"0", 0)
    if not left:
        with open(os.environ["VSW_FAIL_LOG"], "a", encoding="ascii") as log:
            log.write("insmod\n")
    if failed:
        print(f"insmod: {os.strerror(error)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
