#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What has passed and failed in the logs of a soak, which are those of make check.

Usage: results.py LOG...	the last line is "N passed, N failed", and the exit
				status is 1 if anything has failed
"""
import re
import sys

JOB = re.compile(r"# ([a-z]+), on kernel (\S+)$")
RESULT = re.compile(r"# ([a-z]+): (\d+) passed, (\d+) failed in (\d+) s$")
# Nothing was run, or it died before it could say what has failed.
ENDED = re.compile(r"# ended with status [1-9]\d*: ")


def read_results(lines):
    """(kernel, test, passed, failed, seconds) of each job"""
    kernel = "?"
    for line in lines:
        match = JOB.match(line)
        if match:
            kernel = match.group(2)
        match = RESULT.match(line)
        if match:
            yield kernel, match.group(1), *map(int, match.groups()[1:])


def count(logs):
    """How many have passed and failed in {name: lines}, and what is said of that"""
    passed = failed = 0
    said = []
    for name, lines in logs.items():
        results = list(read_results(lines))
        good = sum(result[2] for result in results)
        passed += good
        failed += max(sum(result[3] for result in results),
                      sum(bool(ENDED.match(line)) for line in lines))
        if not good:
            said.append(f"# FAIL: nothing has passed in {name}")
            failed += 1
    return passed, failed, said


def read_log(name):
    """Its lines"""
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def main():
    """See above"""
    passed, failed, said = count({name: read_log(name) for name in sys.argv[1:]})
    print(*said, f"{passed} passed, {failed} failed", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
