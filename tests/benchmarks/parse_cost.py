# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What reading a NOTIFY body costs, beside a bare lxml on the same bytes: `python -m tests.benchmarks.parse_cost`.

Both run in turns within one process over the captured well-formed bodies, so a noisy machine hits both alike; what is
measured is the time of the thread, not of the clock on the wall.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import thread_time_ns

from lxml import etree

from board.pidf import parse
from tests.benchmarks.table import Row, render
from tests.captures import Capture, load_captures

AIM = 4.0
CALLS = 5


def parse_cost(rounds: int = 20) -> list[Row]:
    """Measure each kind of well-formed body, and all together in the last row: the median over the bodies."""
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with _without_collector():
        for capture in load_captures():
            if capture.well_formed:
                kind = f"parse {capture.media_type.partition('/')[2]}, {capture.server}"
                costs[kind].append(_cost(capture, rounds))
    rows = [_row(kind, pairs) for kind, pairs in sorted(costs.items())]
    return [*rows, _row("parse, all kinds", [pair for pairs in costs.values() for pair in pairs])]


def _cost(capture: Capture, rounds: int) -> tuple[float, float]:
    """Return the microseconds that one body costs us and bare lxml."""
    body, content_type = capture.body, capture.content_type
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        ours.append(_time(lambda: parse(body, content_type)))
        bare.append(_time(lambda: etree.fromstring(body)))
    return median(ours), median(bare)


def _time(action: Callable[[], object]) -> float:
    """Return the microseconds of this thread's own time that one of a few calls took."""
    start = thread_time_ns()
    for _ in range(CALLS):
        action()
    return (thread_time_ns() - start) / (CALLS * 1000)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector out, as timeit does: what it does depends on everything else in the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _row(what: str, pairs: list[tuple[float, float]]) -> Row:
    ours, bare = (median(cost) for cost in zip(*pairs, strict=True))
    return Row(f"{what} ({len(pairs)} bodies)", ours, "µs", bare, "lxml.etree.fromstring", f"ratio at most {AIM:g}")


def main() -> None:
    """Print the table."""
    print(render(parse_cost()))


if __name__ == "__main__":
    main()
