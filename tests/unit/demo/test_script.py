# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office's script: what is read, what is refused, and the shipped one."""

from datetime import datetime, timedelta, timezone

import pytest

from board.demo.script import fill, read_script
from board.presence.devstate import Devstate
from board.resources import resources
from board.states import PresenceState

SMALL = """
name = "Small"
pace = [1, 3]
warm_up = 60
own = "2000"
[[people]]
extension = "1"
name = "One"
group = "G"
habits = ["call"]
[habits.call]
steps = [{ device = "RINGING", stay = [4, 9] }, { presence = ["dnd", "s", "m"], stay = [1, 1] }]
"""


def shipped() -> str:
    return (resources() / "demo" / "office.toml").read_text(encoding="utf-8")


def test_a_small_script() -> None:
    script = read_script(SMALL)
    (person,) = script.people
    assert (person.device, person.favourite) == (Devstate.NOT_INUSE, False)
    assert person.presence is not None
    assert person.presence.state is PresenceState.AVAILABLE
    ring, dnd = script.habits["call"]
    assert (ring.device, ring.presence, ring.stay) == (Devstate.RINGING, None, (4.0, 9.0))
    assert dnd.presence is not None
    assert (dnd.presence.state, dnd.presence.subtype, dnd.presence.message) == (PresenceState.DND, "s", "m")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('habits = ["call"]', 'habits = ["nap"]', "'nap'"),
        ('device = "RINGING"', 'device = "SLEEPING"', "'SLEEPING'"),
        ('"dnd", "s"', '"asleep", "s"', "asleep"),
        ("stay = [4, 9]", "stay = [9, 4]", "not a span"),
        ("stay = [4, 9]", "stay = [0, 4]", "not a span"),
        ('device = "RINGING"', "", "either a device or a presence"),
        ('name = "One"', "", "'name'"),
    ],
)
def test_mistakes_are_told(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_script(SMALL.replace(old, new, 1).replace("{ ,", "{"))


def test_the_shipped_office() -> None:
    script = read_script(shipped())
    extensions = [person.extension for person in script.people]
    assert len(extensions) == len(set(extensions)) >= 24
    assert all(2000 <= int(extension) <= 2099 for extension in extensions)
    assert len({person.group for person in script.people}) == 5
    assert sum(person.presence is None for person in script.people) >= 3
    assert sum(person.device is Devstate.UNAVAILABLE for person in script.people) >= 2
    steps = [step for habit in script.habits.values() for step in habit]
    assert {step.device for step in steps} >= {*Devstate} - {Devstate.UNKNOWN, Devstate.INVALID, None}
    told = {step.presence.state for step in steps if step.presence}
    told |= {person.presence.state for person in script.people if person.presence}
    assert told == {*PresenceState} - {PresenceState.NOT_SET}
    used = {habit for person in script.people for habit in person.habits}
    assert used == set(script.habits)


def test_messages_get_their_times() -> None:
    wall = datetime(2026, 11, 23, 13, 47, 12, tzinfo=timezone(timedelta(hours=1)))
    assert fill("Back at {in:45}", wall) == "Back at 14:30"
    assert fill("{in:13} {in:14}", wall) == "14:00 14:00"
    assert fill("on {day:9}", wall) == "on 2026-12-02"
    assert fill("{other:9} {in:x}", wall) == "{other:9} {in:x}"
