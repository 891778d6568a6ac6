# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The details panel: one contact in full, what can be done, what changed while the board ran. It asks; others do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from board.events import Address
from board.roster.history import Entry
from board.roster.moments import counter_text, since_sentence
from board.roster.tile import Tile
from board.roster.words import brief_names, device_text, display_name, one_line, person_text, spoken_text, stale_text
from board.ui.asked_row import AskedRow
from board.ui.face import COUNTED
from board.ui.fonts import Text
from board.ui.history_rows import HistoryRows
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from board.ui.keys import is_typing
from board.ui.labels import MarkRow, TextLabel
from board.ui.look import Look
from board.ui.pill import Pill
from board.ui.theme import Role
from board.ui.trim import FocusFrame, SlimBar

WIDTH = 300
SET_KEY = "F9"
_SHOWN, _EARLIER = 14, 5
_LONGEST = 16


class Details(QScrollArea):
    """Shows a tile and its history; `escaped` says that Esc was pressed here.

    `can_set` tells of whom a status may be set from here, `set_asked` asks for it; `seen` says of which contact the
    user has read why a status failed. Both carry an Address.
    """

    escaped = Signal()
    set_asked = Signal(object)
    seen = Signal(object)

    def __init__(self, look: Look, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._can_set: Callable[[Address], bool] = lambda _: False
        self._look = look
        self._clock = clock
        self._tile: Tile | None = None
        self._entries: Sequence[Entry] = ()
        self._earlier: Sequence[Entry] = ()
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
        self.set_status = Pill(look, "")
        self.set_status.set_second(SET_KEY)
        self.set_status.clicked.connect(self.ask_to_set)
        self._actions = QWidget()
        box = QHBoxLayout(self._actions)
        box.setContentsMargins(0, 12, 0, 0)
        box.addWidget(self.set_status)
        box.addStretch(1)
        self._old = MarkRow(look)
        self._old.setContentsMargins(0, 12, 0, 0)
        self._phone_title = _heading(look, "Phone")
        self._phone = MarkRow(look)
        self._person_title = _heading(look, "Person")
        self._person = MarkRow(look)
        self._message = TextLabel(look, Text.BODY, Role.INK)
        self._message.setContentsMargins(0, 8, 0, 0)
        self.asked = AskedRow(look, clock)
        self.asked.seen.connect(self._say_seen)
        self._today_title = _heading(look, "Since this board was opened")
        self._today = HistoryRows(look)
        self._before_title = _heading(look, "Set from here before")
        self._before = HistoryRows(look)
        above = (self._hint, self._name, self._where, self._actions, self._old, self._phone_title, self._phone)
        below = (self._today_title, self._today, self._before_title, self._before)
        self._fill(*above, self._person_title, self._person, self._message, self.asked, *below)
        self._focus = FocusFrame(look, self)
        look.changed.connect(self._refresh)
        self._refresh()

    def _fill(self, *widgets: QWidget) -> None:
        inner = QWidget()
        inner.setAutoFillBackground(True)
        box = QVBoxLayout(inner)
        box.setContentsMargins(22, 22, 18, 22)
        box.setSpacing(4)
        for widget in widgets:
            box.addWidget(widget)
        box.addStretch(1)
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        """Return the width the panel has at first."""
        return QSize(WIDTH, 600)

    def show_tile(self, tile: Tile | None, entries: Sequence[Entry], earlier: Sequence[Entry] = ()) -> None:
        """Show `tile` with its history, and what was set `earlier`, newest first; None shows what to do."""
        self._tile, self._entries, self._earlier = tile, entries, earlier
        self._refresh()

    def allow_setting(self, can_set: Callable[[Address], bool]) -> None:
        """Offer to set the status of those whom `can_set` tells, from now on."""
        self._can_set = can_set
        self._refresh()

    def ask_to_set(self) -> None:
        """Ask to set the status of the contact shown, where that may be done."""
        if self._tile is not None and self._can_set(self._tile.contact.address):
            self.set_asked.emit(self._tile.contact.address)

    def _say_seen(self) -> None:
        if self._tile is not None:
            self.seen.emit(self._tile.contact.address)

    def tick(self) -> None:
        """Show running times anew."""
        self.asked.tick()
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
        self._show_actions(tile)
        self.asked.show_tile(tile)
        self._today_title.setVisible(bool(self._entries))
        self._today.show_entries(self._entries[:_SHOWN], now)
        self._before_title.setVisible(bool(self._earlier))
        self._before.show_entries(self._earlier[:_EARLIER], now)
        if tile is None:
            return
        contact = tile.contact
        name, number = one_line(display_name(contact)), contact.address.extension
        self._name.setText(name)
        where = (number if number != name else "", contact.group, f"PBX {contact.address.pbx}")
        self._where.setText(" · ".join(one_line(part) for part in where if part))
        self.setAccessibleDescription(f"{name}: {one_line(spoken_text(tile))}")
        self._show_device(tile, now)

    def _show_actions(self, tile: Tile | None) -> None:
        may = tile is not None and self._can_set(tile.contact.address)
        self._actions.setVisible(may)
        if tile is not None and may:
            name = one_line(display_name(tile.contact))
            self.set_status.setText(f"Set status of {_short(name).removesuffix('…')}…")
            self.set_status.setAccessibleName(f"Set status of {name}, {SET_KEY}")
            self.set_status.setToolTip(f"Set status of {name} ({SET_KEY})")
            self.set_status.updateGeometry()

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


def _duration(tile: Tile, now: float) -> str:
    since = tile.device_since
    assert since is not None
    text = counter_text(now - since.at)
    return f"at least {text}" if since.at_least else text


def _short(name: str) -> str:
    """Return the given name, where there is one, in so few characters that it fits into a button."""
    first = next((word for word in name.split() if not word.endswith(".")), name) if brief_names(name) else name
    return first if len(first) <= _LONGEST else first[: _LONGEST - 1].rstrip() + "…"


def _heading(look: Look, text: str) -> QLabel:
    label = TextLabel(look, Text.CAPTION_STRONG, Role.SOFT)
    label.setContentsMargins(0, 20, 0, 2)
    label.setText(text)
    return label
