# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The subscription policy of one PBX: observations and time in, commands and events out.

A pure state machine over all shards: no I/O, no clock, no randomness of its own (`jitter` is given). It wires its
parts and turns each observation over to the one that knows: `policy_subscription` for one extension, `policy_circuit`
for the ways and the circuit breaker, `policy_health` for what is said of the PBX.
"""

from collections.abc import Callable, Sequence

from board.events import PbxChanged, SubscriptionChanged
from board.sip.messages import Answered, Command, Notified, Observation, PathChanged, ProbeAnswered, Unsubscribe
from board.sip.policy_circuit import Breaker
from board.sip.policy_health import Health, Report
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_roll import Roll
from board.sip.policy_subscription import Subscriptions
from board.sip.policy_watch import WITH_DIALOG, Path, Phase, Shard, Watch
from board.sip.timing import Jitter, Moment, Timing
from board.states import PbxState, Subscription


class PbxPolicy:
    """All subscriptions at one PBX.

    `now` is monotonic seconds, `at` seconds since the epoch (only copied into events), `jitter` returns 0..1. Feed
    what the workers saw, call `tick` at `next_deadline()` at the latest, and carry out `take_commands()`. Each shard
    holds at most 250 extensions; ValueError otherwise.
    """

    def __init__(
        self, pbx: str, shards: Sequence[tuple[str, ...]], jitter: Jitter, timing: Timing | None = None
    ) -> None:
        self._timing = timing = timing or Timing()
        self._outbox = Outbox()
        self._roll = Roll(pbx, self._outbox)
        self._shards = [Shard(index, float(timing.window)) for index in range(len(shards))]
        self._subscriptions = Subscriptions(self._roll, self._outbox, jitter, timing)
        self._breaker = Breaker(pbx, self._shards, self._subscriptions, self._outbox, jitter, timing)
        self._health = Health(pbx, self._outbox, timing)
        self._overslept = False
        for shard, extensions in zip(self._shards, shards, strict=True):
            for extension in extensions:
                self._roll.add(shard, extension)

    # -- what the pool tells ------------------------------------------------------------------------------------

    def shard_started(self, shard: int, now: float, at: float) -> None:
        """A worker is up and was told to Start."""
        moment = Moment(now, at)
        self._breaker.started(self._shards[shard], moment)
        self._done(moment)

    def shard_lost(self, shard: int, reason: str, now: float, at: float) -> None:
        """A worker died (`reason` is for the log); the pool starts another."""
        moment = Moment(now, at)
        self._breaker.lost(self._shards[shard], moment)
        self._done(moment)

    def quarantined(self, shard: int, extension: str, reason: str, now: float, at: float) -> None:
        """An extension crashed its worker: show `reason`, never subscribe it again."""
        watch = self._shards[shard].watches.get(extension)
        if watch is None or watch.phase is Phase.BARRED:
            return
        moment = Moment(now, at)
        self._roll.bar(watch)
        self._roll.show(watch, Subscription.TERMINATED, True, reason, moment)
        self._breaker.gone(watch, moment)
        self._done(moment)

    def watch(self, shard: int, extension: str, now: float, at: float) -> None:
        """Watch one more extension; raises ValueError if the shard is full or watches it already."""
        moment = Moment(now, at)
        self._breaker.added(self._roll.add(self._shards[shard], extension), moment)
        self._done(moment)

    def unwatch(self, shard: int, extension: str, now: float, at: float) -> None:
        """End an extension's subscription and forget it."""
        watch = self._shards[shard].watches.get(extension)
        if watch is None:
            return
        moment = Moment(now, at)
        if watch.phase in WITH_DIALOG:
            self._outbox.command(shard, Unsubscribe((extension,)))
        self._roll.remove(watch)
        self._breaker.gone(watch, moment)
        self._done(moment)

    def retry(self, now: float, at: float) -> None:
        """Try again now whatever was refused or is waiting: the user says so."""
        moment = Moment(now, at)
        self._breaker.retry(moment)
        self._done(moment)

    def observed(self, shard: int, observation: Observation, now: float, at: float) -> None:
        """Take in what a worker saw; words of a worker that is gone are ignored."""
        source = self._shards[shard]
        if source.path is Path.ABSENT:
            return
        moment = Moment(now, at)
        match observation:
            case Notified():
                self._notified(source, observation, moment)
            case Answered():
                self._answered(source, observation, moment)
            case ProbeAnswered():
                self._breaker.probe_answered(source, observation.serial, observation.rtt, moment)
            case PathChanged():
                self._breaker.path_changed(source, observation, moment)
        self._done(moment)

    # -- time ---------------------------------------------------------------------------------------------------

    def next_deadline(self) -> float | None:
        """Return when `tick` is to be called at the latest (monotonic seconds)."""
        return self._outbox.deadlines.next()

    def tick(self, now: float, at: float) -> None:
        """Do what is due."""
        moment = Moment(now, at)
        if self._late(now):
            return
        for alarm, shard, extension in self._outbox.deadlines.pop_due(now):
            self._ring(alarm, shard, extension, moment)
        self._done(moment)

    # -- what the policy wants ----------------------------------------------------------------------------------

    def take_commands(self) -> list[tuple[int, Command]]:
        """Return and clear the commands, each with the number of the shard it is for."""
        return self._outbox.take_commands()

    def take_events(self) -> list[SubscriptionChanged | PbxChanged]:
        """Return and clear the events, in order."""
        return self._outbox.take_events()

    # -- details ------------------------------------------------------------------------------------------------

    def _notified(self, shard: Shard, notice: Notified, moment: Moment) -> None:
        self._breaker.heard(shard, moment)
        watch = shard.watches.get(notice.extension)
        if watch is not None:
            self._breaker.outcome(watch, self._subscriptions.notified(watch, notice, moment), moment)

    def _answered(self, shard: Shard, answer: Answered, moment: Moment) -> None:
        if answer.status not in (0, 408):  # pjsip makes up its own 408
            self._breaker.heard(shard, moment)
        watch = shard.watches.get(answer.extension)
        if watch is not None:
            self._breaker.outcome(watch, self._subscriptions.answered(watch, answer, moment), moment)

    def _late(self, now: float) -> bool:
        """Grant a grace to a tick that comes very late: what it would miss may still lie in the pipe."""
        deadlines = self._outbox.deadlines
        due = deadlines.next()
        if self._overslept or due is None or now - due <= self._timing.overslept:
            self._overslept = False
            return False
        self._overslept = True
        for key in list(deadlines.pop_due(now)):
            deadlines.set(key, now + self._timing.overslept_grace)
        return True

    def _ring(self, alarm: Alarm, shard: int, extension: str, moment: Moment) -> None:
        if extension:
            self._ring_watch(alarm, self._shards[shard].watches[extension], moment)
        elif alarm in _SHARD_ALARMS:
            _SHARD_ALARMS[alarm](self._breaker, self._shards[shard], moment)
        elif alarm in _PBX_ALARMS:
            _PBX_ALARMS[alarm](self._breaker, moment)

    def _ring_watch(self, alarm: Alarm, watch: Watch, moment: Moment) -> None:
        if alarm is Alarm.DOUBT:
            self._subscriptions.doubt(watch, moment)
        else:
            self._breaker.outcome(watch, self._subscriptions.step(watch, moment), moment)

    def _done(self, moment: Moment) -> None:
        self._breaker.pump(moment)
        self._health.announce(self._report(), moment)

    def _report(self) -> Report:
        breaker, roll = self._breaker, self._roll
        reason = breaker.reason
        refusal = roll.common_refusal() if breaker.state is PbxState.LIVE else None
        if not reason and refusal:
            reason = refusal.everywhere.format(pbx=roll.pbx)
        warning = next((shard.remark for shard in self._shards if shard.remark), "")
        return Report(breaker.state, reason, warning, roll.active, roll.total, breaker.rtt)


_SHARD_ALARMS: dict[Alarm, Callable[[Breaker, Shard, Moment], None]] = {
    Alarm.PROBE: Breaker.probe_due,
    Alarm.REPAIR: Breaker.repair_due,
}
_PBX_ALARMS: dict[Alarm, Callable[[Breaker, Moment], None]] = {
    Alarm.AUDIT: Breaker.audit_due,
    Alarm.HOLD: Breaker.hold_over,
    Alarm.RETRY: Breaker.retry_account,
}
