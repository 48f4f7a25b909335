# SPDX-License-Identifier: GPL-2.0
"""The kernel's own netlink client, tools/net/ynl of a source tree, which knows nothing
but the specification of a family."""
import sys

import yaml


def use(tree):
    """What is used of it: its error, the class of a family, and the module"""
    # The fast loader, for the same result
    yaml.safe_load = lambda stream: yaml.load(stream, yaml.CSafeLoader)
    sys.path.insert(0, tree + "/tools/net/ynl")
    # pylint: disable=import-outside-toplevel
    from lib import NlError, YnlFamily, ynl
    return NlError, YnlFamily, ynl
