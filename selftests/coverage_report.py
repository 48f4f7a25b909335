#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Which lines of the module nothing has run, and why.

Usage: coverage_report.py REASONS GCOV.json.gz...

GCOV is what "gcov --json-format" has written of the sources. REASONS has a line for
each function of which some line is not run, "FILE:FUNCTION REASON", where "*" stands
for all functions of a file. Prints for each source how many lines were run and which
were not, each with its function and reason, and the reasons that no line has needed:
one that is never needed is none. At the end come the part of the lines
that were run, in percent, and how many of the others nobody has given a reason for;
the exit status is 1 if the first is less than 90, or if the others are more than one
in a hundred of all.
"""
import gzip
import json
import pathlib
import sys

# What documentation promises
LEAST_PERCENT = 90
# The kernel's macros make functions of them.
GENERATED = ("trace.h",)
# Failures are injected at random: another run misses other lines.
MOST_UNKNOWN_PERCENT = 1


def read_reasons(path):
    """{FILE:FUNCTION: reason}"""
    reasons = {}
    for line in pathlib.Path(path).read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            place, _, reason = line.partition(" ")
            reasons[place] = reason.strip()
    return reasons


def function_at(functions, number):
    return next((function["name"] for function in functions
                 if function["start_line"] <= number <= function["end_line"]), "-")


def read_lines(paths):
    """{FILE: {number: (was it run?, function)}}, of sources and of what is inline"""
    sources = {}
    for path in paths:
        with gzip.open(path) as file:
            data = json.load(file)
        for source in data["files"]:
            place = pathlib.PurePath(source["file"])
            if place.parent.name != "kmod" or place.name in GENERATED:
                continue
            lines = sources.setdefault(place.name, {})
            for line in source["lines"]:
                number = line["line_number"]
                run, _ = lines.get(number, (False, ""))
                lines[number] = (run or line["count"] > 0,
                                 function_at(source["functions"], number))
    return sources


def main():
    reasons = read_reasons(sys.argv[1])
    top = pathlib.Path(__file__).resolve().parent.parent
    run = total = unknown = 0
    needed = set()
    for name, lines in sorted(read_lines(sys.argv[2:]).items()):
        text = (top / "kmod" / name).read_text(encoding="utf-8").splitlines()
        done = sum(was_run for was_run, _ in lines.values())
        run, total = run + done, total + len(lines)
        print(f"{name} {done} of {len(lines)}")
        for number, (was_run, function) in sorted(lines.items()):
            if was_run:
                continue
            place = f"{name}:{function}"
            if place not in reasons:
                place = f"{name}:*"
            needed.add(place)
            reason = reasons.get(place)
            unknown += not reason
            print(f"  {number} {function}: {text[number - 1].strip()}"
                  f" ({reason or 'NO REASON'})")
    for place in sorted(set(reasons) - needed):
        print(f"not needed: {place} {reasons[place]}")
    percent = 100 * run / total
    print(f"{run} of {total} lines, {percent:.1f} %; {unknown} of the others without "
          "reason")
    return percent < LEAST_PERCENT or unknown > total * MOST_UNKNOWN_PERCENT / 100


if __name__ == "__main__":
    sys.exit(main())
