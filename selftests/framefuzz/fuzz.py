#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames, right and wrong, through a switch and a bridge, and what a model of
802.1Q says of them.

Usage: fuzz.py run|plants|trouble|differences [KEY=VALUE ...]

  run		put frames in until ROUNDS or SECONDS are over: what comes out of
		each port has to be what the model says, byte for byte; so have
		the counters and the forwarding table
  plants	models that are wrong in one thing each: all have to be noticed
  trouble	frames that are lost, doubled or changed have to be noticed
  differences	print what a bridge does otherwise, a name and a sentence each

  SEED=N	of the random numbers (default 1)
  FIRST=N	number of the first round (default 1)
  ROUNDS=N	how many (default 20), each with a configuration of its own
  SECONDS=N	instead of ROUNDS
  SAMPLES=N	tell every N seconds how many frames there were, and the kernel's memory
  FRAMES=N	in a round (default 150)
  BRIDGE=0|1	the same through a Linux bridge (default 1)
  FASTPATH=0|1	with the fast path on the ports (default 0)
  LOG=FILE	all commands

What fails is printed with its seed and round, the configuration, the frame,
what was expected and what came, and then the smallest case found that still
fails.
SEED and FIRST of the message with ROUNDS=1 bring it back.
"""
import collections
import pathlib
import random
import sys
import time

# For packet.py and fewest.py
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
# pylint: disable=wrong-import-position
from change import Change, random_change
from config import random_config, switch_commands
from generate import Generator
from minimise import Minimiser
from model import DIFFERENCES, WRONG, Model
from shot import EXACT, STREAM, WILD, Shot, draw, to_known
from side import (DEVICES, NAMES, OWN, PATIENCE, PATIENCE_AGAIN, UPLINKS,
                  Bridge, Failure, Switch)
from wire import C_TAG, brief

# A port changes after so many frames, on average; so many flows are looked at again
CHANGE_AFTER, FLOWS = 40, 6
DEFAULTS = {"SEED": 1, "FIRST": 1, "ROUNDS": 20, "SECONDS": 0, "SAMPLES": 0, "FRAMES": 150,
            "BRIDGE": 1, "FASTPATH": 0, "LOG": ""}


class Mismatch(Exception):
    """What came out is not what was expected."""

    def __init__(self, side, text, shots=()):
        """shots: those of the round, the last is the one"""
        super().__init__(text)
        self.side, self.shots = side, list(shots)


def visible(outcome, ends):
    """{port: frame} of what can be seen there"""
    return {name: frame for name, frame in outcome.out.items()
            if ends[name].shows(frame, name in outcome.tagged)}


def listed(frames):
    return ", ".join(map(brief, frames)) or "nothing"


def judge_exact(outcome, ends, got):
    """A line for each port that differs"""
    wanted = visible(outcome, ends)
    for name in sorted(set(wanted) | set(got)):
        frames = [frame.data for frame in got.get(name, ())]
        good = [wanted[name]] if name in wanted else []
        if frames != good:
            yield (f"{name}: expected {listed(good)}, got {listed(frames)}")


def has_head(data, wanted, length=16):
    """Addresses and tag are right, as far as anything can be said."""
    length = length if wanted[12:14] == C_TAG else 12
    return data[:length] == wanted[:length] and \
        (wanted[12:14] == C_TAG) == (data[12:14] == C_TAG)


def stream_data(shot, wanted, frames):
    """All that is behind the headers; there may be a tag more or less"""
    at = shot.data_at + len(wanted) - len(shot.frame)
    return b"".join(frame.data[at:] for frame in frames)


def judge_stream(outcome, shot, got):
    data = shot.frame[shot.data_at:]
    for name in sorted(set(outcome.out) | set(got)):
        wanted, frames = outcome.out.get(name), got.get(name, ())
        if wanted is None:
            yield f"{name}: expected nothing, got {len(frames)} segments"
            continue
        if stream_data(shot, wanted, frames) != data:
            yield f"{name}: the data of {len(frames)} segments are others"
        for frame in frames:
            if not has_head(frame.data, wanted):
                yield f"{name}: a segment is {frame.data[:60].hex()}"


def judge_wild(outcome, got):
    for name, frames in got.items():
        if name not in outcome.out:
            yield f"{name}: expected nothing, got {brief(frames[0].data)}"
        elif not all(has_head(frame.data, outcome.out[name])
                     for frame in frames):
            yield (f"{name}: expected what begins like "
                   f"{outcome.out[name][:16].hex()}, got " +
                   ", ".join(frame.data[:40].hex() for frame in frames))


class Meddler:
    """Does something to some of the frames that come out, as a switch that is
    not to be trusted would."""
    WAYS = {
        "lost": lambda frames: [],
        "doubled": lambda frames: frames + frames[:1],
        "changed in its last byte": lambda frames: [
            (name, frame.changed()) for name, frame in frames],
        "at another port": lambda frames: [
            ("tapa" if name == "tapb" else "tapb", frame)
            for name, frame in frames],
    }

    def __init__(self, way):
        self.way, self.calls = self.WAYS[way], 0

    def __call__(self, frames):
        self.calls += bool(frames)
        return frames if self.calls % 20 else self.way(frames)


class Course:
    """The model of one side, what it should have counted, and the frames so
    far: one round."""

    def __init__(self, side, config, differences=(), wrong=None):
        self.side, self.config = side, config
        self.model = Model(config, differences, wrong)
        self.counters = {name: collections.Counter() for name in NAMES}
        # Port: frames that may as well have been lost in the device
        self.slack = collections.Counter()
        self.shots = []
        # (shot, time, what came out), and what the side said at the end
        self.record, self.end = [], None

    def change(self, change):
        """As a frame: it comes again when all does."""
        config = change.apply(self.model.config)
        self.side.change(change, config)
        self.model.change(change, config)
        self.shots.append(change)
        self.record.append((change, None, None))

    def predict(self, shot, now):
        """None if the switch does not get to see it"""
        if not shot.beside and \
                not self.side.ends[shot.port].passes(shot.frame):
            return None
        return self.model.receive(shot.port, shot.frame, now, shot.cut,
                                  shot.way == "lie")

    def count(self, shot, outcome):
        if not outcome.counted:
            return
        mine = self.counters[shot.port]
        mine["rx"] += 1
        mine["rx bytes"] += self.side.ends[shot.port].length(shot.frame)
        if outcome.drop:
            mine[f"rx {outcome.drop}"] += 1
        for name, reason in outcome.lost.items():
            self.counters[name][f"tx {reason}"] += 1
        for name, frame in outcome.out.items():
            self.counters[name]["tx"] += 1
            self.counters[name]["tx bytes"] += \
                len(frame) - 4 * (name in outcome.tagged)
            self.slack[name] += shot.kind == WILD

    def is_enough(self, shot, outcome, got):
        if shot.kind == WILD or not outcome:
            return True
        if shot.kind == EXACT:
            return all(name in got
                       for name in visible(outcome, self.side.ends))
        size = len(shot.frame) - shot.data_at
        return all(len(stream_data(shot, wanted, got.get(name, ()))) >= size
                   for name, wanted in outcome.out.items())

    def judge(self, shot, outcome, got):
        ears = {name: got.pop(name, ()) for name in self.side.ears}
        if not outcome:
            return [f"{name}: expected nothing, got {brief(frames[0].data)}"
                    for name, frames in got.items()]
        if shot.kind == EXACT:
            return list(judge_exact(outcome, self.side.ends, got)) + \
                list(self.judge_ears(shot, ears))
        if shot.kind == STREAM:
            return list(judge_stream(outcome, shot, got))
        return list(judge_wild(outcome, got))

    def judge_ears(self, shot, ears):
        """Who holds a frame too has what was sent, whatever the switch did to
        its own copy."""
        for name, frames in ears.items():
            wanted = [shot.frame] if name.endswith(f" {shot.port}") else []
            if [frame.data for frame in frames] != wanted:
                heard = [frame.data for frame in frames]
                yield f"{name}: expected {listed(wanted)}, got {listed(heard)}"

    def fire(self, shot):
        """Put it in, and compare. A change is made. None if the device refuses it, which is none
        of the switch's business; True if the switch does not see it; else what
        became of it."""
        if isinstance(shot, Change):
            return self.change(shot)
        now = time.monotonic()
        if not shot.fire(self.side.ends[shot.port]):
            self.side.drain()
            return None
        self.shots.append(shot)
        outcome = self.predict(shot, now)
        got = self.side.collect(
            lambda got: self.is_enough(shot, outcome, got))
        self.record.append((shot, now, dict(got)))
        self.compare(shot, outcome, got)
        return outcome or True

    def compare(self, shot, outcome, got):
        wrong = self.judge(shot, outcome, got)
        if wrong:
            raise Mismatch(self.side, "\n".join(wrong) + (
                f"\nmodel: VLAN {outcome.vid}, {outcome.drop or 'forwarded'}"
                if outcome else "\nmodel: not seen by the switch"), self.shots)
        if outcome:
            self.count(shot, outcome)

    def check_end(self, fdb, counters):
        """When the round is over. counters: what has been counted, or None"""
        known = {key: entry.port for key, entry in self.model.fdb.items()
                 if entry.kind == "dynamic"}
        wrong = [f"{address.hex(':')} in VLAN {vid}: expected "
                 f"{known.get((address, vid))}, is {fdb.get((address, vid))}"
                 for address, vid in set(fdb) | set(known)
                 if fdb.get((address, vid)) != known.get((address, vid))]
        if counters is not None:
            wrong += self.check_counters(counters)
        if wrong:
            raise Mismatch(self.side, "\n".join(wrong), self.shots)

    def check_late(self):
        time.sleep(0.02)
        late = self.side.read(0)
        if late:
            raise Mismatch(self.side, "late: " + ", ".join(
                f"{name} {brief(frame.data)}" for name, frame in late),
                self.shots)

    def fails_with(self, wrong):
        """Would a model with that rule have been noticed in this round?"""
        other = Course(self.side, self.config, (), wrong)
        try:
            for shot, now, got in self.record:
                if isinstance(shot, Change):
                    other.model.change(shot, shot.apply(other.model.config))
                    continue
                other.compare(shot, other.predict(shot, now), dict(got))
            other.check_end(*self.end)
        except Mismatch:
            return True
        return False

    def check_counters(self, counters):
        for name in NAMES:
            yield from self.check_port(name, counters[name])

    def check_port(self, name, counted):
        wanted = +self.counters[name]
        # What a device did not take
        lost = wanted["tx"] - counted["tx"]
        if 0 < lost <= self.slack[name] and \
                counted["tx tx-error"] + counted["tx too-big"] - \
                wanted["tx too-big"] == lost:
            wanted["tx"] -= lost
            wanted["tx bytes"] = counted["tx bytes"]
            wanted["tx tx-error"] = counted["tx tx-error"]
            wanted["tx too-big"] = counted["tx too-big"]
        if +wanted != counted:
            yield f"{name} counts {dict(counted)} instead of {dict(+wanted)}"


class Fuzz:
    """All rounds."""

    def __init__(self, options):
        self.options = options
        log = open(options["LOG"], "a", encoding="ascii") \
            if options["LOG"] else None
        self.sides = [Switch(log, options["FASTPATH"])]
        if options["BRIDGE"]:
            self.sides.append(Bridge())
        self.frames = self.refused = self.differed = self.changes = 0
        self.kinds, self.reasons = collections.Counter(), collections.Counter()
        self.because = collections.Counter()
        self.wrong = None
        self.replays = 0

    def course(self, side, config):
        differences = set(DIFFERENCES) if side.kind == "bridge" else ()
        side.configure(config)
        return Course(side, config, differences, self.wrong)

    def tell(self, outcomes, shot):
        """Statistics of one frame"""
        self.frames += 1
        self.kinds[shot.way] += 1
        first = outcomes[0]
        if first is not True:
            for reason in [first.drop] + list(first.lost.values()):
                self.reasons[reason or "forwarded"] += 1
        if len(outcomes) > 1 and first is not True and \
                outcomes[1] is not True and first.out != outcomes[1].out:
            self.differed += 1
            for name in outcomes[1].because:
                self.because[name] += 1
            if not outcomes[1].because:
                self.because["what was learned before"] += 1

    def draw(self, generator, rng, config, fdb):
        """What comes next, mostly one frame. One that goes where an address is
        known comes several times: others of its flow."""
        # What the fast path takes is of this kind only.
        often = 0.7 if self.options["FASTPATH"] else 0.12
        shot = rng.random() < often and to_known(generator, rng, config, fdb)
        if shot:
            return [shot] * rng.choice((1, 2, 3))
        return [draw(generator, rng, config, self.sides[0].ends)]

    def plan(self, generator, rng, course):
        """All of a round. A change comes between frames of the same flows."""
        count = 0
        flows = []
        while count < self.options["FRAMES"]:
            if rng.random() < 1 / CHANGE_AFTER:
                yield random_change(rng, course.model.config)
                shots = flows
            else:
                shots = self.draw(generator, rng, course.model.config,
                                  course.model.fdb)
                if len(shots) > 1:
                    flows = [*flows[1 - FLOWS:], shots[0]]
            count += len(shots)
            yield from shots

    def round(self, number):
        rng = random.Random(f"{self.options['SEED']}.{number}")
        config = random_config(rng, NAMES, UPLINKS, OWN, DEVICES)
        config.ports["host"].mtu = min(
            port.mtu for port in config.ports.values() if not port.host)
        generator = Generator(rng, OWN, list(DEVICES.values()))
        courses = [self.course(side, config) for side in self.sides]
        before = self.sides[0].counters()
        for shot in self.plan(generator, rng, courses[0]):
            self.put_in(courses, shot)
        for course in courses:
            course.check_late()
            course.end = course.side.fdb(), \
                None if before is None else course.side.counted(before)
            course.check_end(*course.end)
            before = None
        return courses[0]

    def put_in(self, courses, shot):
        """A frame or a change, on all sides"""
        if isinstance(shot, Change):
            self.changes += 1
            for course in courses:
                course.fire(shot)
            return
        if any(course.model.is_doubtful(shot.port, shot.frame, time.monotonic())
               for course in courses):
            return
        outcomes = [course.fire(shot) for course in courses]
        if None not in outcomes:
            self.tell(outcomes, shot)
            return
        self.refused += 1
        if set(outcomes) != {None} and shot.kind != WILD:
            raise Mismatch(self.sides[0], "only one device took it", [shot])

    def replay(self, side, config, shots):
        """The Mismatch that the last of these frames brings, or None"""
        self.replays += 1
        try:
            course = self.course(side, config)
        except Failure:
            return None
        for shot in shots[:-1]:
            try:
                course.fire(shot)
            except Mismatch:
                course.shots.pop()
            except Failure:
                # A change that makes no sense without another one
                return None
        try:
            course.fire(shots[-1])
        except Mismatch as mismatch:
            return mismatch
        except Failure:
            pass
        return None

    def minimise(self, mismatch):
        side = mismatch.side
        side.patience = PATIENCE_AGAIN
        try:
            return Minimiser(
                lambda config, shots: self.replay(side, config, shots),
                mismatch).run(side.start)
        finally:
            side.patience = PATIENCE

    def report(self, number, mismatch):
        """For whoever has to find out"""
        side = mismatch.side
        print(f"# MISMATCH of the {side.kind}, SEED={self.options['SEED']} "
              f"FIRST={number} ROUNDS=1 FRAMES={self.options['FRAMES']}")
        self.show(side, side.start, mismatch.shots[-1:], mismatch)
        if not mismatch.shots or isinstance(mismatch.shots[-1], Change) or \
                mismatch.shots[-1].kind == WILD:
            return
        config, shots, smaller = self.minimise(mismatch)
        if not smaller:
            print("# it does not come again with the same frames: it hangs on"
                  " the time, or on what was before the round")
            return
        print(f"# smallest case, after {self.replays} replays:")
        self.show(side, config, shots, smaller)

    def show(self, side, config, shots, mismatch):
        for command in switch_commands(config, None, "vsw0", side.device, True):
            print(f"#   vswctl {command}")
        for port in config.ports.values():
            if port.mtu != 1500 or port.down:
                print(f"#   ip link set {side.device(port.name)} mtu {port.mtu}"
                      + " down" * port.down)
        for shot in shots:
            print("# " + "frame from " * isinstance(shot, Shot) + str(shot).replace("\n", "\n# "))
        print("# " + str(mismatch).replace("\n", "\n# "), flush=True)

    def run(self):
        """True if all is as it should be"""
        options, start = self.options, time.monotonic()
        number, sampled = options["FIRST"], start
        while True:
            try:
                self.round(number)
            except Mismatch as mismatch:
                self.report(number, mismatch)
                return False
            number += 1
            seconds = time.monotonic() - start
            if options["SAMPLES"] and time.monotonic() - sampled >= options["SAMPLES"]:
                sampled = time.monotonic()
                self.sample(seconds)
            if options["SECONDS"]:
                if seconds > options["SECONDS"]:
                    break
            elif number >= options["FIRST"] + options["ROUNDS"]:
                break
        self.summary(number - options["FIRST"], seconds)
        return True

    def sample(self, seconds):
        """For who draws it: selftests/soak/report.py"""
        memory = {}
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                name, value = line.split()[:2]
                memory[name.rstrip(":")] = int(value)
        print(f"# sample {seconds:.0f} s {self.frames} frames "
              f"{memory['SUnreclaim']} KiB slab {memory.get('Percpu', 0)} KiB percpu",
              flush=True)

    def summary(self, rounds, seconds):
        print(f"# SEED={self.options['SEED']}: {rounds} configurations, "
              f"{self.changes} changes under way, "
              f"{self.frames} frames in {seconds:.0f} s, "
              f"{self.frames / seconds * 60:.0f} a minute; {self.refused} more "
              "were refused by devices")
        for what, counter in (("put in", self.kinds), ("became", self.reasons),
                              ("differently by the bridge", self.because)):
            print(f"# {what}: " + ", ".join(
                f"{name} {number}" for name, number in counter.most_common()))
        if self.options["FASTPATH"]:
            print("# frames forwarded by the fast path: "
                  f"{self.sides[0].forwarded_fast()}")
        if self.options["BRIDGE"]:
            print(f"# the bridge did otherwise with {self.differed} frames")

    def notices(self, rounds):
        """Does any of some rounds fail?"""
        for number in range(1, rounds + 1):
            try:
                self.round(number)
            except Mismatch as mismatch:
                return mismatch
        return None

    def plants(self):
        """Rules that are wrong, against what good rounds have brought"""
        good, courses = True, []
        for number in range(1, self.options["ROUNDS"] + 1):
            try:
                courses.append(self.round(number))
            except Mismatch as mismatch:
                self.report(number, mismatch)
                good = False
        for name, text in WRONG.items():
            noticed = any(course.fails_with(name) for course in courses)
            good &= noticed
            print(f"# wrong model: {text}: " +
                  ("noticed" if noticed else "NOT NOTICED"), flush=True)
        return good & self.is_small()

    def is_small(self):
        """Is what is printed of it something that a person can read?"""
        self.wrong = "nested"
        mismatch = self.notices(10)
        side = mismatch.side
        config, shots, smaller = self.minimise(mismatch)
        self.show(side, config, shots, smaller or mismatch)
        frames = [shot.frame for shot in shots if isinstance(shot, Shot)]
        return bool(smaller) and len(frames) == 1 and len(frames[0]) <= 34

    def trouble(self):
        """Frames that go wrong on their way"""
        good = True
        side = self.sides[0]
        for way in Meddler.WAYS:
            side.meddle = Meddler(way)
            good &= self.tell_noticed(f"a frame {way}")
        side.meddle = None
        for port in ("tapb", "vethb"):
            side.block(port)
            good &= self.tell_noticed(f"{port} drops all that it sends")
            side.unblock(port)
        return good

    def tell_noticed(self, what):
        mismatch = self.notices(5)
        print(f"# {what}: " + ("noticed" if mismatch else "NOT NOTICED"),
              flush=True)
        return bool(mismatch)

    def close(self):
        for side in self.sides:
            side.close()


def parse(words):
    options = dict(DEFAULTS)
    for word in words:
        key, _, value = word.partition("=")
        if key not in options:
            sys.exit(__doc__)
        options[key] = value if key == "LOG" else int(value)
    return options


def main():
    if sys.argv[1:] == ["differences"]:
        print("\n".join(f"{name}\t{text}"
                        for name, text in DIFFERENCES.items()))
        sys.exit()
    if len(sys.argv) < 2 or sys.argv[1] not in ("run", "plants", "trouble"):
        sys.exit(__doc__)
    try:
        fuzz = Fuzz(parse(sys.argv[2:]))
        good = getattr(fuzz, sys.argv[1])()
        fuzz.close()
    except Failure as failure:
        sys.exit(f"fuzz.py: {failure}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
