# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the categories that tiles are counted by are shown: word, glyph, colour; a table for chips and the wall."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QColor

from board.roster.categories import Category
from board.states import DeviceState, PresenceState
from board.ui.icons import Icon
from board.ui.theme import Role, Theme


@dataclass(frozen=True, slots=True)
class Kind:
    """How a category is shown; `color` reads its glyph's colour off a theme; a `rare` one hides at zero."""

    category: Category | None
    word: str
    icon: Icon | None
    color: Callable[[Theme], QColor]
    rare: bool = False


KINDS = (
    Kind(None, "All", None, lambda theme: theme.color(Role.SOFT)),
    Kind(Category.FREE, "Free", Icon.PHONE, lambda theme: theme.device[DeviceState.IDLE].mark),
    Kind(Category.IN_CALL, "In a call", Icon.PHONE_CALL, lambda theme: theme.device[DeviceState.IN_USE].mark),
    Kind(Category.RINGING, "Ringing", Icon.PHONE_INCOMING, lambda theme: theme.device[DeviceState.RINGING].mark),
    Kind(Category.AWAY, "Away", Icon.CLOCK, lambda theme: theme.person[PresenceState.AWAY]),
    Kind(Category.DND, "DND", Icon.MINUS, lambda theme: theme.person[PresenceState.DND]),
    Kind(Category.UNREACHABLE, "Offline", Icon.PHONE_OFF, lambda theme: theme.device[DeviceState.UNAVAILABLE].mark),
    Kind(Category.STALE, "Not live", Icon.CLOCK_ALERT, lambda theme: theme.color(Role.WARNING), rare=True),
)
