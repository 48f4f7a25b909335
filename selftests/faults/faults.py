#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""One request to the kernel, its Nth allocation failing, N from 1 until none does; or
its Nth call of those in calls.h and in the PF driver of the tests.

Usage: faults.py UNDO COMMAND...

Each failure has to leave everything as it was. A request that comes through all the
same (an event was not told, say) has to have done what it does without a failure; it is
taken back by UNDO, for the shell, and tried with the next N. VSW_FAULTS_STEP=S tries
some of the first, and every Sth from one on that VSW_SEED, or the day, and the command
decide; VSW_FAULTS_NTH=N tries that one alone. What kinds of requests have met a failure
is added to the file VSW_FAULTS_SEEN. VSW_FAULTS_WHAT says what fails, "allocation" or
"call": that is only for what is printed, the kernel has been told; of calls each one is
tried. VSW_FAIL_LIBRARY is failnth.so.

Prints a line with what was done; the exit status is 1, with the first thing that was
wrong, if anything was.
"""

import difflib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

VSWCTL = os.environ["VSW_CTL"]
LIBRARY = os.environ["VSW_FAIL_LIBRARY"]
WHAT = os.environ.get("VSW_FAULTS_WHAT", "allocation")
STEP = int(os.environ.get("VSW_FAULTS_STEP", "1")) if WHAT == "allocation" else 1
ONLY = os.environ.get("VSW_FAULTS_NTH")
SEED = os.environ.get("VSW_SEED") or time.strftime("%j", time.gmtime())
SEEN = os.environ.get("VSW_FAULTS_SEEN")
# Those are always tried: some requests have few, and some ask something before
FIRST = (1, 2, 3, 5, 8, 13)
# No request of ours allocates as often as that.
MOST = 5000
# The request was carried out, or refused, but the answer got lost.
LOST = re.compile("the answer did not come|netlink receive error")
# Counters, times and the numbers of ports are nobody's business.
VOLATILE = re.compile(r"packets|bytes|corrections|moves|failovers|failover-cause|^age$|^id$")
# Whoever is made anew has other numbers, and perhaps an address by chance.
NUMBERS = re.compile(r'"(ifindex|link_index|switch|dev)": [0-9]+')
ADDRESS = re.compile(r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b")
# Requests do not depend on promiscuity, which ports tell of, on the switch's own MTU, and
# on a VF that is given back: calls that fail, which calls.h asks an allocation for.
NOT_NEEDED = re.compile(r'"(promisc|promiscuity)": [a-z0-9]+'
                        r'|"vfinfo_list": \[.*?\](?=[,}] *"|}$)'
                        r'|^vf (?!.*"(port|parked)": ).*')
# UNDO of a command that only asks
ASKED = "true"
# What answers differ in all the same
UNSTABLE = re.compile(r'"([a-z-]*(packets|bytes)|age|seconds|left|used|updated)": *[0-9]+,?'
                      # Asked by another request: without it, it is not known.
                      r'|,"fastpath": *"[a-z]+"')
OWN_MTU = re.compile(r'"mtu": [0-9]+')
OWN = re.compile(r'^switch |"info_kind": "vsw"')
VLANS = "/sys/bus/vswtest/devices/testpf0/vlans"
# Who waits for a while to try again has done so by then, and what is not told of is
# found by then, if the machine is not slow.
SECONDS = 20 * int(os.environ.get("VSW_SLOW", "1"))
OBJECTS = ("switch", "port", "uplink", "vlan", "vf", "fdb")


def stable(item):
    """What is compared of one object"""
    if isinstance(item, dict):
        return {key: stable(value) for key, value in item.items()
                if not VOLATILE.search(key)}
    if isinstance(item, list):
        return [stable(value) for value in item]
    return item


def links():
    """What the kernel says of its devices, but for timers and carriers"""
    out = subprocess.run(["ip", "-d", "-j", "link", "show"], check=True,
                         capture_output=True, text=True).stdout
    for link in json.loads(out):
        link["flags"] = [flag for flag in link["flags"]
                         if flag not in ("NO-CARRIER", "LOWER_UP")]
        link.pop("operstate", None)
        yield link


def output(*command):
    """What a command prints, by words of each line"""
    return [line.split() for line in
            subprocess.run(command, check=True, capture_output=True,
                           text=True).stdout.splitlines()]


def state_without():
    """What a module could leave that is not there. Whoever gets the events of a
    device that comes and goes has to be there still."""
    output("ip", "link", "add", "faults0", "type", "dummy")
    output("ip", "link", "del", "faults0")
    families = sorted(words[1] for words in output("genl", "ctrl", "list")
                      if words and words[0] == "Name:")
    with open("/proc/slabinfo", encoding="ascii") as slabs:
        caches = sorted(line.split()[0] for line in slabs)
    return ([f"family {name}" for name in families] +
            [f"cache {name}" for name in caches] +
            [f"module {words[0]}" for words in output("lsmod")] +
            [json.dumps(link, sort_keys=True) for link in links()])


def waiting():
    """Does a batch wait to be confirmed?"""
    out = subprocess.run([VSWCTL, "-j", "config", "pending"], check=False,
                         capture_output=True, text=True).stdout
    return ["a batch waits"] if "seconds" in out else []


def nic_vlans():
    """What the VLAN filter of the PF holds, if there is one"""
    if not os.path.exists(VLANS):
        return []
    with open(VLANS, encoding="ascii") as vlans:
        return [f"VLAN filter {vlans.read().strip()}"]


def has_nic():
    """Is there a PF?"""
    return os.path.exists("/sys/class/net/testpf")


def nic_addresses():
    """What the address filter of the PF holds, which is filled later"""
    if not has_nic():
        return []
    lines = output("bridge", "fdb", "show", "dev", "testpf")
    return sorted("address filter " + " ".join(words) for words in lines)


def state():
    """All that there is but for what is done later, as sorted lines"""
    if not os.path.exists("/sys/module/vsw"):
        return state_without()
    lines = []
    out = subprocess.run([VSWCTL, "-j", "-b", "-"], check=True, text=True,
                         input="\n".join(OBJECTS) + "\n",
                         capture_output=True).stdout
    decoder = json.JSONDecoder()
    at = 0
    for name in OBJECTS:
        while at < len(out) and out[at].isspace():
            at += 1
        items, at = decoder.raw_decode(out, at)
        lines += [f"{name} {json.dumps(stable(item), sort_keys=True)}"
                  for item in items]
    # Who makes entries anew finds another place in the table.
    lines.sort()
    return (lines + nic_vlans() + waiting() +
            [json.dumps(link, sort_keys=True) for link in links()])


def comes_true(what):
    """Waits for it."""
    end = time.monotonic() + SECONDS
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def settled(what, seconds=0.3):
    """What it is when it stays so"""
    before, same = what(), 0
    while same < 3:
        time.sleep(seconds)
        now = what()
        same = same + 1 if now == before else 0
        before = now
    return before


def try_nth(command, nth, met):
    """Returns whether the command came through, and what it said."""
    env = dict(os.environ, LD_PRELOAD=LIBRARY, VSW_FAIL_NTH=str(nth),
               VSW_FAIL_LOG=met)
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode == 0, done.stdout.strip()


def what_is_needed(line):
    """Of a line, what a request cannot do without"""
    line = NOT_NEEDED.sub("", line)
    return OWN_MTU.sub("", line) if OWN.search(line) else line


def what_counts(lines, known):
    """A state without numbers, with those addresses only that are known, and without
    what need not be done"""
    def address(match):
        return match[0] if match[0] in known else "some address"
    return sorted(ADDRESS.sub(address, NUMBERS.sub(r'"\1": "a number"',
                                                   what_is_needed(line)))
                  for line in lines)


class Wrong(SystemExit):
    """What is wrong. It is printed, and the exit status is 1."""


def shell(command, when=""):
    """For the shell; it has to pass"""
    done = subprocess.run(command, shell=True, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Wrong(f"'{command}' failed{when}: {done.stdout}")


def check(words, nth, wanted, now, said, what="left something"):
    """Nothing is left of a request that failed, or was taken back."""
    if now == wanted:
        return
    differences = [line for line in difflib.unified_diff(wanted, now, n=0,
                                                         lineterm="")
                   if line[:3] not in ("---", "+++", "@@ ")]
    raise Wrong(f"'{words}' {what} at {WHAT} {nth} ({said}):\n" +
                "\n".join(differences[:8]))


def remember(met):
    """What requests have met a failure, for selftests/faults/missing.py"""
    with open(met, encoding="ascii") as file:
        requests = file.read()
    os.unlink(met)
    if SEEN:
        with open(SEEN, "a", encoding="ascii") as file:
            file.write(requests)


def stable_answer(said):
    """What somebody was told, but for times and what is in another order"""
    return sorted(UNSTABLE.sub("", said).splitlines())


def effect_of(undo, command, before, met):
    """Returns what there is when nothing fails, and what the command says, and takes it
    back."""
    words = " ".join(command)
    came_through, said = try_nth(command, 1000 * MOST, met)
    if not came_through:
        raise Wrong(f"'{words}' failed by itself: {said}")
    after = state()
    shell(undo, f" after '{words}'")
    check(words, 0, before, state(), "without a failure")
    return after, stable_answer(said)


def try_and_check(undo, command, nth, states, met):
    """Returns whether something was made to fail, and whether the request failed."""
    before, after, addresses, answer = states
    words = " ".join(command)
    came_through, said = try_nth(command, nth, met)
    hit = os.path.exists(met)
    if hit:
        remember(met)
    elif not came_through:
        raise Wrong(f"'{words}' failed by itself: {said}")
    if came_through and undo == ASKED and stable_answer(said) != answer:
        raise Wrong(f"'{words}' came through with another answer at {WHAT} {nth}: {said}")
    now = None
    if not came_through:
        now = state()
        if LOST.search(said) and now != before:
            came_through = True
    if came_through:
        known = ADDRESS.findall(" ".join(before + [words, undo]))
        wanted = what_counts(after, known)
        # Where nobody can be told it is done later.
        if not comes_true(lambda: what_counts(state(), known) == wanted):
            check(words, nth, wanted, what_counts(state(), known), said,
                  "did not do all")
        shell(undo, f" after '{words}' with {WHAT} {nth}")
        now = state()
    check(words, nth, before, now, said)
    if not comes_true(lambda: nic_addresses() == addresses):
        check(words, nth, addresses, nic_addresses(), said)
    return hit, not came_through


def numbers(command, always=FIRST):
    """Which are to fail. The first allocation is the request itself: without it
    nothing comes through, unless nothing is injected. Who tries again, tries the same."""
    if ONLY:
        return [int(ONLY)]
    first = 2 + random.Random(f"{SEED} {command}").randrange(STEP)
    return sorted({*always, *range(first, MOST, STEP)})


def each(undo, command, met):
    """Returns how many were made to fail, and how many mattered. Not each request has
    calls that can fail, but all allocate."""
    before = state()
    addresses = settled(nic_addresses) if has_nic() else []
    after, answer = effect_of(undo, command, before, met)
    states = before, after, addresses, answer
    tried = failed = 0
    for nth in numbers(command):
        hit, refused = try_and_check(undo, command, nth, states, met)
        tried += hit
        failed += refused
        if not hit:
            break
    else:
        if not ONLY:
            raise Wrong(f"'{' '.join(command)}' never came through")
    if not failed and not ONLY and WHAT == "allocation":
        raise Wrong(f"'{' '.join(command)}' never failed: nothing was injected")
    return tried, failed


def main():
    """One command"""
    undo, command = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as directory:
        tried, failed = each(undo, command, directory + "/met")
    print(f"{tried} {WHAT}s, {failed} failures: {' '.join(command[1:])}")


if __name__ == "__main__":
    main()
