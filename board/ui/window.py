# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The switchboard: bar on top, tiles, details, health of each PBX. It wires its widgets and holds no rules.

Fed by two slots, `tiles_changed` and `pbx_changed`; touches no network and no disk.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QScreen,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedLayout, QVBoxLayout, QWidget

from board.events import Address, PbxChanged
from board.links.own import OwnStatus
from board.models.board_proxy import BoardProxy
from board.models.tile_model import TileModel
from board.roster.history import History, Past
from board.roster.ordering import Order
from board.roster.tile import Tile, TileChanged
from board.roster.words import display_name, one_line, spoken_text
from board.ui.board_view import BoardView
from board.ui.density import COMPACT, Packing, density_of
from board.ui.details import SET_KEY, WIDTH, Details
from board.ui.empty import EmptyPage
from board.ui.health import HealthBar
from board.ui.keys import MOVING, is_typing
from board.ui.look import Look
from board.ui.others_setter import OthersSetter
from board.ui.own_pill import KEY as OWN_KEY
from board.ui.popover import Popover
from board.ui.setter import StatusSetter
from board.ui.tile_painter import TilePainter
from board.ui.tile_picture import TilePictures
from board.ui.top_bar import PACKING_KEY, TopBar
from board.ui.trim import Hairline, Split

_SECOND_MS = 1000


class MainWindow(QMainWindow):
    """The switchboard's window over `tiles`, the roster's as they are now; `clock` gives seconds since the epoch.

    `status_chosen` carries the Choice that the user made in `setter`, which drops down from the top right; recents and
    presets go to it directly. `status_chosen_for` carries the Address of somebody else and the Choice made in `others`,
    which drops down from the details where `allow_setting` lets it; `failure_seen` the Address of whom the user has
    read why a status failed.
    """

    status_chosen = Signal(object)
    status_chosen_for = Signal(object, object)
    failure_seen = Signal(object)

    def __init__(
        self, tiles: Sequence[Tile], look: Look, clock: Callable[[], float], packing: Packing = Packing.COMFORTABLE
    ) -> None:
        super().__init__()
        self._look = look
        self._history = History()
        self._chosen: Address | None = None
        self.model = TileModel(tiles, clock, parent=self)
        self.proxy = BoardProxy(self.model, self)
        self.top = TopBar(look, self.proxy.headings.groups)
        self._pictures = TilePictures(look)
        self.board = BoardView(self.proxy, TilePainter(self._pictures, look, clock, self), look)
        self.empty = EmptyPage(look)
        self.details = Details(look, clock)
        self.setter = StatusSetter(look, clock)
        self.others = OthersSetter(look, clock)
        self.health = HealthBar(look, clock)
        for pbx in dict.fromkeys(tile.contact.address.pbx for tile in tiles):
            self.health.expect(pbx)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_SECOND_MS)
        self._ticker.timeout.connect(self.tick)
        self._lay_out()
        self._wire()
        self.setWindowTitle("Presence board")
        self.setMinimumSize(900, 600)
        self.resize(1400, 880)
        self._counted()
        self._arranged()
        self.top.pack(packing)
        self.board.setFocus()

    # -- fed from outside

    def tiles_changed(self, changes: Iterable[TileChanged]) -> None:
        """Take in changed tiles; they are painted by the end of the screen's frame."""
        changes = list(changes)
        self._history.record(changes)
        self.health.tiles_changed(changes)
        self.model.apply(changes)
        if self._chosen is not None and any(change.tile.contact.address == self._chosen for change in changes):
            self._show_details()
            self._announce()
        if self.others.isVisible() and any(change.tile.contact.address == self.others.address for change in changes):
            self._show_others(self.others.address)

    def pbx_changed(self, health: PbxChanged) -> None:
        """Take in a PBX's new health."""
        self.health.pbx_changed(health)

    def own_changed(self, own: Sequence[OwnStatus]) -> None:
        """Take in how the user's own status stands at each PBX, and show it from now on."""
        self.setter.show_own(own)

    def cannot_set_status(self, reason: str) -> None:
        """Say why no status can be set, "" as soon as one can."""
        self.setter.cannot_set(reason)

    def allow_setting(self, can_set: Callable[[Address], bool]) -> None:
        """Offer to set the status of those whom `can_set` tells, from now on."""
        self.details.allow_setting(can_set)

    def recall(self, past: Mapping[Address, Iterable[Past]]) -> None:
        """Take in what was set from here before this board ran, newest first."""
        for address, asked in past.items():
            self._history.recall(address, asked)
        self._show_details()

    def choice_failed_for(self, address: Address, reason: str) -> None:
        """Say why what was chosen for `address` could not be kept."""
        self.others.choice_failed(address, reason)

    def order_by(self, order: Order) -> None:
        """Order the tiles within their groups, as the user's configuration wants it at the start."""
        self.top.order_by(order)

    def tick(self) -> None:
        """Show running times anew; once a second while the window is to be seen."""
        self.board.tick()
        self.details.tick()
        self.health.tick()

    # -- putting together

    def _lay_out(self) -> None:
        boards = QWidget()
        self._stack = QStackedLayout(boards)
        self._stack.addWidget(self.board)
        self._stack.addWidget(self.empty)
        split = Split(self._look)
        split.setObjectName("details")
        split.addWidget(boards)
        split.addWidget(self.details)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        self.details.setMinimumWidth(240)
        boards.setMinimumWidth(320)
        split.setSizes([1400 - WIDTH, WIDTH])
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.top)
        box.addWidget(Hairline(self._look))
        box.addWidget(split, 1)
        box.addWidget(Hairline(self._look))
        box.addWidget(self.health)
        self.setCentralWidget(middle)
        self._drop = Popover(self._look, self.setter, self, self.top.own)
        self._others_drop = Popover(self._look, self.others, self, self.details.set_status)

    def _wire(self) -> None:
        self.model.counted.connect(self._counted)
        self.top.search.edit.textChanged.connect(self.proxy.search)
        self.top.category_asked.connect(self.proxy.show_category)
        self.top.group_asked.connect(self.proxy.show_group)
        self.top.order_asked.connect(self.proxy.order_by)
        self.top.packing_asked.connect(self._pack)
        self.proxy.arranged.connect(self._arranged)
        self.proxy.rowsInserted.connect(self._rows_changed)
        self.proxy.rowsRemoved.connect(self._rows_changed)
        self.board.selectionModel().currentChanged.connect(self._current_changed)
        self.board.activated.connect(lambda _: self.details.setFocus())
        self.top.search.edit.moved.connect(self.board.keyPressEvent)
        self.top.search.edit.acted.connect(self._act)
        self.top.search.edit.escaped.connect(self._escape)
        self.details.escaped.connect(self.board.setFocus)
        self.details.set_asked.connect(self._set_status_of)
        self.details.seen.connect(self.failure_seen)
        self.others.chosen.connect(self.status_chosen_for)
        self.others.escaped.connect(self._others_drop.close_down)
        self.empty.reset_asked.connect(self._show_all)
        self.setter.glanced.connect(self.top.show_own)
        self.setter.chosen.connect(self.status_chosen)
        self.setter.escaped.connect(self._drop.close_down)
        self.setter.grown.connect(self._drop.place)
        self.top.own.clicked.connect(self.toggle_setter)
        QShortcut(QKeySequence(OWN_KEY), self, self.toggle_setter)
        QShortcut(QKeySequence(SET_KEY), self, self.details.ask_to_set)
        QShortcut(QKeySequence(PACKING_KEY), self, self.switch_density)

    # -- what the user does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take typing, wherever the focus is, as a search, Esc as a step back, moving keys as the board's."""
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif is_typing(event):
            self.top.search.edit.setFocus()
            self.top.search.edit.keyPressEvent(event)
        elif event.key() in MOVING:
            self.board.setFocus()
            self.board.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def toggle_setter(self) -> None:
        """Open the status setter, or close it."""
        self._others_drop.close_down()
        if self._drop.isVisible():
            self._drop.close_down()
        elif self.top.own.isVisible():
            self._drop.open_up()
            self.setter.enter()

    def _set_status_of(self, address: Address) -> None:
        """Open the status setter for somebody else, or close it."""
        if self._others_drop.isVisible():
            self._others_drop.close_down()
            return
        self._drop.close_down()
        self._show_others(address)
        self._others_drop.open_up()
        self.others.setter.enter()

    def _show_others(self, address: Address | None) -> None:
        row = self.model.row(address) if address is not None else None
        if row is not None:
            self.others.show_tile(self.model.latest(row))

    def switch_density(self) -> None:
        """Pack the tiles close where they stand wide, and wide where they stand close."""
        self.top.pack(Packing.COMFORTABLE if self._pictures.density is COMPACT else Packing.COMPACT)

    def _pack(self, packing: Packing) -> None:
        density = density_of(packing, self.model.rowCount())
        if density is not self._pictures.density:
            self._pictures.pack(density)
            self.board.pack(density)

    def _escape(self) -> None:
        """Go back one step: the text, then the filters, then to the board."""
        if self.top.search.edit.text():
            self.top.search.edit.clear()
        elif self.proxy.arrangement.narrows:
            self._show_all()
        else:
            self.board.setFocus()

    def _act(self) -> None:
        if self.board.currentIndex().isValid():
            self.details.setFocus()

    def _show_all(self) -> None:
        self.top.search.edit.clear()
        self.top.check(None)
        self.top.show_all_groups()

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._chosen = self.proxy.tile(current.row()).contact.address
            self._show_details()

    # -- what follows

    def _counted(self) -> None:
        self.top.set_counts(self.model.tally.counts())

    def _arranged(self) -> None:
        """After a new arrangement: the chosen tile stays chosen where it is shown, else the first match is."""
        self._rows_changed()
        index = self.proxy.index_of(self._chosen) if self._chosen is not None else QModelIndex()
        if not index.isValid() and self.proxy.arrangement.query.words and self.proxy.rowCount():
            index = self.proxy.index(0, 0)
        if index.isValid():
            self._choose(index)
            self.board.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.board.setCurrentIndex(index)

    def _rows_changed(self) -> None:
        shown = self.proxy.rowCount() > 0
        if not shown:
            self.empty.explain(self.model.rowCount(), self.top.search.edit.text(), self.proxy.arrangement)
        if self._chosen is not None and not self.board.currentIndex().isValid():
            self._choose(self.proxy.index_of(self._chosen))
        self._stack.setCurrentWidget(self.board if shown else self.empty)

    def _show_details(self) -> None:
        row = self.model.row(self._chosen) if self._chosen is not None else None
        if row is None or self._chosen is None:
            return
        history, chosen = self._history, self._chosen
        self.details.show_tile(self.model.latest(row), history.of(chosen), history.before(chosen))

    def _announce(self) -> None:
        """Let a screen reader say what the chosen tile's contact does now."""
        row = self.model.row(self._chosen) if self._chosen is not None else None
        if row is not None and QAccessible.isActive():
            tile = self.model.latest(row)
            said = f"{one_line(display_name(tile.contact))}: {one_line(spoken_text(tile))}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.board, said))

    # -- Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        """Let time run, at the screen's pace."""
        super().showEvent(event)
        self._follow_screen(self.screen())
        handle = self.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._follow_screen, Qt.ConnectionType.UniqueConnection)
        self.tick()
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let time stand still while nobody sees it."""
        super().hideEvent(event)
        self._ticker.stop()

    def _follow_screen(self, screen: QScreen) -> None:
        self.model.set_frame(1000 / max(1.0, screen.refreshRate()))
