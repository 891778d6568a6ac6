# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a change on a real Asterisk takes to the board's event, and on to the painted tile.

The rival hears the same changes in the same run: a bare watcher of a few lines, in a thread of its own. A change
begins when the manager action that makes it is written. `python -m tests.benchmarks.latency [CHANGES]`.
"""

import asyncio
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from board.loop import run_qt
from board.resources import resources
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.session import Session
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow
from tests.benchmarks.activation import FIRST, office
from tests.benchmarks.pbx import temporary_asterisk
from tests.benchmarks.table import Row, percentile, render
from tests.fakes.watcher import Watcher
from tests.pbx.asterisk import PASSWORD, Asterisk

CHANGES = 300
TILES = 40
FRAME = 1 / 60
PATIENCE = 20.0


class PaintWatch(QObject):
    """Calls `painted` after each paint of the board that covers the tile of interest."""

    def __init__(self, window: MainWindow, painted: Callable[[], None]) -> None:
        super().__init__(window)
        self._window = window
        self._painted = painted
        self.row: int | None = None
        window.board.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at paint events; the paint itself is over when the loop turns next."""
        if isinstance(event, QPaintEvent) and self.row is not None:
            address = self._window.model.tile(self.row).contact.address
            place = self._window.board.visualRect(self._window.proxy.index_of(address))
            if event.region().intersects(place):
                self.row = None
                asyncio.get_running_loop().call_soon(self._painted)
        return super().eventFilter(watched, event)


class Bare(threading.Thread):
    """The rival: one subscription, read by a loop of its own; stamps each NOTIFY."""

    def __init__(self, asterisk: Asterisk, extension: str) -> None:
        super().__init__(daemon=True)
        self._asterisk = asterisk
        self._extension = extension
        self.at = 0.0
        self.heard = threading.Event()

    def run(self) -> None:
        """Subscribe, then stamp until the process ends."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        async with await Watcher.connect(
            "127.0.0.1", self._asterisk.sip_port, tcp=False, user="board", password=PASSWORD
        ) as watcher:
            watcher.algorithm = "MD5"
            await watcher.subscribe(self._extension)
            while True:
                await watcher.notifies.get()
                self.at = time.monotonic()
                self.heard.set()


class Trial:
    """One run: a window over an office, changed once and once again."""

    def __init__(self, asterisk: Asterisk, changes: int) -> None:
        self._asterisk = asterisk
        self._changes = changes
        self._event = asyncio.Event()
        self._paint = asyncio.Event()
        self._all_live = asyncio.Event()
        self._live = 0
        self._at = {"event": 0.0, "paint": 0.0}
        self.to_event, self.to_paint, self.to_bare = list[float](), list[float](), list[float]()

    async def run(self, stop: asyncio.Event) -> int:
        """Measure; the program for `run_qt`."""
        watched = office(self._asterisk, TILES)
        roster = Roster(watched.contacts)
        self._window = MainWindow(roster.tiles, Look(resources(), Scheme.LIGHT), time.time)
        self._window.show()
        self._painter = PaintWatch(self._window, self._painted)
        session = Session(watched, roster, self._tiles, self._window.pbx_changed)
        session.start()
        bare = Bare(self._asterisk, str(FIRST))
        bare.start()
        await asyncio.to_thread(bare.heard.wait, PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await self._all_live.wait()
        for number in range(self._changes):
            await self._change(("INUSE", "NOT_INUSE")[number % 2], bare)
        await session.stop()
        self._window.close()
        return 0

    async def _change(self, state: str, bare: Bare) -> None:
        await asyncio.sleep(random.uniform(0.02, 0.08))  # so that changes fall anywhere in a frame
        self._event.clear()
        self._paint.clear()
        bare.heard.clear()
        begun = time.monotonic()
        await asyncio.to_thread(self._asterisk.set_device, str(FIRST), state)
        async with asyncio.timeout(PATIENCE):
            await self._event.wait()
            await self._paint.wait()
            await asyncio.to_thread(bare.heard.wait, PATIENCE)
        self.to_event.append(self._at["event"] - begun)
        self.to_paint.append(self._at["paint"] - self._at["event"])
        self.to_bare.append(bare.at - begun)

    def _tiles(self, changes: Sequence[TileChanged]) -> None:
        self._live += sum(change.before is None and not change.tile.stale for change in changes)
        if self._live >= TILES:
            self._all_live.set()
        for change in changes:
            if change.tile.contact.address.extension == str(FIRST) and change.before is not None:
                self._at["event"] = time.monotonic()
                self._painter.row = self._window.model.row(change.tile.contact.address)
                self._event.set()
        self._window.tiles_changed(changes)

    def _painted(self) -> None:
        self._at["paint"] = time.monotonic()
        self._paint.set()


def rows(changes: int = CHANGES) -> list[Row]:
    """Measure the same changes on the way to an event, to a painted tile and to a bare watcher."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    with temporary_asterisk(range(FIRST, FIRST + TILES)) as (asterisk, _):
        trial = Trial(asterisk, changes)
        run_qt(app, trial.run)
    ms = 1000
    found = list[Row]()
    for name, pick in (("median", statistics.median), ("p99", lambda values: percentile(values, 0.99))):
        bare = pick(trial.to_bare) * ms
        found.append(Row(f"change to event, {name}", pick(trial.to_event) * ms, "ms", bare, "bare watcher"))
        found.append(
            Row(f"event to painted, {name}", pick(trial.to_paint) * ms, "ms", FRAME * ms, "a frame", "<= 1 frame")
        )
    return found


if __name__ == "__main__":
    print(render(rows(int(sys.argv[1]) if len(sys.argv) > 1 else CHANGES)))
