#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A generic netlink client that knows only a YAML specification.

Usage: ynl.py TREE SPEC		commands from standard input

It is the kernel's own, tools/net/ynl of TREE; this adds what a test of a family
wants beyond well-formed requests. A line is a command, its words separated by
tabs, the last of them JSON; each is answered by a line of JSON.

  start				anew: the family may have another number
  request OPERATION ATTRIBUTES
				the reply, or {"error", "extack"}
  dump OPERATION ATTRIBUTES
  raw NUMBER HEX		a request of that number with these attributes
  subscribe GROUP
  events			what came since, as [[NAME, ATTRIBUTES]...]
  interrupt DUMP OPERATION ATTRIBUTES
				a dump that is interrupted by an operation:
				{"count", "interrupted"}; no operation if ""
  fuzz COUNT			nonsense to every operation; how many were taken
"""
import json
import random
import socket
import struct
import sys
import time

import ynl_lib

TREE, SPEC = sys.argv[1:3]
NlError, YnlFamily, ynl_module = ynl_lib.use(TREE)

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLM_F_DUMP_INTR = 0x10


def plain(value):
    """What JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, (list, set, tuple)):
        members = [plain(member) for member in value]
        return sorted(members) if isinstance(value, set) else members
    return value.hex() if isinstance(value, bytes) else value


def attributes(text):
    """From JSON; what looks like a MAC address is one."""
    def convert(value):
        if isinstance(value, list):
            return [convert(member) for member in value]
        if isinstance(value, dict):
            return {key: convert(member) for key, member in value.items()}
        if isinstance(value, str) and value.count(":") == 5:
            return bytes.fromhex(value.replace(":", ""))
        return value
    return convert(json.loads(text or "{}"))


class Client:
    """A method a command."""

    def __init__(self):
        self.ynl = None
        self.listeners = []

    @staticmethod
    def family():
        ynl_module.genl_family_name_to_id = None
        return YnlFamily(SPEC, "")

    def start(self):
        for old in [self.ynl] * bool(self.ynl) + self.listeners:
            old.sock.close()
        self.ynl, self.listeners = self.family(), []

    def request(self, operation, text=""):
        return self.ynl.do(operation, attributes(text))

    def dump(self, operation, text=""):
        return self.ynl.dump(operation, attributes(text))

    def exchange(self, number, data, flags):
        """The answers to raw attributes, up to the last."""
        message = self.ynl.nlproto.message(flags | NLM_F_REQUEST, int(number),
                                           1, 1) + data
        message = struct.pack("I", len(message) + 4) + message
        self.ynl.sock.send(message)
        while True:
            for answer in ynl_module.NlMsgs(self.ynl.sock.recv(131072)):
                if answer.done or answer.error:
                    return answer

    def raw(self, number, text):
        answer = self.exchange(number, bytes.fromhex(text), NLM_F_ACK)
        if answer.error:
            raise NlError(answer)

    def subscribe(self, group):
        # A family of the kernel's client subscribes to one group.
        self.listeners.append(self.family())
        self.listeners[-1].ntf_subscribe(group)

    def events(self):
        time.sleep(0.1)
        events = []
        for listener in self.listeners:
            listener.check_ntf()
            events += listener.async_msg_queue
            listener.async_msg_queue = []
        return [[event["name"], event["msg"]] for event in events]

    def interrupt(self, dump, operation, text):
        number = self.ynl.ops[dump].req_value
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
            message = self.ynl.nlproto.message(NLM_F_REQUEST | NLM_F_DUMP,
                                               number, 1, 1)
            sock.send(struct.pack("I", len(message) + 4) + message)
            count, flags, done = 0, 0, False
            while not done:
                for answer in ynl_module.NlMsgs(sock.recv(131072)):
                    flags |= answer.nl_flags
                    done = done or answer.done
                    count += not answer.done
                if operation:
                    self.ynl.do(operation, attributes(text))
                    operation = ""
        return {"count": count, "interrupted": bool(flags & NLM_F_DUMP_INTR)}

    def fuzz(self, count):
        random.seed(1)
        numbers = sorted({op.req_value for op in self.ynl.ops.values()})
        taken = 0
        for _ in range(int(count)):
            data = b""
            for _ in range(random.randrange(4)):
                length = random.choice((0, 1, 2, 4, 5, 6, 8, 40))
                data += struct.pack("HH", length + random.choice((4, 4, 4, 0)),
                                    random.randrange(40) |
                                    random.choice((0, 0, 0x8000)))
                data += random.randbytes(length + -length % 4)
            # One in four keeps what a dump is made of, too.
            flags = random.choice((NLM_F_ACK, NLM_F_ACK, NLM_F_ACK, NLM_F_DUMP))
            answer = self.exchange(random.choice(numbers), data, flags)
            taken += not answer.error
        return taken


def main():
    client = Client()
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        try:
            answer = getattr(client, command)(*words)
        except NlError as error:
            answer = {"error": error.nl_msg.error, "extack": error.nl_msg.extack}
        except Exception as error:  # the test is to see it, whatever it is
            answer = {"failed": repr(error)}
        print(json.dumps(plain(answer), default=str), flush=True)


if __name__ == "__main__":
    main()
