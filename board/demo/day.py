# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens when: an endless day after a script, one change at a time. Pure: chance comes from a seed, moments are
seconds since the start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heapreplace
from random import Random

from board.demo.script import Person, Script, Step


@dataclass(frozen=True, slots=True)
class Change:
    """At `at` an extension does one step."""

    at: float
    extension: str
    step: Step


def changes(script: Script, seed: int) -> Iterator[Change]:
    """Give every change in its order, without end; the same seed gives the same day.

    People follow their habits in any order, never twice the same in a row where they have others. What they do next
    to each other is brought to the script's pace: bursts are spread, quiet times are shortened for everybody alike.
    """
    chance = Random(seed)
    active = [person for person in script.people if person.habits]
    lives = [_life(person, script, chance) for person in active]
    steps = [next(life) for life in lives]
    due = [(chance.uniform(0.0, steps[index].stay[1]), index) for index in range(len(active))]
    heapify(due)
    shortest, longest = script.pace
    now = hour = 0.0
    while due:
        at, index = due[0]
        now, hour = now + min(max(at - hour, shortest), longest), at
        heapreplace(due, (at + chance.uniform(*steps[index].stay), index))
        yield Change(now, active[index].extension, steps[index])
        steps[index] = next(lives[index])


def _life(person: Person, script: Script, chance: Random) -> Iterator[Step]:
    last = ""
    while True:
        last = chance.choice([habit for habit in person.habits if habit != last] or person.habits)
        yield from script.habits[last]
