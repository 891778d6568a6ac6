# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Type-ahead search: folding text so that accents and case do not matter, and a query of several words. Pure."""

import unicodedata
from dataclasses import dataclass
from typing import Self

from board.roster.tile import Tile
from board.roster.words import DEVICE_WORDS, MAY_BE_OLD, PRESENCE_SHORT, PRESENCE_WORDS

# Letters that Unicode does not take apart, as people type them on a keyboard without them.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})


def fold(text: str) -> str:
    """Return `text` without case, accents and width variants: "Žižková" and "zizkova" fold to the same."""
    if text.isascii():  # most is, and this is asked for at every change
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)


def haystack(tile: Tile) -> str:
    """Return all that a search may find of `tile`, folded: name, number, group, PBX, both marks, message.

    The device's word is left out of a stale tile, which must not be found as free.
    """
    contact = tile.contact
    parts = [contact.name, contact.address.extension, contact.group, contact.address.pbx, tile.subtype, tile.message]
    if tile.stale:
        parts += [MAY_BE_OLD, tile.reason]
    else:
        parts.append(DEVICE_WORDS[tile.device])
    if tile.presence is not None:
        parts += [PRESENCE_WORDS[tile.presence], PRESENCE_SHORT[tile.presence]]
    return fold("\n".join(parts))


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
