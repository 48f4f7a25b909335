#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What vswctl explain says of frames, and what became of them: for explain.sh.

Usage: explain.py ask TABLE	ask vswctl; TABLE.asked has the answers, TABLE.plan
				is for "play" of frame.py, and the number of
				frames that should arrive is printed
       explain.py judge TABLE BEFORE AFTER
				compare with what arrived (TABLE.plan.arrived),
				with the drops between two "vswctl -j stats
				show", and with what vsw-trace has seen
				(TABLE.trace); and hold both against their
				schemas

A line of TABLE is "PORT | FRAME [| KEY VALUE ...]": who sends it, the frame as
frame.py writes it, and more words for vswctl. "end PORT NAME" says what frame.py
calls the place of a port if that is not the name of the port. "unseen PORT" is
one at which nothing can be received, because it is there in name only. "nic PORT"
gets frames from a NIC, too, of which the switch does not know.
"""
import collections
import json
import os
import re
import subprocess
import sys

from frame import LENGTH_DEFAULT, format_mac, parse_mac
from schema import check_schema


class Frame:
    """One line of the table."""

    def __init__(self, line):
        parts = [part.strip() for part in line.split("|")]
        self.port, self.text = parts[0], parts[1]
        self.more = parts[2].split() if len(parts) > 2 else []
        addresses, *words = self.text.split()
        self.source, self.destination = (
            parse_mac(mac) for mac in addresses.split(">"))
        self.words = words
        self.tags = [word for word in words
                     if re.fullmatch(r"s?\d+(\.\d)?", word)]
        self.rest = [word for word in words if word not in self.tags]

    def tagged(self):
        return bool(self.tags) and not self.tags[0].startswith("s")

    def question(self):
        """The words for vswctl"""
        words = ["explain", self.port, "dst", self.destination.hex(":"),
                 "src", self.source.hex(":")]
        inner, length = self.tags, LENGTH_DEFAULT
        if self.tagged():
            vid, _, pcp = self.tags[0].partition(".")
            words += ["vlan", vid, "pcp", pcp or "0"]
            inner = self.tags[1:]
        if inner:
            words += ["ethertype",
                      "0x88a8" if inner[0].startswith("s") else "0x8100"]
        for word in self.rest:
            if word.startswith("0x"):
                words += ["ethertype", word] if not inner else []
            elif word.startswith("+"):
                length = int(word[1:])
        words += ["length", str(14 + 4 * len(self.tags) + length)]
        return " ".join(words + self.more)

    def arrives(self, tag):
        """How it looks where it arrives, with that tag"""
        tags = self.tags[1:] if self.tagged() else self.tags
        return " ".join([f"{format_mac(self.source)}>"
                         f"{format_mac(self.destination)}"] +
                        ([tag] if tag else []) + tags + self.rest)


class Table:
    """All lines."""

    def __init__(self, path):
        self.frames, self.ends, self.unseen = [], {}, set()
        self.nic = set()
        with open(path, encoding="ascii") as lines:
            for line in lines:
                words = line.split()
                if not words or words[0].startswith("#"):
                    continue
                if words[0] == "end":
                    self.ends[words[1]] = words[2]
                elif words[0] == "unseen":
                    self.unseen.add(words[1])
                elif words[0] == "nic":
                    self.nic.add(words[1])
                else:
                    self.frames.append(Frame(line))

    def end(self, port):
        return self.ends.get(port, port)


def tag_of(answer):
    pcp = f".{answer['pcp']}" if answer["pcp"] else ""
    return f"{answer['vid']}{pcp}"


def expected(table, frame, answer):
    """What arrives, as "END FRAME" each, by the datapath or the NIC"""
    arrive = []
    for step in answer["steps"]:
        name = step.get("port")
        if step["step"] == "nic" and step["result"] == "delivered":
            arrive.append(f"{table.end(name)} nic")
        if (step["step"] != "deliver" or name in table.unseen or
                step["result"] not in ("tagged", "untagged")):
            continue
        # The NIC takes the tag off before the VF.
        tag = step["result"] == "tagged" and "via" not in step
        text = frame.arrives(tag_of(answer) if tag else "")
        arrive.append(f"{table.end(name)} {text}")
    return arrive


def ask(table, path):
    questions = "\n".join(frame.question() for frame in table.frames)
    result = subprocess.run([os.environ["VSW_CTL"], "-f", "-j", "-b", "-"],
                            input=questions + "\n", text=True, check=False,
                            stdout=subprocess.PIPE)
    answers = [json.loads(line)[0] for line in result.stdout.splitlines()]
    if len(answers) != len(table.frames):
        sys.exit(f"{len(answers)} answers to {len(table.frames)} questions")
    with open(f"{path}.asked", "w", encoding="ascii") as file:
        json.dump(answers, file)
    with open(f"{path}.plan", "w", encoding="ascii") as plan:
        for frame in table.frames:
            print(table.end(frame.port), frame.text, file=plan)
    print(sum(len([text for text in expected(table, frame, answer)
                   if not text.endswith(" nic")])
              for frame, answer in zip(table.frames, answers)))


def read_arrived(path):
    arrived = collections.defaultdict(list)
    with open(path, encoding="ascii") as lines:
        for line in lines:
            number, text = line.rstrip("\n").split(" ", 1)
            arrived[int(number)].append(text)
    return arrived


def check_arrived(table, answers, arrived):
    wrong = []
    for number, (frame, answer) in enumerate(zip(table.frames, answers), 1):
        want = expected(table, frame, answer)
        # What the NIC does is there to be seen, but not for sure.
        nic = {text.split()[0] for text in want if text.endswith(" nic")}
        nic |= {table.end(port) for port in table.nic}
        want = sorted(text for text in want if not text.endswith(" nic"))
        got = sorted(text for text in arrived.pop(number, [])
                     if text in want or text.split()[0] not in nic)
        if got != want:
            wrong.append(f"{frame.port} sent [{frame.text}]: arrived {got}, "
                         f"explained {want}: {summary(answer)}")
    wrong += [f"nobody sent {texts}" for texts in arrived.values()]
    return wrong


def summary(answer):
    return "; ".join(f"{step['step']} {step['result']} "
                     f"{step.get('port', '')} {step.get('reason', '')}"
                     for step in answer["steps"])


def predicted_drops(answers):
    drops = collections.Counter()
    for answer in answers:
        for step in answer["steps"]:
            if step["result"] != "dropped" or step["step"] == "nic":
                continue
            if "port" in step:
                drops[step["port"], "tx", step["reason"]] += 1
            else:
                drops[answer["where"], "rx", step["reason"]] += 1
    return drops


def counted_drops(path):
    drops = collections.Counter()
    with open(path, encoding="ascii") as file:
        for port in json.load(file):
            for way in ("rx", "tx"):
                for drop in port.get(f"{way}-drop", []):
                    drops[port["port"], way, drop["reason"]] += drop["packets"]
    return drops


def check_drops(table, answers, before, after):
    got = counted_drops(after)
    got.subtract(counted_drops(before))
    want = predicted_drops(answers)
    for key in got:
        # Some NICs send back what their PF has sent.
        if table.nic and key[2] == "reflected" and got[key] > want[key]:
            got[key] = want[key]
    return [f"drops {key}: counted {got[key]}, explained {want[key]}"
            for key in set(got) | set(want) if got[key] != want[key]]


def steps_of(record):
    """What both tell of the steps of a frame"""
    steps = []
    for step in record["steps"]:
        if step["step"] == "nic" or step["result"] == "skipped":
            continue
        key = [step["step"], step["result"]]
        if step["step"] not in ("learn", "look-up"):
            key.append(step.get("port"))
        if step["step"] == "look-up" or step["result"] == "dropped":
            key.append(step.get("reason"))
        if step["step"] in ("classify", "admit"):
            key.append((step.get("reason"), step.get("vid")))
        key.append(step.get("via"))
        steps.append(key)
    return steps


def ingress(answer):
    """The port at which the datapath sees the frame, or None"""
    for step in answer["steps"]:
        if step["step"] == "nic":
            continue
        if step["step"] == "receive" and step["result"] == "ok":
            return step["text"].removeprefix("from ")
        return answer["port"]
    return None


def is_of(record, port, frame):
    return (record["port"] == port and
            record["src"] == frame.source.hex(":") and
            record["dst"] == frame.destination.hex(":"))


def check_traced(table, answers, path):
    records = read_trace(path)
    # In the order in which they were sent
    records.sort(key=lambda record: record["time"])
    wrong = []
    for frame, answer in zip(table.frames, answers):
        port = ingress(answer)
        if port is None:
            continue
        # Those on their way by a NIC may be overtaken.
        found = [record for record in records if is_of(record, port, frame)]
        if not found or not table.ends and found[0] is not records[0]:
            wrong.append(f"{frame.port} sent [{frame.text}]: not traced")
            continue
        records.remove(found[0])
        got, want = steps_of(found[0]), steps_of(answer)
        if got != want or found[0]["result"] != answer["result"]:
            wrong.append(f"{frame.port} sent [{frame.text}]: traced {got} "
                         f"{found[0]['result']}, explained {want} "
                         f"{answer['result']}")
    if not table.ends:
        wrong += [f"traced, but not sent: {record}" for record in records]
    return wrong


def read_trace(path):
    with open(path, encoding="ascii") as lines:
        return [json.loads(line) for line in lines]


def judge(table, path, before, after):
    with open(f"{path}.asked", encoding="ascii") as file:
        answers = json.load(file)
    wrong = check_arrived(table, answers, read_arrived(f"{path}.plan.arrived"))
    wrong += check_drops(table, answers, before, after)
    wrong += check_schema("explain", [[answer] for answer in answers])
    if os.path.exists(f"{path}.trace"):
        wrong += check_traced(table, answers, f"{path}.trace")
        wrong += check_schema("trace", read_trace(f"{path}.trace"))
    print(f"{len(answers)} frames, {len(wrong)} differences;",
          ", ".join(f"{reason} {count}" for reason, count in sorted(
              collections.Counter(answer.get("reason", answer["result"])
                                  for answer in answers).items())))
    for text in wrong[:20]:
        print(text)
    sys.exit(bool(wrong))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    table = Table(sys.argv[2])
    if sys.argv[1] == "ask":
        ask(table, sys.argv[2])
    else:
        judge(table, *sys.argv[2:5])


if __name__ == "__main__":
    main()
