# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments and spans as a tile writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from board.roster.moments import clock_text, counter_text, day_text, since_sentence, since_text, span_text
from board.roster.tile import Since

NOW = datetime(2026, 11, 23, 12, 4, tzinfo=UTC).timestamp()


def at(*moment: int) -> float:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("moment", "short", "sentence"),
    [
        ((2026, 11, 23, 8, 5), "8:05", "since 8:05"),
        ((2026, 11, 22, 23, 59), "Sun 23:59", "since Sun 23:59"),
        ((2026, 11, 17, 0, 0), "Tue 0:00", "since Tue 0:00"),
        ((2026, 11, 16, 12, 0), "16 Nov", "since 16 Nov 12:00"),
        ((2025, 12, 31, 12, 0), "31 Dec 2025", "since 31 Dec 2025 12:00"),
        ((2026, 11, 24, 1, 0), "24 Nov", "since 24 Nov 1:00"),  # a clock that was set back
    ],
)
def test_since_is_as_short_as_the_day_allows(moment: tuple[int, ...], short: str, sentence: str) -> None:
    assert since_text(Since(at(*moment), False), NOW, UTC) == short
    assert since_sentence(Since(at(*moment), False), NOW, UTC) == sentence
    assert since_text(Since(at(*moment), True), NOW, UTC) == "≥ " + short
    assert since_sentence(Since(at(*moment), True), NOW, UTC) == "at least " + sentence


def test_no_since_is_nothing() -> None:
    assert since_text(None, NOW) == since_sentence(None, NOW) == ""


def test_the_zone_decides_the_day() -> None:
    east = timezone(timedelta(hours=14))
    assert day_text(at(2026, 11, 23, 9, 0), NOW, UTC) == ""
    assert day_text(at(2026, 11, 23, 9, 0), NOW, east) == "Mon"
    assert clock_text(at(2026, 11, 23, 9, 0), east) == "23:00"


@pytest.mark.parametrize(
    ("seconds", "counter", "span"),
    [
        (-5, "0:00", "0 s"),
        (7.9, "0:07", "7 s"),
        (192, "3:12", "3 min"),
        (3731, "1:02:11", "1 h 2 min"),
        (7200, "2:00:00", "2 h"),
        (86400 * 2 + 5, "2 d", "2 d"),
    ],
)
def test_spans(seconds: float, counter: str, span: str) -> None:
    assert counter_text(seconds) == counter
    assert span_text(seconds) == span
