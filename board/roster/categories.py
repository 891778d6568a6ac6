# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The few kinds of tile that a receptionist filters and counts by, and the counts themselves. Pure.

A tile may be of several kinds (ringing in a call; idle phone of somebody away). A stale tile is of one kind
only: nothing else is claimed of it, least of all that it is free.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from board.roster.tile import Tile
from board.states import DeviceState, PresenceState


class Category(StrEnum):
    """A kind of tile."""

    FREE = "free"
    IN_CALL = "in_call"
    RINGING = "ringing"
    AWAY = "away"
    DND = "dnd"
    UNREACHABLE = "unreachable"
    STALE = "stale"


_BY_DEVICE: Mapping[DeviceState, frozenset[Category]] = MappingProxyType(
    {
        DeviceState.IDLE: frozenset(),
        DeviceState.RINGING: frozenset({Category.RINGING}),
        DeviceState.IN_USE: frozenset({Category.IN_CALL}),
        DeviceState.IN_USE_RINGING: frozenset({Category.IN_CALL, Category.RINGING}),
        DeviceState.ON_HOLD: frozenset({Category.IN_CALL}),
        DeviceState.BUSY: frozenset({Category.IN_CALL}),
        DeviceState.UNAVAILABLE: frozenset({Category.UNREACHABLE}),
        DeviceState.UNKNOWN: frozenset({Category.UNREACHABLE}),
    }
)

_BY_PRESENCE: Mapping[PresenceState | None, frozenset[Category]] = MappingProxyType(
    {
        None: frozenset(),
        PresenceState.NOT_SET: frozenset(),
        PresenceState.AVAILABLE: frozenset(),
        PresenceState.CHAT: frozenset(),
        PresenceState.AWAY: frozenset({Category.AWAY}),
        PresenceState.XA: frozenset({Category.AWAY}),
        PresenceState.UNAVAILABLE: frozenset({Category.AWAY}),
        PresenceState.DND: frozenset({Category.DND}),
    }
)


def categories(tile: Tile) -> frozenset[Category]:
    """Return the kinds of `tile`: free is an idle device whose person does not say otherwise."""
    if tile.stale:
        return frozenset({Category.STALE})
    held = _BY_DEVICE[tile.device] | _BY_PRESENCE[tile.presence]
    return held or frozenset({Category.FREE})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tiles there are, and of each kind."""

    total: int = 0
    by_category: Mapping[Category, int] = field(default_factory=dict)

    def of(self, category: Category | None) -> int:
        """Return the number of tiles of `category`; None means all."""
        return self.total if category is None else self.by_category.get(category, 0)


class Tally:
    """Counts kept up as tiles change, over all and for each group."""

    def __init__(self, tiles: Iterable[Tile] = ()) -> None:
        self._total: Counter[str | None] = Counter()
        self._counters: dict[str | None, Counter[Category]] = {}
        for tile in tiles:
            self._add(tile, 1)

    def replace(self, before: Tile, after: Tile) -> None:
        """Count `after` instead of `before`."""
        if before.contact.group != after.contact.group or categories(before) != categories(after):
            self._add(before, -1)
            self._add(after, 1)

    def counts(self, group: str | None = None) -> Counts:
        """Return the counts of `group`, or of all tiles."""
        return Counts(self._total[group], dict(self._counters.get(group, {})))

    def _add(self, tile: Tile, step: int) -> None:
        held = categories(tile)
        for group in (None, tile.contact.group):
            self._total[group] += step
            counter = self._counters.get(group)
            if counter is None:
                counter = self._counters[group] = Counter()
            for category in held:
                counter[category] += step
