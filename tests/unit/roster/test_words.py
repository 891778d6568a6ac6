# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Words: every state has one, and a tile says itself."""

from dataclasses import replace

import pytest

from board.presence.value import Presence
from board.roster import words
from board.roster.tile import Asked, Outcome
from board.states import DeviceState, PbxState, PresenceState
from tests.unit.roster.tiles import a_tile


def test_every_state_has_a_long_and_a_short_word() -> None:
    assert set(words.DEVICE_WORDS) == set(words.DEVICE_SHORT) == set(DeviceState)
    assert set(words.PRESENCE_WORDS) == set(words.PRESENCE_SHORT) == set(PresenceState)
    assert set(words.PBX_WORDS) == set(PbxState)


def test_the_person_is_word_and_subtype() -> None:
    assert words.person_text(a_tile()) == ""
    assert words.person_text(a_tile(presence=PresenceState.AWAY, subtype="at home")) == "Away · at home"
    assert words.person_text(a_tile(presence=PresenceState.DND)) == "Do not disturb"


def test_what_may_be_old_says_why() -> None:
    assert words.stale_text(a_tile()) == ""
    assert words.stale_text(a_tile(stale=True)) == "May be old"
    assert words.stale_text(a_tile(stale=True, reason="PBX silent")) == "May be old: PBX silent"


def test_what_was_never_known_is_not_called_old() -> None:
    assert words.stale_text(a_tile(stale=True, known=False)) == "Waiting for the PBX"
    assert words.stale_text(a_tile(stale=True, known=False, reason="no hint for 2001")) == "no hint for 2001"


def test_a_tile_is_spoken_old_first() -> None:
    tile = a_tile(DeviceState.IN_USE, PresenceState.AWAY, subtype="lunch", message="Back at 2", stale=True, reason="x")
    assert words.spoken_text(tile) == "May be old: x, In a call, Away · lunch, Back at 2"
    assert words.spoken_text(a_tile(stale=True, known=False)) == "Waiting for the PBX"


def test_what_was_asked_says_whether_it_still_may_come() -> None:
    tile = a_tile(presence=PresenceState.AVAILABLE)
    assert words.asked_text(tile) == ""
    asked = Asked(1, Presence(PresenceState.AWAY, "lunch", "back 14:30"), 1.0)
    assert words.asked_text(replace(tile, asked=asked)) == "Pending: Away · lunch"
    failed = replace(tile, asked=replace(asked, outcome=Outcome.FAILED, reason="the PBX refused"))
    assert words.asked_text(failed) == "Failed: Away · lunch: the PBX refused"
    assert words.spoken_text(failed) == "Free, Available, Failed: Away · lunch: the PBX refused"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" plain ", "plain"),
        ("two  blanks", "two blanks"),
        ("a\r\n\tb\u2028c", "a b c"),
        ("bell\x07 nul\x00 del\x7f c1\x9b", "bell nul del c1"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("\u200fשלום 👩🏽‍💻 e\u0301", "\u200fשלום 👩🏽‍💻 e\u0301"),
    ],
)
def test_a_stranger_s_text_becomes_one_harmless_line(text: str, line: str) -> None:
    assert words.one_line(text) == line


@pytest.mark.parametrize(
    ("name", "briefer"),
    [
        ("", ()),
        ("Reception", ()),
        ("Bob Brown", ("Bob B.",)),
        ("Dr. Ingrid Björnsdóttir", ("Dr. Ingrid B.", "Ingrid B.")),
        ("Ana Lucía Fernández", ("Ana Lucía F.", "Ana F.")),
        ("Meeting room 2", ()),
        ("Room “Mozart”", ()),
        ("Van 1 (Rhys Llewellyn)", ()),
        ("Liam O’Neill-Smith", ("Liam O.",)),
        ("Oluwaseun Adébáyo\u0323\u0300", ("Oluwaseun A.",)),
    ],
)
def test_a_name_becomes_briefer_word_by_word(name: str, briefer: tuple[str, ...]) -> None:
    assert words.brief_names(name) == briefer
