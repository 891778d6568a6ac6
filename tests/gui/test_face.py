# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tile shows: each mark in glyph and word, and never free when it may be old."""

from dataclasses import replace

import pytest

from board.presence.value import Presence
from board.roster.tile import Asked, Outcome, Since
from board.states import DeviceState, PresenceState
from board.ui.face import COUNTED, asked_icon, face, person_icon, until
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from tests.gui.conftest import NOW
from tests.unit.roster.tiles import a_tile


@pytest.mark.parametrize("device", list(DeviceState))
def test_a_device_shows_as_glyph_and_word_and_its_time_runs_in_a_call(device: DeviceState) -> None:
    shown = face(a_tile(device), NOW)
    assert shown.device is device
    assert shown.block_icon is DEVICE_ICONS[device]
    assert shown.block_word
    assert bool(shown.counter(NOW)) == (device in COUNTED)


@pytest.mark.parametrize("presence", list(PresenceState))
def test_a_person_shows_as_glyph_word_and_subtype(presence: PresenceState) -> None:
    shown = face(a_tile(presence=presence, subtype="s", message="m"), NOW)
    assert person_icon(shown) is PERSON_ICONS[presence]
    assert (shown.words[0] != "", shown.subtype, shown.note) == (True, "s", ("m",))


def test_without_a_person_the_device_has_the_second_line() -> None:
    shown = face(a_tile(DeviceState.IN_USE), NOW)
    assert (person_icon(shown), shown.words) == (None, ("In a call",))
    assert shown.since


@pytest.mark.parametrize("device", list(DeviceState))
@pytest.mark.parametrize("presence", [None, PresenceState.AVAILABLE])
def test_a_tile_that_may_be_old_shows_no_device_and_says_why(
    device: DeviceState, presence: PresenceState | None
) -> None:
    shown = face(a_tile(device, presence, stale=True, reason="PBX silent for 14 s", message="m"), NOW)
    assert shown.device is None
    assert shown.block_icon is Icon.CLOCK_ALERT
    assert shown.block_word == "Not live"
    assert shown.counting is None
    assert shown.alarming
    assert shown.note == ("May be old: PBX silent for 14 s", "PBX silent for 14 s")
    assert "Free" not in shown.words
    assert "Idle" not in (*shown.words, shown.block_word)


def test_what_was_never_known_waits_or_says_why() -> None:
    waiting = face(a_tile(DeviceState.UNKNOWN, stale=True, known=False), NOW)
    assert (waiting.block_word, waiting.note, waiting.alarming) == ("Waiting", ("Waiting for the PBX",), False)
    refused = face(a_tile(DeviceState.UNKNOWN, stale=True, known=False, reason="no hint"), NOW)
    assert (refused.block_word, refused.note, refused.alarming) == ("Unknown", ("no hint",), True)
    told = face(a_tile(DeviceState.IDLE, stale=True, reason="PBX out of reach: h:5060 closed it"), NOW)
    assert told.note[-1] == "PBX out of reach"


def test_a_running_time_of_at_least_says_so() -> None:
    tile = replace(a_tile(DeviceState.IN_USE), device_since=Since(NOW - 65, True))
    assert face(tile, NOW).counter(NOW) == "≥1:05"
    assert face(replace(tile, device_since=Since(NOW - 3720, False)), NOW).counter(NOW) == "1 h 02"


def test_a_nameless_contact_shows_its_number_once() -> None:
    shown = face(a_tile(name="", extension="2001"), NOW)
    assert (shown.name, shown.number) == ("2001", "")


def test_texts_of_strangers_become_one_harmless_line() -> None:
    shown = face(a_tile(name="A\u202eB", presence=PresenceState.AWAY, subtype="a\n\tb", message="x\r\n\x07y"), NOW)
    assert (shown.name, shown.subtype, shown.note) == ("AB", "a b", ("x y",))


def test_what_was_asked_leaves_the_person_as_the_pbx_says_and_has_a_glyph_of_its_own() -> None:
    asked = Asked(1, Presence(PresenceState.XA, "vacation"), NOW)
    tile = replace(a_tile(presence=PresenceState.DND), asked=asked)
    shown = face(tile, NOW)
    assert (shown.person, asked_icon(shown), shown.failed) == (PresenceState.DND, Icon.HOURGLASS, False)
    assert shown.asked == ("Pending: Extended away · vacation", "Pending: Ext. away", "Pending")
    shown = face(replace(tile, asked=replace(asked, outcome=Outcome.FAILED, reason="no")), NOW)
    assert (shown.asked[-1], asked_icon(shown), shown.failed) == ("Failed", Icon.WARNING, True)


@pytest.mark.parametrize(
    ("message", "times"), [("", ()), ("Soon", ()), ("Back at 14:30", ("back at 14:30", "14:30")), ("15:00", ("15:00",))]
)
def test_the_time_of_a_message_is_known_with_what_leads_to_it(message: str, times: tuple[str, ...]) -> None:
    tile = a_tile(presence=PresenceState.AWAY, message=message)
    assert until(face(tile, NOW)) == times
    assert until(face(replace(tile, stale=True, reason="since 8:00"), NOW)) == ()
