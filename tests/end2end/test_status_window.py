# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status view as its user has it: the real program on a screen, driven by keys, through a real Asterisk to others.

The window and the tray of its own, who raises whom, and what is left after a kill.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end2end.program import Program, running, write_config
from tests.end2end.published import Publisher
from tests.end2end.screen import Screen, until
from tests.end2end.screen import screen as screen
from tests.end2end.screen import screen_with_tray as screen_with_tray
from tests.end2end.statuses import User
from tests.fakes.watcher import Watcher
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.pbx.fixtures import NewAsterisk, NewKamailio

pytestmark = pytest.mark.pbx

OTHER = '[[contact]]\nname = "Alice"\nextension = "6001"\n'


@pytest.fixture
def begun() -> Iterator[ExitStack]:
    """Ends in the end what a test began."""
    with ExitStack() as stack:
        yield stack


def begin(begun: ExitStack, user: User, screen: Screen, *arguments: str) -> "subprocess.Popen[str]":
    """Start a user's program on a screen."""
    process = user.begin("run", *arguments, **screen.environment)
    begun.callback(finish, process)
    return process


def finish(process: "subprocess.Popen[str]") -> None:
    """Kill what is left of a run; a test that fails shows its diagnostics."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    print(*process.communicate())


def watchers(asterisk: Asterisk) -> int:
    """Return how many subscriptions the PBX holds."""
    *_, last = asterisk.command("pjsip show subscriptions inbound").strip().splitlines()
    return int(last.split()[0])


def open_status(begun: ExitStack, user: User, screen: Screen) -> "subprocess.Popen[str]":
    """Open the status view; it has the keyboard, and the PBX tells it the status, when this returns."""
    before = watchers(user.asterisk)
    process = begin(begun, user, screen, "--view", "status")
    screen.wait_for("My status")
    until(lambda: watchers(user.asterisk) > before, "the window does not subscribe")
    return process


def shows(board: Program, presence: str, message: str = "") -> None:
    """Wait until a board shows a status."""
    board.until(lambda line: (line["presence"], line["message"], line["stale"]) == (presence, message, False), 40)


async def bare_watcher_sees(asterisk: Asterisk, text: str) -> None:
    """Subscribe as a phone would, and wait for a NOTIFY with this in its body."""
    async with await Watcher.connect(
        "127.0.0.1", asterisk.sip_port, tcp=False, user="board", password=PASSWORD
    ) as watcher:
        watcher.algorithm = "MD5"
        assert (await watcher.subscribe("6001")).status == 200
        while text not in (await watcher.notified()).body.decode():
            pass


@pytest.mark.parametrize("link", ["message", "ami"])
def test_what_is_set_by_keys_is_seen_by_all_even_if_the_pbx_was_away(
    new_asterisk: NewAsterisk, tmp_path: Path, screen: Screen, begun: ExitStack, link: str
) -> None:
    asterisk = new_asterisk(["6001"])
    user = User(asterisk, tmp_path, link=link)
    config = write_config(tmp_path, asterisk, OTHER)
    board = begun.enter_context(running("watch", "--json", "--config", config, PRESENCE_BOARD_HOME=str(tmp_path)))
    board.line()
    window = open_status(begun, user, screen)
    screen.press("5")
    shows(board, "dnd")
    screen.write("Back at 3, call Rosa")  # letters go to the message
    screen.press("Return")
    shows(board, "dnd", "Back at 3, call Rosa")
    asyncio.run(bare_watcher_sees(asterisk, ">Back at 3, call Rosa<"))
    asterisk.kill()
    board.until(lambda line: bool(line["stale"]))
    screen.press("Escape", "3")  # out of the message first
    until(lambda: pending(user) == "away", "the choice is not on the disk")
    asterisk.start()
    shows(board, "away")
    asyncio.run(bare_watcher_sees(asterisk, 'type="away"'))
    window.terminate()
    assert window.wait(20) == 0


def test_what_is_set_by_keys_is_published_even_if_the_server_was_away(
    new_kamailio: NewKamailio, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    kamailio = new_kamailio()
    user, other = (Publisher(kamailio, tmp_path / who, who) for who in ("3601", "3602"))
    config = other.home / "board.toml"
    config.write_text(config.read_text() + '[[contact]]\nname = "Alice"\nextension = "3601"\n')
    board = begun.enter_context(running("watch", "3601", "--json", "--config", str(config)))
    window = begin(begun, user, screen, "--view", "status")
    screen.wait_for("My status")

    def is_published() -> bool:
        screen.press("5")  # again and again: nothing tells from outside when the window can set
        return user.shown()[0] == "dnd"

    until(is_published, "nothing was published")
    shows(board, "dnd")
    screen.write("Back at 3")
    screen.press("Return")
    shows(board, "dnd", "Back at 3")
    kamailio.kill()
    board.until(lambda line: bool(line["stale"]), 40)
    screen.press("Escape", "3")
    until(lambda: pending(user) == "away", "the choice is not on the disk")
    kamailio.start()
    shows(board, "away")
    until(lambda: user.shown() == ("away", "", ""), "a bare watcher does not see it")
    window.terminate()
    assert window.wait(20) == 0


def pending(user: User) -> str:
    """Return the state that is still to be carried, "" for none."""
    with user.outbox() as outbox:
        return "".join(wish.presence.state.value for wish in outbox.open_wishes("office"))


def test_a_preset_and_its_end_by_keys_alone(
    asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    asterisk.set_presence("6001", "not_set")
    user = User(asterisk, tmp_path)
    open_status(begun, user, screen)
    screen.press("alt+1")
    until(lambda: user.shown()[:2] == ("away", "lunch"), "the preset did not come")
    assert user.shown()[2].startswith("Back ")  # its end is seen by all
    screen.press("0")
    until(lambda: user.shown() == ("not_set", "", ""), "it was not cleared")


def test_set_is_carried_by_the_window_that_runs(
    asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    asterisk.set_presence("6001", "not_set")
    user = User(asterisk, tmp_path)
    open_status(begun, user, screen)
    screen.press("1")
    until(lambda: user.shown()[0] == "available", "the window does not set")
    with user.outbox() as outbox:
        assert not outbox.may_send("office", "CustomPresence:6001")  # the window does
    assert user.set("xa", "--message", "from the shell") == (0, "confirmed", "")
    assert user.shown() == ("xa", "", "from the shell")


def test_a_second_start_raises_the_first(asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack) -> None:
    user = User(asterisk, tmp_path)
    first = begin(begun, user, screen)
    screen.wait_for("Presence board")
    wall = begin(begun, user, screen, "--view", "wall")
    assert wall.communicate(timeout=20) == ("", "presence-board: it runs already, and shows its wall now\n")
    assert wall.returncode == 0
    screen.wait_for("Wall")
    again = begin(begun, user, screen)
    assert again.wait(20) == 0
    until(lambda: screen.active() == "Presence board", "the switchboard was not raised")
    assert begin(begun, user, screen, "--view", "status").wait(20) == 0
    screen.wait_for("My status")
    assert len(screen.windows()) == 3
    assert first.poll() is None
    other = begin(begun, user, screen, "--demo")  # another office is another program
    until(lambda: len(screen.windows()) == 4, "the demo did not open")
    assert other.poll() is None


def test_a_board_beside_a_status_window_is_a_program_of_its_own(
    asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    user = User(asterisk, tmp_path)
    status = open_status(begun, user, screen)
    board = begin(begun, user, screen)
    until(lambda: screen.active() == "Presence board", "the switchboard did not open")
    assert (status.poll(), board.poll()) == (None, None)
    assert begin(begun, user, screen, "--view", "status").wait(20) == 0
    screen.wait_for("My status")
    assert len(screen.windows()) == 2


def test_kill_9_leaves_nothing_in_the_way(asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack) -> None:
    user = User(asterisk, tmp_path)
    killed = open_status(begun, user, screen)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    until(lambda: not screen.windows(), "the killed one's window stays")
    two = [begin(begun, user, screen, "--view", "status") for _ in range(2)]
    screen.wait_for("My status")
    until(lambda: any(process.poll() is not None for process in two), "both run")
    ended, runs = sorted(two, key=lambda process: process.poll() is None)
    assert (ended.poll(), runs.poll()) == (0, None)
    assert len(screen.windows()) == 1


def test_without_a_tray_closing_the_window_ends_the_program(
    asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    status = open_status(begun, User(asterisk, tmp_path), screen)
    screen.press("alt+F4")
    assert status.wait(20) == 0


def test_the_tray_holds_the_status(
    asterisk: Asterisk, tmp_path: Path, screen_with_tray: Screen, begun: ExitStack
) -> None:
    asterisk.set_presence("6001", "not_set")
    screen, user = screen_with_tray, User(asterisk, tmp_path)
    status = begin(begun, user, screen, "--view", "status", "--hidden")
    until(lambda: bool(screen.icon()), "there is no icon")
    until(lambda: watchers(asterisk) > 0, "the program does not subscribe")
    assert screen.windows("My status") == []
    screen.click(screen.icon())
    screen.wait_for("My status")
    screen.press("5")
    until(lambda: user.shown()[0] == "dnd", "it was not set")
    screen.press("alt+F4")
    until(lambda: not screen.windows("My status"), "the window stays")
    assert status.poll() is None
    choose(screen, "Down")  # the first
    until(lambda: user.shown()[0] == "available", "the menu sets nothing")
    choose(screen, "Up")  # the last: Quit
    assert status.wait(20) == 0


def choose(screen: Screen, key: str) -> None:
    """Choose the entry of the tray's menu that a key goes to."""

    def is_open() -> bool:
        if not screen.menu():
            screen.click(screen.icon(), button=3)  # a message beside the icon takes the first click
        return bool(screen.menu())

    until(is_open, "the menu does not open")
    screen.press(key, "Return")
    until(lambda: not screen.menu(), "the menu stays open")
