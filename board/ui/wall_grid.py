# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wall's layout: tiles as large as their number allows, all on one page if they can be read from afar. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from board.ui.grid import Box

MARGIN = 20
_RATIO = 2.35  # a tile's width over its height, at the best
_FLATTEST = 3.4
_GAP_PART = 0.035  # of a tile's width


@dataclass(frozen=True, slots=True)
class _Fit:
    """How tiles fill a page."""

    columns: int
    lines: int
    width: int
    height: int
    gap: int


class WallGrid:
    """The layout of `count` tiles at least `least` wide on pages of `width` x `height`, one below the other."""

    def __init__(self, count: int, width: int, height: int, least: int) -> None:
        self.count = count
        self._page = max(1, height)
        self._fit = _best_fit(count, max(1, width - 2 * MARGIN), max(1, height - MARGIN), least)
        self.tile_width, self.tile_height, self.gap = self._fit.width, self._fit.height, self._fit.gap
        self.on_page = self._fit.columns * self._fit.lines
        self.pages = max(1, -(-count // self.on_page))
        self.height = self.pages * self._page

    def page_of(self, row: int) -> int:
        """Return the number, from 0, of the page that `row` is on."""
        return row // self.on_page

    def box(self, row: int) -> Box:
        """Return the box of the tile at `row`."""
        page, place = divmod(row, self.on_page)
        line, column = divmod(place, self._fit.columns)
        fit = self._fit
        x = MARGIN + column * (fit.width + fit.gap)
        return Box(x, page * self._page + MARGIN // 2 + line * (fit.height + fit.gap), fit.width, fit.height)

    def headings(self) -> Iterator[tuple[int, int]]:
        """Give nothing: the wall has no headings."""
        return iter(())

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """Give the rows of the pages that `top` <= y < `bottom` touches."""
        first, last = max(0, top // self._page), max(0, (bottom - 1) // self._page)
        return iter(range(min(self.count, first * self.on_page), min(self.count, (last + 1) * self.on_page)))

    def row_at(self, x: int, y: int) -> int | None:
        """Return the row whose box holds the point, None between tiles."""
        for row in self.rows_between(y, y + 1):
            box = self.box(row)
            if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
                return row
        return None

    def above(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines above `row`."""
        return max(row % self._fit.columns, row - lines * self._fit.columns)

    def below(self, row: int, lines: int = 1) -> int:
        """Return the row `lines` lines below `row`."""
        return min(self.count - 1, row + lines * self._fit.columns)


def _best_fit(count: int, width: int, height: int, least: int) -> _Fit:
    """Return the fit with the largest tiles that hold all on one page, else the smallest that may be used."""
    made = _fit(1, width, height)
    for columns in range(1, max(1, width // least) + 1):
        made = _fit(columns, width, height)
        if made.columns * made.lines >= count:
            break
    return _stretch(made, count, height)


def _fit(columns: int, width: int, height: int) -> _Fit:
    gap = max(3, round(width / columns * _GAP_PART))
    tile_width = (width - gap * (columns - 1)) // columns
    tile_height = min(height, max(1, round(tile_width / _FLATTEST)))
    lines = max(1, (height + gap) // (tile_height + gap))
    return _Fit(columns, lines, tile_width, tile_height, gap)


def _stretch(fit: _Fit, count: int, height: int) -> _Fit:
    """Return `fit` with tiles as high as the lines that are needed allow."""
    lines = min(fit.lines, max(1, -(-count // fit.columns)))
    tallest = (height - fit.gap * (lines - 1)) // lines
    return _Fit(fit.columns, lines, fit.width, max(1, min(tallest, round(fit.width / _RATIO))), fit.gap)
