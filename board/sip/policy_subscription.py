# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of a single subscription: ask, await, settle, mend, give up, ask again (RFC 6665, seen from the watcher).

Pure. How the path and the whole PBX are doing is not known here; what an answer means for them is the `Outcome`.
"""

from collections.abc import Iterable
from enum import Enum, auto

from board.sip import policy_verdicts as verdicts
from board.sip.messages import Answered, Audit, Notified, Unsubscribe
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_pacing import TokenBucket
from board.sip.policy_roll import Roll
from board.sip.policy_verdicts import Reach, Verdict
from board.sip.policy_watch import WITH_DIALOG, Path, Phase, Shard, Watch
from board.sip.timing import Jitter, Moment, Timing
from board.states import Subscription

_LOST = "a NOTIFY was lost"
_AUDIT = "checking the subscription"
_BATCH = 5


class Outcome(Enum):
    """What an observation means beyond its own extension."""

    NOTHING = auto()
    ANSWERED = auto()  # the PBX spoke of this subscription, whatever it said
    KNOWN = auto()  # an audit passed
    FORGOTTEN = auto()  # an audit failed: the PBX lost our dialogs
    UNANSWERED = auto()  # the request went into the void
    BUSY = auto()  # the PBX wants to be left alone for a while
    REFUSED = auto()  # our account is not accepted


# What an odd answer to an Expires 0 means; where none came at all, the SUBSCRIBE that follows will tell.
_ENDINGS = {Reach.ACCOUNT: Outcome.REFUSED, Reach.SERVER: Outcome.BUSY}


class Subscriptions:
    """The subscriptions of all shards of one PBX."""

    def __init__(self, roll: Roll, outbox: Outbox, jitter: Jitter, timing: Timing) -> None:
        self._roll = roll
        self._outbox = outbox
        self._jitter = jitter
        self._timing = timing
        self._at_random = True
        self.bucket = TokenBucket(timing.bucket_rate, timing.bucket_burst)

    # -- asking -------------------------------------------------------------------------------------------------

    def ask(self, watch: Watch, moment: Moment, timeout: float) -> None:
        """Send a SUBSCRIBE now; it has `timeout` seconds to be answered.

        The dialog before it is ended on the wire, but where NOTIFYs are being lost: its end would be more of what was
        too much, and the PBX hears at its next NOTIFY that nobody wants them.
        """
        if moment.now - watch.gap_at < self._timing.gap_settled:
            self._outbox.command(watch.shard.index, Unsubscribe((watch.extension,), quietly=True))
        self._outbox.subscribe(watch.shard.index, watch.extension)
        watch.audited = watch.renewed = watch.mending = False
        self._await(watch, moment, timeout)

    def pump(self, shards: Iterable[Shard], moment: Moment) -> None:
        """Ask for whatever waits, as windows and the bucket allow; set an alarm for the rest."""
        waiting = 0
        for shard in shards:
            if shard.path is Path.UP and (shard.starting or shard.again):
                self._drain(shard, moment)
                if shard.asked < int(shard.window):
                    waiting += len(shard.starting) + len(shard.again)
        if waiting:
            self._outbox.arm(Alarm.PUMP, moment, self.bucket.wait(moment.now, min(waiting, _BATCH)))

    def resume(self, shard: Shard, moment: Moment) -> None:
        """Queue every resting extension of a shard whose path is good: the first time past the bucket."""
        line = shard.starting if shard.fresh else shard.again
        shard.fresh = False
        for watch in shard.watches.values():
            if watch.phase is Phase.RESTING:
                if watch.not_before > moment.now:
                    self._arm(watch, moment, watch.not_before - moment.now)
                else:
                    self._outbox.disarm(Alarm.STEP, shard.index, watch.extension)
                    self._roll.queue(watch, line)

    def resume_one(self, watch: Watch) -> None:
        """Queue one new extension of a shard whose path is good, past the bucket."""
        self._roll.queue(watch, watch.shard.starting)

    def distrust(self, watch: Watch, reason: str, moment: Moment) -> None:
        """Show a watch stale, whatever is under way for it."""
        self._roll.show(watch, watch.subscription, True, reason, moment)

    def suspend(
        self,
        shard: Shard,
        reason: str,
        moment: Moment,
        subscription: Subscription | None = None,
        besides: Watch | None = None,
    ) -> None:
        """Stop everything under way on a shard and show its extensions stale, but for `besides`."""
        shard.starting.clear()
        shard.again.clear()
        for watch in shard.watches.values():
            if watch is not besides and watch.phase is not Phase.BARRED:
                self._roll.enter(watch, Phase.RESTING)
                self._roll.clear(watch)
                self._roll.refuse(watch, None)
                self._roll.show(watch, subscription or watch.subscription, True, reason, moment)

    def audit(self, moment: Moment) -> None:
        """Ask the PBX whether it still knows one extension: that whose turn it is, and every other time any.

        A PBX that died while it wrote its subscriptions down knows the first of them, and their turn comes first.
        """
        self._at_random = not self._at_random
        watch = self._roll.any_settled(self._jitter()) if self._at_random else self._roll.longest_settled()
        if watch is None or watch.mending or watch.subscription is not Subscription.ACTIVE:
            return
        self._outbox.command(watch.shard.index, Audit(watch.extension))
        watch.audited = watch.renewed = True
        self._await(watch, moment, self._timing.subscribe_timeout)
        self._doubt(watch, moment, self._timing.audit_patience, _AUDIT)

    def forget(self, shard: Shard) -> None:
        """Tell a worker to forget its dialogs without a word on the wire."""
        known = tuple(watch.extension for watch in shard.watches.values() if watch.phase in WITH_DIALOG)
        if known:
            self._outbox.command(shard.index, Unsubscribe(known, quietly=True))

    # -- what comes back ----------------------------------------------------------------------------------------

    def answered(self, watch: Watch, answer: Answered, moment: Moment) -> Outcome:
        """Take in a final answer to a SUBSCRIBE."""
        if watch.phase is Phase.BARRED or 0 < answer.status < 200:
            return Outcome.NOTHING
        if answer.ending:
            return self._ended(watch, answer, moment)
        if answer.status // 100 == 2:
            return self._accepted(watch, answer, moment)
        return self._turned_down(watch, answer, moment)

    def notified(self, watch: Watch, notice: Notified, moment: Moment) -> Outcome:
        """Take in a NOTIFY; one of a dialog that is given up already proves nothing any more."""
        if watch.phase not in WITH_DIALOG:
            return Outcome.NOTHING
        if notice.state is Subscription.TERMINATED:
            return self._terminated(watch, notice, moment)
        self._settle(watch, notice, moment)
        return Outcome.ANSWERED

    def step(self, watch: Watch, moment: Moment) -> Outcome:
        """Do what is due for a watch whose alarm rang."""
        if watch.phase is Phase.RESTING:
            self._roll.queue(watch, watch.shard.again)
        elif watch.phase is Phase.ACCEPTED:
            watch.deaf += 1
            self.fail(watch, verdicts.DEAF, moment)
        elif watch.phase is Phase.ACTIVE and watch.mending:
            self._renew(watch, moment)
        elif watch.phase is Phase.ACTIVE:
            self.fail(watch, verdicts.EXPIRED, moment)
        elif watch.phase in WITH_DIALOG:
            watch.shard.window = max(self._timing.window_min, watch.shard.window / 2)
            return Outcome.UNANSWERED
        return Outcome.NOTHING

    def doubt(self, watch: Watch, moment: Moment) -> None:
        """Show that a quiet repair takes longer than it should."""
        if watch.doubt:
            self._roll.show(watch, watch.subscription, True, watch.doubt, moment)

    def fail(
        self,
        watch: Watch,
        verdict: Verdict,
        moment: Moment,
        status: str = "no answer",
        retry_after: float | None = None,
        seconds: float | None = None,
    ) -> None:
        """End a subscription with `verdict`: say so, and set when to ask again."""
        verdict = verdicts.of_known(verdict) if watch.known else verdict
        if watch.settled_at is not None and moment.now - watch.settled_at >= self._timing.settled_after:
            watch.tries = 0
        watch.settled_at = None
        delay = verdict.backoff.delay(watch.tries, self._jitter)
        watch.tries += 1
        if retry_after is not None:
            delay = max(delay, min(retry_after, self._timing.retry_after_cap))
            watch.not_before = moment.now + delay
        self._roll.clear(watch)
        self._roll.refuse(watch, verdict)
        text = verdict.text.format(
            extension=watch.extension, pbx=self._roll.pbx, status=status, seconds=_whole(seconds)
        )
        unheard = verdict.reach is Reach.PATH
        self._roll.show(watch, Subscription.PENDING if unheard else Subscription.TERMINATED, True, text, moment)
        if delay > 0:
            self._roll.enter(watch, Phase.RESTING)
            self._arm(watch, moment, delay)
        else:
            self._roll.queue(watch, watch.shard.again)

    # -- details ------------------------------------------------------------------------------------------------

    def _drain(self, shard: Shard, moment: Moment) -> None:
        for line in (shard.starting, shard.again):
            while line and shard.asked < int(shard.window) and not self.bucket.held(moment.now):
                if line[0].phase is Phase.QUEUED:
                    if line is shard.again and not self.bucket.take(moment.now):
                        break
                    self.ask(line[0], moment, self._timing.subscribe_timeout)
                line.popleft()

    def _await(self, watch: Watch, moment: Moment, timeout: float) -> None:
        self._roll.enter(watch, Phase.ASKED)
        watch.asked_at = moment.now
        self._arm(watch, moment, timeout)

    def _arm(self, watch: Watch, moment: Moment, delay: float) -> None:
        self._outbox.arm(Alarm.STEP, moment, delay, watch.shard.index, watch.extension)

    def _doubt(self, watch: Watch, moment: Moment, patience: float, reason: str) -> None:
        """Let a watch look current for `patience` more seconds while it is being mended."""
        if not watch.stale and not watch.doubt:
            watch.doubt = reason
            self._outbox.arm(Alarm.DOUBT, moment, patience, watch.shard.index, watch.extension)

    def _ended(self, watch: Watch, answer: Answered, moment: Moment) -> Outcome:
        """Take in the answer to an audit's Expires 0; the SUBSCRIBE after it is under way or answered already."""
        if not watch.audited:
            return Outcome.NOTHING
        watch.audited = False
        if answer.status // 100 == 2:
            return Outcome.KNOWN
        if verdicts.forgot(answer.status):
            return Outcome.FORGOTTEN
        if answer.retry_after is not None:
            watch.not_before = moment.now + min(answer.retry_after, self._timing.retry_after_cap)
        return _ENDINGS.get(verdicts.of_answer(answer.status).reach, Outcome.NOTHING)

    def _accepted(self, watch: Watch, answer: Answered, moment: Moment) -> Outcome:
        watch.shard.window = min(self._timing.window_max, watch.shard.window + 1)
        if watch.phase is Phase.ACTIVE:
            self._prolong(watch, answer.expires, moment)
        elif watch.phase is Phase.ASKED:
            self._accept(watch, moment)
        else:
            return Outcome.NOTHING
        return Outcome.ANSWERED

    def _accept(self, watch: Watch, moment: Moment) -> None:
        self._roll.enter(watch, Phase.ACCEPTED)
        patience = self._timing.notify_timeout * 2.0 ** min(watch.deaf, 10)
        self._arm(watch, moment, min(patience, self._timing.notify_timeout_cap))

    def _turned_down(self, watch: Watch, answer: Answered, moment: Moment) -> Outcome:
        verdict = verdicts.of_answer(answer.status)
        if verdict.reach is Reach.ACCOUNT:
            return Outcome.REFUSED
        if watch.phase not in WITH_DIALOG:
            return Outcome.NOTHING
        if verdict.reach is Reach.PATH:
            return Outcome.UNANSWERED
        told = verdicts.told(answer)
        self.fail(watch, verdict, moment, told, answer.retry_after, answer.min_expires)
        return Outcome.BUSY if verdict.reach is Reach.SERVER else Outcome.ANSWERED

    def _terminated(self, watch: Watch, notice: Notified, moment: Moment) -> Outcome:
        """Take in the end of a dialog; that of an audit's own is no event (RFC 6665 section 4.1.3)."""
        if watch.renewed and watch.phase is not Phase.ACTIVE:
            return Outcome.NOTHING
        if watch.renewed and moment.now - (watch.settled_at or 0.0) < self._timing.audit_patience:
            self._renew(watch, moment)  # the audited dialog's last word, or the new one's: ask, it costs little
            return Outcome.ANSWERED
        verdict = verdicts.of_termination(notice.reason)
        self.fail(watch, verdict, moment, "terminated", notice.retry_after)
        return Outcome.ANSWERED

    def _settle(self, watch: Watch, notice: Notified, moment: Moment) -> None:
        """Take in a NOTIFY of a living dialog: the watch is current, even where nothing is known of the extension."""
        was_active = watch.phase is Phase.ACTIVE
        if not was_active:
            self._roll.enter(watch, Phase.ACTIVE)
            watch.settled_at, watch.deaf, watch.known = moment.now, 0, True
            self._roll.refuse(watch, None)
        self._prolong(watch, notice.expires, moment)
        self._show_notice(watch, notice, moment)
        if notice.gap and was_active and not watch.mending:
            self._mend(watch, moment)

    def _show_notice(self, watch: Watch, notice: Notified, moment: Moment) -> None:
        if notice.state is Subscription.PENDING:
            reason = f"{self._roll.pbx} has not yet allowed us to watch {watch.extension}"
            self._roll.show(watch, Subscription.PENDING, True, reason, moment)
        elif notice.document is not None:
            watch.doubt = ""
            self._outbox.disarm(Alarm.DOUBT, watch.shard.index, watch.extension)
            self._roll.show(watch, Subscription.ACTIVE, False, "", moment)
        elif notice.error:
            reason = f"the state of {watch.extension} cannot be read: {notice.error}"
            self._roll.show(watch, Subscription.ACTIVE, True, reason, moment)

    def _prolong(self, watch: Watch, expires: float | None, moment: Moment) -> None:
        if not watch.mending:
            lease = self._timing.lease if expires is None else expires
            self._arm(watch, moment, lease + self._timing.lease_grace)

    def _mend(self, watch: Watch, moment: Moment) -> None:
        """Renew a subscription that lost a NOTIFY: at once, or after a back-off where that repeats.

        The NOTIFY that shows the gap carries the whole state, so while the back-off lasts the tile stays current;
        once the repair is under way, it has `gap_patience` seconds.
        """
        if moment.now - watch.gap_at > self._timing.gap_settled:
            watch.gaps = 0
        delay = self._timing.gap_backoff.delay(watch.gaps, self._jitter)
        watch.gaps += 1
        watch.gap_at = moment.now
        if delay > 0:
            watch.mending = True
            self._arm(watch, moment, delay)
        else:
            self._renew(watch, moment)

    def _renew(self, watch: Watch, moment: Moment) -> None:
        """Subscribe anew without a word to the user, unless it takes long."""
        watch.mending = watch.renewed = watch.audited = False
        self._outbox.disarm(Alarm.STEP, watch.shard.index, watch.extension)
        self._doubt(watch, moment, self._timing.gap_patience, _LOST)
        self._roll.queue(watch, watch.shard.again)


def _whole(seconds: float | None) -> str:
    return "?" if seconds is None else f"{seconds:.0f}"
