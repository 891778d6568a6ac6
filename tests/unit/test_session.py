# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a wish reaches the tile of its person."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from board.events import Address
from board.links.wish import Standing, Target, Wish
from board.office import Office
from board.presence.value import Presence
from board.roster.contact import Contact
from board.roster.roster import Roster
from board.roster.tile import Outcome, TileChanged
from board.session import Session
from board.states import PresenceState
from board.status.choice import Choice, Manner

BOB = Address("office", "2001")
LUNCH = Presence(PresenceState.AWAY, "lunch")
WISH = Wish(
    3, Target("office", "CustomPresence:2001"), replace(LUNCH, message="back 14:30"), 5.0, plain=LUNCH, until=99.0
)


@pytest.fixture
def told() -> list[TileChanged]:
    return []


@pytest.fixture
def session(told: list[TileChanged]) -> Session:
    def take(changes: Sequence[TileChanged]) -> None:
        told.extend(changes)

    return Session(Office((), (), {}), Roster([Contact(BOB, "Bob Brown")]), take, lambda _: None, lambda: 7.0)


@pytest.mark.parametrize(
    ("standing", "outcome"),
    [
        (Standing.QUEUED, Outcome.PENDING),
        (Standing.SENT, Outcome.PENDING),
        (Standing.CONFIRMED, Outcome.CONFIRMED),
        (Standing.REFUSED, Outcome.FAILED),
        (Standing.DROPPED, Outcome.DROPPED),
    ],
)
def test_every_standing_of_a_wish_shows_on_its_tile(
    session: Session, told: list[TileChanged], standing: Standing, outcome: Outcome
) -> None:
    session.wished(replace(WISH, standing=standing, reason="why", manner=Manner.RETURN))
    (change,) = told
    asked = change.tile.asked
    assert asked is not None
    assert (change.at, asked.number, asked.presence, asked.at) == (7.0, 3, WISH.presence, 5.0)
    assert (asked.outcome, asked.reason, asked.manner) == (outcome, "why", Manner.RETURN)
    assert asked.choice == Choice(LUNCH, 99.0)


def test_a_wish_for_nobody_on_the_board_changes_nothing(session: Session, told: list[TileChanged]) -> None:
    session.wished(replace(WISH, target=Target("office", "CustomPresence:9")))
    assert told == []
