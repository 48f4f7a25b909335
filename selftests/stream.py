#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A steady stream of numbered frames, and what of it arrives.

Usage: stream.py send ADDRESS PORT RATE SECONDS
       stream.py receive PORT SECONDS

The receiver prints "ready", ends when the stream does, or after so many seconds,
and prints JSON: how many of the numbers were sent, how many were lost, came twice or out of
order, and the longest time without any, in milliseconds.
"""
import json
import socket
import struct
import sys
import time

HEAD = struct.Struct("!QQ")
LAST = 1 << 63


def send(address, port, rate, seconds):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    total = int(rate * seconds)
    start = time.monotonic()
    for number in range(total):
        left = start + number / rate - time.monotonic()
        if left > 0:
            time.sleep(left)
        try:
            sock.sendto(HEAD.pack(number, total), (address, port))
        except OSError:
            # No route or no neighbour for a moment: that frame is lost, too.
            pass
    # The end may be lost itself.
    for _ in range(20):
        try:
            sock.sendto(HEAD.pack(LAST, total), (address, port))
        except OSError:
            pass
        time.sleep(0.05)


def receive(port, seconds):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind(("", port))
    print("ready", flush=True)
    deadline = time.monotonic() + seconds
    seen, last, gap, before, unordered, twice, total = set(), None, 0, -1, 0, 0, 0
    while time.monotonic() < deadline:
        sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            number, total = HEAD.unpack(sock.recv(64))
        except OSError:
            break
        if number == LAST:
            break
        now = time.monotonic()
        if last is not None:
            gap = max(gap, now - last)
        last = now
        twice += number in seen
        unordered += number < before
        before = max(before, number)
        seen.add(number)
    print(json.dumps({"sent": total, "lost": total - len(seen),
                      "twice": twice, "unordered": unordered,
                      "gap": round(gap * 1000, 1)}))


def main():
    command, *words = sys.argv[1:]
    if command == "send":
        send(words[0], int(words[1]), float(words[2]), float(words[3]))
    elif command == "receive":
        receive(int(words[0]), float(words[1]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
