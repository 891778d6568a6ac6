# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The roll of all watches at one PBX: their phases, what is shown of them, and the counts kept along. No rules here.

Every change of a phase or of something shown goes through here, so that nothing ever needs to be counted anew.
"""

from collections import Counter, OrderedDict, deque
from itertools import islice

from board.events import Address, SubscriptionChanged
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_verdicts import Verdict
from board.sip.policy_watch import Phase, Shard, Watch
from board.sip.timing import Moment
from board.states import Subscription

SHARD_LIMIT = 250


class Roll:
    """All watches; `active` of `total` are live."""

    def __init__(self, pbx: str, outbox: Outbox) -> None:
        self.pbx = pbx
        self.active = 0
        self.total = 0
        self._outbox = outbox
        self._settled: OrderedDict[Watch, None] = OrderedDict()
        self._verdicts: dict[str, Verdict] = {}
        self._refusals: Counter[str] = Counter()
        self._barred = 0

    def add(self, shard: Shard, extension: str) -> Watch:
        """Enter an extension.

        Raises ValueError where the shard is full (pjsua2 aborts on its 257th buddy) or watches it already.
        """
        if len(shard.watches) >= SHARD_LIMIT:
            raise ValueError(f"shard {shard.index} of {self.pbx} is full: it holds {SHARD_LIMIT} extensions")
        if extension in shard.watches:
            raise ValueError(f"{extension}@{self.pbx} is already watched by shard {shard.index}")
        watch = Watch(shard, Address(self.pbx, extension))
        shard.watches[extension] = watch
        self.total += 1
        return watch

    def remove(self, watch: Watch) -> None:
        """Strike an extension out, with its alarms and counts."""
        if watch.phase is Phase.BARRED:
            self._barred -= 1
        self.enter(watch, Phase.BARRED)
        self.clear(watch)
        self.refuse(watch, None)
        self.active -= watch.live
        self.total -= 1
        del watch.shard.watches[watch.extension]

    def bar(self, watch: Watch) -> None:
        """Take an extension out for good; it stays on the roll."""
        self.enter(watch, Phase.BARRED)
        self.clear(watch)
        self.refuse(watch, None)
        self._barred += 1

    def enter(self, watch: Watch, phase: Phase) -> None:
        """Move a watch to `phase`, in whichever queue or count that puts it."""
        before, watch.phase = watch.phase, phase
        shard = watch.shard
        shard.asked += (phase is Phase.ASKED) - (before is Phase.ASKED)
        if phase is Phase.ACTIVE:
            self._settled[watch] = None
        elif before is Phase.ACTIVE:
            self._settled.pop(watch, None)

    def queue(self, watch: Watch, line: deque[Watch]) -> None:
        """Let a watch wait for its turn in `line`, one of its shard's two."""
        if watch.phase is not Phase.QUEUED:
            self.enter(watch, Phase.QUEUED)
            line.append(watch)

    def clear(self, watch: Watch) -> None:
        """Forget the watch's alarms and whatever repair they stood for."""
        self._outbox.disarm(Alarm.STEP, watch.shard.index, watch.extension)
        self._outbox.disarm(Alarm.DOUBT, watch.shard.index, watch.extension)
        watch.doubt = ""
        watch.mending = watch.renewed = watch.audited = False

    def show(self, watch: Watch, subscription: Subscription, stale: bool, reason: str, moment: Moment) -> None:
        """Tell what is known of a watch, if that changed."""
        if (watch.subscription, watch.stale, watch.reason) == (subscription, stale, reason):
            return
        self.active -= watch.live
        watch.subscription, watch.stale, watch.reason = subscription, stale, reason
        self.active += watch.live
        self._outbox.event(SubscriptionChanged(watch.address, subscription, stale, reason, moment.at))

    def refuse(self, watch: Watch, verdict: Verdict | None) -> None:
        """Note the verdict a watch got, or that it has none any more."""
        if watch.refusal:
            self._refusals[watch.refusal] -= 1
        watch.refusal = verdict.name if verdict else ""
        if verdict:
            self._verdicts[verdict.name] = verdict
            self._refusals[verdict.name] += 1

    def common_refusal(self) -> Verdict | None:
        """Return the verdict that all extensions got alike (two at least), None while they differ."""
        asked = self.total - self._barred
        if asked < 2:
            return None
        return next((self._verdicts[name] for name, count in self._refusals.items() if count == asked), None)

    def longest_settled(self) -> Watch | None:
        """Return the active watch whose turn to be audited it is, and put it last in line."""
        if not self._settled:
            return None
        watch = next(iter(self._settled))
        self._settled.move_to_end(watch)
        return watch

    def any_settled(self, share: float) -> Watch | None:
        """Return the active watch that stands at `share` (0..1) of the line, and put it last."""
        if not self._settled:
            return None
        place = min(int(share * len(self._settled)), len(self._settled) - 1)
        watch = next(islice(self._settled, place, None))
        self._settled.move_to_end(watch)
        return watch
