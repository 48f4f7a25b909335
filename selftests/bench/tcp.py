#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What TCP makes of the contestants: between two network namespaces at veth
pairs, both ports in one VLAN.

Usage: tcp.py [--rounds N] [--seconds N] [--contestants NAME[,NAME]] OUT

iperf3 sends a stream, in packets of 64 KiB and in single frames; sockperf plays
ping-pong. All of them, and both their ends, share the CPU: a rate is what the
work of the switch leaves. Where the clock counts instructions, it is the same
each time.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

import contestants
from contestants import batch, run

SHAPE = {"ports": 2, "mode": "access", "vid": 100, "vlans": 1}
SERVER = "192.0.2.2"
SERVERS = (("iperf3", "-s"), ("sockperf", "server", "--tcp", "-i", SERVER))


class VethPorts:
    """The devices of a contestant are ends of veth pairs; the others are eth0 in
    namespaces that are called as the devices"""

    def create(self):
        """Namespaces and devices, and servers in the second"""
        for dev in self.devices:
            run("ip", "netns", "add", dev)
        self.link()
        for i, dev in enumerate(self.devices):
            batch(["ip", "-n", dev, "-batch", "-"], [
                "link set lo up", "link set eth0 up",
                f"address add 192.0.2.{i + 1}/24 dev eth0"])
        # pylint: disable=consider-using-with
        self.servers = [subprocess.Popen(
            ("ip", "netns", "exec", self.devices[1]) + command,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for command in SERVERS]

    def link(self):
        """Devices"""
        batch(["ip", "-batch", "-"],
              [f"link add {dev} type veth peer name eth0 netns {dev}"
               for dev in self.devices])

    def remove(self):
        """A namespace takes its devices with it"""
        for server in self.servers:
            server.kill()
            server.wait()
        for dev in self.devices:
            run("ip", "netns", "del", dev)

    def inside(self, end, *command):
        """Run a command at an end; its output"""
        return run("ip", "netns", "exec", self.devices[end], *command)


class Direct(VethPorts, contestants.Contestant):
    """One veth pair from one namespace to the other: the limit"""
    name = "direct"

    def link(self):
        first, second = self.devices
        run("ip", "link", "add", "eth0", "netns", first, "type", "veth",
            "peer", "name", "eth0", "netns", second)

    def activate(self):
        """It has no devices here"""


class Macvlan(Direct):
    """macvlan in bridge mode: a switch without VLANs, which cannot learn"""
    name = "macvlan"

    def link(self):
        lower = f"{self.prefix}low"
        run("ip", "link", "add", lower, "type", "dummy")
        run("ip", "link", "set", lower, "up")
        for dev in self.devices:
            run("ip", "link", "add", "link", lower, "name", f"{dev}m", "type",
                "macvlan", "mode", "bridge")
            run("ip", "link", "set", f"{dev}m", "netns", dev, "name", "eth0")

    def remove(self):
        super().remove()
        run("ip", "link", "del", f"{self.prefix}low")


def on_veth(cls):
    """The contestant on the ends of veth pairs"""
    return type(cls.__name__, (VethPorts, cls), {})


FIELD = [Direct, Macvlan] + [on_veth(cls) for cls in (
    contestants.Mirred, contestants.Bridge, contestants.BridgeVlan,
    contestants.OvsNormal, contestants.OvsFlows, contestants.Vsw,
    contestants.VswXdp)]


def stream(contestant, seconds):
    """Bits a second"""
    answer = json.loads(contestant.inside(0, "iperf3", "-J", "-c", SERVER, "-t",
                                          str(seconds)))
    return answer["end"]["sum_received"]["bits_per_second"] / 1e9


def short_stream(contestant, seconds):
    """Bits a second, in frames of 1,514 bytes all the way"""
    limit = "ip", "link", "set", "eth0", "gso_max_segs"
    contestant.inside(0, *limit, "1")
    try:
        return stream(contestant, seconds)
    finally:
        contestant.inside(0, *limit, "65535")


def ping_pong(contestant, seconds):
    """Transactions a second"""
    answer = contestant.inside(0, "sockperf", "ping-pong", "--tcp", "-i", SERVER,
                               "-t", str(seconds))
    run_time, received = re.search(
        r"\[Valid Duration\] RunTime=([\d.]+).*ReceivedMessages=(\d+)",
        answer).groups()
    return float(received) / float(run_time)


WHAT = {
    "TCP_STREAM": ("Gbit/s", stream),
    "TCP_STREAM without GSO": ("Gbit/s", short_stream),
    "TCP_RR": ("per second", ping_pong),
}


def arguments(usage):
    """Of the command line"""
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--contestants", default="")
    parser.add_argument("out")
    how = parser.parse_args()
    how.contestants = [n for n in how.contestants.split(",") if n]
    return how


def compare(how, classes, one_by_one, whats=None, pick=max):
    """Measure, print and write the result, which is what pick() takes of all
    rounds. The contestants are up at the same time, unless there is one place for
    all."""
    whats = whats or WHAT
    field = [cls(f"t{number}x", SHAPE) for number, cls in enumerate(classes)
             if cls.knows(SHAPE) and
             (not how.contestants or cls.name in how.contestants)]
    found = {}

    def measure(contestant):
        for what, (_, function) in whats.items():
            found.setdefault((what, contestant.name), []).append(
                function(contestant, how.seconds))

    if not one_by_one:
        for contestant in field:
            contestant.up()
    for _ in range(how.rounds):
        for contestant in field:
            if one_by_one:
                contestant.up()
            # Servers, carriers and spanning trees have come up by then.
            time.sleep(1)
            measure(contestant)
            if one_by_one:
                contestant.down()
    if not one_by_one:
        for contestant in reversed(field):
            contestant.down()

    rows = []
    for what, (unit, _) in whats.items():
        for contestant in field:
            value = pick(found[what, contestant.name])
            rows.append({"what": what, "unit": unit, "value": value,
                         "contestant": contestant.name})
            print(f"{what:40} {contestant.name:12} {value:12,.2f} {unit}",
                  flush=True)
    with open(how.out, "w", encoding="ascii") as out:
        json.dump({"kernel": os.uname().release,
                   "contestants": [c.name for c in field], "results": rows},
                  out, indent=1)
        out.write("\n")


def main():
    """See above"""
    compare(arguments(__doc__), FIELD, one_by_one=False)


if __name__ == "__main__":
    sys.exit(main())
