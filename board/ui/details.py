# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The details panel: one contact in full, with what changed while the board ran. It shows; it offers nothing to do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from board.roster.history import Entry, Mark
from board.roster.moments import clock_text, counter_text, day_text, since_sentence, span_text
from board.roster.tile import Tile
from board.roster.words import device_text, display_name, one_line, person_text, spoken_text, stale_text
from board.ui.face import COUNTED
from board.ui.fonts import Text
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from board.ui.keys import is_typing
from board.ui.labels import MarkRow, TextLabel
from board.ui.look import Look
from board.ui.theme import Role
from board.ui.trim import FocusFrame, SlimBar

WIDTH = 300
_SHOWN = 14


class Details(QScrollArea):
    """Shows a tile and its history; `escaped` says that Esc was pressed here."""

    escaped = Signal()

    def __init__(self, look: Look, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._clock = clock
        self._tile: Tile | None = None
        self._entries: Sequence[Entry] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBar(SlimBar(look, Role.CARD))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Details")
        self._hint = TextLabel(look, Text.BODY, Role.SOFT)
        self._hint.setText("Choose a tile to see all about it.\n\nType to search, move with the arrow keys.")
        self._name = TextLabel(look, Text.DISPLAY, Role.INK)
        self._where = TextLabel(look, Text.BODY, Role.SOFT)
        self._old = MarkRow(look)
        self._old.setContentsMargins(0, 12, 0, 0)
        self._phone_title = _heading(look, "Phone")
        self._phone = MarkRow(look)
        self._person_title = _heading(look, "Person")
        self._person = MarkRow(look)
        self._message = TextLabel(look, Text.BODY, Role.INK)
        self._message.setContentsMargins(0, 8, 0, 0)
        self._today_title = _heading(look, "Since this board was opened")
        self._today = _HistoryRows(look)
        self._fill(self._hint, self._name, self._where, self._old, self._phone_title, self._phone, self._person_title)
        self._focus = FocusFrame(look, self)
        look.changed.connect(self._refresh)
        self._refresh()

    def _fill(self, *first: QWidget) -> None:
        inner = QWidget()
        inner.setAutoFillBackground(True)
        box = QVBoxLayout(inner)
        box.setContentsMargins(22, 22, 18, 22)
        box.setSpacing(4)
        for widget in (*first, self._person, self._message, self._today_title, self._today):
            box.addWidget(widget)
        box.addStretch(1)
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        """Return the width the panel has at first."""
        return QSize(WIDTH, 600)

    def show_tile(self, tile: Tile | None, entries: Sequence[Entry]) -> None:
        """Show `tile` with its history, newest first; None shows what to do."""
        self._tile, self._entries = tile, entries
        self._refresh()

    def tick(self) -> None:
        """Show running times anew."""
        if self._tile is not None and not self._tile.stale and self._tile.device in COUNTED:
            self._show_device(self._tile, self._clock())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back at Esc; scroll with the keys that scroll; leave typing to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif is_typing(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self._focus.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is gone."""
        super().focusOutEvent(event)
        self._focus.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the focus frame around the panel."""
        super().resizeEvent(event)
        self._focus.setGeometry(self.rect())

    def _refresh(self) -> None:
        tile, now = self._tile, self._clock()
        self._hint.setVisible(tile is None)
        for widget in (self._name, self._where, self._phone_title, self._phone):
            widget.setVisible(tile is not None)
        self._show_old(tile)
        self._show_person(tile, now)
        self._today_title.setVisible(bool(self._entries))
        self._today.show_entries(self._entries[:_SHOWN], now)
        if tile is None:
            return
        contact = tile.contact
        name, number = one_line(display_name(contact)), contact.address.extension
        self._name.setText(name)
        where = (number if number != name else "", contact.group, f"PBX {contact.address.pbx}")
        self._where.setText(" · ".join(one_line(part) for part in where if part))
        self.setAccessibleDescription(f"{name}: {one_line(spoken_text(tile))}")
        self._show_device(tile, now)

    def _show_old(self, tile: Tile | None) -> None:
        why = stale_text(tile) if tile is not None else ""
        self._old.setVisible(bool(why))
        if why:
            self._old.show_mark(Icon.CLOCK_ALERT, self._look.color(Role.WARNING), why, "", strong=False)

    def _show_device(self, tile: Tile, now: float) -> None:
        since = since_sentence(tile.device_since, now)
        if tile.device_since is None:
            self._phone.show_mark(Icon.DASHED, self._look.color(Role.SOFT), "Not known yet", "")
        elif tile.stale:
            self._phone.show_mark(
                Icon.CLOCK_ALERT, self._look.color(Role.SOFT), f"Last known: {device_text(tile).lower()}", since
            )
        else:
            text = device_text(tile)
            if tile.device in COUNTED:
                text += f" for {_duration(tile, now)}"
            self._phone.show_mark(DEVICE_ICONS[tile.device], self._look.theme.device[tile.device].mark, text, since)

    def _show_person(self, tile: Tile | None, now: float) -> None:
        presence = tile.presence if tile is not None else None
        for widget in (self._person_title, self._person):
            widget.setVisible(presence is not None)
        self._message.setVisible(tile is not None and bool(tile.message))
        if tile is None or presence is None:
            return
        color = self._look.color(Role.SOFT) if tile.stale else self._look.theme.person[presence]
        text = one_line(person_text(tile))
        since = since_sentence(tile.presence_since, now)
        self._person.show_mark(PERSON_ICONS[presence], color, f"Last known: {text}" if tile.stale else text, since)
        self._message.setText(f"“{tile.message}”")


class _HistoryRows(QWidget):
    """The latest changes, a line each: when, glyph, what; rows are kept and filled anew."""

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


def _duration(tile: Tile, now: float) -> str:
    since = tile.device_since
    assert since is not None
    text = counter_text(now - since.at)
    return f"at least {text}" if since.at_least else text


def _heading(look: Look, text: str) -> QLabel:
    label = TextLabel(look, Text.CAPTION_STRONG, Role.SOFT)
    label.setContentsMargins(0, 20, 0, 2)
    label.setText(text)
    return label
