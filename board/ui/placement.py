# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the windows keep from one run to the next: where each stood and how it was divided, and what was told once."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow, QSplitter


class Placement:
    """The place of the window `name`, in the file `path`; a file that cannot be read or written costs nothing else."""

    def __init__(self, path: Path, name: str) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self._name = name

    def restore(self, window: QMainWindow) -> None:
        """Put `window` where it stood; where nothing is kept, let it be no larger than the screen."""
        for splitter in window.findChildren(QSplitter):
            divided = self._settings.value(self._key(splitter))
            if isinstance(divided, QByteArray):
                splitter.restoreState(divided)
        kept = self._settings.value(f"{self._name}/geometry")
        if not (isinstance(kept, QByteArray) and window.restoreGeometry(kept)):
            frame = QSize(16, 48)
            window.resize(window.size().boundedTo(window.screen().availableSize() - frame))

    def keep(self, window: QMainWindow) -> None:
        """Remember where `window` stands."""
        self._settings.setValue(f"{self._name}/geometry", window.saveGeometry())
        for splitter in window.findChildren(QSplitter):
            self._settings.setValue(self._key(splitter), splitter.saveState())
        self._settings.sync()

    def _key(self, splitter: QSplitter) -> str:
        return f"{self._name}/{splitter.objectName()}"


class Told:
    """What the user has been told once and need not be told again, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    def first(self, what: str) -> bool:
        """Tell whether `what` is told for the first time; after that it never is."""
        key = f"told/{what}"
        if self._settings.contains(key):
            return False
        self._settings.setValue(key, "yes")
        return True
