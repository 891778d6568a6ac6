# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The states to choose from, one row each: glyph, word, key; and the row that other one-click choices are made of."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from board.states import PresenceState
from board.ui.fonts import Text
from board.ui.icons import PERSON_ICONS
from board.ui.look import Look
from board.ui.rove import Rove
from board.ui.setter_words import CHOICE_WORDS
from board.ui.theme import Role

KEYS: Mapping[PresenceState, str] = MappingProxyType(
    {
        PresenceState.AVAILABLE: "1",
        PresenceState.CHAT: "2",
        PresenceState.AWAY: "3",
        PresenceState.XA: "4",
        PresenceState.DND: "5",
        PresenceState.UNAVAILABLE: "6",
        PresenceState.NOT_SET: "0",
    }
)
_SMALL = (PresenceState.UNAVAILABLE, PresenceState.NOT_SET)
_PAD, _ICON, _SPACE = 14, 20, 14
_LEAST_SECOND = 40


class ChoiceRow(QAbstractButton):
    """A row to click: glyph in its state's colour, text, its key; `checked` while it is what is set.

    A click does not check it: what is set shows when it is. `focused` tells that the keyboard came.
    """

    focused = Signal()

    def __init__(self, look: Look, state: PresenceState, text: str, key: str, kind: Text = Text.NAME_SMALL) -> None:
        super().__init__()
        self._look = look
        self._kind = kind
        self._state = state
        self._key = key
        self._second = ""
        self.setCheckable(True)
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleDescription(f"key {key}" if key else "")
        look.changed.connect(self.update)

    def show_choice(self, state: PresenceState, text: str, whole: str, second: str = "") -> None:
        """Show another choice; `whole` is all of it, for a tooltip and a screen reader; `second` follows the text."""
        self._state, self._second = state, second
        self.setText(text)
        self.setAccessibleName(whole)
        self.setToolTip(whole)
        self.update()

    def nextCheckState(self) -> None:
        """Stay as it is."""

    def sizeHint(self) -> QSize:
        """Return a size that shows the whole text."""
        letters = self._look.letters
        key = letters.advance(self._key, Text.BODY) + _SPACE if self._key else 0
        height = 36 if self._kind is Text.NAME_SMALL else 30
        return QSize(round(2 * _PAD + _ICON + _SPACE + letters.advance(self.text(), self._kind) + key), height)

    def minimumSizeHint(self) -> QSize:
        """Return the least; the text is cut."""
        return QSize(110, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as a click, like the blank; one that is held down is one click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take a double click as one: what stands under the mouse may be another choice by then."""
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell it."""
        super().focusInEvent(event)
        self.focused.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the mouse is on the row."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the mouse is gone."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        look, ratio, letters = self._look, self.devicePixelRatioF(), self._look.letters
        usable = self.isEnabled()
        color = look.theme.person[self._state] if usable else look.color(Role.FAINT)
        pixmap = look.pixmap(PERSON_ICONS[self._state], color, _ICON, ratio)
        painter.drawPixmap(QPoint(_PAD, (self.height() - _ICON) // 2), pixmap)
        right = self.width() - _PAD
        if self._key:
            line = letters.line(self._key, Text.BODY, look.color(Role.SOFT), 40, ratio)
            right -= line.width
            painter.drawPixmap(right, (self.height() - line.height) // 2, line.pixmap)
            right -= _SPACE
        left = _PAD + _ICON + _SPACE
        ink = look.color(Role.INK if usable else Role.SOFT)
        line = letters.line(self.text(), self._kind, ink, max(1, right - left), ratio)
        painter.drawPixmap(left, (self.height() - line.height) // 2, line.pixmap)
        left += line.width + _SPACE
        if self._second and right - left > _LEAST_SECOND:
            line = letters.line(self._second, Text.CAPTION, look.color(Role.SOFT), right - left, ratio)
            painter.drawPixmap(left, (self.height() - line.height) // 2, line.pixmap)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(self._look.color(Role.ACCENT), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(self._ground())
        painter.drawRoundedRect(rect, 8, 8)

    def _ground(self) -> QColor:
        if self.isChecked():
            return self._look.color(Role.ACCENT_TINT)
        hovered = self.isEnabled() and (self.underMouse() or self.isDown())
        return self._look.color(Role.SURFACE if hovered else Role.CARD)


class Choices(QWidget):
    """All states; `asked` carries the one that was chosen."""

    asked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.rows = {
            state: ChoiceRow(
                look, state, CHOICE_WORDS[state], key, Text.BODY_STRONG if state in _SMALL else Text.NAME_SMALL
            )
            for state, key in KEYS.items()
        }
        self.rove = Rove(self)
        self.rove.hold(list(self.rows.values()))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(1)
        pair = QHBoxLayout()
        pair.setSpacing(4)
        for state, row in self.rows.items():
            row.clicked.connect(lambda _=False, state=state: self.asked.emit(state))
            (pair if state in _SMALL else box).addWidget(row)
        box.addLayout(pair)

    def has_focus(self) -> bool:
        """Tell whether the keyboard is at one of the rows."""
        return any(row.hasFocus() for row in self.rows.values())

    def show_state(self, state: PresenceState | None) -> None:
        """Check the row of `state`; Tab leads there."""
        for kind, row in self.rows.items():
            row.setChecked(kind is state)
        if state is not None and not self.has_focus():
            self.rove.stop_at(self.rows[state])
