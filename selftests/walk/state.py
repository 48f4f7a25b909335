# SPDX-License-Identifier: GPL-2.0
"""What the model and the kernel say that there is, in the same words; what has to
be true of any dump; and what events make of an earlier one.

A state is {(object, ...): {attribute: value}}.
"""
import collections

from model import ANY, FLAGS, PF, UPLINK_ONLY, VF_ONLY, VFS, ZERO

LEARNED = ("dynamic", "sticky")
# What a listener is not told, because it changes with every frame or follows
# from what it is told
SILENT = {
    "switch": {"fdb-learned", "fdb-static", "ports", "mtu"},
    "port": {"fdb-learned", "nic-macs", "promisc", "vlan-count", "team-ports",
             "nic-macs-over", "up", "uplink", "switch-name", "ifname",
             "pf-name"},
}


def ranges(vlans, pvid):
    """As the kernel tells them: ((first, last, flags), ...)"""
    found = []
    for vid in sorted(vlans):
        flags = frozenset(["pvid"] * (vid == pvid) +
                          ["untagged"] * bool(vlans[vid]))
        if found and found[-1][1] == vid - 1 and found[-1][2] == flags:
            found[-1] = found[-1][0], vid, flags
        else:
            found.append((vid, vid, flags))
    return tuple(found)


def of_model(model):
    state = {}
    own = model.local()
    entries = {key: (port, "local") for key, port in own.items()}
    entries.update((key, tuple(entry))
                   for key, entry in model.entries.items())
    for key, (port, kind) in entries.items():
        state["fdb", *key] = {"port": port, "type": kind}
    for name in model.switches:
        state["switch", name] = switch_of_model(model, name)
    for name, port in model.ports.items():
        state["port", name] = port_of_model(model, name, port)
        state["vlan", name] = {"ranges": ranges(port.vlans, port.pvid)}
    if model.port_of(PF) and \
            model.ports[model.port_of(PF)].role == "uplink":
        for number in range(VFS):
            state["vf", number] = vf_of_model(model, number)
    return state


def switch_of_model(model, name):
    switch = model.switches[name]
    values = dict(switch.values, mac=switch.mac, mtu=model.mtu(name),
                  ports=len(model.of(name)) - 1)
    if switch.primary:
        values["primary"] = switch.primary
    return values


def port_of_model(model, name, port):
    values = {"switch-name": port.switch, "role": port.role, "mac": port.mac,
              "path": port.path, "pvid": port.pvid, "pcp": port.pcp}
    for key, value in (("ifname", port.dev), ("pf-name", port.pf),
                       ("vf", port.vf), ("pin", port.pin),
                       ("profile", port.profile)):
        if value is not None:
            values[key] = value
    if port.pf:
        values.update(port.vf_policy)
    else:
        values.update(port.flags, frames=port.frames)
        values["fdb-max"] = port.fdb_max
        device = model.devices.get(port.dev) or model.switches.get(port.dev)
        if port.role != "host":
            values["up"] = int(device.up)
    if port.role == "uplink" and port.dev == PF:
        values.update(port.uplink_policy)
    return values


def vf_of_model(model, number):
    name = model.vf_owner(number)
    if name is None:
        policy = model.ports[model.port_of(PF)].uplink_policy
        return {"mac": ZERO, "vlan": 0, "spoofchk": 1, "trust": 0,
                "link-state": "disable" if policy["unowned"] == "park" else
                "auto", "max-tx-rate": 0}
    port = model.ports[name]
    uplink = model.uplink_of(port)
    untagged = uplink.vlans.get(port.pvid) and \
        port.vf_policy["vlan-proto"] == "8021q"
    values = {"port": name, "wanted-mac": port.mac, "mac": port.mac,
              "drift": 0, "present": 1}
    for key in ("spoofchk", "trust"):
        values[key] = port.vf_policy[key]
    if port.path == "soft":
        values["standby"] = 1
        values["vlan"] = 4095
    else:
        values["vlan"] = 0 if untagged else port.pvid
    return values


def of_dump(dump):
    """Only what the model has an opinion on"""
    state = {}
    switches = {one["ifindex"]: one["name"] for one in dump["switch"]}
    for one in dump["switch"]:
        state["switch", one["name"]] = {
            key: one[key] for key in (
                "ageing-time", "default-pvid", "fdb-max", "teaming", "mac",
                "mtu", "ports", "primary") if key in one}
    for one in dump["port"]:
        state["port", one["name"]] = port_of_dump(one)
        state["vlan", one["name"]] = {"ranges": ()}
    for one in dump["vlan"]:
        mine = state.setdefault(("vlan", one["port"]), {"ranges": ()})
        mine["ranges"] += ((one["first"], one["last"],
                            frozenset(one["flags"])),)
    for one in dump["fdb"]:
        state["fdb", switches.get(one["switch"]), one["mac"], one["vid"]] = {
            "port": one["port"], "type": one["type"]}
    for one in dump["vf"]:
        state["vf", one["vf"]] = {
            key: one[key] for key in (
                "port", "wanted-mac", "mac", "drift", "present", "spoofchk",
                "trust", "standby", "vlan") + (
                    () if "port" in one else ("link-state", "max-tx-rate"))
            if key in one and (one[key] or key != "standby")}
    return state


def port_of_dump(one):
    keys = ("switch-name", "role", "mac", "path", "pvid", "pcp", "ifname",
            "pf-name", "vf", "pin", "profile")
    if "pf" in one:
        keys += tuple(VF_ONLY)
    else:
        keys += FLAGS + ("frames", "fdb-max")
        keys += ("up",) * (one["role"] != "host")
    if one["role"] == "uplink" and one.get("ifname") == PF:
        keys += tuple(UPLINK_ONLY)
    return {key: one[key] for key in keys if key in one}


def adopt(model, state):
    """What the kernel chose"""
    for name, switch in model.switches.items():
        if switch.mac is ANY:
            switch.mac = state.get(("switch", name), {}).get("mac", ANY)
    for name, port in model.ports.items():
        if port.mac is ANY:
            port.mac = state.get(("port", name), {}).get("mac", ANY)


def differences(wanted, found):
    """Lines"""
    for key in sorted(set(wanted) | set(found), key=str):
        mine, theirs = wanted.get(key), found.get(key)
        if mine == theirs:
            continue
        what = " ".join(map(str, key))
        if mine is None or theirs is None:
            yield f"{what}: " + ("not expected" if mine is None else "missing")
            continue
        for name in sorted(set(mine) | set(theirs)):
            if mine.get(name) != theirs.get(name):
                yield (f"{what}: {name} is {theirs.get(name)}, expected "
                       f"{mine.get(name)}")


def invariants(dump):
    """Lines: what is not true of one dump, whatever was done before"""
    ports = {one["name"]: one for one in dump["port"]}
    switches = {one["ifindex"]: one for one in dump["switch"]}
    if len(ports) != len(dump["port"]):
        yield "two ports have one name"
    if len({one["id"] for one in dump["port"]}) != len(dump["port"]):
        yield "two ports have one id"
    if sorted(ports) != sorted(one["port"] for one in dump["stats"]):
        yield "the ports of stats-get are others than those of port-get"
    yield from references(dump, ports, switches)
    yield from sums(dump, ports, switches)
    yield from vf_owners(dump, ports)


def references(dump, ports, switches):
    for name, one in ports.items():
        if one["switch"] not in switches:
            yield f"port {name} is of no switch"
        elif one["switch-name"] != switches[one["switch"]]["name"]:
            yield f"port {name} has another name of its switch"
    uplinks = {one["ifindex"]: one["switch"] for one in dump["port"]
               if one["role"] == "uplink" and "ifindex" in one}
    names = {(one["switch"], one["name"]) for one in dump["port"]
             if one["role"] == "uplink"}
    for name, one in ports.items():
        if "pf" in one and uplinks.get(one["pf"]) != one["switch"]:
            yield f"port {name} has a VF of no uplink of its switch"
        if "pin" in one and (one["switch"], one["pin"]) not in names:
            yield f"port {name} is pinned to no uplink"
    for index, one in switches.items():
        if "primary" in one and (index, one["primary"]) not in names:
            yield f"the primary of {one['name']} is no uplink"
    for kind in ("vlan", "fdb"):
        for one in dump[kind]:
            port = ports.get(one["port"])
            if not port or port["switch"] != one["switch"]:
                yield f"{kind} {one} is of no port of its switch"


def sums(dump, ports, switches):
    counted = collections.Counter()
    for one in dump["vlan"]:
        counted["vlan", one["port"]] += one["last"] - one["first"] + 1
    members = collections.defaultdict(list)
    for one in dump["vlan"]:
        members[one["port"]].append(range(one["first"], one["last"] + 1))
    for one in dump["fdb"]:
        kind = "learned" if one["type"] in LEARNED else "static"
        counted[kind, one["switch"]] += 1
        counted[kind, one["port"]] += 1
        if one["type"] != "local" and \
                not any(one["vid"] in some for some in members[one["port"]]):
            yield f"fdb {one} in a VLAN that its port is no member of"
    for one in dump["port"]:
        counted["ports", one["switch"]] += one["role"] != "host"
    for index, one in switches.items():
        for key, what in (("fdb-learned", "learned"), ("fdb-static", "static"),
                          ("ports", "ports")):
            if one[key] != counted[what, index]:
                yield (f"switch {one['name']}: {key} is {one[key]}, there are "
                       f"{counted[what, index]}")
    for name, one in ports.items():
        for key, what in (("vlan-count", "vlan"), ("fdb-learned", "learned")):
            if key in one and one[key] != counted[what, name]:
                yield (f"port {name}: {key} is {one[key]}, there are "
                       f"{counted[what, name]}")


def vf_owners(dump, ports):
    owners = {one["port"]: (one["pf"], one["vf"]) for one in dump["vf"]
              if "port" in one}
    wanted = {name: (one["pf"], one["vf"]) for name, one in ports.items()
              if "pf" in one}
    if owners != wanted:
        yield f"owners of VFs are {owners} in vf-get, {wanted} in port-get"


class Listener:
    """Who has seen a dump and hears events since. Complaints are lines."""

    def __init__(self, dump):
        self.see(dump)

    def see(self, dump):
        self.switches = {one["ifindex"]: one for one in dump["switch"]}
        self.ports = {one["id"]: one for one in dump["port"]}
        self.fdb = {self.entry(one): (one["port"], one["type"])
                    for one in dump["fdb"]}
        # {port: {VID: flags}}
        self.vlans = collections.defaultdict(dict)
        for one in dump["vlan"]:
            self.vlans[one["port"]].update(self.members(one))
        # Ports whose VLANs a listener has to ask for
        self.unknown = set()

    @staticmethod
    def entry(one):
        return one["switch"], one["mac"], one["vid"]

    @staticmethod
    def members(one):
        return dict.fromkeys(range(one["first"], one["last"] + 1),
                             frozenset(one["flags"]))

    def hear(self, events):
        for name, one in events:
            handler = getattr(self, name.replace("-", "_"), None)
            if handler:
                yield from handler(one) or ()

    def switch_ntf(self, one):
        self.switches[one["ifindex"]] = one

    def switch_del_ntf(self, one):
        if not self.switches.pop(one["ifindex"], None):
            yield f"the end of switch {one['name']} is told twice"

    def port_ntf(self, one):
        old = self.ports.get(one["id"], one)["name"]
        if old != one["name"]:
            self.vlans[one["name"]] = self.vlans.pop(old, {})
            self.fdb = {key: (one["name"] if port == old else port, kind)
                        for key, (port, kind) in self.fdb.items()}
        self.ports[one["id"]] = one
        self.unknown.add(one["name"])

    def port_del_ntf(self, one):
        if not self.ports.pop(one["id"], None):
            yield f"the end of port {one['name']} is told twice"
        self.vlans.pop(one["name"], None)

    def vlan_ntf(self, one):
        mine = self.vlans[one["port"]]
        self.no_pvid(one)
        if "pvid" in one["flags"]:
            for port in self.ports.values():
                if port["name"] == one["port"] and port["pvid"] in mine:
                    mine[port["pvid"]] -= {"pvid"}
            self.set_pvid(one["port"], one["first"])
        mine.update(self.members(one))

    def vlan_del_ntf(self, one):
        for vid in self.members(one):
            self.vlans[one["port"]].pop(vid, None)
        self.no_pvid(one)

    def set_pvid(self, name, vid):
        """That is told by the VLANs of a port, too."""
        for key, port in self.ports.items():
            if port["name"] == name:
                self.ports[key] = dict(port, pvid=vid)

    def no_pvid(self, one):
        for port in list(self.ports.values()):
            if port["name"] == one["port"] and \
                    one["first"] <= port["pvid"] <= one["last"]:
                self.set_pvid(one["port"], 0)

    def fdb_ntf(self, one):
        now = one["port"], one["type"]
        if self.fdb.get(self.entry(one)) == now:
            yield f"{one['mac']} in VLAN {one['vid']} is told twice"
        self.fdb[self.entry(one)] = now

    def fdb_del_ntf(self, one):
        if not self.fdb.pop(self.entry(one), None):
            yield (f"the end of {one['mac']} in VLAN {one['vid']} is told "
                   "twice")

    def compare(self, dump):
        """Before see(): what is not as it was told"""
        for kind, mine in (("switch", self.switches), ("port", self.ports)):
            key = "ifindex" if kind == "switch" else "id"
            theirs = {one[key]: one for one in dump[kind]}
            wanted = {(kind, one["name"]): self.told(kind, one)
                      for one in mine.values()}
            found = {(kind, one["name"]): self.told(kind, one)
                     for one in theirs.values()}
            yield from (f"nobody was told: {line}"
                        for line in differences(wanted, found))
        now = Listener(dump)
        wanted = {("fdb", *key): {"port": value[0], "type": value[1]}
                  for key, value in self.fdb.items()}
        found = {("fdb", *key): {"port": value[0], "type": value[1]}
                 for key, value in now.fdb.items()}
        yield from (f"nobody was told: {line}"
                    for line in differences(wanted, found))
        yield from self.compare_vlans(now)

    def compare_vlans(self, now):
        for name in sorted(set(self.vlans) | set(now.vlans)):
            mine, theirs = self.vlans.get(name, {}), now.vlans.get(name, {})
            if name in self.unknown or mine == theirs:
                continue
            vid = next(vid for vid in range(4096)
                       if mine.get(vid) != theirs.get(vid))
            yield (f"nobody was told: port {name} in VLAN {vid}: "
                   f"{theirs.get(vid)}, told {mine.get(vid)}")

    @staticmethod
    def told(kind, one):
        return {key: value for key, value in one.items()
                if key not in SILENT[kind]}
