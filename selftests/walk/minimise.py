# SPDX-License-Identifier: GPL-2.0
"""The fewest requests, with the fewest attributes, after which the last one still
fails."""
from fewest import fewest


class Budget:
    """Replays that are left"""

    def __init__(self, replay, left):
        self.replay, self.left, self.last = replay, left, None

    def fails(self, requests):
        if self.left <= 0:
            return False
        self.left -= 1
        found = self.replay(requests)
        self.last = found or self.last
        return bool(found)


def minimise(requests, replay, replays):
    """The requests, and what is wrong then; None if it was a matter of luck"""
    budget = Budget(replay, replays)
    if not budget.fails(requests):
        return requests, None
    last = requests[-1:]
    before = fewest(requests[:-1], lambda rest: budget.fails(rest + last))
    requests = simpler(before + last, budget)
    return requests, budget.last


def simpler(requests, budget):
    """Without attributes and entries that do not matter"""
    for at in range(len(requests) - 1, -1, -1):
        for smaller in smaller_requests(requests[at]):
            rest = requests[:at] + [smaller] + requests[at + 1:]
            if budget.fails(rest):
                requests = rest
                break
    return requests


def smaller_requests(request):
    op, attributes = request
    if op == "batch" or op == "expire":
        for way in ("entry", "undo"):
            entries = attributes.get(way, [])
            for at in range(len(entries)):
                rest = entries[:at] + entries[at + 1:]
                yield op, {**attributes, way: rest}
    elif not op.startswith(("link-", "bridge-")):
        for name in attributes:
            yield op, {key: value for key, value in attributes.items()
                       if key != name}
