# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office's script: a TOML text to frozen values. Pure; no clock, no chance."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from board.presence.devstate import Devstate
from board.presence.value import Presence
from board.states import PresenceState

_PLACEHOLDER = re.compile(r"\{(in|day):(\d+)\}")
_ROUND_TO = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """One change and the shortest and longest time, in seconds, until what comes next. One of both is None."""

    device: Devstate | None
    presence: Presence | None
    stay: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Person:
    """One extension: its roster line, how its day begins (`presence` None: no presence of its own), its habits."""

    extension: str
    name: str
    group: str
    favourite: bool
    device: Devstate
    presence: Presence | None
    habits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole office. `pace` is the shortest and longest time, in seconds, between two changes; `own` is the extension
    of the person that the user is."""

    name: str
    pace: tuple[float, float]
    warm_up: float
    own: str
    people: tuple[Person, ...]
    habits: Mapping[str, tuple[Step, ...]]


def read_script(text: str) -> Script:
    """Read a script; raise ValueError with one line where it is wrong (a bug: scripts are the program's own files)."""
    try:
        table = tomllib.loads(text)
        habits = {name: tuple(_step(step) for step in habit["steps"]) for name, habit in table["habits"].items()}
        people = tuple(_person(each, habits) for each in table["people"])
        return Script(
            table["name"], _pair(table["pace"]), table["warm_up"], table["own"], people, MappingProxyType(habits)
        )
    except KeyError as error:
        raise ValueError(f"the demo script lacks or does not know {error}") from None


def fill(text: str, wall: datetime) -> str:
    """Put times into a message: {in:MINUTES} becomes a time of day on five minutes, {day:DAYS} a date."""
    return _PLACEHOLDER.sub(lambda match: _FILLERS[match[1]](wall, int(match[2])), text)


def _time_in(wall: datetime, minutes: int) -> str:
    moment = wall + timedelta(minutes=minutes)
    return (moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % _ROUND_TO).strftime("%H:%M")


def _date_in(wall: datetime, days: int) -> str:
    return (wall + timedelta(days=days)).strftime("%Y-%m-%d")


_FILLERS = MappingProxyType({"in": _time_in, "day": _date_in})


def _person(table: Mapping[str, Any], habits: Mapping[str, object]) -> Person:
    presence = _presence(table.get("presence", ["available", "", ""])) if table.get("person", True) else None
    for habit in table.get("habits", ()):
        _ = habits[habit]
    return Person(
        extension=table["extension"],
        name=table["name"],
        group=table["group"],
        favourite=table.get("favourite", False),
        device=Devstate[table.get("device", "NOT_INUSE")],
        presence=presence,
        habits=tuple(table.get("habits", ())),
    )


def _step(table: Mapping[str, Any]) -> Step:
    device = Devstate[table["device"]] if "device" in table else None
    presence = _presence(table["presence"]) if "presence" in table else None
    if (device is None) == (presence is None):
        raise ValueError(f"a step of the demo script changes either a device or a presence: {dict(table)}")
    return Step(device, presence, _pair(table["stay"]))


def _presence(words: list[str]) -> Presence:
    state, subtype, message = words
    return Presence(PresenceState(state), subtype, message)


def _pair(values: list[float]) -> tuple[float, float]:
    shortest, longest = values
    if not 0 < shortest <= longest:
        raise ValueError(f"not a span of seconds: {values}")
    return float(shortest), float(longest)
