# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The short memory behind the details panel."""

from dataclasses import replace
from itertools import pairwise

from board.events import Address
from board.presence.value import Presence
from board.roster.history import History, Mark, Past
from board.roster.tile import Asked, Outcome, Since, Tile, TileChanged
from board.states import DeviceState, PresenceState
from board.status.choice import Manner
from tests.unit.roster.tiles import a_tile


def remembered(*tiles: Tile) -> list[tuple[float, Mark, str]]:
    history = History()
    before = None
    for index, tile in enumerate(tiles):
        history.record([TileChanged(before, tile, float(index))])
        before = tile
    return [(e.at, e.mark, e.text) for e in history.of(tiles[0].contact.address)]


def test_each_mark_that_changed_is_one_line_newest_first() -> None:
    free = a_tile(presence=PresenceState.AVAILABLE)
    call = replace(free, device=DeviceState.IN_USE, device_since=Since(1.0, False))
    busy = replace(call, device_since=Since(2.0, False), presence=PresenceState.DND, message="Not now")
    assert remembered(
        free, replace(call, device_since=Since(5.0, False)), replace(busy, device_since=Since(5.0, False))
    ) == [
        (2.0, Mark.PERSON, "Do not disturb"),
        (1.0, Mark.DEVICE, "In a call"),
        (0.0, Mark.PERSON, "Available"),
        (0.0, Mark.DEVICE, "Free"),
    ]


def test_a_gap_is_told_once_and_not_its_end() -> None:
    fresh = a_tile()
    old = replace(fresh, stale=True, reason="PBX silent")
    assert [text for _, _, text in remembered(fresh, old, fresh)] == ["May be old: PBX silent", "Free"]


def test_only_the_latest_fifty_are_kept() -> None:
    history = History()
    tile = a_tile()
    for index in range(60):
        history.record([TileChanged(None, replace(tile, device_since=Since(float(index), False)), float(index))])
    kept = history.of(tile.contact.address)
    assert len(kept) == 50
    assert (kept[0].at, kept[-1].at) == (59.0, 10.0)


def test_who_never_changed_has_no_history() -> None:
    assert History().of(a_tile().contact.address) == ()


LUNCH = Asked(1, Presence(PresenceState.AWAY, "lunch", "back 14:30"), 500.0)
FREE = a_tile(presence=PresenceState.AVAILABLE)


def asked_lines(*tiles: Tile) -> list[tuple[float, str, Outcome | None]]:
    history = History()
    history.record([TileChanged(before, tile, 600.0) for before, tile in pairwise(tiles)])
    return [(e.at, e.text, e.outcome) for e in history.of(FREE.contact.address) if e.mark is Mark.ASKED]


def test_what_was_asked_is_one_line_that_says_what_has_come_of_it_so_far() -> None:
    waiting = replace(FREE, asked=LUNCH)
    away = replace(waiting, presence=PresenceState.AWAY, subtype="lunch")
    confirmed = replace(away, asked=replace(LUNCH, outcome=Outcome.CONFIRMED))
    assert asked_lines(FREE, waiting) == [(500.0, "You set Away · lunch — pending", Outcome.PENDING)]
    done = [(500.0, "You set Away · lunch — confirmed", Outcome.CONFIRMED)]
    assert asked_lines(FREE, waiting, away, confirmed) == done
    assert asked_lines(FREE, confirmed) == done


def test_what_failed_stays_failed_once_its_reason_is_gone_from_the_tile() -> None:
    failed = replace(FREE, asked=replace(LUNCH, outcome=Outcome.FAILED, reason="no dialplan"))
    line = [(500.0, "You set Away · lunch — failed: no dialplan", Outcome.FAILED)]
    assert asked_lines(FREE, replace(FREE, asked=LUNCH), failed, FREE) == line
    still_said_by_the_tile = [(500.0, "You set Away · lunch — failed", Outcome.FAILED)]
    assert asked_lines(FREE, replace(FREE, asked=LUNCH), failed) == still_said_by_the_tile


def test_what_was_replaced_before_it_came_says_so() -> None:
    second = Asked(2, Presence(PresenceState.DND), 550.0)
    done = replace(second, outcome=Outcome.CONFIRMED)
    assert asked_lines(FREE, replace(FREE, asked=LUNCH), replace(FREE, asked=second), replace(FREE, asked=done)) == [
        (550.0, "You set Do not disturb — confirmed", Outcome.CONFIRMED),
        (500.0, "You set Away · lunch — overtaken", Outcome.DROPPED),
    ]


def test_what_came_by_itself_is_not_said_to_be_the_user_s() -> None:
    manners = [replace(LUNCH, number=number, manner=manner) for number, manner in enumerate(Manner)]
    lines = [asked_lines(FREE, replace(FREE, asked=asked))[0][1].partition(" Away")[0] for asked in manners]
    assert lines == ["You set", "Set by itself:", "Returned by itself:"]


def test_a_wish_before_the_first_document_is_one_line() -> None:
    unknown = a_tile(known=False, stale=True)
    asked = replace(unknown, asked=LUNCH)
    history = History()
    history.record([TileChanged(unknown, asked, 1.0), TileChanged(None, replace(FREE, asked=LUNCH), 2.0)])
    marks = [entry.mark for entry in history.of(FREE.contact.address)]
    assert marks.count(Mark.ASKED) == 1


def test_what_was_asked_before_the_board_ran_says_who_asked() -> None:
    history, address = History(), FREE.contact.address
    earlier = replace(LUNCH, number=0, outcome=Outcome.CONFIRMED)
    history.recall(address, [Past(LUNCH, "anna"), Past(earlier, "anna")])
    assert [(e.at, e.text) for e in history.before(address)] == [
        (500.0, "anna set Away · lunch — pending"),
        (500.0, "anna set Away · lunch — confirmed"),
    ]
    history.record([TileChanged(FREE, replace(FREE, asked=LUNCH), 600.0)])
    assert [e.text for e in history.before(address)] == ["anna set Away · lunch — confirmed"]
    assert history.before(Address("office", "nobody")) == ()
