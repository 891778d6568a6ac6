# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Renders the window over a made-up office into a picture: `python -m tests.gui.render OUT.png --tiles 36 --dark`.

For looking at; asserts nothing. Uses whatever platform Qt is given (offscreen, Xvfb, a real screen).
"""

import argparse
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from board.events import PbxChanged
from board.resources import resources
from board.roster.roster import Roster
from board.states import PbxState
from board.ui.look import Look, Scheme
from board.ui.wall import WallWindow
from board.ui.window import MainWindow
from tests.fakes import office


def office_window(tiles: int, look: Look, *, awkward: bool = False) -> MainWindow:
    """Return a switchboard over a settled office of `tiles` people."""
    roster = Roster(office.contacts(tiles, awkward=awkward))
    window = MainWindow(roster.tiles, look, time.time)
    feed(window, roster)
    return window


def office_wall(tiles: int, look: Look, *, awkward: bool = False) -> WallWindow:
    """Return a wall over a settled office of `tiles` people."""
    roster = Roster(office.contacts(tiles, awkward=awkward))
    window = WallWindow(roster.tiles, look, time.time)
    feed(window, roster)
    return window


def feed(window: MainWindow | WallWindow, roster: Roster) -> None:
    """Bring `window` to a lived-in state."""
    now, tiles = time.time(), len(roster.tiles)
    window.tiles_changed(office.settled(roster, now))
    window.pbx_changed(PbxChanged("office", PbxState.LIVE, "", "", tiles, tiles, 0.0042, now))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--tiles", type=int, default=36)
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--awkward", action="store_true")
    parser.add_argument("--wall", action="store_true")
    parser.add_argument("--choose", type=int, default=1)
    parser.add_argument("--search", default="")
    asked = parser.parse_args()
    app = QApplication([])
    look = Look(resources(), Scheme.DARK if asked.dark else Scheme.LIGHT)
    look.dress(app)
    if asked.wall:
        wall = office_wall(asked.tiles, look, awkward=asked.awkward)
        save(app, wall, asked.size, asked.out)
        return
    window = office_window(asked.tiles, look, awkward=asked.awkward)
    window.top.search.edit.setText(asked.search)
    window.board.setCurrentIndex(window.proxy.index(asked.choose, 0))
    save(app, window, asked.size, asked.out)


def save(app: QApplication, window: QWidget, size: str, out: Path) -> None:
    """Show `window` in `size` ("1600x1000"), save its picture to `out`, close it."""
    window.resize(*map(int, size.split("x")))
    window.show()
    window.activateWindow()
    for _ in range(20):
        app.processEvents()
    window.grab().save(str(out))
    window.close()


if __name__ == "__main__":
    main()
