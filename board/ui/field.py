# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A framed line edit of the program's own: one line of text, its frame red while the text is wrong."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from board.ui.fonts import Text
from board.ui.look import Look
from board.ui.theme import Role

HEIGHT = 34
_ENTERING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_BLANKS = str.maketrans(dict.fromkeys("\r\n\t\v\f\u0085\u2028\u2029", " "))


class LineEdit(QLineEdit):
    """`entered` is Enter, `escaped` Esc, `left` up (-1) or down (1)."""

    entered = Signal()
    escaped = Signal()
    left = Signal(int)
    focus_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.textEdited.connect(self._in_one_line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on what is not for editing."""
        key = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier:
            event.ignore()  # a chord, though Qt would write its letter
        elif key in _ENTERING:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.left.emit(-1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame; show the text from its beginning."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.home(False)
        self.focus_changed.emit()

    def _in_one_line(self, text: str) -> None:
        """Let a pasted line break or tab become a blank."""
        line = text.translate(_BLANKS)
        if line != text:
            at = self.cursorPosition()
            self.setText(line)
            self.setCursorPosition(at)


class Field(QWidget):
    """Frame and `edit`; `name` is what a screen reader calls it."""

    def __init__(self, look: Look, name: str, hint: str = "") -> None:
        super().__init__()
        self._look = look
        self._wrong = False
        self._marked = False
        self.edit = LineEdit(self)
        self.edit.setFrame(False)
        self.edit.setFont(look.font(Text.BODY))
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        self.edit.setMaxLength(2000)
        self.edit.focus_changed.connect(self.update)
        self.setFocusProxy(self.edit)
        box = QHBoxLayout(self)
        box.setContentsMargins(9, 2, 9, 2)
        box.addWidget(self.edit)
        look.changed.connect(self._redress)
        self._redress()

    def set_wrong(self, wrong: bool) -> None:
        """Show whether the text is wrong."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.update()

    def set_marked(self, marked: bool) -> None:
        """Show whether this is what is chosen."""
        if marked != self._marked:
            self._marked = marked
            self._redress()

    def show_text(self, text: str) -> None:
        """Put `text` there, from its beginning, unless it stands there already."""
        if text != self.edit.text():
            self.edit.setText(text)
            self.edit.home(False)

    def sizeHint(self) -> QSize:
        """Return a size that shows some words."""
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the least that still shows what is typed."""
        return QSize(60, HEIGHT)

    def _redress(self) -> None:
        palette = self.edit.palette()
        palette.setColor(palette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(palette.ColorRole.Text, self._look.color(Role.ACCENT_TEXT if self._marked else Role.INK))
        palette.setColor(palette.ColorRole.PlaceholderText, self._look.color(Role.SOFT))
        self.edit.setPalette(palette)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        role = Role.FAULT if self._wrong else Role.ACCENT if focused or self._marked else Role.LINE
        painter.setPen(QPen(self._look.color(role), 2 if focused or self._wrong else 1))
        painter.setBrush(self._look.color(Role.ACCENT_TINT if self._marked and not focused else Role.CARD))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        painter.end()
