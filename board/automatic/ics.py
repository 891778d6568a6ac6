# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""iCalendar (RFC 5545) to entries. The only importer of icalendar and recurring_ical_events.

It takes whatever a stranger wrote, and may take for ever over it: it belongs into the calendar's worker. Times without
a zone are those of this machine, as RFC 5545 (section 3.3.5, form 1) means them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from board.automatic.calendar_job import CalendarError
from board.status.meetings import Answer, Entry

_ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "ACCEPTED": Answer.YES,
        "TENTATIVE": Answer.MAYBE,
        "NEEDS-ACTION": Answer.MAYBE,
        "DECLINED": Answer.NO,
        "DELEGATED": Answer.NO,
    }
)
_STATUSES: Mapping[str, Answer] = MappingProxyType({"TENTATIVE": Answer.MAYBE, "CANCELLED": Answer.NO})
_FREE = ("FREE", "WORKINGELSEWHERE")
_BUSY = ("BUSY", "OOF")
_ALARM = re.compile(rb"^BEGIN:VALARM\r?\n.*?^END:VALARM\r?\n", re.MULTILINE | re.DOTALL)
"""Nothing here rings, and one broken alarm would make the library refuse the whole calendar."""
_WORST = (Answer.NO, Answer.MAYBE, Answer.YES)


def entries(data: bytes, start: float, end: float, addresses: Iterable[str]) -> Iterator[Entry]:
    """Yield what a calendar holds between two moments, each occurrence of what recurs by itself.

    `addresses` are the user's own, in lower case. An entry that cannot be read is left out; raises CalendarError for
    what is no calendar, or half of one.
    """
    try:
        import icalendar
        import recurring_ical_events
    except ImportError:
        raise CalendarError("cannot be read without the Python packages of presence-board[calendar]") from None
    own = frozenset(addresses)
    span = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    if not data.strip() or data.count(b"BEGIN:VCALENDAR") != data.count(b"END:VCALENDAR"):
        raise CalendarError("is empty, or only half of a calendar; perhaps it is being written")
    try:
        for calendar in icalendar.Calendar.from_ical(_ALARM.sub(b"", data), multiple=True):
            # One without a beginning would stop the library at the first.
            calendar.subcomponents = [
                part for part in calendar.subcomponents if part.name != "VEVENT" or "DTSTART" in part
            ]
            for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(*span):
                yield _entry(event, own)
    except (ValueError, TypeError, AttributeError, ArithmeticError, LookupError):
        raise CalendarError("is no calendar that can be read (iCalendar, .ics); check the address or path") from None


def _entry(event: Any, own: frozenset[str]) -> Entry:
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    shown = _word(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    transparency = _word(event, "TRANSP")
    answers = [_STATUSES.get(_word(event, "STATUS"), Answer.YES), *_answers(event, own)]
    if shown == "TENTATIVE":
        answers.append(Answer.MAYBE)
    return Entry(
        start=_moment(begins),
        end=_moment(ends),
        title=str(event.get("SUMMARY", "")),
        all_day=not isinstance(begins, datetime) or _word(event, "X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE",
        busy=transparency != "TRANSPARENT" and shown not in _FREE,
        marked=transparency == "OPAQUE" or shown in _BUSY,
        private=_word(event, "CLASS") in ("PRIVATE", "CONFIDENTIAL"),
        answer=min(answers, key=_WORST.index),
    )


def _word(event: Any, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _answers(event: Any, own: frozenset[str]) -> Iterator[Answer]:
    """Yield what the user answered; nothing where they were not asked."""
    asked = event.get("ATTENDEE", [])
    for attendee in asked if isinstance(asked, list) else [asked]:
        if str(attendee).lower().removeprefix("mailto:") in own:
            yield _ANSWERS.get(str(attendee.params.get("PARTSTAT", "NEEDS-ACTION")).upper(), Answer.YES)


def _moment(when: date) -> float:
    """Return the moment of a time, or of a day's beginning here."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    return when.timestamp()
