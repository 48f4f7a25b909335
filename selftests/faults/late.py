#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What nobody waits for: an event makes a work item run, whose Nth allocation or call
fails, N from 1 until there are none.

Usage: late.py FUNCTION EVENT UNDO

FUNCTION is that of the work item, EVENT and UNDO are for the shell. However often it
failed, what the event leads to without a failure is what it leads to in the end, and
so it is with UNDO. VSW_FAULTS_WHAT and the others as in faults.py.

Prints a line with what was done; the exit status is 1, with the first thing that was
wrong, if anything was.
"""

import os
import sys

import faults

PARAMETERS = "/sys/module/vsw/parameters/"


def set_parameter(name, value):
    """Of the module that is built for this"""
    with open(PARAMETERS + name, "w", encoding="ascii") as file:
        file.write(str(value))


def left():
    """How many have still to come: 0 when one has failed, -1 when there were less"""
    with open(PARAMETERS + "fail_late", encoding="ascii") as file:
        return int(file.read())


def state():
    """All that there is"""
    return faults.state() + faults.nic_addresses()


def leads_to(command, nth, wanted):
    """It does so in the end."""
    if faults.comes_true(lambda: state() == wanted):
        return
    faults.check(command, nth, wanted, state(), "and nothing mends it")


def try_nth(function, commands, nth, wanted):
    """Returns whether it was made to fail."""
    set_parameter("fail_late_work", function)
    set_parameter("fail_late", nth)
    faults.shell(commands[0])
    # Somebody else may have been faster.
    for _ in range(10):
        if faults.comes_true(lambda: left() <= 0):
            break
        faults.shell(commands[1])
        leads_to(commands[1], nth, wanted[1])
        faults.shell(commands[0])
    else:
        raise faults.Wrong(f"{function}() does not run after '{commands[0]}'")
    hit = left() == 0
    leads_to(commands[0], nth, wanted[0])
    faults.shell(commands[1])
    leads_to(commands[1], nth, wanted[1])
    return hit


def each(function, commands):
    """Returns how many were made to fail. It may have run for another reason, and
    without all it does after the event: then it is tried once more."""
    before = faults.settled(state, 3)
    faults.shell(commands[0])
    after = faults.settled(state, 3)
    if commands[1] != "true" and after == before:
        raise faults.Wrong(f"'{commands[0]}' leads to nothing")
    faults.shell(commands[1])
    leads_to(commands[1], 0, before)
    failed = 0
    # Each of them waits for seconds.
    for nth in faults.numbers(commands, (1,)):
        if not any(try_nth(function, commands, nth, (after, before)) for _ in range(3)):
            break
        failed += 1
    if not failed:
        raise faults.Wrong(f"{function}() has no {faults.WHAT} to fail")
    return failed


def main():
    """One event"""
    function, *commands = sys.argv[1:]
    failed = each(function, commands)
    print(f"{failed} {faults.WHAT}s of {function}() failed: {commands[0][-50:]}")


if __name__ == "__main__":
    main()
