# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The switchboard as its user meets it: keys, mouse, what appears and what stays."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged
from board.pidf.document import Document
from board.roster.categories import Category
from board.roster.ordering import Order
from board.roster.tile import Tile
from board.states import DeviceState, PbxState, PresenceState, Subscription
from board.ui.density import COMFORTABLE, COMPACT, Packing
from board.ui.look import Look, Scheme
from board.ui.theme import Role
from board.ui.tile_picture import PLAIN, Frame, Mood
from board.ui.top_bar import TopBar
from tests.fakes import office
from tests.gui.conftest import NOW, Desk
from tests.gui.hands import focus, press, texts, write

OpenDesk = Callable[..., Desk]
Key = Qt.Key


@pytest.fixture
def desk(open_desk: OpenDesk, qtbot: QtBot) -> Desk:
    made = open_desk()
    show(made, qtbot)
    return made


def show(desk: Desk, qtbot: QtBot, width: int = 1400, height: int = 900) -> None:
    desk.window.resize(width, height)
    with qtbot.waitExposed(desk.window):
        desk.window.show()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)


def chosen(desk: Desk) -> str:
    index = desk.window.board.currentIndex()
    return desk.window.proxy.tile(index.row()).contact.name if index.isValid() else ""


def notify(desk: Desk, extension: str, device: DeviceState, presence: PresenceState | None = None) -> None:
    event = StateNotified(
        Address("office", extension), Document("application/pidf+xml", device=device, presence=presence), desk.clock.now
    )
    desk.window.tiles_changed(desk.roster.apply(event, desk.clock.now))
    desk.window.model.flush()


# -- keys


def test_typing_on_the_board_searches_at_once_and_esc_goes_back_step_by_step(desk: Desk) -> None:
    write("dvo")
    assert desk.window.top.search.edit.text() == "dvo"
    assert desk.shown() == ["Tereza Dvořák"]
    assert chosen(desk) == "Tereza Dvořák"
    press(Key.Key_Backspace)
    assert desk.window.top.search.edit.text() == "dv"
    press(Key.Key_Escape)
    assert desk.window.top.search.edit.text() == ""
    assert len(desk.shown()) == 36
    press(Key.Key_Escape)
    assert focus() is desk.window.board


def test_typing_works_wherever_the_focus_is(desk: Desk) -> None:
    for start in (desk.window.details, desk.window.top.order, desk.window.board):
        start.setFocus()
        write("no")
        assert desk.window.top.search.edit.text() == "no"
        press(Key.Key_Escape)


def test_a_chord_is_no_typing(desk: Desk) -> None:
    QTest.keyClick(focus(), Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.top.search.edit.text() == ""


def test_arrows_move_on_the_board_while_the_search_has_the_focus(desk: Desk) -> None:
    write("sales")
    first = chosen(desk)
    assert first == desk.shown()[0]
    press(Key.Key_Down)
    assert chosen(desk) not in ("", first)
    press(Key.Key_Up)
    assert chosen(desk) == first
    assert focus() is desk.window.top.search.edit


def test_arrows_cross_sections_and_stop_at_the_ends(desk: Desk) -> None:
    press(Key.Key_Home)
    assert chosen(desk) == "Amelia Novak"
    press(Key.Key_Left, Key.Key_Up)
    assert chosen(desk) == "Amelia Novak"
    for _ in range(40):
        press(Key.Key_Right)
    assert chosen(desk) == desk.shown()[-1]
    press(Key.Key_End, Key.Key_Down)
    assert chosen(desk) == desk.shown()[-1]
    press(Key.Key_PageUp)
    assert chosen(desk) != desk.shown()[-1]


def test_the_chosen_tile_is_scrolled_into_sight(desk: Desk) -> None:
    board = desk.window.board
    for key in (Key.Key_End, Key.Key_Home, Key.Key_PageDown):
        press(key)
        assert board.viewport().rect().contains(board.visualRect(board.currentIndex()))


def test_the_first_tile_in_sight_stays_there_when_the_width_changes(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(200)
    show(desk, qtbot, 1800, 800)
    board = desk.window.board
    board.verticalScrollBar().setValue(900)
    row = board._visible().start
    place = board.visualRect(desk.window.proxy.index(row, 0)).y()
    desk.window.resize(1000, 800)
    assert board.verticalOffset() > 900
    assert board.visualRect(desk.window.proxy.index(row, 0)).y() == place


def test_who_leaves_the_filter_stays_in_the_details_and_is_chosen_again_when_back(desk: Desk) -> None:
    window = desk.window
    QTest.keyClick(window, Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    row = window.proxy.rowCount() // 2
    window.board.setCurrentIndex(window.proxy.index(row, 0))
    name, extension = chosen(desk), window.proxy.tile(row).contact.address.extension
    notify(desk, extension, DeviceState.IN_USE)
    assert chosen(desk) == ""
    assert name in texts(window.details)
    window.top.search.setFocus()
    window.board.setFocus()
    assert name in texts(window.details)
    notify(desk, extension, DeviceState.IDLE)
    assert chosen(desk) == name


def test_enter_opens_the_details_and_esc_leads_back(desk: Desk) -> None:
    write("dvorak")
    press(Key.Key_Return)
    assert focus() is desk.window.details
    press(Key.Key_Escape)
    assert focus() is desk.window.board
    press(Key.Key_Return)
    assert focus() is desk.window.details


def test_a_control_digit_filters_and_esc_shows_all_again(desk: Desk) -> None:
    QTest.keyClick(focus(), Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.proxy.arrangement.category is Category.IN_CALL
    assert desk.window.proxy.rowCount() == desk.window.model.tally.counts().of(Category.IN_CALL)
    press(Key.Key_Escape)
    assert desk.window.proxy.arrangement.category is None
    assert len(desk.shown()) == 36


# -- the mouse


def test_every_control_can_be_used_from_the_keyboard(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.window.top.search.setFocus()
    press(Key.Key_Tab)
    assert focus() is desk.window.top._chips[0]
    press(Key.Key_Right, Key.Key_Return)
    assert desk.window.proxy.arrangement.category is Category.FREE
    desk.window.top.order.setFocus()
    opened: list[QPoint] = []
    monkeypatch.setattr(desk.window.top.order.menu, "popup", opened.append)
    press(Key.Key_Down, Key.Key_Return, Key.Key_Space)
    assert len(opened) == 3
    assert desk.window.top.order.menu.activeAction().text() == "Name"
    desk.window.top.group.setFocus()
    press(Key.Key_Up)
    assert focus() is desk.window.board
    QTest.keyClick(desk.window, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert focus() is desk.window.top.search.edit


@pytest.mark.parametrize("number", [0, 1])
def test_a_pill_shows_its_focus_whether_checked_or_not(desk: Desk, number: int) -> None:
    chip = desk.window.top._chips[number]
    before = chip.grab().toImage()
    chip.setFocus()
    after = chip.grab().toImage()
    changed = sum(
        before.pixel(x, y) != after.pixel(x, y) for x in range(before.width()) for y in range(before.height())
    )
    assert changed > 2 * (before.width() + before.height())


def test_a_click_chooses_and_the_tiles_rest_while_the_mouse_moves(desk: Desk) -> None:
    window, board = desk.window, desk.window.board
    window.order_by(Order.FREE_FIRST)
    place = board.visualRect(window.proxy.index(0, 0)).center()
    before = desk.shown()
    QTest.mouseMove(board.viewport(), place - QPoint(5, 0))
    QTest.mouseMove(board.viewport(), place)
    notify(desk, window.proxy.tile(0).contact.address.extension, DeviceState.IN_USE)
    assert desk.shown() == before
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen(desk) == before[0]
    window.proxy.hold(False)
    board._rest.stop()
    assert desk.shown() != before


def test_every_point_of_a_tile_is_that_tile(desk: Desk) -> None:
    board, proxy = desk.window.board, desk.window.proxy
    for row in range(6):
        rect = board.visualRect(proxy.index(row, 0))
        assert {board.indexAt(p).row() for p in (rect.topLeft(), rect.center(), rect.bottomRight())} == {row}
    assert not board.indexAt(QPoint(2, 2)).isValid()


# -- what is shown


def test_the_chips_count_and_keep_up(desk: Desk) -> None:
    counts = desk.window.model.tally.counts()
    chips = {chip.text(): chip.accessibleName() for chip in desk.window.top._chips}
    assert chips["All"] == "All, 36"
    assert chips["Free"] == f"Free, {counts.of(Category.FREE)}"
    notify(desk, "2000", DeviceState.RINGING)
    chips = {chip.text(): chip.accessibleName() for chip in desk.window.top._chips}
    assert chips["Free"] == f"Free, {counts.of(Category.FREE) - 1}"
    assert chips["Ringing"] == f"Ringing, {counts.of(Category.RINGING) + 1}"


def test_the_chip_for_what_is_not_live_shows_only_when_there_is_some(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(3)
    show(desk, qtbot)
    assert not desk.window.top._chips[-1].isVisible()
    address = Address("office", "2000")
    silent = SubscriptionChanged(address, Subscription.ACTIVE, True, "PBX silent", NOW)
    desk.window.tiles_changed(desk.roster.apply(silent, NOW))
    assert desk.window.top._chips[-1].isVisible()


def test_the_details_follow_the_chosen_tile(desk: Desk) -> None:
    write("2001")
    said = texts(desk.window.details)
    assert said[:2] == ["Bob Brown", "2001 · Support · PBX office"]
    assert "In a call for 0:44" in said
    assert "Away · at home" in said
    assert "“Sick with the flu. Out until the 18th”" in said
    desk.clock.now += 10
    desk.window.tick()
    assert "In a call for 0:54" in texts(desk.window.details)
    notify(desk, "2001", DeviceState.IDLE)
    said = texts(desk.window.details)
    assert "Free" in said
    assert "In a call, 54 s" in said


def test_the_details_of_a_tile_that_may_be_old_say_so_and_claim_nothing(desk: Desk) -> None:
    silent = SubscriptionChanged(Address("office", "2000"), Subscription.ACTIVE, True, "PBX silent for 14 s", NOW)
    desk.window.tiles_changed(desk.roster.apply(silent, NOW))
    write("2000")
    said = texts(desk.window.details)
    assert "May be old: PBX silent for 14 s" in said
    assert said[said.index("Phone") + 1] == "Last known: free"


def test_nobody_matches_says_so_and_shows_everybody_again(desk: Desk) -> None:
    write("zzz")
    assert "Nobody matches “zzz”" in texts(desk.window.empty)
    assert desk.window.empty.isVisible()
    QTest.mouseClick(desk.window.empty._reset, Qt.MouseButton.LeftButton)
    assert len(desk.shown()) == 36
    assert not desk.window.empty.isVisible()


def test_an_empty_kind_says_so_and_fills_by_itself(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(1)
    show(desk, qtbot)
    desk.window.top.check(Category.DND)
    assert "Nobody asks not to be disturbed at the moment" in texts(desk.window.empty)
    notify(desk, "2000", DeviceState.IDLE, PresenceState.DND)
    assert desk.shown() == ["Amelia Novak"]
    assert not desk.window.empty.isVisible()


def test_a_board_without_contacts_says_what_to_do(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(0, settled=False)
    show(desk, qtbot)
    said = texts(desk.window.empty)
    assert said[0] == "Nobody is on the board yet"
    assert "[[contact]]" in said[1]
    assert not desk.window.empty._reset.isVisible()


def test_before_the_first_word_of_a_pbx_all_wait(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(5, settled=False)
    show(desk, qtbot)
    assert texts(desk.window.health) == ["office: connecting"]
    write("2000")
    assert "Waiting for the PBX" in texts(desk.window.details)


def test_a_fault_of_a_pbx_stands_in_full_at_the_foot(desk: Desk) -> None:
    reason = "connection refused by 192.0.2.1:5060: is Asterisk running there? Trying again every 5 s"
    desk.window.pbx_changed(PbxChanged("office", PbxState.SILENT, reason, "", 0, 36, None, NOW))
    (line,) = (text for text in texts(desk.window.health) if reason in text)
    assert line.startswith("office: silent")


def test_time_runs_only_while_the_window_is_to_be_seen(desk: Desk) -> None:
    assert desk.window._ticker.isActive()
    desk.window.hide()
    assert not desk.window._ticker.isActive()


# -- painting


def picture(desk: Desk) -> QImage:
    return desk.window.board.viewport().grab().toImage()


def test_a_change_repaints_its_tile_and_no_other(desk: Desk, qtbot: QtBot) -> None:
    board = desk.window.board
    painted: list[str] = []
    draw = board._painter.draw

    def spy(painter: QPainter, x: int, y: int, frame: Frame, tile: Tile, mood: Mood = PLAIN) -> None:
        painted.append(tile.contact.name)
        draw(painter, x, y, frame, tile, mood)

    board._painter.draw = spy  # type: ignore[method-assign]
    write("floor")
    # Neighbours in the roster, the last and the first by name: a proxy tells of all rows between them, too.
    assert (desk.shown()[-1], desk.shown()[0]) == ("Zoë van Dijk", "Ana Silva")
    for _ in range(3):
        QApplication.processEvents()
    painted.clear()
    ringing = Document("application/pidf+xml", device=DeviceState.RINGING)
    events = [StateNotified(Address("office", extension), ringing, NOW) for extension in ("2025", "2026")]
    desk.window.tiles_changed([change for event in events for change in desk.roster.apply(event, NOW)])
    desk.window.model.flush()
    qtbot.waitUntil(lambda: len(painted) >= 2)
    assert set(painted) == {"Zoë van Dijk", "Ana Silva"}


def test_a_second_repaints_running_times_only(desk: Desk, qtbot: QtBot) -> None:
    before = picture(desk)
    desk.clock.now += 1
    desk.window.tick()
    after = picture(desk)
    board, proxy = desk.window.board, desk.window.proxy
    for row in range(8):
        tile, rect = proxy.tile(row), board.visualRect(proxy.index(row, 0))
        running = tile.device is not DeviceState.IDLE and tile.device is not DeviceState.UNAVAILABLE and not tile.stale
        assert (before.copy(rect) != after.copy(rect)) == running, tile.contact.name


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_stale_tile_has_nothing_of_the_colour_of_free(
    open_desk: OpenDesk, qtbot: QtBot, look: Look, scheme: Scheme
) -> None:
    look.choose(scheme)
    desk = open_desk(1)
    show(desk, qtbot)
    board = desk.window.board
    tone = look.theme.device[DeviceState.IDLE]

    def greens() -> int:
        image = picture(desk).copy(board.visualRect(desk.window.proxy.index(0, 0)))
        wanted = {QColor(c).rgb() for c in (tone.tint, tone.text, tone.mark)}
        return sum(image.pixel(x, y) in wanted for x in range(image.width()) for y in range(image.height()))

    notify(desk, "2000", DeviceState.IDLE, PresenceState.AVAILABLE)
    assert greens() > 1000
    silent = SubscriptionChanged(Address("office", "2000"), Subscription.ACTIVE, True, "PBX silent for 14 s", NOW)
    desk.window.tiles_changed(desk.roster.apply(silent, NOW))
    desk.window.model.flush()
    assert greens() == 0


def test_the_theme_changes_while_the_window_stands(desk: Desk, look: Look) -> None:
    corner = QPoint(2, 2)
    assert picture(desk).pixelColor(corner) == look.color(Role.SURFACE)
    look.choose(Scheme.DARK)
    assert look.theme.dark
    assert picture(desk).pixelColor(corner) == look.color(Role.SURFACE)


def test_the_smallest_window_still_has_two_columns_and_all_chips(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(20)
    show(desk, qtbot, 900, 600)
    window = desk.window
    assert (window.width(), window.height()) == (900, 600)
    assert window.board._grid.row_at(500, 60) == 1
    for chip in window.top._chips:
        if chip.isVisible():
            right = chip.mapTo(window, QPoint(chip.width(), 0)).x()
            assert right <= 900
            assert chip.width() >= chip.sizeHint().width()


def test_awkward_texts_are_painted_without_a_word_of_complaint(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(40, awkward=True)
    show(desk, qtbot)
    assert not picture(desk).isNull()


# -- a screen reader


def test_a_screen_reader_finds_every_tile_as_an_item_of_a_list(desk: Desk) -> None:
    interface = QAccessible.queryAccessibleInterface(desk.window.board)
    assert interface is not None
    assert interface.role() is QAccessible.Role.List
    names = [interface.child(row).text(QAccessible.Text.Name) for row in range(interface.childCount())]
    assert len(names) == 36
    assert names[0] == "Amelia Novak, 2000"
    child = interface.child(1)
    assert child.text(QAccessible.Text.Description).startswith("In a call, Away · at home")
    rect = desk.window.board.visualRect(desk.window.proxy.index(1, 0))
    assert child.rect().size() == rect.size()


def test_changes_are_taken_in_while_a_screen_reader_listens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    write("2001")
    notify(desk, "2001", DeviceState.IDLE, PresenceState.DND)
    notify(desk, "2005", DeviceState.RINGING)
    assert told == ["Bob Brown: Free, Do not disturb"]


def test_every_control_has_a_name_for_a_screen_reader(desk: Desk) -> None:
    top = desk.window.top
    for control in (*top._chips, top.group, top.order, top.scheme, top.search.edit, desk.window.details):
        interface = QAccessible.queryAccessibleInterface(control)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name)


def test_office_moves_go_through_the_window(desk: Desk, qtbot: QtBot) -> None:
    moves = office.moves(desk.roster, NOW)
    for _ in range(300):
        event = next(moves)
        desk.window.tiles_changed(desk.roster.apply(event, event.at))
    qtbot.waitUntil(lambda: list(desk.window.model.tiles) == list(desk.roster.tiles))


# -- how close tiles stand


def test_the_tiles_are_packed_closer_by_a_key_and_by_the_menu(open_desk: OpenDesk, qtbot: QtBot) -> None:
    desk = open_desk(120)
    show(desk, qtbot)
    window, board = desk.window, desk.window.board
    board.verticalScrollBar().setValue(700)
    first = board._visible().start
    place = board.visualRect(window.proxy.index(first, 0)).y()
    assert board._grid.tile_height == COMFORTABLE.height
    QTest.keyClick(focus(), Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert board._grid.tile_height == COMPACT.height
    assert board.visualRect(window.proxy.index(first, 0)).y() == place
    assert checked(window.top) == "Compact"
    QTest.keyClick(focus(), Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert (board._grid.tile_height, checked(window.top)) == (COMFORTABLE.height, "Comfortable")
    window.top.pack(Packing.AUTOMATIC)
    assert board._grid.tile_height == COMPACT.height


def checked(top: TopBar) -> str:
    return [action.text() for action in top.scheme.menu.actions() if action.isChecked()][-1]
