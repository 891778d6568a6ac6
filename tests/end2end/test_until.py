# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A status until a time, against a real Asterisk: what was before it returns, whatever happens to the program."""

import time
from pathlib import Path

import pytest

from tests.end2end.statuses import User, end, until
from tests.end2end.windows import pending, running_window
from tests.pbx.asterisk import Asterisk
from tests.pbx.fixtures import NewAsterisk

SOON = 4.0
"""Seconds until the status ends: more than a run of `set` takes."""
LINKS = ("message", "ami")
BEFORE = ("available", "", "at my desk")


@pytest.fixture(params=LINKS)
def user(request: pytest.FixtureRequest, asterisk: Asterisk, tmp_path: Path) -> User:
    """Somebody at the shared Asterisk who is at their desk."""
    asterisk.set_presence("6001", *BEFORE)
    return User(asterisk, tmp_path, link=request.param)


def away(user: User, seconds: float = SOON) -> float:
    """Set a status until in some seconds; return when it ends."""
    begun = time.time()
    assert user.set("away", "--message", "lunch", "--until", f"{seconds:.0f} s")[:2] == (0, "confirmed")
    state, _, message = user.shown()
    assert (state, message.startswith("lunch, back ")) == ("away", True)
    return begun + seconds


def test_it_returns_in_the_running_window(user: User) -> None:
    with running_window(user):
        over = away(user)
        until(lambda: user.shown() == BEFORE)
        assert time.time() >= over
        until(lambda: not pending(user))


def test_it_returns_at_the_next_start_if_the_program_was_closed(user: User) -> None:
    over = away(user)
    until(lambda: time.time() > over)
    assert user.shown()[0] == "away"
    with running_window(user):
        until(lambda: user.shown() == BEFORE)


def test_it_returns_while_a_watch_runs(user: User) -> None:
    away(user)
    process = user.begin("watch", "6001", "--json")
    try:
        until(lambda: user.shown() == BEFORE)
    finally:
        end(process)


def test_it_returns_after_a_kill_at_any_moment(user: User) -> None:
    for turn in range(2):
        user.asterisk.set_presence("6001", *BEFORE)
        begun = time.time()
        process = user.begin("set", "away", "--message", "lunch", "--until", f"{SOON:.0f} s")
        until(lambda: user.shown()[0] == "away")
        time.sleep(0.05 * turn)  # then at another moment each time: no thing to wait for
        end(process)
        until(lambda begun=begun: time.time() > begun + SOON + 1)
        with running_window(user):
            until(lambda: user.shown() == BEFORE)


def test_what_a_phone_set_meanwhile_stays(user: User) -> None:
    with running_window(user):
        over = away(user)
        user.asterisk.set_presence("6001", "dnd", "", "from a phone")
        until(lambda: time.time() > over + 1)
        assert user.shown() == ("dnd", "", "from a phone")
        assert not pending(user)


def test_what_a_phone_set_while_the_program_was_closed_stays(user: User) -> None:
    over = away(user)
    user.asterisk.set_presence("6001", "dnd", "", "from a phone")
    until(lambda: time.time() > over)
    with running_window(user):
        until(lambda: outcome(user) == "dropped")
    assert user.shown() == ("dnd", "", "from a phone")


def test_a_later_one_takes_over_what_returns(user: User) -> None:
    with running_window(user):
        away(user, 10 * SOON)
        assert user.set("dnd", "--message", "meeting", "--until", f"{SOON:.0f} s")[1] == "confirmed"
        until(lambda: user.shown() == BEFORE)


@pytest.mark.parametrize("link", LINKS)
def test_it_returns_although_the_pbx_was_restarted_and_is_away_at_its_end(
    new_asterisk: NewAsterisk, tmp_path: Path, link: str
) -> None:
    asterisk = new_asterisk(["2000"])
    user = User(asterisk, tmp_path, link=link)
    asterisk.set_presence("6001", *BEFORE)
    with running_window(user):
        over = away(user, 3 * SOON)
        asterisk.restart()
        assert user.shown()[0] == "away"
        asterisk.stop()
        until(lambda: time.time() > over)
        asterisk.start()
        until(lambda: user.shown() == BEFORE)


def outcome(user: User) -> str:
    with user.outbox() as outbox:
        return outbox.history(1)[0].wish.standing.value
