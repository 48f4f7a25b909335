#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What ip(8) cannot say, because it does not know the kind: attributes of a switch, or
of a port, within IFLA_LINKINFO of rtnetlink (uapi/linux/vsw_link.h).

Usage: linkdata.py new|set|slave DEVICE [NUMBER=VALUE:BYTES ...]

new and set are for a switch, slave for the device of a port. NUMBER is that of the
attribute, VALUE what it is, in so many bytes. Prints why the kernel refuses it; the
exit status is 1 then.
"""
import os
import socket
import struct
import sys

RTM_NEWLINK = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE = 1, 4, 0x200, 0x400
NLMSG_ERROR, NLMSGERR_ATTR_MSG, NLM_F_CAPPED = 2, 1, 0x100
IFLA_IFNAME, IFLA_LINKINFO = 3, 18
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA = 4, 5
NLA_F_NESTED = 0x8000
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11


def attribute(number, data):
    return struct.pack("=HH", 4 + len(data), number) + data + bytes(-len(data) % 4)


def attributes(words):
    """NUMBER=VALUE:BYTES, one after the other"""
    out = b""
    for word in words:
        number, _, rest = word.partition("=")
        value, _, size = rest.partition(":")
        out += attribute(int(number), int(value).to_bytes(int(size), sys.byteorder))
    return out


def request(how, device, words):
    kind, data = (IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA) if how == "slave" \
        else (IFLA_INFO_KIND, IFLA_INFO_DATA)
    info = attribute(kind, b"vsw\0") + \
        attribute(data | NLA_F_NESTED, attributes(words))
    body = bytes(16) + attribute(IFLA_IFNAME, device.encode() + b"\0") + \
        attribute(IFLA_LINKINFO | NLA_F_NESTED, info)
    flags = NLM_F_REQUEST | NLM_F_ACK
    if how == "new":
        flags |= NLM_F_CREATE | NLM_F_EXCL
    return struct.pack("=IHHII", 16 + len(body), RTM_NEWLINK, flags, 1, 0) + body


def sentence(answer):
    """What the kernel says beside the error"""
    at = 36
    while at + 4 <= len(answer):
        size, number = struct.unpack_from("=HH", answer, at)
        if number == NLMSGERR_ATTR_MSG:
            return answer[at + 4:at + size - 1].decode()
        at += max(4, size + -size % 4)
    return ""


def main():
    how, device, *words = sys.argv[1:]
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        sock.bind((0, 0))
        # sendmsg(), of which failnth.c hears
        sock.sendmsg([request(how, device, words)])
        sock.settimeout(10)
        try:
            answer = sock.recv(65536)
        except (OSError, TimeoutError) as error:
            print(f"the answer did not come: {error}")
            return 1
    kind, error = struct.unpack_from("=4xH10xi", answer)
    if kind != NLMSG_ERROR or not error:
        return 0
    print(f"{sentence(answer)} ({os.strerror(-error)})")
    return 1


if __name__ == "__main__":
    sys.exit(main())
