# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar's entries and the meetings they are: which count, which is now, when that changes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum, auto
from unicodedata import category

from board.presence.value import Presence, cut
from board.status.causes import Cause, Kind
from board.status.rules import MeetingRules
from board.status.until import until_text

SUBTYPE = "in a meeting"
TITLE_BYTES = 150
"""So that a title leaves room for the rest of a message, also once XML has escaped it."""


class Answer(Enum):
    """What the user answered to an invitation, or the entry says of itself."""

    YES = auto()  # or it is the user's own entry
    MAYBE = auto()  # tentative, or not answered yet
    NO = auto()  # declined, cancelled, handed on


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence in a calendar, its times in seconds since the epoch.

    `busy`: it blocks the time; `marked`: the calendar says so itself, it is not merely silent about it. `private`: its
    title is nobody's business.
    """

    start: float
    end: float
    title: str = ""
    all_day: bool = False
    busy: bool = True
    marked: bool = False
    private: bool = False
    answer: Answer = Answer.YES


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """An entry that counts; `title` is "" unless others may read it."""

    start: float
    end: float
    title: str = ""


def meetings_of(entries: Iterable[Entry], rules: MeetingRules) -> tuple[Meeting, ...]:
    """Return the meetings among a calendar's entries, in order.

    An entry of whole days counts only where that is wanted and the calendar marks it as busy: most are birthdays,
    holidays, or where somebody works.
    """
    kept = (entry for entry in entries if _counts(entry, rules))
    return tuple(sorted({Meeting(entry.start, entry.end, _title(entry, rules)) for entry in kept}))


def current(meetings: Sequence[Meeting], now: float) -> Meeting | None:
    """Return the meeting that goes on; of several, the one that ends last, and of those the one that began first."""
    going = [meeting for meeting in meetings if meeting.start <= now < meeting.end]
    return max(going, key=lambda meeting: (meeting.end, -meeting.start), default=None)


def next_change(meetings: Sequence[Meeting], now: float) -> float | None:
    """Return the next moment at which a meeting begins or ends; None where nothing more is known."""
    return min((at for meeting in meetings for at in (meeting.start, meeting.end) if at > now), default=None)


def meeting_cause(
    meetings: Sequence[Meeting], rules: MeetingRules, now: float, zone: tzinfo | None = None
) -> Cause | None:
    """Return what the calendar proposes at `now`; `zone` is the one its times are told in (None: the machine's)."""
    meeting = current(meetings, now)
    if meeting is None:
        return None
    until = f"until {until_text(meeting.end, now, zone)}"
    message = f"{meeting.title}, {until}" if meeting.title else until
    return Cause(Kind.MEETING, Presence(rules.state, SUBTYPE, message), meeting.start)


def _counts(entry: Entry, rules: MeetingRules) -> bool:
    if entry.end <= entry.start or not entry.busy or entry.answer is Answer.NO:
        return False
    if entry.answer is Answer.MAYBE and not rules.tentative:
        return False
    return not entry.all_day or (rules.all_day and entry.marked)


def _title(entry: Entry, rules: MeetingRules) -> str:
    """Return a title as a PBX can carry it: one line, no control characters, not too long."""
    if not rules.titles or entry.private:
        return ""
    plain = "".join(" " if category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in entry.title)
    return cut(" ".join(plain.replace("\ufffe", " ").replace("\uffff", " ").split()), TITLE_BYTES).strip()
