# SPDX-License-Identifier: GPL-2.0
"""What a port becomes while frames are under way: its policy, how VLANs leave it, one
that it joins and one that it leaves. What was learned stays but for the VLAN that it
leaves, so what a switch remembers of frames that have passed has to follow.
"""
from config import FLAGS, bridge_flags, on_off, policy, random_port
from generate import VIDS

# Others have consequences for what was learned before.
CHANGED = [flag for flag in FLAGS if flag != "learning"]


class Change:
    """One of them. It stands among the frames of a round."""

    def __init__(self, port, flags, frames, pcp, vlans):
        """vlans: {VID: does it leave untagged, or None: the port leaves it}"""
        self.port, self.flags, self.frames = port, flags, frames
        self.pcp, self.vlans = pcp, vlans

    def apply(self, config):
        """The configuration afterwards"""
        config = config.copy()
        port = config.ports[self.port]
        port.flags.update(self.flags)
        port.frames, port.pcp = self.frames, self.pcp
        for vid, untagged in self.vlans.items():
            if untagged is None:
                port.vlans.pop(vid, None)
            else:
                port.vlans[vid] = untagged
        return config

    def added(self, port):
        """(VID, words) of each VLAN that the port is in then"""
        for vid, untagged in self.vlans.items():
            if untagged is not None:
                yield vid, " pvid" * (vid == port.pvid) + " untagged" * untagged

    def left(self):
        return [vid for vid, way in self.vlans.items() if way is None]

    def switch_commands(self, config, device):
        """For vswctl -a -b. config: as it is afterwards"""
        port, name = config.ports[self.port], device(self.port)
        for vid, words in self.added(port):
            yield f"vlan add {name} vid {vid}{words}"
        for vid in self.left():
            yield f"vlan del {name} vid {vid}"
        yield f"{port.object()} set {name} {policy(port, False)}"

    def bridge_commands(self, config, device):
        """The same for bridge -batch"""
        port, name = config.ports[self.port], device(self.port)
        own = " self" * port.host
        for vid, words in self.added(port):
            yield f"vlan add dev {name} vid {vid}{words}{own}"
        for vid in self.left():
            yield f"vlan del dev {name} vid {vid}{own}"
        yield from bridge_flags(port, name)

    def __str__(self):
        return f"then {self.port} changes: " + ", ".join(
            [f"{flag} {on_off(value)}" for flag, value in self.flags.items()] +
            [f"frames {self.frames}", f"pcp {self.pcp}"] +
            [f"VLAN {vid} " + ("left" if way is None else
                               "untagged" if way else "tagged")
             for vid, way in self.vlans.items()])


def random_vlan(rng, config, port):
    """(VID, how it leaves or None) that is something else than before; None if
    that cannot be. What is configured in a VLAN needs it, and the entries of the
    host are others in each."""
    vid = rng.choice(VIDS)
    if vid not in port.vlans:
        return None if port.host else (vid, rng.random() < 0.5)
    if rng.random() < 0.6:
        return vid, not port.vlans[vid]
    needed = {at for (_, at), name in config.static.items() if name == port.name}
    if port.host or vid in needed | {port.pvid} or len(port.vlans) == 1:
        return None
    return vid, None


def random_change(rng, config):
    port = config.ports[rng.choice(sorted(config.ports))]
    other = random_port(rng, port.name, port.uplink)
    vlans = dict(filter(None, (random_vlan(rng, config, port) for _ in range(2))))
    return Change(port.name, {flag: other.flags[flag] for flag in CHANGED},
                  rng.choice((port.frames, other.frames)), other.pcp, vlans)
