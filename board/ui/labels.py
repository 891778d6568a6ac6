# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels that take their font and colour by role, and a mark in full: glyph, word, a line below."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.look import Look
from board.ui.theme import Role

_ICON = 22


class TextLabel(QLabel):
    """A label for a stranger's text: plain, wrapped, selectable with the mouse, coloured by role."""

    def __init__(self, look: Look, kind: Text, role: Role) -> None:
        super().__init__()
        self._look = look
        self._role = role
        self.setFont(look.font(kind))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # A text that runs from right to left keeps to the left, like the labels around it.
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        paint(self, self._look.color(self._role))


def paint(label: QLabel, color: QColor) -> None:
    """Give `label` the colour of its text."""
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, color)
    label.setPalette(palette)


class MarkRow(QWidget):
    """A glyph, a word in its colour, and a softer line below."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._glyph = QLabel()
        self._word = TextLabel(look, Text.NAME, Role.INK)
        self._below = TextLabel(look, Text.BODY, Role.SOFT)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(11)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._glyph, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._word, 0, 1)
        grid.addWidget(self._below, 1, 1)

    def show_mark(self, icon: Icon, color: QColor, word: str, below: str, *, strong: bool = True) -> None:
        """Show the mark; a row that is not `strong` is set in body type."""
        self._glyph.setPixmap(self._look.pixmap(icon, color, _ICON, self.devicePixelRatioF()))
        self._word.setFont(self._look.font(Text.NAME if strong else Text.BODY_STRONG))
        paint(self._word, color)
        self._word.setText(word)
        self._below.setText(below)
        self._below.setVisible(bool(below))
