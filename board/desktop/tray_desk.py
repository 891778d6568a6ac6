# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tray icon and the windows: what a click opens, which window a closing only hides, and that this is told once.

What the tray shows and offers comes from the status window's setter, which is there whether it is seen or not.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QTimer

from board.desktop.own_desk import OwnDesk
from board.desktop.windows import Windows
from board.ui.placement import Told
from board.ui.setter_words import distinct
from board.ui.status_window import StatusWindow
from board.ui.tray import MOST_RECENTS, Tray
from board.view import View

GRACE_MS = 10_000
"""How long a program that starts with the session waits for the desktop's tray before it opens its window instead."""
_HINT = "It goes on here: a click sets your status, and Quit in the menu ends the program."


class TrayDesk(QObject):
    """Serves `tray` from when it is first wanted. `keeps_all`: every window that is closed goes into the tray."""

    def __init__(self, tray: Tray, windows: Windows, own: OwnDesk, told: Told, *, keeps_all: bool) -> None:
        super().__init__()
        self._tray = tray
        self._windows = windows
        self._own = own
        self._told = told
        self._keeps_all = keeps_all
        self._window: StatusWindow | None = None

    def keeps(self, view: View) -> bool:
        """Tell whether a window of `view` that is closed is only hidden."""
        return self._tray.is_there and (self._keeps_all or view is View.STATUS)

    def start(self, window: StatusWindow) -> None:
        """Show in the tray what `window` shows."""
        self._window = window
        setter, tray = window.setter, self._tray
        setter.glanced.connect(tray.show_glance)
        tray.chosen.connect(setter.choose_recent)
        tray.preset_chosen.connect(setter.choose_preset)
        tray.opened.connect(self._open)
        window.escaped.connect(self._escaped)
        self._windows.put_away.connect(self._put_away)
        self._own.recents_changed.connect(self._offer)
        self._own.presets_changed.connect(self._offer)
        self._offer()
        tray.show()

    def wait_for_tray(self, otherwise: Callable[[], object]) -> None:
        """Call `otherwise` where the desktop shows no tray in time."""
        QTimer.singleShot(0 if self._tray.is_there else GRACE_MS, self, lambda: self._tray.is_there or otherwise())

    def _offer(self) -> None:
        self._tray.offer(self._own.presets, distinct(self._own.recents, MOST_RECENTS))

    def _open(self, icon: QRect) -> None:
        """Open the setter, or put it away where it is in front already."""
        assert self._window is not None
        if self._window.isActiveWindow():
            self._window.close()
        else:
            self._windows.show(View.STATUS)
            self._window.move_beside(icon)

    def _escaped(self) -> None:
        if self._window is not None and self.keeps(View.STATUS):
            self._window.close()

    def _put_away(self) -> None:
        if self._told.first("tray"):
            self._tray.tell("Presence board", _HINT)
