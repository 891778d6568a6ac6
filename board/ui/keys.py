# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys are typing, for the search field, and which move about the board, wherever the focus is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_CHORDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier

MOVING = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


def is_typing(event: QKeyEvent) -> bool:
    """Tell whether the key writes or erases text; a blank does not, since it presses buttons."""
    if event.key() == Qt.Key.Key_Backspace:
        return True
    text = event.text()
    return text.isprintable() and not text.isspace() and bool(text) and not event.modifiers() & _CHORDS
