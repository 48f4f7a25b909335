#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Read metrics by the parsers of Prometheus' Python client.

Usage: metrics.py openmetrics|prometheus [EXPRESSION...]	< metrics

Fails if they are not valid. An expression is a name with labels and the value
that it has to have, such as 'vsw_port_up{port=web1} 1'; the labels given have
to be among those of exactly one sample, and the value may be *.

       metrics.py dashboard FILE	< metrics (openmetrics)

Fails if an expression of that Grafana dashboard names what is not there.
"""
import json
import re
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as prometheus


def families(kind, text):
    """What the parser makes of it"""
    parse = openmetrics if kind == "openmetrics" else prometheus
    return list(parse.text_string_to_metric_families(text))


def samples(parsed):
    """All samples"""
    return [sample for family in parsed for sample in family.samples]


def check(expression, found):
    """Is there one sample like that?"""
    match = re.fullmatch(r"(\w+)(?:{(.*)})? (\S+)", expression)
    name, labels, value = match.groups()
    wanted = dict(word.split("=", 1) for word in (labels or "").split(",")
                  if word)
    same = [sample for sample in found if sample.name == name and
            wanted.items() <= sample.labels.items()]
    if len(same) != 1:
        return f"{expression}: there are {len(same)} such samples"
    if value != "*" and same[0].value != float(value):
        return f"{expression}: the value is {same[0].value}"
    return None


def expressions(panels):
    """Those of all panels, also of rows of panels"""
    for panel in panels:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
        yield from expressions(panel.get("panels", []))


def names(parsed):
    """What an expression may name, declared or with samples"""
    suffix = {"counter": "_total", "info": "_info"}
    return {family.name + suffix.get(family.type, "") for family in parsed}


def labels_in(expression):
    """The labels that an expression matches, or groups by"""
    labels = set()
    for matchers in re.findall(r"\{([^}]*)\}", expression):
        labels.update(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
    for names_of in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)",
                               expression):
        labels.update(re.findall(r"\w+", names_of))
    # Those that Prometheus adds itself
    return labels - {"instance", "job"}


def labels_of(parsed):
    """All labels that any metric has"""
    return {label for family in parsed for sample in family.samples
            for label in sample.labels}


def check_dashboard(path, parsed):
    """Does each expression name metrics that there are, and labels of them?"""
    with open(path, encoding="utf-8") as file:
        dashboard = json.load(file)
    known, labels = names(parsed), labels_of(parsed)
    count = 0
    for title, expression in expressions(dashboard["panels"]):
        for name in re.findall(r"\bvsw_\w+", expression):
            count += 1
            if name not in known:
                yield f"{title}: {name} is no metric"
        for label in labels_in(expression) - labels:
            yield f"{title}: no metric has a label {label}"
    if not count:
        yield "no expression names a metric"
    for variable in dashboard["templating"]["list"]:
        for name in re.findall(r"\bvsw_\w+", str(variable.get("query"))):
            if name not in known:
                yield f"variable {variable['name']}: {name} is no metric"


def main():
    """Prints what is wrong"""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    kind = sys.argv[1]
    text = sys.stdin.read()
    if kind == "dashboard":
        errors = list(check_dashboard(sys.argv[2],
                                      families("openmetrics", text)))
    else:
        found = samples(families(kind, text))
        if not found:
            sys.exit("there is no sample")
        errors = [check(word, found) for word in sys.argv[2:]]
    errors = [error for error in errors if error]
    print("\n".join(errors))
    sys.exit(1 if errors else 0)


main()
