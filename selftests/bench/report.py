#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make a table, pictures and a verdict of what was measured.

Usage: report.py DIRECTORY

DIRECTORY has native.json and exact.json, or one of them, of measure.py, and
control.json, tcp.json, tap.json and vms.json of the others if they ran. Written there:
report.md and *.svg. The exit status is 1 when a target is missed.
"""

import json
import os
import sys

import matplotlib

matplotlib.use("svg")
# pylint: disable=wrong-import-position
from matplotlib import pyplot  # noqa: E402

# The same picture has the same bytes.
matplotlib.rcParams["svg.hashsalt"] = "vsw"

UNITS = {"native": "ns of CPU time a frame", "exact": "instructions a frame"}
ORDER = ["floor", "limit-xmit", "limit-queue", "mirred", "xdp-floor",
         "xdp-redirect", "bridge", "bridge-vlan", "ovs-normal", "ovs-flows", "vsw",
         "vsw-xdp"]
# Names: tc mirred and the limits are no switches.
SWITCHES = ["bridge", "bridge-vlan", "ovs-normal", "ovs-flows", "vsw"]
# What may be between two runs of TCP on the exact meter
NOISE = 0.01
# Rates of configuration are measured once.
TIME_NOISE = 0.1
# Instructions: what is between two runs from tap to tap
TAP_NOISE = 50
KINDS = ("access", "trunk-meta", "trunk-frame")
UNICAST = [f"{kind}-{pairs}" for kind in KINDS for pairs in (1, 1000)]
FAST = ["pages-access-1", "pages-access-tcp", "pages-access-1500-tcp",
        "pages-trunk-meta-1", "pages-trunk-frame-1"]
# In the emulated machine the fast path has 8 ports at most.
FAST_NATIVE = ["pages-ports-64"]


class Results:
    """What one meter found"""

    def __init__(self, meter, data):
        self.meter = meter
        self.kernel = data["kernel"]
        self.value = {}
        self.spread = {}
        self.broken = set()
        self.by_skb = set()
        self.workloads = []
        for row in data["results"]:
            key = row["workload"], row["contestant"]
            # A busy machine makes a sample slower and never faster.
            self.value[key] = row["best" if meter == "native" else "median"]
            self.spread[key] = row["median"] / row["best"] - 1 if row["best"] else 0
            if not row["complete"]:
                self.broken.add(key)
            if row["passed"]:
                self.by_skb.add(key)
            if row["workload"] not in self.workloads:
                self.workloads.append(row["workload"])

    def get(self, workload, contestant):
        """A cost, or None if it was not measured or frames were lost"""
        key = workload, contestant
        return None if key in self.broken else self.value.get(key)


class Verdict:
    """The targets"""

    def __init__(self):
        self.lines = []
        self.missed = 0

    def check(self, what, value, limit):
        """value must not be above the limit; None is what was not measured"""
        self.add(what, "not measured" if value is None else f"{value:.2f}",
                 f"{limit:.2f}", value is not None and value <= limit)

    def at_least(self, what, value, limit):
        """value must not be below the limit"""
        self.add(what, f"{value:,.0f}", f"at least {limit:,.0f}", value >= limit)

    def add(self, what, value, limit, good):
        """A line"""
        self.missed += not good
        self.lines.append(f"| {what} | {value} | {limit} | "
                          f"{'pass' if good else '**MISSED**'} |")


def ratio(results, workload, other, base=None, contestant="vsw"):
    """vsw's cost as part of another's, both above a base. Who loses frames has
    no cost: nothing can be said against him, and vsw misses its target."""
    mine, theirs = (results.get(workload, name) for name in (contestant, other))
    if (workload, contestant) in results.broken:
        return float("inf")
    if mine is None or theirs is None:
        return None
    floor = results.get(workload, base) if base else 0
    return (mine - (floor or 0)) / (theirs - (floor or 0))


def those(results, names):
    """Of these workloads, those that somebody wanted to have measured"""
    return [name for name in names if name in results.workloads]


def fast_targets(results, verdict):
    """The fast path: three times as many frames as the bridge"""
    for name in those(results, FAST + FAST_NATIVE * (results.meter == "native")):
        value = ratio(results, name, "bridge-vlan", contestant="vsw-xdp")
        if (name, "vsw-xdp") in results.by_skb:
            value = float("inf")
        verdict.check(f"{name} ({results.meter}): vsw-xdp as part of "
                      "bridge-vlan", value, 1 / 3)


def native_targets(results, verdict):
    """Nanoseconds"""
    unicast = those(results, UNICAST)
    for name in unicast:
        verdict.check(f"{name}: part of bridge-vlan", ratio(
            results, name, "bridge-vlan"), 0.55)
    # To as many devices as there are ports: a bare redirect is not flat in those.
    for name in those(results, [*UNICAST, "ports-64", "ports-1000"]):
        mine, limit = (results.get(name, c) for c in ("vsw", "limit-queue"))
        verdict.check(f"{name}: ns above a bare redirect",
                      mine - limit if mine and limit else None, 15)
    for name in those(results, [f"{kind}-10000" for kind in KINDS]):
        verdict.check(f"{name}: part of bridge-vlan", ratio(
            results, name, "bridge-vlan"), 0.4)
    for name in unicast:
        for other in ("ovs-normal", "ovs-flows"):
            verdict.check(f"{name}: part of {other}",
                          ratio(results, name, other), 1 / 3)
    flat(results, verdict, "vlans-4094-1", "trunk-meta-1")
    flat(results, verdict, "vlans-4094-10000", "trunk-meta-10000")
    flat(results, verdict, "ports-64", "access-64")
    # Plus what the caches of the machine miss
    flat(results, verdict, "access-10000-of-million", "access-10000", 1.5)


def flat(results, verdict, many, few, limit=1.15):
    """The number of VLANs, ports or entries makes no difference"""
    if many in results.workloads and few in results.workloads:
        mine, base = (results.get(name, "vsw") for name in (many, few))
        verdict.check(f"{many}: as multiple of {few}",
                      mine / base if mine and base else None, limit)


def exact_targets(results, verdict):
    """Instructions"""
    for name in those(results, UNICAST):
        verdict.check(f"{name}: instructions, part of mirred's",
                      ratio(results, name, "mirred", "floor"), 1)
        verdict.check(f"{name}: instructions, part of bridge-vlan's",
                      ratio(results, name, "bridge-vlan", "floor"), 0.36)
    for name in those(results, [f"{kind}-10000" for kind in KINDS] +
                      ["vlans-4094-1", "ports-64", "ports-1000"]):
        verdict.check(f"{name}: instructions, part of mirred's",
                      ratio(results, name, "mirred", "floor"), 1)
    flat(results, verdict, "ports-1000", "access-1000")


def never_slower(results, verdict):
    """Than the bridge, anywhere"""
    for name in results.workloads:
        verdict.check(f"{name} ({results.meter}): part of the faster bridge",
                      max((r for r in (ratio(results, name, "bridge"),
                                       ratio(results, name, "bridge-vlan"))
                           if r is not None), default=None), 1)


def control_targets(control, verdict):
    """Rates and sizes, and no worse than the bridge's"""
    theirs = {row["what"]: row["value"] for row in control["results"]
              if row["contestant"] == "bridge-vlan"}
    for row in control["results"]:
        if row["contestant"] != "vsw":
            continue
        if row["what"] in theirs:
            cost = [row["value"], theirs[row["what"]]]
            if row["better"] == "more":
                cost.reverse()
            verdict.check(f"{row['what']}: cost as part of bridge-vlan's",
                          cost[0] / cost[1], 1 + TIME_NOISE)
        if "target" not in row:
            continue
        if row["better"] == "more":
            verdict.at_least(f"{row['what']} [{row['unit']}]", row["value"],
                             row["target"])
        else:
            verdict.check(f"{row['what']} [{row['unit']}]", row["value"],
                          row["target"])


def tcp_targets(rates, verdict):
    """TCP: no slower than the better of the bridges"""
    value = {(row["what"], row["contestant"]): row["value"]
             for row in rates["results"]}
    for what in dict.fromkeys(row["what"] for row in rates["results"]):
        mine = value.get((what, "vsw"))
        theirs = [value[what, name] for name in ("bridge", "bridge-vlan")
                  if (what, name) in value]
        if mine and theirs:
            verdict.check(f"{what}: the better bridge as part of vsw",
                          max(theirs) / mine, 1 + NOISE)


def tap_targets(rates, verdict):
    """Frames of guests, and those that are still to be cut: no slower than the better
    of the bridges"""
    value = {(row["what"], row["contestant"]): row["value"]
             for row in rates["results"]}
    for what in dict.fromkeys(row["what"] for row in rates["results"]):
        costs = [value.get((what, name)) for name in ("vsw", "bridge", "bridge-vlan")]
        verdict.check(f"tap, {what}: instructions above the better bridge",
                      None if None in costs else costs[0] - min(costs[1:]), TAP_NOISE)


def table(results):
    """Markdown"""
    names = [n for n in ORDER
             if any((w, n) in results.value for w in results.workloads)]
    lines = ["| workload | " + " | ".join(names) + " |",
             "|---|" + "---:|" * len(names)]
    for workload in results.workloads:
        cells = []
        for name in names:
            value = results.value.get((workload, name))
            if value is None:
                cells.append("")
            elif (workload, name) in results.broken:
                cells.append("lost frames")
            else:
                mark = "*" if (workload, name) in results.by_skb else ""
                cells.append((f"{value:,.1f}" if value < 1000 else
                              f"{value:,.0f}") + mark)
        lines.append(f"| {workload} | " + " | ".join(cells) + " |")
    if results.by_skb:
        lines.append("\n\\* passed on, and forwarded by the path of skbs")
    return "\n".join(lines) + "\n"


def spread(results):
    """How far the samples are apart"""
    widest = max(results.spread, key=results.spread.get)
    mean = sum(results.spread.values()) / len(results.spread)
    return (f"\nThe median of the samples is {mean:.1%} above the best on average, "
            f"{results.spread[widest]:.1%} at most ({', '.join(widest)}).\n")


def rate_table(rates):
    """Markdown"""
    lines = ["| what | unit | " + " | ".join(rates["contestants"]) + " |",
             "|---|---|" + "---:|" * len(rates["contestants"])]
    cells = {}
    for row in rates["results"]:
        key = row["what"], row["unit"]
        cells.setdefault(key, {})[row["contestant"]] = row["value"]
    for (what, unit), values in cells.items():
        shown = (values.get(name) for name in rates["contestants"])
        lines.append(f"| {what} | {unit} | " + " | ".join(
            "" if v is None else f"{v:,.2f}" if v < 10 else f"{v:,.0f}"
            for v in shown) + " |")
    return "\n".join(lines) + "\n"


def bars(results, path):
    """Known unicast, one pair"""
    shown = [n for n in ORDER if results.get("access-1", n)]
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    axes.barh(shown, [results.get("access-1", n) for n in shown],
              color=["#c03030" if n == "vsw" else "#808890" for n in shown])
    axes.invert_yaxis()
    axes.set_xlabel(UNITS[results.meter])
    axes.set_title("known unicast, access ports, one pair of addresses")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def lines_of_pairs(results, path):
    """The more addresses, the more memory is touched"""
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    for name in SWITCHES:
        points = [(pairs, results.get(f"access-{pairs}", name))
                  for pairs in (1, 1000, 10000, 100000)]
        points = [p for p in points if p[1]]
        if points:
            axes.plot(*zip(*points), marker="o", label=name,
                      linewidth=2.5 if name == "vsw" else 1.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("pairs of addresses")
    axes.set_ylabel(UNITS[results.meter])
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def load(directory, name, verdict):
    """What a step has found, or None. One that came to nothing is missed."""
    path = os.path.join(directory, f"{name}.json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as file:
        text = file.read()
    try:
        return json.loads(text)
    except ValueError:
        verdict.add(f"{name}.json", "not measured", "", False)
        return None


def main(directory):
    """See above"""
    verdict = Verdict()
    text = []
    for meter, targets in (("native", native_targets),
                           ("exact", exact_targets)):
        data = load(directory, meter, verdict)
        if not data:
            continue
        results = Results(meter, data)
        targets(results, verdict)
        never_slower(results, verdict)
        fast_targets(results, verdict)
        text.append(f"## {UNITS[meter]}, kernel {results.kernel}\n\n"
                    f"{table(results)}{spread(results)}")
        if results.get("access-1", "vsw"):
            bars(results, os.path.join(directory, f"{meter}-access.svg"))
            lines_of_pairs(results,
                           os.path.join(directory, f"{meter}-pairs.svg"))
    # Emulated virtual machines differ by a factor of two: of them there is no
    # verdict.
    for name, title, targets in (
            ("control", "Control plane and memory", control_targets),
            ("tcp", "TCP between two network namespaces", tcp_targets),
            ("tap", "From tap to tap", tap_targets),
            ("vms", "TCP between two virtual machines", None)):
        rates = load(directory, name, verdict)
        if not rates:
            continue
        if targets:
            targets(rates, verdict)
        text.append(f"## {title}, kernel {rates['kernel']}\n\n"
                    f"{rate_table(rates)}")
    text.append("## Targets\n\n| target | value | limit | |\n|---|---:|---:|---|\n"
                + "\n".join(verdict.lines) + "\n")
    report = "\n".join(text)
    with open(os.path.join(directory, "report.md"), "w",
              encoding="ascii") as file:
        file.write(report)
    print(report)
    print(f"{len(verdict.lines) - verdict.missed} targets met, "
          f"{verdict.missed} missed")
    return 1 if verdict.missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
