# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who shows a view that is asked for: the program that runs already, or this one, or another that is started.

A program with the whole roster shows every view. One that was started for the status alone watches nothing but the
user's own status, so the others are not its to show: they get a program of their own.
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcess

from board.opening import DemoSource
from board.ui.single import PATIENCE, Instance, Place, claim
from board.view import View

_TOKEN = "XDG_ACTIVATION_TOKEN"
"""How a Wayland desktop lets a program come to the front: its launcher hands it to whoever was started."""
_NOTHING = "nothing"


def meet(folder: Path, home: Path, origin: str, view: View, *, hidden: bool = False) -> Instance | None:
    """Become the program that shows `view` of an office, or have the one that runs show it, and return None.

    `folder` is where they meet, `home` and `origin` (a source's) say who is the same. One that is started `hidden`
    asks the other for nothing. Raises CallError where it runs and does not answer.
    """
    board, status = (Place(folder, str(home), origin, kind) for kind in ("board", "status"))
    wanted = _NOTHING if hidden else f"{view.value} {os.environ.get(_TOKEN, '')}"
    if view is not View.STATUS:
        return claim(board, wanted)
    if status.ask(wanted, PATIENCE) or board.ask(wanted, PATIENCE):
        return None
    return claim(status, wanted)


def read_request(line: str) -> View | None:
    """Return the view that a second start asks for, and make its token ours; None where there is no such view."""
    word, _, token = line.partition(" ")
    if token:
        os.environ[_TOKEN] = token
    try:
        return View(word)
    except ValueError:
        return None


def tell_shown(view: View, *, hidden: bool) -> None:
    """Say that the one that runs shows the view."""
    what = "" if hidden else f", and shows its {view.value} now"
    print(f"presence-board: it runs already{what}", file=sys.stderr)


def start_board(origin: str) -> None:
    """Start the program of the whole roster; where it runs already, that shows its window."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "board"]
    command = [*own, "--demo"] if origin == DemoSource.origin else [*own, "--config", origin]
    QProcess.startDetached(command[0], command[1:])
