# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A locked screen is noticed on a real D-Bus, whoever of the desktop's services tells it."""

import sys
from pathlib import Path

import pytest

from board.automatic.locked import SAVERS, LockSource
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind
from tests.fakes.desktop_bus import bus_daemon, hint_locked, login_manager, screen_saver
from tests.unit.automatic.conftest import Buses
from tests.unit.automatic.heard import Heard

GNOME, KDE = "org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver"
LOCKED = Cause(Kind.LOCKED, Presence(PresenceState.AWAY), 5.0)


def _source() -> LockSource:
    return LockSource(PresenceState.AWAY, clock=lambda: 5.0)


@pytest.mark.parametrize("name", SAVERS)
async def test_hears_every_screen_saver(buses: Buses, name: str) -> None:
    heard, source = Heard(), _source()
    saver = await screen_saver(buses.session, name)
    source.start(heard)
    assert await heard.count(1) == [None]
    await saver.emit(SAVERS[name], name, "ActiveChanged", "b", True)
    assert await heard.count(2) == [None, LOCKED]
    await saver.emit(SAVERS[name], name, "ActiveChanged", "b", True)
    await saver.emit(SAVERS[name], name, "ActiveChanged", "b", False)
    assert await heard.count(3) == [None, LOCKED, None]
    await source.stop()
    await saver.close()


async def test_sees_a_screen_that_is_already_locked(buses: Buses) -> None:
    saver, heard, source = await screen_saver(buses.session, GNOME, active=True), Heard(), _source()
    source.start(heard)
    assert await heard.count(1) == [LOCKED]
    await source.stop()
    await saver.close()


async def test_a_saver_may_come_later_and_go(buses: Buses) -> None:
    heard, source = Heard(), _source()
    source.start(heard)
    await heard.count(1)
    saver = await screen_saver(buses.session, KDE)
    await saver.emit("/ScreenSaver", KDE, "ActiveChanged", "b", True)
    await heard.count(2)
    await saver.close()  # it crashed while the screen was locked
    assert await heard.count(3) == [None, LOCKED, None]
    await source.stop()


async def test_logind_tells_beside_a_saver(buses: Buses) -> None:
    saver, login = await screen_saver(buses.session, GNOME, True), await login_manager(buses.system, locked=True)
    heard, source = Heard(), _source()
    source.start(heard)
    assert await heard.count(1) == [LOCKED]
    await hint_locked(login, False)
    await saver.emit(SAVERS[GNOME], GNOME, "ActiveChanged", "b", False)
    assert await heard.count(2) == [LOCKED, None]
    await hint_locked(login, True)
    assert await heard.count(3) == [LOCKED, None, LOCKED]
    await source.stop()
    await saver.close()
    await login.close()


async def test_what_a_bus_told_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    heard, source = Heard(), _source()
    with bus_daemon(tmp_path) as session:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session)
        saver = await screen_saver(session, GNOME, active=True)
        source.start(heard)
        assert await heard.count(1) == [LOCKED]
    assert await heard.count(2) == [LOCKED, None]
    await source.stop()
    await saver.close()


async def test_without_any_bus_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("SESSION", "SYSTEM"):
        monkeypatch.setenv(f"DBUS_{name}_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    heard, source = Heard(), _source()
    source.start(heard)
    assert await heard.count(1) == [None]
    await source.stop()
    [told] = [record.getMessage() for record in caplog.records if record.name.startswith("board")]
    assert told.startswith("nothing here tells whether the screen is locked: no ")
    assert "no session bus of D-Bus: No such file or directory" in told
    assert "no system bus of D-Bus: No such file or directory" in told


async def test_without_the_library_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "dbus_fast", None)
    heard, source = Heard(), _source()
    source.start(heard)
    assert await heard.count(1) == [None]
    await source.stop()
    [record] = caplog.records
    assert "the Python package dbus-fast is not installed" in record.getMessage()
