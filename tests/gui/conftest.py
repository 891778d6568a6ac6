# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""GUI tests: without a display they run offscreen; a window or a running timer left behind fails the test."""

import gc
import os
from collections.abc import Callable, Iterator

import pytest
import shiboken6

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from board.events import PbxChanged
from board.resources import resources
from board.roster.roster import Roster
from board.states import PbxState
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow
from tests.fakes import office

NOW = 1_795_435_200.0  # Monday 23 November 2026, 12:00 UTC


def _leftovers() -> set[str]:
    widgets = {f"window {type(w).__name__}" for w in QApplication.topLevelWidgets() if w.isVisible()}
    timers = [t for t in gc.get_objects() if isinstance(t, QTimer) and shiboken6.isValid(t) and t.isActive()]
    return widgets | {f"timer of {timer.parent()!r}" for timer in timers}


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    before = _leftovers()
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = _leftovers() - before
    assert not left, f"left behind: {', '.join(sorted(left))}"


@pytest.fixture
def look(qapp: QApplication) -> Look:
    made = Look(resources(), Scheme.LIGHT)
    made.dress(qapp)
    return made


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Desk:
    """A roster and the window over it, fed as the program feeds it."""

    def __init__(self, roster: Roster, window: MainWindow, clock: Clock) -> None:
        self.roster = roster
        self.window = window
        self.clock = clock

    def shown(self) -> list[str]:
        """The names on the board, in order."""
        return [self.window.proxy.tile(row).contact.name for row in range(self.window.proxy.rowCount())]


@pytest.fixture
def open_desk(look: Look, clock: Clock) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(tiles: int = 36, *, settled: bool = True, awkward: bool = False) -> Desk:
        roster = Roster(office.contacts(tiles, awkward=awkward))
        window = MainWindow(roster.tiles, look, clock)
        if settled:
            window.tiles_changed(office.settled(roster, clock.now))
            window.pbx_changed(PbxChanged("office", PbxState.LIVE, "", "", tiles, tiles, 0.004, clock.now))
        desk = Desk(roster, window, clock)
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.window.close()
        desk.window.deleteLater()
