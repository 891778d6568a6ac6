# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status view: the status setter in a small window of its own, for those who need no board."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMainWindow

from board.ui.look import Look
from board.ui.setter import StatusSetter

_GAP = 8
_ROOM = 90


class StatusWindow(QMainWindow):
    """Holds `setter`; `escaped` says that Esc had nothing left to do in it."""

    escaped = Signal()

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        super().__init__()
        self.setter = StatusSetter(look, clock, self)
        self.setter.escaped.connect(self.escaped)
        self.setter.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setter.glanced.connect(self._enter)
        self.setCentralWidget(self.setter)
        self.setWindowTitle("My status")
        self.setMinimumSize(320, 360)

    def fit(self) -> None:
        """Take the size that the setter wants, and room for a longer status and the recent ones."""
        wanted = self.setter.sizeHint()
        self.resize(wanted.width(), wanted.height() + _ROOM)

    def move_beside(self, icon: QRect) -> None:
        """Stand beside the tray's `icon`, wholly on its screen; where the icon is not known, stay."""
        screen = QGuiApplication.screenAt(icon.center())
        if icon.isEmpty() or screen is None:
            return
        self.move(beside(icon, self.frameGeometry(), screen.availableGeometry()))

    def showEvent(self, event: QShowEvent) -> None:
        """Put the keyboard where it is of most use."""
        super().showEvent(event)
        self.setter.setFocus()
        self._enter()

    def _enter(self) -> None:
        """Leave the keyboard to the setter itself only while nothing in it can be chosen."""
        if self.setter.hasFocus():
            self.setter.enter()


def beside(icon: QRect, frame: QRect, room: QRect) -> QPoint:
    """Return where a window's frame stands within `room`, near `icon` and not over it where that can be had."""
    below = icon.center().y() < room.center().y()
    x = icon.center().x() - frame.width() // 2
    y = icon.bottom() + _GAP if below else icon.top() - _GAP - frame.height()
    return QPoint(
        max(room.left(), min(x, room.right() - frame.width())),
        max(room.top(), min(y, room.bottom() - frame.height())),
    )
