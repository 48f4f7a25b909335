#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send a frame out of a device: send.py DEVICE SOURCE DESTINATION [HOW-OFTEN]"""

import socket
import sys

device, source, dest, *often = sys.argv[1:]
frame = bytes.fromhex((dest + source).replace(":", "") + "88b5").ljust(60, b"\0")
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as packets:
    packets.bind((device, 0))
    for _ in range(int(often[0]) if often else 1):
        packets.send(frame)
