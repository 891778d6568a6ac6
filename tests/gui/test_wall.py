# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wall: counts, pages that turn, and a fault told in large letters."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from board.events import Address, PbxChanged, StateNotified
from board.pidf.document import Document
from board.resources import resources
from board.roster.categories import Category
from board.roster.roster import Roster
from board.states import DeviceState, PbxState
from board.ui.look import Look, Scheme
from board.ui.wall import WallWindow
from board.ui.wall_picture import name_lines
from tests.fakes import office
from tests.gui.conftest import NOW, Clock


class Wall:
    """A wall over a settled office."""

    def __init__(self, tiles: int, look: Look, clock: Clock) -> None:
        self.roster = Roster(office.contacts(tiles, awkward=True))
        self.window = WallWindow(self.roster.tiles, look, clock)
        self.window.tiles_changed(office.settled(self.roster, clock.now))


@pytest.fixture(params=[30, 400])
def wall(request: pytest.FixtureRequest, look: Look, clock: Clock, qtbot: QtBot) -> Iterator[Wall]:
    look.choose(Scheme.DARK)
    made = Wall(request.param, look, clock)
    made.window.resize(1280, 720)
    with qtbot.waitExposed(made.window):
        made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()


def test_the_head_says_how_many_there_are_of_each_kind(wall: Wall) -> None:
    counts = wall.window.model.tally.counts()
    said = wall.window.head.accessibleName()
    assert f"{counts.of(Category.FREE)} free" in said
    assert f"{counts.of(Category.IN_CALL)} in a call" in said
    event = StateNotified(Address("office", "2000"), Document("application/pidf+xml", device=DeviceState.BUSY), NOW)
    wall.window.tiles_changed(wall.roster.apply(event, NOW))
    wall.window.model.flush()
    assert f"{counts.of(Category.IN_CALL) + 1} in a call" in wall.window.head.accessibleName()


def test_every_tile_is_on_some_page_and_pages_turn_by_themselves(wall: Wall) -> None:
    board = wall.window.board
    seen: set[int] = set()
    for _ in range(board.pages):
        seen |= set(board._visible())
        before = board.page
        for _ in range(12):
            wall.window.tick()
        assert board.pages == 1 or board.page == (before + 1) % board.pages
    assert seen == set(range(wall.window.proxy.rowCount()))
    assert board.page == 0


def test_keys_turn_pages(wall: Wall) -> None:
    board = wall.window.board
    QTest.keyClick(wall.window, Qt.Key.Key_PageDown)
    assert board.page == (1 if board.pages > 1 else 0)
    QTest.keyClick(wall.window, Qt.Key.Key_PageUp)
    assert board.page == 0
    QTest.keyClick(wall.window, Qt.Key.Key_PageUp)
    assert board.page == board.pages - 1


def test_a_fault_is_told_in_large_letters_until_it_is_over(wall: Wall) -> None:
    alarm = wall.window._alarm
    assert not alarm.isVisible()
    wall.window.pbx_changed(PbxChanged("office", PbxState.SILENT, "no answer for 14 s", "", 0, 30, None, NOW))
    assert alarm.isVisible()
    assert alarm.text() == "office: no answer for 14 s"
    wall.window.pbx_changed(PbxChanged("office", PbxState.LIVE, "", "", 30, 30, 0.004, NOW))
    assert not alarm.isVisible()


def test_a_page_shows_whole_tiles_after_a_resize(wall: Wall) -> None:
    board = wall.window.board
    board.turn_to(board.pages - 1)
    for width, height in ((1400, 700), (1000, 640)):
        wall.window.resize(width, height)
        assert board.verticalOffset() == board.page * board.viewport().height()


def test_it_fits_any_screen_and_every_tile_has_a_picture(wall: Wall) -> None:
    for width, height in ((640, 360), (1024, 1280), (1920, 1080)):
        wall.window.resize(width, height)
        assert not wall.window.grab().isNull()


def test_no_name_of_the_demo_is_cut_off_on_the_wall(look: Look) -> None:
    names = re.findall(r'^name = "(.*)"$', (resources() / "demo" / "office.toml").read_text("utf-8"), re.MULTILINE)
    assert len(names) > 20
    letters = look.letters_at(2)  # a tile 300 wide, as 28 of them are at 1600 x 900
    for name in names:
        lines, kind = name_lines(letters, name, 216)
        assert all(letters.fits(line, kind, 216) for line in lines), name


def test_a_screen_reader_finds_every_tile(wall: Wall) -> None:
    interface = QAccessible.queryAccessibleInterface(wall.window.board)
    assert interface is not None
    assert interface.childCount() == wall.window.proxy.rowCount()
