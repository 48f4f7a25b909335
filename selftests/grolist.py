#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames that GRO makes one of, as a list one behind another, and what leaves of it.

Usage: grolist.py FROM WIRE COUNT VID TAGS TO=TAGS...

COUNT frames of one flow (UDP) are sent by FROM, with a tag of VID in them if it is not 0.
WIRE, the other end, has to receive at least one that is several of them; each TO has to
receive all of them, one by one or together, with those tags in or beside them: VIDs, the
outer one first, s before one of an S-tag, 0 for none. Those in VXLAN are taken out of it.
"""
import socket
import struct
import sys
import time

from packet import ETH_P_ALL, PACKET_AUXDATA, SOL_PACKET, checksum, with_tag

PAYLOAD = 600
HEADERS = 14 + 20 + 8
SOURCE = "02000000cc01"
VXLAN_PORT = struct.pack("!H", 4789)


def listen(device):
    """One without virtio headers, which know no such lists"""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    sock.bind((device, ETH_P_ALL))
    sock.settimeout(0.5)
    return sock


def payload(number):
    """What only frame NUMBER has"""
    return struct.pack("!I", number) * (PAYLOAD // 4)


def frame(number, vid):
    """A datagram with the checksum that GRO insists on"""
    datagram = struct.pack("!HHHH", 1000, 2000, 8 + PAYLOAD, 0) + payload(number)
    pseudo = bytes((192, 0, 2, 1, 192, 0, 2, 2)) + struct.pack("!BBH", 0, 17, 8 + PAYLOAD)
    datagram = (datagram[:6] +
                struct.pack("!H", checksum(pseudo + datagram) ^ 0xFFFF or 0xFFFF) +
                datagram[8:])
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), number, 0x4000, 64, 17,
                         0) + pseudo[:8]
    header = header[:10] + struct.pack("!H", checksum(header) ^ 0xFFFF) + header[12:]
    tag = struct.pack("!HH", 0x8100, vid) if vid else b""
    return (bytes.fromhex("ffffffffffff" + SOURCE) + tag + b"\x08\x00" + header +
            datagram)


def taken_off(data):
    """Of a frame the text of its tag, and the rest; "" if it has none"""
    kind = {b"\x81\x00": "", b"\x88\xa8": "s"}.get(data[12:14])
    if kind is None:
        return "", data
    vid = struct.unpack("!H", data[14:16])[0] & 0xFFF
    return f"{kind}{vid}", data[:12] + data[16:]


def received(sock):
    """Bytes and tags of each that comes until nothing more does"""
    while True:
        try:
            data, ancillary, _, address = sock.recvmsg(1 << 16, 256)
        except TimeoutError:
            return
        if data[36:38] == VXLAN_PORT:
            data = data[50:]
        if address[2] == socket.PACKET_OUTGOING or data[6:12].hex() != SOURCE:
            continue
        outer, data = taken_off(with_tag(data, ancillary))
        inner, data = taken_off(data)
        yield data, outer + inner or "0"


def wrong(sock, count, wanted):
    """What is wrong with what came, and how many were together at most"""
    numbers, most = [], 0
    for data, tags in received(sock):
        if tags != wanted:
            return f"tags {tags} instead of {wanted}", most
        if (len(data) - HEADERS) % PAYLOAD:
            return f"{len(data)} bytes", most
        parts = [data[at:at + PAYLOAD] for at in range(HEADERS, len(data), PAYLOAD)]
        most = max(most, len(parts))
        for part in parts:
            number = struct.unpack("!I", part[:4])[0]
            if part != payload(number):
                return f"other bytes than those of {number}", most
            numbers.append(number)
        if len(parts) == 1 and data != frame(numbers[-1], 0):
            return f"another header of {numbers[-1]}", most
    if sorted(numbers) != list(range(count)):
        return f"{len(numbers)} of {count}, {len(set(numbers))} of them once", most
    return "", most


def main(sender, wire, count, vid, tags, *ports):
    """See above"""
    count, vid = int(count), int(vid)
    wanted = [(wire, tags)] + [port.split("=") for port in ports]
    socks = [listen(device) for device, _ in wanted]
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    out.bind((sender, 0))
    for number in range(count):
        out.send(frame(number, vid))
    time.sleep(0.2)
    status = 0
    for (device, tag), sock in zip(wanted, socks):
        problem, most = wrong(sock, count, tag)
        print(f"{device}: {most} together at most {problem}")
        if problem or (device == wire and most < 2):
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
