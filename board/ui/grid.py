# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where tiles and headings stand: sections of equal cards in as many columns as fit. Pure arithmetic, no Qt."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from board.ui.density import COMFORTABLE, Density

MARGIN = 20
HEADING_HEIGHT = 40
SECTION_GAP = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the grid's own coordinates."""

    x: int
    y: int
    width: int
    height: int


class Layout(Protocol):
    """What a view asks of the way its tiles are laid out."""

    tile_width: int
    tile_height: int
    gap: int
    count: int
    height: int

    def box(self, row: int) -> Box:
        """Return the box of the tile at `row`."""

    def headings(self) -> Iterator[tuple[int, int]]:
        """Give the section number and the y of each heading."""

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """Give the rows whose boxes reach into `top` <= y < `bottom`, in order and without a gap."""

    def row_at(self, x: int, y: int) -> int | None:
        """Return the row whose box holds the point, None between tiles."""

    def above(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines above `row`."""

    def below(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines below `row`."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One section laid out: its first row, its number of tiles, where its heading and its first line begin."""

    first: int
    count: int
    heading_y: int
    y: int


class Grid:
    """The layout of sections of `counts` tiles, `headed` or not, in `width` pixels, as close as `density` says."""

    def __init__(
        self, counts: Sequence[int], headed: Sequence[bool], width: int, density: Density = COMFORTABLE
    ) -> None:
        room = max(1, width - 2 * MARGIN)
        self.gap = density.gap
        self.columns = max(1, (room + self.gap) // (density.least_width + self.gap))
        self.tile_height = density.height
        self.tile_width = (room - self.gap * (self.columns - 1)) // self.columns
        self._pitch = density.height + density.gap
        self._blocks: list[_Block] = []
        self._boxes: dict[int, Box] = {}
        y, first = MARGIN // 2, 0
        for count, has_heading in zip(counts, headed, strict=True):
            top = y + (HEADING_HEIGHT if has_heading else self.gap)
            self._blocks.append(_Block(first, count, y, top))
            lines = -(-count // self.columns)
            y = top + lines * self._pitch + SECTION_GAP
            first += count
        self.count = first
        self.height = y + MARGIN - self.gap if first else 0
        self._firsts = [block.first for block in self._blocks]
        self._tops = [block.heading_y for block in self._blocks]

    def box(self, row: int) -> Box:
        """Return the box of the tile at `row`."""
        found = self._boxes.get(row)
        if found is None:
            found = self._boxes[row] = self._box(row)
        return found

    def _box(self, row: int) -> Box:
        block = self._blocks[bisect_right(self._firsts, row) - 1]
        line, column = divmod(row - block.first, self.columns)
        x = MARGIN + column * (self.tile_width + self.gap)
        return Box(x, block.y + line * self._pitch, self.tile_width, self.tile_height)

    def headings(self) -> Iterator[tuple[int, int]]:
        """Give the section number and the y of each heading."""
        return ((number, block.heading_y) for number, block in enumerate(self._blocks))

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """Give the rows whose boxes reach into `top` <= y < `bottom`, in order."""
        start = max(0, bisect_right(self._tops, top) - 1)
        for block in self._blocks[start:]:
            if block.heading_y >= bottom:
                return
            line = max(0, (top - block.y - self.tile_height) // self._pitch + 1)
            stop = -(-(bottom - block.y) // self._pitch)
            yield from range(
                block.first + min(block.count, line * self.columns),
                block.first + min(block.count, max(0, stop) * self.columns),
            )

    def row_at(self, x: int, y: int) -> int | None:
        """Return the row whose box holds the point, None between tiles."""
        for row in self.rows_between(y, y + 1):
            box = self.box(row)
            if box.x <= x < box.x + box.width:
                return row
        return None

    def above(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines above `row`, in its column or the last one of a shorter line."""
        for _ in range(lines):
            row = self._step(row, -1)
        return row

    def below(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines below `row`, in its column or the last one of a shorter line."""
        for _ in range(lines):
            row = self._step(row, 1)
        return row

    def _step(self, row: int, way: int) -> int:
        number = bisect_right(self._firsts, row) - 1
        block = self._blocks[number]
        line, column = divmod(row - block.first, self.columns)
        if 0 <= line + way <= (block.count - 1) // self.columns:
            return block.first + min(block.count - 1, (line + way) * self.columns + column)
        if not 0 <= number + way < len(self._blocks):
            return row
        other = self._blocks[number + way]
        start = 0 if way > 0 else (other.count - 1) // self.columns * self.columns
        return other.first + min(other.count - 1, start + column)
