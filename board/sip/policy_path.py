# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One shard's way to the PBX: its probes, and the attempts to mend it. Pure.

What a broken path means for the PBX and its subscriptions is not decided here (`policy_circuit`).
"""

from board.sip.messages import Probe, Reconnect
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_watch import Path, Shard
from board.sip.timing import Jitter, Moment, Timing

HEARABLE = (Path.UP, Path.SILENT)


class Paths:
    """Sends what tests and mends a path, and sets the alarms that go with it."""

    def __init__(self, outbox: Outbox, jitter: Jitter, timing: Timing) -> None:
        self._outbox = outbox
        self._jitter = jitter
        self._timing = timing
        self._serial = 0

    def close(self, shard: Shard, path: Path) -> None:
        """Stop all probes and repairs of a path that is now `path`."""
        shard.path = path
        shard.serial = None
        shard.misses = 0
        self._outbox.disarm(Alarm.PROBE, shard.index)
        self._outbox.disarm(Alarm.REPAIR, shard.index)

    def probe(self, shard: Shard, moment: Moment) -> None:
        """Probe a path that is thought good, now and every few seconds."""
        self._send_probe(shard, moment)
        self._outbox.arm(Alarm.PROBE, moment, self._timing.probe_timeout, shard.index)

    def probe_answered(self, shard: Shard, serial: int, moment: Moment) -> None:
        """Take in an answer; the next probe follows in its time, if probes go on at all."""
        if serial != shard.serial:
            return
        shard.serial = None
        if self._outbox.deadlines.due((Alarm.PROBE, shard.index, "")) is not None:
            wait = shard.probed_at + self._timing.probe_every - moment.now
            self._outbox.arm(Alarm.PROBE, moment, wait, shard.index)

    def probe_again(self, shard: Shard, moment: Moment) -> bool:
        """Send the next probe or count the one under way as missed; return whether the path is silent by now."""
        if shard.serial is not None and shard.heard < shard.probed_at:
            if shard.misses == 0:
                shard.missed_since = shard.probed_at
            shard.misses += 1
            if shard.misses >= self._timing.probe_misses:
                return True
        self.probe(shard, moment)
        return False

    def probe_once(self, shard: Shard, moment: Moment) -> None:
        """Probe a path under repair: no answer in time leads to the next attempt."""
        self._send_probe(shard, moment)
        backoff = self._timing.reconnect.delay(shard.attempts, self._jitter)
        wait = max(self._timing.probe_timeout, shard.attempted_at + backoff - moment.now)
        self._outbox.arm(Alarm.REPAIR, moment, wait, shard.index)

    def attempt(self, shard: Shard, moment: Moment) -> None:
        """Try a broken path: first by a probe on what is open, then by opening it anew."""
        if shard.path is Path.ABSENT:
            return
        shard.attempts += 1
        shard.attempted_at = moment.now
        if shard.path in HEARABLE and shard.attempts <= self._timing.probes_before_reconnect:
            self.probe_once(shard, moment)
        else:
            self.close(shard, Path.OPENING)
            self._outbox.command(shard.index, Reconnect())
            self._outbox.arm(Alarm.REPAIR, moment, self._timing.connect_timeout, shard.index)

    def mended(self, shard: Shard, moment: Moment) -> None:
        """A path is good: its repair is over, it is probed from now on."""
        shard.path = Path.UP
        shard.mended_at = moment.now
        self._outbox.disarm(Alarm.REPAIR, shard.index)
        self.probe(shard, moment)

    def broke(self, shard: Shard, path: Path, moment: Moment) -> None:
        """A path is `path` now; its back-off goes on where it stood, if it was good for a short while only."""
        self.close(shard, path)
        if moment.now - shard.mended_at >= self._timing.settled_after:
            shard.attempts = 0
        shard.mended_at = float("inf")

    def plan_attempt(self, shard: Shard, moment: Moment) -> None:
        """Set when to try a broken path next."""
        wait = self._timing.reconnect.delay(shard.attempts, self._jitter)
        self._outbox.arm(Alarm.REPAIR, moment, shard.attempted_at + wait - moment.now, shard.index)

    def _send_probe(self, shard: Shard, moment: Moment) -> None:
        self._serial += 1
        shard.serial = self._serial
        shard.probed_at = moment.now
        self._outbox.command(shard.index, Probe(self._serial))
