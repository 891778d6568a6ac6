# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""iCalendar as calendars write it becomes the right occurrences; what is broken is left out or told in one line."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from board.automatic.calendar_job import CalendarError
from board.automatic.ics import entries
from board.status.meetings import Answer, Entry

BERLIN = ZoneInfo("Europe/Berlin")
ME = "bob@example.org"
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Head Office
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def ics(*events: str, zone: str = "") -> bytes:
    """Return a calendar of these events, each given by its own lines."""
    parts = [
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT\n" for n, event in enumerate(events)
    ]
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{zone}{''.join(parts)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def _read(data: bytes, start: str = "2026-11-20 00:00", end: str = "2026-11-30 00:00") -> list[Entry]:
    return sorted(entries(data, _at(start), _at(end), [ME]), key=lambda entry: entry.start)


def _starts(data: bytes, start: str = "2026-11-20 00:00", end: str = "2026-11-30 00:00") -> list[str]:
    found = _read(data, start, end)
    return [datetime.fromtimestamp(entry.start, BERLIN).strftime("%Y-%m-%d %H:%M") for entry in found]


PLAIN = "DTSTART:20261123T130000Z\nDTEND:20261123T140000Z\nSUMMARY:Budget review"


def test_a_plain_entry() -> None:
    assert _read(ics(PLAIN)) == [Entry(_at("2026-11-23 14:00"), _at("2026-11-23 15:00"), "Budget review")]


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20261123T140000",  # floating: the clock on this wall
        "DTSTART;TZID=Europe/Berlin:20261123T140000",
        "DTSTART;TZID=W. Europe Standard Time:20261123T140000",  # Windows' name
        "DTSTART;TZID=Head Office:20261123T140000",  # the calendar says itself what that is
        "DTSTART;TZID=America/New_York:20261123T080000",
        "DTSTART;TZID=Nowhere/At_All:20261123T140000",  # unknown: as if floating
    ],
)
def test_every_kind_of_time(start: str) -> None:
    [entry] = _read(ics(f"{start}\nDURATION:PT45M", zone=OWN_ZONE))
    assert (entry.start, entry.end) == (_at("2026-11-23 14:00"), _at("2026-11-23 14:45"))


WEEKLY = "DTSTART;TZID=Europe/Berlin:20260907T090000\nDTEND;TZID=Europe/Berlin:20260907T100000\nRRULE:FREQ=WEEKLY"


def test_what_recurs_keeps_its_hour_when_clocks_change() -> None:
    assert _starts(ics(WEEKLY), "2026-10-18 00:00", "2026-11-03 00:00") == [
        "2026-10-19 09:00",
        "2026-10-26 09:00",
        "2026-11-02 09:00",
    ]
    # Clocks went back on 25 October: a rule in UTC comes an hour earlier on the wall from then on.
    in_utc = "DTSTART:20260907T070000Z\nDTEND:20260907T080000Z\nRRULE:FREQ=WEEKLY"
    assert _starts(ics(in_utc), "2026-10-18 00:00", "2026-10-27 00:00") == ["2026-10-19 09:00", "2026-10-26 08:00"]


def test_occurrences_are_left_out_moved_and_cancelled() -> None:
    exceptions = (
        f"{WEEKLY}\nEXDATE;TZID=Europe/Berlin:20261109T090000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20261116T090000\nDTSTART;TZID=Europe/Berlin:20261117T110000\n"
        "DTEND;TZID=Europe/Berlin:20261117T120000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20261123T090000\nDTSTART;TZID=Europe/Berlin:20261123T090000\n"
        "DTEND;TZID=Europe/Berlin:20261123T100000\nSTATUS:CANCELLED",
    )
    data = ics(*exceptions).replace(b"UID:1\r\n", b"UID:0\r\n").replace(b"UID:2\r\n", b"UID:0\r\n")
    assert _starts(data, "2026-11-01 00:00", "2026-12-01 00:00") == [
        "2026-11-02 09:00",
        "2026-11-17 11:00",
        "2026-11-23 09:00",
        "2026-11-30 09:00",
    ]
    assert [entry.answer for entry in _read(data, "2026-11-01 00:00", "2026-12-01 00:00")] == [
        Answer.YES,
        Answer.YES,
        Answer.NO,
        Answer.YES,
    ]


@pytest.mark.parametrize(
    ("more", "busy", "marked", "answer"),
    [
        ("", True, False, Answer.YES),
        ("TRANSP:TRANSPARENT", False, False, Answer.YES),
        ("TRANSP:OPAQUE", True, True, Answer.YES),
        ("STATUS:CANCELLED", True, False, Answer.NO),
        ("STATUS:TENTATIVE", True, False, Answer.MAYBE),
        ("STATUS:CONFIRMED", True, False, Answer.YES),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False, False, Answer.YES),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", False, False, Answer.YES),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True, False, Answer.MAYBE),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True, True, Answer.YES),
        (f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ME}", True, False, Answer.NO),
        (f"ATTENDEE;PARTSTAT=DECLINED:MAILTO:{ME.upper()}", True, False, Answer.NO),
        (f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{ME}", True, False, Answer.MAYBE),
        (f"ATTENDEE:mailto:{ME}", True, False, Answer.MAYBE),
        (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ME}\nSTATUS:CANCELLED", True, False, Answer.NO),
        (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ME}", True, False, Answer.YES),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:eve@example.org", True, False, Answer.YES),
        (
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.org\nATTENDEE;PARTSTAT=DECLINED:mailto:{ME}",
            True,
            False,
            Answer.NO,
        ),
    ],
)
def test_what_an_entry_says_of_itself(more: str, busy: bool, marked: bool, answer: Answer) -> None:
    [entry] = _read(ics(f"{PLAIN}\n{more}" if more else PLAIN))
    assert (entry.busy, entry.marked, entry.answer, entry.all_day) == (busy, marked, answer, False)


@pytest.mark.parametrize(
    "times",
    [
        "DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261124",
        "DTSTART;VALUE=DATE:20261123",
        "DTSTART:20261122T230000Z\nDTEND:20261123T230000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    ],
)
def test_whole_days_are_those_of_this_wall(times: str) -> None:
    [entry] = _read(ics(times))
    assert entry.all_day
    assert (entry.start, entry.end) == (_at("2026-11-23 00:00"), _at("2026-11-24 00:00"))


def test_a_private_title_is_known_as_such() -> None:
    assert [entry.private for entry in _read(ics(f"{PLAIN}\nCLASS:PRIVATE", f"{PLAIN}\nCLASS:PUBLIC"))] == [True, False]


@pytest.mark.parametrize(
    "broken",
    [
        "SUMMARY:no beginning",
        "DTSTART:2026x\nSUMMARY:bad beginning",
        "DTSTART:20261123T130000Z\nRRULE:FREQ=SOMETIMES",
        "DTSTART:99991231T235959Z\nDTEND:99991231T235959Z",
        "BEGIN:VALARM\nTRIGGER:x\nEND:VALARM\nDTSTART:20270101T000000Z",
    ],
)
def test_a_broken_entry_leaves_the_others(broken: str) -> None:
    assert _starts(ics(broken, PLAIN)) == ["2026-11-23 14:00"]


def test_several_calendars_in_one_file_are_all_read() -> None:
    assert _starts(ics(PLAIN) + ics(WEEKLY)) == ["2026-11-23 09:00", "2026-11-23 14:00"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n",
        ics(PLAIN)[:-30],
        ics(PLAIN) + ics(PLAIN)[:-30],
        b"<html>Please log in</html>",
        b"BEGIN:VCALENDAR\r\n<html>\r\nEND:VCALENDAR\r\n",
        b"\xff\xfe\x00BEGIN:VCALENDAR END:VCALENDAR",
    ],
)
def test_what_is_no_calendar_is_told_in_one_line(data: bytes) -> None:
    with pytest.raises(CalendarError) as caught:
        _read(data)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("is ")


def test_without_the_libraries_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(
        CalendarError, match=r"cannot be read without the Python packages of presence-board\[calendar\]"
    ):
        _read(ics(PLAIN))
