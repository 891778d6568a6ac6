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
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtWidgets import QApplication, QListView

from board.resources import resources
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow
from tests.fakes import office

TILES = 300
CHANGED = (1, 10, 100)
FRAMES = 120
_SIZE = QSize(4300, 2500)  # shows all 300 at once

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement, in milliseconds."""

    what: str
    changed: int
    median: float
    p99: float


def measure(frames: int = FRAMES) -> list[Row]:
    """Return a row for the board and one for the rival, for each number of changed tiles."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    rows = []
    for changed in CHANGED:
        rows.append(_row("board", changed, _board_frames(app, changed, frames)))
        rows.append(_row("plain QListView", changed, _rival_frames(app, changed, frames)))
    return rows


def _row(what: str, changed: int, samples: list[float]) -> Row:
    ordered = sorted(samples)
    return Row(what, changed, statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])


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


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"{'frame of ' + str(TILES) + ' visible tiles':32}{'changed':>8}{'median ms':>11}{'p99 ms':>9}")
    for row in measure():
        print(f"{row.what:32}{row.changed:>8}{row.median:>11.2f}{row.p99:>9.2f}")


if __name__ == "__main__":
    main()
