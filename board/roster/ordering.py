# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The orders a board can be shown in, as keys for `sorted`: by name, by number, free first. Pure."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from board.roster.categories import Category, categories
from board.roster.contact import Contact
from board.roster.search import fold
from board.roster.tile import Tile
from board.roster.words import display_name

_DIGITS = re.compile(r"([0-9]+)")

NumberKey = tuple[str | tuple[int, str], ...]
StillKey = tuple[NumberKey, NumberKey, str]
SortKey = tuple[int, StillKey]


class Order(StrEnum):
    """How tiles are ordered within their group."""

    NAME = "name"
    NUMBER = "number"
    FREE_FIRST = "free_first"


def natural(text: str) -> NumberKey:
    """Return a key that orders runs of digits by their value ("9" before "10"), the rest by folded text.

    Digits compare by length and text, not as int: their number of digits has no limit.
    """
    parts = _DIGITS.split(fold(text))
    return tuple((len(part.lstrip("0")), part.lstrip("0")) if index % 2 else part for index, part in enumerate(parts))


def by_name(contact: Contact) -> StillKey:
    """Return the key for names, accents and case aside; numbers break ties."""
    name = display_name(contact)
    return (natural(name), natural(contact.address.extension), name)


def by_number(contact: Contact) -> StillKey:
    """Return the key for extensions, by value; names break ties."""
    name = display_name(contact)
    return (natural(contact.address.extension), natural(name), name)


# The first category that holds decides: the further down, the less use it is to ring there.
_RANKS = (Category.STALE, Category.UNREACHABLE, Category.DND, Category.AWAY, Category.IN_CALL, Category.RINGING)


def availability(tile: Tile) -> int:
    """Return 0 for a free tile, more the less likely it can take a call."""
    held = categories(tile)
    if Category.FREE in held:
        return 0
    return next((len(_RANKS) + 1 - i for i, category in enumerate(_RANKS) if category in held), 1)


_STILL: Mapping[Order, Callable[[Contact], StillKey]] = MappingProxyType(
    {Order.NAME: by_name, Order.NUMBER: by_number, Order.FREE_FIRST: by_name}
)


def still_key(order: Order, contact: Contact) -> StillKey:
    """Return the part of the key that no event changes: it may be kept as long as the contact."""
    return _STILL[order](contact)


def sort_key(order: Order, tile: Tile, still: StillKey) -> SortKey:
    """Return the whole key of `tile`: only free first asks what the tile is doing."""
    return (availability(tile) if order is Order.FREE_FIRST else 0, still)
