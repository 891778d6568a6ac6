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


def text_label(look: Look, kind: Text, role: Role) -> QLabel:
    """Return a label for a stranger's text: plain, wrapped, selectable with the mouse, coloured by `role`."""
    label = QLabel()
    label.setFont(look.font(kind))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    # A text that runs from right to left keeps to the left, like the labels around it.
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def dress() -> None:
        paint(label, look.color(role))

    look.changed.connect(dress)
    dress()
    return label


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
        self._word = text_label(look, Text.NAME, Role.INK)
        self._below = text_label(look, Text.BODY, Role.SOFT)
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
