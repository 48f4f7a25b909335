# SPDX-License-Identifier: GPL-2.0
"""A switch or a bridge with its devices: made, configured, and looked at."""
import collections
import json
import os
import select
import subprocess
import time

from config import bridge_commands, switch_commands
from ends import Host, Socket, Station, Tap
from wire import C_TAG, S_TAG, mac

OWN = mac("02:00:00:00:0c:01")
# Name of a port: style of its tap, or None for a veth
PORTS = {"tapa": "offload", "tapb": "plain", "tapc": "frags", "vetha": None,
         "vethb": None, "up": "offload"}
UPLINKS = ("up", "vethb")
NAMES = list(PORTS) + ["host"]
DEVICES = {name: mac(f"02:00:00:00:0d:{i:02x}")
           for i, name in enumerate(PORTS, 1)}
# VLAN devices at the far end of a veth
TAGGED = ((C_TAG, 2), (C_TAG, 100), (C_TAG, 0), (S_TAG, 100))
# Seconds to wait for what should come; for a frame that was missing before
PATIENCE, PATIENCE_AGAIN = 3.0, 0.2


class Failure(Exception):
    """The test itself does not work."""


def run(words, text=""):
    done = subprocess.run(words, input=text, text=True, check=False,
                          capture_output=True)
    if done.returncode:
        raise Failure(f"{' '.join(words)}: {done.stderr}{done.stdout}\n{text}")
    return done.stdout


def lines(commands):
    return "\n".join(commands) + "\n"


class Side:
    """What a switch and a bridge have in common."""
    letter = master = kind = ""

    def __init__(self, log=None):
        """log: a file for all commands"""
        self.ends, self.ears = {}, {}
        # Descriptor: name and place, of both
        self.places = {}
        # As it is now, and as it was when the round began
        self.config = self.start = None
        self.poll = select.epoll()
        self.log = log
        self.links = {}
        # What is done to frames that come out, for the test of the test
        self.meddle = None
        self.patience = PATIENCE
        self.make()

    def device(self, port):
        return self.master if port == "host" else self.letter + port

    def ip(self, *commands):
        run(["ip", "-batch", "-"], lines(commands))

    def make(self):
        self.make_master()
        for port, style in PORTS.items():
            name = self.device(port)
            if style:
                self.ends[port] = Tap(name, style)
                if style == "frags":
                    run(["ethtool", "-K", name, "gro", "off"])
            else:
                self.make_veth(name)
                self.ends[port] = Station(name + "p", {
                    key: f"{name}p.{i}" for i, key in enumerate(TAGGED)})
            self.ip(f"link set {name} address {DEVICES[port].hex(':')} up")
        self.ends["host"] = Host(self.master)
        self.make_ears()
        for name, end in (*self.ends.items(), *self.ears.items()):
            self.places[end.fileno()] = name, end
            self.poll.register(end.fileno(), select.EPOLLIN)

    def make_veth(self, name):
        self.ip(f"link add {name} mtu 9000 type veth peer name {name}p mtu "
                "9000", f"link set {name}p up",
                *[f"link add link {name}p name {name}p.{i} up type vlan proto "
                  f"{'802.1Q' if tpid == C_TAG else '802.1ad'} id {vid} "
                  "egress-qos-map 0:3" for i, (tpid, vid) in enumerate(TAGGED)])

    def make_ears(self):
        """Those that hold the same frames"""

    def set_links(self, config):
        """The MTU of the host is the smallest, by itself."""
        commands = []
        for port in config.ports.values():
            link = f"mtu {port.mtu} {'down' if port.down else 'up'}"
            if port.host or self.links.get(port.name) == link:
                continue
            self.links[port.name] = link
            name = self.device(port.name)
            commands.append(f"link set {name} {link}")
            if not PORTS[port.name]:
                commands.append(f"link set {name}p mtu {port.mtu}")
        if commands:
            self.ip(*commands)

    def apply(self, text):
        """From one configuration to another"""
        self.tell(text)

    def configure(self, config):
        self.set_links(config)
        commands = lines(self.commands(config))
        if self.log:
            self.log.write(commands)
        self.apply(commands)
        self.config = self.start = config
        self.flush()
        self.drain()

    def change(self, change, config):
        """In the middle of a round. config: what comes of it"""
        commands = lines(self.change_commands(change, config))
        if self.log:
            self.log.write(commands)
        self.tell(commands)
        self.config = config

    def read(self, seconds):
        """What has come out, as (name, Received); None if there is nothing"""
        ready = self.poll.poll(seconds)
        if not ready:
            return None
        frames = []
        for fd, _ in ready:
            name, end = self.places[fd]
            try:
                frames.append((name, end.receive()))
            except OSError:
                continue
        return self.meddle(frames) if self.meddle else frames

    def drain(self):
        while self.read(0) is not None:
            pass

    def collect(self, is_enough):
        """What comes out, as {name: [Received]}: all there is, and if that is
        not enough, what comes within the time that a busy machine needs"""
        got = {}
        deadline = None
        while True:
            enough = is_enough(got)
            frames = self.read(0 if enough else 0.05)
            for name, frame in frames or ():
                got.setdefault(name, []).append(frame)
            if frames is None:
                if enough:
                    return got
                deadline = deadline or time.monotonic() + self.patience
                if time.monotonic() > deadline:
                    return got

    def close(self):
        for end in list(self.ends.values()) + list(self.ears.values()):
            end.close()
        for port, style in PORTS.items():
            if not style:
                self.ip(f"link del {self.device(port)}")
        self.remove()


class Switch(Side):
    """vsw"""
    letter, master, kind = "s", "vsw0", "switch"
    vswctl = os.environ.get("VSW_CTL", "vswctl")

    def __init__(self, log=None, fastpath=False):
        self.fastpath = fastpath
        self.fast = self.fast_before = 0
        super().__init__(log)

    def make_master(self):
        run([self.vswctl, "switch", "add", self.master, "mac", OWN.hex(":"),
             "default-pvid", "none"])
        self.ip(f"link set {self.master} up")

    def make_ears(self):
        """A program that listens to a port, and a mirror of one"""
        self.ip("link add smirror mtu 10000 type dummy",
                "link set smirror up")
        port = self.device("vetha")
        run(["tc", "qdisc", "add", "dev", port, "clsact"])
        run(["tc", "filter", "add", "dev", port, "ingress", "matchall",
             "action", "mirred", "egress", "mirror", "dev", "smirror"])
        self.ears["mirror of vetha"] = Socket("smirror", outgoing=True)
        for name in ("tapc", "up"):
            self.ears[f"ear on {name}"] = Socket(self.device(name))

    def commands(self, config):
        return switch_commands(config, self.config, self.master, self.device)

    def change_commands(self, change, config):
        return change.switch_commands(config, self.device)

    def tell(self, text):
        run([self.vswctl, "-a", "-b", "-"], text)

    def apply(self, text):
        # The counters of a port go with it.
        if self.fastpath and self.config:
            self.fast = self.forwarded_fast()
        super().apply(text)
        if self.fastpath:
            self.fast_before = self.forwarded()
        if self.fastpath and not self.config:
            # Only where all MTUs allow it
            for port, style in PORTS.items():
                if style:
                    run(["vsw-fastpath", "attach", self.device(port)])

    def forwarded(self):
        return sum(port["rx-fastpath"] for port in self.show("stats", "show"))

    def forwarded_fast(self):
        return self.fast + self.forwarded() - self.fast_before

    def block(self, port):
        """All that it sends is lost."""
        name = self.device(port)
        run(["tc", "qdisc", "add", "dev", name, "clsact"])
        run(["tc", "filter", "add", "dev", name, "egress", "matchall",
             "action", "drop"])

    def unblock(self, port):
        run(["tc", "qdisc", "del", "dev", self.device(port), "clsact"])

    def flush(self):
        run([self.vswctl, "fdb", "flush", "switch", self.master])

    def show(self, *words):
        return json.loads(run([self.vswctl, "-j", *words]))

    def port_of(self, name):
        return "host" if name == self.master else name[1:]

    def fdb(self):
        """{(address, VID): port} of all that was learned"""
        return {(mac(entry["mac"]), entry["vid"]): self.port_of(entry["port"])
                for entry in self.show("fdb", "show", "switch", self.master,
                                       "type", "dynamic")}

    def counters(self):
        """{port: Counter of "rx", "rx REASON", "tx", "tx REASON"}"""
        counters = {}
        for port in self.show("stats", "show", "switch", self.master):
            values = {"rx": port["rx-packets"], "tx": port["tx-packets"],
                      "rx bytes": port["rx-bytes"],
                      "tx bytes": port["tx-bytes"]}
            for way in ("rx", "tx"):
                for drop in port.get(f"{way}-drop", ()):
                    values[f"{way} {drop['reason']}"] = drop["packets"]
            counters[self.port_of(port["port"])] = values
        return counters

    def counted(self, before):
        """{port: Counter} of what has been counted since"""
        counted = {}
        for name, values in self.counters().items():
            counted[name] = collections.Counter(values)
            counted[name].subtract(before.get(name, {}))
            counted[name] = +counted[name]
        return counted

    def remove(self):
        run(["ip", "link", "del", "smirror"])
        run([self.vswctl, "switch", "del", self.master])


class Bridge(Side):
    """The Linux bridge, with vlan_filtering 1 and neither STP nor snooping"""
    letter, master, kind = "b", "br0", "bridge"

    def make_master(self):
        self.ip(f"link add {self.master} address {OWN.hex(':')} type bridge "
                "vlan_filtering 1 vlan_default_pvid 0 stp_state 0 "
                "forward_delay 0 mcast_snooping 0 nf_call_iptables 0")
        self.ip(f"link set {self.master} up")

    def make(self):
        super().make()
        self.ip(*[f"link set {self.device(port)} master {self.master}"
                  for port in PORTS])

    def commands(self, config):
        return bridge_commands(config, self.config, self.device)

    def change_commands(self, change, config):
        return change.bridge_commands(config, self.device)

    def tell(self, text):
        run(["bridge", "-batch", "-"], text)

    def flush(self):
        run(["ip", "link", "set", self.master, "type", "bridge", "fdb_flush"])

    def fdb(self):
        names = {self.device(port): port for port in PORTS}
        entries = json.loads(run(["bridge", "-j", "fdb", "show", "br",
                                  self.master]))
        return {(mac(entry["mac"]), entry["vlan"]): names[entry["ifname"]]
                for entry in entries
                if entry.get("state", "") == "" and "vlan" in entry and
                entry["ifname"] in names and "self" not in entry["flags"]}

    def remove(self):
        run(["ip", "link", "del", self.master])
