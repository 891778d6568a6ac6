# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a board is shown and in which order: a search, a kind, a group, an order, under headings. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from board.roster.categories import Category, categories
from board.roster.contact import Contact
from board.roster.ordering import Order
from board.roster.search import Query
from board.roster.tile import Tile

FAVOURITES = "Favourites"
NO_GROUP = "No group"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and how many tiles stand under it, of how many there are; title "" asks for no heading."""

    title: str
    shown: int
    total: int


class Headings:
    """The headings of a board, in order: favourites, the groups as the configuration lists them, who has none.

    A favourite stands under favourites only.
    """

    def __init__(self, tiles: Iterable[Tile]) -> None:
        contacts = [tile.contact for tile in tiles]
        groups = dict.fromkeys(contact.group for contact in contacts if contact.group)
        self._ranks = {group: rank for rank, group in enumerate(groups, start=1)}
        self._ranks[""] = len(self._ranks) + 1
        nameless = NO_GROUP if groups or any(contact.favourite for contact in contacts) else ""
        self.titles = (FAVOURITES, *groups, nameless)
        self.groups = tuple(groups)

    def rank(self, contact: Contact, *, by_group: bool = False) -> int:
        """Return the place of the heading that `contact` stands under: an index into `titles`.

        `by_group` keeps favourites under their own group.
        """
        return 0 if contact.favourite and not by_group else self._ranks[contact.group]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the user asked to see; the default shows all by name."""

    query: Query = field(default_factory=Query)
    category: Category | None = None
    group: str | None = None
    order: Order = Order.NAME

    def accepts(self, tile: Tile, haystack: str) -> bool:
        """Tell whether `tile`, whose folded search text is `haystack`, is to be shown."""
        return (
            (self.group is None or tile.contact.group == self.group)
            and (self.category is None or self.category in categories(tile))
            and (not self.query.words or self.query.matches(haystack))
        )

    @property
    def narrows(self) -> bool:
        """Tell whether anything is asked that may hide a tile."""
        return bool(self.query.words) or self.category is not None or self.group is not None
