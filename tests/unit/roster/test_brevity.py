# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages cut short keep the time they tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.roster.brevity import Told, shortened, time_told


def cut(text: str, width: float) -> str:
    """Cut as Qt does: to a width, with an ellipsis, which is left out where not even that has room."""
    if len(text) <= width:
        return text
    return text[: int(width) - 1] + "…" if width >= 1 else ""


def short(message: str, width: int) -> str:
    return shortened(message, width, len, cut)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Back at 14:30", ("", "Back at ", "14:30", "")),
        ("lunch · back 14:30", ("lunch · ", "back ", "14:30", "")),
        ("Sick with the flu. Out until the 18th", ("Sick with the flu. Out ", "until the ", "18th", "")),
        ("Back on 7 December, ask Grace", ("", "Back on ", "7 December", ", ask Grace")),
        ("On leave, back Tue 9:00", ("On leave, ", "back ", "Tue 9:00", "")),
        ("back tomorrow", ("", "back ", "tomorrow", "")),
        ("Away until 2026-11-24 09:00!", ("Away ", "until ", "2026-11-24 09:00", "!")),
        ("back by 3 pm", ("", "back by ", "3 pm", "")),
        ("Meeting 14:00–15:30", ("Meeting ", "", "14:00–15:30", "")),
        ("Back 14:30, lunch since 13:00", ("", "Back ", "14:30", ", lunch since 13:00")),
        ("In at 9:00, out at 17:00", ("In at 9:00, out at ", "", "17:00", "")),
        ("Urlaub bis 18.12.", ("Urlaub ", "bis ", "18.12.", "")),
        ("אני בפגישה עד 15:00", ("אני בפגישה עד ", "", "15:00", "")),
        ("في اجتماع حتى ١٥:٠٠", ("في اجتماع حتى ", "", "١٥:٠٠", "")),
        ("Back 14:30 🍜", ("", "Back ", "14:30", " 🍜")),
        ("Out till Dec 3", ("Out ", "till ", "Dec 3", "")),
    ],
)
def test_the_time_is_found_with_the_word_that_leads_to_it(message: str, told: tuple[str, ...]) -> None:
    found = time_told(message)
    assert found == Told(*told)
    assert "".join(found) == message


@pytest.mark.parametrize(
    "message",
    ["", "On a train, chat works", "Direct line 8–16", "Room 2001", "Back soon", "Maybe", "Version 1.2.3:45", "Market"],
)
def test_what_tells_no_time_has_none(message: str) -> None:
    assert time_told(message) is None


@pytest.mark.parametrize(
    ("message", "width", "shown"),
    [
        ("Back at 14:30", 13, "Back at 14:30"),
        ("Back at 14:30", 12, "Back… 14:30"),
        ("Back at 14:30", 8, "…14:30"),
        ("Back at 14:30", 5, "14:30"),
        ("Back at 14:30", 4, "14:…"),
        ("Sick with the flu. Out until the 18th", 30, "Sick with the… until the 18th"),
        ("Sick with the flu. Out until the 18th", 20, "Sick… until the 18th"),
        ("Sick with the flu. Out until the 18th", 19, "…until the 18th"),
        ("Sick with the flu. Out until the 18th", 16, "…until the 18th"),
        ("Sick with the flu. Out until the 18th", 12, "Sick… 18th"),
        ("Sick with the flu. Out until the 18th", 8, "…18th"),
        ("Back on 7 December, ask Grace for anything urgent", 30, "Back on 7 December, ask Grace…"),
        ("On leave, back on 7 December, ask Grace", 25, "On… back on 7 December…"),
        ("vacation · Back on 7 December, ask Grace", 27, "…Back on 7 December…"),
        ("Übernachtungsgäste back 14:30", 22, "Übernachtu… back 14:30"),
        ("On a train, chat works", 10, "On a trai…"),
    ],
)
def test_what_is_cut_off_is_not_the_time(message: str, width: int, shown: str) -> None:
    assert short(message, width) == shown


@given(st.text(max_size=40), st.sampled_from(["14:30", "until 15:00", "back tomorrow 9:00"]), st.integers(0, 60))
def test_nothing_is_ever_wider_than_there_is_room_for(message: str, time: str, width: int) -> None:
    shown = short(f"{message} {time}", width)
    assert len(shown) <= width
    assert width < 6 or shown.strip()
