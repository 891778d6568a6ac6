# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The roster's tiles as a Qt list model; changes are gathered and shown once a frame.

It holds what the roster said and nothing else: no order, no filter, no drawing. The first change after a
quiet frame is shown at once, later ones wait for the frame's end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from html import escape
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QElapsedTimer,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from board.events import Address
from board.roster.categories import Tally
from board.roster.moments import clock_text, since_sentence
from board.roster.search import contact_haystack, haystack, state_haystack
from board.roster.tile import Tile, TileChanged
from board.roster.words import asked_text, device_text, display_name, one_line, person_text, spoken_text, stale_text

Index = QModelIndex | QPersistentModelIndex
_NS_IN_MS = 1_000_000


class TileRole(IntEnum):
    """Roles beside Qt's own."""

    TILE = Qt.ItemDataRole.UserRole + 1
    NUMBER = Qt.ItemDataRole.UserRole + 2
    GROUP = Qt.ItemDataRole.UserRole + 3


class TileModel(QAbstractListModel):
    """One row a tile, in the roster's order. `counted` is emitted after rows changed, once a frame at most."""

    counted = Signal()

    def __init__(
        self, tiles: Sequence[Tile], clock: Callable[[], float], frame_ms: float = 16, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tiles = list(tiles)
        self._still_haystacks = [contact_haystack(tile.contact) for tile in tiles]
        self._haystacks = [haystack(tile) for tile in tiles]
        self._rows: dict[Address, int] = {tile.contact.address: row for row, tile in enumerate(tiles)}
        self._clock = clock
        self._pending: dict[int, Tile] = {}
        self._frame_ms = frame_ms
        self._since_flush = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)
        self.tally = Tally(tiles)

    def set_frame(self, milliseconds: float) -> None:
        """Gather changes for `milliseconds`: the screen's refresh period."""
        self._frame_ms = milliseconds

    def apply(self, changes: Iterable[TileChanged]) -> None:
        """Take in changed tiles; views hear of them by the end of the frame. Unknown contacts are left out."""
        for change in changes:
            row = self._rows.get(change.tile.contact.address)
            if row is not None:
                self._pending[row] = change.tile
        if self._pending and not self._timer.isActive():
            self._schedule()

    def _schedule(self) -> None:
        gone = self._since_flush.nsecsElapsed() / _NS_IN_MS if self._since_flush.isValid() else self._frame_ms
        if gone >= self._frame_ms:
            self.flush()
        else:
            self._timer.start(max(1, round(self._frame_ms - gone)))

    def flush(self) -> None:
        """Show what was gathered: one `dataChanged` for each run of neighbouring rows."""
        self._timer.stop()
        pending, self._pending = self._pending, {}
        for row, tile in pending.items():
            self.tally.replace(self._tiles[row], tile)
            self._tiles[row] = tile
            self._haystacks[row] = f"{self._still_haystacks[row]}\n{state_haystack(tile)}"
        for first, last in _runs(sorted(pending)):
            self.dataChanged.emit(self.index(first), self.index(last))
        if pending:
            self._since_flush.start()
            self.counted.emit()

    def touch(self, rows: Iterable[int]) -> None:
        """Tell views anew of `rows`, whose tiles did not change."""
        for first, last in _runs(sorted(rows)):
            self.dataChanged.emit(self.index(first), self.index(last))

    @property
    def tiles(self) -> Sequence[Tile]:
        """The tiles shown now, by row."""
        return self._tiles

    def tile(self, row: int) -> Tile:
        """Return the tile at `row`."""
        return self._tiles[row]

    def latest(self, row: int) -> Tile:
        """Return the tile that will be at `row` by the end of the frame."""
        return self._pending.get(row, self._tiles[row])

    def haystack(self, row: int) -> str:
        """Return the folded search text of the tile at `row`."""
        return self._haystacks[row]

    def row(self, address: Address) -> int | None:
        """Return the row of `address`, None where no contact has it."""
        return self._rows.get(address)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of tiles; a tile has no children."""
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what `role` asks of a tile, None where it has none."""
        reader = _READERS.get(role)
        if reader is None or not index.isValid():
            return None
        return reader(self._tiles[index.row()], self._clock())


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return sorted `rows` as (first, last) of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _title(tile: Tile, _now: float) -> str:
    name, extension = display_name(tile.contact), tile.contact.address.extension
    return one_line(name if name == extension else f"{name}, {extension}")


def _description(tile: Tile, now: float) -> str:
    since = since_sentence(tile.device_since, now)
    return ", ".join(part for part in (spoken_text(tile), since and f"phone {since}", tile.contact.group) if part)


def _tool_tip(tile: Tile, now: float) -> str:
    """Return the whole note, a line each; escaped, since Qt takes what looks like markup for markup."""
    known = tile.device_since is not None
    device = f"{device_text(tile)}, {since_sentence(tile.device_since, now)}" if known else ""
    if device and tile.stale:
        device = f"Last known: {device}"
    person = person_text(tile)
    if person:
        person = f"{person}, {since_sentence(tile.presence_since, now)}"
    asked = asked_text(tile)
    if tile.pending is not None:
        asked += f", asked at {clock_text(tile.pending.at)}"
    lines = [_title(tile, now), tile.contact.group, stale_text(tile), device, person, tile.message, asked]
    return "<p style='white-space:pre-wrap'>" + escape("\n".join(one_line(line) for line in lines if line)) + "</p>"


_READERS: Mapping[int, Callable[[Tile, float], Any]] = MappingProxyType(
    {
        Qt.ItemDataRole.DisplayRole: lambda tile, _: display_name(tile.contact),
        Qt.ItemDataRole.ToolTipRole: _tool_tip,
        Qt.ItemDataRole.AccessibleTextRole: _title,
        Qt.ItemDataRole.AccessibleDescriptionRole: _description,
        TileRole.TILE: lambda tile, _: tile,
        TileRole.NUMBER: lambda tile, _: tile.contact.address.extension,
        TileRole.GROUP: lambda tile, _: tile.contact.group,
    }
)
