# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What changed for each contact while this board ran: a short memory for the details panel. Pure, nothing is stored."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from board.events import Address
from board.roster.tile import Tile, TileChanged
from board.roster.words import device_text, person_text, stale_text

_KEPT = 50


class Mark(StrEnum):
    """Which of a tile's marks an entry is about."""

    DEVICE = "device"
    PERSON = "person"
    FRESHNESS = "freshness"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: when (seconds since the epoch), of which mark, in words, and the tile as it was then."""

    at: float
    mark: Mark
    text: str
    tile: Tile


class History:
    """The latest changes of each contact, at most 50 each; put into words only when somebody looks."""

    def __init__(self) -> None:
        self._changes: dict[Address, deque[TileChanged]] = {}

    def record(self, changes: Iterable[TileChanged]) -> None:
        """Remember `changes`."""
        for change in changes:
            address = change.tile.contact.address
            kept = self._changes.get(address)
            if kept is None:
                kept = self._changes[address] = deque(maxlen=_KEPT)
            kept.appendleft(change)

    def of(self, address: Address) -> tuple[Entry, ...]:
        """Return what is remembered of `address`, newest first."""
        return tuple(entry for change in self._changes.get(address, ()) for entry in reversed(_entries(change)))


def _entries(change: TileChanged) -> list[Entry]:
    before, tile = change.before, change.tile
    entries = []
    if tile.device_since is not None and (before is None or before.device_since != tile.device_since):
        entries.append(Entry(change.at, Mark.DEVICE, device_text(tile), tile))
    if tile.presence is not None and (before is None or _person(before) != _person(tile)):
        entries.append(Entry(change.at, Mark.PERSON, person_text(tile), tile))
    if tile.stale and (before is None or (before.stale, before.reason) != (tile.stale, tile.reason)):
        entries.append(Entry(change.at, Mark.FRESHNESS, stale_text(tile), tile))
    return entries


def _person(tile: Tile) -> tuple[object, ...]:
    return (tile.presence, tile.subtype, tile.message)
