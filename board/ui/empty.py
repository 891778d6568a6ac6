# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in place of the tiles when there is none to show: why, and the way back."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from board.roster.arrangement import Arrangement
from board.roster.categories import Category
from board.ui.fonts import Text
from board.ui.icons import Icon
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.theme import Role

_ICON = 44
_NONE: Mapping[Category, str] = MappingProxyType(
    {
        Category.FREE: "Nobody is free at the moment",
        Category.IN_CALL: "Nobody is in a call at the moment",
        Category.RINGING: "No phone is ringing at the moment",
        Category.AWAY: "Nobody is away at the moment",
        Category.DND: "Nobody asks not to be disturbed at the moment",
        Category.UNREACHABLE: "Every phone is within reach",
        Category.STALE: "Everything shown is live",
    }
)


class EmptyPage(QWidget):
    """Glyph, what is so, what to do about it; `reset_asked` says that all filters shall go."""

    reset_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = Icon.USERS
        self._glyph = QLabel()
        self._title = TextLabel(look, Text.TITLE, Role.INK)
        self._hint = TextLabel(look, Text.BODY, Role.SOFT)
        self._reset = Pill(look, "Show everybody")
        self._reset.set_second("Esc")
        self._reset.clicked.connect(self.reset_asked)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.AlternateBase)
        box = QVBoxLayout(self)
        box.setContentsMargins(40, 20, 40, 60)
        box.setSpacing(10)
        box.addStretch(1)
        for widget in (self._glyph, self._title, self._hint, self._reset):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                box.addWidget(widget)
            else:
                box.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        look.changed.connect(self._draw)

    def explain(self, contacts: int, typed: str, arrangement: Arrangement) -> None:
        """Say why none of `contacts` tiles is shown."""
        self._icon = Icon.USER_SEARCH if contacts else Icon.USERS
        if not contacts:
            self._title.setText("Nobody is on the board yet")
            self._hint.setText("List people as [[contact]] and extensions as [[range]] in the configuration file.")
        elif arrangement.query.words:
            self._title.setText(f"Nobody matches “{typed.strip()}”")
            self._hint.setText("Names, numbers, groups, states and messages were searched.")
        else:
            kind = arrangement.category
            self._title.setText(_NONE[kind] if kind is not None else "Nobody is in this group")
            self._hint.setText("Whoever comes to be so appears here by itself." if kind is not None else "")
        self._reset.setVisible(arrangement.narrows)
        self._draw()

    def _draw(self) -> None:
        color = self._look.color(Role.FAINT)
        self._glyph.setPixmap(self._look.pixmap(self._icon, color, _ICON, self.devicePixelRatioF()))
