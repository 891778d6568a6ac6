# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Themes: colours by role, read from TOML. Widgets ask for a role, never for a colour.

No widgets here; only QColor and QPalette.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QPalette

from board.states import DeviceState, PresenceState


class Role(StrEnum):
    """What a colour is for."""

    SURFACE = "surface"
    CARD = "card"
    CARD_STALE = "card_stale"
    LINE = "line"
    LINE_STRONG = "line_strong"
    INK = "ink"
    SOFT = "soft"
    FAINT = "faint"
    ACCENT = "accent"
    ACCENT_TINT = "accent_tint"
    ACCENT_TEXT = "accent_text"
    WARNING = "warning"
    FAULT = "fault"
    LIVE = "live"


class ThemeError(ValueError):
    """A theme file lacks a role or has something that is no colour; says which file, where, what to do."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A device state's colours: its mark on a card, the tint of its block, the text on that tint."""

    mark: QColor
    tint: QColor
    text: QColor


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour the program draws with."""

    name: str
    dark: bool
    roles: Mapping[Role, QColor]
    device: Mapping[DeviceState, Tone]
    person: Mapping[PresenceState, QColor]

    def color(self, role: Role) -> QColor:
        """Return the colour of `role`."""
        return self.roles[role]


def load_theme(path: Path) -> Theme:
    """Read the theme in `path`. Raises ThemeError with one line for the user."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ThemeError(f"{path}: this theme cannot be read: {error}") from error
    return Theme(
        path.stem,
        table.get("scheme") == "dark",
        {role: _color(path, table, "roles", role.value) for role in Role},
        {
            state: Tone(*(_color(path, table, "device", state.value, part) for part in ("mark", "tint", "text")))
            for state in DeviceState
        },
        {state: _color(path, table, "person", state.value, "mark") for state in PresenceState},
    )


def _color(path: Path, table: Any, *keys: str) -> QColor:
    value = table
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    color = QColor(value) if isinstance(value, str) else QColor()
    if not color.isValid():
        raise ThemeError(f'{path}: {".".join(keys)} must be a colour such as "#2F6FDE", but is {value!r}')
    return color


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette that gives Fusion's own widgets the theme's roles."""
    made = QPalette()
    for target, role in _PALETTE.items():
        made.setColor(target, theme.color(role))
    for target in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, theme.color(Role.FAINT))
    return made


_PALETTE: Mapping[QPalette.ColorRole, Role] = {
    QPalette.ColorRole.Window: Role.CARD,
    QPalette.ColorRole.WindowText: Role.INK,
    QPalette.ColorRole.Base: Role.CARD,
    QPalette.ColorRole.AlternateBase: Role.SURFACE,
    QPalette.ColorRole.Text: Role.INK,
    QPalette.ColorRole.Button: Role.CARD,
    QPalette.ColorRole.ButtonText: Role.INK,
    QPalette.ColorRole.BrightText: Role.FAULT,
    QPalette.ColorRole.Light: Role.CARD,
    QPalette.ColorRole.Midlight: Role.SURFACE,
    QPalette.ColorRole.Mid: Role.LINE,
    QPalette.ColorRole.Dark: Role.LINE_STRONG,
    QPalette.ColorRole.Shadow: Role.LINE_STRONG,
    QPalette.ColorRole.Highlight: Role.ACCENT,
    QPalette.ColorRole.HighlightedText: Role.CARD,
    QPalette.ColorRole.Link: Role.ACCENT_TEXT,
    QPalette.ColorRole.LinkVisited: Role.ACCENT_TEXT,
    QPalette.ColorRole.PlaceholderText: Role.SOFT,
    QPalette.ColorRole.ToolTipBase: Role.CARD,
    QPalette.ColorRole.ToolTipText: Role.INK,
    QPalette.ColorRole.Accent: Role.ACCENT,
}
