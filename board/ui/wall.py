# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wall: counts first, then every tile as large as their number allows; pages turn by themselves.

For a screen that nobody touches. Fed by the same two slots as the switchboard; no network and no disk.
"""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QMainWindow, QVBoxLayout, QWidget

from board.events import PbxChanged
from board.models.board_proxy import BoardProxy
from board.models.tile_model import TileModel
from board.roster.moments import clock_text
from board.roster.ordering import Order
from board.roster.tile import Tile, TileChanged
from board.roster.words import PBX_WORDS, one_line
from board.states import PbxState
from board.ui.board_view import BoardView
from board.ui.fonts import Text
from board.ui.grid import Layout
from board.ui.health import HealthBar, reason_text
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.theme import Role
from board.ui.tile_painter import TilePainter
from board.ui.wall_grid import WallGrid
from board.ui.wall_head import WallHead
from board.ui.wall_picture import WallPictures

_SECOND_MS = 1000
_PAGE_SECONDS = 12
_LEAST_PART = 11  # a tile is at least this part of the screen's width: it must be read from afar
_LEAST = 130
_TURNS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Left: -1}


class WallView(BoardView):
    """Shows one page of tiles; `paged` is emitted when the page or their number changed."""

    paged = Signal()

    def lay_out(self, counts: Sequence[int], headed: Sequence[bool]) -> Layout:
        """Return pages of tiles for the view's size."""
        size = self.viewport().size()
        self._wall = WallGrid(sum(counts), size.width(), size.height(), max(_LEAST, size.width() // _LEAST_PART))
        return self._wall

    def doItemsLayout(self) -> None:
        """Lay out anew and stay on a page that is there."""
        super().doItemsLayout()
        self.turn_to(min(self.page, self._wall.pages - 1))

    @property
    def page(self) -> int:
        """The page shown, from 0."""
        return self.verticalOffset() // max(1, self.viewport().height())

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self._wall.pages

    def turn_to(self, page: int) -> None:
        """Show `page`, from 0."""
        self.verticalScrollBar().setValue(page * self.viewport().height())
        self.viewport().update()
        self.paged.emit()

    def _keep_in_sight(self, row: int, shift: int) -> None:
        self.turn_to(self._wall.page_of(row))

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QListView.ScrollHint.EnsureVisible,
    ) -> None:
        """Show the page that the item is on."""
        if index.isValid():
            self.turn_to(self._wall.page_of(index.row()))


class WallWindow(QMainWindow):
    """The wall over `tiles`, the roster's as they are now; `clock` gives seconds since the epoch.

    F11 fills the screen, Esc leaves that; pages turn every 12 seconds, and by Page Up and Page Down.
    """

    def __init__(
        self, tiles: Sequence[Tile], look: Look, clock: Callable[[], float], title: str = "Presence board"
    ) -> None:
        super().__init__()
        self._clock = clock
        self.model = TileModel(tiles, clock, parent=self)
        self.proxy = BoardProxy(self.model, self)
        self.head = WallHead(look, title)
        self.board = WallView(self.proxy, TilePainter(WallPictures(look), look, clock, self), look)
        self.board.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.board.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._alarm = TextLabel(look, Text.DISPLAY, Role.FAULT)
        self._alarm.setContentsMargins(20, 4, 20, 4)
        self._alarm.hide()
        self._faults: dict[str, str] = {}
        self.health = HealthBar(look, clock)
        for pbx in dict.fromkeys(tile.contact.address.pbx for tile in tiles):
            self.health.expect(pbx)
        self._page = TextLabel(look, Text.CAPTION, Role.SOFT)
        self._page.setWordWrap(False)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_SECOND_MS)
        self._ticker.timeout.connect(self.tick)
        self._seconds_on_page = 0
        self._lay_out()
        self.model.counted.connect(self._counted)
        self.board.paged.connect(self._paged)
        self.setWindowTitle("Wall")
        self.setMinimumSize(640, 360)
        self.resize(1600, 900)
        self._counted()

    def tiles_changed(self, changes: Iterable[TileChanged]) -> None:
        """Take in changed tiles; they are painted by the end of the screen's frame."""
        changes = list(changes)
        self.health.tiles_changed(changes)
        self.model.apply(changes)

    def pbx_changed(self, health: PbxChanged) -> None:
        """Take in a PBX's new health; one that does not answer is told in large letters."""
        self.health.pbx_changed(health)
        self._faults.pop(health.pbx, None)
        if health.state in (PbxState.SILENT, PbxState.REFUSED):
            self._faults[health.pbx] = f"{one_line(health.pbx)}: {reason_text(health) or PBX_WORDS[health.state]}"
        self._alarm.setText("\n".join(self._faults.values()))
        self._alarm.setVisible(bool(self._faults))

    def order_by(self, order: Order) -> None:
        """Order the tiles within their groups."""
        self.proxy.order_by(order)

    def tick(self) -> None:
        """Show running times anew and turn the page when it is time; once a second while the window is seen."""
        self.board.tick()
        self.health.tick()
        self.head.set_clock(clock_text(self._clock()))
        self._seconds_on_page += 1
        if self._seconds_on_page >= _PAGE_SECONDS and self.board.pages > 1:
            self.board.turn_to((self.board.page + 1) % self.board.pages)

    def _lay_out(self) -> None:
        middle, foot = QWidget(), QWidget()
        line = QHBoxLayout(foot)
        line.setContentsMargins(0, 0, 20, 0)
        line.addWidget(self.health, 1)
        line.addWidget(self._page)
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.head)
        box.addWidget(self._alarm)
        box.addWidget(self.board, 1)
        box.addWidget(foot)
        middle.setBackgroundRole(self.palette().ColorRole.AlternateBase)
        middle.setAutoFillBackground(True)
        self.setCentralWidget(middle)

    def _counted(self) -> None:
        self.head.set_counts(self.model.tally.counts())

    def _paged(self) -> None:
        self._seconds_on_page = 0
        self._page.setText(f"page {self.board.page + 1} of {self.board.pages}")
        self._page.setVisible(self.board.pages > 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fill the screen or leave that; turn pages."""
        if event.key() == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif event.key() in _TURNS:
            self.board.turn_to((self.board.page + _TURNS[Qt.Key(event.key())]) % self.board.pages)
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.showNormal()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the head follow the width."""
        super().resizeEvent(event)
        self.head.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        """Let time run, at the screen's pace."""
        super().showEvent(event)
        self.model.set_frame(1000 / max(1.0, self.screen().refreshRate()))
        self.tick()
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let time stand still while nobody sees it."""
        super().hideEvent(event)
        self._ticker.stop()
