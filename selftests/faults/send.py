#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send a frame out of a device: send.py DEVICE SOURCE DESTINATION [HOW-OFTEN]

SOURCE "counted" is another one each time, and with that every third frame has a tag of
VLAN 10. HOW-OFTEN "always" goes on, whatever becomes of the device.
"""

import itertools
import socket
import sys
import time

device, source, dest, *often = sys.argv[1:]


def number(n):
    """The Nth frame"""
    tag = "8100000a" if source == "counted" and n % 3 == 0 else ""
    address = f"0200{n:08x}" if source == "counted" else source
    return bytes.fromhex((dest + address).replace(":", "") + tag + "88b5").ljust(60, b"\0")


def keep_sending(packets):
    """While the device is down, too"""
    for at in itertools.count():
        try:
            packets.send(number(at))
        except OSError:
            pass
        time.sleep(0.001)


with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
    sender.bind((device, 0))
    if often == ["always"]:
        keep_sending(sender)
    for count in range(int(often[0]) if often else 1):
        sender.send(number(count))
