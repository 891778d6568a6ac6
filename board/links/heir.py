# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the wishes that nobody clicks: what returns when a status has run out, and what a rule proposes.

It only writes them down; they are carried as any other. Moments are seconds since the epoch.
"""

import logging
from collections.abc import Callable

from board.links.delivery import Delivery
from board.links.store import OutboxStore
from board.links.wish import Standing, Wish, complaint, returning
from board.status.automatic import Proposal, Verdict, decide
from board.status.automatic import Standing as Last
from board.status.choice import Manner

log = logging.getLogger(__name__)


class Heir:
    """Of one PBX; `own` is the entity that proposals are for, "" for none. `who` is told to the history."""

    def __init__(self, store: OutboxStore, own: str, who: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._own = own
        self._who = who
        self._clock = clock
        self._proposal: Proposal | None = None
        self._asked = False
        self._set_otherwise_at = float("-inf")

    def propose(self, proposal: Proposal | None) -> None:
        """Take the newest proposal; before the first one nothing is done about an automatic status that is there."""
        self._proposal, self._asked = proposal, True

    def chosen(self, wish: Wish) -> None:
        """Take note of a wish: a person's stands above what was proposed before it."""
        if wish.target.entity == self._own and wish.manner is Manner.MANUAL:
            self._set_otherwise_at = max(self._set_otherwise_at, wish.asked_at)

    def elsewhere(self, delivery: Delivery, wish: Wish | None) -> None:
        """Take note that an entity was set elsewhere, over a wish that was there."""
        if delivery.target.entity == self._own:
            self._set_otherwise_at = self._clock()
        if wish is not None:
            delivery.over(self._clock())

    def due(self, delivery: Delivery) -> Wish | None:
        """Return the wish that takes the place of the newest one now, already on the disk; None for none."""
        wish = delivery.wish
        if wish is not None and wish.until is not None and wish.over_at is None and self._clock() >= wish.until:
            return self._run_out(delivery, wish)
        if self._asked and delivery.target.entity == self._own:
            return self._judge(delivery)
        return None

    def _run_out(self, delivery: Delivery, wish: Wish) -> Wish | None:
        if wish.standing is Standing.QUEUED:  # what it was to replace returns the next time
            delivery.give_up(Standing.REFUSED, "its time was over before it could be sent")
            return None
        return self._end(delivery, wish)

    def _end(self, delivery: Delivery, wish: Wish) -> Wish | None:
        """Let return what was there before a wish."""
        following = returning(wish, self._clock())
        if following is not None:
            return self._store.follow(wish, following, self._who)
        if wish.standing is Standing.QUEUED and wish.manner is Manner.AUTOMATIC:
            delivery.give_up(Standing.DROPPED, "its cause was over before it could be sent")
        delivery.over(self._clock())
        return None

    def _judge(self, delivery: Delivery) -> Wish | None:
        wish, reading = delivery.wish, delivery.reading if delivery.live else None
        match decide(self._proposal, _last(wish), reading, self._chosen_at(delivery)):
            case Verdict.END if wish is not None:
                return self._end(delivery, wish)
            case Verdict.APPLY if self._proposal is not None:
                return self._apply(delivery, self._proposal)
        return None

    def _apply(self, delivery: Delivery, proposal: Proposal) -> Wish | None:
        if problem := complaint(proposal.presence):
            log.error("a proposed status cannot be set: %s", problem)
            self._proposal = None
            return None
        old, reading = delivery.wish, delivery.reading
        shown = [old.presence] if old is not None and old.stands else [reading] if reading is not None else []
        wish = Wish(
            0,
            delivery.target,
            proposal.presence,
            self._clock(),
            manner=Manner.AUTOMATIC,
            waited=True,
            expected=tuple(shown),
        )
        return self._store.follow(old, wish, self._who)

    def _chosen_at(self, delivery: Delivery) -> float:
        if self._set_otherwise_at == float("-inf"):
            last = next(iter(self._store.chosen(delivery.target, 1)), None)
            self._set_otherwise_at = last.wish.asked_at if last is not None else 0.0
        return self._set_otherwise_at


def _last(wish: Wish | None) -> Last | None:
    if wish is None:
        return None
    return Last(wish.presence, wish.manner, wish.asked_at, wish.stands, wish.is_open, wish.passes)
