# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The windows that are open over one roster: made when first asked for, fed together, closed one by one.

What a window shows is not known here, nor what is done when none is left.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow

from board.events import PbxChanged
from board.roster.tile import TileChanged
from board.ui.placement import Placement
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from board.view import View

QUIT_KEY = QKeySequence("Ctrl+Q")


class Windows(QObject):
    """`emptied`: no window is left that its user sees or that is kept; `put_away` says which was hidden and kept;
    `quit_asked` that its user wants the program to end.

    `makers` make the windows; `keeps` says of a view whether closing only hides it; `place` where it stood.
    """

    emptied = Signal()
    put_away = Signal(View)
    quit_asked = Signal()

    def __init__(
        self,
        makers: Mapping[View, Callable[[], QMainWindow]],
        keeps: Callable[[View], bool] = lambda _: False,
        place: Callable[[View], Placement] | None = None,
    ) -> None:
        super().__init__()
        self._makers = makers
        self._keeps = keeps
        self._place = place
        self._open: dict[View, QMainWindow] = {}
        self._health: dict[str, PbxChanged] = {}

    @property
    def views(self) -> set[View]:
        """What is open, hidden windows that are kept included."""
        return set(self._open)

    def get(self, view: View) -> QMainWindow:
        """Return the window of `view`, made where it is not open; it may not be shown yet."""
        if view not in self._open:
            window = self._open[view] = self._makers[view]()
            window.installEventFilter(self)
            QShortcut(QUIT_KEY, window, self.quit_asked.emit)
            if self._place is not None:
                self._place(view).restore(window)
            for health in self._health.values():
                _tell(window, health)
        return self._open[view]

    def show(self, view: View) -> None:
        """Show the window of `view` before all others, with the keyboard in it."""
        window = self.get(view)
        if window.isVisible():
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
            window.raise_()
        window.show()
        window.activateWindow()

    def tiles_changed(self, changes: Sequence[TileChanged]) -> None:
        """Tell changed tiles to every window that shows tiles."""
        for window in self._open.values():
            if isinstance(window, MainWindow | WallWindow):
                window.tiles_changed(changes)

    def pbx_changed(self, health: PbxChanged) -> None:
        """Tell a PBX's health to every window that shows it, and to those that are opened later."""
        self._health[health.pbx] = health
        for window in self._open.values():
            _tell(window, health)

    def hide_all(self) -> None:
        """Take every window off the screen, for the end; where they stood is kept."""
        for view, window in self._open.items():
            self._keep_place(view, window)
            window.removeEventFilter(self)
            window.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide a window that is kept instead of closing it; let go of one that is not."""
        view = next((view for view, window in self._open.items() if window is watched), None)
        if view is None or event.type() != QEvent.Type.Close:
            return False
        window = self._open[view]
        self._keep_place(view, window)
        if self._keeps(view):
            event.ignore()
            window.hide()
            self.put_away.emit(view)
            return True
        del self._open[view]
        window.deleteLater()
        QTimer.singleShot(0, self, self._look_around)
        return False

    def _look_around(self) -> None:
        if not any(window.isVisible() or self._keeps(view) for view, window in self._open.items()):
            self.emptied.emit()

    def _keep_place(self, view: View, window: QMainWindow) -> None:
        if self._place is not None and window.isVisible():
            self._place(view).keep(window)


def _tell(window: QMainWindow, health: PbxChanged) -> None:
    if isinstance(window, MainWindow | WallWindow):
        window.pbx_changed(health)
