#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What fuzzframes has told of frames and memory while it ran. Does memory grow?

Usage: samples.py <LOG	the exit status is 1 if it does
"""
import re
import statistics
import sys

SAMPLE = re.compile(r"# sample (\d+) s (\d+) frames (\d+) KiB slab (\d+) KiB percpu")
# KiB that configurations differ in, and as much again by part
SLACK, PART = 1024, 50


def read_samples(lines):
    """(seconds, frames, KiB of slab and per-CPU memory) each"""
    for line in lines:
        match = SAMPLE.match(line)
        if match:
            seconds, frames, slab, percpu = map(int, match.groups())
            yield seconds, frames, slab + percpu


def growth(samples):
    """KiB from the middle third to the last one, beyond what configurations differ"""
    third = len(samples) // 3
    if not third:
        return 0
    middle, last = ([kib for _, _, kib in part]
                    for part in (samples[third:2 * third], samples[-third:]))
    more = statistics.median(last) - statistics.median(middle)
    return max(0, more - SLACK - statistics.median(middle) // PART)


def main():
    """See above"""
    kib = growth(list(read_samples(sys.stdin)))
    if kib:
        print(f"memory grows by {kib:.0f} KiB")
    return 1 if kib else 0


if __name__ == "__main__":
    sys.exit(main())
