# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An idle desk: when it begins to count, and when to look again. Pure: what was seen and the moment come in."""

from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind
from board.status.rules import Rules

RETURN_SECONDS = 2.0
"""How soon it is seen that somebody is back."""
LEAST_SECONDS = 0.1


class IdleDesk:
    """Remembers since when the desk counts as idle, so that this does not tremble with every look."""

    def __init__(self, rules: Rules) -> None:
        stages = ((Kind.IDLE, rules.away_after, PresenceState.AWAY), (Kind.LONG_IDLE, rules.extended_after, _XA))
        self._stages = tuple((kind, after, Presence(state)) for kind, after, state in stages if after)
        self._cause: Cause | None = None

    def looked(self, idle: float, now: float) -> Cause | None:
        """Return the cause, if any, when nothing was touched for `idle` seconds.

        It begins at the end of the first stage's time, not at the last touch: who chooses a status with the last click
        before they leave has chosen before it. Who chooses one elsewhere after that is left alone by the later stage.
        """
        reached = [stage for stage in self._stages if idle >= stage[1]]
        if not reached:
            self._cause = None
        elif self._cause is None or self._cause.kind is not reached[-1][0]:
            kind, _, presence = reached[-1]
            begun = self._cause.since if self._cause is not None else now - idle + self._stages[0][1]
            self._cause = Cause(kind, presence, begun)
        return self._cause

    def pause(self, idle: float) -> float:
        """Return after how many seconds to look again.

        While somebody works that is when the first stage could be reached at the earliest: nothing wakes before.
        """
        first = self._stages[0][1]
        return RETURN_SECONDS if idle >= first else max(first - idle, LEAST_SECONDS)


_XA = PresenceState.XA
