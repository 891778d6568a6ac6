# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool's pure parts: how a roster is spread, what a crash leads to, the crumb, a worker's farewell."""

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.sip.crashes import LONGEST_DELAY, STEADY, WINDOW, Crashes, Pulse
from board.sip.crumb import SIZE, Crumb
from board.sip.farewell import LAST_WORDS, Farewell
from board.sip.pool import SHARD, shards


@given(st.lists(st.integers(0, 2000).map(str), max_size=1500))
def test_every_extension_is_in_one_shard_and_none_is_too_large(extensions: list[str]) -> None:
    spread = shards(extensions)
    assert sorted(e for shard in spread for e in shard) == sorted(set(extensions))
    sizes = [len(shard) for shard in spread]
    assert not sizes or (max(sizes) <= SHARD and max(sizes) - min(sizes) <= 1)


@pytest.mark.parametrize(("count", "workers"), [(0, 0), (1, 1), (250, 1), (251, 2), (1000, 4), (3000, 12)])
def test_no_more_workers_than_needed(count: int, workers: int) -> None:
    assert len(shards(map(str, range(count)))) == workers


def test_the_first_crash_is_mended_at_once_and_a_crash_loop_slows_down() -> None:
    crashes = Crashes()
    delays = []
    for moment in range(10):
        crashes.started(float(moment))
        delays.append(crashes.delay(moment + 0.5))
    assert delays[:4] == [0.0, 0.5, 1.0, 2.0]
    assert delays[-1] == LONGEST_DELAY


def test_a_worker_that_lived_long_is_replaced_at_once_again() -> None:
    crashes = Crashes()
    crashes.started(0.0)
    crashes.delay(1.0)
    crashes.started(2.0)
    assert crashes.delay(2.0 + STEADY) == 0.0


def test_blame_takes_two_crashes_in_a_minute() -> None:
    crashes = Crashes()
    assert not crashes.blames("2001", 0.0)
    assert not crashes.blames("2002", 1.0)
    assert not crashes.blames("2001", WINDOW + 1.0)
    assert crashes.blames("2001", WINDOW + 2.0)


@given(st.text(max_size=3000), st.text(max_size=10))
def test_both_sides_read_the_same_crumb(long: str, short: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.truncate(SIZE)
        ours, theirs = Crumb(file.fileno()), Crumb(file.fileno())
    theirs.leave(long)
    theirs.leave(short)
    assert ours.read() == short
    ours.close()
    theirs.close()


def test_a_farewell_waits_for_answers_and_a_little_for_last_words() -> None:
    farewell = Farewell(deadline=10.0, status=0)
    assert not farewell.is_over(2, 2, 1.0)
    assert not farewell.is_over(0, 2, 2.0)
    assert farewell.is_over(0, 0, 2.1)
    assert farewell.is_over(0, 2, 2.0 + LAST_WORDS)


def test_a_farewell_ends_at_its_deadline() -> None:
    assert Farewell(deadline=10.0, status=0).is_over(2, 2, 10.0)


def test_a_worker_hangs_when_two_orders_bring_nothing() -> None:
    pulse = Pulse()
    assert not pulse.ordered()
    pulse.beats()
    assert not pulse.ordered()
    assert pulse.ordered()
