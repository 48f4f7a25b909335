# SPDX-License-Identifier: GPL-2.0
"""One frame and how it is put in: drawn at random, and put in again alike."""
import random
import struct

import wire
from ends import NO_VNET_HDR, vnet_hdr

# How exactly can be said what comes out? EXACT: these bytes. STREAM: frames
# whose data add up. WILD: whether it comes out at all is up to the kernel, but
# what does is for the ports it is for, with their tag.
EXACT, STREAM, WILD = "exact", "stream", "wild"
# Nobody knows how short the frames will be that it is cut into.
ANY = 1 << 20


class Shot:
    """A frame, from a port."""

    def __init__(self, port, way, frame, seed):
        """frame: as others see it, with its tag and its checksum"""
        self.port, self.way, self.frame, self.seed = port, way, frame, seed
        # What is really put in, where that differs
        self.raw, self.header = frame, NO_VNET_HDR
        # Of a VLAN device: its key
        self.beside = None
        self.kind = EXACT
        # Of a stream: where its data begin, and how much each frame is shorter
        self.data_at = self.cut = 0

    def fire(self, end):
        """False if the device refuses it"""
        rng = random.Random(self.seed)
        try:
            if self.beside:
                end.tagged[self.beside].send(self.raw)
            else:
                end.send(self.raw, self.way, rng, self.header)
        except OSError:
            return False
        return True

    def with_frame(self, frame):
        """The same with another frame, put in as simply as can be"""
        return Shot(self.port, "whole", frame, self.seed)

    def __str__(self):
        return (f"{self.port} {self.way} {self.kind}: "
                f"{wire.describe(self.frame)}\n    {wire.brief(self.raw)}" +
                (f"\n    virtio header {self.header.hex()}"
                 if any(self.header) else "") +
                (f"\n    tag beside it {self.beside}" if self.beside else ""))


def beside(shot, rng, keys):
    """The outer tag is beside the frame."""
    key = rng.choice(sorted(keys))
    tpid, vid = key
    shot.beside = key
    shot.frame = (shot.raw[:12] + wire.tag(vid, 3, 0, tpid) + shot.raw[12:])


def checksum(shot, rng):
    """The checksum of something is left to others."""
    # The kernel takes type 0 behind a tag for a failure to find the type, and
    # does not send the frame: vsw counts tx-error, and the bridge nothing.
    if len(shot.raw) < 60 or wire.inner_type(shot.raw) == b"\0\0":
        return
    start = rng.randrange(34, len(shot.raw) - 8)
    offset = rng.choice((6, 16, rng.randrange(60)))
    shot.header = vnet_hdr(start, offset)
    shot.frame = wire.complete(shot.raw, start, offset)


def nonsense_header(rng, length):
    return struct.pack(
        "=BBHHHH", rng.randrange(4),
        rng.choice((0, 1, 1, 3, 4, 4, 5, 5, 0x81, 0x84, 255)),
        rng.choice((0, 54, 58, 74, rng.randrange(200))),
        rng.choice((0, 1, 8, 500, 1448, 9000, 65535)),
        rng.choice((0, 14, 34, 38, 54, rng.randrange(200),
                    rng.randrange(max(1, length)))),
        rng.choice((6, 16, rng.randrange(200))))


def big(generator, end, port, rng):
    """TCP or UDP in one piece, right or wrong"""
    head, packet, data, at, kind = generator.big()
    mss = rng.choice((500, 1000, 1300, 1440, 8000))
    shot = Shot(port, rng.choice(end.ways[:2]), head + packet + data,
                rng.random())
    if shot.way in ("ring", "checksum"):
        shot.way = "whole"
    length = len(head) + len(packet)
    shot.header = vnet_hdr(len(head), at, kind, length, mss)
    shot.data_at, shot.kind, shot.cut = length, STREAM, len(data) - mss
    if len(data) <= mss:
        # Then there is nothing to be cut.
        shot.header = vnet_hdr(len(head), at)
        shot.frame = wire.complete(shot.raw, len(head), at)
        shot.kind, shot.cut = EXACT, 0
    if end.direct and rng.random() < 0.5:
        shot.kind, shot.cut = WILD, ANY
        shot.header = rng.choice((
            nonsense_header(rng, len(shot.raw)),
            vnet_hdr(len(head), at, kind, rng.randrange(14, 200), mss),
            vnet_hdr(len(head), at, kind, length,
                     rng.choice((1, 7, 9000, 65534)))))
        shot.raw = shot.frame = rng.choice((
            shot.raw, shot.raw[:rng.randrange(14, len(shot.raw))]))
    return shot


def to_known(generator, rng, config, fdb):
    """From an address that is known to one that is, in a VLAN of both; None if
    there are none. What is drawn otherwise seldom is."""
    known = sorted((vid, address, entry.port)
                   for (address, vid), entry in fdb.items()
                   if entry.kind == "dynamic" and entry.port != "host")
    if len(known) < 2:
        return None
    vid, source, name = rng.choice(known)
    port = config.ports[name]
    others = [address for other, address, at in known if other == vid and at != name] \
        or [source]
    bare = port.pvid == vid and (port.frames == "untagged" or
                                 rng.random() < 0.5)
    if port.down:
        return None
    content = rng.choice((b"\x88\xb5" + rng.randbytes(46), generator.content()))
    return Shot(name, "whole", wire.without_question(
        rng.choice(others) + source +
        (b"" if bare else wire.tag(vid, rng.randrange(8))) + content), rng.random())


def draw(generator, rng, config, ends):
    """ends: by name of the port"""
    name = rng.choice([name for name in sorted(ends)
                       if not config.ports[name].down])
    end = ends[name]
    generator.aim(config.ports[name])
    if "checksum" in end.ways + ("checksum",) * (end.ways[-1] == "pieces") \
            and rng.random() < 0.08:
        return big(generator, end, name, rng)
    mtu = config.ports[rng.choice(sorted(config.ports))].mtu
    shot = Shot(name, rng.choice(end.ways), generator.frame(mtu), rng.random())
    if shot.way == "beside":
        beside(shot, rng, end.tagged)
    elif shot.way == "checksum":
        checksum(shot, rng)
    elif end.direct and len(end.ways) > 1 and rng.random() < 0.08:
        shot.kind, shot.cut = WILD, ANY
        shot.header = nonsense_header(rng, len(shot.raw))
    return shot
