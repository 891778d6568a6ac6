# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Small trimmings of Qt's own widgets by role: a slim scroll bar, a hairline, a splitter whose handle is a hairline."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QSplitterHandle,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from board.ui.look import Look
from board.ui.theme import Role

_WIDTH = 12
_LEAST = 36


class SlimBar(QScrollBar):
    """A vertical scroll bar that is only a handle, and nothing at all while there is nothing to scroll."""

    def __init__(self, look: Look, back: Role) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._look = look
        self._back = back
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a slim width."""
        return QSize(_WIDTH, 2 * _LEAST)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the handle where Qt's own style has it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color(self._back))
        if self.maximum() > self.minimum():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            held = self.isSliderDown() or self.underMouse()
            painter.setBrush(self._look.color(Role.FAINT if held else Role.LINE_STRONG))
            painter.drawRoundedRect(self._handle(), 3, 3)
        painter.end()

    def _handle(self) -> QRectF:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
        )
        return QRectF(3, handle.y() + 2, self.width() - 6, handle.height() - 4)


class Pane(QScrollArea):
    """Scrolls its widget up and down by a slim bar on a card; keys are its widget's, but for paging."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBar(SlimBar(look, Role.CARD))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by pages; leave the rest."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()


class Hairline(QWidget):
    """A line one pixel high."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(1)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color(Role.LINE))
        painter.end()


class FocusFrame(QWidget):
    """A frame over its parent that shows where the keyboard is; hidden at first, never in the mouse's way."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.color(Role.ACCENT), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)
        painter.end()


class _Handle(QSplitterHandle):
    """A handle that shows as a hairline; Qt lets the mouse take it from a few pixels beside, too."""

    def __init__(self, look: Look, splitter: QSplitter) -> None:
        super().__init__(Qt.Orientation.Horizontal, splitter)
        self._look = look
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color(Role.LINE))
        painter.end()


class Split(QSplitter):
    """Two panes side by side with a hairline between."""

    def __init__(self, look: Look) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._look = look
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        """Return a hairline."""
        return _Handle(self._look, self)
