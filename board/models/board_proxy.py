# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the board that was asked for, in the order that was asked for, in sections under headings.

Decides nothing about drawing. While it is held, nobody changes place: what a person is about to click stays
where it is, though it shows its new state.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Signal

from board.events import Address
from board.models.tile_model import Index, TileModel
from board.roster.arrangement import Arrangement, Headings, Section
from board.roster.categories import Category
from board.roster.ordering import Order, SortKey, StillKey, sort_key, still_key
from board.roster.search import Query
from board.roster.tile import Tile


@dataclass(slots=True)
class _Place:
    """Where a source row stands: decided for which tile, shown or not, under which heading, by which key."""

    tile: Tile
    shown: bool
    key: tuple[int, SortKey, int]


class BoardProxy(QSortFilterProxyModel):
    """Filters, sorts and groups a `TileModel`. `arranged` is emitted after the user asked for something else."""

    arranged = Signal()

    def __init__(self, source: TileModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._arrangement = Arrangement()
        self.headings = Headings(source.tiles)
        self._held = False
        self._stills = self._find_stills()
        self._places = [self._decide(row) for row in range(source.rowCount())]
        self._order: list[int] | None = None
        for moved in (self.layoutChanged, self.rowsInserted, self.rowsRemoved, self.modelReset):
            moved.connect(self._forget_order)
        self.setDynamicSortFilter(True)
        self.setSourceModel(source)
        self.sort(0)

    # -- what is asked for

    @property
    def arrangement(self) -> Arrangement:
        """What was asked for."""
        return self._arrangement

    def search(self, text: str) -> None:
        """Show only tiles that match `text` as typed."""
        self._arrange(replace(self._arrangement, query=Query.parse(text)))

    def show_category(self, category: Category | None) -> None:
        """Show only tiles of `category`; None shows all."""
        self._arrange(replace(self._arrangement, category=category))

    def show_group(self, group: str | None) -> None:
        """Show only tiles of `group`; None shows all."""
        self._arrange(replace(self._arrangement, group=group))

    def order_by(self, order: Order) -> None:
        """Sort each section by `order`."""
        self._arrange(replace(self._arrangement, order=order))

    def hold(self, held: bool) -> None:
        """Keep every tile at its place while `held`; afterwards each goes where it now belongs."""
        if held == self._held:
            return
        self._held = held
        if not held:
            self._source.touch(
                row for row, place in enumerate(self._places) if place.tile is not self._source.tile(row)
            )

    def _arrange(self, arrangement: Arrangement) -> None:
        if arrangement == self._arrangement:
            return
        before = self._arrangement
        resort = (arrangement.order, arrangement.group) != (before.order, before.group)
        self.beginFilterChange()
        self._arrangement = arrangement
        if resort:
            self._stills = self._find_stills()
        self._places = [self._decide(row) for row in range(self._source.rowCount())]
        self.endFilterChange()
        if resort:
            self.invalidate()
        self.arranged.emit()

    # -- what is there

    def tile(self, row: int) -> Tile:
        """Return the tile at `row` of this proxy."""
        if self._order is None:
            self._order = [self.mapToSource(self.index(at, 0)).row() for at in range(self.rowCount())]
        return self._source.tile(self._order[row])

    def index_of(self, address: Address) -> QModelIndex:
        """Return where `address` is shown; an invalid index where it is not."""
        row = self._source.row(address)
        return QModelIndex() if row is None else self.mapFromSource(self._source.index(row))

    def sections(self) -> Sequence[Section]:
        """Return the sections that have tiles to show, in order; their `shown` add up to the rows."""
        shown = Counter(place.key[0] for place in self._places if place.shown)
        total = Counter(place.key[0] for place in self._places)
        return [Section(title, shown[i], total[i]) for i, title in enumerate(self.headings.titles) if shown[i]]

    def _forget_order(self) -> None:
        self._order = None

    # -- Qt's questions

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Tell whether the row is shown."""
        place = self._places[source_row]
        if not self._held and place.tile is not self._source.tile(source_row):
            place = self._places[source_row] = self._decide(source_row)
        return place.shown

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        """Tell which of two rows stands first; Qt asks whether a changed row is shown before it asks this."""
        return self._places[source_left.row()].key < self._places[source_right.row()].key

    def _decide(self, row: int) -> _Place:
        tile, (rank, still) = self._source.tile(row), self._stills[row]
        shown = self._arrangement.accepts(tile, self._source.haystack(row))
        return _Place(tile, shown, (rank, sort_key(self._arrangement.order, tile, still), row))

    def _find_stills(self) -> list[tuple[int, StillKey]]:
        """Return, by source row, heading and still key: all of a place that no event changes."""
        asked = self._arrangement
        contacts = (tile.contact for tile in self._source.tiles)
        by_group = asked.group is not None
        return [(self.headings.rank(c, by_group=by_group), still_key(asked.order, c)) for c in contacts]
