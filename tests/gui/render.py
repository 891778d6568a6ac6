# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Renders the window over a made-up office into a picture: `python -m tests.gui.render OUT.png --tiles 36 --dark`.

For looking at; asserts nothing. Uses whatever platform Qt is given (offscreen, Xvfb, a real screen).
"""

import argparse
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from board.events import PbxChanged
from board.resources import resources
from board.roster.roster import Roster
from board.states import PbxState
from board.ui.look import Look, Scheme
from board.ui.window import MainWindow
from tests.fakes import office


def office_window(tiles: int, look: Look, *, awkward: bool = False) -> MainWindow:
    """Return a window over a settled office of `tiles` people."""
    now = time.time()
    roster = Roster(office.contacts(tiles, awkward=awkward))
    window = MainWindow(roster.tiles, look, time.time)
    window.tiles_changed(office.settled(roster, now))
    window.pbx_changed(PbxChanged("office", PbxState.LIVE, "", "", tiles, tiles, 0.0042, now))
    return window


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--tiles", type=int, default=36)
    parser.add_argument("--size", default="1600x1000")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--awkward", action="store_true")
    parser.add_argument("--choose", type=int, default=1)
    parser.add_argument("--search", default="")
    asked = parser.parse_args()
    app = QApplication([])
    look = Look(resources(), Scheme.DARK if asked.dark else Scheme.LIGHT)
    look.dress(app)
    window = office_window(asked.tiles, look, awkward=asked.awkward)
    window.resize(*map(int, asked.size.split("x")))
    window.show()
    window.activateWindow()
    window.top.search.edit.setText(asked.search)
    window.board.setCurrentIndex(window.proxy.index(asked.choose, 0))
    for _ in range(20):
        app.processEvents()
    window.grab().save(str(asked.out))
    window.close()


if __name__ == "__main__":
    main()
