# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The composition root of the desktop program: builds everything, wires it, holds no rules."""

import asyncio
import sys
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QApplication, QMainWindow

from board.carrying import open_session
from board.config.reader import data_folder
from board.desktop.meeting import meet, read_request, tell_shown
from board.desktop.windows import Windows
from board.loop import Tasks, run_qt
from board.office import Office
from board.opening import Source
from board.resources import resources
from board.roster.ordering import Order
from board.roster.roster import Roster
from board.session import Session
from board.ui.density import Packing
from board.ui.look import Look, Scheme
from board.ui.placement import Placement
from board.ui.single import Instance, runtime_folder
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from board.view import View


class Desktop:
    """Windows over a source's office, from the first paint to the last unsubscription; `view` is shown first."""

    def __init__(
        self,
        app: QApplication,
        source: Source,
        view: View = View.SWITCHBOARD,
        place: Callable[[View], Placement] | None = None,
    ) -> None:
        self._source = source
        self._view = view
        self._roster = Roster(source.contacts)
        self._look = Look(resources(), _scheme(source, view))
        self._look.dress(app)
        self._order = Order(source.view.sort)
        self._windows = Windows({View.SWITCHBOARD: self._switchboard, View.WALL: self._wall}, place=place)
        self.window = self._windows.get(view)

    async def run(self, stop: asyncio.Event) -> int:
        """Show the first window until all are closed or `stop` is set; end the subscriptions in order behind them."""
        tasks = Tasks()
        self._windows.emptied.connect(stop.set)
        self._windows.show(self._view)
        tasks.start(self._follow(), "watching the office")
        await stop.wait()
        self._windows.hide_all()
        await tasks.close()
        return 0

    def asked(self, line: str) -> None:
        """Show what a second start asks for."""
        if (view := read_request(line)) is not None:
            self._windows.show(view)

    async def _follow(self) -> None:
        async with self._source.open() as office:
            await self._watch(office)

    async def _watch(self, office: Office) -> None:
        make = partial(Session, office, self._roster, self._windows.tiles_changed, self._windows.pbx_changed)
        session = await open_session(office, data_folder(), make)
        session.start()
        try:
            await asyncio.Event().wait()
        finally:
            await session.stop()

    def _switchboard(self) -> QMainWindow:
        tiles = self._roster.tiles
        window = MainWindow(tiles, self._look, time.time, Packing(self._source.view.density))
        window.order_by(self._order)
        return window

    def _wall(self) -> QMainWindow:
        window = WallWindow(self._roster.tiles, self._look, time.time)
        window.order_by(self._order)
        return window


def _scheme(source: Source, view: View) -> Scheme:
    """Return the configured theme; a wall is dark unless the configuration says otherwise."""
    chosen = Scheme(source.view.theme)
    return Scheme.DARK if view is View.WALL and chosen is Scheme.SYSTEM else chosen


def run(source: Source, view: View) -> int:
    """Run the desktop program, or have the one that runs already show the view; return its exit status."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("presence-board")
    app.setApplicationDisplayName("Presence board")
    app.setDesktopFileName("presence-board")
    instance = meet(runtime_folder(), data_folder(), source.origin, view)
    if instance is None:
        tell_shown(view)
        return 0
    return run_qt(app, partial(_run, app, source, view, instance))


async def _run(app: QApplication, source: Source, view: View, instance: Instance, stop: asyncio.Event) -> int:
    desktop = Desktop(app, source, view, lambda of: Placement(data_folder() / "window.ini", of.value))
    instance.asked.connect(desktop.asked)
    running = asyncio.ensure_future(desktop.run(stop))
    await stop.wait()
    instance.release()
    return await running
