# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The search field: a line edit with a glyph, in the program's frame; moving keys go on to the board."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.keys import MOVING
from board.ui.look import Look
from board.ui.pill import HEIGHT
from board.ui.theme import Role

_ICON = 17
_SIDEWAYS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End})
_ACTING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class SearchEdit(QLineEdit):
    """The line edit inside: `moved` carries keys that move the selection, `acted` and `escaped` are Enter and Esc."""

    moved = Signal(QKeyEvent)
    acted = Signal()
    escaped = Signal()
    focus_changed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on what is not for editing: up and down always, left and right while there is nothing to edit."""
        key = event.key()
        if key in MOVING or (key in _SIDEWAYS and not self.text()):
            self.moved.emit(event)
        elif key in _ACTING:
            self.acted.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusOutEvent(event)
        self.focus_changed.emit()


class SearchField(QWidget):
    """Frame, glyph and `edit`."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.edit = SearchEdit(self)
        self.edit.setFrame(False)
        self.edit.setFont(look.font(Text.BODY))
        self.edit.setPlaceholderText("Type a name, number or message")
        self.edit.setAccessibleName("Search")
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(200)
        self.edit.focus_changed.connect(self.update)
        self.setFocusProxy(self.edit)
        box = QHBoxLayout(self)
        box.setContentsMargins(_ICON + 20, 3, 8, 3)
        box.addWidget(self.edit)
        look.changed.connect(self._redress)
        self._redress()

    def sizeHint(self) -> QSize:
        """Return a size that shows the whole hint."""
        return QSize(340, HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the least that still shows what is typed."""
        return QSize(200, HEIGHT + 2)

    def _redress(self) -> None:
        palette = self.edit.palette()
        palette.setColor(palette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(palette.ColorRole.Text, self._look.color(Role.INK))
        palette.setColor(palette.ColorRole.PlaceholderText, self._look.color(Role.SOFT))
        self.edit.setPalette(palette)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame and glyph."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        painter.setPen(QPen(self._look.color(Role.ACCENT if focused else Role.LINE), 2 if focused else 1))
        painter.setBrush(self._look.color(Role.SURFACE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        pixmap = self._look.pixmap(Icon.SEARCH, self._look.color(Role.SOFT), _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(13, (self.height() - _ICON) // 2), pixmap)
        painter.end()
