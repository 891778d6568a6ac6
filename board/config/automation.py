# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What [automatic] and [[calendar]] become: rules, and calendars whose address and password are fetched when they are
first read."""

from urllib.parse import urlsplit

from board.automatic.calendar import CalendarSettings
from board.automatic.calendar_job import CalendarError, Place
from board.automatic.opening import Automation
from board.config.schema import BoardConfig, CalendarSection
from board.config.secrets import SecretError, fetch_calendar_address, fetch_calendar_password
from board.states import PresenceState
from board.status.rules import MeetingRules, Rules

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MINUTE = 60.0


def automation(config: BoardConfig) -> Automation:
    """Return what a configuration lets show by itself."""
    section = config.automatic
    rules = Rules(
        away_after=section.away_after * _MINUTE,
        extended_after=section.extended_away_after * _MINUTE,
        locked=_state(section.when_locked),
        in_call=_state(section.when_in_call),
        on_quit=_state(section.when_quit),
    )
    return Automation(rules, tuple(map(_calendar, config.calendar)))


def find_place(section: CalendarSection) -> Place:
    """Return where a calendar is, and the account there; it may block. Raises CalendarError."""
    try:
        place = Place(fetch_calendar_address(section), section.user, fetch_calendar_password(section))
    except SecretError as error:
        raise CalendarError(f"cannot be read: {error}", lasting=True) from None
    if place.user and not place.is_web:
        raise CalendarError("is a file and has a user; take user out of its [[calendar]]", lasting=True)
    if place.user and place.url.lower().startswith("http://") and urlsplit(place.url).hostname not in _LOOPBACK:
        raise CalendarError("would get its password in the clear; give its address with https", lasting=True)
    return place


def _calendar(section: CalendarSection) -> CalendarSettings:
    addresses = (address.strip().lower().removeprefix("mailto:") for address in section.attendee.split(","))
    rules = MeetingRules(
        state=PresenceState(section.state),
        titles=section.titles,
        all_day=section.all_day,
        tentative=section.tentative,
        addresses=tuple(filter(None, addresses)),
    )
    return CalendarSettings(lambda: find_place(section), rules, section.every * _MINUTE)


def _state(word: str) -> PresenceState | None:
    return None if word == "off" else PresenceState(word)
