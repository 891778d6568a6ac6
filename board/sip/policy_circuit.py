# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The circuit breaker of one PBX: when all may ask, when one path tries alone, when nobody asks. Pure.

One shard's path can fail alone (its connection, its NAT binding); the PBX is silent when no path of it is heard.
Then the circuit is open: one shard at a time tries, all others wait. Whatever opens it again, one SUBSCRIBE (the
canary) must be answered before all the others follow; so a wrong password costs one failed login, not hundreds.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, auto

from board.sip import policy_verdicts as verdicts
from board.sip.messages import PathChanged
from board.sip.policy_canary import Canary
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_path import HEARABLE, Paths
from board.sip.policy_subscription import Outcome, Subscriptions
from board.sip.policy_watch import Path, Phase, Shard, Watch
from board.sip.timing import BUSY, Jitter, Moment, Timing
from board.states import PbxState, Subscription

_SILENT = "PBX silent"
_MUTE = "PBX answers no subscription"
_RESTARTING = "its SIP worker is being restarted"


class Circuit(Enum):
    """Whether the PBX may be asked."""

    TRYING = auto()  # one extension goes first
    CLOSED = auto()  # yes
    OPEN = auto()  # no: it is silent; one shard tries to reach it
    REFUSED = auto()  # no: it does not accept our account


class Breaker:
    """The paths of all shards of one PBX. `state` and `reason` are the PBX's as the user reads them."""

    def __init__(
        self,
        pbx: str,
        shards: Sequence[Shard],
        subscriptions: Subscriptions,
        outbox: Outbox,
        jitter: Jitter,
        timing: Timing,
    ) -> None:
        self.state = PbxState.CONNECTING
        self.reason = ""
        self.rtt: float | None = None
        self.circuit = Circuit.TRYING
        self._pbx = pbx
        self._shards = shards
        self._subscriptions = subscriptions
        self._outbox = outbox
        self._jitter = jitter
        self._timing = timing
        self._canary = Canary(shards, subscriptions, timing.canary_timeout)
        self._prober: Shard | None = None
        self._why = ""
        self._heard = float("-inf")
        self._paths = Paths(outbox, jitter, timing)
        self._accepted = False
        self._busy = 0
        self._audit_every = timing.audit_every

    # -- processes and paths ------------------------------------------------------------------------------------

    def started(self, shard: Shard, moment: Moment) -> None:
        """A worker is up and opens its path."""
        shard.path = Path.OPENING
        shard.fresh = True
        shard.attempts, shard.attempted_at = 0, moment.now
        self._outbox.arm(Alarm.REPAIR, moment, self._timing.connect_timeout, shard.index)
        if self.circuit is Circuit.OPEN and self._prober is None:
            self._prober = shard

    def lost(self, shard: Shard, moment: Moment) -> None:
        """A worker died, its dialogs with it; that says nothing against the PBX."""
        self._outbox.forget_commands(shard.index)
        self._paths.close(shard, Path.ABSENT)
        if self.circuit is not Circuit.REFUSED:
            why = self._why if self.circuit is Circuit.OPEN else _RESTARTING
            self._subscriptions.suspend(shard, why, moment, Subscription.PENDING)
        self._canary.leave(shard)
        if self._prober is shard:
            self._elect(moment)
        self._seek_canary(moment)

    def path_changed(self, shard: Shard, change: PathChanged, moment: Moment) -> None:
        """A path opened or is gone."""
        if change.up:
            shard.remark = change.remark
        if change.up and shard.path not in HEARABLE:
            self._path_up(shard, moment)
        elif not change.up:
            self._path_down(shard, change.reason, moment)

    def probe_answered(self, shard: Shard, serial: int, rtt: float, moment: Moment) -> None:
        """The PBX answered an OPTIONS; a late answer is a sign of life too."""
        self.rtt = rtt
        self._paths.probe_answered(shard, serial, moment)
        self.heard(shard, moment)

    def heard(self, shard: Shard, moment: Moment) -> None:
        """The PBX gave a sign of life on this path."""
        self._heard = shard.heard = moment.now
        shard.misses = 0
        if self.circuit is Circuit.REFUSED:
            return
        if self.circuit is Circuit.OPEN and shard.path in HEARABLE:
            self._try(shard, moment)
        elif shard.path is Path.SILENT:
            self._mended(shard, moment)
        else:
            self._seek_canary(moment)

    # -- what subscriptions mean for the whole ------------------------------------------------------------------

    def outcome(self, watch: Watch, outcome: Outcome, moment: Moment) -> None:
        """Draw the consequences of what one subscription met with."""
        if self.circuit is Circuit.REFUSED:
            return
        if outcome is Outcome.REFUSED:
            self._refuse(moment)
        elif outcome is Outcome.UNANSWERED:
            self._unanswered(watch, moment)
        elif outcome is Outcome.BUSY:
            self._hold(watch, moment)
        elif outcome is Outcome.FORGOTTEN:
            self._forgotten(watch, moment)
        elif outcome is Outcome.KNOWN:
            self._audit_every = self._timing.audit_every
        elif outcome is Outcome.ANSWERED:
            self._busy, self._accepted = 0, True
            if watch is self._canary.watch:
                self._close(moment)

    def added(self, watch: Watch, moment: Moment) -> None:
        """An extension came on the roll: let it go with the others."""
        if self.circuit is Circuit.CLOSED and watch.shard.path is Path.UP:
            self._subscriptions.resume_one(watch)
        elif self.circuit in (Circuit.OPEN, Circuit.REFUSED):
            self._subscriptions.distrust(watch, self._why, moment)
        else:
            self._seek_canary(moment)

    def gone(self, watch: Watch, moment: Moment) -> None:
        """An extension was taken out; if it went first, another must."""
        if watch is self._canary.watch:
            self._canary.watch = None
            self._seek_canary(moment)

    def pump(self, moment: Moment) -> None:
        """Let waiting subscriptions go out while the circuit is closed."""
        if self.circuit is Circuit.CLOSED:
            self._subscriptions.pump(self._shards, moment)

    def retry(self, moment: Moment) -> None:
        """Try again at once whatever was given up, whoever refused it."""
        for watch in self._watches():
            watch.not_before, watch.tries = float("-inf"), 0
        self._subscriptions.bucket.release()
        if self.circuit is Circuit.REFUSED:
            self.retry_account(moment)
        elif self.circuit is Circuit.CLOSED:
            for shard in self._shards:
                if shard.path is Path.UP:
                    self._subscriptions.resume(shard, moment)
        elif self.circuit is Circuit.OPEN and self._prober:
            self._paths.attempt(self._prober, moment)
        else:
            self._seek_canary(moment)

    # -- alarms -------------------------------------------------------------------------------------------------

    def probe_due(self, shard: Shard, moment: Moment) -> None:
        """Send the next probe, or count the one under way as missed."""
        if self._paths.probe_again(shard, moment):
            self._silent(shard, shard.missed_since, _SILENT, moment)

    def repair_due(self, shard: Shard, moment: Moment) -> None:
        """Make the next attempt at a broken path."""
        if self.circuit is not Circuit.OPEN or shard is self._prober:
            self._paths.attempt(shard, moment)
        elif shard.path is Path.OPENING:
            shard.path = Path.DOWN  # its turn comes when the PBX is back

    def audit_due(self, moment: Moment) -> None:
        """Audit the next extension."""
        if self.circuit is Circuit.CLOSED:
            if not self._subscriptions.bucket.held(moment.now):
                self._subscriptions.audit(moment)
            self._outbox.arm(Alarm.AUDIT, moment, self._audit_every)

    def hold_over(self, moment: Moment) -> None:
        """The PBX may be asked again."""
        self._subscriptions.bucket.release()
        if self.state is PbxState.LIVE:
            self.reason = ""
        self._seek_canary(moment)

    def retry_account(self, moment: Moment) -> None:
        """Try refused credentials again, with one SUBSCRIBE."""
        self._outbox.disarm(Alarm.RETRY)
        self.circuit = Circuit.TRYING
        up = [shard for shard in self._shards if shard.path in HEARABLE]
        for shard in up:
            self._paths.mended(shard, moment)
        if up:
            self._seek_canary(moment)
        else:
            self._open(_SILENT, moment)

    # -- one path -----------------------------------------------------------------------------------------------

    def _path_up(self, shard: Shard, moment: Moment) -> None:
        shard.path = Path.UP
        shard.misses, shard.serial = 0, None
        self._outbox.disarm(Alarm.REPAIR, shard.index)
        if self.circuit is Circuit.OPEN:
            if self._prober is None:
                self._prober = shard
            if self._prober is shard:
                self._paths.probe_once(shard, moment)
        elif self.circuit is not Circuit.REFUSED:
            self._mended(shard, moment)

    def _path_down(self, shard: Shard, reason: str, moment: Moment) -> None:
        self._paths.broke(shard, Path.DOWN, moment)
        self._canary.leave(shard)
        why = f"PBX out of reach: {reason}" if reason else "PBX out of reach"
        if self.circuit is Circuit.REFUSED:
            return
        if self.circuit is Circuit.OPEN:
            self._say_silent(why)
        elif not any(other.path is Path.UP for other in self._shards):
            self._open(why, moment, shard)
            return
        else:
            self._subscriptions.suspend(shard, why, moment)
        if self.circuit is not Circuit.OPEN or shard is self._prober:
            self._paths.plan_attempt(shard, moment)
        self._seek_canary(moment)

    def _mended(self, shard: Shard, moment: Moment) -> None:
        """A path is good (again): its extensions may go, or one of them first."""
        self._paths.mended(shard, moment)
        if self.circuit is Circuit.CLOSED:
            self._subscriptions.resume(shard, moment)
        else:
            self._seek_canary(moment)

    def _silent(self, shard: Shard, since: float, reason: str, moment: Moment) -> None:
        """A path has not been heard `since`: it alone, or the PBX."""
        if self._heard < since or not any(other.path is Path.UP for other in self._shards if other is not shard):
            self._open(reason, moment, shard)
            return
        self._paths.broke(shard, Path.SILENT, moment)
        self._canary.leave(shard)
        self._subscriptions.suspend(shard, reason, moment)
        self._paths.plan_attempt(shard, moment)
        self._seek_canary(moment)

    # -- the circuit --------------------------------------------------------------------------------------------

    def _open(self, reason: str, moment: Moment, prober: Shard | None = None) -> None:
        """Stop asking; from now on one shard tries to reach the PBX."""
        self.circuit = Circuit.OPEN
        self.rtt = None
        self._canary.watch = None
        self._why = reason
        self._say_silent(reason)
        self._outbox.disarm(Alarm.AUDIT)
        for shard in self._shards:
            shard.fresh = False
            if shard.path is not Path.ABSENT:
                self._paths.broke(shard, Path.SILENT if shard.path in HEARABLE else Path.DOWN, moment)
                self._subscriptions.suspend(shard, reason, moment)
        self._prober = prober
        self._elect(moment)

    def _elect(self, moment: Moment) -> None:
        """See to it that one shard with a worker tries to reach the PBX."""
        if self.circuit is not Circuit.OPEN:
            self._prober = None
            return
        if self._prober is None or self._prober.path is Path.ABSENT:
            self._prober = next((shard for shard in self._shards if shard.path is not Path.ABSENT), None)
        if self._prober is not None:
            self._paths.plan_attempt(self._prober, moment)

    def _try(self, shard: Shard, moment: Moment) -> None:
        """The silent PBX was heard on this path: one extension goes first."""
        self.circuit = Circuit.TRYING
        self._prober = shard
        shard.path = Path.UP
        self._outbox.disarm(Alarm.REPAIR, shard.index)
        self._paths.probe(shard, moment)
        self._seek_canary(moment)

    def _seek_canary(self, moment: Moment) -> None:
        """Send one extension first, if that is what is missing; close where there is none but the PBX was heard."""
        if self.circuit is not Circuit.TRYING or self._canary.watch:
            return
        if not self._canary.seek(moment) and self._canary.needless(moment):
            self._close(moment)

    def _close(self, moment: Moment) -> None:
        """The PBX answers and accepts us: all may go."""
        recovering = self.state is not PbxState.CONNECTING
        self.circuit = Circuit.CLOSED
        self.state, self.reason = PbxState.LIVE, ""
        attempts = self._prober.attempts if self._prober else 0
        self._canary.watch = self._prober = None
        if recovering:
            self._subscriptions.bucket.hold(moment.now + self._timing.recovery_spread * self._jitter())
        for shard in self._shards:
            if shard.path is Path.UP:
                shard.mended_at = min(shard.mended_at, moment.now)
                self._subscriptions.resume(shard, moment)
            elif shard.path in (Path.SILENT, Path.DOWN):
                shard.attempts = max(0, attempts - 1)
                self._paths.attempt(shard, moment)
        self._outbox.arm(Alarm.AUDIT, moment, self._audit_every)

    def _refuse(self, moment: Moment) -> None:
        """Our account is not accepted: not one request more than the rare retry."""
        self.circuit = Circuit.REFUSED
        self.state = PbxState.REFUSED
        self.reason = self._why = verdicts.refused_account(self._pbx)
        self.rtt = None
        self._canary.watch = self._prober = None
        self._outbox.disarm(Alarm.AUDIT)
        for shard in self._shards:
            self._outbox.disarm(Alarm.PROBE, shard.index)
            self._outbox.disarm(Alarm.REPAIR, shard.index)
            if shard.path is not Path.ABSENT:
                self._subscriptions.forget(shard)
            self._subscriptions.suspend(shard, self.reason, moment, Subscription.TERMINATED)
        wait = self._timing.refused_again if self._accepted else self._timing.refused_every
        self._accepted = False
        self._outbox.arm(Alarm.RETRY, moment, wait)

    def _unanswered(self, watch: Watch, moment: Moment) -> None:
        since = max(watch.asked_at, watch.shard.heard)
        if watch is self._canary.watch:
            self._open(_SILENT if watch.shard.heard <= watch.asked_at else _MUTE, moment, watch.shard)
        elif moment.now - since >= self._timing.probe_timeout and watch.shard.heard <= watch.asked_at:
            self._silent(watch.shard, watch.asked_at, _SILENT, moment)
        else:
            self._subscriptions.fail(watch, verdicts.UNANSWERED, moment)

    def _hold(self, watch: Watch, moment: Moment) -> None:
        """The PBX is overloaded: ask nothing before the time it named."""
        bucket = self._subscriptions.bucket
        wait = watch.not_before - moment.now
        if not bucket.held(moment.now):
            wait = max(wait, BUSY.delay(self._busy, self._jitter))
            self._busy += 1
        bucket.hold(moment.now + wait)
        self._outbox.arm(Alarm.HOLD, moment, bucket.wait(moment.now, 0))
        self.state = PbxState.LIVE
        self.reason = f"{self._pbx} is overloaded and wants to be asked again later"
        if watch is self._canary.watch:
            self._canary.watch = None

    def _forgotten(self, watch: Watch, moment: Moment) -> None:
        """The PBX lost our dialogs: renew all; the audited extension goes first, its SUBSCRIBE is under way already."""
        self._audit_every = min(self._timing.audit_slowest, self._audit_every * 2)
        reason = f"{self._pbx} restarted and forgot the subscriptions"
        self.circuit = Circuit.TRYING
        self._canary.watch = watch
        self._outbox.disarm(Alarm.AUDIT)
        for shard in self._shards:
            shard.fresh = False
            if shard.path is Path.UP:
                self._subscriptions.suspend(shard, reason, moment, besides=watch)
        if watch.phase is Phase.ASKED:
            self._subscriptions.distrust(watch, reason, moment)
        else:
            self._close(moment)

    def _say_silent(self, why: str) -> None:
        self.state = PbxState.SILENT
        self.reason = f"{self._pbx}: {why}; it is being tried again"

    def _watches(self) -> Iterator[Watch]:
        for shard in self._shards:
            yield from shard.watches.values()
