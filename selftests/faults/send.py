#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send a frame out of a device: send.py DEVICE SOURCE DESTINATION"""

import socket
import sys

device, source, dest = sys.argv[1:]
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as packets:
    packets.bind((device, 0))
    packets.send(bytes.fromhex((dest + source).replace(":", "") + "88b5").ljust(60, b"\0"))
