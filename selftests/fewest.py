# SPDX-License-Identifier: GPL-2.0
"""What is needed of many things for a test to fail still."""


def fewest(things, fails):
    """Those of a list without which fails(list) is not true. They are left out by
    halves, quarters, ... and at last one by one."""
    size = max(len(things) // 2, 1)
    while size and things:
        at = 0
        while at < len(things):
            rest = things[:at] + things[at + size:]
            if fails(rest):
                things = rest
            else:
                at += size
        size //= 2
    return things
