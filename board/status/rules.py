# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user lets show by itself: which causes count, and what each shows. Frozen values; pure."""

from dataclasses import dataclass

from board.states import PresenceState


@dataclass(frozen=True, slots=True)
class Rules:
    """The switches of a board; None and 0 are off.

    `away_after` and `extended_after` are seconds without a touch of mouse or keyboard.
    """

    away_after: float = 0
    extended_after: float = 0
    locked: PresenceState | None = None
    in_call: PresenceState | None = None
    on_quit: PresenceState | None = None

    @property
    def watches_idle(self) -> bool:
        """Whether anybody wants to know for how long nothing was touched."""
        return bool(self.away_after or self.extended_after)


@dataclass(frozen=True, slots=True)
class MeetingRules:
    """Which entries of one calendar count as a meeting, and what a meeting shows.

    `titles`: others may read what a meeting is called. `all_day`, `tentative`: such entries count too. `addresses` are
    the user's own, in lower case: what they declined does not count.
    """

    state: PresenceState = PresenceState.DND
    titles: bool = False
    all_day: bool = False
    tentative: bool = False
    addresses: tuple[str, ...] = ()
