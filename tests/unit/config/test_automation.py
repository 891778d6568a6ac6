# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""[automatic] and [[calendar]] become rules, and calendars whose secrets are fetched late and told to nobody."""

import pytest

from board.automatic.calendar_job import CalendarError, Place
from board.automatic.opening import open_automatic
from board.config import loads
from board.config.automation import automation, find_place
from board.config.schema import CalendarSection
from board.states import PresenceState
from board.status.rules import MeetingRules, Rules

PBX = '[[pbx]]\nname = "office"\nserver = "sip:pbx"\nuser = "2000"\n'


def test_only_a_desk_left_alone_shows_unless_said_otherwise() -> None:
    found = automation(loads(PBX.encode(), "board.toml"))
    assert found.rules == Rules(away_after=600)
    assert not found.calendars


def test_every_switch_is_read() -> None:
    text = f"""{PBX}
        [automatic]
        away_after = 0
        extended_away_after = 60
        when_locked = "away"
        when_in_call = "dnd"
        when_quit = "unavailable"
        [[calendar]]
        address = "work.ics"
        state = "xa"
        titles = true
        all_day = true
        tentative = true
        attendee = " Bob@Example.org, mailto:bob@home.example "
        every = 5
        """
    found = automation(loads(text.encode(), "board.toml"))
    locked, in_call, on_quit = PresenceState.AWAY, PresenceState.DND, PresenceState.UNAVAILABLE
    assert found.rules == Rules(0, 3600, locked, in_call, on_quit)
    [calendar] = found.calendars
    addresses = ("bob@example.org", "bob@home.example")
    assert calendar.rules == MeetingRules(PresenceState.XA, True, True, True, addresses)
    assert (calendar.find(), calendar.every) == (Place("work.ics"), 300)


async def _settle() -> None:
    pass


async def test_only_what_is_wanted_is_opened() -> None:
    told = list[object]()
    text = f"{PBX}[automatic]\naway_after = 0\n"
    nothing = open_automatic(automation(loads(text.encode(), "board.toml")), (), told.append, _settle)
    nothing.start()
    assert told == [None]  # at once: there is nobody to wait for
    assert not nothing.quit()
    await nothing.stop()


def _section(**settings: object) -> CalendarSection:
    return CalendarSection.model_validate(settings)


def test_address_and_password_come_from_the_environment_and_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", "webcal://example.org/token")
    assert find_place(_section(address_env="WHERE")) == Place("webcal://example.org/token")
    section = _section(address_command="echo https://example.org/x", user="bob", password_command="echo geheim")
    assert find_place(section) == Place("https://example.org/x", "bob", "geheim")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"address_env": "NOWHERE_SET"}, "cannot be read: no address: the environment variable NOWHERE_SET is not set"),
        ({"address_command": "false"}, "cannot be read: no address: address_command 'false' ended with 1"),
        (
            {"address": "https://example.org/x", "user": "bob", "password_env": "NOWHERE_SET"},
            "cannot be read: no password: the environment variable NOWHERE_SET is not set",
        ),
        (
            {"address": "http://example.org/token", "user": "bob", "password_command": "echo geheim"},
            "would get its password in the clear; give its address with https",
        ),
        (
            {"address": "/home/bob/work.ics", "user": "bob", "password_command": "echo geheim"},
            "is a file and has a user; take user out of its [[calendar]]",
        ),
    ],
)
def test_what_cannot_be_had_is_told_in_one_line(settings: dict[str, object], says: str) -> None:
    with pytest.raises(CalendarError) as caught:
        find_place(_section(**settings))
    assert str(caught.value).startswith(says)
    assert caught.value.lasting
    assert "geheim" not in str(caught.value)


def test_a_password_may_go_in_the_clear_to_this_machine() -> None:
    section = _section(address="http://127.0.0.1:8080/x", user="bob", password_command="echo geheim")
    assert find_place(section).password == "geheim"
