#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames, right and wrong, that come from VFs or go to them: none is seen outside of
its VLAN, or as another one than was sent.

Usage: vf.py SEED ROUNDS NAME=DEVICE@NETNS:KIND:VLANS...

KIND is vf (behind one), soft (a port of the switch) or wire. VLANS is as in
matrix.py: VIDs, "u" behind one that is sent and received without a tag. Whom a NIC
gives a frame is its own business (matrix.py has what the emulated one does): what is
compared is each frame that arrives, by its source, which tells its number. Broadcasts
have to arrive at all members.

Prints a table of who has got how many from whom; the exit status is 1, with what was
wrong, if anything was, or if nobody got any frame of somebody in its VLAN.
"""
import os
import pathlib
import random
import select
import sys
import time

# For packet.py and frame.py
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
# pylint: disable=wrong-import-position
from ends import NO_VNET_HDR, Socket
from frame import namespace
from generate import Generator
from wire import (BROADCAST, C_TAG, brief, describe, inner_type, is_link_local, tag, take_c_tag,
                  type_at)

# An Ethernet frame is no shorter; nor is one whose tag a NIC takes off.
PADDED = 64
# What all devices here let pass, with two tags
MTU = 1500
BURST = 10
# Seconds without any frame, after which none is expected
QUIET = 0.15
# What has to arrive may take so long on a machine that is busy.
PATIENCE = 5 * float(os.environ.get("VSW_SLOW", "1"))
# How many of the wrong ones are told
TELL = 20


class Place:
    """Where frames are put in and taken out"""

    def __init__(self, text):
        self.name, _, rest = text.partition("=")
        place, self.kind, vlans = rest.split(":")
        device, _, netns = place.partition("@")
        if netns:
            with namespace(netns):
                self.end = Socket(device)
        else:
            self.end = Socket(device)
        self.tagged = {int(vlan.rstrip("u")): not vlan.endswith("u")
                       for vlan in vlans.split(",")}

    def fileno(self):
        return self.end.fileno()

    def send(self, frame):
        self.end.sock.send(NO_VNET_HDR + frame)

    def native(self):
        """The VLAN of frames without tag"""
        return next((vid for vid, tagged in self.tagged.items() if not tagged), None)

    def classify(self, frame):
        """The VLAN of a frame that it sends, or None, and what travels in that."""
        tci, body = take_c_tag(frame)
        if self.kind == "vf":
            # Whatever it is: the NIC puts it into the VLAN of the VF.
            return self.native(), frame
        if not (tci or 0) & 0xFFF:
            return self.native(), body
        vid = tci & 0xFFF
        # An access port takes no tags.
        return (vid if self.tagged.get(vid) else None), body


def with_length(frame):
    """QEMU's NICs write into an IPv6 header without length which one it has."""
    at = type_at(frame) + 6
    if frame[at - 6:at - 4] == b"\x86\xdd" and frame[at:at + 2] == bytes(2):
        return frame[:at] + b"\0\1" + frame[at + 2:]
    return frame


def source_of(number):
    return b"\x02\xf5" + number.to_bytes(4, "big")


class Sent:
    """A frame, and who has got it"""

    def __init__(self, place, frame):
        self.place, self.frame = place, frame
        self.vid, self.body = place.classify(frame)
        self.got = set()

    def wrong(self, place, data):
        """What is wrong with it as it arrived at a place, or None"""
        if place is self.place:
            return "came back" if place.kind != "vf" else None
        if self.vid is None:
            return "is for nobody"
        if self.vid not in place.tagged:
            return f"is in VLAN {self.vid}"
        if place.tagged[self.vid]:
            tci, data = take_c_tag(data)
            if tci is None or tci & 0xFFF != self.vid:
                return f"has not the tag of VLAN {self.vid}"
        padding = data[len(self.body):]
        if not data.startswith(self.body) or any(padding) or \
                padding and len(data) > PADDED:
            return "is another one"
        return None

    def is_cut(self):
        """May it be what QEMU's NICs drop, an IP packet that ends too early?"""
        return inner_type(self.frame) in (b"\x08\x00", b"\x86\xdd", b"")

    def must(self, place):
        """Has to arrive there, whatever a NIC does"""
        return (self.frame[:6] == BROADCAST and self.vid in place.tagged and
                place is not self.place and
                (place.kind == "soft" or self.place.kind == "soft") and
                (place.kind == self.place.kind or not self.is_cut()) and
                # Dropped as nested-tag
                (self.body[12:14] != C_TAG or place.tagged[self.vid]))


class Fuzz:
    """All of it"""

    def __init__(self, seed, places):
        self.rng = random.Random(seed)
        self.places = places
        self.sent, self.findings = {}, []
        self.count = {}
        self.generator = Generator(self.rng, source_of(0), [source_of(1)])

    def destination(self):
        roll = self.rng.random()
        if roll < 0.3:
            return BROADCAST
        if roll < 0.6:
            # Somebody who has sent, and lives where he has
            return source_of(self.rng.randrange(1, len(self.sent) + 2))
        return None

    def draw(self, place):
        frame = self.generator.frame(MTU)[:MTU + 14]
        vid = self.rng.choice(list(place.tagged))
        if place.tagged[vid] and self.rng.random() < 0.6:
            frame = frame[:12] + tag(vid) + frame[12:MTU + 14]
        number = len(self.sent) + 1
        frame = (self.destination() or frame[:6]) + source_of(number) + frame[12:]
        return number, with_length(frame)

    def burst(self):
        place = self.rng.choice(self.places)
        for _ in range(BURST):
            number, frame = self.draw(place)
            # What is for this link only, and a frame that ends in its tag
            if is_link_local(frame[:6]) or not place.end.passes(frame):
                continue
            self.sent[number] = Sent(place, frame)
            try:
                place.send(frame)
            except OSError:
                del self.sent[number]

    def take(self, place):
        try:
            data = place.end.receive().data
        except BlockingIOError:
            return
        if data[6:8] != b"\x02\xf5":
            return
        sent = self.sent.get(int.from_bytes(data[8:12], "big"))
        why = sent.wrong(place, data) if sent else "was never sent"
        if why:
            self.findings.append(
                f"{place.name} got what {why}: {brief(data)}" +
                (f", of {sent.place.name}: {describe(sent.frame)}: "
                 f"{brief(sent.frame)}" if sent else ""))
            return
        sent.got.add(place)
        key = sent.place.name, place.name
        self.count[key] = self.count.get(key, 0) + 1

    def drain(self):
        end = time.monotonic() + QUIET
        while time.monotonic() < end:
            ready, _, _ = select.select(self.places, [], [], QUIET)
            if ready:
                end = time.monotonic() + QUIET
            for place in ready:
                self.take(place)

    def lacking(self):
        return [(number, sent, place) for number, sent in self.sent.items()
                for place in self.places
                if sent.must(place) and place not in sent.got]

    def missing(self):
        end = time.monotonic() + PATIENCE
        while self.lacking() and time.monotonic() < end:
            self.drain()
        for number, sent, place in self.lacking():
            self.findings.append(
                f"{place.name} has not got {number} of {sent.place.name}: "
                f"{describe(sent.frame)}: {brief(sent.frame)}")

    def silent(self):
        """Pairs of one VLAN between which nothing was seen"""
        for one in self.places:
            for other in self.places:
                if one is not other and set(one.tagged) & set(other.tagged) and \
                        not self.count.get((one.name, other.name)):
                    self.findings.append(
                        f"{other.name} has got nothing at all of {one.name}")

    def table(self):
        names = [place.name for place in self.places]
        print("from \\ to  " + "".join(f"{name:>7}" for name in names))
        for one in names:
            print(f"{one:<11}" + "".join(
                f"{self.count.get((one, other), '-'):>7}" for other in names))
        print(f"{len(self.sent)} frames, {sum(self.count.values())} times one arrived")


def main():
    seed, rounds = int(sys.argv[1]), int(sys.argv[2])
    places = [Place(text) for text in sys.argv[3:]]
    fuzz = Fuzz(seed, places)
    for _ in range(rounds):
        fuzz.burst()
        fuzz.drain()
    fuzz.missing()
    fuzz.silent()
    fuzz.table()
    for finding in fuzz.findings[:TELL]:
        print(finding)
    if len(fuzz.findings) > TELL:
        print(f"and {len(fuzz.findings) - TELL} more")
    return bool(fuzz.findings)


if __name__ == "__main__":
    sys.exit(main())
