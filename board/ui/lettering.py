# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Text made ready to draw: elided to a width, drawn once in its colour, kept as a small pixmap.

Laying text out and blending it costs ten times what copying a pixmap costs, so all that tiles say comes from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap, QTextLayout, QTextOption

from board.roster.brevity import shortened
from board.ui.fonts import Fonts, Text

_KEPT = 8000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text ready to draw: its picture, its size in logical pixels, whether some of it was cut off."""

    pixmap: QPixmap
    width: int
    height: int
    elided: bool


class Lettering:
    """Makes and keeps lines; all of them are dropped once there are too many."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._metrics = {kind: QFontMetricsF(fonts.font(kind)) for kind in Text}
        self._widths: dict[tuple[str, Text], float] = {}
        self._lines: dict[tuple[str, Text, int, int, float], Line] = {}

    def line(self, text: str, kind: Text, color: QColor, width: int, ratio: float) -> Line:
        """Return `text` as one line of at most `width` logical pixels; what does not fit ends in an ellipsis."""
        key = (text, kind, color.rgba(), width, ratio)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= _KEPT:
                self._lines.clear()
            found = self._lines[key] = self._make(text, kind, color, width, ratio)
        return found

    def message(self, text: str, kind: Text, color: QColor, width: int, ratio: float) -> Line:
        """Return a message as one line of at most `width`; of what does not fit the time that it tells is kept."""
        if not self.fits(text, kind, width):
            metrics = self._metrics[kind]
            text = shortened(
                text,
                width,
                metrics.horizontalAdvance,
                lambda part, room: metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(0.0, room)),
            )
        return self.line(text, kind, color, width, ratio)

    def fits(self, text: str, kind: Text, width: int) -> bool:
        """Tell whether `text` fits into `width` logical pixels."""
        return self.advance(text, kind) <= width

    def advance(self, text: str, kind: Text) -> float:
        """Return how wide `text` is as one line, in logical pixels."""
        key = (text, kind)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) >= _KEPT:
                self._widths.clear()
            found = self._widths[key] = self._metrics[kind].horizontalAdvance(text)
        return found

    def largest_that_fits(self, forms: Sequence[str], kinds: Sequence[Text], width: int) -> tuple[str, Text] | None:
        """Return the longest of `forms` in the largest of `kinds` that fits, size before length; None if none does."""
        pairs = ((form, kind) for kind in kinds for form in forms)
        return next(((form, kind) for form, kind in pairs if self.fits(form, kind, width)), None)

    def first_that_fits(self, forms: tuple[str, ...], kind: Text, width: int) -> str:
        """Return the first of `forms` that fits, else the last."""
        return next((form for form in forms if self.fits(form, kind, width)), forms[-1])

    def broken(self, text: str, kind: Text, width: int) -> tuple[str, str]:
        """Return `text` broken at a blank: what fits into one line of `width`, and the rest."""
        layout = QTextLayout(text, self._fonts.font(kind))
        layout.setTextOption(_option(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere))
        layout.beginLayout()
        first = layout.createLine()
        first.setLineWidth(width)
        layout.endLayout()
        cut = first.textLength()
        head = text.encode("utf-16-le")[: cut * 2].decode("utf-16-le")  # Qt counts UTF-16 code units
        return head.rstrip(), text[len(head) :].lstrip()

    def _make(self, text: str, kind: Text, color: QColor, width: int, ratio: float) -> Line:
        metrics = self._metrics[kind]
        shown = text if self.fits(text, kind, width) else metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        layout = QTextLayout(shown, self._fonts.font(kind))
        layout.setTextOption(_option(QTextOption.WrapMode.NoWrap))
        layout.beginLayout()
        placed = layout.createLine()
        layout.endLayout()
        used, height = placed.naturalTextWidth(), placed.height()
        pixmap = QPixmap(QSize(max(1, round((used + 2) * ratio)), max(1, round(height * ratio))))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setPen(color)
        layout.draw(painter, QPointF(-placed.x(), 0))
        painter.end()
        return Line(pixmap, round(used), round(height), shown != text)


def _option(wrap: QTextOption.WrapMode) -> QTextOption:
    """Return an option that lets each text run in its own direction but keeps it at the left."""
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(wrap)
    return option
