# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A panel that drops down from a button of the window, over what lies below: nothing there moves, nothing waits.

A click beside it closes it; Tab stays within; keys that its content leaves go nowhere.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from board.ui.look import Look
from board.ui.theme import Role

_SHADOW, _INSET, _RADIUS = 10, 5, 11


class Popover(QWidget):
    """Holds `content`; `closed` tells that it was closed, by a click beside it or by `close_down`."""

    closed = Signal()

    def __init__(self, look: Look, content: QWidget, window: QWidget, anchor: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._content = content
        self._window = window
        self._anchor = anchor
        self._before: QWidget | None = None
        box = QVBoxLayout(self)
        margin = _SHADOW + _INSET
        box.setContentsMargins(margin, margin, margin, margin)
        box.addWidget(content)
        self.hide()
        look.changed.connect(self.update)

    def open_up(self) -> None:
        """Open below the anchor, at the right, no larger than the window."""
        if self.isVisible():
            return
        self._before = self._window.focusWidget()
        self.place()
        self.show()
        self.raise_()
        self._window.installEventFilter(self)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def close_down(self) -> None:
        """Close; the keyboard goes back to where it was."""
        if not self.isVisible():
            return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._window.removeEventFilter(self)
        inside = QApplication.focusWidget()
        self.hide()
        if self._before is not None and inside is not None and self.isAncestorOf(inside):
            self._before.setFocus()
        self.closed.emit()

    def place(self) -> None:
        """Stand where there is room."""
        corner = self._anchor.mapTo(self._window, QPoint(self._anchor.width(), self._anchor.height() + 6))
        around, wanted = 2 * (_SHADOW + _INSET), self._content.sizeHint()
        width = min(wanted.width() + around, self._window.width())
        tall = max(wanted.height(), self._content.heightForWidth(width - around))
        height = min(tall + around, self._window.height() - corner.y())
        left = min(corner.x() + _SHADOW, self._window.width()) - width
        self.setGeometry(QRect(max(0, left), corner.y() - _SHADOW, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close at a click beside it; follow the window's size."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.place()
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._pressed(watched, event)
        return False

    def _pressed(self, watched: QObject, event: QMouseEvent) -> None:
        if not isinstance(watched, QWidget) or watched.window() is not self._window:
            return
        place = event.globalPosition().toPoint()
        beside = not self._card().contains(self.mapFromGlobal(place))
        on_anchor = self._anchor.rect().contains(self._anchor.mapFromGlobal(place))
        if beside and not on_anchor:
            self.close_down()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep what the content leaves."""
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go round within."""
        start = QApplication.focusWidget() or self
        widget = self._next(start, forward)
        while widget is not start:
            if self._takes_tab(widget):
                reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
                widget.setFocus(reason)
                return True
            widget = self._next(widget, forward)
        return False

    def _next(self, widget: QWidget, forward: bool) -> QWidget:
        following = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        return following or widget  # a chain is a ring: it has no end

    def _takes_tab(self, widget: QWidget) -> bool:
        tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        usable = widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
        return bool(tab) and usable and self.isAncestorOf(widget)

    def _card(self) -> QRect:
        return self.rect().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint shadow and card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(self._card()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 4))
        for step in range(_SHADOW, 0, -1):
            painter.drawRoundedRect(card.adjusted(-step, -step + 2, step, step), _RADIUS + step, _RADIUS + step)
        painter.setPen(QPen(self._look.color(Role.LINE_STRONG), 1))
        painter.setBrush(self._look.color(Role.CARD))
        painter.drawRoundedRect(card, _RADIUS, _RADIUS)
        painter.end()
