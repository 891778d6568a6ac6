# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status setter for somebody else: whose it is on top, the same choices below. Fed with the person's tile."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from board.events import Address
from board.links.own import OwnStatus
from board.links.wish import PREFIX, Standing, Target, Wish
from board.presence.value import Presence
from board.roster.tile import Asked, Outcome, Tile
from board.roster.words import display_name, one_line
from board.status.choice import Choice
from board.status.preset import Presets
from board.ui.fonts import Text
from board.ui.labels import TextLabel
from board.ui.look import Look
from board.ui.setter import StatusSetter
from board.ui.theme import Role

_STANDINGS: Mapping[Outcome, Standing] = MappingProxyType(
    {
        Outcome.PENDING: Standing.QUEUED,
        Outcome.CONFIRMED: Standing.CONFIRMED,
        Outcome.FAILED: Standing.REFUSED,
        Outcome.DROPPED: Standing.DROPPED,
    }
)


class OthersSetter(QWidget):
    """Sets the status of one person at a time. `chosen` carries the Address and the Choice, `presets_edited` all
    presets, `escaped` that Esc had nothing to do.
    """

    chosen = Signal(object, object)
    presets_edited = Signal(object)
    escaped = Signal()

    def __init__(self, look: Look, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._clock = clock
        self._presets: Presets = ()
        self.address: Address | None = None
        self._whose = TextLabel(look, Text.BODY_HEADING, Role.INK)
        self._whose.setContentsMargins(16, 10, 14, 0)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._whose)
        self.setter = self._new_setter()

    def show_tile(self, tile: Tile) -> None:
        """Show the status of a tile's person; for another person than before nothing stays of what was typed."""
        if tile.contact.address != self.address:
            self._begin(tile)
        self.setter.show_own((status_of(tile),))

    def show_presets(self, presets: Presets) -> None:
        """Offer `presets`."""
        self._presets = presets
        self.setter.show_presets(presets)

    def choice_failed(self, address: Address, reason: str) -> None:
        """Say why the last choice for `address` could not be kept."""
        if address == self.address:
            self.setter.choice_failed(reason)

    def _begin(self, tile: Tile) -> None:
        name, self.address = one_line(display_name(tile.contact)), tile.contact.address
        number = f" · {self.address.extension}" if self.address.extension != name else ""
        self._whose.setText(f"Status of {name}{number}")
        self.setter.hide()
        self._box.removeWidget(self.setter)
        self.setter.deleteLater()
        self.setter = self._new_setter()
        self.setter.setAccessibleName(f"Status of {name}")

    def _new_setter(self) -> StatusSetter:
        setter = StatusSetter(self._look, self._clock)
        setter.show_presets(self._presets)
        setter.chosen.connect(self._say_chosen)
        setter.presets_edited.connect(self.presets_edited)
        setter.escaped.connect(self.escaped)
        self._box.addWidget(setter, 1)
        return setter

    def _say_chosen(self, choice: Choice) -> None:
        if self.address is not None:
            self.chosen.emit(self.address, choice)


def status_of(tile: Tile) -> OwnStatus:
    """Return how the status of a tile's person stands, as the setter shows it."""
    address = tile.contact.address
    target = Target(address.pbx, PREFIX + address.extension)
    reading = Presence(tile.presence, tile.subtype, tile.message) if tile.presence is not None else None
    return OwnStatus(target, reading, not tile.stale, _wish(target, tile.asked) if tile.asked is not None else None)


def _wish(target: Target, asked: Asked) -> Wish:
    plain, until = (asked.choice.presence, asked.choice.until) if asked.choice is not None else (None, None)
    standing = _STANDINGS[asked.outcome]
    return Wish(
        asked.number,
        target,
        asked.presence,
        asked.at,
        standing,
        asked.reason,
        plain=plain,
        until=until,
        manner=asked.manner,
    )
