# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The latest changes of a contact in the details panel, a line each: when, glyph, what."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from board.roster.history import Entry, Mark
from board.roster.moments import clock_text, day_text, span_text
from board.roster.tile import Outcome
from board.roster.words import one_line
from board.ui.face import COUNTED
from board.ui.fonts import Text
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.theme import Role

_OUTCOMES: Mapping[Outcome, tuple[Icon, Role]] = MappingProxyType(
    {
        Outcome.PENDING: (Icon.HOURGLASS, Role.ACCENT_TEXT),
        Outcome.CONFIRMED: (Icon.CHECK, Role.LIVE),
        Outcome.FAILED: (Icon.WARNING, Role.FAULT),
        Outcome.DROPPED: (Icon.DASHED, Role.SOFT),
    }
)


class HistoryRows(QWidget):
    """Shows entries, newest first; rows are kept and filled anew."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self._rows: list[tuple[QLabel, QLabel, QLabel]] = []

    def show_entries(self, entries: Sequence[Entry], now: float) -> None:
        """Show `entries`."""
        while len(self._rows) < len(entries):
            self._add_row()
        ended = _ends(entries)
        for number, row in enumerate(self._rows):
            for label in row:
                label.setVisible(number < len(entries))
            if number < len(entries):
                self._fill(row, entries[number], ended.get(number), now)

    def _fill(self, row: tuple[QLabel, QLabel, QLabel], entry: Entry, end: float | None, now: float) -> None:
        when, glyph, what = row
        when.setText(" ".join(part for part in (day_text(entry.at, now), clock_text(entry.at)) if part))
        icon, color = self._glyph(entry)
        glyph.setPixmap(self._look.pixmap(icon, color, 14, self.devicePixelRatioF()))
        text = one_line(entry.text)
        if end is not None and entry.tile.device in COUNTED:
            text += f", {span_text(end - entry.at)}"
        what.setText(text)

    def _glyph(self, entry: Entry) -> tuple[Icon, QColor]:
        theme, tile = self._look.theme, entry.tile
        if entry.outcome is not None:
            icon, role = _OUTCOMES[entry.outcome]
            return icon, theme.color(role)
        if entry.mark is Mark.DEVICE:
            return DEVICE_ICONS[tile.device], theme.device[tile.device].mark
        if entry.mark is Mark.PERSON and tile.presence is not None:
            return PERSON_ICONS[tile.presence], theme.person[tile.presence]
        return Icon.CLOCK_ALERT, theme.color(Role.WARNING)

    def _add_row(self) -> None:
        when, what = TextLabel(self._look, Text.CAPTION, Role.SOFT), TextLabel(self._look, Text.CAPTION, Role.INK)
        glyph = QLabel()
        when.setWordWrap(False)
        number = len(self._rows)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(when, number, 0, top | Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(glyph, number, 1, top)
        self._grid.addWidget(what, number, 2, top)
        self._rows.append((when, glyph, what))


def _ends(entries: Sequence[Entry]) -> dict[int, float]:
    """Return, by number, when each device entry's state ended: when the next newer one began."""
    ends: dict[int, float] = {}
    newer: float | None = None
    for number, entry in enumerate(entries):
        if entry.mark is Mark.DEVICE:
            if newer is not None:
                ends[number] = newer
            newer = entry.at
    return ends
