# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What changed for each contact while this board ran: a short memory for the details panel. Pure, nothing is stored."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from board.events import Address
from board.roster.contact import Contact
from board.roster.tile import Asked, Outcome, Tile, TileChanged
from board.roster.words import device_text, person_text, presence_text, stale_text
from board.status.choice import Manner

_KEPT = 50
_WHO: Mapping[Manner, str] = MappingProxyType(
    {
        Manner.MANUAL: "{who} set {what}",
        Manner.AUTOMATIC: "Set by itself: {what}",
        Manner.RETURN: "Returned by itself: {what}",
    }
)


class Mark(StrEnum):
    """Which of a tile's marks an entry is about; the last is what this board's user asked for."""

    DEVICE = "device"
    PERSON = "person"
    FRESHNESS = "freshness"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: when (seconds since the epoch), of which mark, in words, and the tile as it was then.

    `outcome` is what came of it until now where somebody asked for it, else None.
    """

    at: float
    mark: Mark
    text: str
    tile: Tile
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What was asked for before this board ran, and who asked for it."""

    asked: Asked
    who: str


class History:
    """The latest changes of each contact, at most 50 each; put into words only when somebody looks."""

    def __init__(self) -> None:
        self._changes: dict[Address, deque[TileChanged]] = {}
        self._past: dict[Address, tuple[Past, ...]] = {}

    def record(self, changes: Iterable[TileChanged]) -> None:
        """Remember `changes`."""
        for change in changes:
            address = change.tile.contact.address
            kept = self._changes.get(address)
            if kept is None:
                kept = self._changes[address] = deque(maxlen=_KEPT)
            kept.appendleft(change)

    def recall(self, address: Address, past: Iterable[Past]) -> None:
        """Remember what was asked for `address` before this board ran, newest first; it replaces what was recalled."""
        self._past[address] = tuple(past)

    def of(self, address: Address) -> tuple[Entry, ...]:
        """Return what is remembered of `address`, newest first; why a wish failed once its tile no longer says it."""
        oldest_first = tuple(reversed(self._changes.get(address, ())))
        latest_of = _latest(oldest_first)
        if oldest_first and (failed := oldest_first[-1].tile.failed) is not None:
            latest_of[failed.number] = replace(failed, reason="")
        entries: list[Entry] = []
        told: set[int] = set()
        for change in oldest_first:
            entries += _entries(change)
            asked = change.tile.asked
            if asked is not None and asked.number not in told:
                told.add(asked.number)
                entries.append(_asked_entry(latest_of[asked.number], "You", change.tile))
        return tuple(reversed(entries))

    def before(self, address: Address) -> tuple[Entry, ...]:
        """Return what was asked for `address` before this board ran, newest first."""
        now = {change.tile.asked.number for change in self._changes.get(address, ()) if change.tile.asked is not None}
        earlier = (past for past in self._past.get(address, ()) if past.asked.number not in now)
        tile = Tile(Contact(address))
        return tuple(_asked_entry(past.asked, past.who, replace(tile, asked=past.asked)) for past in earlier)


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


def _asked_entry(asked: Asked, who: str, tile: Tile) -> Entry:
    said = f"{_WHO[asked.manner].format(who=who, what=presence_text(asked.presence))} — {asked.outcome.value}"
    return Entry(asked.at, Mark.ASKED, f"{said}: {asked.reason}" if asked.reason else said, tile, asked.outcome)


def _latest(changes: Iterable[TileChanged]) -> dict[int, Asked]:
    """Return each wish that `changes`, oldest first, tell of, by its number, as it stood last."""
    found: dict[int, Asked] = {}
    for change in changes:
        before, asked = change.before.asked if change.before is not None else None, change.tile.asked
        if asked is not None:
            found[asked.number] = asked
            if before is not None and before.number != asked.number and before.outcome is Outcome.PENDING:
                found[before.number] = replace(before, outcome=Outcome.DROPPED)
    return found


def _person(tile: Tile) -> tuple[object, ...]:
    return (tile.presence, tile.subtype, tile.message)
