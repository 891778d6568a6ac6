# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The composition root of the desktop program: builds everything, wires it, holds no rules."""

import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QApplication

from board.carrying import open_session
from board.config.reader import data_folder
from board.loop import Tasks, run_qt
from board.office import Office
from board.opening import Source
from board.resources import resources
from board.roster.ordering import Order
from board.roster.roster import Roster
from board.roster.tile import Tile
from board.session import Session
from board.ui.density import density_of
from board.ui.look import Look, Scheme
from board.ui.placement import Placement
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from board.view import View

Window = MainWindow | WallWindow


class Desktop:
    """A window over a source's office, from the first paint to the last unsubscription."""

    def __init__(
        self,
        app: QApplication,
        source: Source,
        view: View = View.SWITCHBOARD,
        placement: Placement | None = None,
    ) -> None:
        self._app = app
        self._placement = placement
        self._source = source
        self._roster = Roster(source.contacts)
        self._look = Look(resources(), _scheme(source, view))
        self._look.dress(app)
        self.window = _window(view, self._roster.tiles, self._look, source.view.density)
        self.window.order_by(Order(source.view.sort))

    async def run(self, stop: asyncio.Event) -> int:
        """Show the window until it is closed or `stop` is set; end the subscriptions in order behind it."""
        tasks = Tasks()
        self._app.lastWindowClosed.connect(stop.set)
        if self._placement is not None:
            self._placement.restore(self.window)
        self.window.show()
        tasks.start(self._follow(), "watching the office")
        await stop.wait()
        if self._placement is not None:
            self._placement.keep(self.window)
        self.window.hide()
        await tasks.close()
        return 0

    async def _follow(self) -> None:
        async with self._source.open() as office:
            await self._watch(office)

    async def _watch(self, office: Office) -> None:
        make = partial(Session, office, self._roster, self.window.tiles_changed, self.window.pbx_changed)
        session = open_session(office, data_folder(), make)
        session.start()
        try:
            await asyncio.Event().wait()
        finally:
            await session.stop()


def _window(view: View, tiles: Sequence[Tile], look: Look, density: str) -> Window:
    if view is View.WALL:
        return WallWindow(tiles, look, time.time)
    return MainWindow(tiles, look, time.time, density_of(density, len(tiles)))


def _scheme(source: Source, view: View) -> Scheme:
    """Return the configured theme; a wall is dark unless the configuration says otherwise."""
    chosen = Scheme(source.view.theme)
    return Scheme.DARK if view is View.WALL and chosen is Scheme.SYSTEM else chosen


def run(source: Source, view: View) -> int:
    """Run the desktop program; return its exit status."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("presence-board")
    app.setApplicationDisplayName("Presence board")
    app.setDesktopFileName("presence-board")
    placement = Placement(data_folder() / "window.ini", view.value)
    return run_qt(app, Desktop(app, source, view, placement).run)
