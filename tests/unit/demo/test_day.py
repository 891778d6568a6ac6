# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office's day: steady, calm, and the same for the same seed."""

from itertools import islice, pairwise

from board.demo.day import Change, changes
from board.demo.script import Script, read_script
from tests.unit.demo.test_script import shipped

SCRIPT = read_script(shipped())


def first(number: int, seed: int = 1, script: Script = SCRIPT) -> list[Change]:
    return list(islice(changes(script, seed), number))


def test_the_same_seed_is_the_same_day() -> None:
    assert first(500) == first(500)
    assert first(500) != first(500, seed=2)


def test_one_change_at_a_time_at_the_scripts_pace() -> None:
    day = first(5000)
    gaps = [later.at - sooner.at for sooner, later in pairwise(day)]
    assert min(gaps) >= 0.999
    assert max(gaps) <= 3.001
    assert 1.2 < sum(gaps) / len(gaps) < 2.8


def test_everybody_with_a_habit_lives_and_nobody_else() -> None:
    living = {change.extension for change in first(5000)}
    assert living == {person.extension for person in SCRIPT.people if person.habits}


def test_each_follows_whole_habits() -> None:
    for person in SCRIPT.people:
        steps = [change.step for change in first(3000) if change.extension == person.extension]
        while steps:
            whole = [SCRIPT.habits[name] for name in person.habits]
            done = next(habit for habit in whole if tuple(steps[: len(habit)]) == habit[: len(steps)])
            steps = steps[len(done) :]


def test_a_call_lasts_longer_than_its_ringing() -> None:
    day, lasted = first(20_000), dict[str, list[float]]()
    since = dict[str, Change]()
    for change in day:
        if (before := since.get(change.extension)) and before.step.device:
            lasted.setdefault(before.step.device, []).append(change.at - before.at)
        since[change.extension] = change
    mean = {word: sum(times) / len(times) for word, times in lasted.items()}
    assert 2 < mean["RINGING"] < 15
    assert mean["INUSE"] > 3 * mean["RINGING"]


def test_an_office_where_nobody_moves_ends_at_once() -> None:
    still = Script(SCRIPT.name, SCRIPT.pace, 0.0, "", (), SCRIPT.habits)
    assert first(5, script=still) == []
