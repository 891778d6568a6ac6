# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The composition root of the desktop program: builds everything, wires it, holds no rules."""

import asyncio
import sys
import time

from PySide6.QtWidgets import QApplication

from board.loop import Tasks, run_qt
from board.office import Office
from board.opening import Source
from board.resources import resources
from board.roster.ordering import Order
from board.roster.roster import Roster
from board.session import Session
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow


class Desktop:
    """The window over a source's office, from the first paint to the last unsubscription."""

    def __init__(self, app: QApplication, source: Source) -> None:
        self._app = app
        self._source = source
        self._roster = Roster(source.contacts)
        self._look = Look(resources(), Scheme(source.view.theme))
        self._look.dress(app)
        self.window = MainWindow(self._roster.tiles, self._look, time.time)
        self.window.order_by(Order(source.view.sort))

    async def run(self, stop: asyncio.Event) -> int:
        """Show the window until it is closed or `stop` is set; end the subscriptions in order behind it."""
        tasks = Tasks()
        self._app.lastWindowClosed.connect(stop.set)
        self.window.show()
        tasks.start(self._follow(), "watching the office")
        await stop.wait()
        self.window.hide()
        await tasks.close()
        return 0

    async def _follow(self) -> None:
        async with self._source.open() as office:
            await self._watch(office)

    async def _watch(self, office: Office) -> None:
        session = Session(office, self._roster, self.window.tiles_changed, self.window.pbx_changed)
        session.start()
        try:
            await asyncio.Event().wait()
        finally:
            await session.stop()


def run(source: Source) -> int:
    """Run the desktop program; return its exit status."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("presence-board")
    app.setApplicationDisplayName("Presence board")
    app.setDesktopFileName("presence-board")
    return run_qt(app, Desktop(app, source).run)
