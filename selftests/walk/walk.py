#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A random walk of requests, each of them well-formed, and a model that knows
what becomes of it.

Usage: walk.py run|again [KEY=VALUE ...]

  run		after each request: was it carried out, or refused with an error
		that the model knows a reason for? Is all that there is what the
		model says? Do the events since then tell the difference?
  again		the requests of a FILE that was kept

  SEED=N	of the random numbers (default 1)
  STEPS=N	how many requests (default 1800)
  EACH=N	in a walk (default 900): the next one begins with nothing and has
		the next seed
  REPLAYS=N	how often at the most to walk again for the shortest sequence
		(default 100)
  LOG=FILE	all requests, and what became of them
  PLANTS=0|1	and then models that are wrong in one rule each: what came of the
		walk has to show that of all of them (default 0)
  KEEP=PREFIX	what is found is kept in PREFIX-SEED.json
  FILE=FILE	of again

What fails is printed with its seed, and then the shortest sequence found that
still fails, as commands of vswctl, ip and bridge where they can say it.
"""
import collections
import copy
import errno
import gc
import json
import pathlib
import random
import subprocess
import sys
import time

import yaml

# For fewest.py and ynl_lib.py
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
# pylint: disable=wrong-import-position
import state
from generate import DUMMIES, Generator
from kernel import NAMESPACE, SPEC, Kernel, Refused
from minimise import minimise
from model import PF, WRONG, Model, Refusal, Syntax, Unsure
from script import command, script

# A batch can have more events than are kept.
MISSED_MAX = 3
# What vswctl keeps of them with devlink, of which the driver of the tests has none
OF_REPRESENTORS = {"port.before-mac", "port.before-tx-share", "port.before-tx-max"}
DEFAULTS = {"SEED": 1, "STEPS": 1800, "EACH": 900, "REPLAYS": 100,
            "LOG": "",
            "PLANTS": 0, "KEEP": "", "FILE": ""}


class Mismatch(Exception):
    """The kernel and the model do not agree."""


def named(errors):
    return " or ".join(sorted(errno.errorcode[one] for one in errors))


def predict(before, request):
    """A model after it, and the errors that it may be refused with"""
    model = before.copy()
    op, attributes = request
    try:
        if op == "expire":
            model.ask("batch", attributes)
            model.batch_undo({})
        else:
            model.ask(op, attributes)
    except Refusal as refusal:
        if model.wrong == "half-batch" and op == "batch":
            half(model, attributes)
        return model, refusal.errors
    return model, set()


def half(model, attributes):
    """What comes before the entry that fails"""
    for op, members in attributes["entry"]:
        try:
            model.ask(op, members)
        except Refusal:
            return


class World:
    """The kernel and the model, from nothing on"""

    def __init__(self, kernel, syntax, wrong=None):
        self.kernel, self.syntax = kernel, syntax
        self.reset()
        self.model = Model(syntax, DUMMIES + (PF,), wrong)
        self.dump = kernel.dump()
        self.listener = state.Listener(self.dump)
        # What there is, in the words of the model
        self.now = {}
        # How often somebody was told that events are missing
        self.missed = 0

    def reset(self):
        """No switch; all devices, as they are by default"""
        try:
            self.kernel.ask(("batch-confirm", {}))
        except Refused:
            pass
        for one in self.kernel.dump()["switch"]:
            self.kernel.ask(("switch-del", {"name": one["name"]}))
        lines = [f"link set dev {PF} up mtu 1500"]
        links = subprocess.run(["ip", "-br", "link", "show", "type", "dummy"],
                               check=True, text=True, capture_output=True)
        lines += [f"link del dev {line.split()[0]}"
                  for line in links.stdout.splitlines()]
        lines += [f"link add name {name} up type dummy" for name in DUMMIES]
        subprocess.run(["ip", "netns", "del", NAMESPACE], check=False,
                       stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "netns", "add", NAMESPACE], check=True)
        subprocess.run(["ip", "-batch", "-"], check=True, text=True,
                       input="\n".join(lines))
        self.kernel.heard()

    def ask(self, request, client):
        """None, or Refused"""
        op, attributes = request
        try:
            if op == "expire":
                self.kernel.ask(("batch", attributes), client)
                self.kernel.wait_for_undo()
            else:
                self.kernel.ask(request, client)
        except Refused as refused:
            return refused
        return None

    def step(self, request, client=0):
        """Refused or None; Mismatch"""
        model, errors = predict(self.model, request)
        refused = self.ask(request, client)
        if refused and not errors:
            raise Mismatch(f"refused ({refused}), nothing is against it")
        if errors and not refused:
            raise Mismatch(f"carried out, expected {named(errors)}")
        if refused and refused.error not in errors:
            raise Mismatch(f"refused ({refused}), expected {named(errors)}")
        if refused and not refused.sentence and \
                not request[0].startswith(("link-", "bridge-")):
            raise Mismatch(f"refused without a sentence ({refused})")
        self.model = model
        self.compare()
        return refused

    def compare(self):
        dump = self.kernel.dump()
        now = state.of_dump(dump)
        # The record keeps all of them: what is the same is one.
        self.now = now = {key: self.now[key] if self.now.get(key) == one
                          else one for key, one in now.items()}
        state.adopt(self.model, now)
        wrong = list(state.differences(state.of_model(self.model), now))
        wrong += state.invariants(dump)
        events = self.kernel.heard()
        # Who has missed some looks anew.
        if events is None:
            self.missed += 1
            if self.missed > MISSED_MAX:
                wrong.append("a listener is told too often that it has missed events")
        else:
            wrong += self.listener.hear(events)
            wrong += self.listener.compare(dump)
        self.listener.see(dump)
        self.dump = dump
        if wrong:
            raise Mismatch("\n".join(wrong))


class Walk:
    """All steps"""

    def __init__(self, options):
        self.options = options
        self.kernel = Kernel()
        with open(SPEC, encoding="ascii") as file:
            self.syntax = Syntax(yaml.safe_load(file))
        self.log = open(options["LOG"], "a", encoding="ascii") \
            if options["LOG"] else None
        self.accepted, self.refused = (collections.Counter() for _ in range(2))
        self.attributes, self.errors = (collections.Counter() for _ in range(2))
        # Wrong models, and how they were noticed
        self.found = {}
        # (request, error or None, state) of the last walk
        self.record = []

    def tell(self, request, refused):
        op, attributes = request
        (self.refused if refused else self.accepted)[op] += 1
        self.errors[errno.errorcode[refused.error] if refused else "done"] += 1
        for name in attributes:
            self.attributes[op.split("-")[0], name] += 1
        for way in ("entry", "undo"):
            for one, members in attributes.get(way, ()):
                for name in members:
                    self.attributes[one.split("-")[0], name] += 1
        if self.log:
            print(command(request), "#", refused or "done", file=self.log,
                  flush=True)

    def steps(self, seed, count):
        """Mismatch, and the requests up to it; or None"""
        rng = random.Random(seed)
        generator = Generator(rng)
        self.record = []
        # A guest has little memory.
        gc.collect()
        world = World(self.kernel, self.syntax)
        done = []
        for _ in range(count):
            request = self.sure(generator, world)
            client = int(rng.random() < 0.15)
            done.append(request)
            try:
                refused = world.step(copy.deepcopy(request), client)
            except Mismatch as mismatch:
                print(self.context(world.model, request))
                return mismatch, done
            self.record.append((request, refused and refused.error, world.now))
            self.tell(request, refused)
        return None, done

    @staticmethod
    def context(model, request):
        """Ports that a request names, as the model knows them"""
        words = json.dumps(request)
        lines = [f"{name}: {model.ports[name]}" for name in model.ports
                 if f'"{name}"' in words]
        return "\n".join(lines)

    @staticmethod
    def sure(generator, world):
        """A request of which the documentation says what becomes"""
        while True:
            request = generator.draw(world.model)
            try:
                predict(world.model, copy.deepcopy(request))
                return request
            except Unsure:
                pass

    def replay(self, requests):
        """A Mismatch of the last one, or None"""
        world = World(self.kernel, self.syntax)
        for number, request in enumerate(requests):
            try:
                world.step(copy.deepcopy(request))
            except Unsure:
                return None
            except Mismatch as mismatch:
                return mismatch if number == len(requests) - 1 else None
        return None

    def run(self):
        start, left = time.time(), self.options["STEPS"]
        seed, failed = self.options["SEED"], 0
        while left > 0:
            failed += self.walk(seed, min(left, self.options["EACH"]))
            left -= self.options["EACH"]
            seed += 1
            if self.options["PLANTS"]:
                self.plants()
        forgotten = self.report(time.time() - start)
        # A short walk does not come by all.
        if self.options["PLANTS"]:
            failed += forgotten
        return failed + self.missed()

    def walk(self, seed, count):
        """1 if it fails"""
        mismatch, done = self.steps(seed, count)
        if not mismatch:
            return 0
        print(f"SEED={seed}, step {len(done)}:\n{command(done[-1])}\n{mismatch}")
        requests, last = minimise(done, self.replay, self.options["REPLAYS"])
        print(f"the shortest of {len(done)} requests that still fails, "
              f"{len(requests)} of them:")
        print("\n".join(script(requests)))
        print(last or mismatch, flush=True)
        self.keep(seed, requests)
        return 1

    def keep(self, seed, requests):
        """For "again": it takes what no command says, too."""
        if self.options["KEEP"]:
            name = f"{self.options['KEEP']}-{seed}.json"
            with open(name, "w", encoding="ascii") as file:
                json.dump(requests, file, indent=1)
            print(f"walk.py again FILE={name}")

    def again(self):
        """Requests that were kept"""
        with open(self.options["FILE"], encoding="ascii") as file:
            requests = json.load(file)
        world = World(self.kernel, self.syntax)
        for op, attributes in requests:
            try:
                print(command((op, attributes)), "#",
                      world.step((op, attributes)) or "done")
            except Mismatch as mismatch:
                print(command((op, attributes)))
                print(mismatch)
                return 1
        return 0

    def report(self, seconds):
        accepted, refused = (sum(one.values())
                             for one in (self.accepted, self.refused))
        print(f"{accepted + refused} requests in {seconds:.0f} s: {accepted} "
              f"carried out, {refused} refused")
        for op in sorted(set(self.accepted) | set(self.refused)):
            print(f"  {op}: {self.accepted[op]} carried out, "
                  f"{self.refused[op]} refused")
        print("  " + ", ".join(f"{name} {count}" for name, count in
                               sorted(self.errors.items())))
        never = set(self.never())
        print(f"  {len(self.attributes)} attributes; never: " +
              (", ".join(sorted(never)) or "none"))
        return len(never - OF_REPRESENTORS)

    def never(self):
        """Attributes of requests that none had"""
        for op, one in self.syntax.ops.items():
            kind = op.split("-")[0]
            for name in one.get("do", {}).get("request", {}).get(
                    "attributes", ()):
                if (kind, name) not in self.attributes:
                    yield f"{kind}.{name}"

    def plants(self):
        """Without the kernel: models that are wrong, and what came of a walk"""
        for wrong in set(WRONG) - set(self.found):
            number, line = self.noticed(wrong)
            if number:
                self.found[wrong] = f"noticed at step {number}: {line}"

    def missed(self):
        """How many wrong models no walk has shown to be so"""
        if not self.options["PLANTS"]:
            return 0
        for wrong, rule in WRONG.items():
            print(f"{wrong} ({rule}): {self.found.get(wrong, 'NOT NOTICED')}")
        print(f"{len(self.found)} of {len(WRONG)} wrong models noticed")
        return len(WRONG) - len(self.found)

    def noticed(self, wrong):
        """The step and how, or 0"""
        model = Model(self.syntax, DUMMIES + (PF,), wrong)
        for number, (request, error, now) in enumerate(self.record, 1):
            try:
                model, errors = predict(model, copy.deepcopy(request))
            except Unsure:
                return 0, ""
            if (error or 0) not in (errors or {0}):
                return number, f"{command(request)} # " + (
                    named([error]) if error else "done")
            state.adopt(model, now)
            for line in state.differences(state.of_model(model), now):
                return number, line
        return 0, ""


def main():
    options = dict(DEFAULTS)
    words = sys.argv[2:]
    for word in words:
        key, value = word.split("=", 1)
        options[key] = type(DEFAULTS[key])(value)
    walk = Walk(options)
    sys.exit(min(getattr(walk, sys.argv[1])(), 1))


if __name__ == "__main__":
    main()
