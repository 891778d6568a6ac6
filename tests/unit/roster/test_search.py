# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Type-ahead search."""

import pytest

from board.roster.search import Query, fold, haystack
from board.roster.tile import Tile
from board.states import DeviceState, PresenceState
from tests.unit.roster.tiles import a_tile

TEREZA = a_tile(
    DeviceState.IN_USE,
    PresenceState.AWAY,
    name="Tereza Dvořák",
    extension="2019",
    group="Floor 2",
    subtype="meeting",
    message="Board room until 15:00",
)


def found(text: str, tile: Tile = TEREZA) -> bool:
    return Query.parse(text).matches(haystack(tile))


@pytest.mark.parametrize(
    "text",
    ["", "  ", "dvorak", "DVOŘÁK", "2019", "01", "floor", "meeting", "board room", "in a call", "away", "office"],
)
def test_a_search_finds_name_number_group_texts_and_words(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", ["tereza 2019", "2019   tereza", "away floor call"])
def test_all_words_must_match_in_any_order(text: str) -> None:
    assert found(text)
    assert not found(text + " zzz")


def test_a_word_does_not_match_across_two_fields() -> None:
    assert not found("dvorak2019")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Søren", "soren"), ("Łukasz", "lukasz"), ("Straße", "strasse"), ("Ｗｉｄｅ", "wide"), ("O’Brien", "o'brien")],
)
def test_letters_fold_to_what_people_type(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_dnd_is_found_by_its_short_word() -> None:
    assert found("dnd", a_tile(DeviceState.IDLE, PresenceState.DND))


def test_free_finds_who_is_free_and_not_whose_phone_alone_is_idle() -> None:
    assert found("free", a_tile(DeviceState.IDLE, PresenceState.AVAILABLE))
    assert not found("free", a_tile(DeviceState.IDLE, PresenceState.DND))
    assert found("idle", a_tile(DeviceState.IDLE, PresenceState.DND))


def test_a_stale_tile_is_not_found_as_free_but_by_its_reason() -> None:
    tile = a_tile(DeviceState.IDLE, PresenceState.AVAILABLE, stale=True, reason="PBX silent for 14 s")
    assert not found("free", tile)
    assert found("silent", tile)
    assert found("may be old", tile)
