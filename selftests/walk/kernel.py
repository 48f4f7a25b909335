# SPDX-License-Identifier: GPL-2.0
"""The kernel's side of the walk: requests to the family and to rtnetlink, dumps,
and what is heard from both multicast groups.

The client of the family is the kernel's own (tools/net/ynl): it knows nothing
but the specification.
"""
import contextlib
import errno
import os
import pathlib
import socket
import struct
import subprocess
import time

import ynl_lib

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SPEC = str(TOP / "Documentation/netlink/specs/vsw.yaml")
NlError, YnlFamily, ynl_module = ynl_lib.use(os.environ["VSW_YNL"])

NETLINK_ROUTE = 0
RTM_NEWLINK, RTM_DELLINK, RTM_SETLINK = 16, 17, 19
RTM_NEWNEIGH, RTM_DELNEIGH = 28, 29
NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE = 0x1, 0x4, 0x200, 0x400
IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO = 3, 4, 10, 18
IFLA_NET_NS_FD, IFLA_AF_SPEC, IFLA_INFO_KIND = 28, 26, 1
IFLA_BRIDGE_FLAGS, IFLA_BRIDGE_VLAN_INFO = 0, 2
BRIDGE_FLAGS_SELF = 2
NLA_F_NESTED = 0x8000
VLAN_INFO_PVID, VLAN_INFO_UNTAGGED = 2, 4
VLAN_INFO_BEGIN, VLAN_INFO_END = 8, 16
NDA_LLADDR, NDA_VLAN, NDA_IFINDEX = 2, 5, 8
NUD_REACHABLE, NUD_NOARP = 0x2, 0x40
NTF_SELF, NTF_STICKY = 0x2, 0x40
SOL_NETLINK, SO_RCVBUFFORCE = 270, 33
ADD_MEMBERSHIP, CAP_ACK, EXT_ACK = 1, 10, 11
IFF_UP = 1
# A device that there is not
NOBODY = 99999
# Attributes of a request that are devices, by operation
DEVICES = {"switch", "ifindex", "pf"}
NAMESPACE = "walkaway"


class Refused(Exception):
    """error, sentence and blamed attribute"""

    def __init__(self, number, extack):
        super().__init__(os.strerror(number))
        extack = extack or {}
        self.error = number
        self.sentence = extack.get("msg", "")
        self.blamed = extack.get("bad-attr", "")

    def __str__(self):
        name = errno.errorcode.get(self.error, str(self.error))
        blamed = f" (attribute {self.blamed.strip('.')})" if self.blamed else ""
        return f"{name}: {self.sentence or '-'}{blamed}"


class Family(YnlFamily):
    """That of the specification"""

    def __init__(self):
        super().__init__(SPEC, "")

    def _decode_extack(self, request, op, extack):
        # It cannot look into the entries of a batch.
        try:
            super()._decode_extack(request, op, extack)
        except Exception:  # pylint: disable=broad-except
            extack["bad-attr"] = ".entry"

    def pack(self, space, attributes):
        return b"".join(self._add_attr(space, name, value, None)
                        for name, value in attributes.items())


def attribute(kind, data):
    """One of rtnetlink"""
    if isinstance(data, int):
        data = struct.pack("I", data)
    elif isinstance(data, str):
        data = data.encode("ascii") + b"\0"
    return struct.pack("HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


class Rtnetlink:
    """Requests that are acknowledged"""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_ROUTE)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)

    def ask(self, kind, flags, body):
        header = struct.pack("IHHII", len(body) + 16, kind,
                             flags | NLM_F_REQUEST | NLM_F_ACK, 1, 0)
        self.sock.send(header + body)
        for answer in ynl_module.NlMsgs(self.sock.recv(131072)):
            if answer.error:
                raise Refused(-answer.error, answer.extack)

    def link(self, kind, index, body=b"", flags=0, up=None, family=0):
        """up: None for as it is"""
        head = struct.pack("BBHiII", family, 0, 0, index, IFF_UP * bool(up),
                           IFF_UP * (up is not None))
        self.ask(kind, flags, head + body)

    def vlan(self, kind, index, first, last, pvid, untagged, own):
        flags = VLAN_INFO_PVID * pvid + VLAN_INFO_UNTAGGED * untagged
        info = [(flags, first)] if first == last else [
            (flags | VLAN_INFO_BEGIN, first), (flags | VLAN_INFO_END, last)]
        spec = b""
        if own:
            spec = attribute(IFLA_BRIDGE_FLAGS,
                             struct.pack("H", BRIDGE_FLAGS_SELF))
        for one in info:
            spec += attribute(IFLA_BRIDGE_VLAN_INFO, struct.pack("HH", *one))
        self.link(kind, index, attribute(IFLA_AF_SPEC | NLA_F_NESTED, spec),
                  family=socket.AF_BRIDGE)

    def neighbour(self, kind, index, mac, vid, via=None, state=0, flags=0,
                  sticky=False):
        body = struct.pack("BBHiHBB", socket.AF_BRIDGE, 0, 0, index, state,
                           NTF_SELF | NTF_STICKY * sticky, 0)
        body += attribute(NDA_LLADDR, mac)
        if vid is not None:
            body += attribute(NDA_VLAN, struct.pack("H", vid))
        if via is not None:
            body += attribute(NDA_IFINDEX, via)
        self.ask(kind, flags, body)


def index_of(name):
    """0 stays 0: that takes a path away."""
    if not name:
        return 0
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return NOBODY


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


class Kernel:
    """Carries out requests, and tells what there is and what was heard."""
    OBJECTS = ("switch", "port", "vlan", "fdb", "vf", "stats")

    def __init__(self):
        # The second one is for those that come in between.
        self.clients = [Family(), Family()]
        self.listener = Family()
        self.listener.ntf_subscribe("config")
        # Its class subscribes to one group only.
        self.listener.sock.setsockopt(
            SOL_NETLINK, ADD_MEMBERSHIP,
            self.listener.nlproto.get_mcast_id("fdb", None))
        self.listener.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE,
                                      1 << 27)
        self.route = Rtnetlink()

    # Requests to the family

    def resolve(self, op, attributes):
        """Names of devices become their numbers."""
        if op == "batch":
            return self.resolve_batch(attributes)
        known = {}
        for name, value in attributes.items():
            if name in DEVICES and (name != "ifindex" or
                                    op.startswith(("port", "switch"))):
                value = index_of(value)
            elif name in ("mac", "before-mac"):
                value = mac_bytes(value)
            elif value == "right":
                value = self.id_of(attributes["name"])
            known[name] = value
        return known

    def id_of(self, port):
        """0 if there is none"""
        try:
            return self.clients[0].do("port-get", {"name": port})["id"]
        except NlError:
            return 0

    def resolve_batch(self, attributes):
        known = dict(attributes)
        for way in ("entry", "undo"):
            if way in attributes:
                known[way] = [self.entry(*one) for one in attributes[way]]
        return known

    def entry(self, op, attributes):
        space = op.split("-")[0]
        data = self.clients[0].pack(space, self.resolve(op, attributes))
        return {"op": op, "attrs": data}

    def ask(self, request, client=0):
        """The reply; Refused"""
        op, attributes = request
        if op.startswith("link-") or op.startswith("bridge-"):
            return getattr(self, op.replace("-", "_"))(**attributes)
        try:
            return self.clients[client].do(op, self.resolve(op, attributes))
        except NlError as error:
            raise Refused(error.error, error.nl_msg.extack) from None

    def wait_for_undo(self):
        """Until no batch waits to be confirmed"""
        while "left" in (self.clients[0].do("batch-get", {}) or {}):
            time.sleep(0.2)

    # Requests to rtnetlink

    def link_add(self, name, kind):
        self.route.link(RTM_NEWLINK, 0, attribute(IFLA_IFNAME, name) + attribute(
            IFLA_LINKINFO | NLA_F_NESTED, attribute(IFLA_INFO_KIND, kind)),
            NLM_F_CREATE | NLM_F_EXCL)

    def link_del(self, dev):
        self.route.link(RTM_DELLINK, index_of(dev))

    def link_master(self, dev, master):
        self.route.link(RTM_SETLINK, index_of(dev),
                        attribute(IFLA_MASTER, index_of(master)))

    def link_up(self, dev, up):
        self.route.link(RTM_SETLINK, index_of(dev), up=up)

    def link_mtu(self, dev, mtu):
        self.route.link(RTM_SETLINK, index_of(dev), attribute(IFLA_MTU, mtu))

    def link_name(self, dev, name):
        self.route.link(RTM_SETLINK, index_of(dev), attribute(IFLA_IFNAME, name))

    def link_away(self, dev):
        """Into another namespace"""
        with open(f"/run/netns/{NAMESPACE}", "rb") as there:
            self.route.link(RTM_SETLINK, index_of(dev),
                            attribute(IFLA_NET_NS_FD, there.fileno()))

    def link_back(self, dev):
        """What is made smaller may have left out that it went away."""
        for words in (["-n", NAMESPACE, "link", "set", "dev", dev, "netns", "1"],
                      ["link", "set", "dev", dev, "up"]):
            subprocess.run(["ip", *words], check=False)

    def bridge_vlan_add(self, dev, first, last, pvid, untagged, own):
        self.route.vlan(RTM_SETLINK, index_of(dev), first, last, pvid,
                        untagged, own)

    def bridge_vlan_del(self, dev, first, last, own):
        self.route.vlan(RTM_DELLINK, index_of(dev), first, last, False, False,
                        own)

    def bridge_fdb_add(self, mac, switch, vid, via, kind):
        state = {"static": NUD_NOARP, "sticky": NUD_REACHABLE,
                 "dynamic": NUD_REACHABLE}[kind]
        self.route.neighbour(RTM_NEWNEIGH, index_of(switch), mac_bytes(mac), vid,
                             index_of(via), state, NLM_F_CREATE | NLM_F_EXCL,
                             kind == "sticky")

    def bridge_fdb_del(self, mac, switch, vid):
        self.route.neighbour(RTM_DELNEIGH, index_of(switch), mac_bytes(mac), vid)

    # What there is

    def dump(self):
        """{object: [attributes]}"""
        return {name: self.clients[0].dump(f"{name}-get", {})
                for name in self.OBJECTS}

    def drain(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.listener.sock.recv(1 << 20, socket.MSG_DONTWAIT)
        self.listener.async_msg_queue = []

    def heard(self):
        """[(event, attributes)] since the last time, or None if it was told that some
        are missing, because there were too many"""
        try:
            self.listener.check_ntf()
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self.drain()
            return None
        events = self.listener.async_msg_queue
        self.listener.async_msg_queue = []
        return [(event["name"], event["msg"]) for event in events]
