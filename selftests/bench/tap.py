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
import struct
import sys
import time

import contestants
import tcp

TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 2, 0x1000, 0x4000
TUN_F_CSUM, TUN_F_TSO4 = 1, 2
NEEDS_CSUM, GSO_TCPV4 = 1, 1
HEADERS, MSS = 54, 1460
# In one go
FRAMES = 50
ADDRESSES = [bytes.fromhex(f"0200000000{end:02x}") for end in (1, 2)]


def fold(data):
    """The sum of the Internet's checksum"""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def tcp_frame(size, partial):
    """From the first address to the second"""
    ends = bytes([192, 0, 2, 1, 192, 0, 2, 2])
    length = size - 14
    ip = struct.pack("!BBHHHBBH", 0x45, 0, length, 1, 0x4000, 64, 6, 0) + ends
    ip = ip[:10] + struct.pack("!H", 0xFFFF ^ fold(ip)) + ip[12:]
    segment = struct.pack("!HHLLBBHHH", 1000, 2000, 1, 1, 0x50, 0x10, 500, 0, 0)
    segment += bytes(size - HEADERS)
    total = fold(ends + struct.pack("!HH", 6, length - 20))
    if not partial:
        total = 0xFFFF ^ fold(struct.pack("!H", total) + segment)
    segment = segment[:16] + struct.pack("!H", total) + segment[18:]
    return ADDRESSES[1] + ADDRESSES[0] + b"\x08\x00" + ip + segment


def header(partial, mss):
    """struct virtio_net_hdr"""
    return struct.pack("<BBHHHH", NEEDS_CSUM * partial, GSO_TCPV4 if mss else 0,
                       HEADERS * bool(mss), mss, 34 * partial, 16 * partial)


class TapPorts:
    """The devices of a contestant are taps, whose other ends are ours"""

    def create(self):
        """Taps"""
        self.ends = []
        for dev in self.devices:
            end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(end, TUNSETIFF, struct.pack(
                "16sH22x", dev.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
            fcntl.ioctl(end, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4)
            self.ends.append(end)

    def remove(self):
        """They go with their ends"""
        for end in self.ends:
            os.close(end)

    def receive(self, end, size):
        """Until one of that size comes, with its virtio header"""
        until = time.monotonic() + 1
        while time.monotonic() < until:
            try:
                if len(os.read(self.ends[end], 70000)) == size + 10:
                    return
            except BlockingIOError:
                pass
        raise RuntimeError(f"{self.name}: a frame of {size} bytes was lost")


def passes(contestant, seconds, size, partial, mss):
    """Instructions a frame"""
    frame = header(partial, mss) + tcp_frame(size, partial)
    # Both addresses are known then, and what becomes of such a frame is.
    back = tcp_frame(60, False)
    os.write(contestant.ends[1], header(False, 0) + back[6:12] + back[:6] + back[12:])
    contestant.receive(0, 60)
    until, spent = time.monotonic() + seconds, []
    while len(spent) < 3 or time.monotonic() < until:
        start = time.monotonic_ns()
        for _ in range(FRAMES):
            os.write(contestant.ends[0], frame)
            contestant.receive(1, size)
        spent.append((time.monotonic_ns() - start) / FRAMES)
    return min(spent)


def kind(*how):
    """For tcp.compare()"""
    return "instructions", lambda contestant, seconds: passes(contestant, seconds, *how)


WHAT = {
    "60 bytes": kind(60, False, 0),
    "60 bytes, checksum to be completed": kind(60, True, 0),
    "1,514 bytes": kind(1514, False, 0),
    "1,514 bytes, checksum to be completed": kind(1514, True, 0),
    "64,054 bytes to be segmented": kind(64054, True, MSS),
}


def main():
    """See above"""
    field = [type(cls.__name__, (TapPorts, cls), {}) for cls in (
        contestants.Mirred, contestants.Bridge, contestants.BridgeVlan,
        contestants.Vsw, contestants.VswXdp)]
    tcp.compare(tcp.arguments(__doc__), field, one_by_one=False, whats=WHAT, pick=min)


if __name__ == "__main__":
    sys.exit(main())
