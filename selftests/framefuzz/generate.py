# SPDX-License-Identifier: GPL-2.0
"""Frames: whole ones of the protocols of a LAN, and the same broken.

All comes from the random numbers that the caller gives, so a seed brings the
same frames again.
"""
import struct

from packet import checksum
from wire import (BROADCAST, C_TAG, LINK_LOCAL, S_TAG, mac, tag,
                  without_question)

VIDS = (1, 2, 3, 100, 4094)
STATIONS = [mac(f"02:00:00:00:00:{i:02x}") for i in range(1, 11)]
# Addresses that only appear in the configuration: mac of a port, static entries
FIXED = [mac(f"02:00:00:00:0f:{i:02x}") for i in range(1, 7)]
GROUPS = [mac("01:00:5e:00:00:05"), mac("33:33:00:00:00:01"),
          mac("01:80:c2:00:00:10"), mac("01:80:c2:00:00:21"),
          mac("09:00:2b:00:00:01"), mac("01:00:0c:cc:cc:cd")]
ZERO = bytes(6)
TYPES = (0, 1, 0x2E, 0x5DC, 0x5DD, 0x600, 0x8035, 0x8100, 0x8864, 0x88A8,
         0x88E5, 0x88F7, 0x9000, 0x9100, 0x9200, 0xFFFF)


def ipv4(rng, protocol, payload, lie=0):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, rng.randrange(256),
                       (20 + len(payload) + lie) & 0xFFFF,
                       rng.randrange(0x10000), 0x4000, 64, protocol, 0,
                       bytes([192, 0, 2, rng.randrange(1, 9)]),
                       bytes([192, 0, 2, rng.randrange(1, 9)]))
    number = ~checksum(head) & 0xFFFF
    return head[:10] + struct.pack("!H", number) + head[12:] + payload


def ipv6(rng, header, payload, lie=0):
    return struct.pack("!IHBB", 6 << 28, (len(payload) + lie) & 0xFFFF, header,
                       255) + rng.randbytes(32) + payload


def udp(rng, lie=0):
    data = rng.randbytes(rng.choice((0, 4, 18, 100, 400)))
    return struct.pack("!HHHH", rng.choice((67, 53, 4789, 1000)), 68,
                       (8 + len(data) + lie) & 0xFFFF, 0) + data


def tcp(rng, size):
    return struct.pack("!HHIIBBHHH", 1000, 2000, 0, 0, 0x50, 0x10, 512, 0,
                       0) + rng.randbytes(size)


class Generator:
    """What a station sends, right or wrong."""

    def __init__(self, rng, own, extra):
        """own: address of the host; extra: addresses of the devices of ports"""
        self.rng, self.own, self.extra = rng, own, extra
        # What the port takes that the next frame is for
        self.pvid, self.vids = 0, VIDS

    def destination(self):
        roll = self.rng.random()
        if roll < 0.45:
            return self.rng.choice(STATIONS)
        if roll < 0.60:
            return BROADCAST
        if roll < 0.72:
            return self.rng.choice(GROUPS)
        if roll < 0.80:
            return LINK_LOCAL + bytes([self.rng.randrange(16)])
        if roll < 0.88:
            return self.rng.choice(FIXED)
        if roll < 0.92:
            return self.own
        if roll < 0.95:
            return self.rng.choice(self.extra)
        return self.rng.choice((ZERO, self.rng.randbytes(6)))

    def source(self):
        roll = self.rng.random()
        if roll < 0.80:
            return self.rng.choice(STATIONS)
        if roll < 0.87:
            return self.rng.choice(FIXED)
        if roll < 0.89:
            return self.own
        if roll < 0.91:
            return self.rng.choice(self.extra)
        return self.rng.choice((ZERO, BROADCAST, self.rng.choice(GROUPS),
                                LINK_LOCAL + b"\0",
                                b"\2" + self.rng.randbytes(5)))

    def vid(self):
        roll = self.rng.random()
        if roll < 0.60:
            return self.rng.choice(self.vids or VIDS)
        if roll < 0.80:
            return self.rng.choice(VIDS)
        if roll < 0.90:
            return 0
        if roll < 0.95:
            return 4095
        return self.rng.randrange(4096)

    def one_tag(self, tpid=C_TAG):
        return tag(self.vid(), self.rng.choice((0, 0, 3, 7)),
                   self.rng.random() < 0.1, tpid)

    def aim(self, port):
        """Most of the next frame's tags will be what this port takes."""
        self.pvid = port.pvid if port.frames != "tagged" else 0
        self.vids = [vid for vid in port.vlans if vid in VIDS] \
            if port.frames != "untagged" else []

    def tags(self):
        if self.rng.random() < 0.5:
            if self.pvid and (not self.vids or self.rng.random() < 0.5):
                return b""
            if self.vids:
                return tag(self.rng.choice(self.vids),
                           self.rng.choice((0, 0, 5)))
        roll = self.rng.random()
        if roll < 0.40:
            return b""
        if roll < 0.80:
            return self.one_tag()
        if roll < 0.88:
            return self.one_tag() + self.one_tag()
        if roll < 0.94:
            return self.one_tag(S_TAG) + self.rng.choice(
                (b"", self.one_tag(), self.one_tag(S_TAG)))
        return b"".join(self.one_tag(self.rng.choice((C_TAG, S_TAG)))
                        for _ in range(self.rng.randrange(3, 6)))

    def lie(self):
        """How much a length field is wrong by"""
        return self.rng.choice((0, 0, 0, 1, -1, -8, 100, 1400, 40000))

    def content(self):
        """EtherType or length, and what is behind"""
        rng = self.rng
        kind = rng.randrange(12)
        if kind == 0:
            return b"\x08\x06" + struct.pack(
                "!HHBBH", 1, 0x800, 6, 4, rng.choice((1, 2, 3))) + \
                rng.randbytes(20) + bytes(18)
        if kind == 1:
            return b"\x08\x00" + ipv4(rng, 17, udp(rng, self.lie()), self.lie())
        if kind == 2:
            return b"\x08\x00" + ipv4(rng, 6, tcp(rng, rng.randrange(200)),
                                      self.lie())
        if kind == 3:
            return b"\x08\x00" + ipv4(rng, 2, b"\x16\0" + rng.randbytes(6),
                                      self.lie())
        if kind == 4:
            return b"\x86\xdd" + ipv6(rng, 17, udp(rng, self.lie()), self.lie())
        if kind == 5:
            # MLD behind a router alert, neighbour discovery
            return b"\x86\xdd" + rng.choice((
                ipv6(rng, 0, b"\x3a\0\5\2\0\0\0\0" + b"\x8f\0" +
                     rng.randbytes(26), self.lie()),
                ipv6(rng, 58, b"\x87\0" + rng.randbytes(26), self.lie())))
        if kind == 6:
            return b"\x88\xcc" + b"\2\7\4" + rng.randbytes(6) + \
                b"\4\3\5" + b"p1" + b"\6\2\0\x78" + b"\0\0"
        if kind == 7:
            # 802.3: its length, LLC, a BPDU
            return struct.pack("!H", (38 + self.lie()) & 0xFFFF) + \
                b"\x42\x42\3" + rng.randbytes(35) + bytes(8)
        if kind == 8:
            return b"\x88\x08" + rng.choice((b"\0\1", b"\1\1")) + \
                rng.randbytes(2) + bytes(42)
        if kind == 9:
            return b"\x88\xb5" + rng.randbytes(46)
        if kind == 10:
            return struct.pack("!H", rng.choice(TYPES)) + \
                rng.randbytes(rng.randrange(120))
        return rng.randbytes(rng.randrange(2, 300))

    def addresses(self, content):
        """Those that go with the protocol, mostly"""
        destination = self.destination()
        if self.rng.random() < 0.5:
            destination = {b"\x88\xcc": LINK_LOCAL + b"\x0e",
                           b"\x88\x08": LINK_LOCAL + b"\x01",
                           b"\x42\x42": LINK_LOCAL + b"\x00"}.get(
                               content[:2], destination)
        return destination + self.source()

    def mutate(self, frame, mtu):
        rng = self.rng
        roll = rng.random()
        if roll < 0.62:
            return frame
        if roll < 0.72:
            return frame[:rng.randrange(14, 61)]
        if roll < 0.78:
            return frame[:rng.randrange(14, max(15, len(frame)))]
        if roll < 0.84:
            at = rng.randrange(12, len(frame))
            return frame[:at] + bytes([frame[at] ^ 1 << rng.randrange(8)]) + \
                frame[at + 1:]
        if roll < 0.88:
            return frame[:rng.randrange(12, 15)] + rng.randbytes(40)
        if roll < 0.97:
            # On both sides of what fits
            size = mtu + 14 + rng.randrange(-2, 12)
            return (frame + bytes(max(0, size - len(frame))))[:size]
        return frame + bytes(rng.choice((3000, 4080, 8000, 9100)))

    def frame(self, mtu):
        """A frame of at least 14 bytes; mtu: some device's"""
        content = self.content()
        return without_question(self.mutate(
            self.addresses(content) + self.tags() + content, mtu))

    def big(self):
        """TCP or UDP to be segmented: addresses and tags, headers, data, and
        how a virtio header names that kind"""
        rng = self.rng
        size = rng.choice((600, 1460, 3000, 9000, 30000))
        data = rng.randbytes(size)
        head = self.destination() + rng.choice(STATIONS) + rng.choice(
            (b"", b"", self.one_tag()))
        if rng.random() < 0.5:
            packet = tcp(rng, 0)
            packet, at, kind = packet, 16, (1, 4)
        else:
            packet = struct.pack("!HHHH", 1000, 2000, 8 + size, 0)
            at, kind = 6, (5, 5)
        protocol = 6 if at == 16 else 17
        if rng.random() < 0.6:
            ip = ipv4(rng, protocol, packet + data)[:20]
            seed = ip[12:20] + struct.pack("!HH", protocol, len(packet) + size)
            head, kind = head + b"\x08\x00" + ip, kind[0]
        else:
            ip = ipv6(rng, protocol, packet + data)[:40]
            seed = ip[8:40] + struct.pack("!II", len(packet) + size, protocol)
            head, kind = head + b"\x86\xdd" + ip, kind[1]
        packet = packet[:at] + struct.pack("!H", checksum(seed)) + packet[at + 2:]
        return head, packet, data, at, kind
