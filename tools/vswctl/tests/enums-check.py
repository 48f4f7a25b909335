#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prove that the tables of vswctl are those of the netlink spec.

Usage: enums-check.py SPEC TABLES

SPEC is vsw.yaml, TABLES what tests/tables prints. Prints KTAP.
"""

import sys

import yaml


def spec_enums(spec):
    """The values of enums, and the bits of flags, in lines as tables has them"""
    for definition in spec["definitions"]:
        if definition["type"] not in ("enum", "flags"):
            continue
        for value, entry in enumerate(definition["entries"]):
            name = entry if isinstance(entry, str) else entry["name"]
            yield f"enum {definition['name']} {value} {name}"


def spec_type(attr):
    """How an attribute is read, and the enum or set that it is about"""
    if "enum" in attr:
        kind = "flags" if attr.get("enum-as-flags") else "enum"
        return f"{kind} {attr['enum']}"
    if attr["type"] == "nest":
        return f"nest {attr['nested-attributes']}"
    if attr.get("display-hint") == "mac":
        return "mac -"
    return f"{attr['type']} -"


def spec_attrs(spec):
    """Attributes are numbered from 1"""
    for attr_set in spec["attribute-sets"]:
        for number, attr in enumerate(attr_set["attributes"], 1):
            yield (f"attr {attr_set['name']} {number} {attr['name']} "
                   f"{spec_type(attr)}")


def spec_operations(spec):
    """A notification has the attributes of what it notifies of"""
    operations = {o["name"]: o for o in spec["operations"]["list"]}
    for number, operation in enumerate(operations.values(), 1):
        described = operations[operation.get("notify", operation["name"])]
        yield (f"operation {number} {operation['name']} "
               f"{described['attribute-set']}")


def compare(kind, want, have):
    """One KTAP line for each kind of line"""
    want = [line for line in want if line.startswith(kind)]
    have = [line for line in have if line.startswith(kind)]
    for line in want:
        if line not in have:
            print(f"# the spec has, vswctl has not: {line}")
    for line in have:
        if line not in want:
            print(f"# vswctl has, the spec has not: {line}")
    return want == have and bool(want)


def main():
    """Compare both lists"""
    spec_path, tables_path = sys.argv[1:]
    with open(spec_path, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    with open(tables_path, encoding="utf-8") as file:
        have = file.read().splitlines()
    want = [*spec_enums(spec), *spec_attrs(spec), *spec_operations(spec)]
    failed = 0
    print("KTAP version 1\n1..3")
    for number, kind in enumerate(("enum", "attr", "operation"), 1):
        same = compare(kind, want, have)
        failed += not same
        print(f"{'ok' if same else 'not ok'} {number} {kind} as in the spec")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
