#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Which requests has no test of failures made?

Usage: missing.py SEEN UAPI

SEEN is what faults.py has written to VSW_FAULTS_SEEN, UAPI the header of the family.
All commands of that count that are no events, and what rtnetlink hands to a switch or
to its ports. Prints those that are missing; the exit status is 1 if there are any.
"""
import pathlib
import re
import sys

RTNETLINK = {16: "RTM_NEWLINK", 17: "RTM_DELLINK", 18: "RTM_GETLINK", 19: "RTM_SETLINK",
             28: "RTM_NEWNEIGH", 29: "RTM_DELNEIGH", 30: "RTM_GETNEIGH"}


def commands(header):
    """{number: name}"""
    text = pathlib.Path(header).read_text(encoding="ascii")
    names = re.findall(r"^\tVSW_CMD_([A-Z_]+)(?: = 1)?,", text, re.MULTILINE)
    return {number: name for number, name in enumerate(names, 1)
            if not name.endswith("_NTF")}


def main():
    seen = set(pathlib.Path(sys.argv[1]).read_text(encoding="ascii").splitlines())
    missing = [f"command {name}" for number, name in commands(sys.argv[2]).items()
               if f"genl {number}" not in seen]
    missing += [name for number, name in RTNETLINK.items()
                if f"rtnl {number}" not in seen]
    print("\n".join(missing))
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
