#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write what nlfuzz.c knows of the family, as C tables: from the netlink spec.

Usage: schema.py >schema.h
"""

import pathlib

import yaml

SPEC = (pathlib.Path(__file__).resolve().parents[2] /
        "Documentation/netlink/specs/vsw.yaml")
KINDS = {"u8": "KIND_U8", "u16": "KIND_U16", "u32": "KIND_U32", "uint": "KIND_UINT",
         "string": "KIND_STRING", "binary": "KIND_BINARY", "nest": "KIND_NEST"}
# The attribute that holds those of another operation
INNER = ("entry", "attrs")
# They hold the number of a net device.
INDICES = ("ifindex", "switch", "pf")
# What requests are about, and of which there mostly is one: attributes, with the names
# that do for it
SWITCHES, PORTS = ("vsw0", "vsw0", "vsw0", "vsw1"), ("a", "b", "v0", "testpf")
NAMED = {
    "switch-get": {"ifindex": SWITCHES},
    "switch-new": {"name": ("vsw1", "vsw1", "vsw2", "vsw0")},
    "switch-set": {"ifindex": SWITCHES},
    "switch-del": {"ifindex": SWITCHES},
    "port-get": {"name": PORTS},
    "port-new": {"switch": SWITCHES, "name": ("c", "w", "v1", "a"),
                 "ifindex": ("c", "d", "a", "br0")},
    "port-set": {"name": PORTS},
    "port-del": {"name": PORTS},
    "vlan-new": {"port": PORTS, "first": ()},
    "vlan-del": {"port": PORTS, "first": ()},
    "fdb-get": {"switch": SWITCHES, "mac": (), "vid": ()},
    "fdb-new": {"port": PORTS, "mac": (), "vid": ()},
    "fdb-del": {"switch": SWITCHES, "mac": (), "vid": ()},
    "fdb-flush": {"switch": SWITCHES},
}


def c_name(*words):
    """As the header of the family has it"""
    return "_".join(("VSW",) + words).upper().replace("-", "_")


def prefix(name):
    """Of the attributes of a set"""
    return c_name("A", name)


class Spec:
    """The spec, and the tables that follow from it"""

    def __init__(self):
        with open(SPEC, encoding="utf-8") as file:
            spec = yaml.safe_load(file)
        self.definitions = {d["name"]: d for d in spec["definitions"]}
        self.sets = {s["name"]: s for s in spec["attribute-sets"]}
        self.operations = [o for o in spec["operations"]["list"]
                           if "do" in o or "dump" in o]

    def highest(self, attribute):
        """The highest value that means something, or 0: nobody has said"""
        checks = attribute.get("checks", {})
        limit = checks.get("max", checks.get("max-len", checks.get("exact-len", 0)))
        if isinstance(limit, str):
            limit = self.definitions[limit]["value"]
        if "enum" in attribute:
            entries = self.definitions[attribute["enum"]]["entries"]
            limit = len(entries) - 1
            if attribute.get("enum-as-flags"):
                limit = (1 << len(entries)) - 1
        return limit

    def attributes(self, name):
        """The table of a set"""
        print(f"static const struct attribute set_{name}[] = {{")
        for attribute in self.sets[name]["attributes"]:
            kind = KINDS[attribute["type"]]
            if (name, attribute["name"]) == INNER:
                kind = "KIND_INNER"
            elif attribute["type"] == "u32" and attribute["name"] in INDICES:
                kind = "KIND_IFINDEX"
            words = [f".type = {prefix(name)}_{c_name(attribute['name'])[4:]}",
                     f".kind = {kind}", f".max = {self.highest(attribute)}"]
            if "nested-attributes" in attribute:
                words.append(f".nest = SET_{c_name(attribute['nested-attributes'])[4:]}")
            if attribute.get("multi-attr"):
                words.append(".many = true")
            print("\t{ " + ", ".join(words) + " },")
        print("};\n")

    def operation(self, operation):
        """Its row, and the attributes that a request may have"""
        name = operation["name"]
        own = [a["name"] for a in self.sets[operation["attribute-set"]]["attributes"]]
        asked = []
        for how in ("do", "dump"):
            request = (operation.get(how) or {}).get("request") or {}
            asked += [a for a in request.get("attributes", ()) if a not in asked]
        numbers = ", ".join(str(own.index(a)) for a in asked)
        named = ", ".join(
            f"{{ {own.index(attribute)}, {{ " +
            ", ".join(f'"{name}"' for name in names) + " } }"
            for attribute, names in NAMED.get(name, {}).items())
        print(f"\t{{ .cmd = {c_name('CMD', name)}, "
              f".set = SET_{c_name(operation['attribute-set'])[4:]}, "
              f".can_do = {int('do' in operation)}, "
              f".can_dump = {int('dump' in operation)},\n"
              f"\t  .named = {{ {named} }}, .named_count = {len(NAMED.get(name, ()))},\n"
              f"\t  .asked = {{ {numbers} }}, .asked_count = {len(asked)} }},")


def main():
    """All tables"""
    spec = Spec()
    print("/* Written by schema.py from the netlink spec of the family. */")
    print("enum {")
    for name in spec.sets:
        print(f"\tSET_{c_name(name)[4:]},")
    print("\tSET_COUNT,\n};\n")
    for name in spec.sets:
        spec.attributes(name)
    print("static const struct attribute_set sets[SET_COUNT] = {")
    for name in spec.sets:
        print(f"\t[SET_{c_name(name)[4:]}] = {{ set_{name}, "
              f"sizeof(set_{name}) / sizeof(set_{name}[0]) }},")
    print("};\n")
    print("static const struct operation operations[] = {")
    for operation in spec.operations:
        spec.operation(operation)
    print("};\n")
    entries = spec.definitions["batch-op"]["entries"]
    names = [e if isinstance(e, str) else e["name"] for e in entries]
    commands = ", ".join(c_name("CMD", name) for name in names)
    print("/* By the value of VSW_A_ENTRY_OP */")
    print(f"static const unsigned char batch_commands[] = {{ {commands} }};")


if __name__ == "__main__":
    main()
