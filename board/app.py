# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The composition root of the desktop program: builds everything, wires it, holds no rules."""

import asyncio
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMainWindow

from board.config.reader import data_folder
from board.desktop.live import Live
from board.desktop.meeting import meet, read_request, start_board, tell_shown
from board.desktop.others_desk import OthersDesk
from board.desktop.own_desk import OwnDesk
from board.desktop.tray_desk import TrayDesk
from board.desktop.windows import Windows
from board.events import Address
from board.loop import Tasks, run_qt
from board.opening import Source
from board.preset_file import NAME as PRESETS
from board.preset_file import PresetKeeper
from board.resources import resources
from board.roster.ordering import Order
from board.roster.roster import Roster
from board.ui.application import Application
from board.ui.density import Packing
from board.ui.look import Look, Scheme
from board.ui.placement import Placement, Told
from board.ui.single import Instance, runtime_folder
from board.ui.status_window import StatusWindow
from board.ui.tray import Tray
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from board.view import View

MEMORY = "window.ini"


class Desktop:
    """Windows over a source's office, from the first paint to the last unsubscription.

    `view` is shown first, unless it is `hidden` in the tray; `folder` is where the program keeps what it keeps.
    """

    def __init__(
        self,
        app: QApplication,
        source: Source,
        view: View = View.SWITCHBOARD,
        folder: Path | None = None,
        *,
        hidden: bool = False,
    ) -> None:
        self._source = source
        self._view = view
        self._hidden = hidden
        folder = folder or data_folder()
        own_only = view is View.STATUS
        self._roster = Roster(() if own_only else source.contacts)
        self._look = Look(resources(), Scheme(source.view.theme))
        self._look.dress(app)
        self._wall_look = Look(resources(), _wall_scheme(source))
        self._tasks = Tasks()
        self._own = OwnDesk(self._tasks, PresetKeeper(folder / PRESETS))
        self._others = OthersDesk(self._tasks, self._own, self._seen)
        self._tray = Tray(self._look)
        makers = {View.SWITCHBOARD: self._switchboard, View.WALL: self._wall, View.STATUS: self._status}
        self._windows = Windows(makers, self._keeps, lambda of: Placement(folder / MEMORY, of.value))
        self._tray_desk = TrayDesk(
            self._tray, self._windows, self._own, Told(folder / MEMORY), keeps_all=source.view.keep_in_tray
        )
        feed = (self._windows.tiles_changed, self._windows.pbx_changed)
        # A wall is nobody's desk: that nobody touches it says nothing about its user.
        automatic = view is not View.WALL
        self._live = Live(source, self._roster, self._own, folder, *feed, own_only=own_only, automatic=automatic)
        self.window = self._windows.get(view)
        if source.view.keep_in_tray:
            self._windows.get(View.STATUS)

    async def run(self, stop: asyncio.Event) -> int:
        """Show the first window until all are closed or `stop` is set; end the subscriptions in order behind them."""
        self._windows.emptied.connect(stop.set)
        self._windows.quit_asked.connect(stop.set)
        self._tray.quit_asked.connect(stop.set)
        self._tray.board_asked.connect(self._show_board)
        if self._hidden:
            self._tray_desk.wait_for_tray(partial(self._windows.show, self._view))
        else:
            self._windows.show(self._view)
        self._tasks.start(self._own.load_presets(), "looking up the presets")
        self._tasks.start(self._live.run(), "watching the office")
        await stop.wait()
        self._windows.hide_all()
        self._tray.hide()
        await self._tasks.close()
        return 0

    def asked(self, line: str) -> None:
        """Show what a second start asks for."""
        if (view := read_request(line)) is not None:
            self._windows.show(view)

    def _show_board(self) -> None:
        if self._view is View.STATUS:
            start_board(self._source.origin)
        else:
            self._windows.show(View.SWITCHBOARD)

    def _seen(self, address: Address) -> None:
        """Take note that the user has seen why a status of `address` failed."""
        self._windows.tiles_changed(self._roster.seen(address, time.time()))

    def _keeps(self, view: View) -> bool:
        return self._tray_desk.keeps(view)

    def _switchboard(self) -> QMainWindow:
        tiles = self._roster.tiles
        window = MainWindow(tiles, self._look, time.time, Packing(self._source.view.density))
        window.order_by(Order(self._source.view.sort))
        self._own.serve(window.setter)
        self._others.serve(window)
        return window

    def _wall(self) -> QMainWindow:
        window = WallWindow(self._roster.tiles, self._wall_look, time.time)
        self._wall_look.dress_window(window)
        window.order_by(Order(self._source.view.sort))
        return window

    def _status(self) -> QMainWindow:
        window = StatusWindow(self._look, time.time)
        self._tray_desk.start(window)
        self._own.serve(window.setter)
        window.fit()
        return window


def _wall_scheme(source: Source) -> Scheme:
    """Return the configured theme; a wall is dark unless the configuration says otherwise."""
    chosen = Scheme(source.view.theme)
    return Scheme.DARK if chosen is Scheme.SYSTEM else chosen


def run(source: Source, view: View, *, hidden: bool = False) -> int:
    """Run the desktop program, or have the one that runs already show the view; return its exit status."""
    app = Application(sys.argv[:1])
    instance = meet(runtime_folder(), data_folder(), source.origin, view, hidden=hidden)
    if instance is None:
        tell_shown(view, hidden=hidden)
        return 0
    make: Callable[[], Desktop] = partial(Desktop, app, source, view, hidden=hidden)
    return run_qt(app, partial(_run, app, make, instance))


async def _run(app: Application, make: Callable[[], Desktop], instance: Instance, stop: asyncio.Event) -> int:
    desktop = make()
    app.quit_asked.connect(stop.set)
    instance.asked.connect(desktop.asked)
    running = asyncio.ensure_future(desktop.run(stop))
    await stop.wait()
    instance.release()
    return await running
