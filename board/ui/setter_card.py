# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The card on top of the status setter: what is set now, until when, how it stands, another try."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from board.presence.value import Presence
from board.ui.fonts import Text
from board.ui.icons import PERSON_ICONS, Icon
from board.ui.labels import TextLabel, paint
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.setter_words import Line, Tone, title
from board.ui.theme import Role

_ICON, _TINT = 30, 0.13
_LEAST = 114
"""Room for all lines that are usual: what stands below must not move under the mouse that sets something."""
# Tone -> glyph and colour of its line.
_MARKS: Mapping[Tone, tuple[Icon, Role]] = MappingProxyType(
    {
        Tone.SEEN: (Icon.SEEN, Role.INK),
        Tone.UNKNOWN: (Icon.HOURGLASS, Role.INK),
        Tone.OLD: (Icon.CLOCK_ALERT, Role.INK),
        Tone.PENDING: (Icon.HOURGLASS, Role.INK),
        Tone.QUEUED: (Icon.HOURGLASS, Role.INK),
        Tone.REFUSED: (Icon.WARNING, Role.FAULT),
        Tone.BARRED: (Icon.WARNING, Role.INK),
    }
)
_SURE = frozenset({Tone.SEEN, Tone.REFUSED})


class StatusCard(QWidget):
    """Glyph, status, message, until, a line for each way it stands; `retry_asked` asks for what was refused again."""

    retry_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._presence: Presence | None = None
        self._lines: Sequence[Line] = ()
        self._glyph = QLabel()
        self._title = TextLabel(look, Text.TITLE, Role.INK)
        self._message = TextLabel(look, Text.BODY, Role.INK)
        self._until = TextLabel(look, Text.BODY, Role.INK)
        self._standing = QVBoxLayout()
        self._standing.setSpacing(3)
        self._rows: list[tuple[QWidget, QLabel, TextLabel]] = []
        self.retry = Pill(look, "Try again")
        self.retry.clicked.connect(self.retry_asked)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 13, 14, 13)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        grid.addWidget(self._glyph, 1, 0, Qt.AlignmentFlag.AlignTop)
        for row, widget in enumerate((self._title, self._message, self._until), start=1):
            grid.addWidget(widget, row, 1)
        grid.addLayout(self._standing, 4, 1)
        grid.addWidget(self.retry, 5, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setRowStretch(6, 1)
        self.setMinimumHeight(_LEAST)
        look.changed.connect(self._draw)

    def show_status(self, presence: Presence | None, until: str, lines: Sequence[Line], *, retry: bool) -> None:
        """Show a status, its until in words, how it stands, and whether what was refused can be asked again."""
        self._presence, self._lines = presence, lines
        self._title.setText(title(presence))
        message = presence.message if presence is not None else ""
        self._message.setText(f"“{message}”")
        self._message.setVisible(bool(message))
        self._until.setText(until)
        self._until.setVisible(bool(until))
        self.retry.setVisible(retry)
        self._draw()

    @property
    def said(self) -> str:
        """All that it shows, in one line."""
        parts = [label.text() for label in (self._title, self._message, self._until) if label.text() not in ("", "“”")]
        return ", ".join((*parts, *(line.text for line in self._lines)))

    def tint(self) -> QColor:
        """Return the card's ground: the surface, tinted by the state's colour while it is known to be right."""
        theme = self._look.theme
        ground, presence = theme.color(Role.SURFACE), self._presence
        if presence is None or not all(line.tone in _SURE for line in self._lines):
            return ground
        return mixed(theme.person[presence.state], theme.color(Role.CARD), _TINT)

    def _draw(self) -> None:
        look, presence = self._look, self._presence
        icon = PERSON_ICONS[presence.state] if presence is not None else Icon.DASHED
        color = look.theme.person[presence.state] if presence is not None else look.color(Role.SOFT)
        self._glyph.setPixmap(look.pixmap(icon, color, _ICON, self.devicePixelRatioF()))
        while len(self._rows) < len(self._lines):
            self._add_row()
        for number, (row, mark, text) in enumerate(self._rows):
            row.setVisible(number < len(self._lines))
            if number < len(self._lines):
                line = self._lines[number]
                icon, role = _MARKS[line.tone]
                mark.setPixmap(look.pixmap(icon, look.color(role), 14, self.devicePixelRatioF()))
                paint(text, look.color(role))
                text.setText(line.text)
        self.setAccessibleName(self.said)
        self.update()

    def _add_row(self) -> None:
        row, mark, text = QWidget(), QLabel(), TextLabel(self._look, Text.CAPTION, Role.INK)
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 1, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, 0, 1)
        self._standing.addWidget(row)
        self._rows.append((row, mark, text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card; its border is dashed while what it shows is not what everybody sees."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        unsure = any(line.tone in (Tone.PENDING, Tone.QUEUED) for line in self._lines)
        pen = QPen(self._look.color(Role.SOFT), 1, Qt.PenStyle.DashLine) if unsure else Qt.PenStyle.NoPen
        painter.setPen(pen)
        painter.setBrush(self.tint())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
        painter.end()


def mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """Return `ground` with a `share` of `color` in it."""
    rest = 1 - share
    return QColor.fromRgbF(
        share * color.redF() + rest * ground.redF(),
        share * color.greenF() + rest * ground.greenF(),
        share * color.blueF() + rest * ground.blueF(),
    )
