# SPDX-License-Identifier: GPL-2.0
"""Frames as bytes: tags, checksums, and how a person reads them."""
import struct

from packet import checksum

C_TAG, S_TAG = b"\x81\x00", b"\x88\xa8"
BROADCAST = b"\xff" * 6
LINK_LOCAL = b"\x01\x80\xc2\x00\x00"

# The shortest frame with a tag that ends behind the type of what it carries
TAGGED_MIN = 20


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def tag(vid, pcp=0, dei=0, tpid=C_TAG):
    return tpid + struct.pack("!H", pcp << 13 | dei << 12 | vid)


def is_link_local(address):
    return address[:5] == LINK_LOCAL and address[5] < 16


def is_group(address):
    return address[0] & 1


def has_tag(frame):
    return frame[12:14] in (C_TAG, S_TAG)


def take_c_tag(frame):
    """The TCI of the outer C-tag or None, and the frame without that tag."""
    if frame[12:14] != C_TAG or len(frame) < 16:
        return None, frame
    return int.from_bytes(frame[14:16], "big"), frame[:12] + frame[16:]


def put_c_tag(frame, tci):
    return frame[:12] + C_TAG + tci.to_bytes(2, "big") + frame[12:]


def type_at(frame):
    """Where the EtherType behind all tags is"""
    at = 12
    while frame[at:at + 2] in (C_TAG, S_TAG):
        at += 4
    return at


def inner_type(frame):
    at = type_at(frame)
    return frame[at:at + 2]


def without_question(frame):
    """802.2 for the station itself is something that the kernel of the host
    answers (XID, TEST), and answers are none of what was put in."""
    at = type_at(frame)
    if len(frame) > at + 2 and frame[at] < 6 and not frame[at + 2]:
        return frame[:at + 2] + b"\x42" + frame[at + 3:]
    return frame


def complete(frame, start, offset):
    """A frame whose checksum was left to others, as they finish it."""
    at = start + offset
    if at + 2 > len(frame):
        return frame
    number = ~checksum(frame[start:]) & 0xFFFF or 0xFFFF
    return frame[:at] + struct.pack("!H", number) + frame[at + 2:]


def brief(frame):
    """Its bytes, if they are not too many to be read"""
    if len(frame) <= 400:
        return frame.hex()
    return f"{frame[:200].hex()}... {len(frame)} bytes"


def describe(frame):
    """One line for a person; the bytes are printed beside it."""
    words = [f"{frame[6:12].hex(':')} > {frame[:6].hex(':')}"]
    rest = frame[12:]
    while len(rest) >= 4 and rest[:2] in (C_TAG, S_TAG):
        tci = int.from_bytes(rest[2:4], "big")
        words.append(f"{'C' if rest[:2] == C_TAG else 'S'}-tag {tci & 0xFFF}"
                     f" pcp {tci >> 13} dei {tci >> 12 & 1}")
        rest = rest[4:]
    words.append(f"type 0x{rest[:2].hex()}, {len(frame)} bytes")
    return " ".join(words)
