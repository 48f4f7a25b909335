#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a soak has found: report.md, and pictures of memory and rates over time.

Usage: report.py DIRECTORY SEED

DIRECTORY has frames.log and tests.log of soak.sh. The last line that is printed is
"N passed, N failed", and the exit status 1 if anything failed.
"""

import re
import sys

import matplotlib

from results import ENDED, count, read_log, read_results
from samples import growth, read_samples

matplotlib.use("svg")
# pylint: disable=wrong-import-position
from matplotlib import pyplot  # noqa: E402

# The same picture has the same bytes.
matplotlib.rcParams["svg.hashsalt"] = "vsw"

# To compare a third of the time with another one
LEAST_SAMPLES = 6
TROUBLE = re.compile(r"^(not ok|# FAIL|vsw: (guest|trouble))|" + ENDED.pattern)


def draw(path, points, label, title):
    """One line over the hours"""
    figure, axes = pyplot.subplots(figsize=(8, 3))
    axes.plot([hour for hour, _ in points], [value for _, value in points])
    axes.set_xlabel("hours")
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    axes.set_title(title)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def rates(samples):
    """Frames a second between two samples"""
    for (since, before, _), (until, after, _) in zip(samples, samples[1:]):
        if until > since:
            yield until / 3600, (after - before) / (until - since)


def write_frames(report, samples, directory):
    """Memory must not grow once the first configurations have been through."""
    if len(samples) < 2:
        report.write("There were too few samples to draw.\n\n")
        return
    more = growth(samples)
    if more:
        report.write(f"**Memory grows**, by {more:.0f} KiB more than it "
                     "should from the second third to the last.\n\n")
    draw(directory + "/memory.svg", [(s / 3600, kib / 1024) for s, _, kib in samples],
         "MiB", "slab that cannot be reclaimed, and per-CPU memory")
    draw(directory + "/rate.svg", list(rates(samples)), "frames/s",
         "frames through the switch and the bridge")
    third = samples[len(samples) // 3]
    seconds, frames, kib = samples[-1]
    report.write(f"{frames} frames in {seconds} s. Memory at a third of the time "
                 f"{third[2]} KiB, at the end {kib} KiB.\n\n"
                 "![memory](memory.svg)\n\n![rate](rate.svg)\n\n")


def write_tests(report, results):
    """A line for each kernel and test"""
    report.write("| kernel | test | runs | passed | failed | seconds |\n|---|---|---|---|---|---|\n")
    for key in sorted({result[:2] for result in results}):
        rows = [result[2:] for result in results if result[:2] == key]
        passed, failed, seconds = map(sum, zip(*rows))
        report.write(f"| {key[0]} | {key[1]} | {len(rows)} | {passed} | {failed} | {seconds} |\n")


def main():
    """The report"""
    directory, seed = sys.argv[1:]
    logs = {f"{lane}.log": read_log(f"{directory}/{lane}.log")
            for lane in ("frames", "tests")}
    lines = [line for log in logs.values() for line in log]
    samples = list(read_samples(logs["frames.log"]))
    with open(directory + "/report.md", "w", encoding="utf-8") as report:
        report.write(f"# Soak, seed {seed}\n\n")
        write_frames(report, samples, directory)
        write_tests(report, [result for log in logs.values()
                             for result in read_results(log)])
        report.write("\n" + "".join(f"- `{line}`\n" for line in lines
                                    if TROUBLE.match(line)))
    with open(directory + "/report.md", encoding="utf-8") as report:
        print(report.read())
    passed, failed, said = count(logs)
    for line in said:
        print(line)
    if len(samples) < LEAST_SAMPLES:
        print(f"# FAIL: {len(samples)} samples do not tell whether memory grows")
        failed += 1
    failed += growth(samples) > 0
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
