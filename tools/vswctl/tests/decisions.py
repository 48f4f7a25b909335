#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the schemas of vswctl explain and vswctl trace take, and what they do not.

Usage: decisions.py DIRECTORY		where they are; prints KTAP

selftests/explain.py holds real output against them.
"""
import copy
import json
import pathlib
import sys

import jsonschema

EXPLAIN = {
    "port": "a", "switch": 4, "switch-name": "vsw0",
    "src": "02:00:00:00:00:0a", "dst": "02:00:00:00:00:99",
    "ethertype": 2048, "vid": 100, "pcp": 0,
    "steps": [
        {"step": "receive", "result": "ok", "text": "from a"},
        {"step": "classify", "result": "ok", "reason": "untagged",
         "vid": 100, "text": "the PVID of the port"},
        {"step": "admit", "result": "ok", "reason": "member", "text": "is"},
        {"step": "learn", "result": "kept", "text": "known"},
        {"step": "look-up", "result": "flood", "reason": "unknown"},
        {"step": "deliver", "result": "skipped", "reason": "same-port",
         "port": "a"},
        {"step": "deliver", "result": "skipped", "reason": "no-flood",
         "port": "vsw0"},
        {"step": "deliver", "result": "untagged", "port": "db1", "via": "pf",
         "vf": 3}],
    "result": "delivered", "delivered": 1}
DROPPED = EXPLAIN | {
    "steps": EXPLAIN["steps"][:1] + [
        {"step": "classify", "result": "dropped", "reason": "frame-type"}],
    "tag": {"vid": 4095, "pcp": 7}, "vid": 0, "len": 64,
    "result": "dropped", "delivered": 0, "reason": "frame-type",
    "where": "a", "direction": "rx"}
NIC = EXPLAIN | {
    "steps": [{"step": "nic", "result": "dropped", "reason": "nic-tag"}],
    "result": "dropped", "delivered": 0, "reason": "nic-tag"}
TRACE = {
    "time": 1764132167.000000001, "port": "a", "netns": 4026531840,
    "switch": 4, "src": "02:00:00:00:00:0a", "dst": "02:00:00:00:00:99",
    "ethertype": 34997, "len": 60, "vid": 100, "missing": 0,
    "steps": [
        {"step": "receive", "result": "ok"},
        {"step": "classify", "result": "ok", "reason": "untagged",
         "vid": 100},
        {"step": "admit", "result": "ok", "reason": "member"},
        {"step": "learn", "result": "learned"},
        {"step": "look-up", "result": "found"},
        {"step": "deliver", "result": "tagged", "port": "u"}],
    "result": "delivered"}
LISTENERS = TRACE | {
    "steps": [{"step": "receive", "result": "listeners",
               "reason": "link-local"}], "vid": 0, "result": "listeners"}


def changed(document, *path):
    """A copy in which the last of @path stands where the others lead to"""
    document = copy.deepcopy(document)
    place = document
    *way, key, value = path
    for part in way:
        place = place[part]
    place[key] = value
    return document


def without(document, *path):
    """A copy without that"""
    document = changed(document, *path, None)
    place = document
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return document


def bad_of_both(good):
    """What is wrong, whoever says so"""
    for key in ("port", "dst", "steps", "result", "vid", "ethertype"):
        yield f"no {key}", without(good, key)
    yield "unknown key", changed(good, "colour", "red")
    yield "no MAC address", changed(good, "dst", "02:00:00:00:00")
    yield "no VLAN", changed(good, "vid", 5000)
    yield "a number as text", changed(good, "switch", "4")
    yield "unknown result", changed(good, "result", "lost")
    yield "dropped without reason", changed(good, "result", "dropped")
    yield "a reason, and delivered", changed(good, "reason", "same-port")
    yield "half a tag", changed(good, "tag", {"vid": 5})
    yield "unknown step", changed(good, "steps", 0, "step", "forward")
    yield "a step without result", without(good, "steps", 0, "result")
    yield "result of another step", changed(good, "steps", 0, "result",
                                            "learned")
    yield "reason of another step", changed(good, "steps", 1, "reason",
                                            "member")
    yield "a reason where is none", changed(good, "steps", 3, "reason", "new")
    yield "a drop without reason", changed(
        good, "steps", 3, {"step": "learn", "result": "dropped"})
    yield "unknown reason of a drop", changed(
        good, "steps", 3, {"step": "learn", "result": "dropped",
                           "reason": "bored"})
    yield "delivered to nobody", without(good, "steps", -1, "port")
    yield "unknown key of a step", changed(good, "steps", 0, "why", "x")


def bad_explain():
    """What only an explanation can have wrong"""
    yield "delivered to none", changed(EXPLAIN, "delivered", 0)
    yield "dropped, and delivered", changed(DROPPED, "delivered", 1)
    yield "no steps", changed(EXPLAIN, "steps", [])
    yield "where without direction", without(DROPPED, "direction")
    yield "direction without where", without(DROPPED, "where")
    yield "a NIC that knows our reasons", changed(
        NIC, "steps", 0, "reason", "same-port")
    yield "admitted without reason", without(EXPLAIN, "steps", 2, "reason")
    yield "VF without uplink", without(EXPLAIN, "steps", -1, "via")


def bad_trace():
    """What only a trace can have wrong"""
    yield "no time", without(TRACE, "time")
    yield "text for people", changed(TRACE, "steps", 0, "text", "x")
    yield "a NIC", changed(TRACE, "steps", 0, {"step": "nic", "result": "ok"})
    yield "skipped", changed(TRACE, "steps", 5, {
        "step": "deliver", "result": "skipped", "reason": "no-flood",
        "port": "a"})


def cases(directory):
    """Whether each is as it should be, and what it is"""
    validators = {}
    for name in ("explain", "trace"):
        text = (directory / f"{name}.json").read_text(encoding="utf-8")
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name] = jsonschema.Draft202012Validator(schema)
    explain, trace = validators["explain"], validators["trace"]
    for what, good in (("delivered", EXPLAIN), ("dropped", DROPPED),
                       ("by a NIC", NIC)):
        yield explain.is_valid([good]), f"explain: {what}"
    for what, good in (("delivered", TRACE), ("listeners", LISTENERS)):
        yield trace.is_valid(good), f"trace: {what}"
    for what, bad in (*bad_of_both(EXPLAIN), *bad_explain()):
        yield not explain.is_valid([bad]), f"explain: not {what}"
    yield not explain.is_valid(EXPLAIN), "explain: not without an array"
    yield not explain.is_valid([]), "explain: not nothing"
    for what, bad in (*bad_of_both(TRACE), *bad_trace()):
        yield not trace.is_valid(bad), f"trace: not {what}"


def main():
    """KTAP"""
    results = list(cases(pathlib.Path(sys.argv[1])))
    print(f"KTAP version 1\n1..{len(results)}")
    for number, (good, what) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} {what}")
    sys.exit(not all(good for good, _ in results))


if __name__ == "__main__":
    main()
