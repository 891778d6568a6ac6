# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `watch` prints for a change, without a PBX."""

import io
import json
from dataclasses import replace

import pytest

from board.events import Address, PbxChanged
from board.roster.contact import Contact
from board.roster.tile import Since, Tile, TileChanged
from board.states import DeviceState, PbxState, PresenceState, Subscription
from board.watch import PbxReporter, Printer, WatchOptions, change_as_json, change_as_text

AT = 1_766_000_000.125
BOB = Tile(
    Contact(Address("office", "2001"), "Bob Brown", "Support"),
    DeviceState.IN_USE,
    Since(AT, True),
    PresenceState.AWAY,
    Since(AT, True),
    "at home",
    "Sick with the flu 🤒",
    Subscription.ACTIVE,
    stale=False,
)


def test_a_change_has_the_contracts_keys() -> None:
    assert change_as_json(TileChanged(None, BOB, AT)) == {
        "time": "2025-12-17T19:33:20.125Z",
        "extension": "2001",
        "name": "Bob Brown",
        "device": "in_use",
        "presence": "away",
        "subtype": "at home",
        "message": "Sick with the flu 🤒",
        "subscription": "active",
        "stale": False,
        "reason": "",
    }


def test_nothing_is_said_of_a_person_the_pbx_says_nothing_of() -> None:
    found = change_as_json(TileChanged(None, replace(BOB, presence=None, subtype="", message=""), AT))
    assert (found["presence"], found["subtype"], found["message"]) == (None, None, None)


def test_text_cannot_break_out_of_its_line() -> None:
    text = change_as_text(TileChanged(None, replace(BOB, message="one\nline\x1b[2J"), AT))
    assert "\n" not in text
    assert "\x1b" not in text
    assert "In a call | Away · at home" in text


def printed(options: WatchOptions, changes: list[TileChanged], several: bool = False) -> tuple[list[str], list[int]]:
    lines, ended = list[str](), list[int]()
    printer = Printer(options, several, lines.append, lambda: ended.append(1))
    printer.tiles(changes)
    return lines, ended


def test_only_what_a_line_shows_makes_a_line() -> None:
    since = replace(BOB, presence_since=Since(AT + 5, False))
    lines, _ = printed(WatchOptions(as_json=True), [TileChanged(None, BOB, AT), TileChanged(BOB, since, AT + 5)])
    assert len(lines) == 1


def test_the_count_ends_it_and_no_line_follows() -> None:
    busy = replace(BOB, device=DeviceState.BUSY)
    changes = [TileChanged(None, BOB, AT), TileChanged(BOB, busy, AT), TileChanged(busy, BOB, AT)]
    lines, ended = printed(WatchOptions(as_json=True, count=2), changes)
    assert ([json.loads(line)["device"] for line in lines], ended) == (["in_use", "busy"], [1])


def test_a_line_names_its_pbx_where_there_are_several() -> None:
    lines, _ = printed(WatchOptions(as_json=True), [TileChanged(None, BOB, AT)], several=True)
    assert json.loads(lines[0])["pbx"] == "office"


@pytest.mark.parametrize("state", [PbxState.LIVE, PbxState.REFUSED])
def test_a_pbx_is_told_of_once_a_state(state: PbxState) -> None:
    err = io.StringIO()
    reporter = PbxReporter(err)
    for active in (0, 1, 2):
        reporter.pbx(PbxChanged("office", state, "", "certificates are not verified", active, 2, None, AT))
    assert err.getvalue().splitlines() == ["office: warning: certificates are not verified", f"office: {state.value}"]
