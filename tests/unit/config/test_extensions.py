# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ranges of extensions are expanded in order, zeros kept, slips refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.config.extensions import MOST, check_extension, expand


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("2001", ("2001",)),
        ("2100-2102", ("2100", "2101", "2102")),
        ("2100 - 2101, 2160", ("2100", "2101", "2160")),
        ("098-101", ("098", "099", "100", "101")),
        ("9-11", ("9", "10", "11")),
        ("lobby,*21", ("lobby", "*21")),
    ],
)
def test_expands(text: str, extensions: tuple[str, ...]) -> None:
    assert expand(text) == extensions


@pytest.mark.parametrize(
    "text", ["", "1,,2", "5-1", "1,1", "1-3,2", "a b", "a@b", f"1-{MOST + 1}", "1-5000,7000-19999"]
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        expand(text)


def test_holds_the_most_it_says() -> None:
    assert len(expand(f"1-{MOST}")) == MOST


def _expanded_or_refused(text: str) -> tuple[str, ...] | str:
    try:
        return expand(text)
    except ValueError as error:
        return str(error)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,4} ?-[0-9]{1,4}(,[0-9-]{1,9})?", fullmatch=True))
def test_any_text_is_expanded_or_refused_in_one_line(text: str) -> None:
    found = _expanded_or_refused(text)
    if isinstance(found, str):
        assert len(found.splitlines()) == 1
    else:
        assert [check_extension(extension) for extension in found] == list(found)
