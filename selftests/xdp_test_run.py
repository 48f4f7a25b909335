#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Frames for the XDP program of a device that no driver has received, and that go their
way all the same (BPF_F_TEST_XDP_LIVE_FRAMES).

Usage: xdp_test_run.py DEVICE FRAME COUNT

FRAME is in hexadecimal.
"""
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys

BPF_SYSCALL = 321
BPF_PROG_TEST_RUN, BPF_PROG_GET_FD_BY_ID = 10, 13
LIVE_FRAMES = 2


def bpf(command, attr):
    """Returns what the system call does."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(attr, 128)
    ret = libc.syscall(BPF_SYSCALL, command, buffer, len(attr))
    if ret < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return ret


def program_of(device):
    """A descriptor of the XDP program that is attached to it"""
    out = subprocess.run(["ip", "-j", "-d", "link", "show", "dev", device], check=True,
                         capture_output=True, text=True).stdout
    number = json.loads(out)[0]["xdp"]["prog"]["id"]
    return bpf(BPF_PROG_GET_FD_BY_ID, struct.pack("=III", number, 0, 0))


def main():
    device, frame, count = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3])
    data = ctypes.create_string_buffer(frame, len(frame))
    # struct xdp_md
    ctx = struct.pack("=6I", 0, len(frame), 0, socket.if_nametoindex(device), 0, 0)
    context = ctypes.create_string_buffer(ctx, len(ctx))
    # struct bpf_attr, test: the last are ctx_in, ctx_out, flags, cpu, batch_size
    bpf(BPF_PROG_TEST_RUN, struct.pack(
        "=IIIIQQIIIIQQIII", program_of(device), 0, len(frame), 0,
        ctypes.addressof(data), 0, count, 0, len(ctx), 0,
        ctypes.addressof(context), 0, LIVE_FRAMES, 0, 0))


if __name__ == "__main__":
    main()
