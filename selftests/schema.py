#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is what vswctl prints as JSON what its schema says?

Usage: schema.py NAME <JSON	prints what is not, and the exit status is 1
"""
import json
import os
import sys

import jsonschema


def check_schema(name, documents):
    """What is wrong with what was printed as JSON"""
    with open(f"{os.environ['VSW_TOP']}/tools/vswctl/schema/{name}.json",
              encoding="ascii") as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    wrong = []
    for document in documents:
        # One error is enough, and said with what it is about.
        error = next(validator.iter_errors(document), None)
        if error:
            wrong.append(f"schema of {name}: {error.json_path}: "
                         f"{error.message}: {json.dumps(document)}")
    return wrong


def main():
    """See above"""
    wrong = check_schema(sys.argv[1], [json.load(sys.stdin)])
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
