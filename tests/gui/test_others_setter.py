# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Setting somebody else's status from the switchboard, with keys alone, and what the user sees of it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from board.events import Address
from board.links.own import OwnStatus
from board.links.wish import Standing, Target
from board.presence.value import Presence
from board.roster.tile import Asked, Outcome
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import OFFICE
from board.ui.others_setter import status_of
from tests.gui.conftest import NOW, Desk
from tests.gui.hands import focus, press, texts, write
from tests.unit.roster.tiles import a_tile

BOB = Address("office", "2001")
Key = Qt.Key


@pytest.fixture
def desk(open_desk: Callable[..., Desk], qtbot: QtBot) -> Desk:
    made = open_desk()
    made.window.resize(1400, 900)
    with qtbot.waitExposed(made.window):
        made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.window.allow_setting(lambda address: address.extension != "2002")
    made.window.others.show_presets(OFFICE)
    return made


def test_a_key_opens_the_setter_of_the_chosen_person_and_a_digit_sets(desk: Desk, qtbot: QtBot) -> None:
    window = desk.window
    write("2001")
    press(Key.Key_F9)
    assert window.others.isVisible()
    assert texts(window.others)[0] == "Status of Bob Brown · 2001"
    with qtbot.waitSignal(window.status_chosen_for) as chosen, qtbot.assertNotEmitted(window.status_chosen):
        press(Key.Key_5)
    assert chosen.args == [BOB, Choice(Presence(PresenceState.DND))]
    press(Key.Key_Escape)
    assert not window.others.isVisible()
    assert focus() is window.top.search.edit


def test_enter_and_tab_lead_to_the_button_and_back(desk: Desk) -> None:
    window = desk.window
    write("2001")
    press(Key.Key_Return, Key.Key_Tab)
    assert focus() is window.details.set_status
    press(Key.Key_Return)
    assert window.others.isVisible()
    press(Key.Key_Escape)
    assert focus() is window.details.set_status
    press(Key.Key_Escape)
    assert focus() is window.board


def test_what_was_chosen_is_followed_to_its_end(desk: Desk) -> None:
    window, dnd = desk.window, Presence(PresenceState.DND)
    write("2001")
    press(Key.Key_F9)
    press(Key.Key_5)
    assert "Waiting for the PBX" in texts(window.others)
    window.tiles_changed(desk.roster.ask(BOB, Asked(4, dnd, NOW, choice=Choice(dnd)), NOW))
    assert "Waiting for the PBX" in texts(window.others)
    failed = Asked(4, dnd, NOW, Outcome.FAILED, "the PBX refused", choice=Choice(dnd))
    window.tiles_changed(desk.roster.ask(BOB, failed, NOW))
    assert "Do not disturb was not set: the PBX refused" in texts(window.others)
    window.choice_failed_for(BOB, "the disk is full")
    assert "the disk is full" in texts(window.others)


def test_the_next_person_starts_without_what_was_typed_for_the_last(desk: Desk) -> None:
    window = desk.window
    write("2001")
    press(Key.Key_F9)
    window.others.setter.page.note.message.edit.setFocus()
    QTest.keyClicks(focus(), "for Bob only")
    press(Key.Key_F9)
    assert not window.others.isVisible()
    window.board.setCurrentIndex(window.proxy.index_of(Address("office", "2001")))
    window.top.search.edit.clear()
    window.board.setCurrentIndex(window.proxy.index_of(Address("office", "2004")))
    press(Key.Key_F9)
    assert texts(window.others)[0] == "Status of Elena Petrova · 2004"
    assert window.others.setter.page.note.message.edit.text() == "On a train, chat works"
    assert window.others.setter.page.presets.presets == OFFICE
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_where_the_link_does_not_allow_it_the_key_does_nothing(desk: Desk) -> None:
    write("2002")
    press(Key.Key_F9)
    assert not desk.window.others.isVisible()
    assert not desk.window.details.set_status.isVisible()


def test_only_one_setter_is_open_at_a_time(desk: Desk) -> None:
    window = desk.window
    own = OwnStatus(Target("office", "CustomPresence:2000"), Presence(PresenceState.AVAILABLE), True)
    window.own_changed((own,))
    write("2001")
    window.toggle_setter()
    assert window.setter.isVisible()
    window.details.ask_to_set()
    assert (window.setter.isVisible(), window.others.isVisible()) == (False, True)
    window.toggle_setter()
    assert (window.setter.isVisible(), window.others.isVisible()) == (True, False)
    window.toggle_setter()


def test_that_a_failure_was_seen_is_told_outside(desk: Desk, qtbot: QtBot) -> None:
    window = desk.window
    write("2001")
    failed = Asked(4, Presence(PresenceState.DND), NOW, Outcome.FAILED, "the PBX refused")
    window.tiles_changed(desk.roster.ask(BOB, failed, NOW))
    with qtbot.waitSignal(window.failure_seen) as seen:
        window.details.asked.dismiss.click()
    assert seen.args == [BOB]


def test_a_tile_s_person_stands_as_the_pbx_says_with_the_newest_wish() -> None:
    tile = a_tile(presence=PresenceState.AWAY, subtype="lunch", message="back 14:30", stale=True)
    status = status_of(tile)
    assert (status.target.pbx, status.target.entity) == ("office", "CustomPresence:2001")
    assert (status.reading, status.live, status.wish) == (
        Presence(PresenceState.AWAY, "lunch", "back 14:30"),
        False,
        None,
    )
    plain = Choice(Presence(PresenceState.AWAY, "lunch"), 99.0)
    for outcome, standing in zip(
        Outcome, (Standing.QUEUED, Standing.CONFIRMED, Standing.REFUSED, Standing.DROPPED), strict=True
    ):
        asked = Asked(7, Presence(PresenceState.AWAY, "lunch", "back 14:30"), 5.0, outcome, "why", choice=plain)
        wish = status_of(a_tile(presence=None, asked=asked)).wish
        assert wish is not None
        assert (wish.number, wish.choice, wish.standing, wish.reason) == (7, plain, standing, "why")
