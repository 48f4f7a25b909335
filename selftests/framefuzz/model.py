# SPDX-License-Identifier: GPL-2.0
"""What an 802.1Q switch does with a frame, written from IEEE 802.1Q and from
Documentation/ (datapath.md, vlan.md), not from the module.

The same model with DIFFERENCES is a Linux bridge: so each difference has a name
and a sentence, and a frame that is treated otherwise without one is a defect of
one of the three.
"""
from wire import (BROADCAST, C_TAG, TAGGED_MIN, is_group, is_link_local,
                  put_c_tag, take_c_tag)

# What a bridge with vlan_filtering 1 and no STP does otherwise.
DIFFERENCES = {
    "bpdu":
        "A bridge without STP forwards 01:80:C2:00:00:00 like any other group; "
        "to vsw all of 01:80:C2:00:00:0X ends at the port.",
    "host-link-local":
        "What the host itself sends to 01:80:C2:00:00:0X a bridge floods; vsw "
        "drops it (link-local).",
    "link-local-learned":
        "A bridge learns the source of a link-local frame, though it goes no "
        "further than the port; vsw learns from what it forwards.",
    "host-source":
        "A bridge sends what the host gives it whatever the source address; "
        "vsw drops a group or zero as source there, too (invalid-source).",
    "host-learned":
        "vsw learns what the host sends, for one with stations behind its host "
        "port (macvlan, containers); a bridge floods what is for them.",
    "frame-types":
        "A bridge port has no acceptable frame types (802.1Q 6.9): an access "
        "port takes tagged frames of its VLAN.",
    "ingress-filtering":
        "A bridge cannot switch ingress filtering off for a port.",
    "pcp":
        "A bridge port has no default priority: what came in untagged leaves "
        "with priority 0.",
    "nested-tag":
        "A bridge takes the outer of two C-tags off where the VLAN leaves "
        "untagged, so the inner one becomes the VLAN of the frame; vsw drops "
        "it there (nested-tag).",
    "owned-source":
        "With a bridge the source address of a static entry moves to where it "
        "is seen, and the bridge's own address passes as a source; vsw drops "
        "both (source-owned, from an uplink reflected).",
    "port-address":
        "The address of the device of a bridge port is one of the host's own; "
        "to vsw only that of the switch device is.",
    "isolated-hairpin":
        "An isolated port of a bridge gets nothing back by hairpin.",
    "uplinks":
        "A bridge has no uplinks: all of its ports send to all others, and "
        "addresses move freely.",
    "port-limit":
        "A bridge has no limit of learned addresses for each port (fdb-max).",
    "told-type":
        "A bridge believes the EtherType that a packet socket of the host "
        "tells, not the one in the frame: a tag is payload then, and leaves "
        "untagged.",
    "host-floods":
        "What the host itself sends to a group, a bridge floods to all ports, "
        "whatever their flood flags.",
    "host-mtu":
        "A bridge gives its host frames that are larger than its MTU.",
    "segment-mtu":
        "A bridge passes on what is still to be cut into segments, however "
        "large each of them will be; vsw drops it where they are larger than "
        "the MTU (too-big).",
    "host-flood":
        "The host port of a bridge has no flood flags: it gets all broadcasts "
        "and multicasts of its VLANs.",
}

# For the test of the test: rules that are wrong in one thing
WRONG = {
    "pvid": "untagged frames are in VLAN 1",
    "priority-tag": "a frame with VID 0 keeps no priority",
    "dei": "the drop eligible bit is lost",
    "nested": "two tags may leave untagged",
    "membership": "egress membership is not looked at in a flood",
    "isolated": "isolated ports talk to each other",
    "learning": "nothing is learned",
    "move": "an address stays where it was first seen",
    "link-local": "01:80:C2:00:00:0E is flooded",
    "reserved": "VID 4095 is a VLAN",
    "stag": "an S-tag is a tag of the switch",
    "mtu": "nothing is too big",
    "reason": "no-pvid is called vlan-filtered",
    "hairpin": "no port has hairpin",
    "flags": "flood flags are not looked at",
    "uplinks": "uplinks talk to each other",
    "limit": "a port learns without a limit",
    "owned": "an address of a static entry may be used by others",
    "reflected": "what comes back by an uplink takes addresses along",
    "ingress": "ingress filtering is always on",
    "pcp": "a port has no default priority",
}

# An address of a learned entry that was silent for so long may move to an
# uplink (datapath.md, "Learn"); close to it nobody can tell.
REFLECTION, DOUBT = 5.0, 1.5


class Outcome:
    """What becomes of one frame."""

    def __init__(self):
        # Does the switch count it as received?
        self.counted = True
        # Reason if it is dropped for its sender
        self.drop = None
        # Port: the frame as it leaves
        self.out = {}
        # Ports that it leaves with a tag of the switch
        self.tagged = set()
        # Port: reason if it is dropped for its receiver
        self.lost = {}
        # VLAN, where there is one
        self.vid = None
        # Names of DIFFERENCES, or of WRONG, that decided
        self.because = set()


class Entry:
    """What is known of an address in a VLAN."""

    def __init__(self, port, kind, time=0.0):
        """kind: dynamic, static or local"""
        self.port, self.kind, self.time = port, kind, time


class Model:
    """A switch and what it has learned."""

    def __init__(self, config, differences=(), wrong=None):
        self.config, self.differences = config, differences
        self.wrong = wrong
        self.fdb = {}
        self.outcome, self.cut, self.lie = None, 0, False
        for (address, vid), port in config.static.items():
            self.fdb[address, vid] = Entry(port, "static")
        for port in config.ports.values():
            if port.mac:
                self.fdb[port.mac, port.pvid] = Entry(port.name, "local")
        self.add_host_addresses()

    def add_host_addresses(self):
        for port in self.config.ports.values():
            if "port-address" in self.differences and not port.host:
                for vid in port.vlans:
                    self.fdb[self.config.devices[port.name], vid] = \
                        Entry(port.name, "device")
        host = self.config.ports["host"]
        for vid in host.vlans:
            self.fdb.setdefault((self.config.own, vid), Entry("host", "local"))

    def change(self, change, config):
        """A port becomes something else; config: what comes of it."""
        port = config.ports[change.port]
        self.config = config
        if change.left():
            # vlan.md: with ingress filtering off it has learned in others, too.
            # A bridge keeps a static entry that has moved there (owned-source).
            self.fdb = {key: entry for key, entry in self.fdb.items()
                        if key[1] in port.vlans or entry.port != port.name or
                        entry.kind in ("static", "local") and
                        "owned-source" in self.differences}
        self.add_host_addresses()

    def differs(self, name):
        """Is this one of a bridge's own ways?"""
        if name not in self.differences:
            return False
        self.outcome.because.add(name)
        return True

    def is_wrong(self, name):
        return self.wrong == name

    def is_doubtful(self, name, frame, now):
        """Does the outcome hang on the second?"""
        port = self.config.ports[name]
        for vid in self.possible_vids(port, frame):
            entry = self.fdb.get((frame[6:12], vid))
            if entry and entry.kind == "dynamic" and port.uplink and \
                    abs(now - entry.time - REFLECTION) < DOUBT:
                return True
        return False

    def possible_vids(self, port, frame):
        tci, _ = take_c_tag(frame)
        return {(tci or 0) & 0xFFF, port.pvid}

    def receive(self, name, frame, now, cut=0, lie=False):
        """A frame comes in by a port, complete, with its tag in it. cut: it is
        to be cut into frames, each shorter by so much. lie: the sender said
        that it was of another type"""
        self.outcome = outcome = Outcome()
        self.cut, self.lie = cut, lie
        port = self.config.ports[name]
        if is_link_local(frame[:6]) and self.link_local(port, frame, now):
            return outcome
        outcome.drop = self.admit(port, frame, now)
        return outcome

    # 802.1Q table 8-1; datapath.md, "Take"
    def link_local(self, port, frame, now):
        """Does it end here?"""
        outcome = self.outcome
        if self.is_wrong("link-local") and frame[5] == 0x0E:
            return False
        if port.host:
            if self.differs("host-link-local"):
                return False
            outcome.drop = "link-local"
        elif frame[5] == 0x01:
            outcome.drop = "link-local"
        elif frame[5] == 0x00 and self.differs("bpdu"):
            return False
        else:
            outcome.counted = False
            if "link-local-learned" in self.differences:
                self.learn_link_local(port, frame, now)
        return True

    def learn_link_local(self, port, frame, now):
        """All that leads up to learning, and nothing else"""
        if not self.valid_source(port, frame):
            return
        vid, reason, _ = self.classify(port, frame)
        if not reason and vid in port.vlans:
            self.learn(port, frame[6:12], vid, now)

    def valid_source(self, port, frame):
        source = frame[6:12]
        if not is_group(source) and source != bytes(6):
            return True
        return port.host and self.differs("host-source")

    def admit(self, port, frame, now):
        """The steps of datapath.md from classify on: a reason, or None"""
        outcome = self.outcome
        if not self.valid_source(port, frame):
            return "invalid-source"
        # The host's frames come as they are; elsewhere the kernel has dropped
        # those that end within their tag.
        if port.host and frame[12:14] == C_TAG and \
                len(frame) < TAGGED_MIN and \
                not (self.lie and self.differs("told-type")):
            return "no-memory"
        vid, reason, (tci, body) = self.classify(port, frame)
        if reason:
            return reason
        outcome.vid = vid
        # 8.6.2
        if vid not in port.vlans:
            if port.flags["ingress-filtering"] or self.is_wrong("ingress") or \
                    self.differs("ingress-filtering"):
                return "vlan-filtered"
        reason = self.learn(port, frame[6:12], vid, now)
        if reason:
            return reason
        return self.forward(port, body, tci, vid)

    # 802.1Q 6.9, 6.9.3; vlan.md
    def classify(self, port, frame):
        tci, body = take_c_tag(frame)
        if self.lie and port.host and tci is not None and \
                self.differs("told-type"):
            tci, body = None, frame
        if self.is_wrong("stag") and frame[12:14] == b"\x88\xa8":
            tci, body = int.from_bytes(frame[14:16], "big"), \
                frame[:12] + frame[16:]
        types = port.frames
        if types != "all" and "frame-types" in self.differences:
            wanted = "tagged" if tci and tci & 0xFFF else "untagged"
            if types != wanted:
                self.differs("frame-types")
            types = "all"
        if tci is not None and tci & 0xFFF:
            if types == "untagged":
                return 0, "frame-type", (0, body)
            if tci & 0xFFF == 4095 and not self.is_wrong("reserved"):
                return 0, "reserved-vid", (0, body)
            if self.is_wrong("dei"):
                tci &= ~0x1000
            return tci & 0xFFF, None, (tci, body)
        if types == "tagged":
            return 0, "frame-type", (0, body)
        if not port.pvid:
            return 0, ("vlan-filtered" if self.is_wrong("reason")
                       else "no-pvid"), (0, body)
        if tci is None or self.is_wrong("priority-tag"):
            tci = port.pcp << 13
            if tci and (self.is_wrong("pcp") or self.differs("pcp")):
                tci = 0
        vid = 1 if self.is_wrong("pvid") else port.pvid
        return vid, None, (tci & ~0xFFF | vid, body)

    def count_learned(self, name):
        return sum(entry.port == name and entry.kind == "dynamic"
                   for entry in self.fdb.values())

    def may_learn(self, port):
        return not port.fdb_max or self.is_wrong("limit") or \
            self.count_learned(port.name) < port.fdb_max or \
            self.differs("port-limit")

    # 8.7; datapath.md, "Learn"
    def learn(self, port, source, vid, now):
        entry = self.fdb.get((source, vid))
        if port.host and self.differs("host-learned"):
            return None
        if self.is_wrong("learning") or is_group(source):
            return None
        if not entry:
            if port.flags["learning"] and self.may_learn(port):
                self.fdb[source, vid] = Entry(port.name, "dynamic", now)
            return None
        if entry.kind == "device":
            return None
        if entry.port == port.name:
            entry.time = now
            return None
        return self.learn_moved(port, entry, now)

    def learn_moved(self, port, entry, now):
        if entry.kind != "dynamic":
            if self.is_wrong("owned"):
                return None
            if not self.differs("owned-source"):
                return "reflected" if self.is_reflected(port, entry, now) \
                    else "source-owned"
            # The host's own address does not move.
            if entry.port == "host":
                return None
        elif self.is_reflected(port, entry, now):
            if not self.differs("uplinks"):
                return "reflected"
        if port.flags["learning"] and not self.is_wrong("move") and \
                (entry.kind != "dynamic" or self.may_learn(port)):
            entry.port, entry.time = port.name, now
        return None

    def is_reflected(self, port, entry, now):
        owner = self.config.ports[entry.port]
        return not self.is_wrong("reflected") and port.uplink and not owner.uplink and \
            (entry.kind != "dynamic" or now - entry.time < REFLECTION)

    # 8.6.1, 8.6.3, 8.6.4
    def forward(self, port, body, tci, vid):
        entry = self.fdb.get((body[:6], vid))
        if is_group(body[:6]) or not entry:
            return self.flood(port, body, tci, vid)
        target = entry.port
        if entry.kind == "device" and not port.host:
            self.differs("port-address")
            target = "host"
        to = self.config.ports[target]
        reason = self.barrier(port, to, vid)
        if not reason:
            self.transmit(to, body, tci, vid)
        return reason

    def flood(self, port, body, tci, vid):
        flag = "unicast-flood"
        if body[:6] == BROADCAST:
            flag = "broadcast-flood"
        elif is_group(body[:6]):
            flag = "multicast-flood"
        taken = False
        for to in self.config.ports.values():
            if self.barrier(port, to, vid) or not (
                    to.flags[flag] or self.is_wrong("flags") or
                    flag != "unicast-flood" and
                    self.is_flooded_by_bridge(port, to)):
                continue
            taken = True
            self.transmit(to, body, tci, vid)
        return None if taken else "no-member"

    def is_flooded_by_bridge(self, port, to):
        """A group, from or to the host, whatever the flags of a port"""
        return to.host and self.differs("host-flood") or \
            port.host and self.differs("host-floods")

    def barrier(self, port, to, vid):
        """May what one port sends leave by another? None, or why not"""
        if port is to and (not port.flags["hairpin"] or
                           self.is_wrong("hairpin")):
            return "same-port"
        if port.uplink and to.uplink and not self.is_wrong("uplinks") and \
                not self.differs("uplinks"):
            return "egress-policy"
        if port.flags["isolated"] and to.flags["isolated"] and \
                not self.is_wrong("isolated"):
            if port is not to or self.differs("isolated-hairpin"):
                return "egress-policy"
        if vid not in to.vlans and not self.is_wrong("membership"):
            return "egress-vlan"
        return "port-down" if to.down else None

    def fits(self, to, body):
        """A tag inside may come on top of the MTU."""
        size, most = len(body) - 14, to.mtu + 4
        if size - self.cut <= most:
            return True
        return self.is_wrong("mtu") or \
            to.host and self.differs("host-mtu") or \
            self.cut and self.differs("segment-mtu")

    # 8.6.2, 6.9.2; datapath.md, "Why a frame is dropped"
    def transmit(self, to, body, tci, vid):
        if not self.fits(to, body):
            self.outcome.lost[to.name] = "too-big"
            return
        if not to.vlans.get(vid):
            self.outcome.out[to.name] = put_c_tag(body, tci)
            self.outcome.tagged.add(to.name)
            return
        if body[12:14] == C_TAG and not self.is_wrong("nested") and \
                not self.differs("nested-tag"):
            self.outcome.lost[to.name] = "nested-tag"
            return
        self.outcome.out[to.name] = body
