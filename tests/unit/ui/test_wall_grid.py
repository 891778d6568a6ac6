# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The wall's arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.ui.wall_grid import WallGrid

SIZES = st.tuples(st.integers(640, 4000), st.integers(300, 2200))
COUNTS = st.integers(0, 700)


@given(COUNTS, SIZES)
def test_every_tile_lies_whole_on_its_page(count: int, size: tuple[int, int]) -> None:
    width, height = size
    wall = WallGrid(count, width, height, 130)
    for row in range(count):
        box, top = wall.box(row), wall.page_of(row) * height
        assert box.x >= 0
        assert box.x + box.width <= width
        assert top <= box.y
        assert box.y + box.height <= top + height
    assert wall.height == wall.pages * height


@given(COUNTS.filter(bool), SIZES)
def test_a_page_holds_its_rows_and_a_point_leads_to_its_tile(count: int, size: tuple[int, int]) -> None:
    wall = WallGrid(count, *size, 130)
    seen = [row for page in range(wall.pages) for row in wall.rows_between(page * size[1], (page + 1) * size[1])]
    assert seen == list(range(count))
    for row in (0, count // 2, count - 1):
        box = wall.box(row)
        assert wall.row_at(box.x + box.width // 2, box.y + box.height // 2) == row


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (20, 1), (110, 1), (132, 1), (500, 4)])
def test_a_full_hd_screen_turns_pages_only_when_tiles_would_get_too_small(count: int, pages: int) -> None:
    assert WallGrid(count, 1920, 950, 1920 // 11).pages == pages


def test_fewer_tiles_are_larger() -> None:
    widths = [WallGrid(count, 1920, 950, 170).tile_width for count in (1, 8, 20, 60, 110)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 4 * widths[-1]


def test_moving_stays_on_the_wall() -> None:
    wall = WallGrid(10, 1000, 600, 130)
    assert wall.above(0) == 0
    assert wall.below(9) == 9
    assert wall.above(wall.below(1)) == 1
