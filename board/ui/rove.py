# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A group of buttons that is one stop of the Tab key; within it the arrow keys move. Moving presses nothing."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton

_STEPS: Mapping[int, int] = MappingProxyType(
    {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}
)
_ENDS: Mapping[int, int] = MappingProxyType({Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1})


class Rove(QObject):
    """Keeps one of its buttons in the Tab order; `left` tells that an arrow led out of the group, by -1 or 1."""

    left = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._buttons: list[QAbstractButton] = []
        self._stop: QAbstractButton | None = None

    def hold(self, buttons: Sequence[QAbstractButton]) -> None:
        """Take `buttons`, in order, in place of those before."""
        for button in self._buttons:
            button.removeEventFilter(self)
        self._buttons = list(buttons)
        for button in self._buttons:
            button.installEventFilter(self)
        self.stop_at(self._buttons[0] if self._buttons else None)

    def stop_at(self, button: QAbstractButton | None) -> None:
        """Make `button` the one that Tab leads to."""
        self._stop = button
        for other in self._buttons:
            tab = other is button
            other.setFocusPolicy(Qt.FocusPolicy.TabFocus if tab else Qt.FocusPolicy.NoFocus)

    def enter(self, step: int = 1) -> bool:
        """Give the focus to the group, as Tab would (`step` 0) or an arrow from outside; tell whether it could."""
        usable = self._usable()
        if not usable:
            return False
        stop = self._stop if step == 0 and self._stop in usable else usable[0 if step >= 0 else -1]
        assert stop is not None
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move at the arrow keys; follow the focus."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self.stop_at(watched)
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QAbstractButton)
        ):
            return self._moved(watched, event)
        return False

    def _moved(self, button: QAbstractButton, event: QKeyEvent) -> bool:
        usable, key = self._usable(), event.key()
        chord = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if chord or button not in usable or (key not in _STEPS and key not in _ENDS):
            return False
        to = _ENDS[key] if key in _ENDS else usable.index(button) + _STEPS[key]
        if key in _STEPS and not 0 <= to < len(usable):
            self.left.emit(_STEPS[key])
        else:
            usable[to].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _usable(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if button.isVisibleTo(button.window()) and button.isEnabled()]
