# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The model and its proxy: what they tell, what they gather, and that nobody jumps away under the mouse."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from board.events import Address
from board.models.board_proxy import BoardProxy
from board.models.tile_model import TileModel, TileRole
from board.roster.arrangement import Section
from board.roster.categories import Category, Tally
from board.roster.ordering import Order
from board.roster.roster import Roster
from board.roster.tile import Since, Tile, TileChanged
from board.states import DeviceState, PresenceState
from tests.fakes import office
from tests.gui.conftest import NOW

Fatal = QAbstractItemModelTester.FailureReportingMode.Fatal


class Board:
    """A model and a proxy under Qt's own tester, over a settled office."""

    def __init__(self, tiles: int, frame_ms: float = 0, *, tested: bool = True) -> None:
        self.roster = Roster(office.contacts(tiles))
        self.model = TileModel(self.roster.tiles, lambda: NOW, frame_ms)
        self.proxy = BoardProxy(self.model)
        models = (self.model, self.proxy) if tested else ()
        self.testers = [QAbstractItemModelTester(model, Fatal) for model in models]
        self.apply(office.settled(self.roster, NOW))

    def apply(self, changes: list[TileChanged]) -> None:
        self.model.apply(changes)

    def put(self, extension: str, **changes: object) -> None:
        """Replace a tile by one with `changes`."""
        tile = self.roster.tile(Address("office", extension))
        row = self.model.row(Address("office", extension))
        assert tile is not None
        assert row is not None
        before = self.model.latest(row)
        self.apply([TileChanged(before, replace(before, **changes), NOW)])  # type: ignore[arg-type]

    def names(self) -> list[str]:
        return [self.proxy.tile(row).contact.name for row in range(self.proxy.rowCount())]


@pytest.fixture
def board(qapp: QApplication) -> Board:
    return Board(36)


def test_every_role_of_every_row_answers(board: Board) -> None:
    for row in range(board.model.rowCount()):
        index = board.model.index(row)
        tile = index.data(TileRole.TILE)
        assert isinstance(tile, Tile)
        assert index.data() == tile.contact.name
        assert index.data(TileRole.NUMBER) == tile.contact.address.extension
        assert index.data(TileRole.GROUP) == tile.contact.group
        assert tile.contact.address.extension in index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
        assert index.data(Qt.ItemDataRole.DecorationRole) is None
    assert board.model.data(QModelIndex()) is None


def test_a_screen_reader_hears_both_marks_and_the_message(board: Board) -> None:
    said = board.model.index(1).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert said.startswith("In a call, Away · at home, Sick with the flu")


def test_a_tool_tip_holds_the_whole_note_and_is_no_markup(board: Board) -> None:
    note = "<img src=x> " + "very long " * 30 + "END"
    board.put("2001", message=note)
    tip = board.model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "END" in tip
    assert "&lt;img" in tip
    assert "<img" not in tip


def test_changes_of_one_frame_come_as_one_burst(qtbot: QtBot) -> None:
    board = Board(36, frame_ms=40)
    qtbot.waitUntil(lambda: not board.model._timer.isActive())
    bursts = QSignalSpy(board.model.counted)
    changed = QSignalSpy(board.model.dataChanged)
    moves = office.moves(board.roster, NOW)
    for _ in range(200):
        event = next(moves)
        board.apply(list(board.roster.apply(event, event.at)))
    assert bursts.count() <= 1
    qtbot.waitUntil(lambda: not board.model._timer.isActive())
    assert bursts.count() <= 2
    assert 1 <= changed.count() <= 4
    assert list(board.model.tiles) == list(board.roster.tiles)


def test_the_first_change_after_quiet_is_shown_at_once(board: Board) -> None:
    board.put("2003", device=DeviceState.RINGING)
    assert board.model.tile(3).device is DeviceState.RINGING


def test_a_change_is_told_for_its_rows_only(board: Board) -> None:
    changed = QSignalSpy(board.model.dataChanged)
    tiles = [board.model.tile(row) for row in (3, 4, 9)]
    board.apply([TileChanged(t, replace(t, message="new"), NOW) for t in tiles])
    runs = [(changed.at(i)[0].row(), changed.at(i)[1].row()) for i in range(changed.count())]
    assert runs == [(3, 4), (9, 9)]


def test_a_stranger_is_left_out(board: Board) -> None:
    stranger = replace(board.model.tile(0).contact, address=Address("elsewhere", "2000"))
    board.apply([TileChanged(None, Tile(stranger), NOW)])
    assert board.model.rowCount() == 36


def test_the_tally_follows_the_model(board: Board) -> None:
    fresh = Tally(board.model.tiles).counts()
    kept = board.model.tally.counts()
    assert [kept.of(c) for c in Category] == [fresh.of(c) for c in Category]


def test_sections_follow_the_configuration_and_add_up(board: Board) -> None:
    sections = board.proxy.sections()
    assert [s.title for s in sections] == ["Favourites", "Support", "Sales", "Floor 2", "Warehouse", "No group"]
    assert sum(s.shown for s in sections) == board.proxy.rowCount() == 36


def test_without_groups_there_is_one_section_without_a_heading(qapp: QApplication) -> None:
    contacts = [replace(c, group="", favourite=False) for c in office.contacts(5)]
    proxy = BoardProxy(TileModel(Roster(contacts).tiles, lambda: NOW))
    assert proxy.sections() == [Section("", 5, 5)]


def test_a_search_narrows_and_its_sections_say_of_how_many(board: Board) -> None:
    board.proxy.search("dvorak")
    assert board.names() == ["Tereza Dvořák"]
    assert [(s.shown, s.total) for s in board.proxy.sections()] == [(1, 8)]
    board.proxy.search("")
    assert board.proxy.rowCount() == 36


def test_a_category_shows_whom_it_counts(board: Board) -> None:
    for category in Category:
        board.proxy.show_category(category)
        assert board.proxy.rowCount() == board.model.tally.counts().of(category)


def test_a_group_keeps_its_favourites_under_its_own_heading(board: Board) -> None:
    board.proxy.show_group("Support")
    assert [s.title for s in board.proxy.sections()] == ["Support"]
    assert "Amelia Novak" in board.names()


def test_each_order_sorts_within_the_sections(board: Board) -> None:
    board.proxy.show_group("Sales")
    assert board.names() == sorted(board.names())
    board.proxy.order_by(Order.NUMBER)
    numbers = [board.proxy.tile(row).contact.address.extension for row in range(board.proxy.rowCount())]
    assert numbers == sorted(numbers)
    board.proxy.order_by(Order.FREE_FIRST)
    free = [
        Category.FREE in Tally([board.proxy.tile(row)]).counts().by_category for row in range(board.proxy.rowCount())
    ]
    assert free == sorted(free, reverse=True)
    assert free[0]
    assert not free[-1]


def test_who_becomes_free_moves_up_by_itself(board: Board) -> None:
    board.proxy.order_by(Order.FREE_FIRST)
    board.proxy.show_group("Sales")
    last = board.names()[-1]
    extension = board.proxy.tile(board.proxy.rowCount() - 1).contact.address.extension
    board.put(
        extension,
        device=DeviceState.IDLE,
        device_since=Since(NOW, False),
        presence=PresenceState.AVAILABLE,
        stale=False,
        reason="",
    )
    assert board.names().index(last) < 5


def test_while_held_nobody_moves_or_vanishes_but_all_show_their_state(board: Board) -> None:
    board.proxy.order_by(Order.FREE_FIRST)
    board.proxy.show_category(Category.FREE)
    before = board.names()
    gone = board.proxy.tile(0).contact
    board.proxy.hold(True)
    board.put(gone.address.extension, device=DeviceState.IN_USE)
    assert board.names() == before
    assert board.proxy.tile(0).device is DeviceState.IN_USE
    board.proxy.hold(False)
    assert board.names() == before[1:]


def test_what_is_asked_for_while_held_is_done_at_once(board: Board) -> None:
    board.proxy.hold(True)
    board.proxy.search("dvorak")
    assert board.names() == ["Tereza Dvořák"]


def test_an_index_leads_back_to_its_tile(board: Board) -> None:
    address = Address("office", "2012")
    index = board.proxy.index_of(address)
    assert board.proxy.tile(index.row()).contact.address == address
    board.proxy.search("dvorak")
    assert not board.proxy.index_of(address).isValid()
    assert not board.proxy.index_of(Address("elsewhere", "1")).isValid()


def test_three_thousand_rows_are_fine(qapp: QApplication) -> None:
    board = Board(3000, tested=False)
    start = time.perf_counter()
    for text in ("a", "an", "ana", ""):
        board.proxy.search(text)
    board.proxy.order_by(Order.FREE_FIRST)
    assert time.perf_counter() - start < 5
    assert sum(s.shown for s in board.proxy.sections()) == 3000
