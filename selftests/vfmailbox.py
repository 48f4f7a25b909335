#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a guest can do to a PF's driver by the registers of its VF (82576: CTRL, the
mailbox and its memory): the handshake of a reset that ends anywhere, messages that are
none, a mailbox that is never given back, resets in between.

Usage: vfmailbox.py PCI-ADDRESS ACTIONS SEED

The VF has no driver meanwhile. Prints what was done how often, and how many messages
the PF has answered.
"""
import collections
import mmap
import os
import random
import struct
import sys
import time

CTRL, MAILBOX, MEMORY = 0x0000, 0x0C40, 0x0800
CTRL_RST = 1 << 26
REQ, ACK, VFU = 0x01, 0x02, 0x04
PF_ACK = 0x20
# Reset, address, groups, VLAN, largest frame, promiscuity; and what is none
MESSAGES = (1, 2, 3, 4, 5, 6, 0, 7, 0x80000001, 0x10000, 0xFFFFFFFF)
WORDS = 16


class Vf:
    """The registers of a VF"""

    def __init__(self, pci, rng):
        self.path = f"/sys/bus/pci/devices/{pci}/"
        self.rng = rng
        self.answers = 0
        # So that it may write
        with open(self.path + "enable", "w", encoding="ascii") as file:
            file.write("1")
        fd = os.open(self.path + "resource0", os.O_RDWR | os.O_SYNC)
        self.bar = mmap.mmap(fd, 0x4000)
        os.close(fd)

    def read(self, register):
        return struct.unpack_from("<I", self.bar, register)[0]

    def write(self, register, value):
        struct.pack_into("<I", self.bar, register, value)

    def put(self, *words):
        for number, word in enumerate(words):
            self.write(MEMORY + 4 * number, word)

    def wait(self):
        """For the PF, a while"""
        for _ in range(self.rng.choice((0, 1, 20))):
            if self.read(MAILBOX) & PF_ACK:
                self.answers += 1
                return
            time.sleep(0.001)

    def ask(self, *words):
        self.write(MAILBOX, VFU)
        self.put(*words)
        self.write(MAILBOX, REQ)
        self.wait()

    def handshake(self):
        """All of it, or a part"""
        steps = (lambda: self.write(CTRL, CTRL_RST), lambda: self.ask(1),
                 lambda: self.write(MAILBOX, ACK))
        for step in steps[:self.rng.randrange(1, 4)]:
            step()

    def message(self):
        self.ask(self.rng.choice(MESSAGES) | self.rng.choice((0, 0, 1, 3)) << 16,
                 *(self.rng.getrandbits(32) for _ in range(WORDS - 1)))

    def other_address(self):
        self.ask(2, 0x00AA5452, 0x6601)

    def other_vlan(self):
        self.ask(4 | 1 << 16, self.rng.choice((1, 100, 300, 4095)))

    def keep(self):
        """The mailbox is the VF's, from now on."""
        self.write(MAILBOX, VFU)

    def only_bits(self):
        self.write(MAILBOX, self.rng.getrandbits(8))

    def function_reset(self):
        with open(self.path + "reset", "w", encoding="ascii") as file:
            file.write("1")
        with open(self.path + "enable", "w", encoding="ascii") as file:
            file.write("1")


def main():
    pci, actions, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    vf = Vf(pci, rng)
    ways = [vf.handshake, vf.message, vf.other_address, vf.other_vlan, vf.keep,
            vf.only_bits]
    if os.path.exists(vf.path + "reset"):
        ways.append(vf.function_reset)
    done = collections.Counter()
    for _ in range(actions):
        way = rng.choice(ways)
        done[way.__name__] += 1
        way()
    # It can be used again.
    vf.write(MAILBOX, 0)
    with open(vf.path + "enable", "w", encoding="ascii") as file:
        file.write("0")
    print(", ".join(f"{name} {count}" for name, count in sorted(done.items())) +
          f"; {vf.answers} answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
