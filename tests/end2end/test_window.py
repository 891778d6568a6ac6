# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window against a real Asterisk: its tiles follow the PBX, and it ends in order."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from board.app import Desktop
from board.config import load
from board.events import Address
from board.loop import run_qt
from board.opening import ConfigSource
from board.roster.tile import Tile
from board.states import DeviceState, PresenceState
from board.ui.window import MainWindow
from tests.end2end.program import WAIT, running, watch_range, write_config
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.pbx.fixtures import NewAsterisk

BOB = Address("office", "2001")


class Screen:
    """What the user sees of one tile."""

    def __init__(self, desktop: Desktop) -> None:
        assert isinstance(desktop.window, MainWindow)
        self._window = desktop.window
        self._changed = asyncio.Event()
        self._window.model.counted.connect(self._changed.set)

    def tile(self, address: Address) -> Tile:
        """Return the tile shown."""
        row = self._window.model.row(address)
        assert row is not None
        return self._window.model.tile(row)

    def words(self, address: Address) -> str:
        """Return what a screen reader says of the tile."""
        index = self._window.proxy.index_of(address)
        return " ".join(
            str(index.data(role))
            for role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole)
        )

    def picture(self, address: Address) -> QImage:
        """Return the tile's pixels."""
        place = self._window.board.visualRect(self._window.proxy.index_of(address))
        return self._window.board.viewport().grab(place).toImage()

    async def until(self, address: Address, wanted: Callable[[Tile], bool]) -> None:
        """Wait until the tile is as wanted."""
        async with asyncio.timeout(WAIT):
            while not wanted(self.tile(address)):
                await self._changed.wait()
                self._changed.clear()


def show(
    app: QApplication, config: str, monkeypatch: pytest.MonkeyPatch, play: Callable[[Screen], Awaitable[None]]
) -> None:
    """Run the desktop program in this process while `play` acts and looks."""
    monkeypatch.setenv("BOARD_PASSWORD", PASSWORD)
    desktop = Desktop(app, ConfigSource(load(Path(config))))

    async def program(stop: asyncio.Event) -> int:
        showing = asyncio.create_task(desktop.run(stop))
        try:
            await play(Screen(desktop))
        finally:
            stop.set()
            status = await showing
        return status

    assert run_qt(app, program) == 0
    desktop.window.close()
    desktop.window.deleteLater()


def test_the_tile_follows_device_and_person(
    new_asterisk: NewAsterisk, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = new_asterisk(range(2000, 2020))
    config = write_config(tmp_path, asterisk, watch_range("2000-2019"))

    async def play(screen: Screen) -> None:
        await screen.until(BOB, lambda tile: not tile.stale)
        before = screen.picture(BOB)
        await asyncio.to_thread(asterisk.set_device, "2001", "RINGING")
        await screen.until(BOB, lambda tile: tile.device is DeviceState.RINGING)
        ringing = screen.picture(BOB)
        assert ringing != before
        await asyncio.to_thread(asterisk.set_presence, "2001", "away", "lunch", "Back at 14:30")
        await screen.until(BOB, lambda tile: tile.presence is PresenceState.AWAY)
        assert screen.picture(BOB) != ringing
        assert all(word in screen.words(BOB) for word in ("Ringing", "Away", "lunch", "Back at 14:30"))

    show(qapp, config, monkeypatch, play)
    assert "0 active subscriptions" in asterisk.command("pjsip show subscriptions inbound")


def test_a_silent_pbx_leaves_no_tile_that_looks_free(
    new_asterisk: NewAsterisk, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = new_asterisk(range(2000, 2003))
    config = write_config(tmp_path, asterisk, watch_range("2000-2002"))

    async def play(screen: Screen) -> None:
        await screen.until(BOB, lambda tile: not tile.stale)
        free = screen.picture(BOB)
        await asyncio.to_thread(asterisk.kill)
        await screen.until(BOB, lambda tile: tile.stale)
        assert screen.picture(BOB) != free
        assert "May be old" in screen.words(BOB)
        await asyncio.to_thread(asterisk.start)
        await screen.until(BOB, lambda tile: not tile.stale)

    show(qapp, config, monkeypatch, play)


def subscribed(asterisk: Asterisk) -> int:
    """Return how many subscriptions the PBX holds."""
    *_, last = asterisk.command("pjsip show subscriptions inbound").strip().splitlines()
    return int(last.split()[0])


@pytest.mark.parametrize(("view", "number"), [("switchboard", signal.SIGTERM), ("wall", signal.SIGINT)])
def test_the_program_watches_and_ends_in_order(
    new_asterisk: NewAsterisk, tmp_path: Path, view: str, number: signal.Signals
) -> None:
    asterisk = new_asterisk(range(2000, 2020))
    config = write_config(tmp_path, asterisk, watch_range("2000-2019"))
    home = {"QT_QPA_PLATFORM": "offscreen", "PRESENCE_BOARD_HOME": str(tmp_path)}
    with running("run", "--view", view, "--config", config, **home) as program:
        deadline = time.monotonic() + WAIT
        while subscribed(asterisk) < 20:
            assert time.monotonic() < deadline, f"not all subscribed: {program.errors}"
            time.sleep(0.05)
        workers = program.children()
        assert program.end(number) == 0
        assert program.errors == []
    assert subscribed(asterisk) == 0
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]


def test_the_demo_needs_no_configuration(tmp_path: Path) -> None:
    with running("watch", "--json", "--count", "28", PRESENCE_BOARD_HOME=str(tmp_path)) as program:
        lines = program.lines(28)
        assert len({line["extension"] for line in lines}) >= 20
        assert not any(line["stale"] for line in lines)
        assert program.wait() == 0
