# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The grid's arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from board.ui.density import COMFORTABLE, COMPACT, MANY, Packing, density_of
from board.ui.grid import HEADING_HEIGHT, MARGIN, Box, Grid

COUNTS = st.lists(st.integers(1, 40), max_size=6)
WIDTHS = st.integers(200, 4000)


def grid(counts: list[int], width: int) -> Grid:
    return Grid(counts, [True] * len(counts), width)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(COUNTS, WIDTHS)
def test_no_two_boxes_touch_and_all_lie_inside(counts: list[int], width: int) -> None:
    made = grid(counts, width)
    boxes = [made.box(row) for row in range(made.count)]
    assert all(b.x >= 0 and b.x + b.width <= width and b.y >= 0 and b.y + b.height <= made.height for b in boxes)
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[max(0, i - 20) : i])


@given(COUNTS, WIDTHS)
def test_a_point_in_a_box_leads_to_its_row(counts: list[int], width: int) -> None:
    made = grid(counts, width)
    for row in range(made.count):
        box = made.box(row)
        for x, y in ((box.x, box.y), (box.x + box.width - 1, box.y + box.height - 1)):
            assert made.row_at(x, y) == row
        assert made.row_at(box.x, box.y + box.height) != row


@given(COUNTS, WIDTHS, st.integers(0, 5000), st.integers(1, 1200))
def test_rows_between_are_those_whose_boxes_reach_in(counts: list[int], width: int, top: int, height: int) -> None:
    made = grid(counts, width)
    bottom = top + height
    reaching = [r for r in range(made.count) if made.box(r).y < bottom and made.box(r).y + COMFORTABLE.height > top]
    assert list(made.rows_between(top, bottom)) == reaching


@given(COUNTS.filter(bool), WIDTHS, st.data())
def test_down_then_up_stays_in_the_column_or_comes_back(counts: list[int], width: int, data: st.DataObject) -> None:
    made = grid(counts, width)
    row = data.draw(st.integers(0, made.count - 1))
    below = made.below(row)
    assert below >= row
    assert made.box(below).y > made.box(row).y or below == row
    assert made.box(below).x <= made.box(row).x
    above = made.above(row)
    assert above <= row
    assert made.box(above).x <= made.box(row).x


def test_an_empty_grid_has_no_height_and_nothing_anywhere() -> None:
    made = grid([], 1000)
    assert (made.count, made.height, made.row_at(50, 50)) == (0, 0, None)


def test_columns_grow_with_the_width_and_fill_it() -> None:
    for columns in range(1, 8):
        width = 2 * MARGIN + columns * COMFORTABLE.least_width + (columns - 1) * COMFORTABLE.gap
        made = grid([20], width)
        assert made.columns == columns
        assert made.tile_width == COMFORTABLE.least_width
        assert grid([20], width - 1).columns == max(1, columns - 1)


def test_a_heading_takes_its_place_only_where_there_is_one() -> None:
    with_heading, without = Grid([3], [True], 1000), Grid([3], [False], 1000)
    assert with_heading.box(0).y - without.box(0).y == HEADING_HEIGHT - COMFORTABLE.gap


def test_a_page_is_several_lines() -> None:
    made = grid([40], 2 * MARGIN + 4 * COMFORTABLE.least_width + 3 * COMFORTABLE.gap)
    assert made.below(1, 3) == 13
    assert made.above(13, 3) == 1
    assert made.below(38, 9) == 38


@given(COUNTS, WIDTHS, st.integers(0, 5000), st.integers(1, 1200))
def test_a_compact_grid_finds_its_rows_too(counts: list[int], width: int, top: int, height: int) -> None:
    made = Grid(counts, [True] * len(counts), width, COMPACT)
    bottom = top + height
    reaching = [r for r in range(made.count) if made.box(r).y < bottom and made.box(r).y + COMPACT.height > top]
    assert list(made.rows_between(top, bottom)) == reaching


def test_a_compact_grid_is_lower() -> None:
    assert Grid([300], [True], 1600, COMPACT).height < 0.6 * Grid([300], [True], 1600, COMFORTABLE).height


def test_a_window_of_1400_with_its_details_has_four_columns() -> None:
    assert grid([20], 1400 - 1 - 300 - 12).columns == 4


def test_many_tiles_are_compact_unless_the_configuration_says_otherwise() -> None:
    assert density_of(Packing.AUTOMATIC, MANY - 1) is COMFORTABLE
    assert density_of(Packing.AUTOMATIC, MANY) is COMPACT
    assert density_of(Packing.COMFORTABLE, MANY) is COMFORTABLE
    assert density_of(Packing.COMPACT, 1) is COMPACT
