# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An idle desk is noticed through the desktop's own way, and nothing breaks where there is none."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest

from board.automatic import idle
from board.automatic.idle import IdleSource
from board.automatic.idle_monitor import NoIdleMonitorError, open_monitor, ways
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind
from board.status.rules import Rules
from tests.fakes.desktop_bus import FakeService
from tests.fakes.display import touch, x11_display
from tests.unit.automatic.conftest import Buses
from tests.unit.automatic.heard import WAIT, Heard

AWAY = Cause(Kind.IDLE, Presence(PresenceState.AWAY), 50.0)
RULES = Rules(away_after=600)


class FakeMonitor:
    """A way whose answers a test plays; without any left it is not told any more."""

    def __init__(self, *answers: float, then: Callable[[], float] | None = None) -> None:
        self._answers = list(answers)
        self._then = then
        self.closed = threading.Event()

    def idle(self) -> float:
        if self._answers:
            return self._answers.pop(0)
        if self._then is not None:
            return self._then()
        raise NoIdleMonitorError("the shell has ended")

    def close(self) -> None:
        self.closed.set()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.status.idle.RETURN_SECONDS", 0.01)
    monkeypatch.setattr("board.status.idle.LEAST_SECONDS", 0.01)
    monkeypatch.setattr(idle, "REOPEN_SECONDS", 0.01)


async def test_tells_at_first_and_then_on_change_only() -> None:
    monitor, heard = FakeMonitor(599.999, 599.999, 600.0, 600.0, 600.0, 0.0, then=lambda: 0.0), Heard()
    source = IdleSource(RULES, lambda: monitor, clock=lambda: 50.0)
    source.start(heard)
    assert await heard.count(3) == [None, AWAY, None]
    await source.stop()
    assert monitor.closed.is_set()


async def test_without_any_way_one_line_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    def no_way() -> FakeMonitor:
        raise NoIdleMonitorError("the Python package dbus-idle is not installed")

    heard, source = Heard(), IdleSource(RULES, no_way)
    source.start(heard)
    assert await heard.count(1) == [None]
    await source.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "nobody is shown as away when idle: the Python package dbus-idle is not installed"
    ]


async def test_a_desktop_that_stops_telling_is_looked_for_again() -> None:
    first, second = FakeMonitor(600.0), FakeMonitor(600.0, then=lambda: 600.0)
    opened = iter([first, second])
    heard = Heard()
    source = IdleSource(RULES, lambda: next(opened), clock=lambda: 50.0)
    source.start(heard)
    told = await heard.count(3)
    assert told[:2] == [AWAY, None]
    assert told[2] is not None
    await source.stop()
    assert first.closed.is_set()
    assert second.closed.is_set()


async def test_a_desktop_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "END_SECONDS", 0.01)
    asked, answer = threading.Event(), threading.Event()

    def hang() -> float:
        asked.set()
        answer.wait(WAIT)
        return 600.0

    heard, source = Heard(), IdleSource(RULES, lambda: FakeMonitor(then=hang))
    source.start(heard)
    assert asked.wait(WAIT)
    await source.stop()
    answer.set()
    assert not heard.all


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", "X11IdleMonitor"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "linux", "DBusIdleMonitor"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "KDE"}, "linux", "SwayIdleMonitor"),
        ({}, "win32", "WindowsIdleMonitor"),
        ({}, "darwin", "IORegIdleMonitor"),
    ],
)
def test_the_first_way_suits_the_session(environ: Mapping[str, str], platform: str, expected: str) -> None:
    found = ways(environ, platform)
    assert found[0] == expected
    assert "WAYLAND_DISPLAY" not in environ or "X11IdleMonitor" not in found


def test_without_a_desktop_there_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NoIdleMonitorError, match="this desktop tells it neither"):
        open_monitor({})


def test_without_the_library_there_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbus_idle", None)
    with pytest.raises(NoIdleMonitorError, match="the Python package dbus-idle is not installed"):
        open_monitor({})


async def test_gnome_tells_it_over_dbus_under_wayland(buses: Buses, display: str) -> None:
    """The X11 server that is there too, for programs of old, is not asked: it hears of those alone."""
    answers = {"GetIdletime": ("t", [700_000])}
    shell = await FakeService.open(buses.session, "org.gnome.Mutter.IdleMonitor", answers)
    environ = {"DISPLAY": display, "WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "GNOME"}
    heard, source = Heard(), IdleSource(RULES, lambda: open_monitor(environ), clock=lambda: 150.0)
    source.start(heard)
    assert await heard.count(1) == [AWAY]
    answers["GetIdletime"] = ("t", [3])
    assert await heard.count(2) == [AWAY, None]
    await source.stop()
    await shell.close()


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with x11_display() as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield name


async def test_a_real_x11_server_tells_it(display: str) -> None:
    heard = Heard()
    source = IdleSource(Rules(away_after=0.5))
    source.start(heard)
    told = await heard.count(1)
    if told == [None]:  # the server has only just begun
        told = await heard.count(2)
    assert told[-1] is not None
    assert told[-1].kind is Kind.IDLE
    touch(display)
    assert (await heard.count(len(told) + 1))[-1] is None
    await source.stop()
