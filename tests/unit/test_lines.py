# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines for a reader that may be slow, gone, or asleep for good."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from board.lines import Lines

Pipe = tuple[int, int]
BIG = "x" * 1_000_000  # more than any pipe holds
SOON = 5.0


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """A reading and a writing end; a test may close the reading one itself."""
    reading, writing = os.pipe()
    yield reading, writing
    os.close(writing)


def test_all_is_written_in_order(pipe: Pipe) -> None:
    reading, writing = pipe
    lines = Lines(writing, lambda: None)
    for text in ("one", "zwei ü", BIG, "\ud800"):
        lines.write(text)
    want = f"one\nzwei ü\n{BIG}\n?\n".encode()
    got = b""
    while len(got) < len(want):
        got += os.read(reading, 65_536)
    lines.close(SOON)
    os.close(reading)
    assert got == want


def test_a_reader_that_does_not_read_holds_up_nobody(pipe: Pipe) -> None:
    reading, writing = pipe
    lines = Lines(writing, lambda: None)
    before = time.monotonic()
    lines.write(BIG)
    lines.write("after it")
    lines.close(0.05)
    assert time.monotonic() - before < SOON
    os.close(reading)  # lets the thread end


def test_a_reader_that_is_gone_is_told_once(pipe: Pipe) -> None:
    reading, writing = pipe
    os.close(reading)
    told, gone = list[int](), threading.Event()

    def take() -> None:
        told.append(1)
        gone.set()

    lines = Lines(writing, take)
    lines.write("one")
    assert gone.wait(SOON)
    lines.write("two")
    lines.close(SOON)
    assert told == [1]


def test_a_reader_that_sleeps_for_good_counts_as_gone_when_too_much_waits(pipe: Pipe) -> None:
    reading, writing = pipe
    told = list[int]()
    lines = Lines(writing, lambda: told.append(1), most_bytes=len(BIG) + 10)
    lines.write(BIG)
    assert told == []
    lines.write(BIG)
    assert told == [1]
    os.close(reading)
    lines.close(SOON)
