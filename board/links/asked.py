# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A wish as its person's tile shows it. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from board.links.wish import Standing, Wish
from board.roster.tile import Asked, Outcome

_OUTCOMES: Mapping[Standing, Outcome] = MappingProxyType(
    {
        Standing.QUEUED: Outcome.PENDING,
        Standing.SENT: Outcome.PENDING,
        Standing.CONFIRMED: Outcome.CONFIRMED,
        Standing.REFUSED: Outcome.FAILED,
        Standing.DROPPED: Outcome.DROPPED,
    }
)


def asked_of(wish: Wish) -> Asked:
    """Return what a wish asks for and what has come of it."""
    outcome = _OUTCOMES[wish.standing]
    return Asked(wish.number, wish.presence, wish.asked_at, outcome, wish.reason, wish.manner, wish.choice)
