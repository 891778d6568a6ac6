# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Type-ahead search: folding text so that accents and case do not matter, and a query of several words. Pure."""

import unicodedata
from dataclasses import dataclass
from typing import Self

from board.roster.categories import Category, categories
from board.roster.contact import Contact
from board.roster.tile import Tile
from board.roster.words import DEVICE_SHORT, DEVICE_WORDS, MAY_BE_OLD, PRESENCE_SHORT, PRESENCE_WORDS
from board.states import DeviceState

# Letters that Unicode does not take apart, as people type them on a keyboard without them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})


class _Folding(dict[int, str]):
    """A table for `str.translate` that folds each character once, when it is first met."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold())
        folded = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` without case, accents and width variants: "Žižková" and "zizkova" fold to the same."""
    return text.casefold() if text.isascii() else text.translate(_FOLDING)


def contact_haystack(contact: Contact) -> str:
    """Return what a search may find of a contact whatever it does, folded: name, number, group, PBX."""
    return fold("\n".join((contact.name, contact.address.extension, contact.group, contact.address.pbx)))


def state_haystack(tile: Tile) -> str:
    """Return what a search may find of what `tile` does, folded: both marks, subtype, message.

    The device's words are left out of a stale tile, and "free" of everybody who is not: an idle phone alone does
    not make its owner free.
    """
    parts: tuple[str, ...] = (MAY_BE_OLD, tile.reason) if tile.stale else _device_words(tile)
    if tile.presence is not None:
        words = (PRESENCE_WORDS[tile.presence], PRESENCE_SHORT[tile.presence])
        parts = (*parts, *words, tile.subtype, tile.message)
    return fold("\n".join(parts))


def _device_words(tile: Tile) -> tuple[str, ...]:
    if tile.device is DeviceState.IDLE and Category.FREE not in categories(tile):
        return (DEVICE_SHORT[tile.device],)
    return (DEVICE_WORDS[tile.device], DEVICE_SHORT[tile.device])


def haystack(tile: Tile) -> str:
    """Return all that a search may find of `tile`, folded."""
    return f"{contact_haystack(tile.contact)}\n{state_haystack(tile)}"


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, as folded words; a tile matches when it holds every one of them."""

    words: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the query for `text` as typed."""
        return cls(tuple(fold(text).split()))

    def matches(self, folded: str) -> bool:
        """Tell whether `folded` (a tile's haystack) holds every word."""
        return all(word in folded for word in self.words)
