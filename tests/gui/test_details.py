# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The details panel: what was asked for a person, what became of it, and what can be done."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from board.events import Address
from board.presence.value import Presence
from board.roster.history import History
from board.roster.tile import Asked, Outcome, Tile, TileChanged
from board.states import PresenceState
from board.ui.details import SET_KEY, Details
from board.ui.look import Look
from tests.gui.conftest import NOW, Clock
from tests.unit.roster.tiles import a_tile

BOB = Address("office", "2001")
FREE = a_tile(presence=PresenceState.AVAILABLE)
LUNCH = Asked(1, Presence(PresenceState.AWAY, "lunch", "back 14:30"), NOW)
FAILED = replace(LUNCH, outcome=Outcome.FAILED, reason="the PBX refused our manager user: give it write = call")


@pytest.fixture
def details(look: Look, clock: Clock, qtbot: QtBot) -> Iterator[Details]:
    made = Details(look, clock)
    made.resize(300, 700)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


def show(details: Details, *tiles: Tile) -> list[str]:
    history = History()
    before = FREE
    for tile in tiles:
        history.record([TileChanged(before, tile, NOW)])
        before = tile
    details.show_tile(tiles[-1], history.of(BOB))
    return texts(details)


def texts(details: Details) -> list[str]:
    return [label.text() for label in details.findChildren(QLabel) if label.text() and label.isVisibleTo(details)]


def test_what_is_pending_says_what_was_asked_and_since_when_it_waits(details: Details, clock: Clock) -> None:
    clock.now += 3
    said = show(details, replace(FREE, asked=LUNCH))
    at = said.index("Pending: Away · lunch")
    assert said.index("Available") < at
    assert said[at + 1].startswith("“back 14:30”\nAsked at ")
    assert said[at + 1].endswith("The PBX has not read it back yet.")
    assert "You set Away · lunch — pending" in said
    assert not details.asked.dismiss.isVisible()
    away = show(details, replace(FREE, asked=LUNCH, stale=True, reason="PBX silent for 14 s"))
    assert any("It goes out once the PBX is back." in text for text in away)


def test_what_is_read_back_at_once_never_moves_the_panel(details: Details, clock: Clock) -> None:
    show(details, replace(FREE, asked=LUNCH))
    assert not details.asked.isVisible()
    clock.now += 1
    details.tick()
    assert details.asked.isVisible()
    show(details, replace(FREE, asked=replace(LUNCH, outcome=Outcome.CONFIRMED)))
    assert not details.asked.isVisible()


def test_what_failed_says_why_until_the_user_has_seen_it(details: Details, qtbot: QtBot) -> None:
    said = show(details, replace(FREE, asked=LUNCH), replace(FREE, asked=FAILED))
    assert "Failed: Away · lunch" in said
    assert sum("The PBX refused our manager user: give it write = call" in text for text in said) == 1
    with qtbot.waitSignal(details.seen) as seen:
        details.asked.dismiss.setFocus()
        QTest.keyClick(details.asked.dismiss, Qt.Key.Key_Return)
    assert seen.args == [BOB]
    said = show(details, replace(FREE, asked=LUNCH), replace(FREE, asked=FAILED), FREE)
    assert "Failed: Away · lunch" not in said
    assert any(line.startswith("You set Away · lunch — failed: the PBX refused") for line in said)


def test_a_status_can_be_set_only_where_the_link_allows_it(details: Details, qtbot: QtBot) -> None:
    show(details, FREE)
    assert not details.set_status.isVisible()
    with qtbot.assertNotEmitted(details.set_asked):
        details.ask_to_set()
    details.allow_setting(lambda address: address == BOB)
    assert details.set_status.isVisible()
    assert details.set_status.text() == "Set status of Bob…"
    assert details.set_status.accessibleName() == f"Set status of Bob Brown, {SET_KEY}"
    with qtbot.waitSignal(details.set_asked) as asked:
        QTest.mouseClick(details.set_status, Qt.MouseButton.LeftButton)
    assert asked.args == [BOB]
    details.allow_setting(lambda _: False)
    assert not details.set_status.isVisible()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dr. Ingrid Berg", "Ingrid"),
        ("", "2001"),
        ("Meeting room 2", "Meeting room 2"),
        ("محمد عبد الرحمن", "محمد"),
        ("Hohenstein-Rosenberg Maximiliane", "Hohenstein-Rose…"),
    ],
)
def test_the_button_names_its_person_and_fits(details: Details, name: str, short: str) -> None:
    details.allow_setting(lambda _: True)
    show(details, a_tile(name=name))
    assert details.set_status.text() == f"Set status of {short}…".replace("……", "…")
    assert details.set_status.geometry().right() < details.viewport().width()


def test_a_screen_reader_hears_what_is_pending(details: Details) -> None:
    show(details, replace(FREE, asked=LUNCH))
    assert details.accessibleDescription() == "Bob Brown: Free, Available, Pending: Away · lunch"
