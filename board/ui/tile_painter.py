# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The delegate that paints tiles: keeps each tile's composed picture until the tile, its size or its mood changes."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from board.events import Address
from board.models.tile_model import TileRole
from board.roster.tile import Tile
from board.ui.density import COMFORTABLE
from board.ui.face import Face, face
from board.ui.look import Look
from board.ui.tile_picture import PLAIN, Frame, Mood, Pictures, Stamp

_HOUR = 3600  # midnight falls on an hour in every time zone that matters here; a face holds until then


class _Kept(NamedTuple):
    """A tile's picture and what it was made for."""

    tile: Tile
    hour: int
    mood: Mood
    frame: Frame
    face: Face
    stamps: list[Stamp]


class TilePainter(QStyledItemDelegate):
    """Paints tiles; a delegate for item views, and callable directly by the board's own view."""

    def __init__(
        self, pictures: Pictures, look: Look, clock: Callable[[], float], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._pictures = pictures
        self._kept: dict[Address, _Kept] = {}
        look.changed.connect(self._forget)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the tile of `index` as Qt's views ask for it."""
        state: QStyle.StateFlag = option.state
        mood = Mood(
            bool(state & QStyle.StateFlag.State_Selected),
            bool(state & QStyle.StateFlag.State_HasFocus),
            bool(state & QStyle.StateFlag.State_MouseOver),
        )
        rect: QRect = option.rect
        ratio = painter.device().devicePixelRatio()
        frame = Frame(rect.width(), rect.height(), ratio)
        self.draw(painter, rect.x(), rect.y(), frame, index.data(TileRole.TILE), mood)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the smallest size of a tile."""
        return QSize(COMFORTABLE.least_width, COMFORTABLE.height)

    def draw(self, painter: QPainter, x: int, y: int, frame: Frame, tile: Tile, mood: Mood = PLAIN) -> None:
        """Draw `tile` in `frame` with its top left corner at (`x`, `y`)."""
        now = self._clock()
        kept = self._kept.get(tile.contact.address)
        hour = int(now // _HOUR)
        if kept is None or kept.tile is not tile or kept.frame != frame or kept.mood != mood or kept.hour != hour:
            shown = face(tile, now)
            kept = _Kept(tile, hour, mood, frame, shown, self._pictures.stamps(shown, mood, frame))
            self._kept[tile.contact.address] = kept
        for left, top, pixmap in kept.stamps:
            painter.drawPixmap(x + left, y + top, pixmap)
        if kept.face.counting is not None:
            left, top, pixmap = self._pictures.counter(kept.face, now, frame)
            painter.drawPixmap(x + left, y + top, pixmap)

    def _forget(self) -> None:
        self._kept.clear()
        self._pictures.forget()
