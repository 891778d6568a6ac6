# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Several windows in one program: opened once each, fed alike, and the end when none is left."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from board.desktop.windows import Windows
from board.events import PbxChanged
from board.roster.roster import Roster
from board.states import PbxState
from board.ui.look import Look
from board.ui.placement import Placement
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from board.view import View
from tests.fakes import office
from tests.gui.conftest import Clock

SWITCHBOARD, WALL = View.SWITCHBOARD, View.WALL
OpenWindows = Callable[..., Windows]
OFFSCREEN = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def roster() -> Roster:
    return Roster(office.contacts(6))


@pytest.fixture
def open_windows(roster: Roster, look: Look, clock: Clock) -> Iterator[OpenWindows]:
    made: list[Windows] = []

    def make(kept: set[View] | None = None, place: Callable[[View], Placement] | None = None) -> Windows:
        makers: dict[View, Callable[[], QMainWindow]] = {
            SWITCHBOARD: lambda: MainWindow(roster.tiles, look, clock),
            WALL: lambda: WallWindow(roster.tiles, look, clock),
        }
        made.append(Windows(makers, (kept or set()).__contains__, place))
        return made[-1]

    yield make
    for windows in made:
        windows.hide_all()
        for view in windows.views:
            windows.get(view).deleteLater()


def names(window: QMainWindow) -> list[str]:
    assert isinstance(window, MainWindow | WallWindow)
    return [window.proxy.tile(row).contact.name for row in range(window.proxy.rowCount())]


@OFFSCREEN
def test_a_view_is_opened_once(open_windows: OpenWindows, qtbot: QtBot) -> None:
    windows = open_windows()
    windows.show(SWITCHBOARD)
    first = windows.get(SWITCHBOARD)
    first.showMinimized()
    windows.show(SWITCHBOARD)
    assert windows.get(SWITCHBOARD) is first
    assert first.isVisible()
    assert not first.isMinimized()


def test_a_window_that_is_opened_later_shows_the_same(
    open_windows: OpenWindows, roster: Roster, clock: Clock, qtbot: QtBot
) -> None:
    windows = open_windows()
    windows.show(SWITCHBOARD)
    windows.tiles_changed(office.settled(roster, clock.now))
    windows.pbx_changed(PbxChanged("office", PbxState.REFUSED, "wrong password", "", 0, 6, None, clock.now))
    windows.show(WALL)
    wall = windows.get(WALL)
    assert isinstance(wall, WallWindow)
    assert sorted(names(wall)) == sorted(names(windows.get(SWITCHBOARD)))
    assert not wall.model.tile(0).stale
    assert "wrong password" in wall._alarm.text()


def test_the_last_window_ends_the_program(open_windows: OpenWindows, qtbot: QtBot) -> None:
    windows = open_windows()
    windows.show(SWITCHBOARD)
    windows.show(WALL)
    emptied: list[bool] = []
    windows.emptied.connect(lambda: emptied.append(True))
    with qtbot.waitSignal(windows.get(WALL).destroyed):
        windows.get(WALL).close()
    assert not emptied
    with qtbot.waitSignal(windows.emptied):
        windows.get(SWITCHBOARD).close()
    assert windows.views == set()


def test_a_kept_window_is_only_hidden(open_windows: OpenWindows, qtbot: QtBot) -> None:
    windows = open_windows({SWITCHBOARD})
    windows.show(SWITCHBOARD)
    window = windows.get(SWITCHBOARD)
    with qtbot.waitSignal(windows.put_away) as put_away, qtbot.assertNotEmitted(windows.emptied, wait=50):
        window.close()
    assert put_away.args == [SWITCHBOARD]
    assert not window.isVisible()
    windows.show(SWITCHBOARD)
    assert windows.get(SWITCHBOARD) is window
    assert window.isVisible()


@OFFSCREEN
def test_each_window_comes_back_where_it_stood(open_windows: OpenWindows, tmp_path: Path, qtbot: QtBot) -> None:
    def place(view: View) -> Placement:
        return Placement(tmp_path / "window.ini", view.value)

    windows = open_windows(place=place)
    windows.show(WALL)
    windows.get(WALL).setMinimumSize(10, 10)
    windows.get(WALL).resize(717, 515)
    with qtbot.waitSignal(windows.emptied):
        windows.get(WALL).close()
    again = windows.get(WALL)
    again.setMinimumSize(10, 10)
    assert (again.width(), again.height()) == (717, 515)


def test_ctrl_q_ends_the_program_from_every_window(open_windows: OpenWindows, qtbot: QtBot) -> None:
    windows = open_windows({SWITCHBOARD})
    for view in (SWITCHBOARD, WALL):
        windows.show(view)
        qtbot.waitUntil(windows.get(view).isActiveWindow)
        with qtbot.waitSignal(windows.quit_asked):
            QTest.keyClick(windows.get(view), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
