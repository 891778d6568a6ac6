# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board set` against a real Asterisk: by SIP MESSAGE and by AMI, whatever happens to either side."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.links.store import OutboxStore
from board.links.wish import Standing
from tests.end2end.statuses import User, end, until
from tests.end2end.windows import pending, running_window
from tests.pbx.asterisk import Asterisk
from tests.pbx.fixtures import NewAsterisk

LINKS = ("message", "ami")
TEXTS = [
    ("lunch", 'Back at 2, "sharp"; really'),
    ("", "Zurück 🏖 👩\u200d👩\u200d👧 <b>&amp;</b>"),
    ("בחוץ", "אחזור ב־14:30 שלום"),
    ("blanks  at its end  ", "a|b\\c ${SHELL(id)} $[1+1]"),
    ("é" * 127, "<" * 204),
]
KILLS = 50


@pytest.fixture(params=LINKS)
def user(request: pytest.FixtureRequest, asterisk: Asterisk, tmp_path: Path) -> User:
    """Somebody at the shared Asterisk whose status is not set."""
    asterisk.set_presence("6001", "not_set")
    return User(asterisk, tmp_path, link=request.param)


def test_every_text_arrives_intact(user: User) -> None:
    for subtype, message in TEXTS:
        assert user.set("away", "--subtype", subtype, "--message", message) == (0, "confirmed", "")
        assert user.shown() == ("away", subtype, message)


def test_what_was_set_elsewhere_before_is_overwritten(user: User) -> None:
    assert user.set("available")[1] == "confirmed"
    user.asterisk.set_presence("6001", "dnd", "", "from a phone")
    assert user.set("available")[1] == "confirmed"
    assert user.shown() == ("available", "", "")


@pytest.mark.parametrize("message", ["x" * 256, "🏖" * 64, "&" * 205, "two\nlines", "a\ttab"])
def test_what_cannot_be_carried_is_refused_before_it_is_sent(user: User, message: str) -> None:
    status, out, err = user.set("away", "--message", message)
    assert (status, out.startswith("refused: the message "), err) == (1, True, "")
    assert user.shown() == ("not_set", "", "")


@pytest.mark.parametrize(
    "call", [("nix",), ("away", "--entity", "2000"), ("away", "--entity", "CustomPresence:a,b"), ()]
)
def test_a_wrong_call_is_told_in_one_line(user: User, call: tuple[str, ...]) -> None:
    status, out, err = user.set(*call)
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_others_are_set_by_ami_alone(user: User) -> None:
    user.asterisk.set_presence("6002", "not_set")
    status, out, _ = user.set("xa", "--entity", "CustomPresence:6002")
    if user.home.name.endswith("ami"):
        assert (status, out, user.shown("6002")[0]) == (0, "confirmed", "xa")
    else:
        assert (status, user.shown("6002")[0]) == (1, "not_set")
        assert "not yours" in out
    user.asterisk.set_presence("6002", "not_set")


@pytest.mark.parametrize("link", LINKS)
def test_wrong_credentials_are_told_at_once_and_not_tried_again(
    new_asterisk: NewAsterisk, tmp_path: Path, link: str
) -> None:
    asterisk = new_asterisk(["2000"])
    user = User(asterisk, tmp_path, link=link, password="wrong")
    begun = time.monotonic()
    status, out, err = user.set("away")
    assert time.monotonic() - begun < 8
    assert (status, out.startswith("refused: "), err) == (1, True, "")
    assert "password" in out or "manager user" in out
    assert asterisk.log().lower().count("failed to authenticate") <= 2
    assert user.shown() == ("not_set", "", "")
    assert User(asterisk, tmp_path, link=link).set("chat")[1] == "confirmed"  # what was refused does not come back


def test_an_extension_without_a_hint_is_told(asterisk: Asterisk, tmp_path: Path) -> None:
    status, out, _ = User(asterisk, tmp_path, extension="board").set("away")
    assert (status, "no hint for board" in out) == (1, True)


@pytest.mark.parametrize("link", LINKS)
def test_a_wish_waits_on_the_disk_while_the_pbx_is_away(new_asterisk: NewAsterisk, tmp_path: Path, link: str) -> None:
    asterisk = new_asterisk(["2000"])
    user = User(asterisk, tmp_path, link=link)
    assert user.set("available")[1] == "confirmed"
    asterisk.kill()
    assert user.set("away", "--message", "old") == (0, "queued", "")
    assert user.set("dnd", "--message", "new") == (0, "queued", "")
    asterisk.start()
    with running_window(user):
        until(lambda: user.shown() == ("dnd", "", "new"))
        until(lambda: not pending(user))
    asterisk.set_presence("6001", "xa")
    with running_window(user):
        assert user.set("available", "--message", "through the window")[1] == "confirmed"
    assert user.shown() == ("available", "", "through the window")


@pytest.mark.parametrize("link", LINKS)
def test_a_wish_that_waited_yields_to_what_was_set_elsewhere(
    new_asterisk: NewAsterisk, tmp_path: Path, link: str
) -> None:
    asterisk = new_asterisk(["2000"])
    user = User(asterisk, tmp_path, link=link)
    assert user.set("available")[1] == "confirmed"
    asterisk.kill()
    assert user.set("away")[1] == "queued"
    asterisk.start()
    asterisk.set_presence("6001", "dnd", "", "from a phone")
    with running_window(user):
        until(lambda: not pending(user))
    assert user.shown() == ("dnd", "", "from a phone")


@pytest.mark.parametrize("link", LINKS)
def test_the_pbx_killed_under_the_running_window(new_asterisk: NewAsterisk, tmp_path: Path, link: str) -> None:
    asterisk = new_asterisk(["2000"])
    user = User(asterisk, tmp_path, link=link)
    with running_window(user):
        for turn in range(2):
            assert user.set("away", "--message", f"before {turn}")[1] == "confirmed"
            asterisk.kill()
            assert user.set("chat", "--message", f"between {turn}")[1] == "queued"
            asterisk.start()
            until(lambda turn=turn: user.shown() == ("chat", "", f"between {turn}"))
            until(lambda: not pending(user))


@pytest.mark.parametrize("link", LINKS)
def test_killed_at_any_moment_the_last_wish_on_the_disk_arrives(asterisk: Asterisk, tmp_path: Path, link: str) -> None:
    asterisk.set_presence("6001", "not_set")
    user = User(asterisk, tmp_path, link=link)
    for turn in range(KILLS // len(LINKS)):
        process = user.begin("set", "away", "--message", f"turn {turn}")
        with user.outbox() as outbox:
            until(lambda turn=turn: wished(outbox) == f"turn {turn}")
        time.sleep(0.5 * turn * len(LINKS) / KILLS)  # then at another moment each time: no thing to wait for
        end(process)
    with running_window(user):
        until(lambda: not pending(user))
    assert user.shown() == ("away", "", f"turn {KILLS // len(LINKS) - 1}")
    with user.outbox() as outbox:
        assert standing(outbox) is Standing.CONFIRMED


def _last(outbox: OutboxStore) -> Iterator[tuple[str, str]]:
    yield from outbox._run("SELECT presence, standing FROM wish ORDER BY number DESC LIMIT 1")


def wished(outbox: OutboxStore) -> str:
    import json

    return next((json.loads(presence)[2] for presence, _ in _last(outbox)), "")


def standing(outbox: OutboxStore) -> Standing:
    return next(Standing(word) for _, word in _last(outbox))
