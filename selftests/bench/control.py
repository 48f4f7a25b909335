#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Rates of configuration, and what entries and ports weigh.

Usage: control.py [--ports N] [--macs N] [--fixed N] OUT

Each contestant is driven by its own tool in batch mode, one request a
change. Times are of the machine's clock.
"""

import argparse
import json
import os
import socket
import struct
import sys
import time

import contestants

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME = 16, 3, 2
CTRL_ATTR_FAMILY_ID = 1
RTM_GETNEIGH, PF_BRIDGE = 30, 7
# At least so many changes a second
OPERATIONS = 10000
# The best of so many where that can be done again
ROUNDS = 3
UAPI = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../uapi/linux/vsw.h")


def memory():
    """Bytes that the kernel has allocated: slabs, vmalloc and per-CPU areas.
    What is free says less: the kernel keeps pages here and there."""
    used = 0
    with open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.split(":")[0] in ("Slab", "VmallocUsed", "Percpu"):
                used += int(line.split()[1]) * 1024
    return used


def timed(function, *arguments):
    """Seconds that a call takes"""
    start = time.monotonic()
    function(*arguments)
    return time.monotonic() - start


def dump(protocol, kind, payload):
    """Dump, and how many objects came. They are counted afterwards."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.send(struct.pack("IHHII", 16 + len(payload), kind,
                              NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + payload)
        parts = []
        start = time.monotonic()
        while True:
            parts.append(sock.recv(1 << 16))
            # The end: a length of 20, its type, and an error number
            if parts[-1][-20:-14] == struct.pack("IH", 20, NLMSG_DONE):
                break
        seconds = time.monotonic() - start
    return sum(count_messages(part) for part in parts), seconds


def count_messages(part):
    """How many are in what one recv() returned"""
    count = offset = 0
    while offset < len(part):
        length, kind = struct.unpack_from("IH", part, offset)
        count += kind not in (NLMSG_DONE, NLMSG_ERROR)
        offset += (length + 3) & ~3
    return count


def vsw_family():
    """Number of the generic netlink family"""
    name = b"vsw\0"
    payload = struct.pack("BBH", CTRL_CMD_GETFAMILY, 1, 0) + struct.pack(
        "HH", 4 + len(name), CTRL_ATTR_FAMILY_NAME) + name
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                       NETLINK_GENERIC) as sock:
        sock.send(struct.pack("IHHII", 16 + len(payload), GENL_ID_CTRL,
                              NLM_F_REQUEST, 1, 0) + payload)
        answer = sock.recv(1 << 16)
    offset = 20
    while offset < len(answer):
        length, kind = struct.unpack_from("HH", answer, offset)
        if kind == CTRL_ATTR_FAMILY_ID:
            return struct.unpack_from("H", answer, offset + 4)[0]
        offset += (length + 3) & ~3
    raise RuntimeError("no generic netlink family vsw")


def vsw_command(name):
    """Number of a command; they are in order from 1"""
    with open(UAPI, encoding="ascii") as file:
        names = [line.split()[0].rstrip(",") for line in file
                 if line.startswith("\tVSW_CMD_")]
    return names.index(name) + 1


class Control:
    """How a switch is driven: tool takes lines, port_tool those of ports, and
    whole_tool makes one request of all"""
    whole_tool = None

    def remove(self):
        """The end of the switch"""
        contestants.run("ip", "link", "del", "csw")


class VswControl(Control):
    """How vsw is driven"""
    tool = port_tool = [contestants.VSWCTL, "-b", "-"]
    whole_tool = [contestants.VSWCTL, "-a", "-b", "-"]
    name = "vsw"

    def make(self):
        """The switch"""
        contestants.run(contestants.VSWCTL, "switch", "add", "csw",
                        "fdb-max", "2000000", "ageing", "off")
        contestants.run("ip", "link", "set", "csw", "up")

    def port(self, dev):
        """Line that adds a port"""
        return f"port add csw {dev} dev {dev} vlan none"

    def policy(self, dev, value):
        """Line that changes a port"""
        return f"port set {dev} isolated {value}"

    def vlans(self, verb, dev, vids):
        """Line that adds or removes VLANs"""
        return f"vlan {verb} {dev} vid {vids}"

    def dump_vlans(self):
        """Command that shows all VLANs of all ports"""
        return [contestants.VSWCTL, "-j", "vlan", "show"]

    def fdb(self, verb, dev, mac):
        """Line that adds or removes an entry"""
        if verb == "add":
            return f"fdb add {mac} port {dev} vid 100"
        return f"fdb del {mac} switch csw vid 100"

    def dump(self):
        """All entries"""
        return dump(NETLINK_GENERIC, vsw_family(),
                    struct.pack("BBH", vsw_command("VSW_CMD_FDB_GET"), 1, 0))

    def flush(self):
        """All learned entries"""
        contestants.run(contestants.VSWCTL, "fdb", "flush", "switch", "csw")


class BridgeControl(Control):
    """How the bridge is driven"""
    tool = ["bridge", "-batch", "-"]
    port_tool = ["ip", "-batch", "-"]
    name = "bridge-vlan"

    def make(self):
        """The switch"""
        contestants.run("ip", "link", "add", "csw", "type", "bridge",
                        "vlan_filtering", "1", "mcast_snooping", "0",
                        "vlan_default_pvid", "0", "ageing_time", "100000000")
        contestants.run("ip", "link", "set", "csw", "up")

    def port(self, dev):
        """Line that adds a port"""
        return f"link set {dev} master csw"

    def policy(self, dev, value):
        """Line that changes a port"""
        return f"link set dev {dev} isolated {value}"

    def vlans(self, verb, dev, vids):
        """Line that adds or removes VLANs"""
        return f"vlan {verb} dev {dev} vid {vids}"

    def dump_vlans(self):
        """Command that shows all VLANs of all ports"""
        return ["bridge", "-c", "-j", "vlan", "show"]

    def fdb(self, verb, dev, mac):
        """Line that adds or removes an entry"""
        return f"fdb {verb} {mac} dev {dev} master static vlan 100"

    def dump(self):
        """All entries"""
        return dump(NETLINK_ROUTE, RTM_GETNEIGH,
                    struct.pack("BBHiHBB", PF_BRIDGE, 0, 0, 0, 0, 0, 0))

    def flush(self):
        """All learned entries"""
        contestants.run("ip", "link", "set", "csw", "type", "bridge",
                        "fdb_flush")


class Recorder:
    """Collects rows"""

    def __init__(self):
        self.rows = []

    def add(self, contestant, what, unit, value, better="more", target=None):
        """A row"""
        row = {"contestant": contestant, "what": what, "unit": unit,
               "value": value, "better": better}
        if target is not None:
            row["target"] = target
        self.rows.append(row)
        print(f"{what:48} {contestant:12} {value:14,.2f} {unit}", flush=True)


def addresses(count):
    """Station addresses"""
    for number in range(count):
        yield "12:00:%02x:%02x:%02x:%02x" % tuple(number.to_bytes(4, "big"))


def make_devices(count):
    """Devices, down, with their names"""
    devices = [f"cp{i}" for i in range(count)]
    contestants.batch(["ip", "-batch", "-"],
                      [f"link add {dev} type vswbench" for dev in devices])
    return devices


def remove_devices(devices):
    """and their end"""
    contestants.batch(["ip", "-batch", "-"],
                      [f"link del {dev}" for dev in devices])


def rate(tool, lines):
    """How many lines a tool carries out in a second"""
    lines = list(lines)
    return len(lines) / timed(contestants.batch, tool, lines)


def measure_changes(control, devices, rows):
    """What is configured while a switch runs"""
    name = control.name
    for value in ("on", "off"):
        rows.add(name, f"ports changed, isolated {value}", "per second", rate(
            control.tool, (control.policy(dev, value) for dev in devices)),
            "more", OPERATIONS)
    # They have all of them.
    for verb in ("del", "add"):
        rows.add(name, f"VLANs, {verb}", "per second", rate(
            control.tool, (control.vlans(verb, dev, vid) for dev in devices
                           for vid in range(2, 12))), "more", OPERATIONS)


def all_vlans(control, devices):
    """Lines that make ports members of all"""
    return [control.vlans("add", dev, "1-4094") for dev in devices]


def rate_of_whole(control, devices):
    """Ports a second that are added by one request, to a switch of their own"""
    control.make()
    added = rate(control.whole_tool, map(control.port, devices))
    control.remove()
    return added


def measure_ports(control, how, rows):
    """Many ports with many VLANs"""
    name = control.name
    devices = make_devices(how.ports)
    control.make()

    before = memory()
    rows.add(name, "ports added", "per second",
             rate(control.port_tool, map(control.port, devices)))
    rows.add(name, "memory of a port without VLANs", "bytes",
             (memory() - before) / how.ports, "less")

    # The bridge needs gigabytes for more.
    few, others = devices[:how.ports // 10], devices[how.ports // 10:]
    if name != "vsw":
        others = []
    before = memory()
    seconds = timed(contestants.batch, control.tool, all_vlans(control, few))
    shown = timed(contestants.run, *control.dump_vlans())
    seconds += timed(contestants.batch, control.tool, all_vlans(control, others))
    members = len(few) + len(others)
    rows.add(name, "ports become members of 4094 VLANs", "per second",
             members / seconds, "more", 500)
    rows.add(name, f"{len(few)} ports with 4094 VLANs shown", "seconds", shown, "less")
    rows.add(name, "memory of a port's 4094 VLANs", "bytes",
             (memory() - before) / members, "less")
    measure_changes(control, devices[:members], rows)
    rows.add(name, f"switch with {how.ports} ports removed", "seconds",
             timed(control.remove), "less")
    if control.whole_tool:
        rows.add(name, "ports added by one request", "per second",
                 max(rate_of_whole(control, devices) for _ in range(ROUNDS)),
                 "more", OPERATIONS)
    remove_devices(devices)


def measure_entries(control, how, rows, where):
    """Entries that somebody makes and removes"""
    for verb in ("add", "del"):
        rows.add(control.name, f"static entries, {verb}{where}", "per second", rate(
            control.tool, (control.fdb(verb, "cp0", mac)
                           for mac in addresses(how.fixed))), "more", OPERATIONS)


def flushed(control):
    """How long that takes, the best of some"""
    seconds = [timed(control.flush)]
    while len(seconds) < ROUNDS:
        contestants.meter("prime")
        seconds.append(timed(control.flush))
    return min(seconds)


def measure_fdb(control, how, rows):
    """Two ports with many addresses"""
    name = control.name
    devices = make_devices(2)
    control.make()
    contestants.batch(control.port_tool, map(control.port, devices))
    contestants.batch(control.tool, all_vlans(control, devices))
    contestants.batch(["ip", "-batch", "-"],
                      [f"link set {dev} up" for dev in devices])

    measure_entries(control, how, rows, "")
    # Both addresses of each pair are heard.
    contestants.meter(f"shape prefix=cp ports=2 pairs={how.macs // 2} tag=meta "
                      "vid=100")
    before = memory()
    seconds = timed(contestants.meter, "prime")
    rows.add(name, f"{how.macs} addresses learned", "per second",
             how.macs / seconds)
    # Tables that became too small go a little later.
    time.sleep(2)
    rows.add(name, "memory of an entry", "bytes",
             (memory() - before) / how.macs, "less", 96)
    best = 0
    for _ in range(ROUNDS):
        count, seconds = control.dump()
        if count < how.macs:
            raise RuntimeError(f"{name}: {count} of {how.macs} dumped")
        best = max(best, count / seconds)
    rows.add(name, f"{how.macs} entries dumped", "per second", best, "more",
             500000)
    measure_entries(control, how, rows, f" beside {how.macs}")
    rows.add(name, f"{how.macs} entries flushed", "per second",
             how.macs / flushed(control))
    control.remove()
    remove_devices(devices)


def main():
    """See above"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ports", type=int, default=1000)
    parser.add_argument("--macs", type=int, default=1000000)
    parser.add_argument("--fixed", type=int, default=20000)
    parser.add_argument("out")
    how = parser.parse_args()
    rows = Recorder()
    controls = [BridgeControl(), VswControl()]
    for control in controls:
        measure_ports(control, how, rows)
    for control in controls:
        measure_fdb(control, how, rows)
    with open(how.out, "w", encoding="ascii") as out:
        json.dump({"kernel": os.uname().release,
                   "contestants": [c.name for c in controls],
                   "results": rows.rows}, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    sys.exit(main())
