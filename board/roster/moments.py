# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How moments and spans of time are written on a tile: "11:40", "≥ Fri 8:00", "3:12", "2 h 5 min". Pure.

Moments are seconds since the epoch; `zone` None means the system's own time zone.
"""

from datetime import datetime, tzinfo

from board.roster.tile import Since

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
AT_LEAST = "≥ "
# Not strftime's: its names follow the process's locale, ours follow the program's language.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock_text(at: float, zone: tzinfo | None = None) -> str:
    """Return the time of day ("8:05", "11:40")."""
    moment = datetime.fromtimestamp(at, zone)
    return f"{moment.hour}:{moment.minute:02}"


def day_text(at: float, now: float, zone: tzinfo | None = None) -> str:
    """Return the day: "" today, a weekday ("Fri") within a week, "18 Dec" before, with the year where it differs."""
    moment, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    days = (today.date() - moment.date()).days
    if days == 0:
        return ""
    if 0 < days < 7:
        return _DAYS[moment.weekday()]
    return f"{moment.day} {_MONTHS[moment.month - 1]}" + (f" {moment.year}" if moment.year != today.year else "")


def since_text(since: Since | None, now: float, zone: tzinfo | None = None) -> str:
    """Return since when, as short as a tile needs it: "11:40", "≥ 8:00", "Fri 16:30", "18 Dec"; "" for None."""
    if since is None:
        return ""
    day = day_text(since.at, now, zone)
    text = clock_text(since.at, zone)
    if day:
        text = f"{day} {text}" if day in _DAYS else day
    return AT_LEAST + text if since.at_least else text


def since_sentence(since: Since | None, now: float, zone: tzinfo | None = None) -> str:
    """Return since when, in words: "since 11:40", "at least since Fri 8:00"; "" for None."""
    if since is None:
        return ""
    moment = " ".join(part for part in (day_text(since.at, now, zone), clock_text(since.at, zone)) if part)
    return f"at least since {moment}" if since.at_least else f"since {moment}"


def counter_text(seconds: float) -> str:
    """Return a running time ("0:07", "3:12", "1:02:11", "2 d"); a clock set back counts as 0."""
    whole = max(0, int(seconds))
    if whole >= _DAY:
        return f"{whole // _DAY} d"
    hours, rest = divmod(whole, _HOUR)
    minutes, secs = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def short_counter_text(seconds: float) -> str:
    """Return a running time in at most seven characters: "3:12", "1 h 02", "12 h", "2 d"."""
    whole = max(0, int(seconds))
    if whole < _HOUR or whole >= _DAY:
        return counter_text(whole)
    hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
    return f"{hours} h {minutes:02}" if hours < 10 else f"{hours} h"


def span_text(seconds: float) -> str:
    """Return a length of time in words: "7 s", "12 min", "2 h 5 min", "3 d"."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{whole // _DAY} d"
