# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What was asked for a person and has not come, in full: since when it waits, or why it failed and what to do."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from board.roster.moments import clock_text, day_text
from board.roster.tile import Asked, Tile
from board.roster.words import FAILED, PENDING, one_line, presence_text
from board.ui.icons import Icon
from board.ui.labels import MarkRow
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.theme import Role

_AT_ONCE = 0.5  # seconds in which most statuses are read back: a row that comes and goes would only flicker


class AskedRow(QWidget):
    """Shows what is asked for a tile's person; `seen` says that the user has read why it failed."""

    seen = Signal()

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        super().__init__()
        self._look = look
        self._clock = clock
        self._tile: Tile | None = None
        self._mark = MarkRow(look)
        self.dismiss = Pill(look, "Dismiss")
        self.dismiss.setToolTip("Take the mark off the tile; it stays in the history below")
        self.dismiss.clicked.connect(self.seen)
        self._buttons = QWidget()
        line = QHBoxLayout(self._buttons)
        line.setContentsMargins(33, 4, 0, 0)
        line.addWidget(self.dismiss)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 14, 0, 0)
        box.setSpacing(2)
        box.addWidget(self._mark)
        box.addWidget(self._buttons)

    def show_tile(self, tile: Tile | None) -> None:
        """Show what is asked for the person of `tile`; nothing where nothing is."""
        self._tile = tile
        self.tick()

    def tick(self) -> None:
        """Show it anew: what is not read back at once is told of a little later."""
        tile, now = self._tile, self._clock()
        if tile is not None and (failed := tile.failed) is not None:
            self._show(Icon.WARNING, Role.FAULT, f"{FAILED}: {_words(failed)}", _why(failed, now))
        elif tile is not None and (pending := tile.pending) is not None and now >= pending.at + _AT_ONCE:
            self._show(Icon.HOURGLASS, Role.ACCENT_TEXT, f"{PENDING}: {_words(pending)}", _waiting(tile, pending, now))
        else:
            self.hide()
            return
        self._buttons.setVisible(tile.failed is not None)
        self.show()

    def _show(self, icon: Icon, role: Role, word: str, below: str) -> None:
        self._mark.show_mark(icon, self._look.color(role), word, below, strong=False)


def _words(asked: Asked) -> str:
    return one_line(presence_text(asked.presence))


def _waiting(tile: Tile, pending: Asked, now: float) -> str:
    """Return what is known of a status that has not come: what it says, when it was asked, what it waits for."""
    until = "It goes out once the PBX is back." if tile.stale else "The PBX has not read it back yet."
    return _lines(pending, f"Asked {_moment(pending, now)}. {until}")


def _why(failed: Asked, now: float) -> str:
    reason = one_line(failed.reason) or "The PBX did not say why"
    return _lines(failed, f"{reason[:1].upper()}{reason[1:]}. Asked {_moment(failed, now)}.")


def _lines(asked: Asked, story: str) -> str:
    message = one_line(asked.presence.message)
    return f"“{message}”\n{story}" if message else story


def _moment(asked: Asked, now: float) -> str:
    day = day_text(asked.at, now)
    return f"{day} at {clock_text(asked.at)}" if day else f"at {clock_text(asked.at)}"
