# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Presets: the ready-made ones can be sent anywhere, and lists of them are edited without loss."""

from datetime import UTC, datetime

import pytest

from board.links.wish import complaint
from board.status.choice import Choice
from board.status.preset import (
    FREEPBX,
    MOST,
    NAME_LIMIT,
    OFFICE,
    READY_MADE,
    Preset,
    added,
    moved,
    name_complaint,
    removed,
    replaced,
)
from board.status.until import read_until, shown

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
A, B, C = OFFICE[:3]


@pytest.mark.parametrize("preset", [preset for presets in READY_MADE.values() for preset in presets])
def test_a_ready_made_preset_has_a_name_and_can_be_sent(preset: Preset) -> None:
    assert name_complaint(preset.name) == ""
    until = read_until(preset.until, NOON, UTC)
    assert complaint(shown(Choice(preset.presence, until), NOON, UTC)) == ""


def test_freepbx_and_digium_sets_carry_no_subtype() -> None:
    assert [preset.presence.state.value for preset in FREEPBX] == [
        "available",
        "chat",
        "away",
        "dnd",
        "xa",
        "unavailable",
    ]
    assert not any(preset.presence.subtype for preset in FREEPBX)


def test_the_same_set_is_not_added_twice_and_there_is_an_end_to_it() -> None:
    assert added((A,), A, B, B) == (A, B)
    many = tuple(Preset(str(number), A.presence) for number in range(MOST))
    assert added(many, A) == many


@pytest.mark.parametrize(
    ("at", "by", "result"), [(0, 1, "BAC"), (2, -1, "ACB"), (0, -1, "ABC"), (2, 9, "ABC"), (0, 9, "BCA")]
)
def test_a_preset_moves_at_most_to_an_end(at: int, by: int, result: str) -> None:
    assert moved((A, B, C), at, by) == tuple({"A": A, "B": B, "C": C}[letter] for letter in result)


def test_one_is_removed_or_replaced_and_the_rest_stays() -> None:
    assert removed((A, B, C), 1) == (A, C)
    assert replaced((A, B), 0, C) == (C, B)


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "needs a name"), ("  ", "needs a name"), ("x" * (NAME_LIMIT + 1), "41 signs"), ("a\nb", "shown")],
)
def test_a_name_that_no_button_can_show_is_told(name: str, says: str) -> None:
    assert says in name_complaint(name)
