# SPDX-License-Identifier: GPL-2.0
"""Well-formed requests drawn at random from a small pool of names, so that they
meet each other: most of what is named exists, much of it is somebody's already.
"""
from model import (FLAGS, PF, REP_ONLY, SOFT_ONLY, UPLINK_ONLY, VF_ONLY, ZERO)

SWITCHES = ("vsw0", "vsw1", "vsw2")
PORTS = ("p0", "p1", "p2", "p3", "v0", "v1", "up")
DUMMIES = ("d0", "d1", "d2", "d3", "d4", "u0")
VIDS = (1, 2, 3, 100, 4094)
MACS = tuple(f"02:00:00:00:00:0{number}" for number in range(1, 5))
BAD_MACS = ("01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", ZERO)
ENUMS = {"role": ("local", "uplink", "host"), "path": ("soft", "vf"),
         "frames": ("all", "tagged", "untagged"),
         "link-state": ("auto", "enable", "disable", "follow-team"),
         "teaming": ("none", "active-backup", "port-hash"),
         "enforcement": ("strict", "best-effort"),
         "on-drift": ("enforce", "observe"), "unowned": ("leave", "park"),
         "vlan-proto": ("8021q", "8021ad"), "failover": ("manual", "auto"),
         "filter-overflow": ("report", "promisc"),
         "type": ("dynamic", "sticky", "static", "local")}
# How often, out of all
WEIGHTS = {
    "switch-new": 4, "switch-set": 5, "switch-del": 2, "switch-get": 1,
    "port-new": 22, "port-set": 20, "path": 9, "port-del": 6, "port-get": 1,
    "vlan-new": 11, "vlan-del": 8, "fdb-new": 12, "fdb-del": 6, "fdb-get": 2,
    "fdb-flush": 4, "batch": 12, "confirmed": 4, "batch-confirm": 2,
    "batch-undo": 2, "batch-get": 1, "expire": 1,
    "link-add": 2, "link-del": 2, "link-master": 6, "link-up": 2,
    "link-mtu": 3, "link-name": 2, "link-away": 1, "bridge-vlan-add": 4,
    "bridge-vlan-del": 3, "bridge-fdb-add": 3, "bridge-fdb-del": 2,
}
IN_BATCH = ("switch-new", "switch-set", "switch-del", "port-new", "port-set",
            "port-del", "vlan-new", "vlan-del", "fdb-new", "fdb-del")


class Generator:
    """Draws what to ask next, knowing what there is."""

    def __init__(self, rng):
        self.rng, self.model = rng, None

    def draw(self, model):
        """(operation, attributes)"""
        self.model = model
        names, weights = zip(*WEIGHTS.items())
        kind = self.rng.choices(names, weights)[0]
        if model.away and self.maybe(0.3):
            return "link-back", {"dev": self.one(sorted(model.away))}
        if len(model.switches) < 2 and self.maybe(0.3):
            kind = "switch-new"
        elif model.switches and PF in model.devices and \
                not model.port_of(PF) and self.maybe(0.1):
            return "port-new", {"switch": self.switch(), "name": "up",
                                "ifindex": PF, "role": "uplink"}
        return getattr(self, kind.replace("-", "_"))()

    # Values

    def maybe(self, chance=0.5):
        return self.rng.random() < chance

    def one(self, values):
        return self.rng.choice(list(values))

    def switch(self):
        if self.model.switches and self.maybe(0.93):
            return self.one(self.model.switches)
        return self.one(SWITCHES + ("d0", "nobody"))

    def port(self):
        if self.model.ports and self.maybe(0.93):
            return self.one(self.model.ports)
        return self.one(PORTS + ("nobody", ""))

    def new_name(self):
        name = self.one(PORTS)
        if self.maybe(0.06):
            name = self.one(("d0", "x/y", "x y", "", "a" * 31, "a" * 32, "vsw0",
                             "vsw2"))
        return name

    def device(self):
        free = [name for name in self.model.devices
                if not self.model.port_of(name)]
        if free and self.maybe(0.75):
            return self.one(free)
        if self.maybe(0.1):
            return self.one(("nobody", "lo") + SWITCHES)
        return self.one(DUMMIES)

    def vid(self, odd=0.04):
        if self.maybe(odd):
            return self.one((0, 4095, 4096, 65535))
        return self.one(VIDS)

    def mac(self):
        if self.maybe(0.08):
            return self.one(BAD_MACS)
        if self.model.switches and self.maybe(0.06):
            own = self.model.switches[self.one(self.model.switches)].mac
            if isinstance(own, str):
                return own
        return self.one(MACS)

    def enum(self, name):
        if self.maybe(0.02):
            return 9
        return self.one(ENUMS[name])

    def flag(self):
        return self.one((0, 1, 1, 0, 2)) if self.maybe(0.1) else \
            self.one((0, 1))

    def flags(self):
        flags = [flag for flag in ("pvid", "untagged") if self.maybe(0.3)]
        return flags

    def range(self):
        found = {"first": self.vid()}
        if self.maybe(0.3):
            found["last"] = self.vid()
        if self.maybe(0.6):
            found["flags"] = self.flags()
        if self.maybe(0.02):
            del found["first"]
        return found

    # Switches

    def switch_values(self, attributes):
        chance = 0.35
        if self.maybe(chance):
            attributes["ageing-time"] = self.one(
                (0, 300, 1000, 1000000, 300, 5, 9, 1000001))
        if self.maybe(chance):
            attributes["default-pvid"] = self.one((0, 1, 2, 3, 4094, 4095))
        if self.maybe(chance):
            attributes["fdb-max"] = self.one((1, 2, 262144, 0xffffffff, 0))
        if self.maybe(chance):
            attributes["teaming"] = self.enum("teaming")
        return attributes

    def switch_name(self):
        found = {}
        if self.maybe(0.7):
            found["name"] = self.switch()
        if self.maybe(0.35):
            found["ifindex"] = self.switch()
        return found

    def switch_new(self):
        attributes = {"name": self.one(SWITCHES)}
        if self.maybe(0.1):
            attributes["name"] = self.one(("p1", "d0", "x/y", "", "all", ".",
                                           "a" * 15, "a" * 16, "vsw%d"))
        if self.maybe(0.05):
            del attributes["name"]
        if self.maybe(0.4):
            attributes["mac"] = self.mac()
        if self.maybe(0.4):
            self.switch_values(attributes)
        if self.maybe(0.05):
            attributes["primary"] = self.one(("", "up"))
        return "switch-new", attributes

    def switch_set(self):
        attributes = self.switch_values(self.switch_name())
        if self.maybe(0.3):
            attributes["primary"] = self.one(("up", "up", "", "p0", "nobody"))
        return "switch-set", attributes

    def switch_del(self):
        return "switch-del", self.switch_name()

    def switch_get(self):
        return "switch-get", self.switch_name()

    # Ports

    def port_new(self):
        attributes = {"name": self.new_name()}
        way = "switch-name" if self.maybe(0.3) else "switch"
        attributes[way] = self.switch()
        paths = self.rng.choices(("dev", "vf", "both", "none"),
                                 (60, 20, 18, 2))[0]
        if paths in ("dev", "both"):
            attributes["ifindex"] = self.device()
        if paths in ("vf", "both"):
            self.vf_path(attributes)
            if self.maybe(0.8) and self.model.port_of(PF):
                switch = self.model.ports[self.model.port_of(PF)].switch
                attributes[way] = switch
        if self.maybe(0.25):
            attributes["role"] = "uplink" if paths == "dev" else \
                self.enum("role")
        if paths == "both" and self.maybe(0.5) or self.maybe(0.02):
            attributes["path"] = self.enum("path")
        self.policy(attributes, paths != "dev", 0.12)
        for name in ("switch", "name"):
            if self.maybe(0.01):
                attributes.pop(name, None)
        if self.maybe(0.01):
            attributes["vf"] = 1
        return "port-new", attributes

    def vf_path(self, attributes):
        attributes["pf"] = PF if self.maybe(0.93) else self.one(
            ("u0", "d0", "nobody"))
        if self.maybe(0.7):
            attributes["vf"] = self.one((0, 1, 2, 3, 0, 1, 2, 3, 4, 255))

    def policy(self, attributes, is_vf, chance):
        """Some of what a port may be asked to be"""
        if self.maybe(0.4):
            attributes["mac"] = self.mac()
        if self.maybe(0.4):
            attributes["pvid"] = self.vid()
        elif not is_vf and self.maybe(0.3) or self.maybe(0.02):
            attributes["vlan"] = [self.range()
                                  for _ in range(self.rng.randrange(1, 4))]
        if self.maybe(0.02):
            attributes["vlan"] = [self.range()]
        self.flags_and_numbers(attributes, is_vf, chance)
        for key in tuple(VF_ONLY) + tuple(UPLINK_ONLY):
            if self.maybe(chance if is_vf and key in VF_ONLY else 0.015):
                attributes[key] = self.vf_value(key)
        if self.maybe(0.12):
            attributes["pin"] = self.one(
                [name for name, port in self.model.ports.items()
                 if port.role == "uplink"] * 2 + ["", "p0", "nobody"])
        if self.maybe(0.08):
            attributes["profile"] = self.one(("gold", "silver", "", "p" * 32))

    def flags_and_numbers(self, attributes, is_vf, chance):
        for key in SOFT_ONLY + ("pcp",):
            if key == "vlan" or not self.maybe(
                    chance if not is_vf or key == "pcp" else 0.01):
                continue
            if key in FLAGS:
                attributes[key] = self.flag()
            elif key == "frames":
                attributes[key] = self.enum(key)
            elif key == "pcp":
                attributes[key] = self.one((0, 1, 7, 0, 5, 8))
            else:
                attributes[key] = self.one((0, 1, 5, 0xffffffff))

    def vf_value(self, key):
        if key in ENUMS:
            return self.enum(key)
        if key in ("spoofchk", "trust"):
            return self.flag()
        return self.one((0, 0, 1, 100, 10000))

    def port_set(self):
        name = self.port()
        attributes = {"name": name}
        port = self.model.ports.get(name)
        self.policy(attributes, bool(port and port.pf), 0.1)
        if self.maybe(0.01):
            attributes[self.one(REP_ONLY[1:])] = 5
        if self.maybe(0.01):
            del attributes["name"]
        return "port-set", attributes

    def path(self):
        """A change of paths"""
        ports = [name for name, port in self.model.ports.items()
                 if port.role == "local"]
        name = self.one(ports) if ports and self.maybe(0.95) else self.port()
        attributes = {"name": name}
        kind = self.rng.choices(("path", "ifindex", "pf"), (3, 3, 4))[0]
        if kind == "path":
            attributes["path"] = self.enum("path")
        elif kind == "ifindex":
            attributes["ifindex"] = "" if self.maybe(0.3) else self.device()
        elif self.maybe(0.3):
            attributes["pf"] = ""
        else:
            self.vf_path(attributes)
        if self.maybe(0.04):
            attributes["pcp"] = 1
        return "port-set", attributes

    def port_del(self):
        attributes = {"name": self.port()}
        uplinks = [name for name, port in self.model.ports.items()
                   if port.role == "uplink"]
        if uplinks and self.maybe(0.3):
            # Others depend on them.
            attributes["name"] = self.one(uplinks)
        if self.maybe(0.3):
            attributes["id"] = self.one(("right", "right", 0xfffffff0))
        return "port-del", attributes

    def port_get(self):
        return "port-get", {"name": self.port()}

    # VLANs and entries

    def vlan_new(self):
        return "vlan-new", {"port": self.port(), **self.range()}

    def vlan_del(self):
        attributes = {"port": self.port(), **self.range()}
        port = self.model.ports.get(attributes["port"])
        if port and port.vlans and len(port.vlans) < 4000 and self.maybe(0.7):
            attributes["first"] = self.one(sorted(port.vlans))
        return "vlan-del", attributes

    def fdb_new(self):
        attributes = {"port": self.port(), "mac": self.mac()}
        port = self.model.ports.get(attributes["port"])
        if self.maybe(0.7):
            attributes["vid"] = self.vid()
            if port and port.vlans and self.maybe(0.8):
                attributes["vid"] = self.one(
                    [vid for vid in VIDS if vid in port.vlans] or VIDS)
        if self.maybe(0.5):
            attributes["type"] = self.enum("type")
        if self.maybe(0.02):
            attributes.pop(self.one(("port", "mac")))
        return "fdb-new", attributes

    def known_entry(self):
        """(switch, address, VID)"""
        keys = list(self.model.entries)
        if self.maybe(0.2) or not keys:
            keys += [key for key in self.model.local()
                     if isinstance(key[1], str)]
        if keys and self.maybe(0.8):
            return self.one(keys)
        return self.switch(), self.mac(), self.vid()

    def entry(self):
        switch, mac, vid = self.known_entry()
        return {"switch-name" if self.maybe(0.3) else "switch": switch,
                "mac": mac, "vid": vid}

    def fdb_del(self):
        attributes = self.entry()
        if self.maybe(0.03):
            attributes.pop(self.one(("mac", "vid")))
        return "fdb-del", attributes

    def fdb_get(self):
        switch, mac, vid = self.known_entry()
        return "fdb-get", {"switch": switch, "mac": mac, "vid": vid}

    def fdb_flush(self):
        attributes = {"switch": self.switch()}
        if self.model.entries and self.maybe(0.6):
            attributes["switch"] = self.one(self.model.entries)[0]
        if self.maybe(0.2):
            attributes["port"] = self.port()
        if self.maybe(0.2):
            attributes["vid"] = self.vid()
        if self.maybe(0.4):
            attributes["type"] = self.enum("type")
        return "fdb-flush", attributes

    # Transactions

    def some_entries(self, most):
        return [self.entry_of_batch()
                for _ in range(self.rng.randrange(1, most + 1))]

    def entry_of_batch(self):
        """An id is that of before the batch."""
        op, attributes = getattr(self, self.one(IN_BATCH).replace("-", "_"))()
        attributes.pop("id", None)
        return op, attributes

    def later_entries(self, most):
        """For undo. An index is that of when they are sent, and whose it is when
        they are carried out is not known to the model, so they have names."""
        found = []
        for op, attributes in self.some_entries(most):
            if op.startswith("switch") and "ifindex" in attributes:
                attributes["name"] = attributes.pop("ifindex")
            if "switch" in attributes:
                attributes["switch-name"] = attributes.pop("switch")
            if "ifindex" not in attributes and \
                    attributes.get("pf", PF) == PF:
                found.append((op, attributes))
        return found or [("port-del", {"name": "p1"})]

    def good_entries(self, most):
        """Most of them can be carried out, one after the other."""
        known, found = self.model.copy(), []
        self.model = known
        known.in_batch, known.born = True, set()
        for _ in range(self.rng.randrange(1, most + 1)):
            for _ in range(5):
                op, attributes = self.entry_of_batch()
                try:
                    known.ask(op, attributes)
                except Exception:  # pylint: disable=broad-except
                    continue
                found.append((op, attributes))
                break
        return found

    def batch(self):
        entries = self.good_entries(6)
        if self.maybe(0.35):
            entries += self.some_entries(2)
        if self.maybe(0.15) and entries:
            entries.append(self.one(entries))
        if self.maybe(0.05):
            entries.insert(0, self.path())
        return "batch", {"entry": entries}

    def confirmed(self):
        """One that has to be confirmed"""
        _, attributes = self.batch()
        if self.maybe(0.95):
            attributes["undo"] = self.later_entries(4)
        if self.maybe(0.95):
            attributes["timeout"] = self.one((3600, 3600, 86400, 0, 86401)) \
                if self.maybe(0.2) else 3600
        return "batch", attributes

    def expire(self):
        """Nobody confirms it."""
        _, attributes = self.batch()
        return "expire", {**attributes, "undo": self.later_entries(4),
                          "timeout": 1}

    def batch_confirm(self):
        return "batch-confirm", {}

    def batch_undo(self):
        return "batch-undo", {}

    def batch_get(self):
        return "batch-get", {}

    # rtnetlink

    def link_add(self):
        gone = [name for name in DUMMIES if name not in self.model.devices and
                name not in self.model.away]
        if gone and self.maybe(0.8):
            return "link-add", {"name": self.one(gone), "kind": "dummy"}
        return "link-add", {"name": self.one(SWITCHES + ("p1", "d0", "all")),
                            "kind": "vsw"}

    def some_dev(self):
        return self.one(DUMMIES) if self.maybe(0.75) else \
            self.one(SWITCHES + (PF,))

    def link_del(self):
        return "link-del", {"dev": self.one(DUMMIES + SWITCHES)}

    def link_master(self):
        return "link-master", {"dev": self.some_dev(), "master":
                               "" if self.maybe(0.35) else self.switch()}

    def link_up(self):
        return "link-up", {"dev": self.one(DUMMIES + SWITCHES),
                           "up": self.maybe(0.7)}

    def link_mtu(self):
        return "link-mtu", {"dev": self.some_dev(),
                            "mtu": self.one((1500, 1500, 1400, 1000, 1600))}

    def link_name(self):
        dev = self.one(DUMMIES + SWITCHES)
        return "link-name", {"dev": dev, "name": self.one(
            DUMMIES if dev in DUMMIES else SWITCHES + ("p1", "v0"))}

    def link_away(self):
        return "link-away", {"dev": self.one(DUMMIES + SWITCHES)}

    def bridge_dev(self):
        """Device, and is it the host's own port?"""
        own = self.maybe(0.2)
        devices = [port.dev for port in self.model.ports.values()
                   if port.dev and (port.role == "host") == own]
        if devices and self.maybe(0.85):
            return {"dev": self.one(devices), "own": own}
        return {"dev": self.some_dev(), "own": own}

    def bridge_range(self):
        first = self.vid(0.08)
        if first > 4095:
            first = 4095
        return {"first": first, "last": max(first, self.vid(0)) if
                self.maybe(0.2) else first}

    def bridge_vlan_add(self):
        return "bridge-vlan-add", {
            **self.bridge_dev(), **self.bridge_range(),
            "pvid": self.maybe(0.3), "untagged": self.maybe(0.4)}

    def bridge_vlan_del(self):
        return "bridge-vlan-del", {**self.bridge_dev(), **self.bridge_range()}

    def bridge_fdb_add(self):
        return "bridge-fdb-add", {
            "mac": self.mac(), "switch": self.switch(), "vid": self.vid(),
            "via": self.bridge_dev()["dev"],
            "kind": self.one(("static", "sticky", "dynamic"))}

    def bridge_fdb_del(self):
        switch, mac, vid = self.known_entry()
        return "bridge-fdb-del", {"mac": mac, "switch": switch, "vid": vid}
