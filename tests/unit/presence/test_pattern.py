# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Patterns, as a real Asterisk 22.10.1 with all of these at once chose between them."""

import pytest

from board.presence.pattern import closest, is_pattern, matches

PATTERNS = ["_2.", "_2!", "_2XXX", "_2ZXX", "_2NXX", "_20XX", "_200[1-5]", "_2-0-0-9", "_[ab]cX", "_aXX", "_2[13]XX"]
PATTERNS += ["_X.", "_xnz", "_[1-3x]Q", "_+49X.", "_A*#B"]


@pytest.mark.parametrize(
    ("exten", "pattern"),
    [
        ("2001", "_200[1-5]"),
        ("2007", "_20XX"),
        ("2011", "_20XX"),
        ("2111", "_2[13]XX"),
        ("2211", "_2NXX"),
        ("2311", "_2[13]XX"),
        ("21", "_2."),
        ("2", "_2!"),
        ("20", "_2."),
        ("2009", "_2-0-0-9"),
        ("2002", "_200[1-5]"),
        ("acX", None),
        ("ac1", "_[ab]cX"),
        ("bc2", "_[ab]cX"),
        ("a12", "_aXX"),
        ("a1", None),
        ("abc", None),
        ("3", None),
        ("34", "_X."),
        ("x25", None),
        ("1Q", "_[1-3x]Q"),
        ("xQ", "_[1-3x]Q"),
        ("2Q", "_2."),
        ("X Q", None),
        ("2x", "_2."),
        ("20011", "_2."),
        ("+4912", "_+49X."),
        ("+491", None),
        ("A*#B", "_A*#B"),
        ("a*#b", None),
        ("2-0-0-9", "_2-0-0-9"),
        ("200-9", "_2-0-0-9"),
        ("2xxx", "_2."),
    ],
)
def test_which_pattern_stands_for_an_extension(exten: str, pattern: str | None) -> None:
    assert closest(PATTERNS, exten) == pattern
    assert closest(reversed(PATTERNS), exten) == pattern


def test_odd_patterns() -> None:
    assert is_pattern("_2XXX")
    assert not is_pattern("2000")
    assert not matches("_[]", "1")
    assert matches("_[5-]", "5")
    assert matches("_[^]]", "^]")
    assert not matches("_[9-1]", "5")
    assert matches("_(.", "(x")
