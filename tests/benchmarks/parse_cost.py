# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading a NOTIFY body costs, beside a bare lxml on the same bytes: `python -m tests.benchmarks.parse_cost`.

Both run in turns within one process over the captured well-formed bodies, so a noisy machine hits both alike.
"""

from collections import defaultdict
from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

from lxml import etree

from board.pidf import parse
from tests.benchmarks.table import Row, render
from tests.captures import Capture, load_captures

AIM = 4.0


def parse_cost(rounds: int = 60) -> list[Row]:
    """Measure each kind of well-formed body, and all together in the last row: the median over the bodies."""
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for capture in load_captures():
        if capture.well_formed:
            kind = f"parse {capture.media_type.partition('/')[2]}, {capture.server}"
            costs[kind].append(_cost(capture, rounds))
    rows = [_row(kind, pairs) for kind, pairs in sorted(costs.items())]
    return [*rows, _row("parse, all kinds", [pair for pairs in costs.values() for pair in pairs])]


def _cost(capture: Capture, rounds: int) -> tuple[float, float]:
    """Return the microseconds that one body costs us and bare lxml."""
    body, content_type = capture.body, capture.content_type
    ours: list[int] = []
    bare: list[int] = []
    for _ in range(rounds):
        ours.append(_time(lambda: parse(body, content_type)))
        bare.append(_time(lambda: etree.fromstring(body)))
    return median(ours) / 1000, median(bare) / 1000


def _time(action: Callable[[], object]) -> int:
    start = perf_counter_ns()
    action()
    return perf_counter_ns() - start


def _row(what: str, pairs: list[tuple[float, float]]) -> Row:
    ours, bare = (median(cost) for cost in zip(*pairs, strict=True))
    return Row(f"{what} ({len(pairs)} bodies)", ours, "µs", bare, "lxml.etree.fromstring", f"ratio at most {AIM:g}")


def main() -> None:
    """Print the table."""
    print(render(parse_cost()))


if __name__ == "__main__":
    main()
