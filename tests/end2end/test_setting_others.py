# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A receptionist sets somebody else's status in the window, by keys, through a real Asterisk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from board.app import Desktop
from board.config import load
from board.events import Address
from board.loop import run_qt
from board.opening import ConfigSource
from board.roster.tile import Outcome, Tile
from board.states import PresenceState
from board.ui.details import SET_KEY
from board.ui.window import MainWindow
from tests.end2end.program import WAIT, watch_range, write_config
from tests.gui.hands import press, texts
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.pbx.fixtures import NewAsterisk

BOB = Address("office", "2001")
LINK = 'presence_link = "{link}"\nown_extension = "2000"\nami_server = "127.0.0.1:{port}"\nami_user = "presence"\n'
Key = Qt.Key
Play = Callable[["Receptionist"], Awaitable[None]]


@dataclass
class Receptionist:
    """Who sits before the window."""

    window: MainWindow
    changed: asyncio.Event

    @property
    def tile(self) -> Tile:
        row = self.window.model.row(BOB)
        assert row is not None
        return self.window.model.tile(row)

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Wait until what is seen is as wanted; some of it changes with the window's seconds, not with the tiles."""
        async with asyncio.timeout(WAIT):
            while not wanted():
                self.changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), 0.2)

    def reads(self, text: str) -> bool:
        """Tell whether the details say something."""
        return any(text in said for said in texts(self.window.details))

    def choose_bob(self) -> None:
        """Have Bob's tile chosen."""
        self.window.board.setCurrentIndex(self.window.proxy.index_of(BOB))

    def set_bob(self, key: Qt.Key) -> None:
        """Set what a key of the setter stands for."""
        QTest.keyClick(self.window, Key.Key_F9)
        press(key)


def run(
    app: QApplication, folder: Path, asterisk: Asterisk, monkeypatch: pytest.MonkeyPatch, play: Play, link: str = "ami"
) -> None:
    """Run the desktop program in this process while `play` acts and looks."""
    assert SET_KEY == "F9"
    environment = {"BOARD_PASSWORD": PASSWORD, "AMI_SECRET": "presence-secret", "PRESENCE_BOARD_HOME": str(folder)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    section = LINK.format(link=link, port=asterisk.ami_port) + 'ami_password_env = "AMI_SECRET"\n'
    config = write_config(folder, asterisk, section, watch_range("2000-2002"))
    desktop = Desktop(app, ConfigSource(load(Path(config))))
    window = desktop.window
    assert isinstance(window, MainWindow)
    user = Receptionist(window, asyncio.Event())

    window.model.counted.connect(user.changed.set)

    async def program(stop: asyncio.Event) -> int:
        showing = asyncio.create_task(desktop.run(stop))
        try:
            await play(user)
        finally:
            stop.set()
            status = await showing
        return status

    assert run_qt(app, program) == 0
    window.close()
    window.deleteLater()


def test_a_status_is_pending_until_the_pbx_reads_it_back_and_stays_so_while_the_pbx_is_away(
    new_asterisk: NewAsterisk, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = new_asterisk(range(2000, 2003))

    async def play(user: Receptionist) -> None:
        await user.until(lambda: not user.tile.stale)
        user.choose_bob()
        await user.until(lambda: user.window.details.set_status.isVisible())
        user.set_bob(Key.Key_5)
        await user.until(lambda: user.tile.presence is PresenceState.DND and not user.tile.pending)
        assert user.reads("You set Do not disturb — confirmed")
        await asyncio.to_thread(asterisk.kill)
        user.set_bob(Key.Key_Escape)
        user.set_bob(Key.Key_3)
        await user.until(lambda: user.tile.pending is not None and user.tile.stale)
        assert user.tile.presence is PresenceState.DND
        await user.until(lambda: user.reads("It goes out once the PBX is back."))
        await asyncio.to_thread(asterisk.start)
        await user.until(lambda: user.tile.presence is PresenceState.AWAY and not user.tile.pending)
        assert [line for line in texts(user.window.details) if line.startswith("You set")] == [
            "You set Away — confirmed",
            "You set Do not disturb — confirmed",
        ]

    run(qapp, tmp_path, asterisk, monkeypatch, play)


def test_what_the_pbx_refuses_says_why_on_the_tile_until_it_was_seen(
    new_asterisk: NewAsterisk, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = new_asterisk(range(2000, 2003))

    async def play(user: Receptionist) -> None:
        await user.until(lambda: not user.tile.stale)
        user.choose_bob()
        await user.until(lambda: user.window.details.set_status.isVisible())
        await asyncio.to_thread(asterisk.console, "module unload func_presencestate.so")
        user.set_bob(Key.Key_5)
        await user.until(lambda: user.tile.failed is not None)
        assert user.tile.asked is not None
        assert user.tile.asked.outcome is Outcome.FAILED
        assert "func_presencestate" in user.tile.asked.reason
        press(Key.Key_Escape)
        assert user.reads("func_presencestate")
        user.window.details.asked.dismiss.click()
        await user.until(lambda: user.tile.failed is None)

    run(qapp, tmp_path, asterisk, monkeypatch, play)


def test_with_sip_messages_only_the_own_status_can_be_set(
    new_asterisk: NewAsterisk, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = new_asterisk(range(2000, 2003))

    async def play(user: Receptionist) -> None:
        await user.until(lambda: not user.tile.stale)
        await user.until(lambda: user.window.details._can_set(Address("office", "2000")))
        user.choose_bob()
        assert not user.window.details.set_status.isVisible()
        user.window.board.setCurrentIndex(user.window.proxy.index_of(Address("office", "2000")))
        assert user.window.details.set_status.isVisible()

    run(qapp, tmp_path, asterisk, monkeypatch, play, link="message")
