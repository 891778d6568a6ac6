# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which entries are meetings, which meeting is told and how, when that changes: across nights and changed clocks."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from board.links.wish import complaint
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Kind
from board.status.meetings import Answer, Entry, Meeting, current, meeting_cause, meetings_of, next_change
from board.status.rules import MeetingRules

BERLIN = ZoneInfo("Europe/Berlin")
RULES = MeetingRules()
ENTRY = Entry(100.0, 200.0, "Budget review")


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("entry", "rules", "counts"),
    [
        (ENTRY, RULES, True),
        (replace(ENTRY, busy=False), RULES, False),
        (replace(ENTRY, end=100.0), RULES, False),
        (replace(ENTRY, end=50.0), RULES, False),
        (replace(ENTRY, answer=Answer.NO), replace(RULES, tentative=True), False),
        (replace(ENTRY, answer=Answer.MAYBE), RULES, False),
        (replace(ENTRY, answer=Answer.MAYBE), replace(RULES, tentative=True), True),
        (replace(ENTRY, all_day=True, marked=True), RULES, False),
        (replace(ENTRY, all_day=True), replace(RULES, all_day=True), False),
        (replace(ENTRY, all_day=True, marked=True), replace(RULES, all_day=True), True),
        (replace(ENTRY, all_day=True, marked=True, busy=False), replace(RULES, all_day=True), False),
    ],
)
def test_which_entries_count(entry: Entry, rules: MeetingRules, counts: bool) -> None:
    assert bool(meetings_of([entry], rules)) is counts


@pytest.mark.parametrize(
    ("entry", "titles", "title"),
    [
        (ENTRY, False, ""),
        (ENTRY, True, "Budget review"),
        (replace(ENTRY, private=True), True, ""),
        (replace(ENTRY, title="  Budget\r\n review\t\x00\u2028now "), True, "Budget review now"),
        (replace(ENTRY, title="ß" * 200), True, "ß" * 75),
    ],
)
def test_a_title_is_told_only_where_it_may(entry: Entry, titles: bool, title: str) -> None:
    assert meetings_of([entry], MeetingRules(titles=titles)) == (Meeting(100.0, 200.0, title),)


@pytest.mark.parametrize("title", ["\"'" * 100, "&<>" * 100, "\ud83d\ude00" * 9, "\U0001f600" * 99, "\uffff\ufffe"])
def test_any_title_makes_a_message_that_a_pbx_can_carry(title: str) -> None:
    rules = MeetingRules(titles=True)
    cause = meeting_cause(meetings_of([replace(ENTRY, title=title)], rules), rules, 150.0)
    assert cause is not None
    assert complaint(cause.presence) == ""


def test_a_meeting_is_told_from_its_first_second_to_its_last() -> None:
    meetings = (Meeting(_at("2026-11-23 14:00"), _at("2026-11-23 15:00")),)
    assert meeting_cause(meetings, RULES, _at("2026-11-23 14:00") - 0.001, BERLIN) is None
    cause = meeting_cause(meetings, RULES, _at("2026-11-23 14:00"), BERLIN)
    assert cause is not None
    assert cause.presence == Presence(PresenceState.DND, "in a meeting", "until 15:00")
    assert (cause.kind, cause.since) == (Kind.MEETING, _at("2026-11-23 14:00"))
    assert meeting_cause(meetings, RULES, _at("2026-11-23 15:00"), BERLIN) is None


@pytest.mark.parametrize(
    ("start", "end", "now", "message"),
    [
        ("2026-11-23 14:00", "2026-11-23 15:05", "2026-11-23 14:30", "Plan, until 15:05"),
        ("2026-11-23 23:00", "2026-11-24 01:00", "2026-11-23 23:30", "Plan, until Tue 1:00"),
        ("2026-11-23 23:00", "2026-11-24 01:00", "2026-11-24 00:30", "Plan, until 1:00"),
        ("2026-11-23 00:00", "2026-11-24 00:00", "2026-11-23 12:00", "Plan, until tomorrow"),
        # The night in which 3:00 becomes 2:00 again.
        ("2026-10-25 01:30", "2026-10-25 04:00", "2026-10-25 02:30", "Plan, until 4:00"),
    ],
)
def test_until_when(start: str, end: str, now: str, message: str) -> None:
    meetings = (Meeting(_at(start), _at(end), "Plan"),)
    cause = meeting_cause(meetings, MeetingRules(PresenceState.AWAY), _at(now), BERLIN)
    assert cause is not None
    assert cause.presence == Presence(PresenceState.AWAY, "in a meeting", message)


def test_of_several_the_one_that_ends_last_is_told() -> None:
    a, b, c = Meeting(0.0, 60.0), Meeting(30.0, 45.0), Meeting(50.0, 90.0)
    meetings = (a, b, c)
    assert [current(meetings, now) for now in (10.0, 35.0, 55.0, 70.0, 90.0)] == [a, a, c, c, None]
    assert current((Meeting(5.0, 60.0), a), 10.0) == a


def test_the_next_change_is_found_exactly() -> None:
    meetings, now, seen = (Meeting(0.0, 60.0), Meeting(30.0, 45.0), Meeting(50.0, 90.0)), -1.0, []
    while (change := next_change(meetings, now)) is not None:
        now = change
        seen.append(now)
    assert seen == [0.0, 30.0, 45.0, 50.0, 60.0, 90.0]
