#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare instructions a frame with the baseline.

Usage: gate.py [--update] RESULT... BASELINE

What counts is (vsw - floor) / (bridge-vlan - floor), both of one run: a new
compiler or kernel moves both. It repeats to some hundredths. The floor of the fast
path is a program that only redirects. Of several results of a workload the best one
counts.
"""

import json
import sys

# Chains of hashes, the bridge's too, differ with their secrets, and so from boot to
# boot; and which of many flows have one place.
TOLERANCE = 0.05
LOOSE = {"access-1000 by vsw": 0.25}

FLOORS = {"vsw": "floor", "vsw-xdp": "xdp-redirect"}


def ratios(path):
    """Of each workload in a result of measure.py"""
    with open(path, encoding="ascii") as file:
        result = json.load(file)
    # Frames that the fast path has passed on are not its own.
    cost = {(r["workload"], r["contestant"]): r["median"]
            for r in result["results"] if not r["passed"]}

    def above(workload, contestant, floor):
        return (cost[workload, contestant] - cost.get((workload, floor), 0))

    found = {}
    for workload, contestant in cost:
        if contestant in FLOORS:
            found[f"{workload} by {contestant}"] = round(
                above(workload, contestant, FLOORS[contestant]) /
                above(workload, "bridge-vlan", "floor"), 4)
    return result["kernel"], found


def main(arguments):
    """See above"""
    update = arguments[:1] == ["--update"]
    *results, baseline = arguments[update:]
    kernel, now = ratios(results[0])
    for result in results[1:]:
        for workload, ratio in ratios(result)[1].items():
            now[workload] = min(ratio, now.get(workload, ratio))
    if update:
        with open(baseline, "w", encoding="ascii") as file:
            json.dump({"kernel": kernel, "part of bridge-vlan": now}, file,
                      indent=1)
            file.write("\n")
        return 0
    with open(baseline, encoding="ascii") as file:
        base = json.load(file)
    if base["kernel"] != kernel:
        print(f"# the baseline is of {base['kernel']}, this is {kernel}")
    missing = base["part of bridge-vlan"].keys() - now.keys()
    for workload in sorted(missing):
        print(f"not ok - instructions of {workload}: none were counted")
    failed = bool(missing)
    for workload, ratio in now.items():
        wanted = base["part of bridge-vlan"].get(workload, 0)
        tolerance = LOOSE.get(workload, TOLERANCE)
        bad = ratio > wanted * (1 + tolerance)
        failed |= bad
        print(f"{'not ok' if bad else 'ok'} - instructions of {workload}: "
              f"{ratio:.3f} of the bridge's, was {wanted:.3f}")
        if ratio < wanted * (1 - tolerance):
            print("# better than the baseline: selftests/bench/gate.sh "
                  "--update keeps it so")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
