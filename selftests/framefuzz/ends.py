# SPDX-License-Identifier: GPL-2.0
"""The places where frames are put in and taken out: taps, the far ends of
veths, VLAN devices on those, the host's own device.

Each has several ways of putting a frame in, which differ in how the kernel
holds the same bytes: in one piece or in fragments, the tag in the frame or
beside it, the checksum complete or not. The switch must not care.
"""
import fcntl
import mmap
import os
import socket
import struct

import wire
from packet import SOL_PACKET, packet_socket, with_tag

IFF_TAP, IFF_NAPI, IFF_NAPI_FRAGS = 0x0002, 0x0010, 0x0020
IFF_NO_PI, IFF_VNET_HDR = 0x1000, 0x4000
TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
# Checksums; TCP and UDP in one piece
TUN_OFFLOADS = 0x01 | 0x02 | 0x04 | 0x20 | 0x40
PACKET_VERSION, PACKET_TX_RING, PACKET_IGNORE_OUTGOING = 10, 13, 23
TPACKET_V2, TP_STATUS_SEND_REQUEST = 1, 1
TP_DATA = 32
NEEDS_CSUM = 1
NO_VNET_HDR = bytes(10)
SLOT = 16384
# What fits the smallest MTU in use
RING_MAX = 1400 + 18


def vnet_hdr(start, offset, kind=0, header=0, size=0, flags=NEEDS_CSUM):
    return struct.pack("=BBHHHH", flags, kind, header, size, start, offset)


class Received:
    """A frame that came out: its bytes with the tag in them and the checksum
    complete; gso if it stands for several."""
    __slots__ = "data", "gso"

    def __init__(self, data, header=NO_VNET_HDR):
        flags, kind, _, _, start, offset = struct.unpack("=BBHHHH", header)
        self.gso = bool(kind)
        if flags & NEEDS_CSUM and not kind:
            data = wire.complete(data, start, offset)
        self.data = data

    def changed(self):
        """A copy that is not quite the same"""
        return Received(self.data[:-1] + bytes([self.data[-1] ^ 1]))


class Tap:
    """A tap. style: plain, without virtio header; offload, with all that can be
    left to others; frags, whose frames come in pieces as writev() has them."""

    # What it takes, the switch gets, and in one piece.
    direct = True

    def __init__(self, name, style):
        self.name, self.style = name, style
        self.headed = style != "plain"
        self.ways = {"plain": ("whole",),
                     "offload": ("whole", "checksum", "linear"),
                     "frags": ("whole", "pieces")}[style]
        flags = IFF_TAP | IFF_NO_PI
        if self.headed:
            flags |= IFF_VNET_HDR
        if style == "frags":
            flags |= IFF_NAPI | IFF_NAPI_FRAGS
        self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.fd, TUNSETIFF,
                    struct.pack("16sH22x", name.encode(), flags))
        if style == "offload":
            fcntl.ioctl(self.fd, TUNSETOFFLOAD, TUN_OFFLOADS)

    def fileno(self):
        return self.fd

    def send(self, frame, way, rng, header=NO_VNET_HDR):
        """rng: where to cut"""
        if not self.headed:
            os.write(self.fd, frame)
        elif way == "pieces":
            os.writev(self.fd, [header] + pieces(frame, rng))
        elif way == "linear":
            # What is in one piece, if it is long enough to be in several
            linear = min(len(frame), rng.randrange(14, 80))
            os.write(self.fd, header[:2] + struct.pack("=H", linear) +
                     header[4:] + frame)
        else:
            os.write(self.fd, header + frame)

    def receive(self):
        data = os.read(self.fd, 70000)
        if self.headed:
            return Received(data[10:], data[:10])
        return Received(data)

    @staticmethod
    def passes(frame):
        """Does the kernel let the switch see this frame? One that ends in its
        tag, or in the type behind that, is dropped before."""
        return not wire.has_tag(frame) or len(frame) >= wire.TAGGED_MIN

    @staticmethod
    def length(frame):
        """So many bytes the switch counts: without the tag, which the kernel
        has put beside the frame."""
        return len(frame) - 4 * wire.has_tag(frame)

    @staticmethod
    def shows(_frame, _tagged):
        """Can a frame be seen here that was sent to it, with a tag or without?
        """
        return True

    def close(self):
        os.close(self.fd)


def pieces(frame, rng):
    """Cut behind the addresses, or where it hurts"""
    cuts = {rng.randrange(14, 64) for _ in range(rng.randrange(1, 4))}
    cuts |= set(range(4000, len(frame), 4000))
    cuts = [0] + sorted(cut for cut in cuts if cut < len(frame)) + [len(frame)]
    return [frame[a:b] for a, b in zip(cuts, cuts[1:])]


class Socket:
    """A packet socket that hears what its device receives."""

    # The device that sends may cut it before, or drop it.
    direct = False

    def __init__(self, device, outgoing=False):
        self.name = device
        self.sock = packet_socket(
            device, options=() if outgoing else (PACKET_IGNORE_OUTGOING,))

    def fileno(self):
        return self.sock.fileno()

    def receive(self):
        data, aux, _, _ = self.sock.recvmsg(70000, 64)
        header, data = data[:10], data[10:]
        frame = with_tag(data, aux)
        if len(frame) > len(data):
            flags, kind, length, size, start, at = struct.unpack("=BBHHHH", header)
            header = vnet_hdr(start + 4, at, kind, length, size, flags)
        return Received(frame, header)

    passes = staticmethod(Tap.passes)
    length = staticmethod(Tap.length)

    @staticmethod
    def shows(frame, tagged):
        """The kernel looks at what this device receives, too. A tag that the
        switch put on travels beside the frame."""
        return tagged or Tap.passes(frame)

    def close(self):
        self.sock.close()


class Ring:
    """A ring of frames to be sent, whose pages become fragments of them: all
    that is behind the addresses."""

    def __init__(self, device):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        self.sock.setsockopt(SOL_PACKET, PACKET_TX_RING,
                             struct.pack("IIII", SLOT, 1, SLOT, 1))
        self.sock.bind((device, 0))
        self.memory = mmap.mmap(self.sock.fileno(), SLOT)

    def send(self, frame):
        # The kernel says so in its log, every time, by the MTU.
        if len(frame) > RING_MAX:
            raise OSError("too long for the ring")
        self.memory[TP_DATA:TP_DATA + len(frame)] = frame
        self.memory[:8] = struct.pack("II", TP_STATUS_SEND_REQUEST, len(frame))
        try:
            self.sock.send(b"", socket.MSG_DONTWAIT)
        finally:
            self.memory[:4] = bytes(4)

    def close(self):
        self.memory.close()
        self.sock.close()


class Station(Socket):
    """What is at the far end of a veth, or the host on the switch device."""

    def __init__(self, device, tagged=()):
        """tagged: {(TPID, VID): VLAN device} on it, which give the kernel a tag
        beside the frame, of priority 3"""
        super().__init__(device)
        self.ring = Ring(device)
        self.tagged = {key: self.bind(name)
                       for key, name in dict(tagged).items()}
        self.ways = ("whole", "ring", "checksum", "linear", "lie")
        if self.tagged:
            self.ways += ("beside", "beside")

    @staticmethod
    def bind(name):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind((name, 0))
        return sock

    def send(self, frame, way, rng, header=NO_VNET_HDR):
        if way == "ring":
            self.ring.send(frame)
        elif way == "linear":
            linear = min(len(frame), rng.randrange(14, 80))
            self.sock.send(header[:2] + struct.pack("=H", linear) +
                           header[4:] + frame)
        elif way == "lie":
            # The type that the sender tells is not that of the frame.
            self.sock.sendto(header + frame, (self.name, rng.choice(
                (0x800, 0x88B5, 0x86DD))))
        else:
            self.sock.send(header + frame)

    def close(self):
        for sock in self.tagged.values():
            sock.close()
        self.ring.close()
        super().close()


class Host(Station):
    """The host on the switch device. Nothing is done to its frames before the
    switch has them."""

    length = staticmethod(len)

    @staticmethod
    def passes(_):
        return True
