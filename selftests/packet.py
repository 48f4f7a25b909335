# SPDX-License-Identifier: GPL-2.0
"""Packet sockets, and the checksum of IP: for whoever puts frames in by hand."""
import socket
import struct

ETH_P_ALL, ETH_P_8021Q = 0x0003, 0x8100
SOL_PACKET, PACKET_AUXDATA, PACKET_VNET_HDR = 263, 8, 15
TP_STATUS_VLAN_VALID = 1 << 4


def packet_socket(device, ethertype=ETH_P_ALL, options=()):
    """One that tells tags which stand beside the frame, and has virtio headers."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    for option in PACKET_AUXDATA, PACKET_VNET_HDR, *options:
        sock.setsockopt(SOL_PACKET, option, 1)
    sock.bind((device, ethertype))
    sock.setblocking(False)
    return sock


def with_tag(data, ancillary):
    """A frame that one of them has received, with the tag that stood beside it in it"""
    for _, _, value in ancillary:
        status, tci, tpid = struct.unpack("=I12xHH", value[:20])
        if status & TP_STATUS_VLAN_VALID:
            data = (data[:12] + struct.pack("!HH", tpid or ETH_P_8021Q, tci) +
                    data[12:])
    return data


def checksum(data):
    """The sum of all 16-bit words, as IP checksums have it."""
    if len(data) % 2:
        data += b"\0"
    number = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while number >> 16:
        number = (number & 0xFFFF) + (number >> 16)
    return number
