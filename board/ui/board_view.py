# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The grid of tiles: a list view that lays its items out in sections under headings and paints them itself.

A QListView, so that Qt shows every tile to screen readers as an item of a list. It edits nothing and decides
nothing about content or colour.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from board.models.board_proxy import BoardProxy
from board.roster.arrangement import Section
from board.roster.tile import Tile
from board.ui.density import COMFORTABLE, Density
from board.ui.face import COUNTED
from board.ui.fonts import Text
from board.ui.grid import MARGIN, Grid, Layout
from board.ui.keys import is_typing
from board.ui.look import Look
from board.ui.theme import Role
from board.ui.tile_painter import TilePainter
from board.ui.tile_picture import PLAIN, Frame, Mood
from board.ui.trim import SlimBar

Index = QModelIndex | QPersistentModelIndex
_HOLD_MS = 1500
_Move = QAbstractItemView.CursorAction
_STEPS = {_Move.MoveLeft: -1, _Move.MovePrevious: -1, _Move.MoveRight: 1, _Move.MoveNext: 1}


class BoardView(QListView):
    """Shows a `BoardProxy`, its tiles as close as `density` says."""

    def __init__(
        self,
        proxy: BoardProxy,
        painter: TilePainter,
        look: Look,
        density: Density = COMFORTABLE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._proxy = proxy
        self._density = density
        self._painter = painter
        self._look = look
        self._letters = look.letters
        self._sections: Sequence[Section] = ()
        self._grid: Layout = Grid((), (), 1)
        self._hovered = -1
        self._bereft = False  # whether a current item ever left the board
        self._painted: dict[int, Tile] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_HOLD_MS)
        self._rest.timeout.connect(lambda: proxy.hold(False))
        self.setModel(proxy)
        self.setItemDelegate(painter)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(SlimBar(look, Role.SURFACE))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Board")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        proxy.arranged.connect(self.scheduleDelayedItemsLayout)
        proxy.layoutChanged.connect(self.scheduleDelayedItemsLayout)
        proxy.rowsInserted.connect(self.scheduleDelayedItemsLayout)
        proxy.rowsRemoved.connect(self.scheduleDelayedItemsLayout)
        look.changed.connect(self.viewport().update)

    # -- geometry

    def doItemsLayout(self) -> None:
        """Lay the sections out anew for what the model shows and how wide the view is."""
        self._sections = self._proxy.sections()
        counts = [section.shown for section in self._sections]
        self._painted.clear()
        self._grid = self.lay_out(counts, [bool(section.title) for section in self._sections])
        super().doItemsLayout()
        self.viewport().update()

    def lay_out(self, counts: Sequence[int], headed: Sequence[bool]) -> Layout:
        """Return the layout of sections of `counts` tiles, `headed` or not, for the view's size."""
        return Grid(counts, headed, self.viewport().width(), self._density)

    def updateGeometries(self) -> None:
        """Give the scroll bar its range; Qt's own would be that of a plain list."""
        bar = self.verticalScrollBar()
        page = self.viewport().height()
        bar.setPageStep(page)
        bar.setSingleStep((self._grid.tile_height + self._grid.gap) // 2)
        bar.setRange(0, max(0, self._grid.height - page))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew when the width changes; the first tile in sight stays where it is."""
        super().resizeEvent(event)
        self._lay_out_in_place()

    def pack(self, density: Density) -> None:
        """Pack the tiles as close as `density` says; the first tile in sight stays where it is."""
        self._density = density
        self._lay_out_in_place()

    def _lay_out_in_place(self) -> None:
        top = self.verticalOffset()
        row = next(self._grid.rows_between(top, top + self.viewport().height()), None) if top else None
        shift = self._grid.box(row).y - top if row is not None else 0
        self.doItemsLayout()
        if row is not None and row < self._grid.count:
            self._keep_in_sight(row, shift)

    def _keep_in_sight(self, row: int, shift: int) -> None:
        """Scroll so that `row` stands `shift` pixels below the upper edge."""
        self.verticalScrollBar().setValue(self._grid.box(row).y - shift)

    def verticalOffset(self) -> int:
        """Return how far the grid is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Return 0: the grid is as wide as the view."""
        return 0

    def visualRect(self, index: Index) -> QRect:
        """Return where the item stands in the viewport."""
        if not index.isValid() or index.row() >= self._grid.count:
            return QRect()
        return self._rect(index.row())

    def _rect(self, row: int, offset: int | None = None) -> QRect:
        box = self._grid.box(row)
        return QRect(box.x, box.y - (self.verticalOffset() if offset is None else offset), box.width, box.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the item under `point`; an invalid index between items."""
        row = self._grid.row_at(point.x(), point.y() + self.verticalOffset())
        return QModelIndex() if row is None else self._proxy.index(row, 0)

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = QListView.ScrollHint.EnsureVisible) -> None:
        """Scroll as little as it takes to see the item with some air around it."""
        rect = self.visualRect(index)
        bar = self.verticalScrollBar()
        if rect.isNull():
            return
        if rect.top() < MARGIN:
            bar.setValue(bar.value() + rect.top() - 2 * MARGIN - self._grid.gap)
        elif rect.bottom() > self.viewport().height() - self._grid.gap:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + MARGIN)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll the picture."""
        self.viewport().scroll(0, dy)
        self._hover(-1)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the item at the middle of `rect` (one item is selected at a time)."""
        index = self.indexAt(rect.normalized().center())
        self.selectionModel().select(QItemSelection(index, index), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return the places of the selected items."""
        region = QRegion()
        for index in selection.indexes():
            region = region.united(self.visualRect(index))
        return region

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        """Have no current item once it is not shown any more; Qt would choose its neighbour, unasked."""
        if start <= self.currentIndex().row() <= end:
            self._bereft = True
            self.selectionModel().clear()
        super().rowsAboutToBeRemoved(parent, start, end)

    # -- moving about

    def moveCursor(self, cursor_action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Return where a key leads: neighbours in the grid, across sections."""
        count = self._grid.count
        if not count:
            return QModelIndex()
        current = self.currentIndex()
        row = current.row() if current.isValid() else -1
        if row < 0:
            return self._proxy.index(0, 0)
        page = max(1, self.viewport().height() // (self._grid.tile_height + self._grid.gap) - 1)
        target = _target(self._grid, row, cursor_action, page)
        return self._proxy.index(min(count - 1, max(0, target)), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep what moves; leave what is typed, and Esc, to the window."""
        if event.key() == Qt.Key.Key_Escape or is_typing(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    # -- the mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the tile under the mouse, and keep all tiles in place while it moves."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())
        self._proxy.hold(True)
        self._rest.start()

    def leaveEvent(self, event: QEvent) -> None:
        """Let tiles go where they belong once the mouse is gone."""
        super().leaveEvent(event)
        self._hover(-1)
        self._rest.stop()
        self._proxy.hold(False)

    def _hover(self, row: int) -> None:
        for changed in {row, self._hovered} - {-1} if row != self._hovered else ():
            if changed < self._grid.count:
                self.viewport().update(self._rect(changed))
        self._hovered = row

    # -- painting

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        """Repaint only the tiles that changed.

        A proxy tells of a range that spans all changed rows, and Qt's own view would repaint everything.
        """
        visible = self._visible()
        for row in range(max(top_left.row(), visible.start), min(bottom_right.row() + 1, visible.stop)):
            if self._painted.get(row) is not self._proxy.tile(row):
                self.viewport().update(self._rect(row))
                if QAccessible.isActive():
                    index = self._proxy.index(row, 0)
                    super().dataChanged(index, index, list(roles))

    def tick(self) -> None:
        """Repaint the visible tiles whose time runs."""
        for row in self._visible():
            tile = self._proxy.tile(row)
            if tile.device in COUNTED and not tile.stale:
                self.viewport().update(self._rect(row))

    def _visible(self) -> range:
        top = self.verticalOffset()
        rows = list(self._grid.rows_between(top, top + self.viewport().height()))
        return range(rows[0], rows[-1] + 1) if rows and self._grid.count == self._proxy.rowCount() else range(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the selection as focused; give the first tile the focus if none ever had it."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._grid.count and not self._bereft:
            self.setCurrentIndex(self._proxy.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the selection as not focused."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings and tiles of the region that changed."""
        self.executeDelayedItemsLayout()
        painter = QPainter(self.viewport())
        offset = self.verticalOffset()
        area, region = event.rect(), event.region()
        rows = [
            (row, rect)
            for row in self._grid.rows_between(area.top() + offset, area.bottom() + 1 + offset)
            if region.intersects(rect := self._rect(row, offset))
        ]
        self._paint_background(painter, region, [rect for _, rect in rows])
        self._paint_headings(painter, offset, area)
        current, focused = self.currentIndex().row(), self.hasFocus()
        frame = Frame(self._grid.tile_width, self._grid.tile_height, self.devicePixelRatioF())
        for row, rect in rows:
            tile = self._painted[row] = self._proxy.tile(row)
            marked = row in (current, self._hovered)
            mood = Mood(row == current, focused, row == self._hovered) if marked else PLAIN
            self._painter.draw(painter, rect.x(), rect.y(), frame, tile, mood)
        painter.end()

    def _paint_background(self, painter: QPainter, region: QRegion, tiles: list[QRect]) -> None:
        """Fill what no tile covers; when single tiles changed, that is nothing, and a fill would cost the most."""
        surface = self._look.color(Role.SURFACE)
        if region.rectCount() == 1 and len(tiles) != 1:
            painter.fillRect(region.boundingRect(), surface)
            return
        for rect in tiles:
            region = region.subtracted(rect)
        if not region.isEmpty():
            painter.setClipRegion(region)
            painter.fillRect(region.boundingRect(), surface)
            painter.setClipping(False)

    def _paint_headings(self, painter: QPainter, offset: int, area: QRect) -> None:
        for number, top in self._grid.headings():
            section, y = self._sections[number], top - offset + 15
            if not section.title or y > area.bottom() or y + 20 < area.top():
                continue
            ratio = self.devicePixelRatioF()
            ink, soft = self._look.color(Role.INK), self._look.color(Role.SOFT)
            title = self._letters.line(section.title, Text.BODY_HEADING, ink, self._grid.tile_width, ratio)
            painter.drawPixmap(MARGIN + 2, y, title.pixmap)
            count = f"{section.shown}" if section.shown == section.total else f"{section.shown} of {section.total}"
            line = self._letters.line(count, Text.CAPTION, soft, self._grid.tile_width, ratio)
            painter.drawPixmap(MARGIN + 2 + title.width + 8, y + 1, line.pixmap)


def _target(grid: Layout, row: int, action: _Move, page: int) -> int:
    """Return the row that `action` leads to from `row`; it may lie outside the grid. A page is `page` lines."""
    match action:
        case _Move.MoveUp:
            return grid.above(row)
        case _Move.MoveDown:
            return grid.below(row)
        case _Move.MovePageUp:
            return grid.above(row, page)
        case _Move.MovePageDown:
            return grid.below(row, page)
        case _Move.MoveHome:
            return 0
        case _Move.MoveEnd:
            return grid.count - 1
        case _:
            return row + _STEPS[action]
