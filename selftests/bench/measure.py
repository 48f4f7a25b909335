#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Measure the contestants, in the kernel where this runs.

Usage: measure.py [--rounds N] [--ms N | --frames N] [--slice N] [--exact]
                  [--only NAME[,NAME]] [--contestants NAME[,NAME]] OUT

OUT is where the JSON goes. All contestants of a workload are up at the same time
and measured in turns, so that a busy machine hits them alike.
"""

import argparse
import itertools
import json
import os
import sys
import time

import contestants
import workloads


def shape(contestant, workload):
    """Choose what is sent, and have each address heard once."""
    contestants.meter(
        f"shape prefix={contestant.prefix} ports={workload['ports']} "
        f"pairs={workload['pairs']} vid={workload['vid']} "
        f"vlans={workload['vlans']} size={workload['size']} "
        f"kind={workload['kind']} tag={workload['tag']} "
        f"pages={workload['pages']} tcp={workload['tcp']}")
    contestants.meter("prime")


def measure_once(contestant, workload, how, first):
    """One round of one contestant"""
    if first and workload["others"]:
        shape(contestant, {**workload, "kind": "storm"})
        contestants.meter(f"run ms=0 frames={workload['others']} slice=4096")
    shape(contestant, workload)
    if first and "ovs" in contestant.name:
        # Its daemon makes a flow of the first frame of each pair.
        time.sleep(1)
        contestants.meter("prime")
        time.sleep(1)
    frames, piece = how.frames, how.slice
    if how.exact and workload["kind"] == "unicast":
        # Each pair of addresses sends often, and what it does first is the least.
        frames *= 8
    if workload["kind"] == "storm":
        # Each frame leaves an entry behind.
        frames, piece = min(frames or 32768, 32768), min(piece, 4096)
    if workload["copies"] >= 8:
        piece = min(piece, 1024)
    contestants.meter(f"run ms={how.ms} frames={frames} slice={piece}")
    with open("/proc/vsw_bench", encoding="ascii") as proc:
        return json.load(proc)


def combine(rounds, copies):
    """The rounds of one contestant as one result, in ns"""
    frames = sum(r["frames"] for r in rounds)
    delivered = sum(r["delivered"] for r in rounds)
    medians = sorted(r["median"] for r in rounds)
    return {
        "best": min(r["best"] for r in rounds) / 1000,
        "median": medians[len(medians) // 2] / 1000,
        "worst": max(r["worst"] for r in rounds) / 1000,
        "frames": frames,
        "lost": sum(r["lost"] for r in rounds),
        "passed": sum(r["passed"] for r in rounds),
        # A contestant that loses frames is not fast.
        "complete": delivered >= frames * copies * 0.9999,
    }


def measure_topology(shape, group, how):
    """All workloads of one topology"""
    field = []
    for number, cls in enumerate(contestants.CONTESTANTS):
        if not cls.knows(shape):
            continue
        if how.contestants and cls.name not in how.contestants:
            continue
        field.append(cls(f"b{number}x", shape))
    for contestant in field:
        contestant.up()
    results = []
    for workload in group:
        able = [c for c in field if workloads.takes_part(c, workload)]
        rounds = {c.name: [] for c in able}
        for number in range(how.rounds):
            for contestant in able:
                rounds[contestant.name].append(
                    measure_once(contestant, workload, how, number == 0))
        for contestant in able:
            copies = 1 if contestant.name == "floor" else workload["copies"]
            result = combine(rounds[contestant.name], copies)
            results.append({"workload": workload["name"],
                            "contestant": contestant.name, **result})
            print(f"{workload['name']:28} {contestant.name:12} "
                  f"{result['best']:10.1f} {result['median']:10.1f} ns"
                  f"{'' if result['complete'] else '  LOSES FRAMES'}"
                  f"{'  BY SKB' if result['passed'] else ''}",
                  flush=True)
    for contestant in reversed(field):
        contestant.down()
    return results


def main():
    """See above"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ms", type=int, default=300)
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--slice", type=int, default=16384)
    parser.add_argument("--exact", action="store_true",
                        help="where each run gives the same: few frames, once")
    parser.add_argument("--only", default="")
    parser.add_argument("--contestants", default="")
    parser.add_argument("out")
    how = parser.parse_args()
    if how.exact:
        how.frames, how.slice, how.rounds = 2048, 256, 1
    how.contestants = [n for n in how.contestants.split(",") if n]
    only = [n for n in how.only.split(",") if n]
    todo = [w for w in workloads.WORKLOADS if not only or w["name"] in only]

    results = []
    # To learn a million addresses would take a machine that counts an hour.
    todo = [w for w in todo if not (how.exact and w["others"])]
    for key, group in itertools.groupby(todo, workloads.topology):
        results += measure_topology(dict(zip(workloads.TOPOLOGY, key)),
                                    list(group), how)
    with open(how.out, "w", encoding="ascii") as out:
        json.dump({"kernel": os.uname().release, "results": results}, out,
                  indent=1)
        out.write("\n")
    # The daemon of Open vSwitch may drop what it has no flow for yet.
    return 0 if all(r["complete"] for r in results
                    if "ovs" not in r["contestant"]) else 1


if __name__ == "__main__":
    sys.exit(main())
