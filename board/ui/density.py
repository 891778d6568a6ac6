# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How closely the switchboard packs its tiles: the measures of a tile, roomy or compact. Pure, no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MANY = 100
"""From how many tiles on they are compact, unless somebody says otherwise."""


class Packing(StrEnum):
    """Which density is wanted."""

    AUTOMATIC = "automatic"
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Density:
    """A tile's measures in logical pixels.

    `name`, `line`, `note` are the tops of its three lines, `icon` and `word` those of the device's glyph and word,
    `counted_icon` and `counted_word` the same while a time runs below them at `counter`. Without room for a third
    line `note` is None: a message then follows on the second.
    """

    height: int
    least_width: int
    gap: int
    name: int
    line: int
    note: int | None
    icon_size: int
    icon: int
    word: int
    counted_icon: int
    counted_word: int
    counter: int


COMFORTABLE = Density(
    height=82,
    least_width=254,
    gap=9,
    name=10,
    line=33,
    note=54,
    icon_size=22,
    icon=18,
    word=47,
    counted_icon=12,
    counted_word=39,
    counter=56,
)
COMPACT = Density(
    height=54,
    least_width=248,
    gap=6,
    name=7,
    line=30,
    note=None,
    icon_size=17,
    icon=9,
    word=30,
    counted_icon=3,
    counted_word=21,
    counter=35,
)

_DENSITIES: Mapping[Packing, Density] = MappingProxyType({Packing.COMFORTABLE: COMFORTABLE, Packing.COMPACT: COMPACT})


def density_of(packing: Packing, tiles: int) -> Density:
    """Return the density that is wanted for `tiles` tiles."""
    return _DENSITIES.get(packing) or (COMPACT if tiles >= MANY else COMFORTABLE)
