# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The one extension that goes first where it is not known how the PBX will answer. Pure.

When one is to be sent, and what its answer means, is the circuit breaker's business (`policy_circuit`).
"""

from collections.abc import Sequence

from board.sip.policy_subscription import Subscriptions
from board.sip.policy_watch import Path, Shard, Watch
from board.sip.timing import Moment


class Canary:
    """Picks and sends the extension that goes first, another one each time; `watch` is the one under way."""

    def __init__(self, shards: Sequence[Shard], subscriptions: Subscriptions, timeout: float) -> None:
        self.watch: Watch | None = None
        self._shards = shards
        self._subscriptions = subscriptions
        self._timeout = timeout
        self._turn = 0

    def seek(self, moment: Moment) -> bool:
        """Send one extension of a shard whose path is good; return whether there was one and it may be asked."""
        candidates = self._candidates(moment)
        if not candidates or self._subscriptions.bucket.held(moment.now):
            return False
        self._turn += 1
        self.watch = candidates[self._turn % len(candidates)]
        self._subscriptions.ask(self.watch, moment, self._timeout)
        return True

    def needless(self, moment: Moment) -> bool:
        """Return whether the PBX answers on some path while there is nobody to send."""
        if self._subscriptions.bucket.held(moment.now) or self._candidates(moment):
            return False
        return any(shard.path is Path.UP and shard.heard >= shard.probed_at for shard in self._shards)

    def leave(self, shard: Shard) -> None:
        """Forget an extension whose shard cannot carry it any more."""
        if self.watch is not None and self.watch.shard is shard:
            self.watch = None

    def _candidates(self, moment: Moment) -> list[Watch]:
        for shard in self._shards:
            if shard.path is Path.UP:
                able = [watch for watch in shard.watches.values() if watch.may_be_asked(moment)]
                if able:
                    return able
        return []
