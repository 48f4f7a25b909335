#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the JSON schemas of what "vswctl -j OBJECT show", "vswctl -j explain" and
"vswctl -j trace" print.

Usage: generate.py [--check]

They follow from the netlink spec, because the keys are its attributes; and the
reasons of drops, which "explain" and "trace" tell, are its, too. With
--check nothing is written; it tells whether they are fresh, in KTAP.
"""

import json
import pathlib
import sys

import yaml

import decisions

HERE = pathlib.Path(__file__).resolve().parent
SPEC = HERE.parents[2] / "Documentation/netlink/specs/vsw.yaml"
OBJECTS = ("switch", "port", "vlan", "fdb", "vf", "stats", "version")
# Printed as booleans: u8 of 0 and 1
NUMBERS = ("pcp", "wanted-pcp")
BITS = {"u8": 8, "u16": 16, "u32": 32, "uint": 64}
MAC = "^([0-9a-f]{2}:){5}[0-9a-f]{2}$"


class Spec:
    """The spec, and schemas that follow from it"""

    def __init__(self):
        with open(SPEC, encoding="utf-8") as file:
            spec = yaml.safe_load(file)
        self.definitions = {d["name"]: d for d in spec["definitions"]}
        self.sets = {s["name"]: s for s in spec["attribute-sets"]}
        self.operations = {o["name"]: o for o in spec["operations"]["list"]}

    def reply(self, name):
        """Attributes that the kernel answers with"""
        operation = self.operations[f"{name}-get"]
        mode = operation.get("dump") or operation["do"]
        return mode["reply"]["attributes"]

    def names(self, enum):
        """One of these strings"""
        entries = self.definitions[enum]["entries"]
        return {"type": "string", "enum": [e["name"] for e in entries]}

    def attribute(self, attr):
        """Schema of the value of an attribute"""
        kind = attr["type"]
        if attr.get("enum-as-flags"):
            return {"type": "array", "items": self.names(attr["enum"]),
                    "uniqueItems": True}
        if "enum" in attr:
            return self.names(attr["enum"])
        if kind == "nest":
            return {"type": "array",
                    "items": self.object(attr["nested-attributes"])}
        if kind == "string":
            return {"type": "string"}
        if kind == "binary":
            return {"type": "string", "pattern": MAC}
        if kind == "u8" and attr["name"] not in NUMBERS:
            return {"type": "boolean"}
        return {"type": "integer", "minimum": 0,
                "maximum": 2 ** BITS[kind] - 1}

    def object(self, name, only=None):
        """Schema of a set of attributes"""
        properties = {}
        for attr in self.sets[name]["attributes"]:
            if only is not None and attr["name"] not in only:
                continue
            value = self.attribute(attr)
            value["description"] = attr["doc"].strip()
            properties[attr["name"]] = value
        return {"type": "object", "properties": properties,
                "additionalProperties": False}

    def function(self):
        """Schema of the function of a representor"""
        attrs = {a["name"]: a for a in self.sets["port"]["attributes"]}
        return {"type": "object", "additionalProperties": False,
                "properties": {key: self.attribute(attrs[key]) for key in
                               ("mac", "min-tx-rate", "max-tx-rate")},
                "description": "Of a representor, what its VF is, as devlink "
                               "has it."}

    def schema(self, name):
        """Schema of a whole output"""
        items = self.object(name, self.reply(name))
        if name == "port":
            items["properties"]["fastpath"] = {
                "type": "string", "enum": ["none", "xdp", "other"],
                "description": "XDP program of the device: none, the fast "
                               "path, or one that is not known to be it. Not "
                               "of VF ports and the host port."}
            items["properties"]["vfs"] = {
                "type": "integer", "minimum": 0,
                "description": "uplink show: number of its VFs."}
            items["properties"]["function"] = self.function()
            items["properties"]["stats"] = self.object(
                "stats", self.reply("stats"))
            items["properties"]["nic-stats"] = self.object("stats", (
                "rx-packets", "rx-bytes", "tx-packets", "tx-bytes"))
            items["properties"]["nic-stats"]["description"] = (
                "show -s of a VF port: what the NIC has counted for its VF, as "
                "the switch sees it: rx is what the VF has sent.")
        if name == "vf":
            for key, text in (
                    ("pci", "the VF by its address on the bus"),
                    ("driver", "what drives it on this host"),
                    ("iommu-group", "number of its IOMMU group"),
                    ("device", "what a VM needs to be given it")):
                items["properties"][key] = {
                    "type": "string", "description": f"vf devices: {text}."}
        if name == "version":
            items["properties"]["vswctl"] = {
                "type": "string", "description": "Version of vswctl."}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"vswctl -j {name} show",
            "type": "array",
            "items": items,
        }


def schemas():
    """All of them, by name"""
    spec = Spec()
    drops = spec.names("drop-reason")["enum"]
    return {name: spec.schema(name) for name in OBJECTS} | {
        "explain": decisions.explain(drops), "trace": decisions.trace(drops)}


def main():
    """Write all, or compare all"""
    check = sys.argv[1:] == ["--check"]
    wanted = schemas()
    failed = 0
    if check:
        print(f"KTAP version 1\n1..{len(wanted)}")
    for number, (name, schema) in enumerate(wanted.items(), 1):
        path = HERE / f"{name}.json"
        text = json.dumps(schema, indent=2) + "\n"
        if not check:
            path.write_text(text, encoding="utf-8")
            continue
        same = path.exists() and path.read_text(encoding="utf-8") == text
        failed += not same
        print(f"{'ok' if same else 'not ok'} {number} schema of {name} fresh")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
