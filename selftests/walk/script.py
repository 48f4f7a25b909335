# SPDX-License-Identifier: GPL-2.0
"""Requests as commands that a person can run: vswctl, ip and bridge."""
import json

from generate import DUMMIES
from kernel import NAMESPACE
from model import FLAGS

PREPARE = f"""# in a throwaway guest, with vsw.ko and vsw-testpf.ko loaded
echo 4 >/sys/bus/vswtest/devices/testpf0/sriov_numvfs
ip link set dev testpf up
ip netns add {NAMESPACE}
for name in {' '.join(DUMMIES)}; do ip link add name $name up type dummy; done"""


class NoWords(Exception):
    """No command says that."""


def script(requests):
    """Lines of shell"""
    return [PREPARE] + [command(request) for request in requests]


def command(request):
    """A command; or a comment with the request, where no tool can say it, because
    they all know what it should not be"""
    op, attributes = request
    try:
        if op.startswith("link-"):
            return link(op, **attributes)
        if op.startswith("bridge-"):
            return bridge(op, **attributes)
        if op in ("batch", "expire"):
            return batch(op, attributes)
        return "vswctl " + family(op, attributes)
    except (NoWords, KeyError):
        return f"# no command for: {json.dumps(request)}"


def family(op, attributes):
    """The words after vswctl"""
    rest = dict(attributes)
    words = {
        "switch-new": switch, "switch-set": switch, "switch-del": switch,
        "switch-get": switch, "port-new": port_new, "port-set": port_set,
        "port-del": port_del, "port-get": port_del, "vlan-new": vlan,
        "vlan-del": vlan, "fdb-new": fdb_new, "fdb-del": fdb_entry,
        "fdb-get": fdb_entry, "fdb-flush": fdb_flush,
        "batch-get": lambda *_: "config pending",
        "batch-confirm": lambda *_: "config confirm",
        "batch-undo": lambda *_: "config rollback",
    }[op](op, rest)
    if rest:
        raise NoWords
    return words


def verb(op):
    return {"new": "add", "set": "set", "del": "del", "get": "show"}[
        op.split("-")[1]]


def quoted(name):
    return f"'{name}'" if not name or set(name) & set(" '$%") else name


def take(rest, key, words, absent=""):
    """" words VALUE" of an attribute, or nothing"""
    if key not in rest:
        return ""
    value = rest.pop(key)
    if isinstance(value, str):
        value = quoted(value) if value else absent or "none"
    return f" {words} {value}"


def switch(op, rest):
    name = rest.pop("ifindex", None) or rest.get("name")
    rest.pop("name", None)
    if name is None:
        raise NoWords
    text = f"switch {verb(op)} {quoted(name)}"
    if rest.get("ageing-time") == 0:
        rest["ageing-time"] = "off"
    if rest.get("default-pvid") == 0:
        rest["default-pvid"] = "none"
    for key, words in (("ageing-time", "ageing"), ("mac", "mac"),
                       ("default-pvid", "default-pvid"),
                       ("fdb-max", "fdb-max"), ("teaming", "teaming"),
                       ("primary", "primary")):
        text += take(rest, key, words)
    return text


def policy(rest):
    text = ""
    if rest.get("pvid") == 0:
        rest["pvid"] = "none"
    if rest.get("mac") == "00:00:00:00:00:00":
        rest["mac"] = "none"
    for key in FLAGS + ("spoofchk", "trust"):
        if key in rest:
            rest[key] = {0: "off", 1: "on"}[rest[key]]
    text += take(rest, "pvid", "vlan")
    for key in sorted(set(rest) - {"vlan", "role", "path", "pf", "vf",
                                   "ifindex", "id"}):
        text += take(rest, key, key)
    return text


def paths(rest):
    text = take(rest, "ifindex", "dev")
    if "pf" in rest:
        pf = rest.pop("pf")
        number = rest.pop("vf", "any")
        text += f" vf {pf}/{number}" if pf else " vf none"
    return text + take(rest, "path", "path")


def port_new(_, rest):
    name, on = rest.pop("name"), rest.pop("switch", None)
    on = on or rest.pop("switch-name")
    rest.pop("switch-name", None)
    if rest.get("role") == "uplink":
        del rest["role"]
        return (f"uplink add {on} {rest.pop('ifindex')} name {quoted(name)}" +
                policy(rest))
    if rest.pop("role", "local") != "local":
        raise NoWords
    return f"port add {on} {quoted(name)}" + paths(rest) + policy(rest)


def port_set(_, rest):
    name = quoted(rest.pop("name"))
    if "path" in rest:
        return f"port failover {name} {rest.pop('path')}"
    return f"port set {name}" + paths(rest) + policy(rest)


def port_del(op, rest):
    text = f"port {verb(op)} {quoted(rest.pop('name'))}"
    if rest.get("id") == "right":
        del rest["id"]
    return text + take(rest, "id", "id")


def vlan(op, rest):
    first = rest.pop("first")
    last = rest.pop("last", first)
    text = f"vlan {verb(op)} {quoted(rest.pop('port'))} vid {first}"
    text += f"-{last}" if last != first else ""
    return text + "".join(f" {flag}" for flag in rest.pop("flags", ())
                          if op == "vlan-new")


def fdb_new(_, rest):
    text = f"fdb add {rest.pop('mac')} port {quoted(rest.pop('port'))}"
    return text + take(rest, "vid", "vid") + f" {rest.pop('type', 'static')}"


def fdb_entry(op, rest):
    on = rest.pop("switch", None) or rest.pop("switch-name")
    word = {"fdb-del": "del", "fdb-get": "get"}[op]
    return f"fdb {word} {rest.pop('mac')} switch {on} vid {rest.pop('vid')}"


def fdb_flush(_, rest):
    return f"fdb flush switch {rest.pop('switch')}" + \
        take(rest, "port", "port") + take(rest, "vid", "vid") + \
        take(rest, "type", "type")


def lines(entries):
    return "\n".join(family(*one) for one in entries)


def batch(op, attributes):
    text, undo = "", ""
    if ("timeout" in attributes) != bool(attributes.get("undo")):
        raise NoWords
    if "timeout" in attributes:
        text = f"cat >undo <<END\n{lines(attributes['undo'])}\nEND\n"
        undo = f" -c {attributes['timeout']} -u undo"
    text += (f"vswctl -a -b -{undo} <<END\n"
             f"{lines(attributes.get('entry', ()))}\nEND")
    return text + "\nsleep 3" * (op == "expire")


def link(op, dev=None, **rest):
    if op == "link-add":
        return f"ip link add {rest['name']} type {rest['kind']}"
    if op == "link-del":
        return f"ip link del {dev}"
    if op == "link-back":
        return (f"ip -n {NAMESPACE} link set {dev} netns 1; "
                f"ip link set {dev} up")
    words = {"link-master": lambda: f"master {rest['master']}"
             if rest["master"] else "nomaster",
             "link-up": lambda: "up" if rest["up"] else "down",
             "link-mtu": lambda: f"mtu {rest['mtu']}",
             "link-name": lambda: f"name {rest['name']}",
             "link-away": lambda: f"netns {NAMESPACE}"}
    return f"ip link set {dev} {words[op]()}"


def bridge(op, **rest):
    word = "add" if op.endswith("add") else "del"
    if "fdb" in op:
        text = (f"bridge fdb {word} {rest['mac']} dev {rest['switch']} self "
                f"vlan {rest['vid']}")
        return text + f" via {rest['via']} {rest['kind']}" \
            if word == "add" else text
    vid = f"{rest['first']}-{rest['last']}" \
        if rest["first"] != rest["last"] else rest["first"]
    return (f"bridge vlan {word} dev {rest['dev']} vid {vid}" +
            " pvid" * rest.get("pvid", 0) +
            " untagged" * rest.get("untagged", 0) + " self" * rest["own"])
