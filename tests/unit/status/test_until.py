# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Until when: what people type, what the others read, and clocks that go forward and back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice
from board.status.until import UntilError, read_until, shown, until_text

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SANTIAGO = ZoneInfo("America/Santiago")  # its clocks go forward at midnight


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


NOW = at("2026-11-23 15:00")  # a Monday


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30 min", "2026-11-23 15:30"),
        ("30m", "2026-11-23 15:30"),
        ("1 h", "2026-11-23 16:00"),
        ("1.5 h", "2026-11-23 16:30"),
        ("1,5h", "2026-11-23 16:30"),
        ("1 h 30 min", "2026-11-23 16:30"),
        ("90 minutes", "2026-11-23 16:30"),
        ("45 s", "2026-11-23 15:00:45"),
        ("2 days", "2026-11-25 15:00"),
        ("end of day", "2026-11-24 00:00"),
        ("Today", "2026-11-24 00:00"),
        ("tomorrow", "2026-11-24 00:00"),
        ("16:30", "2026-11-23 16:30"),
        ("16.30", "2026-11-23 16:30"),
        ("at 16:30", "2026-11-23 16:30"),
        ("5 pm", "2026-11-23 17:00"),
        ("5:15pm", "2026-11-23 17:15"),
        ("2:30", "2026-11-24 02:30"),
        ("tomorrow 9:00", "2026-11-24 09:00"),
        ("tomorrow at 9 am", "2026-11-24 09:00"),
        ("Tue 9:00", "2026-11-24 09:00"),
        ("tuesday, 9:00", "2026-11-24 09:00"),
        ("Mon 16:00", "2026-11-23 16:00"),
        ("Mon 9:00", "2026-11-30 09:00"),
        ("Fri", "2026-11-27 00:00"),
        ("2026-11-24 09:00", "2026-11-24 09:00"),
        ("2026-11-24T09:00", "2026-11-24 09:00"),
        ("2026-11-24", "2026-11-24 00:00"),
        ("24 Nov 9:00", "2026-11-24 09:00"),
        ("12. January", "2027-01-12 00:00"),
        ("12 Jan 2027", "2027-01-12 00:00"),
    ],
)
def test_what_people_type(text: str, meant: str) -> None:
    assert read_until(text, NOW, BERLIN) == at(meant)
    assert read_until(f"  {text.upper()} ", NOW, BERLIN) == at(meant)


@pytest.mark.parametrize("text", ["", "  ", "I change it", "until I change it"])
def test_until_it_is_changed(text: str) -> None:
    assert read_until(text, NOW, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nix", "no time to end at"),
        ("5", "no time to end at"),
        ("25:00", "no time to end at"),
        ("13 pm", "no time to end at"),
        ("31 Feb", "no time to end at"),
        ("30 min later", "no time to end at"),
        ("99999999 d", "no time to end at"),
        ("9999 d", "more than a year"),
        ("٣ min" * 40, "no time to end at"),
        ("14:30", "over for today; write tomorrow 14:30"),
        ("0 min", "over already"),
        ("2026-11-23 14:59", "over already"),
        ("2028-01-01", "more than a year"),
    ],
)
def test_what_is_no_time_ahead_is_told_in_one_line(text: str, why: str) -> None:
    with pytest.raises(UntilError, match=why) as error:
        read_until(text, NOW, BERLIN)
    assert len(str(error.value)) < 250
    assert "\n" not in str(error.value)


def test_in_the_evening_a_morning_hour_is_the_next_one() -> None:
    assert read_until("6:00", at("2026-11-23 22:00"), BERLIN) == at("2026-11-24 06:00")


# -- clocks that go forward and back ----------------------------------------------------------------------------------


def test_a_wall_time_that_does_not_exist_moves_forward() -> None:
    night = at("2026-03-28 23:00")
    assert read_until("2:30", night, BERLIN) == at("2026-03-29 03:30")
    assert until_text(at("2026-03-29 03:30"), night, BERLIN) == "Sun 3:30"


def test_of_a_wall_time_that_comes_twice_the_first_that_lies_ahead_counts() -> None:
    assert read_until("2:30", at("2026-10-24 23:00"), BERLIN) == at("2026-10-25 02:30", fold=0)
    assert read_until("2:30", at("2026-10-25 02:40", fold=0), BERLIN) == at("2026-10-25 02:30", fold=1)


def test_spans_are_as_long_as_they_say_and_days_end_at_the_same_hour() -> None:
    before = at("2026-10-24 23:00")
    assert read_until("6 h", before, BERLIN) == before + 6 * 3600 == at("2026-10-25 04:00")
    assert read_until("1 day", before, BERLIN) == at("2026-10-25 23:00") == before + 25 * 3600


def test_a_day_ends_at_its_own_midnight() -> None:
    assert read_until("end of day", at("2026-03-29 01:00"), BERLIN) == at("2026-03-30 00:00")
    assert read_until("end of day", at("2026-10-25 01:00"), BERLIN) == at("2026-10-26 00:00")
    assert read_until("end of day", at("2026-09-05 12:00", SANTIAGO), SANTIAGO) == at("2026-09-06 01:00", SANTIAGO)


def test_the_leap_day_may_be_next_years() -> None:
    assert read_until("29 Feb 8:00", at("2027-12-01 12:00"), BERLIN) == at("2028-02-29 08:00")
    with pytest.raises(UntilError, match="no time to end at"):
        read_until("29 Feb 8:00", at("2026-12-01 12:00"), BERLIN)


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, SANTIAGO, ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")])
@given(now=st.integers(1_700_000_000, 1_900_000_000), minutes=st.integers(1, 300 * 24 * 60))
def test_what_is_told_is_read_as_the_same_moment(zone: ZoneInfo, now: int, minutes: int) -> None:
    until = (now // 60 + minutes) * 60.0
    wall = datetime.fromtimestamp(until, zone)
    told = until_text(until, float(now), zone)
    found = read_until(told if wall.date() > datetime.fromtimestamp(now, zone).date() else f"at {told}", now, zone)
    assert found is not None
    # Of an hour that comes twice the others read the same; the program itself knows which one is meant.
    assert found == until or datetime.fromtimestamp(found, zone).replace(fold=0) == wall.replace(fold=0)


@given(text=st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        found, reason = read_until(text, NOW, BERLIN), ""
    except UntilError as error:
        found, reason = None, str(error)
    assert "\n" not in reason
    assert found is None or found > NOW


# -- what the others read ---------------------------------------------------------------------------------------------


TEXTS = [
    ("2026-11-23 16:30", "16:30"),
    ("2026-11-24 00:00", "tomorrow"),
    ("2026-11-24 09:00", "Tue 9:00"),
    ("2026-11-25 00:00", "Wed"),
    ("2026-11-29 18:05", "Sun 18:05"),
    ("2026-11-30 00:00", "30 Nov"),
    ("2026-12-24 09:00", "24 Dec 9:00"),
]


@pytest.mark.parametrize(("until", "text"), TEXTS)
def test_a_moment_is_told_as_briefly_as_it_is_clear(until: str, text: str) -> None:
    assert until_text(at(until), NOW, BERLIN) == text


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("lunch", "lunch, back 16:30"),
        ("", "Back 16:30"),
        ("At lunch.", "At lunch. Back 16:30"),
        ("lunch, ", "lunch, back 16:30"),
        ("lunch, back 16:30", "lunch, back 16:30"),
        ("16:30 again here", "16:30 again here"),
        ("call 16:305", "call 16:305, back 16:30"),
    ],
)
def test_the_message_says_until_when_and_not_twice(message: str, said: str) -> None:
    choice = Choice(Presence(PresenceState.AWAY, "lunch", message), at("2026-11-23 16:30"))
    assert shown(choice, NOW, BERLIN) == Presence(PresenceState.AWAY, "lunch", said)


def test_who_is_there_is_there_until_and_does_not_come_back() -> None:
    choice = Choice(Presence(PresenceState.CHAT), at("2026-11-24 09:00"))
    assert shown(choice, NOW, BERLIN).message == "Until Tue 9:00"


def test_a_leading_zero_is_the_same_time_and_without_an_end_nothing_is_added() -> None:
    told = Presence(PresenceState.AWAY, "", "back 09:05")
    assert shown(Choice(told, at("2026-11-23 09:05")), at("2026-11-23 08:00"), BERLIN) == told
    assert shown(Choice(told), NOW, BERLIN) == told


def test_the_systems_own_zone_is_followed() -> None:
    local = datetime.fromtimestamp(NOW)
    found = read_until("end of day", NOW)
    assert found is not None
    assert datetime.fromtimestamp(found).time().hour == 0
    assert datetime.fromtimestamp(found).date() > local.date()
