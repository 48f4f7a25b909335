#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who should receive what, and who did: the model of matrix.sh.

Usage: matrix.py hello ENDPOINTS PLAN	every station says that it is there
       matrix.py plan ENDPOINTS KIND PLAN [promisc]
					what the endpoints of a kind send
       matrix.py judge ENDPOINTS KIND PLAN [promisc]
					and what became of it, from PLAN.arrived

PLAN is for "play" of frame.py, and its number of frames that must arrive is
printed. ENDPOINTS has a line for each:

  NAME KIND END STATION MAC NIC FLOOD VLANS

END is what frame.py calls it, MAC is a number as there, NIC is the PF of a VF or
"-", FLOOD is whether it gets unicast frames to whom nobody knows, "yes" or "no".
VLANS is a list of VIDs, with a "u" behind that which is sent and received without
a tag. Endpoints of one STATION are one machine. With "promisc", the PFs are.

The policy is IEEE 802.1Q and knows nothing of how the switch works: a frame is in
the VLAN of its tag, or in that of its port when it has none; it goes to whom its
address belongs in that VLAN, to all members when it is for a group, or when
nobody has that address there, and to nobody twice. What NICs do otherwise is in
Model.nic_decides().

A cell of the table is for unicast, broadcast and multicast:

  +  arrived once, as it should, with or without a tag as it should
  .  did not arrive, as it should
  ~  did not arrive, which a NIC decides
  !  wrong
  -  nothing is sent: it is the sender itself
"""
import sys

KINDS = ("unicast", "broadcast", "multicast")
# A VLAN that the switch carries and that nobody is in
EMPTY_VLAN = 300
# An address that nobody has
STRANGER = "ee"
MUST, MUST_NOT, MAY = "must", "must not", "may"
# How many of the wrong ones are told
TELL = 20


class Endpoint:
    """A place where frames are sent and received."""

    def __init__(self, line):
        (self.name, self.kind, self.end, self.station, self.mac, self.nic,
         flood, vlans) = line.split()
        self.flood = flood == "yes"
        self.tagged = {}
        for vlan in vlans.split(","):
            self.tagged[int(vlan.rstrip("u"))] = not vlan.endswith("u")

    def is_vf(self):
        return self.nic != "-"

    def has(self, vid):
        return vid in self.tagged

    def tag(self, vid):
        """How a frame of a VLAN looks here."""
        return f" {vid}" if self.tagged[vid] else ""

    def ways(self):
        """In what ways it sends, as (tag, VLAN) each; there is no VLAN where
        the port does not take such frames."""
        ways = [(self.tag(vid), vid) for vid in self.tagged]
        if len(self.tagged) > 1:
            ways.append((f" {EMPTY_VLAN}", None))
            if all(self.tagged.values()):
                ways.append(("", None))
        elif self.kind == "tap":
            # No VF is asked to hop: the emulated NIC lacks the VLAN part of
            # spoof checking.
            ways += [(f" {vid}", None) for vid in (100, 200)]
        return ways


class Frame:
    """One that is sent."""

    def __init__(self, source, way, kind, mac):
        self.source, self.kind, self.mac = source, kind, mac
        self.tag, self.vid = way
        self.addresses = f"{source.mac}>{mac}"

    def text(self):
        return self.addresses + self.tag


class Model:
    """Who should receive it."""

    def __init__(self, endpoints, promiscuous):
        self.endpoints, self.promiscuous = endpoints, promiscuous
        self.has_vfs = any(endpoint.is_vf() for endpoint in endpoints)

    def expected(self, frame, to):
        """Must a frame arrive at an endpoint?"""
        if frame.vid is None or not to.has(frame.vid):
            return MUST_NOT
        if self.has_vfs and self.nic_decides(frame, to):
            return MAY
        return MUST if self.policy(frame, to) else MUST_NOT

    def owners(self, frame):
        return [other for other in self.endpoints if other.mac == frame.mac]

    def here(self, frame):
        """Who has its address in its VLAN"""
        return [owner for owner in self.owners(frame) if owner.has(frame.vid)]

    def policy(self, frame, to):
        if to.station == frame.source.station:
            return False
        if frame.kind != "unicast":
            return True
        here = self.here(frame)
        if not here:
            # The PF does not take from the wire what it has not heard of,
            # unless it takes everything.
            return to.flood and (frame.source.kind != "wire" or
                                 self.promiscuous or bool(self.owners(frame)))
        # All see what is on the wire, and only there do NICs meet.
        return to.mac == frame.mac or (
            to.kind == "wire" and frame.source.is_vf() and here[0].is_vf() and
            frame.source.nic != here[0].nic)

    def nic_decides(self, frame, to):
        """What the switch can do nothing about"""
        source, owners = frame.source, self.owners(frame)
        soft = to.kind in ("tap", "host")
        by_nic = source.is_vf() or source.kind == "wire"
        if (frame.kind == "unicast" and not self.here(frame) and to.flood and
                (by_nic or owners and to.kind == "wire")):
            # What comes to a NIC for nobody that it knows is taken by the PF or
            # is not. And filters are of addresses without VLANs: what is in one
            # is neither sent to the wire nor to others.
            return True
        # From here on a real NIC does better than QEMU's igb.
        if frame.kind != "unicast" and to is source:
            # What a VF sends comes back to it.
            return source.is_vf()
        if frame.kind == "multicast":
            # The PF does not take all groups when it is told so (VMOLR.MPME).
            return by_nic and soft
        if frame.kind == "unicast" and self.promiscuous and to.is_vf():
            # The bit for groups (VMOLR.ROMPE) stands for that of unicast by
            # hash, too: while its PF is promiscuous, a VF that has joined a
            # group takes from it what is for an address that the NIC does not
            # know.
            return self.is_stray(frame, to.nic)
        return False

    def is_stray(self, frame, nic):
        """Does a frame come to a NIC that does not know its address?"""
        owners = self.owners(frame)
        if owners and (owners[0].kind in ("tap", "host") or
                       owners[0].nic == nic):
            return False
        # The NIC of a VF keeps what the switch has for it.
        return not (self.here(frame) and owners[0].is_vf() and
                    frame.source.kind in ("tap", "host"))


def read_endpoints(path):
    with open(path, encoding="ascii") as lines:
        return [Endpoint(line) for line in lines]


def frames_of(endpoints, kind):
    """What the endpoints of a kind send: everything, to everybody."""
    macs = dict.fromkeys(endpoint.mac for endpoint in endpoints)
    frames = []
    for source in endpoints:
        if source.kind != kind:
            continue
        for way in source.ways():
            frames += [Frame(source, way, "unicast", mac) for mac in macs
                       if mac != source.mac]
            frames.append(Frame(source, way, "unicast", STRANGER))
            frames.append(Frame(source, way, "broadcast", "all"))
            frames.append(Frame(source, way, "multicast", "group"))
    return frames


def hello(endpoints):
    return [Frame(endpoint, way, "broadcast", "all") for endpoint in endpoints
            for way in endpoint.ways() if way[1] is not None]


def write_plan(model, frames, path):
    with open(path, "w", encoding="ascii") as plan:
        for frame in frames:
            print(frame.source.end, frame.text(), file=plan)
    print(sum(model.expected(frame, to) == MUST
              for frame in frames for to in model.endpoints))


def read_arrived(path):
    """What arrived, by number of the frame and end."""
    arrived = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            number, end, text = line.rstrip("\n").split(" ", 2)
            arrived.setdefault((int(number), end), []).append(text)
    return arrived


class Verdict:
    """A table of cells, and what is wrong."""

    def __init__(self, model):
        self.model = model
        self.cells = {}
        self.wrong = []

    def judge(self, frame, to, got):
        expected = self.model.expected(frame, to)
        wanted = []
        if expected != MUST_NOT:
            wanted = [frame.addresses + to.tag(frame.vid)]
        key = frame.source.name, frame.tag, to.name, frame.kind
        if got != wanted and (expected != MAY or got):
            self.cells[key] = "!"
            self.wrong.append(f"{frame.source.name} sent [{frame.text()}]: "
                              f"{to.name} got {got}, {expected} get {wanted}")
        elif to.station == frame.source.station:
            self.cells.setdefault(key, "-")
        elif frame.kind != "unicast" or frame.mac == to.mac:
            lacks = "~" if expected == MAY else "."
            self.cells.setdefault(key, "+" if got else lacks)

    def cell(self, row, to):
        return "".join(self.cells.get((*row, to.name, kind), " ")
                       for kind in KINDS)

    def show(self):
        endpoints = self.model.endpoints
        rows = [("from, tag  ", [to.name for to in endpoints])]
        rows += [(f"{row[0]:6}{row[1]:5}",
                  [self.cell(row, to) for to in endpoints])
                 for row in dict.fromkeys(key[:2] for key in self.cells)]
        for head, cells in rows:
            print(head, *(f"{cell:5}" for cell in cells[:-1]), cells[-1])
        for text in self.wrong[:TELL]:
            print(text)
        if len(self.wrong) > TELL:
            print(f"and {len(self.wrong) - TELL} more")


def judge(model, frames, arrived):
    verdict = Verdict(model)
    for number, frame in enumerate(frames, 1):
        for to in model.endpoints:
            verdict.judge(frame, to, arrived.pop((number, to.end), []))
    verdict.wrong += [f"at {end}: {texts}, which nobody sent"
                      for (_, end), texts in arrived.items()]
    verdict.show()
    return not verdict.wrong


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    command, endpoints = sys.argv[1], read_endpoints(sys.argv[2])
    model = Model(endpoints, "promisc" in sys.argv[5:])
    if command == "hello":
        write_plan(model, hello(endpoints), sys.argv[3])
        return
    frames, path = frames_of(endpoints, sys.argv[3]), sys.argv[4]
    if command == "plan":
        write_plan(model, frames, path)
    elif not judge(model, frames, read_arrived(f"{path}.arrived")):
        sys.exit(1)


if __name__ == "__main__":
    main()
