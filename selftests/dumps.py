#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Dump everything again and again while it changes. Is each dump one state?

Usage: dumps.py WHILE VSWCTL [PORT...]
       dumps.py check KIND [PORT...] <DUMP

It ends when the file WHILE is gone. PORT is there all the time. A dump of which vswctl
or bridge say that the state changed while it was read may be wrong: those are counted.
So are dumps that are refused, because the module was not there. Each line that is
printed is an error, but for the last one, which begins with "#"; it is one if of some
kind no dump was whole. The second form looks at one dump.
"""
import collections
import json
import os
import subprocess
import sys

# What there is once only, by kind of dump
KEYS = {
    "switch": ("name",),
    "port": ("name",),
    "vlan": ("port", "first"),
    "fdb": ("switch", "vid", "mac"),
    "vf": ("pf", "vf"),
    "stats": ("port",),
}
# In what bridge asks for the kernel does not tell whether devices came and went meanwhile:
# one may be missing, or be there twice. What each says of itself has to be right.
BRIDGE = "bridge vlan", "bridge fdb"
# Among so many there is a whole one of each kind.
LEAST_ROUNDS = 10


def twice(kind, objects):
    """What is there more than once"""
    keys = collections.Counter(tuple(o.get(k) for k in KEYS[kind])
                               for o in objects)
    return [f"{' '.join(map(str, key))} is there {number} times"
            for key, number in keys.items() if number > 1]


def half(kind, objects):
    """What says not what it is"""
    return [f"without {key}: {json.dumps(o)}"
            for o in objects for key in KEYS[kind] if o.get(key) is None]


def ranges(objects):
    """VLANs of a port follow each other, and one at most is the PVID."""
    wrong, last, pvids = [], {}, collections.Counter()
    for vlan in objects:
        port, first = vlan["port"], vlan["first"]
        end = vlan.get("last", first)
        if not last.get(port, 0) < first <= end <= 4094:
            wrong.append(f"{port}: {first}-{end} after {last.get(port)}")
        last[port] = end
        pvids[port] += "pvid" in vlan.get("flags", ())
    return wrong + [f"{port} has {number} PVIDs"
                    for port, number in pvids.items() if number > 1]


def entries(objects):
    """Entries are in a VLAN, and local ones those of some port."""
    return [f"no entry: {json.dumps(e)}" for e in objects
            if not 1 <= e["vid"] <= 4094 or not e.get("port")]


def bridge_errors(kind, objects):
    """All that is wrong with what bridge says"""
    if kind == "bridge vlan":
        return [line for link in objects for line in ranges(
            [{"port": link["ifname"], "first": vlan["vlan"],
              "last": vlan.get("vlanEnd", vlan["vlan"]),
              "flags": [flag.lower() for flag in vlan.get("flags", ())]}
             for vlan in link["vlans"]])]
    # Of other devices, such as the ports, it is their own filter.
    return entries([{"vid": entry.get("vlan", 0), "port": entry["mac"], **entry}
                    for entry in objects if entry["ifname"] == "vsw0"])


def errors(kind, objects, ports):
    """All that is wrong with a dump"""
    if kind in BRIDGE:
        return [f"{kind}: {line}" for line in bridge_errors(kind, objects)]
    wrong = half(kind, objects) or twice(kind, objects)
    if kind == "vlan":
        wrong += ranges(objects)
    if kind == "fdb":
        wrong += entries(objects)
    if kind in ("port", "stats"):
        there = {o.get(KEYS[kind][0]) for o in objects}
        wrong += [f"{port} is not there" for port in ports
                  if port not in there]
    return [f"{kind}: {line}" for line in wrong]


def check(kind, text, ports):
    """The same, of what vswctl has printed"""
    try:
        return errors(kind, json.loads(text), ports)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return [f"{kind}: {error!r} in {text[:200]}"]


def command(kind, vswctl):
    """What prints such a dump"""
    if kind == "bridge fdb":
        return "bridge", "-j", "fdb", "show", "br", "vsw0"
    if kind == "bridge vlan":
        return "bridge", "-j", "vlan", "show"
    return vswctl, "-j", kind, "show"


def main(arguments):
    """See above"""
    if arguments[0] == "check":
        wrong = check(arguments[1], sys.stdin.read(), arguments[2:])
        print(*wrong, sep="\n", end="\n" if wrong else "")
        return 1 if wrong else 0
    blowing, vswctl, *ports = arguments
    number, whole = collections.Counter(), collections.Counter()
    rounds, blows = 0, True
    while blows:
        blows = os.path.exists(blowing)
        rounds += 1
        for kind in (*KEYS, *BRIDGE):
            dump = subprocess.run(command(kind, vswctl), text=True,
                                  capture_output=True, check=False)
            if dump.returncode:
                number["refused"] += 1
            elif dump.stderr:
                number["changed"] += 1
            else:
                whole[kind] += 1
                for line in check(kind, dump.stdout, ports):
                    print(line)
    for kind in (*KEYS, *BRIDGE):
        if rounds >= LEAST_ROUNDS and not whole[kind]:
            print(f"{kind}: not once whole in {rounds} rounds")
    print(f"# {sum(whole.values())} dumps, {number['changed']} that changed "
          f"meanwhile, {number['refused']} refused; whole: " +
          ", ".join(f"{kind} {count}" for kind, count in whole.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
