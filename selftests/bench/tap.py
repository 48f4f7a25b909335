#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a frame of a guest costs from one tap to another: written by one end, read at
the other one, both ports in one VLAN.

Usage: tap.py [--rounds N] [--seconds N] [--contestants NAME[,NAME]] OUT

Guests have segmentation and checksums done by others (virtio-net): frames are of
60 bytes and of 1,514, complete and with a checksum to be completed, and of 64,054 with
62 KiB that are still to be cut into segments. The ends are this program, and what it
does itself is in all figures alike. It is for clocks that count instructions as ns.
"""

import fcntl
import os
import pathlib
import sys
import time

import contestants
import tcp

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
from frame import (TUNSETOFFLOAD, VNET_GSO_TCPV4, VNET_HDR, Tap,  # noqa: E402
                   parse_frame, tcp_packet, vnet_hdr)

TUN_F_CSUM, TUN_F_TSO4 = 1, 2
HEADERS, MSS = 54, 1460
# In one go
FRAMES = 50


class TapPorts:
    """The devices of a contestant are taps, whose other ends are ours"""

    def create(self):
        """Taps"""
        self.ends = [Tap(dev) for dev in self.devices]
        for end in self.ends:
            fcntl.ioctl(end, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4)

    def remove(self):
        """They go with their ends"""
        for end in self.ends:
            end.close()

    def receive(self, end, size):
        """Until one of that size comes"""
        until = time.monotonic() + 1
        while time.monotonic() < until:
            try:
                # Nothing else is done with it: that would be in all figures.
                if len(os.read(self.ends[end].fileno(), 70000)) == \
                        len(VNET_HDR) + size:
                    return
            except BlockingIOError:
                pass
        raise RuntimeError(f"{self.name}: a frame of {size} bytes was lost")


def passes(contestant, seconds, size, complete, mss):
    """Instructions a frame"""
    there, back = (parse_frame(frame) for frame in ("1>2 0x0800 +0", "2>1"))
    header = VNET_HDR
    if not complete:
        header = vnet_hdr(34, VNET_GSO_TCPV4, HEADERS, mss) if mss else vnet_hdr(34)
    frame = header + there + tcp_packet(size - HEADERS, complete)
    # Both addresses are known then, and what becomes of such a frame is.
    contestant.ends[1].send(back)
    contestant.receive(0, len(back))
    until, spent = time.monotonic() + seconds, []
    while len(spent) < 3 or time.monotonic() < until:
        start = time.monotonic_ns()
        for _ in range(FRAMES):
            os.write(contestant.ends[0].fileno(), frame)
            contestant.receive(1, size)
        spent.append((time.monotonic_ns() - start) / FRAMES)
    return min(spent)


def kind(*how):
    """For tcp.compare()"""
    return "instructions", lambda contestant, seconds: passes(contestant, seconds, *how)


WHAT = {
    "60 bytes": kind(60, True, 0),
    "60 bytes, checksum to be completed": kind(60, False, 0),
    "1,514 bytes": kind(1514, True, 0),
    "1,514 bytes, checksum to be completed": kind(1514, False, 0),
    "64,054 bytes to be segmented": kind(64054, False, MSS),
}


def main():
    """See above"""
    field = [type(cls.__name__, (TapPorts, cls), {}) for cls in (
        contestants.Mirred, contestants.Bridge, contestants.BridgeVlan,
        contestants.Vsw, contestants.VswXdp)]
    tcp.compare(tcp.arguments(__doc__), field, one_by_one=False, whats=WHAT, pick=min)


if __name__ == "__main__":
    sys.exit(main())
