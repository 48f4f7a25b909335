#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Inputs of nlfuzz as text, an input a line, and back.

Usage: corpus.py pack DIRECTORY >FILE
       corpus.py unpack DIRECTORY <FILE

A line is the first byte and the records, in hexadecimal, without the zeroes that
they end with.
"""

import hashlib
import pathlib
import sys

RECORD = 32


def to_text(data):
    """A line of it"""
    words = [data[:1].hex()]
    for at in range(1, len(data), RECORD):
        words.append(data[at:at + RECORD].rstrip(b"\0").hex() or "00")
    return " ".join(words)


def from_text(line):
    """What nlfuzz takes"""
    first, *records = (bytes.fromhex(word) for word in line.split())
    return first + b"".join(record.ljust(RECORD, b"\0") for record in records)


def main():
    """Either way"""
    how, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    if how == "pack":
        lines = {to_text(path.read_bytes()) for path in directory.iterdir()
                 if path.stat().st_size}
        print("\n".join(sorted(lines, key=lambda line: (len(line), line))))
        return
    directory.mkdir(parents=True, exist_ok=True)
    for line in sys.stdin:
        if line.strip():
            data = from_text(line)
            (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    main()
