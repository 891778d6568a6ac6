# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The end of a session is noticed on a real D-Bus, and held up until the others see it; never for ever."""

import asyncio
import os
from collections.abc import Callable

import pytest

from board.automatic.leaving import CLIENT, LeavingSource, SleepSource
from board.automatic.login_delay import LOGIN_MANAGER, LOGIN_PATH
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind
from tests.fakes.desktop_bus import CLIENT_PATH, FakeService, session_manager, shutting_down
from tests.unit.automatic.conftest import Buses
from tests.unit.automatic.heard import WAIT, Heard

GONE = Cause(Kind.QUIT, Presence(PresenceState.UNAVAILABLE), 5.0)
ANSWER = ("EndSessionResponse", (True, ""))


class Others:
    """Who is to see that the user has left."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.seen = asyncio.Event()

    async def settle(self) -> None:
        self.asked.set()
        await self.seen.wait()


def _source(others: Others) -> LeavingSource:
    return LeavingSource(PresenceState.UNAVAILABLE, others.settle, clock=lambda: 5.0)


async def _until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not wanted():  # noqa: ASYNC110 - what a service was called has no event
            await asyncio.sleep(0.005)


async def _say(manager: FakeService, member: str, path: str = CLIENT_PATH) -> None:
    signature, values = ("u", [0]) if member.endswith("EndSession") and member != "CancelEndSession" else ("", [])
    await manager.emit(path, CLIENT, member, signature, *values)


async def test_a_log_out_waits_until_the_others_see_it(buses: Buses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOP_AUTOSTART_ID", "10a7")
    manager, heard, others = await session_manager(buses.session), Heard(), Others()
    source = _source(others)
    source.start(heard)
    assert heard.all == [None]
    await _until(lambda: ("RegisterClient", ("presence-board", "10a7")) in manager.called)
    await _say(manager, "EndSession", "/org/gnome/SessionManager/Client8")  # another's
    await _say(manager, "QueryEndSession")
    await _until(lambda: manager.called[-1] == ANSWER)
    assert heard.all == [None]
    await _say(manager, "EndSession")
    await asyncio.wait_for(others.asked.wait(), WAIT)
    assert heard.all == [None, GONE]
    assert manager.called.count(ANSWER) == 1
    others.seen.set()
    await _until(lambda: manager.called.count(ANSWER) == 2)
    await source.stop()
    await manager.close()


async def test_a_log_out_may_be_called_off(buses: Buses) -> None:
    manager, heard, others = await session_manager(buses.session), Heard(), Others()
    others.seen.set()
    source = _source(others)
    source.start(heard)
    await _until(lambda: bool(manager.called))
    await _say(manager, "EndSession")
    await heard.count(2)
    await _say(manager, "CancelEndSession")
    assert await heard.count(3) == [None, GONE, None]
    await source.stop()
    await manager.close()


async def test_a_shutdown_waits_until_the_others_see_it(buses: Buses) -> None:
    login, heard, others = await shutting_down(buses.system), Heard(), Others()
    source = _source(others)
    source.start(heard)
    await _until(lambda: bool(login.files))
    assert login.called[-1][1][0] == "shutdown"
    assert login.called[-1][1][3] == "delay"
    await login.emit(LOGIN_PATH, LOGIN_MANAGER, "PrepareForShutdown", "b", True)
    await asyncio.wait_for(others.asked.wait(), WAIT)
    assert heard.all == [None, GONE]
    os.set_blocking(login.files[0], False)
    with pytest.raises(BlockingIOError):
        os.read(login.files[0], 1)  # it is still held up
    os.set_blocking(login.files[0], True)
    others.seen.set()
    await asyncio.wait_for(login.released(0), WAIT)
    await login.emit(LOGIN_PATH, LOGIN_MANAGER, "PrepareForShutdown", "b", False)
    assert await heard.count(3) == [None, GONE, None]
    await _until(lambda: len(login.files) == 2)  # and the next one is to wait too
    await source.stop()
    await asyncio.wait_for(login.released(1), WAIT)
    await login.close()


async def test_a_machine_that_goes_to_sleep_leaves_nobody_behind_as_there(buses: Buses) -> None:
    login, heard, others = await shutting_down(buses.system), Heard(), Others()
    source = SleepSource(others.settle, clock=lambda: 5.0)
    source.start(heard)
    await _until(lambda: bool(login.files))
    assert (login.called[-1][1][0], login.called[-1][1][3]) == ("sleep", "delay")
    await login.emit(LOGIN_PATH, LOGIN_MANAGER, "PrepareForSleep", "b", True)
    await asyncio.wait_for(others.asked.wait(), WAIT)
    asleep = Cause(Kind.IDLE, Presence(PresenceState.AWAY), 5.0)
    assert heard.all == [None, asleep]
    others.seen.set()
    await asyncio.wait_for(login.released(0), WAIT)
    await login.emit(LOGIN_PATH, LOGIN_MANAGER, "PrepareForSleep", "b", False)
    assert await heard.count(3) == [None, asleep, None]
    await source.stop()
    await login.close()


async def test_without_anybody_to_ask_nothing_happens(buses: Buses, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    heard = Heard()
    source = _source(Others())
    source.start(heard)
    await _until(lambda: bool(caplog.records))
    await source.stop()
    assert heard.all == [None]
    [line] = [record.getMessage() for record in caplog.records if record.name.startswith("board")]
    assert line.startswith("shutdown is not noticed: org.freedesktop.login1 refused Inhibit: ")
