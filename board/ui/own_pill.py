# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's own status at a glance, as a button: glyph, state, and a mark while it is not what everybody sees."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from board.ui.icons import PERSON_ICONS, Icon
from board.ui.look import Look
from board.ui.pill import HEIGHT, Pill
from board.ui.setter_words import Glance, Tone, title
from board.ui.theme import Role

KEY = "Ctrl+S"
_LONGEST, _LEAST = 24, 150
_MARKS: Mapping[Tone, Icon] = MappingProxyType(
    {
        Tone.OLD: Icon.CLOCK_ALERT,
        Tone.PENDING: Icon.HOURGLASS,
        Tone.QUEUED: Icon.HOURGLASS,
        Tone.REFUSED: Icon.WARNING,
    }
)


class OwnPill(Pill):
    """Shows a glance; hidden until there is one."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "My status", Icon.DASHED, parent)
        self._glance = Glance(None, Tone.UNKNOWN, "")
        self._say()
        self.hide()

    def show_glance(self, glance: Glance) -> None:
        """Show how the own status stands."""
        self._glance = glance
        presence = glance.presence
        self._icon = PERSON_ICONS[presence.state] if presence is not None else Icon.DASHED
        self._trailing = _MARKS.get(glance.tone)
        self.setText(_short(title(presence)) if presence is not None else "My status")
        self._say()
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the least: a bar with many buttons cuts the text, whose state comes first."""
        return super().sizeHint().boundedTo(QSize(_LEAST, HEIGHT))

    def glyph_color(self) -> QColor:
        """Return the colour of the state."""
        presence = self._glance.presence
        return self._look.theme.person[presence.state] if presence is not None else self._look.color(Role.SOFT)

    def trailing_color(self) -> QColor:
        """Return the colour of the mark."""
        return self._look.color(Role.FAULT if self._glance.tone is Tone.REFUSED else Role.SOFT)

    def _say(self) -> None:
        said = self._glance.said
        self.setAccessibleName(f"My status: {said}" if said else "My status")
        self.setAccessibleDescription(f"Set my status, {KEY}")
        self.setToolTip("\n".join(part for part in (said, f"Set my status ({KEY})") if part))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
