# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Small round-ended buttons: filter chips with a glyph and a count, and buttons that open a menu. Painted by role."""

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.keys import MOVING
from board.ui.look import Look
from board.ui.theme import Role

HEIGHT = 34
_PAD, _ICON, _SPACE = 13, 16, 7
_SLACK = 9  # a text may reach into the margin before it is cut


class Pill(QAbstractButton):
    """A button of glyph, text and a second text; filled while checked."""

    def __init__(self, look: Look, text: str, icon: Icon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._second = ""
        self._trailing: Icon | None = None
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.changed.connect(self.update)

    def glyph_color(self) -> QColor:
        """Return the colour of the glyph."""
        return self._look.color(Role.SOFT)

    def trailing_color(self) -> QColor:
        """Return the colour of the glyph at the end."""
        return self._look.color(Role.SOFT)

    def set_second(self, text: str) -> None:
        """Show `text` after the button's own, in tabular figures."""
        if text != self._second:
            self._second = text
            self.setAccessibleName(f"{self.text()}, {text}")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size that shows everything."""
        letters = self._look.letters
        width = 2 * _PAD + letters.advance(self.text(), Text.BODY_STRONG)
        width += (_ICON + _SPACE) * ((self._icon is not None) + (self._trailing is not None))
        if not self.text():
            width -= _SPACE
        if self._second:
            width += _SPACE + letters.advance(self._second, Text.BODY_STRONG)
        return QSize(round(width), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the same: nothing of a pill may be cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as a click, like the blank; one that is held down is one click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        elif event.key() in MOVING:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the mouse is on the button."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the mouse is gone."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, ratio = self._look, self.devicePixelRatioF()
        self._paint_shape(painter)
        x = _PAD
        if self._icon is not None:
            color = self.glyph_color() if self.isEnabled() else look.color(Role.FAINT)
            pixmap = look.pixmap(self._icon, color, _ICON, ratio)
            painter.drawPixmap(QPoint(x, (self.height() - _ICON) // 2), pixmap)
            x += _ICON + _SPACE
        ink = look.color(Role.ACCENT_TEXT if self.isChecked() else Role.INK if self.isEnabled() else Role.SOFT)
        end = self.width() - _PAD - (_ICON + _SPACE if self._trailing is not None else 0)
        for text, color in ((self.text(), ink), (self._second, ink if self.isChecked() else look.color(Role.SOFT))):
            if text:
                line = look.letters.line(text, Text.BODY_STRONG, color, max(1, end - x + _SLACK), ratio)
                painter.drawPixmap(x, (self.height() - line.height) // 2, line.pixmap)
                x += line.width + _SPACE
        if self._trailing is not None:
            pixmap = look.pixmap(self._trailing, self.trailing_color(), _ICON, ratio)
            painter.drawPixmap(QPoint(self.width() - _PAD - _ICON, (self.height() - _ICON) // 2 + 1), pixmap)
        painter.end()

    def _paint_shape(self, painter: QPainter) -> None:
        """Paint border and ground; the focus is a ring with a gap, so that it shows on a checked pill, too."""
        look, rect = self._look, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(look.color(Role.CARD))
        if self.hasFocus():
            painter.setPen(QPen(look.color(Role.ACCENT), 2))
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
            rect = rect.adjusted(3, 3, -3, -3)
        painter.setPen(self._border())
        if self.isChecked():
            painter.setBrush(look.color(Role.ACCENT_TINT))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)

    def _border(self) -> QPen:
        if self.isChecked():
            return QPen(self._look.color(Role.ACCENT), 1)
        return QPen(self._look.color(Role.LINE_STRONG if self.underMouse() and self.isEnabled() else Role.LINE), 1)


class MenuPill(Pill):
    """A pill that opens its menu."""

    def __init__(self, look: Look, text: str, icon: Icon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(look, text, icon, parent)
        self.menu = QMenu(self)
        if text:
            self._trailing = Icon.CHEVRON
        self.clicked.connect(self.open)

    def open(self) -> None:
        """Open the menu below the button, at what is chosen; the program goes on meanwhile."""
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        chosen = next((action for action in self.menu.actions() if action.isChecked()), None)
        if chosen is not None:
            self.menu.setActiveAction(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the menu at the arrow down, too."""
        if event.key() == Qt.Key.Key_Down:
            self.click()
        else:
            super().keyPressEvent(event)
