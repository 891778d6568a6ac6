# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Text made ready to draw: laid out once, elided to a width, kept while it is in use.

Laying text out costs ten times what drawing it costs, so everything a tile says goes through here.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QStaticText, QTextLayout, QTextOption, QTransform

from board.ui.fonts import Text
from board.ui.look import Look

_KEPT = 6000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text ready to draw: what it says, how wide it is, in which font."""

    static: QStaticText
    kind: Text
    width: float
    elided: bool


class Lettering:
    """Makes and keeps lines."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._metrics = {kind: QFontMetricsF(look.font(kind)) for kind in Text}
        self._lines: dict[tuple[str, Text, int], Line] = {}

    def line(self, text: str, kind: Text, width: int) -> Line:
        """Return `text` as one line of at most `width` pixels; what does not fit ends in an ellipsis."""
        key = (text, kind, width)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= _KEPT:
                self._lines.clear()
            found = self._lines[key] = self._make(text, kind, width)
        return found

    def fitting(self, forms: tuple[str, ...], kind: Text, width: int) -> Line:
        """Return the first of `forms` that fits, else the last one elided."""
        for form in forms:
            line = self.line(form, kind, width)
            if not line.elided:
                return line
        return self.line(forms[-1], kind, width)

    def two_lines(self, text: str, kind: Text, width: int) -> tuple[Line, Line | None]:
        """Return `text` broken at a blank into at most two lines; only the second may be elided."""
        layout = QTextLayout(text, self._look.font(kind))
        layout.setTextOption(_option(QTextOption.WrapMode.WordWrap))
        layout.beginLayout()
        first = layout.createLine()
        first.setLineWidth(width)
        layout.endLayout()
        cut = first.textLength()
        head, rest = text[:cut].rstrip(), text[cut:].lstrip()
        return self.line(head, kind, width), self.line(rest, kind, width) if rest else None

    def draw(self, painter: QPainter, line: Line, x: float, y: float) -> None:
        """Draw `line` with its top left corner at (`x`, `y`), whole pixels, in the painter's pen."""
        painter.setFont(self._look.font(line.kind))
        painter.drawStaticText(round(x), round(y), line.static)

    def height(self, kind: Text) -> float:
        """Return the height of a line."""
        return self._metrics[kind].height()

    def _make(self, text: str, kind: Text, width: int) -> Line:
        metrics = self._metrics[kind]
        shown = text
        if metrics.horizontalAdvance(text) > width:
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        static = QStaticText(shown)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setTextOption(_option(QTextOption.WrapMode.NoWrap))
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(QTransform(), self._look.font(kind))
        return Line(static, kind, static.size().width(), shown != text)


def _option(wrap: QTextOption.WrapMode) -> QTextOption:
    """Return an option that lets each text run in its own direction but keeps it at the left."""
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(wrap)
    return option
