# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Until when a status stands: what people type for it, how it is told, and how the others read it. Pure.

Moments are seconds since the epoch; a clock on the wall follows `zone`, without one the system's. A wall time that
does not exist (clocks go forward) is moved forward; of one that comes twice, the first that lies ahead counts.
"""

import re
from calendar import isleap
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from types import MappingProxyType

from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice

YEAR = timedelta(days=366)
"""Nothing stands longer."""
OVERNIGHT = 12 * 3600.0
"""Seconds within which a time of day that is past today means the one after midnight.

At 22:00 "6:00" is the next morning. At 15:00 "14:30" is nearly surely a slip, and a status that stays for a day by
mistake harms more than a question.
"""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EXAMPLES = "30 min, 1 h, end of day, 14:30, tomorrow 9:00, Tue 9:00 or 2026-11-24 9:00"

_FOREVER = ("", "i change it", "until i change it")
_MIDNIGHT = ("end of day", "end of the day", "today")
_BACK: Mapping[PresenceState, str] = MappingProxyType(
    {
        PresenceState.AVAILABLE: "until",
        PresenceState.CHAT: "until",
        PresenceState.NOT_SET: "until",
        PresenceState.AWAY: "back",
        PresenceState.XA: "back",
        PresenceState.DND: "back",
        PresenceState.UNAVAILABLE: "back",
    }
)
_SPAN = re.compile(
    r"(?:(?P<days>\d{1,4}) ?(?:d|days?))? ?"
    r"(?:(?P<hours>\d{1,5}(?:[.,]\d{1,2})?) ?(?:h|hrs?|hours?))? ?"
    r"(?:(?P<minutes>\d{1,6}) ?(?:m|mins?|minutes?))? ?"
    r"(?:(?P<seconds>\d{1,8}) ?(?:s|secs?|seconds?))?"
)
_TIME = r"(?:(?:at )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<half>am|pm)?)"
_DATED = r"(?:,? ?(?:t|at )?" + _TIME + ")?"
_CLOCK = re.compile(_TIME)
_TOMORROW = re.compile(r"tomorrow" + _DATED)
_WEEKDAY = re.compile(r"(?P<name>[a-z]{3,9})" + _DATED)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)" + _DATED)
_DAY_MONTH = re.compile(r"(?P<day>\d\d?)\.? ?(?P<name>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?" + _DATED)


class UntilError(ValueError):
    """What was typed is no time that lies ahead; the message is one plain line."""


def read_until(text: str, now: float, zone: tzinfo | None = None) -> float | None:
    """Read what a person typed, None for "until I change it"; raise UntilError for what is no time ahead."""
    words = " ".join(text.casefold().split())
    if words in _FOREVER:
        return None
    wall = datetime.fromtimestamp(now, zone)
    try:
        found = next((moment for read in _READERS if (moment := read(words, now, wall)) is not None), None)
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, UntilError) else UntilError(_no_time(text)) from None
    if found is None:
        raise UntilError(_no_time(text))
    if found <= now:
        raise UntilError(f"{text.strip()} is over already; write a time that lies ahead")
    if found > now + YEAR.total_seconds():
        raise UntilError(f"{text.strip()} is more than a year away; write a nearer time, or leave it empty")
    return found


def until_text(until: float, now: float, zone: tzinfo | None = None) -> str:
    """Tell a moment as briefly as it is clear: "14:30", "tomorrow" (from midnight on), "Tue 9:00", "24 Nov"."""
    wall, today = datetime.fromtimestamp(until, zone), datetime.fromtimestamp(now, zone).date()
    days = (wall.date() - today).days
    clock = f"{wall.hour}:{wall.minute:02}"
    if days == 0:
        return clock
    if until == _moment(wall.date(), time(), wall.tzinfo, now):
        clock = ""
        if days == 1:  # it is gone before anybody could read it tomorrow
            return "tomorrow"
    day = DAYS[wall.weekday()] if 0 < days < 7 else f"{wall.day} {MONTHS[wall.month - 1]}"
    return f"{day} {clock}".rstrip()


def shown(choice: Choice, now: float, zone: tzinfo | None = None) -> Presence:
    """Return what a choice shows: its message says until when, unless it tells that itself."""
    if choice.until is None:
        return choice.presence
    text = until_text(choice.until, now, zone)
    if _tells(choice.presence.message, text):
        return choice.presence
    return replace(choice.presence, message=_joined(choice.presence.message, f"{_BACK[choice.presence.state]} {text}"))


# -- reading ----------------------------------------------------------------------------------------------------------


def _span(words: str, now: float, wall: datetime) -> float | None:
    found = _SPAN.fullmatch(words)
    if found is None:
        return None
    hours = float((found["hours"] or "0").replace(",", "."))
    seconds = hours * 3600 + int(found["minutes"] or 0) * 60 + int(found["seconds"] or 0)
    day = wall.date() + timedelta(days=int(found["days"] or 0))
    begun = now if day == wall.date() else _moment(day, wall.time(), wall.tzinfo, now)
    return begun + seconds


def _end_of_day(words: str, now: float, wall: datetime) -> float | None:
    return _moment(wall.date() + timedelta(days=1), time(), wall.tzinfo, now) if words in _MIDNIGHT else None


def _clock(words: str, now: float, wall: datetime) -> float | None:
    found = _CLOCK.fullmatch(words)
    if found is None or not (found["minute"] or found["half"]):
        return None
    clock = _time(found)
    today = _moment(wall.date(), clock, wall.tzinfo, now)
    if today > now:
        return today
    tomorrow = _moment(wall.date() + timedelta(days=1), clock, wall.tzinfo, now)
    if tomorrow - now <= OVERNIGHT:
        return tomorrow
    raise UntilError(f"{words} is over for today; write tomorrow {words} if you mean that")


def _tomorrow(words: str, now: float, wall: datetime) -> float | None:
    found = _TOMORROW.fullmatch(words)
    return _moment(wall.date() + timedelta(days=1), _time(found), wall.tzinfo, now) if found else None


def _weekday(words: str, now: float, wall: datetime) -> float | None:
    found = _WEEKDAY.fullmatch(words)
    at = _index(found["name"], _FULL_DAYS) if found else None
    if found is None or at is None:
        return None
    day = wall.date() + timedelta(days=(at - wall.weekday()) % 7)
    moment = _moment(day, _time(found), wall.tzinfo, now)
    return moment if moment > now else _moment(day + timedelta(days=7), _time(found), wall.tzinfo, now)


def _iso(words: str, now: float, wall: datetime) -> float | None:
    found = _ISO.fullmatch(words)
    if found is None:
        return None
    return _moment(date(int(found["year"]), int(found["month"]), int(found["day"])), _time(found), wall.tzinfo, now)


def _day_month(words: str, now: float, wall: datetime) -> float | None:
    found = _DAY_MONTH.fullmatch(words)
    at = _index(found["name"], _FULL_MONTHS) if found else None
    if found is None or at is None:
        return None
    month, day = at + 1, int(found["day"])
    years = [int(found["year"])] if found["year"] else [wall.year, wall.year + 1]
    if (month, day) == (2, 29) and not found["year"]:
        years = [year for year in years if isleap(year)]
    moments = [_moment(date(year, month, day), _time(found), wall.tzinfo, now) for year in years]
    return next((moment for moment in moments if moment > now), moments[-1] if moments else None)


_READERS: tuple[Callable[[str, float, datetime], float | None], ...] = (
    _span,
    _end_of_day,
    _clock,
    _tomorrow,
    _weekday,
    _iso,
    _day_month,
)
_FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FULL_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def _time(found: re.Match[str]) -> time:
    """Return the time of day that was found, midnight where none was; raise ValueError for what is none."""
    if found["hour"] is None:
        return time()
    hour, half = int(found["hour"]), found["half"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of twelve")
        hour = hour % 12 + 12 * (half == "pm")
    return time(hour, int(found["minute"] or 0))


def _moment(day: date, clock: time, zone: tzinfo | None, now: float) -> float:
    """Return when a clock on the wall shows this: of two such moments the first that lies ahead."""
    wall = datetime.combine(day, clock, zone)
    first = wall.timestamp()
    return first if first > now else wall.replace(fold=1).timestamp()


def _index(word: str, names: tuple[str, ...]) -> int | None:
    """Return which name is meant by it or by its beginning, of three letters at least."""
    return next((at for at, name in enumerate(names) if len(word) >= 3 and name.startswith(word)), None)


def _no_time(text: str) -> str:
    return f"{' '.join(text.split())[:60]!r} is no time to end at: write {EXAMPLES}"


# -- telling ----------------------------------------------------------------------------------------------------------


def _tells(message: str, text: str) -> bool:
    return re.search(rf"(?<![\w:.])0?{re.escape(text)}(?![\w:])", message, re.IGNORECASE) is not None


def _joined(message: str, tail: str) -> str:
    message = message.rstrip()
    if not message or message[-1] in ".!?…":
        return f"{message} {tail[0].upper()}{tail[1:]}".lstrip()
    return f"{message} {tail}" if message[-1] in ",;:–-" else f"{message}, {tail}"
