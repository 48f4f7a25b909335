# SPDX-License-Identifier: GPL-2.0
"""The smallest configuration and the fewest, shortest frames that still fail.
"""
from change import Change
from config import Port
from fewest import fewest

# So often the frames are put in again at the most.
REPLAYS = 120


class Minimiser:
    """Takes away what is not needed, one thing after the other."""

    def __init__(self, replay, mismatch):
        """replay(config, shots): a Mismatch or None"""
        self.replay, self.mismatch = replay, mismatch
        self.left = REPLAYS

    def fails(self, config, shots):
        if self.left <= 0:
            return None
        self.left -= 1
        return self.replay(config, shots)

    def run(self, config):
        shots = self.mismatch.shots
        found = self.fails(config, shots)
        if not found:
            return config, shots, None
        self.mismatch = found
        shots = self.fewer(config, shots)
        shots = self.shorter(config, shots)
        config = self.simpler(config, shots)
        return config, shots, self.mismatch

    def keep(self, config, shots):
        found = self.fails(config, shots)
        if found:
            self.mismatch = found
        return found

    def fewer(self, config, shots):
        """Without what came before, as far as it does not matter"""
        if self.keep(config, shots[-1:]):
            return shots[-1:]
        last = shots[-1:]
        before = fewest(shots[:-1], lambda rest: self.left > REPLAYS // 2 and
                        self.keep(config, rest + last))
        return before + last

    def shorter(self, config, shots):
        for at, shot in enumerate(shots):
            if isinstance(shot, Change):
                continue
            frame = shot.frame
            for smaller in (frame[:60], frame[:34], frame[:20], frame[:14]):
                changed = shots[:at] + [shot.with_frame(smaller)] + \
                    shots[at + 1:]
                if len(smaller) < len(shots[at].frame) and \
                        self.keep(config, changed):
                    shots = changed
        return shots

    def simpler(self, config, shots):
        for name in config.ports:
            for change in self.changes():
                smaller = config.copy()
                change(smaller, smaller.ports[name])
                if smaller != config and self.keep(smaller, shots):
                    config = smaller
        return config

    @staticmethod
    def changes():
        def no_vlans(_, port):
            port.vlans, port.pvid, port.mac = {}, 0, None

        def few_vlans(_, port):
            port.vlans = {vid: way for vid, way in port.vlans.items()
                          if vid in (1, 2, 3, 100, 4094)}

        def flags(_, port):
            port.flags = Port(port.name).flags

        def static(config, _):
            config.static = {}

        def rest(_, port):
            port.pcp, port.fdb_max, port.mtu = 0, 0, 1500
            port.down = False

        def frames(_, port):
            port.frames = "all"

        return static, no_vlans, few_vlans, flags, rest, frames
