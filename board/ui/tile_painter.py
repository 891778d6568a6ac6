# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws one tile: card and device block from a pixmap kept for each state, text from lines kept by what they say.

It decides where things stand on a card, not what they say (`face`) and not in which colour (the theme).
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from board.events import Address
from board.models.tile_model import TileRole
from board.roster.tile import Tile
from board.states import DeviceState
from board.ui.face import Face, face
from board.ui.fonts import Text
from board.ui.grid import TILE_HEIGHT, TILE_MIN_WIDTH
from board.ui.icons import Icon
from board.ui.lettering import Lettering
from board.ui.look import Look
from board.ui.theme import Role

BLOCK = 58
RADIUS = 9
INSET = 11
NAME_TOP, LINE_TOP, NOTE_TOP = 10, 33, 54
ICON = 15
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Mood:
    """What the user does with a tile at the moment."""

    selected: bool = False
    focused: bool = False
    hovered: bool = False


PLAIN = Mood()


@dataclass(frozen=True, slots=True)
class _Card:
    """What the still part of a tile depends on, beside the theme."""

    device: DeviceState | None
    icon: Icon
    word: str
    mood: Mood
    width: int
    height: int
    ratio: float


class TilePainter(QStyledItemDelegate):
    """Paints tiles; a delegate for item views, and callable directly by the board's own view."""

    def __init__(self, look: Look, clock: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._clock = clock
        self._letters = Lettering(look)
        self._cards: dict[_Card, QPixmap] = {}
        self._faces: dict[Address, tuple[Tile, int, Face]] = {}
        look.changed.connect(self._cards.clear)

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
        self.draw(painter, option.rect, index.data(TileRole.TILE), mood)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the smallest size of a tile."""
        return QSize(TILE_MIN_WIDTH, TILE_HEIGHT)

    def draw(self, painter: QPainter, rect: QRect, tile: Tile, mood: Mood = PLAIN) -> None:
        """Draw `tile` into `rect` of the painter's device."""
        now = self._clock()
        shown = self._face(tile, now)
        ratio = painter.device().devicePixelRatio()
        x, y, width = rect.x(), rect.y(), rect.width()
        card = _Card(shown.device, shown.block_icon, shown.block_word, mood, width, rect.height(), ratio)
        pixmap = self._cards.get(card)
        if pixmap is None:
            pixmap = self._cards[card] = self._draw_card(card)
        painter.drawPixmap(x, y, pixmap)
        if shown.counting is not None:
            self._draw_counter(painter, x, y, shown, now)
        left, right = x + BLOCK + INSET, x + width - INSET
        self._draw_name(painter, left, right, y + NAME_TOP, shown)
        self._draw_body(painter, left, right, y, shown, ratio)

    def _face(self, tile: Tile, now: float) -> Face:
        day = int(now // _DAY * 24)
        found = self._faces.get(tile.contact.address)
        if found is not None and found[0] is tile and found[1] == day:
            return found[2]
        made = face(tile, now)
        self._faces[tile.contact.address] = (tile, day, made)
        return made

    # -- the moving parts

    def _draw_counter(self, painter: QPainter, x: int, y: int, shown: Face, now: float) -> None:
        assert shown.device is not None
        line = self._letters.line(shown.counter(now), Text.COUNTER, BLOCK)
        painter.setPen(self._look.theme.device[shown.device].text)
        self._letters.draw(painter, line, x + (BLOCK - line.width) / 2, y + NOTE_TOP + 3)

    def _draw_name(self, painter: QPainter, left: int, right: int, y: int, shown: Face) -> None:
        number = self._letters.line(shown.number, Text.NUMBER, (right - left) // 2)
        name = self._letters.line(shown.name, Text.NAME, int(right - left - number.width - 8))
        painter.setPen(self._look.color(Role.INK if shown.device is not None else Role.SOFT))
        self._letters.draw(painter, name, left, y)
        painter.setPen(self._look.color(Role.SOFT))
        self._letters.draw(painter, number, right - number.width, y + 1)

    def _draw_body(self, painter: QPainter, left: int, right: int, y: int, shown: Face, ratio: float) -> None:
        letters, width = self._letters, right - left
        if not shown.alarming:
            self._draw_line(painter, left, right, y + LINE_TOP, shown, ratio)
            if shown.note:
                painter.setPen(self._look.color(Role.SOFT))
                letters.draw(painter, letters.line(shown.note[0], Text.CAPTION, width), left, y + NOTE_TOP)
            return
        color = self._look.color(Role.WARNING)
        room = width - ICON - 5
        note = letters.fitting(shown.note, Text.CAPTION_MEDIUM, room)
        top = y + NOTE_TOP
        first, second = note, None
        if note.elided:
            first, second = letters.two_lines(shown.note[-1], Text.CAPTION_MEDIUM, room)
            top = y + LINE_TOP
        else:
            self._draw_line(painter, left, right, y + LINE_TOP, shown, ratio)
        painter.drawPixmap(QPoint(left, top), self._look.pixmap(Icon.CLOCK_ALERT, color, ICON, ratio))
        painter.setPen(color)
        letters.draw(painter, first, left + ICON + 5, top)
        if second is not None:
            letters.draw(painter, second, left + ICON + 5, y + NOTE_TOP - 4)

    def _draw_line(self, painter: QPainter, left: int, right: int, y: int, shown: Face, ratio: float) -> None:
        """Draw who the person says to be, or the device's word where nothing is said, and since when."""
        letters, start = self._letters, left
        since = letters.line(shown.since, Text.CAPTION, right - left)
        soft = self._look.color(Role.SOFT)
        color = soft
        if shown.person is not None and shown.device is not None:
            color = self._look.theme.person[shown.person]
        if shown.line_icon is not None:
            painter.drawPixmap(QPoint(left, y), self._look.pixmap(shown.line_icon, color, ICON, ratio))
            start += ICON + 5
        if shown.line:
            line = letters.fitting(shown.line, Text.BODY_STRONG, int(right - start - since.width - 8))
            painter.setPen(color)
            letters.draw(painter, line, start, y - 1)
        if shown.since:
            painter.setPen(soft)
            letters.draw(painter, since, right - since.width, y)

    # -- the still part

    def _draw_card(self, card: _Card) -> QPixmap:
        pixmap = QPixmap(QSize(round(card.width * card.ratio), round(card.height * card.ratio)))
        pixmap.setDevicePixelRatio(card.ratio)
        pixmap.fill(self._look.color(Role.SURFACE))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0.5, 0.5, card.width - 1, card.height - 1), RADIUS, RADIUS)
        painter.fillPath(outline, self._look.color(Role.CARD if card.device is not None else Role.CARD_STALE))
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, BLOCK, card.height), self._tint(card))
        self._draw_block(painter, card)
        painter.setClipping(False)
        painter.strokePath(outline, self._border(card.mood))
        if card.mood.selected:
            inner = QPainterPath()
            inner.addRoundedRect(QRectF(1, 1, card.width - 2, card.height - 2), RADIUS - 0.5, RADIUS - 0.5)
            painter.strokePath(inner, self._border(card.mood))
        painter.end()
        return pixmap

    def _draw_block(self, painter: QPainter, card: _Card) -> None:
        theme = self._look.theme
        ink = theme.device[card.device].text if card.device is not None else theme.color(Role.SOFT)
        top = 12 if card.word else (card.height - 22) // 2
        painter.drawPixmap(QPoint((BLOCK - 22) // 2, top), self._look.pixmap(card.icon, ink, 22, card.ratio))
        line = self._letters.line(card.word, Text.SMALL, BLOCK)
        painter.setPen(ink)
        self._letters.draw(painter, line, (BLOCK - line.width) / 2, 39)

    def _tint(self, card: _Card) -> QColor:
        theme = self._look.theme
        return theme.device[card.device].tint if card.device is not None else theme.color(Role.CARD_STALE)

    def _border(self, mood: Mood) -> QPen:
        if mood.selected:
            return QPen(self._look.color(Role.ACCENT if mood.focused else Role.LINE_STRONG), 2)
        return QPen(self._look.color(Role.LINE_STRONG if mood.hovered else Role.LINE), 1)
