# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Qt application, which lets nobody but the program itself end its event loop."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Tells in `quit_asked` that a session manager (at log-out) or a dock wants it to end.

    Left alone, Qt would end its loop at once: no subscription would be ended, nothing told that is to be told.
    """

    quit_asked = Signal()

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self.setApplicationName("presence-board")
        self.setApplicationDisplayName("Presence board")
        self.setDesktopFileName("presence-board")

    def event(self, event: QEvent) -> bool:
        """Take Qt's own event for it."""
        if event.type() == QEvent.Type.Quit:
            self.quit_asked.emit()
            return True
        return super().event(event)
