#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Do files fit the schema? Each line of stdin: yes or no, the file, and what it is."""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

for line in sys.stdin:
    want, path, what = line.rstrip("\n").split(" ", 2)
    with open(path, encoding="utf-8") as file:
        fits = validator.is_valid(json.load(file))
    print(int(fits != (want == "yes")), what)
