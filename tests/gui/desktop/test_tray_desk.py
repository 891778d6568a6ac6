# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tray opens, what stays in it, and what happens where there is none."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from board.desktop import tray_desk
from board.desktop.own_desk import OwnDesk
from board.desktop.tray_desk import TrayDesk
from board.desktop.windows import Windows
from board.loop import Tasks
from board.preset_file import PresetKeeper
from board.status.preset import OFFICE
from board.ui.look import Look
from board.ui.placement import Told
from board.ui.status_window import StatusWindow, beside
from board.ui.tray import Tray
from board.view import View
from tests.gui.conftest import Clock


class Desk:
    """A status window, its tray and another window; `there` is whether the desktop has a tray."""

    def __init__(self, look: Look, clock: Clock, folder: Path, *, keeps_all: bool) -> None:
        self.tray = Tray(look)
        makers: dict[View, Callable[[], QMainWindow]] = {View.STATUS: self._status, View.WALL: lambda: QMainWindow()}
        self.windows = Windows(makers, lambda view: self.desk.keeps(view))
        own = OwnDesk(Tasks(), PresetKeeper(folder / "presets.toml"))
        self.desk = TrayDesk(self.tray, self.windows, own, Told(folder / "window.ini"), keeps_all=keeps_all)
        self._look, self._clock = look, clock
        self.emptied: list[bool] = []
        self.windows.emptied.connect(lambda: self.emptied.append(True))

    def _status(self) -> QMainWindow:
        window = StatusWindow(self._look, self._clock)
        self.desk.start(window)
        return window

    @property
    def window(self) -> QMainWindow:
        return self.windows.get(View.STATUS)

    def close(self) -> None:
        self.windows.hide_all()
        self.tray.hide()
        for widget in (*(self.windows.get(view) for view in self.windows.views), self.tray.menu):
            widget.deleteLater()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(Tray, "tell", lambda _tray, heading, _text, *_: said.append(heading))
    return said


@pytest.fixture
async def desk(
    request: pytest.FixtureRequest, look: Look, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    there, keeps_all = getattr(request, "param", (True, False))
    monkeypatch.setattr(Tray, "is_there", there)
    made = Desk(look, clock, tmp_path, keeps_all=keeps_all)
    yield made
    made.close()


async def test_closing_the_status_goes_into_the_tray_and_says_so_once(
    desk: Desk, told: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    for _ in range(2):
        desk.windows.show(View.STATUS)
        desk.window.close()
        assert not desk.window.isVisible()
    assert told == ["Presence board"]
    assert not Told(tmp_path / "window.ini").first("tray")  # nor in the next run
    qtbot.wait(1)
    assert desk.emptied == []


@pytest.mark.parametrize("desk", [(False, True)], indirect=True)
async def test_without_a_tray_closing_is_the_end(desk: Desk, told: list[str], qtbot: QtBot) -> None:
    desk.windows.show(View.STATUS)
    with qtbot.waitSignal(desk.windows.emptied):
        desk.window.close()
    assert told == []


@pytest.mark.parametrize(("desk", "kept"), [((True, False), False), ((True, True), True)], indirect=["desk"])
async def test_other_windows_are_kept_where_that_is_wanted(desk: Desk, told: list[str], kept: bool) -> None:
    assert desk.desk.keeps(View.WALL) is kept


async def test_a_click_opens_the_setter_and_esc_puts_it_away(desk: Desk, told: list[str]) -> None:
    window = desk.window
    assert isinstance(window, StatusWindow)
    desk.tray.opened.emit(QRect())
    assert window.isVisible()
    window.escaped.emit()
    assert not window.isVisible()


async def test_the_menu_offers_the_presets(desk: Desk) -> None:
    assert desk.window.windowTitle() == "My status"
    offered = [action.text() for action in desk.tray.menu.actions()]
    assert [preset.name for preset in OFFICE if preset.name not in offered] == []


@pytest.mark.parametrize("desk", [(False, False)], indirect=True)
async def test_a_hidden_start_shows_itself_where_no_tray_comes(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray_desk, "GRACE_MS", 1)
    shown: list[bool] = []
    desk.desk.wait_for_tray(lambda: shown.append(True))
    qtbot.waitUntil(lambda: shown == [True])


async def test_a_hidden_start_stays_in_the_tray(desk: Desk, qtbot: QtBot) -> None:
    shown: list[bool] = []
    desk.desk.wait_for_tray(lambda: shown.append(True))
    qtbot.wait(5)
    assert shown == []


ROOM = QRect(0, 0, 1000, 800)


@pytest.mark.parametrize(
    ("icon", "place"),
    [
        (QRect(980, 780, 20, 20), QPoint(699, 172)),  # bottom right: above it, within the screen
        (QRect(980, 0, 20, 20), QPoint(699, 27)),  # top right: below it
        (QRect(0, 400, 20, 20), QPoint(0, 0)),
    ],
)
def test_the_setter_stands_beside_the_icon(icon: QRect, place: QPoint) -> None:
    frame = QRect(0, 0, 300, 600)
    found = beside(icon, frame, ROOM)
    assert found == place
    assert ROOM.contains(QRect(found, frame.size()))


def test_where_the_icon_is_not_known_the_window_stays(look: Look, clock: Clock, qapp: QWidget) -> None:
    window = StatusWindow(look, clock)
    before = window.pos()
    window.move_beside(QRect())
    assert window.pos() == before
    window.deleteLater()
