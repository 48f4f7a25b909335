# SPDX-License-Identifier: GPL-2.0
"""What the documentation says that a request does, or why it is refused.

Written from Documentation/netlink/specs/vsw.yaml, the manuals and
Documentation/*.md, a second time and in another way than kmod/ does it: there is
no order of checks here. A request that cannot be has a set of reasons, and the
kernel has to refuse it with one of them; a request without a reason has to be
carried out. No test of the walk looks into kmod/.

Devices and switches are known by their names, ports by theirs.
"""
import copy
from errno import (EADDRNOTAVAIL, EBUSY, EEXIST, EINVAL, ELOOP, ENODEV, ENOENT,
                   EOPNOTSUPP, EPERM, ERANGE, ESTALE)

ZERO = "00:00:00:00:00:00"
PF = "testpf"
VFS = 4
VIDS = range(1, 4095)
FLAGS = ("ingress-filtering", "learning", "unicast-flood", "multicast-flood",
         "broadcast-flood", "hairpin", "isolated")
# What the embedded switch of a NIC cannot do for a VF
SOFT_ONLY = FLAGS + ("frames", "fdb-max", "vlan")
VF_ONLY = {"spoofchk": 1, "trust": 0, "link-state": "auto", "min-tx-rate": 0,
           "max-tx-rate": 0, "enforcement": "strict", "on-drift": "enforce",
           "failover": "manual", "vlan-proto": "8021q"}
UPLINK_ONLY = {"unowned": "leave", "filter-max": 0, "filter-overflow": "report"}
REP_ONLY = ("before-mac", "before-tx-share", "before-tx-max")
PATH_WORDS = {"path", "ifindex", "pf", "vf"}

# Rules that a model can have wrong, to see that the walk notices: name, and what
# it believes then.
WRONG = {
    "pvid-stays": "vlan-new of the PVID without the flag leaves it the PVID",
    "no-duplicates": "two ports may have one MAC address in one VLAN",
    "fdb-outlives": "static entries stay when their port leaves the VLAN",
    "half-batch": "what a batch did before the entry that fails stays",
    "uplink-goes": "an uplink goes although VF ports use it",
    "any-is-last": "PF/any is the last VF that no port owns",
    "sticky-stays": "a flush leaves sticky entries",
    "frames-stay": "an access port that gets a second VLAN stays untagged only",
    "free-vlan": "an uplink leaves a VLAN that a VF port uses",
    "undo-forgets": "batch-undo does nothing",
    "pin-stays": "the pin to an uplink outlives it",
    "late-delete": "port-del does not look at the id",
}


class Refusal(Exception):
    """The errors that it may be refused with"""

    def __init__(self, *errors):
        super().__init__(*errors)
        self.errors = set(errors)


class Unsure(Exception):
    """The documentation leaves it open."""


class Any:
    """A value that the kernel chooses"""

    def __repr__(self):
        return "any"


ANY = Any()


def is_unicast(mac):
    return mac != ZERO and not int(mac[:2], 16) & 1


class Device:
    """A net device that is no switch"""

    def __init__(self, kind):
        self.kind = kind
        self.up, self.mtu = True, 1500

    def copy(self):
        return copy.copy(self)


class Switch:
    """A switch without its ports"""

    def __init__(self):
        self.mac = ANY
        self.up = False
        self.values = {"ageing-time": 300, "default-pvid": 1,
                       "fdb-max": 262144, "teaming": "none"}
        self.primary = None
        # What was asked for, or None
        self.mtu = None
        # VLANs in which the host has given way to who had its address
        self.yielded = set()

    def copy(self):
        other = copy.copy(self)
        other.values = dict(self.values)
        other.yielded = set(self.yielded)
        return other


class Port:
    """A port of any role"""

    def __init__(self, switch, role="local"):
        self.switch, self.role = switch, role
        self.dev = self.pf = self.vf = None
        self.path = "soft"
        self.mac, self.pvid, self.vlans = ZERO, 0, {}
        self.pcp, self.fdb_max, self.frames = 0, 0, "all"
        self.flags = {flag: int(flag not in ("hairpin", "isolated"))
                      for flag in FLAGS}
        if role == "host":
            self.flags["unicast-flood"] = 0
        self.vf_policy = dict(VF_ONLY)
        self.uplink_policy = dict(UPLINK_ONLY)
        self.pin = self.profile = None

    def __repr__(self):
        known = dict(vars(self), vlans=f"{len(self.vlans)} of them") \
            if len(self.vlans) > 8 else vars(self)
        return str(known)

    def copy(self):
        other = copy.copy(self)
        for name in ("vlans", "flags", "vf_policy", "uplink_policy"):
            setattr(other, name, dict(getattr(self, name)))
        return other

    def access(self, vid):
        self.pvid, self.vlans = vid, {vid: True} if vid else {}

    def is_access(self):
        return self.vlans == {self.pvid: True}

    def default_vlans(self, vid):
        self.access(vid)
        if self.role == "uplink":
            self.vlans = {**dict.fromkeys(VIDS, False), **self.vlans}

    def is_apart(self):
        """Is its VLAN none of the switch?"""
        return self.vf is not None and \
            self.vf_policy["vlan-proto"] != "8021q"

    def is_local_entry(self):
        return self.mac != ZERO and self.pvid and not self.is_apart()


class Syntax:
    """The ranges of the specification"""

    def __init__(self, spec):
        self.sets = {one["name"]: {attribute["name"]: attribute
                                   for attribute in one["attributes"]}
                     for one in spec["attribute-sets"]}
        self.ops = {one["name"]: one for one in spec["operations"]["list"]}
        self.enums = {one["name"]: one for one in spec["definitions"]}

    def reasons(self, op, attributes):
        one = self.ops[op]
        known = one.get("do", {}).get("request", {}).get("attributes", ())
        for name, value in attributes.items():
            if name not in known:
                yield EINVAL
            else:
                yield from self.value(self.sets[one["attribute-set"]][name],
                                      value)

    def value(self, attribute, value):
        if attribute["type"] == "nest":
            members = self.sets[attribute["nested-attributes"]]
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    for name, member in one.items():
                        yield from self.value(members[name], member)
        elif attribute["type"] == "string":
            most = attribute.get("checks", {}).get("max-len", 1 << 16)
            if len(value) > self.number(most):
                yield EINVAL
        elif "enum" in attribute:
            yield from self.enum(attribute, value)
        elif isinstance(value, int):
            checks = attribute.get("checks", {})
            if not checks.get("min", 0) <= value <= \
                    checks.get("max", 0xffffffff):
                yield ERANGE

    def number(self, value):
        return self.enums[value]["value"] if value in self.enums else value

    def enum(self, attribute, value):
        entries = len(self.enums[attribute["enum"]]["entries"])
        if not isinstance(value, int):
            return
        if attribute.get("enum-as-flags"):
            if value >> entries:
                yield EINVAL
        elif value >= entries:
            yield ERANGE


class Model:
    """All that there is, and what requests make of it"""

    def __init__(self, syntax, names, wrong=None):
        """names: of the devices"""
        self.syntax, self.wrong = syntax, wrong
        self.devices = {name: Device("pf" if name == PF else "dummy")
                        for name in names}
        self.away = {}
        self.switches, self.ports = {}, {}
        # {(switch, address, VID): [port, type]} of what is no port's own
        self.entries = {}
        self.undo = None
        self.in_batch = False
        # Names of switches that are gone, or made, in the batch so far
        self.dying, self.born = set(), set()
        # Switches whose host port has other VLANs than before the batch
        self.moved = set()

    def copy(self):
        other = copy.copy(self)
        for name in ("devices", "away", "switches", "ports"):
            setattr(other, name, {key: one.copy() for key, one in
                                  getattr(self, name).items()})
        other.entries = {key: list(one) for key, one in self.entries.items()}
        other.dying, other.born = set(self.dying), set(self.born)
        other.moved = set(self.moved)
        return other

    def take(self, other):
        vars(self).update(vars(other))

    # What follows from the ports

    def of(self, switch):
        return {name: port for name, port in self.ports.items()
                if port.switch == switch}

    def uplinks(self, switch):
        return {name for name, port in self.of(switch).items()
                if port.role == "uplink"}

    def local(self, but=None):
        """{(switch, address, VID): port} of all that is a port's own"""
        found = {(port.switch, port.mac, port.pvid): name
                 for name, port in self.ports.items()
                 if name != but and port.role != "host" and
                 port.is_local_entry()}
        for name, port in self.ports.items():
            if name != but and port.role == "host":
                mac = self.switches[port.switch].mac
                found.update(((port.switch, mac, vid), name)
                             for vid in port.vlans
                             if vid not in self.switches[port.switch].yielded)
        return found

    def sync_host(self, switch):
        """The host gives way to what has its address already."""
        one = self.switches[switch]
        one.yielded = set()
        taken = {key for key, entry in self.entries.items()
                 if entry[1] == "static"} | set(self.local(switch))
        one.yielded = {vid for vid in self.ports[switch].vlans
                       if (switch, one.mac, vid) in taken}

    def look_at(self, switch, mac):
        """The addresses of the host follow at the end of a batch."""
        if self.in_batch and (switch in self.born or
                              self.switches[switch].mac == mac):
            if switch in self.moved:
                raise Unsure

    def port_of(self, dev):
        return next((name for name, port in self.ports.items()
                     if dev and port.dev == dev and port.role != "host"), None)

    def uplink_of(self, port):
        return self.ports[self.port_of(port.pf)]

    def vf_ports(self, dev):
        return {name: port for name, port in self.ports.items()
                if dev and port.pf == dev}

    def vf_owner(self, number):
        return next((name for name, port in self.vf_ports(PF).items()
                     if port.vf == number), None)

    def mtu(self, switch):
        all_of_them = [self.devices[port.dev].mtu
                       for port in self.of(switch).values()
                       if port.dev and port.role != "host"]
        asked = self.switches[switch].mtu
        least = min(all_of_them, default=asked or 1500)
        return min(asked, least) if asked else least

    # The names in requests

    def named_switch(self, attributes, index="switch", name="switch-name"):
        if index in attributes:
            found = attributes[index]
            if found in self.born:
                # Nobody knows its index yet.
                raise Refusal(ENODEV)
        elif name in attributes:
            found = attributes[name]
        else:
            raise Refusal(EINVAL)
        if found not in self.switches:
            raise Refusal(ENODEV)
        return found

    def named_port(self, attributes, key="name"):
        if key not in attributes:
            raise Refusal(EINVAL)
        if attributes[key] not in self.ports:
            raise Refusal(ENOENT)
        return attributes[key]

    # A request

    def ask(self, op, attributes):
        """Carry it out, or Refusal"""
        if not op.startswith(("link-", "bridge-")):
            if op != "batch":
                bad = set(self.syntax.reasons(op, attributes))
            else:
                bad = self.batch_syntax(attributes)
            if bad and op == "batch":
                bad |= self.batch_reasons(attributes)
            if bad:
                # What comes after the syntax may be said of it, too
                raise Refusal(*bad)
        before = self.copy()
        try:
            getattr(self, op.replace("-", "_"))(dict(attributes))
        except Unsure:
            self.take(before)
            raise
        except Refusal:
            if not (op == "link-master" and attributes["master"]):
                self.take(before)
            raise

    def batch_syntax(self, attributes):
        bad = set(self.syntax.reasons("batch", attributes))
        for way in ("entry", "undo"):
            for op, members in attributes.get(way, ()):
                bad |= set(self.syntax.reasons(op, members))
        return bad

    # Switches

    def switch_get(self, attributes):
        self.named_switch(attributes, "ifindex", "name")

    def switch_values(self, switch, attributes):
        bad = set()
        ageing = attributes.get("ageing-time", 0)
        if 0 < ageing < 10:
            bad.add(ERANGE)
        if attributes.get("primary") and \
                attributes["primary"] not in self.uplinks(switch):
            bad.add(EINVAL)
        one = self.switches[switch]
        one.values.update((name, value) for name, value in attributes.items()
                          if name in one.values)
        if "primary" in attributes:
            one.primary = attributes["primary"] or None
        return bad

    @staticmethod
    def is_device_name(name):
        return name not in ("", ".", "..") and not set(name) & set("/ :%")

    def switch_new(self, attributes):
        bad = set()
        name = attributes.pop("name", None)
        if name is None:
            name = next(f"vsw{number}" for number in range(99)
                        if f"vsw{number}" not in
                        {*self.switches, *self.ports, *self.dying})
        if name in self.devices or name in self.switches or name in self.dying:
            bad.add(EEXIST)
        elif name in self.ports:
            bad.add(EEXIST)
        if not self.is_device_name(name) or name in ("all", "default"):
            bad.add(EINVAL)
        if not is_unicast(attributes.get("mac", "02:00:00:00:00:00")):
            bad.add(EADDRNOTAVAIL)
        if attributes.get("primary"):
            # It has no uplink yet.
            bad.add(EINVAL)
        if 0 < attributes.get("ageing-time", 0) < 10:
            bad.add(ERANGE)
        if bad:
            raise Refusal(*bad)
        self.make_switch(name)
        self.switches[name].mac = attributes.pop("mac", ANY)
        bad |= self.switch_values(name, attributes)
        host = self.ports[name]
        host.default_vlans(self.switches[name].values["default-pvid"])
        if bad:
            raise Refusal(*bad)

    def make_switch(self, name):
        self.switches[name] = Switch()
        self.ports[name] = Port(name, "host")
        self.ports[name].dev = name
        self.ports[name].default_vlans(1)
        if self.in_batch:
            self.born.add(name)
            self.moved.add(name)

    def switch_set(self, attributes):
        name = self.named_switch(attributes, "ifindex", "name")
        bad = self.switch_values(name, attributes)
        if bad:
            raise Refusal(*bad)

    def switch_del(self, attributes):
        self.end_switch(self.named_switch(attributes, "ifindex", "name"))

    def end_switch(self, name):
        for port in self.of(name):
            del self.ports[port]
        self.entries = {key: entry for key, entry in self.entries.items()
                        if key[0] != name}
        del self.switches[name]
        if self.in_batch:
            self.dying.add(name)

    # Ports

    def port_get(self, attributes):
        self.named_port(attributes)

    @staticmethod
    def is_port_name(name):
        return 0 < len(name) <= 31 and all("!" <= one <= "~" and one != "/"
                                           for one in name)

    def can_join(self, switch, dev):
        """Reasons why a device cannot be a port"""
        bad = set()
        if dev in self.switches:
            return {ELOOP}
        if dev == "lo":
            return {EINVAL}
        if dev not in self.devices:
            return {ENODEV}
        if self.port_of(dev):
            bad.add(EBUSY)
        asked = self.switches[switch].mtu
        if asked and self.devices[dev].mtu < asked:
            bad.add(EINVAL)
        return bad

    def can_have_vf(self, switch, attributes):
        """Reasons, and the number"""
        dev, number = attributes["pf"], attributes.get("vf")
        if not dev or dev not in self.devices and dev not in self.switches:
            return {ENODEV}, None
        uplink = self.port_of(dev)
        if not uplink or self.ports[uplink].switch != switch or \
                self.ports[uplink].role != "uplink":
            return {EINVAL}, None
        if dev != PF:
            return {ERANGE, EOPNOTSUPP}, None
        if number is None:
            free = [one for one in range(VFS) if self.vf_owner(one) is None]
            if not free:
                return {EBUSY}, None
            return set(), free[-1 if self.wrong == "any-is-last" else 0]
        if number >= VFS:
            return {ERANGE}, None
        return {EBUSY} if self.vf_owner(number) else set(), number

    def port_new(self, attributes):
        bad = set()
        switch = self.named_switch(attributes)
        if "name" not in attributes:
            raise Refusal(EINVAL)
        name = attributes["name"]
        if name in self.ports:
            bad.add(EEXIST)
        if not self.is_port_name(name):
            bad.add(EINVAL)
        role = attributes.get("role", "local")
        if role == "host":
            bad.add(EINVAL)
            role = "local"
        port = Port(switch, role)
        if "ifindex" in attributes:
            port.dev = attributes["ifindex"]
            bad |= self.can_join(switch, port.dev)
        if "pf" in attributes:
            port.pf = attributes["pf"]
            wrong, port.vf = self.can_have_vf(switch, attributes)
            bad |= wrong
            if role == "uplink":
                bad.add(EINVAL)
        elif "vf" in attributes or not port.dev:
            # A number needs its PF.
            bad.add(EINVAL)
        if not port.dev:
            port.path = "vf"
        if "path" in attributes:
            port.path = attributes["path"]
            if not (port.dev and port.pf):
                bad.add(EINVAL)
        port.default_vlans(self.switches[switch].values["default-pvid"])
        self.ports.setdefault(name, port)
        if port.pf and attributes.get("mac", ZERO) == ZERO:
            # That of the VF, or a random one
            port.mac = ANY
            attributes.pop("mac", None)
        bad |= self.policy(name, port, attributes)
        bad |= self.admissible(name, port)
        if bad:
            raise Refusal(*bad)
        self.settle(name)

    def policy(self, name, port, attributes):
        """Attributes of a request into the port; reasons against it"""
        bad = set()
        is_vf = port.pf is not None
        for key in attributes:
            if key in VF_ONLY and not is_vf or \
                    key in UPLINK_ONLY and port.role != "uplink" or \
                    key in SOFT_ONLY and is_vf or key in REP_ONLY:
                bad.add(EOPNOTSUPP)
        bad |= self.vlan_policy(port, attributes)
        for key, value in attributes.items():
            if key in VF_ONLY:
                port.vf_policy[key] = value
            elif key in UPLINK_ONLY:
                port.uplink_policy[key] = value
            elif key in FLAGS:
                port.flags[key] = value
            elif key in ("pcp", "frames"):
                setattr(port, key, value)
            elif key == "fdb-max":
                port.fdb_max = value
            elif key == "profile":
                port.profile = value or None
        if "mac" in attributes:
            port.mac = attributes["mac"]
            if port.mac != ZERO and not is_unicast(port.mac):
                bad.add(EADDRNOTAVAIL)
            if port.role == "host" and port.mac != ZERO:
                bad.add(EINVAL)
        if "pin" in attributes:
            bad |= self.pin(port, attributes["pin"])
        return bad

    def pin(self, port, uplink):
        port.pin = uplink or None
        if not uplink:
            return set()
        if port.role == "uplink" or not port.dev:
            return {EOPNOTSUPP, EINVAL}
        return set() if uplink in self.uplinks(port.switch) else {EINVAL}

    def vlan_policy(self, port, attributes):
        bad = set()
        if "pvid" in attributes and "vlan" in attributes:
            return {EINVAL}
        if "pvid" in attributes:
            port.access(attributes["pvid"])
            port.frames = "untagged"
        if "vlan" in attributes:
            port.pvid, port.vlans, port.frames = 0, {}, "all"
            for one in attributes["vlan"]:
                bad |= self.add_range(port, one)
        return bad

    def add_range(self, port, one):
        if "first" not in one:
            return {EINVAL}
        first, flags = one["first"], one.get("flags", ())
        last = one.get("last", first)
        if last < first or "pvid" in flags and first != last:
            return {EINVAL}
        for vid in range(first, last + 1):
            port.vlans[vid] = "untagged" in flags
        if "pvid" in flags:
            port.pvid = first
        elif first <= port.pvid <= last and self.wrong != "pvid-stays":
            port.pvid = 0
        return set()

    def admissible(self, name, port):
        """Reasons why a port cannot be what it is now"""
        bad = set()
        if port.mac != ZERO and not port.pvid:
            bad.add(EINVAL)
        if port.role == "host" and self.in_batch:
            self.moved.add(port.switch)
        if port.is_local_entry() and port.mac is not ANY:
            self.look_at(port.switch, port.mac)
        if port.is_local_entry() and port.mac is not ANY and \
                self.wrong != "no-duplicates":
            key = (port.switch, port.mac, port.pvid)
            if key in self.local(name) or \
                    self.entries.get(key, [0, 0])[1] == "static":
                bad.add(EEXIST)
        if port.flags["hairpin"] and port.role != "local":
            bad.add(EOPNOTSUPP)
        if port.uplink_policy["filter-max"] and port.dev != PF:
            # Dummies do not filter.
            bad.add(EOPNOTSUPP)
        if port.pf:
            bad |= self.vf_admissible(name, port)
        return bad

    def vf_admissible(self, name, port):
        bad, policy = set(), port.vf_policy
        if port.mac == ZERO or not port.is_access():
            bad.add(EINVAL)
        if 0 < policy["max-tx-rate"] < policy["min-tx-rate"]:
            bad.add(EINVAL)
        uplink = self.port_of(port.pf)
        if uplink and policy["vlan-proto"] == "8021q":
            vlans = self.ports[uplink].vlans
            if port.pvid and port.pvid not in vlans:
                bad.add(EINVAL)
            elif port.pcp and vlans.get(port.pvid):
                bad.add(EINVAL)
        if not port.dev:
            return bad
        if policy["enforcement"] == "strict" and (
                policy["min-tx-rate"] or policy["max-tx-rate"] or
                policy["link-state"] == "disable"):
            bad.add(EOPNOTSUPP)
        if policy["vlan-proto"] != "8021q":
            bad.add(EOPNOTSUPP)
        if policy["failover"] == "auto" and any(
                other != name and one.dev and one.mac == port.mac and
                one.vf_policy["failover"] == "auto"
                for other, one in self.vf_ports(port.pf).items()):
            bad.add(EEXIST)
        return bad

    def settle(self, name=None):
        """Entries give way to what is a port's own, and go with their port or
        its membership."""
        if name in self.switches and self.ports[name].role == "host" and \
                not self.in_batch:
            self.sync_host(name)
        own = self.local()
        for key, (owner, kind) in list(self.entries.items()):
            port = self.ports.get(owner)
            if not port or port.switch != key[0] or key in own or \
                    port.is_apart() or (
                    key[2] not in port.vlans and
                    (kind != "static" or self.wrong != "fdb-outlives")):
                del self.entries[key]

    def port_set(self, attributes):
        name = self.named_port(attributes)
        del attributes["name"]
        if PATH_WORDS & set(attributes):
            self.change_path(name, attributes)
            return
        port = self.ports[name]
        before, learned = dict(port.vlans), port.flags["learning"]
        bad = self.policy(name, port, attributes)
        bad |= self.admissible(name, port)
        bad |= self.still_carries(port, before)
        if bad:
            raise Refusal(*bad)
        if learned and not self.in_batch:
            self.mute(name)
        self.settle(name)

    def still_carries(self, uplink, before):
        """May an uplink have the VLANs that it has now? It stays in those of VF
        ports as it is."""
        bad = set()
        if uplink.role != "uplink":
            return bad
        for port in self.vf_ports(uplink.dev).values():
            if port.vf_policy["vlan-proto"] != "8021q":
                continue
            if uplink.vlans.get(port.pvid) != before.get(port.pvid) and \
                    self.wrong != "free-vlan":
                bad.add(EBUSY)
        return bad

    def change_path(self, name, attributes):
        """It stands alone."""
        port = self.ports[name]
        words = set(attributes)
        if len(words & {"path", "ifindex", "pf"}) != 1 or \
                words - PATH_WORDS or "vf" in words and "pf" not in words:
            raise Refusal(EINVAL)
        if self.in_batch:
            raise Refusal(EOPNOTSUPP)
        if "path" in words:
            if not (port.dev and port.pf):
                raise Refusal(EINVAL)
            port.path = attributes["path"]
        elif port.role != "local":
            raise Refusal(EOPNOTSUPP)
        elif "ifindex" in words:
            self.change_dev(name, port, attributes["ifindex"])
        else:
            self.change_vf(name, port, attributes)
        self.settle(name)

    def change_dev(self, name, port, dev):
        if not dev:
            if not (port.dev and port.pf):
                raise Refusal(EINVAL)
            port.dev, port.path = None, "vf"
            return
        bad = self.can_join(port.switch, dev)
        if port.dev:
            bad.add(EBUSY)
        else:
            port.dev = dev
            bad |= self.admissible(name, port)
        if bad:
            raise Refusal(*bad)

    def change_vf(self, name, port, attributes):
        if not attributes["pf"]:
            if not port.pf or not port.dev:
                raise Refusal(EINVAL)
            self.lose_vf(port)
            return
        if port.pf:
            raise Refusal(EBUSY, *self.can_have_vf(port.switch, attributes)[0])
        bad, number = self.can_have_vf(port.switch, attributes)
        if port.flags["isolated"] or port.flags["hairpin"]:
            bad.add(EOPNOTSUPP)
        port.pf, port.vf = attributes["pf"], number
        port.vf_policy = dict(VF_ONLY)
        if port.mac == ZERO:
            port.mac = ANY
        bad |= self.admissible(name, port)
        if bad:
            raise Refusal(*bad)
        self.forget(name)

    @staticmethod
    def lose_vf(port):
        port.pf = port.vf = None
        port.path = "soft"
        port.vf_policy = dict(VF_ONLY)
        port.frames = "untagged"

    def port_del(self, attributes):
        name = self.named_port(attributes)
        if "id" in attributes and attributes["id"] != "right" and \
                self.wrong != "late-delete":
            raise Refusal(ESTALE, *self.why_stays(name))
        bad = self.why_stays(name)
        if bad:
            raise Refusal(*bad)
        self.end_port(name)

    def why_stays(self, name):
        port = self.ports[name]
        if port.role == "host":
            return {EBUSY}
        if port.role == "uplink" and self.vf_ports(port.dev) and \
                self.wrong != "uplink-goes":
            return {EBUSY}
        return set()

    def end_port(self, name):
        port = self.ports.pop(name)
        if port.role == "uplink":
            for other in self.of(port.switch).values():
                if other.pin == name and self.wrong != "pin-stays":
                    other.pin = None
            switch = self.switches[port.switch]
            if switch.primary == name:
                switch.primary = None
        self.settle()

    # VLANs

    def vlan_range(self, attributes):
        """The port, first and last VID"""
        if "port" not in attributes:
            raise Refusal(EINVAL)
        bad = set()
        if "first" not in attributes:
            bad.add(EINVAL)
        if attributes["port"] not in self.ports:
            bad.add(ENOENT)
        first = attributes.get("first", 1)
        last = attributes.get("last", first)
        if last < first or \
                "pvid" in attributes.get("flags", ()) and first != last:
            bad.add(EINVAL)
        if bad:
            raise Refusal(*bad)
        return self.ports[attributes["port"]], first, last

    def vlans_changed(self, name, port, before):
        bad = self.admissible(name, port) | self.still_carries(port, before)
        if bad:
            raise Refusal(*bad)
        self.settle(name)

    def vlan_new(self, attributes):
        port, _, _ = self.vlan_range(attributes)
        before = dict(port.vlans)
        bad = self.add_range(port, attributes)
        if bad:
            raise Refusal(*bad)
        if port.frames == "untagged" and len(before) <= 1 < len(port.vlans) and \
                self.wrong != "frames-stay":
            port.frames = "all"
        self.vlans_changed(attributes["port"], port, before)

    def vlan_del(self, attributes):
        port, first, last = self.vlan_range(attributes)
        if not any(first <= vid <= last for vid in port.vlans):
            raise Refusal(ENOENT)
        before = port.vlans
        port.vlans = {vid: way for vid, way in port.vlans.items()
                      if not first <= vid <= last}
        if first <= port.pvid <= last:
            port.pvid = 0
        self.vlans_changed(attributes["port"], port, before)

    # Forwarding entries

    def entry_key(self, attributes):
        switch = self.named_switch(attributes)
        bad = set()
        if "mac" not in attributes or "vid" not in attributes:
            bad.add(EINVAL)
        if not is_unicast(attributes.get("mac", "02:00:00:00:00:00")):
            bad.add(EADDRNOTAVAIL)
        if bad:
            raise Refusal(*bad)
        return switch, attributes["mac"], attributes["vid"]

    def fdb_get(self, attributes):
        key = self.entry_key(attributes)
        if key not in self.entries and key not in self.local():
            raise Refusal(ENOENT)

    def fdb_new(self, attributes):
        if "port" not in attributes:
            raise Refusal(EINVAL)
        bad = set()
        if "mac" not in attributes:
            bad.add(EINVAL)
        mac = attributes.get("mac", "02:00:00:00:00:00")
        if not is_unicast(mac):
            bad.add(EADDRNOTAVAIL)
        kind = attributes.get("type", "static")
        if kind == "local":
            bad.add(EINVAL)
        port = self.ports.get(attributes["port"])
        if not port:
            raise Refusal(ENOENT, *bad)
        vid = attributes.get("vid", port.pvid)
        if vid not in port.vlans:
            bad.add(EINVAL)
        if port.is_apart():
            bad.add(EOPNOTSUPP)
        key = port.switch, mac, vid
        self.look_at(port.switch, mac)
        if key in self.local():
            bad.add(EEXIST)
        if bad:
            raise Refusal(*bad)
        self.entries[key] = [attributes["port"], kind]

    def fdb_del(self, attributes):
        key = self.entry_key(attributes)
        self.look_at(key[0], key[1])
        if key in self.local():
            raise Refusal(EPERM)
        if key not in self.entries:
            raise Refusal(ENOENT)
        del self.entries[key]

    def fdb_flush(self, attributes):
        switch = self.named_switch(attributes)
        bad = set()
        kinds = {attributes["type"]} if "type" in attributes else {
            "dynamic"} | ({"sticky"} if self.wrong != "sticky-stays" else set())
        if "local" in kinds:
            bad.add(EINVAL)
        owner = attributes.get("port")
        if owner is not None and owner not in self.ports:
            bad.add(ENOENT)
        elif owner is not None and self.ports[owner].switch != switch:
            bad.add(EINVAL)
        if bad:
            raise Refusal(*bad)
        for key, (port, kind) in list(self.entries.items()):
            if key[0] == switch and kind in kinds and \
                    owner in (None, port) and \
                    attributes.get("vid") in (None, key[2]):
                del self.entries[key]

    # Transactions

    def batch(self, attributes):
        bad = self.batch_reasons(attributes)
        if bad:
            raise Refusal(*bad)
        self.entries_of(attributes.get("entry", ()))
        if "timeout" in attributes:
            self.undo = attributes["undo"]

    def batch_reasons(self, attributes):
        """Against the batch itself"""
        bad = set()
        if self.undo is not None and "timeout" in attributes:
            bad.add(EBUSY)
        if ("timeout" in attributes) != bool(attributes.get("undo")):
            bad.add(EINVAL)
        return bad

    def entries_of(self, entries):
        """All, or Refusal by the first that is none"""
        self.in_batch = True
        self.dying, self.born, self.moved = set(), set(), set()
        learned = {name: port for name, port in self.ports.items()
                   if port.flags["learning"]}
        try:
            for op, members in entries:
                getattr(self, op.replace("-", "_"))(dict(members))
            for switch in self.moved & set(self.switches):
                self.sync_host(switch)
            self.in_batch = False
            for name, port in learned.items():
                if self.ports.get(name) is port:
                    self.mute(name)
            self.settle()
        finally:
            self.in_batch = False
            self.dying, self.born, self.moved = set(), set(), set()

    def batch_get(self, _):
        pass

    def batch_confirm(self, _):
        if self.undo is None:
            raise Refusal(ENOENT)
        self.undo = None

    def batch_undo(self, _):
        if self.undo is None:
            raise Refusal(ENOENT)
        undo, self.undo = self.undo, None
        if self.wrong == "undo-forgets":
            return
        before = self.copy()
        try:
            self.entries_of(undo)
            return
        except Refusal:
            self.take(before)
        # As many as can be, each by itself
        for one in undo:
            before = self.copy()
            try:
                self.entries_of([one])
            except Refusal:
                self.take(before)

    # rtnetlink

    def link_add(self, attributes):
        name = attributes["name"]
        bad = set()
        if name in self.devices or name in self.switches:
            raise Refusal(EEXIST)
        if not self.is_device_name(name) or name in ("all", "default"):
            bad.add(EINVAL)
        if attributes["kind"] == "vsw" and name in self.ports:
            bad.add(EEXIST)
        if bad:
            raise Refusal(*bad)
        if attributes["kind"] == "vsw":
            self.make_switch(name)
        else:
            self.devices[name] = Device("dummy")
            self.devices[name].up = False

    def known_link(self, dev):
        if dev not in self.devices and dev not in self.switches:
            raise Refusal(ENODEV)

    def link_del(self, attributes):
        dev = attributes["dev"]
        self.known_link(dev)
        if dev in self.switches:
            self.end_switch(dev)
            return
        if dev == PF:
            raise Refusal(EOPNOTSUPP)
        self.lose_device(dev)
        del self.devices[dev]

    def lose_device(self, dev):
        """A port of two paths lives on by the other one."""
        name = self.port_of(dev)
        if not name:
            return
        port = self.ports[name]
        if port.pf:
            port.dev, port.path = None, "vf"
        else:
            self.end_port(name)

    def link_master(self, attributes):
        """The kernel lets go of the device before it asks the next master."""
        dev, master = attributes["dev"], attributes["master"]
        self.known_link(dev)
        if dev in self.switches or dev == "lo":
            if master in self.switches:
                raise Refusal(ELOOP)
            if master:
                raise Refusal(EINVAL, ENODEV, EOPNOTSUPP)
            return
        name = self.port_of(dev)
        if master and name and self.ports[name].switch == master:
            return
        if name and self.why_stays(name):
            raise Refusal(EBUSY)
        self.lose_device(dev)
        if not master:
            return
        if master not in self.switches:
            raise Refusal(EINVAL, ENODEV, EOPNOTSUPP)
        bad = self.can_join(master, dev)
        if dev in self.ports:
            bad.add(EEXIST)
        if bad:
            raise Refusal(*bad)
        port = Port(master)
        port.dev = dev
        port.default_vlans(self.switches[master].values["default-pvid"])
        self.ports[dev] = port
        self.settle(dev)

    def link_up(self, attributes):
        dev = attributes["dev"]
        self.known_link(dev)
        device = self.devices.get(dev) or self.switches[dev]
        went_down = device.up and not attributes["up"]
        device.up = attributes["up"]
        name = self.port_of(dev)
        if went_down and name and self.ports[name].path == "soft":
            self.forget(name)

    def mute(self, name):
        """What a port has learned goes, if it learns no longer"""
        if not self.ports[name].flags["learning"]:
            self.entries = {key: entry for key, entry in self.entries.items()
                            if entry != [name, "dynamic"]}

    def forget(self, name):
        """What was learned on a port"""
        self.entries = {key: entry for key, entry in self.entries.items()
                        if entry[0] != name or entry[1] == "static"}

    def link_mtu(self, attributes):
        dev, mtu = attributes["dev"], attributes["mtu"]
        self.known_link(dev)
        if dev == PF and mtu > 1500:
            raise Refusal(EINVAL)
        if dev in self.devices:
            self.devices[dev].mtu = mtu
            return
        if mtu == self.mtu(dev):
            return
        before = self.switches[dev].mtu
        self.switches[dev].mtu = None
        ports = [port for port in self.of(dev).values() if port.role != "host"]
        if any(port.dev for port in ports) and mtu > self.mtu(dev):
            self.switches[dev].mtu = before
            raise Refusal(EINVAL)
        self.switches[dev].mtu = mtu

    def link_name(self, attributes):
        dev, name = attributes["dev"], attributes["name"]
        self.known_link(dev)
        if name == dev:
            return
        if name in self.devices or name in self.switches:
            raise Refusal(EEXIST)
        if dev in self.devices:
            self.devices[name] = self.devices.pop(dev)
            for port in self.ports.values():
                if port.dev == dev:
                    port.dev = name
                if port.pf == dev:
                    port.pf = name
            return
        if name in self.ports:
            raise Refusal(EEXIST)
        self.rename_switch(dev, name)

    def rename_switch(self, old, new):
        self.switches[new] = self.switches.pop(old)
        self.ports[new] = self.ports.pop(old)
        self.ports[new].dev = new
        for port in self.ports.values():
            if port.switch == old:
                port.switch = new
        self.entries = {
            ((new if key[0] == old else key[0]),) + key[1:]:
            [new if owner == old else owner, kind]
            for key, (owner, kind) in self.entries.items()}

    def link_away(self, attributes):
        dev = attributes["dev"]
        self.known_link(dev)
        if dev in self.switches:
            raise Refusal(EINVAL)
        self.lose_device(dev)
        self.away[dev] = self.devices.pop(dev)

    def link_back(self, attributes):
        dev = attributes["dev"]
        if dev in self.away:
            self.devices[dev] = self.away.pop(dev)
            self.devices[dev].up = True

    def bridge_port(self, attributes):
        """The name of the port"""
        dev = attributes["dev"]
        self.known_link(dev)
        if attributes["own"]:
            if dev not in self.switches:
                raise Refusal(EOPNOTSUPP, EINVAL)
            return dev
        name = self.port_of(dev)
        if not name or dev in self.switches:
            raise Refusal(EOPNOTSUPP)
        return name

    def bridge_vlan_add(self, attributes):
        name = self.bridge_port(attributes)
        self.bridge_range(attributes)
        flags = [flag for flag in ("pvid", "untagged") if attributes[flag]]
        self.vlan_new({"port": name, "first": attributes["first"],
                       "last": attributes["last"], "flags": flags})

    def bridge_vlan_del(self, attributes):
        """What is no member is none afterwards."""
        name = self.bridge_port(attributes)
        self.bridge_range(attributes)
        try:
            self.vlan_del({"port": name, "first": attributes["first"],
                           "last": attributes["last"]})
        except Refusal as refusal:
            if refusal.errors != {ENOENT}:
                raise

    @staticmethod
    def bridge_range(attributes):
        if attributes["first"] not in VIDS or attributes["last"] not in VIDS:
            raise Refusal(EINVAL, ERANGE)

    def bridge_fdb_add(self, attributes):
        switch = attributes["switch"]
        if switch not in self.switches:
            # That is another driver's to say.
            raise Refusal(ENODEV, EOPNOTSUPP, EINVAL, ENOENT)
        vid = attributes["vid"]
        if vid is not None and vid not in VIDS:
            raise Refusal(EINVAL)
        via = attributes["via"]
        name = via if via == switch else self.port_of(via)
        bad = set() if is_unicast(attributes["mac"]) else {EADDRNOTAVAIL, EINVAL}
        if not name or self.ports[name].switch != switch:
            raise Refusal(ENODEV, *bad)
        port = self.ports[name]
        key = switch, attributes["mac"], vid or port.pvid
        if key in self.local() or key in self.entries:
            bad.add(EEXIST)
        if key[2] not in port.vlans:
            bad.add(EINVAL)
        if bad:
            raise Refusal(*bad)
        self.entries[key] = [name, attributes["kind"]]

    def bridge_fdb_del(self, attributes):
        switch = attributes["switch"]
        if switch not in self.switches:
            # That is another driver's to say.
            raise Refusal(ENODEV, EOPNOTSUPP, EINVAL, ENOENT)
        if attributes["vid"] not in VIDS:
            raise Refusal(EINVAL)
        key = switch, attributes["mac"], attributes["vid"]
        if key in self.local():
            raise Refusal(EPERM)
        if key not in self.entries:
            raise Refusal(ENOENT, EADDRNOTAVAIL)
        del self.entries[key]
