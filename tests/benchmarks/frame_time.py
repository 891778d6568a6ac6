# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a frame takes when 1, 10 or 100 of 300 visible tiles change: `python -m tests.benchmarks.frame_time`.

A frame is all that happens on the window's thread: the model takes the changes in, proxy and view hear of them,
the tiles are painted. Beside it, in the same run, Qt's plain list view with its own delegate and a line of text.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtWidgets import QApplication, QListView

from board.resources import resources
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow
from tests.benchmarks.table import Row, percentile, render
from tests.fakes import office

TILES = 300
CHANGED = (1, 10, 100)
FRAMES = 120
_SIZE = QSize(4300, 2500)  # shows all 300 at once

_T = TypeVar("_T")


def rows(frames: int = FRAMES) -> list[Row]:
    """Return the median and the 99th percentile of a frame for each number of changed tiles, beside the rival's."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    found = list[Row]()
    for changed in CHANGED:
        ours, theirs = _board_frames(app, changed, frames), _rival_frames(app, changed, frames)
        what, aim = f"frame, {changed} of {TILES} tiles changed", "<= 8 ms" if changed == max(CHANGED) else ""
        found.append(
            Row(f"{what}, median", statistics.median(ours), "ms", statistics.median(theirs), "plain QListView", aim)
        )
        found.append(Row(f"{what}, p99", percentile(ours, 0.99), "ms", percentile(theirs, 0.99), "plain QListView"))
    return found


def _board_frames(app: QApplication, changed: int, frames: int) -> list[float]:
    look = Look(resources(), Scheme.LIGHT)
    look.dress(app)
    roster = Roster(office.contacts(TILES))
    now = time.time()
    window = MainWindow(roster.tiles, look, time.time)
    window.tiles_changed(office.settled(roster, now))
    window.model.set_frame(0)
    window.details.hide()
    window.resize(_SIZE)
    window.show()
    _settle(app)
    window.model.set_frame(0)
    visible = sum(
        window.board.viewport().rect().contains(window.board.visualRect(window.proxy.index(row, 0)))
        for row in range(window.proxy.rowCount())
    )
    assert visible == TILES, f"only {visible} tiles are visible"
    batches = _batches(roster, now, changed)
    samples = _time(app, frames, lambda: next(batches), window.tiles_changed)
    window.close()
    window.deleteLater()
    _settle(app)
    return samples


def _batches(roster: Roster, now: float, changed: int) -> Iterator[list[TileChanged]]:
    """Give batches of changes to `changed` different tiles, spread over the board."""
    moves = office.moves(roster, now)
    while True:
        batch: list[TileChanged] = []
        while len(batch) < changed:
            event = next(moves)
            batch += roster.apply(event, event.at)
        yield batch


def _rival_frames(app: QApplication, changed: int, frames: int) -> list[float]:
    model = QStringListModel([f"Name {row}, 20{row}, Available" for row in range(TILES)])
    view = QListView()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(QSize(270, 90))
    view.setModel(model)
    view.resize(_SIZE)
    view.show()
    _settle(app)
    turn = iter(range(10**9))

    def change(number: int) -> None:
        for row in islice(range(number % 3, TILES, max(1, TILES // changed)), changed):
            model.setData(model.index(row), f"Name {row}, 20{row}, In a call {number}", Qt.ItemDataRole.EditRole)

    samples = _time(app, frames, lambda: next(turn), change)
    view.close()
    view.deleteLater()
    _settle(app)
    return samples


def _time(app: QApplication, frames: int, prepare: Callable[[], _T], change: Callable[[_T], None]) -> list[float]:
    samples = []
    for number in range(frames + 10):
        what = prepare()
        start = time.perf_counter()
        change(what)
        app.processEvents()
        if number >= 10:
            samples.append((time.perf_counter() - start) * 1000)
    return samples


def _settle(app: QApplication) -> None:
    for _ in range(5):
        app.processEvents()


if __name__ == "__main__":
    print(render(rows()))
