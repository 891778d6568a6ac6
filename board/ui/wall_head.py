# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wall's head: what is shown, how many are free, in a call and so on, and the time; painted large."""

from collections.abc import Iterator

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from board.roster.categories import Counts
from board.ui.fonts import Text
from board.ui.kinds import KINDS, Kind
from board.ui.lettering import Lettering
from board.ui.look import Look
from board.ui.theme import Role

_UNIT = 44  # the height at which fonts have their own size
_MARGIN = 20
_SIZES = 8  # kept at once


class WallHead(QWidget):
    """Shows `title`, counts and a clock; as high as its width allows."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._title = title
        self._counts = Counts()
        self._clock = ""
        self._letters: dict[int, Lettering] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_counts(self, counts: Counts) -> None:
        """Show `counts`."""
        self._counts = counts
        words = (f"{counts.of(kind.category)} {_spoken(kind)}" for kind in self._kinds())
        self.setAccessibleName(f"{self._title}: {', '.join(words)}")
        self.update()

    def set_clock(self, text: str) -> None:
        """Show the time."""
        if text != self._clock:
            self._clock = text
            self.update()

    def sizeHint(self) -> QSize:
        """Return a height that suits the screen's width."""
        return QSize(900, max(48, self.window().width() // 26))

    def _kinds(self) -> Iterator[Kind]:
        for kind in KINDS:
            if kind.category is not None and not (kind.rare and not self._counts.of(kind.category)):
                yield kind

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint all on one line; smaller, then without words, where there is no room for it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color(Role.SURFACE))
        letters, ratio, middle = self._at(self.height()), self.devicePixelRatioF(), self.height() // 2
        ink = self._look.color(Role.INK)
        clock = letters.line(self._clock, Text.DISPLAY, ink, self.width(), ratio)
        painter.drawPixmap(self.width() - _MARGIN - clock.width, middle - clock.height // 2, clock.pixmap)
        room = self.width() - 2 * _MARGIN - clock.width
        title = letters.line(self._title, Text.DISPLAY, ink, room // 3, ratio)
        painter.drawPixmap(_MARGIN, middle - title.height // 2, title.pixmap)
        start = _MARGIN + title.width + self.height() // 2
        unit, worded = self._fitting(room - start)
        for kind in self._kinds():
            start = self._paint_kind(painter, kind, start, unit, worded) + unit // 3
        painter.end()

    def _fitting(self, room: int) -> tuple[int, bool]:
        """Return the largest size, as a height, at which the counts fit into `room`, and whether words do, too."""
        for unit in (self.height() * part // 20 for part in (20, 17, 14, 12)):
            if self._width(unit, True) <= room:
                return unit, True
        return self.height(), False

    def _paint_kind(self, painter: QPainter, kind: Kind, x: int, unit: int, worded: bool) -> int:
        """Paint glyph, number and, if `worded`, word from `x` on; return where it ends."""
        letters, ratio, middle, size = self._at(unit), self.devicePixelRatioF(), self.height() // 2, unit * 5 // 9
        color = kind.color(self._look.theme)
        if kind.icon is not None:
            painter.drawPixmap(x, middle - size // 2, self._look.pixmap(kind.icon, color, size, ratio))
            x += size + size // 3
        number = letters.line(str(self._counts.of(kind.category)), Text.DISPLAY, color, self.width(), ratio)
        painter.drawPixmap(x, middle - number.height // 2, number.pixmap)
        x += number.width
        if worded:
            word = letters.line(_spoken(kind), Text.BODY, self._look.color(Role.SOFT), self.width(), ratio)
            painter.drawPixmap(x + size // 4, middle + number.height // 2 - word.height - size // 8, word.pixmap)
            x += size // 4 + word.width
        return x

    def _width(self, unit: int, worded: bool) -> int:
        letters, size, total = self._at(unit), unit * 5 // 9, 0.0
        for kind in self._kinds():
            total += size + size // 3 + unit // 3
            total += letters.advance(str(self._counts.of(kind.category)), Text.DISPLAY)
            total += (size // 4 + letters.advance(_spoken(kind), Text.BODY)) if worded else 0
        return round(total)

    def _at(self, unit: int) -> Lettering:
        found = self._letters.get(unit)
        if found is None:
            if len(self._letters) > _SIZES:
                self._letters.clear()
            found = self._letters[unit] = self._look.letters_at(unit / _UNIT)
        return found


def _spoken(kind: Kind) -> str:
    """Return the word as it stands after a number."""
    return kind.word if kind.word.isupper() else kind.word.lower()
