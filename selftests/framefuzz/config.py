# SPDX-License-Identifier: GPL-2.0
"""What a switch and a bridge are told to be: drawn at random, written as the
commands of vswctl and of bridge(8).
"""
import copy

from generate import FIXED, STATIONS, VIDS

FLAGS = ("ingress-filtering", "learning", "unicast-flood", "multicast-flood",
         "broadcast-flood", "hairpin", "isolated")
# What kinds of ports there are, the usual ones more often
STYLES = ("access",) * 3 + ("hybrid",) * 3 + ("wide",) * 2 + (
    "trunk", "odd", "none")
# What bridge(8) calls them, where there is such a thing
BRIDGE_FLAGS = {"learning": "learning", "unicast-flood": "flood",
                "multicast-flood": "mcast_flood",
                "broadcast-flood": "bcast_flood", "hairpin": "hairpin",
                "isolated": "isolated"}
DEFAULTS = {"hairpin": False, "isolated": False}


class Port:
    """A port as it is configured. name is the same on switch and bridge."""

    def __init__(self, name, uplink=False):
        self.name, self.uplink = name, uplink
        self.host = name == "host"
        # VID: does it leave untagged?
        self.vlans = {}
        self.pvid = 0
        self.frames = "all"
        self.flags = {flag: DEFAULTS.get(flag, True) for flag in FLAGS}
        if self.host:
            self.flags["unicast-flood"] = False
        self.pcp = 0
        self.fdb_max = 0
        self.mac = None
        self.mtu = 1500
        self.down = False

    def __eq__(self, other):
        return vars(self) == vars(other)

    def object(self):
        return "uplink" if self.uplink else "port"


class Config:
    """All ports, the static entries, and addresses of devices."""

    def __init__(self, ports, own, devices):
        """devices: address of the device of each port"""
        self.ports = {port.name: port for port in ports}
        self.own, self.devices = own, devices
        # (address, VID): name of the port
        self.static = {}

    def __eq__(self, other):
        return vars(self) == vars(other)

    def copy(self):
        return copy.deepcopy(self)


def random_vlans(rng, port):
    vids = rng.sample(VIDS, rng.randrange(2, len(VIDS) + 1))
    style = rng.choice(STYLES)
    if style == "access":
        # Most are in the same two VLANs, or nobody would hear them.
        vid = rng.choice((1, 2, vids[0]))
        port.vlans, port.pvid = {vid: True}, vid
        port.frames = "untagged"
    elif style == "trunk":
        port.vlans = {vid: False for vid in vids}
    elif style == "hybrid":
        port.vlans = {vid: False for vid in vids}
        port.pvid = rng.choice((1, 2, vids[0]))
        port.vlans[port.pvid] = True
    elif style == "wide":
        port.vlans = {vid: False for vid in range(1, 4095)}
        port.vlans[1], port.pvid = True, 1
    elif style == "odd":
        port.vlans = {vid: rng.random() < 0.5 for vid in vids}
        port.pvid = rng.choice(vids + [0])
    if rng.random() < 0.15:
        port.frames = rng.choice(("all", "tagged", "untagged"))


def random_port(rng, name, uplink):
    port = Port(name, uplink)
    random_vlans(rng, port)
    for flag in FLAGS:
        odd = 0.2 if flag in DEFAULTS else 0.08
        if flag == "ingress-filtering":
            # Few frames come in a VLAN of which their port is no member.
            odd = 0.4
        if rng.random() < odd:
            port.flags[flag] = not port.flags[flag]
    if rng.random() < 0.3:
        port.pcp = rng.randrange(8)
    if port.host:
        # Its addresses are known, and it does not talk to itself.
        port.flags["unicast-flood"] = False
        port.flags["hairpin"] = port.flags["isolated"] = False
        return port
    if uplink:
        port.flags["hairpin"] = False
    if rng.random() < 0.1:
        port.fdb_max = rng.randrange(1, 4)
    port.mtu = rng.choice((1500, 1500, 1500, 1400, 9000))
    return port


def random_config(rng, names, uplinks, own, devices):
    """names: of all ports; uplinks: those that may be one"""
    config = Config([random_port(rng, name,
                                 name in uplinks and rng.random() < 0.6)
                     for name in names], own, devices)
    # A tap: the far end of a veth would notice, and take its time.
    config.ports["tapb"].down = rng.random() < 0.15
    addresses = rng.sample(FIXED + STATIONS[-2:], 4)
    for port in config.ports.values():
        if port.pvid and not port.host and rng.random() < 0.2 and addresses:
            port.mac = addresses.pop()
    for address in addresses[:rng.randrange(3)]:
        port = rng.choice([port for port in config.ports.values()
                           if port.vlans and not port.host] or [None])
        if port:
            vid = rng.choice(sorted(port.vlans)[:5])
            config.static[address, vid] = port.name
    return config


def ranges(vids):
    """[1, 2, 3, 7] as "1-3,7\""""
    words, run = [], []
    for vid in sorted(vids) + [None]:
        if run and vid != run[-1] + 1:
            words.append(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}")
            run = []
        run.append(vid)
    return words


def on_off(value):
    return "on" if value else "off"


def vlan_groups(port):
    """(VIDs, untagged, PVID) of what is added together"""
    for untagged in (False, True):
        vids = [vid for vid, way in port.vlans.items()
                if way == untagged and vid != port.pvid]
        if vids:
            yield vids, untagged, False
    if port.pvid:
        yield [port.pvid], port.vlans[port.pvid], True


def policy(port, brief):
    """Flags and numbers; brief: those that are not as they are by default"""
    usual = Port(port.name)
    values = {"frames": port.frames, "pcp": port.pcp, "fdb-max": port.fdb_max}
    values.update({flag: on_off(value) for flag, value in port.flags.items()})
    defaults = {"frames": "all", "pcp": 0, "fdb-max": 0}
    defaults.update({flag: on_off(value)
                     for flag, value in usual.flags.items()})
    return " ".join(f"{key} {value}" for key, value in values.items()
                    if not brief or value != defaults[key])


def switch_port_commands(port, name, brief=False):
    """brief: for a new port of a switch without default PVID"""
    kind = port.object()
    if not brief and not port.host:
        yield f"{kind} set {name} mac none"
    if not brief or port.uplink:
        yield f"{kind} set {name} vlan none"
    for vids, untagged, pvid in vlan_groups(port):
        yield (f"vlan add {name} vid {','.join(ranges(vids))}" +
               " untagged" * untagged + " pvid" * pvid)
    if policy(port, brief):
        yield f"{kind} set {name} {policy(port, brief)}"
    if port.mac:
        yield f"{kind} set {name} mac {port.mac.hex(':')}"


def switch_commands(config, old, switch, device, brief=False):
    """For vswctl -a -b: from one configuration to another. device: name of a
    port on this switch. Without old, there is nothing yet."""
    if old:
        for address, vid in old.static:
            yield f"fdb del {address.hex(':')} switch {switch} vid {vid}"
        for port in old.ports.values():
            if port.uplink != config.ports[port.name].uplink:
                yield f"{port.object()} del {device(port.name)}"
                continue
            if port.mac:
                yield f"{port.object()} set {device(port.name)} mac none"
    for port in config.ports.values():
        name = device(port.name)
        new = not old or old.ports[port.name].uplink != port.uplink
        if new and not port.host:
            yield (f"uplink add {switch} {name}" if port.uplink else
                   f"port add {switch} {name} dev {name}")
        yield from switch_port_commands(port, name, brief)
    for (address, vid), port in config.static.items():
        yield (f"fdb add {address.hex(':')} port {device(port)} vid {vid} "
               "static")


def bridge_flags(port, name):
    """Of a port that has any"""
    if not port.host:
        yield f"link set dev {name} " + " ".join(
            f"{word} {on_off(port.flags[flag])}"
            for flag, word in BRIDGE_FLAGS.items())


def bridge_commands(config, old, device):
    """The same for bridge -batch"""
    if old:
        for (address, vid), port in fixed(old).items():
            # It may have moved.
            where = f"{address.hex(':')} dev {device(port)} master"
            yield f"fdb replace {where} static vlan {vid}"
            yield f"fdb del {where} vlan {vid}"
        for port in old.ports.values():
            for words in ranges(port.vlans):
                yield (f"vlan del dev {device(port.name)} vid {words}" +
                       " self" * port.host)
    for port in config.ports.values():
        name = device(port.name)
        for vids, untagged, pvid in vlan_groups(port):
            for words in ranges(vids):
                yield (f"vlan add dev {name} vid {words}" + " pvid" * pvid +
                       " untagged" * untagged + " self" * port.host)
        yield from bridge_flags(port, name)
    for (address, vid), port in fixed(config).items():
        yield (f"fdb add {address.hex(':')} dev {device(port)} master static "
               f"vlan {vid}")


def fixed(config):
    """(address, VID): port, of all that is configured and does not move"""
    entries = dict(config.static)
    for port in config.ports.values():
        if port.mac:
            entries[port.mac, port.pvid] = port.name
    return entries
