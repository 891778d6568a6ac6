# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The own status in the switchboard: always in sight at the top right, and set there without a detour."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from board.links.own import OwnStatus
from board.links.wish import Standing, Target, Wish
from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice
from tests.gui.conftest import NOW, Desk
from tests.gui.hands import click, focus, press, write

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
HOME = Target("office", "CustomPresence:2000")
FREE = Presence(PresenceState.AVAILABLE)


@pytest.fixture
def desk(open_desk: Callable[..., Desk], qtbot: QtBot) -> Desk:
    made = open_desk()
    made.window.resize(1200, 800)
    with qtbot.waitExposed(made.window):
        made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.window.own_changed((OwnStatus(HOME, FREE, True),))
    QApplication.processEvents()
    return made


def is_open(desk: Desk) -> bool:
    return desk.window.setter.isVisible()


def test_there_is_no_own_status_until_there_is_one_to_show(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    assert desk.window.top.own.isHidden()
    desk.window.toggle_setter()
    assert not is_open(desk)
    desk.window.own_changed((OwnStatus(HOME),))
    assert not desk.window.top.own.isHidden()


def test_where_none_can_be_set_the_reason_can_be_read(desk: Desk) -> None:
    desk.window.cannot_set_status("Name your own_extension in the configuration file")
    assert "own_extension" in desk.window.top.own.accessibleName()


def test_a_key_opens_a_digit_sets_and_esc_leads_back_to_where_one_was(desk: Desk) -> None:
    window = desk.window
    chosen: list[Choice] = []
    window.status_chosen.connect(chosen.append)
    before = focus()
    press(Key.Key_S, chord=CONTROL)
    assert is_open(desk)
    write("3")
    assert chosen == [Choice(Presence(PresenceState.AWAY))]
    press(Key.Key_Escape)
    assert not is_open(desk)
    assert focus() is before
    press(Key.Key_S, chord=CONTROL)
    press(Key.Key_S, chord=CONTROL)
    assert not is_open(desk)


def test_typing_in_the_open_setter_is_a_message_and_no_search(desk: Desk) -> None:
    press(Key.Key_S, chord=CONTROL)
    write("Back soon")
    assert desk.window.setter.page.note.texts == ("", "Back soon")
    assert desk.window.top.search.edit.text() == ""
    press(Key.Key_Escape, Key.Key_Escape, Key.Key_Escape)
    assert not is_open(desk)
    write("no")
    assert desk.window.top.search.edit.text() == "no"


def test_a_click_opens_and_closes_and_one_beside_closes_and_does_what_it_does(desk: Desk) -> None:
    window = desk.window
    click(window.top.own)
    assert is_open(desk)
    click(window.setter.page.choices.rows[PresenceState.DND])
    assert is_open(desk)
    click(window.top.own)
    assert not is_open(desk)
    click(window.top.own)
    place = window.board.visualRect(window.proxy.index(1, 0)).center()
    QTest.mouseClick(window.board.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not is_open(desk)
    assert window.board.currentIndex().row() == 1


def test_tab_stays_within_the_open_setter(desk: Desk) -> None:
    press(Key.Key_S, chord=CONTROL)
    for _ in range(12):
        press(Key.Key_Tab)
        assert desk.window.setter.isAncestorOf(focus())
    for _ in range(12):
        QTest.keyClick(focus(), Key.Key_Backtab)
        assert desk.window.setter.isAncestorOf(focus())


@pytest.mark.parametrize(("width", "height"), [(1200, 800), (900, 600), (2400, 1300)])
def test_the_setter_stands_within_the_window_below_the_button(desk: Desk, width: int, height: int) -> None:
    window = desk.window
    press(Key.Key_S, chord=CONTROL)
    window.resize(width, height)
    QApplication.processEvents()
    setter = window.setter
    corner = setter.mapTo(window, QPoint(0, 0))
    end = setter.mapTo(window, QPoint(setter.width(), setter.height()))
    assert corner.y() >= window.top.own.mapTo(window, QPoint(0, window.top.own.height())).y()
    assert (corner.x() >= 0, end.x() <= window.width(), end.y() <= window.height()) == (True, True, True)


def test_the_board_does_not_move_when_the_setter_opens(desk: Desk) -> None:
    before = desk.window.board.visualRect(desk.window.proxy.index(5, 0))
    press(Key.Key_S, chord=CONTROL)
    QApplication.processEvents()
    assert desk.window.board.visualRect(desk.window.proxy.index(5, 0)) == before


def test_the_button_says_what_is_set_and_how_it_stands(desk: Desk) -> None:
    own = desk.window.top.own
    assert own.text() == "Available"
    wish = Wish(1, HOME, Presence(PresenceState.AWAY, "a very long reason to be away today"), NOW, Standing.SENT)
    desk.window.own_changed((OwnStatus(HOME, FREE, True, wish),))
    assert own.text() == "Away · a very long reas…"
    interface = QAccessible.queryAccessibleInterface(own)
    assert interface is not None
    said = interface.text(QAccessible.Text.Name)
    assert said == "My status: Away · a very long reason to be away today, Waiting for the PBX"
    desk.window.resize(900, 600)
    QApplication.processEvents()
    right = own.mapTo(desk.window, own.rect().topRight()).x()
    assert right < 900
    assert own.width() >= own.minimumSizeHint().width()


def test_the_button_marks_what_others_do_not_see_yet(desk: Desk) -> None:
    own = desk.window.top.own
    seen = own.sizeHint().width()
    wish = Wish(1, HOME, FREE, NOW, Standing.SENT)
    desk.window.own_changed((OwnStatus(HOME, None, False, wish),))
    assert own.sizeHint().width() > seen


def test_the_setter_grows_with_what_it_shows(desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_S, chord=CONTROL)
    QApplication.processEvents()
    before = desk.window.setter.height()
    desk.window.setter.show_recents((Choice(Presence(PresenceState.DND, "", "Quarter close")),))
    qtbot.waitUntil(lambda: desk.window.setter.height() > before)


def test_the_keyboard_is_in_the_setter_even_before_something_can_be_set(desk: Desk) -> None:
    chosen: list[Choice] = []
    desk.window.status_chosen.connect(chosen.append)
    desk.window.cannot_set_status("The PBX is still being connected")
    press(Key.Key_S, chord=CONTROL)
    write("4")
    assert desk.window.top.search.edit.text() == ""
    desk.window.cannot_set_status("")
    write("4")
    assert chosen == [Choice(Presence(PresenceState.XA))]
    desk.window.cannot_set_status("No more")
    press(Key.Key_Escape)
    assert not is_open(desk)
