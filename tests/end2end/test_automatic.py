# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What shows by itself, against a real Asterisk: it comes, gives way to people, and what was before it returns."""

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from board.automatic.leaving import CLIENT
from board.automatic.opening import Automation
from board.carrying import CarryingSession
from board.config import load
from board.config.offices import open_office
from board.presence.value import Presence
from board.roster.roster import Roster
from board.session import Session
from board.states import PresenceState
from board.status.automatic import Proposal
from board.status.choice import Choice, Manner
from board.status.rules import Rules
from tests.end2end.statuses import WAIT, User, end, until
from tests.fakes.desktop_bus import CLIENT_PATH, bus_daemon, screen_saver, session_manager
from tests.fakes.display import touch, x11_display
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.unit.automatic.test_ics import ics

BEFORE = ("available", "", "at my desk")
PHONE = "2049"
SAVER = "org.gnome.ScreenSaver"


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A desk that nobody touches but the test, and where a second is long."""
    monkeypatch.setattr("board.status.idle.RETURN_SECONDS", 0.1)
    with x11_display() as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield name


@pytest.fixture(params=("message", "ami"))
def user(request: pytest.FixtureRequest, asterisk: Asterisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody at the shared Asterisk who is at their desk."""
    monkeypatch.setenv("BOARD_PASSWORD", PASSWORD)
    monkeypatch.setenv("BOARD_AMI_SECRET", "presence-secret")
    asterisk.set_presence("6001", *BEFORE)
    return User(asterisk, tmp_path, link=request.param)


@pytest.fixture
def proposals(monkeypatch: pytest.MonkeyPatch) -> list[Proposal | None]:
    """What is proposed, in order."""
    told, propose = list[Proposal | None](), CarryingSession.propose

    def spy(session: CarryingSession, proposal: Proposal | None) -> None:
        told.append(proposal)
        propose(session, proposal)

    monkeypatch.setattr(CarryingSession, "propose", spy)
    return told


@asynccontextmanager
async def carrying(user: User, rules: Rules) -> AsyncIterator[CarryingSession]:
    """Watch and carry as the window does, by these rules."""
    office = await open_office(load(user.home / "board.toml"))
    make = partial(Session, office, Roster(office.contacts), lambda _: None, lambda _: None)
    session = await CarryingSession.open(office, user.home, make, automation=Automation(rules))
    session.start()
    try:
        yield session
    finally:
        await session.stop()


async def until_shown(user: User, wanted: Callable[[tuple[str, str, str]], bool]) -> None:
    """Wait until the PBX has what is wanted."""
    await asyncio.to_thread(until, lambda: wanted(user.shown()))


async def test_an_idle_desk_is_away_until_somebody_is_back(user: User, display: str) -> None:
    async with carrying(user, Rules(away_after=1.0, extended_after=3.0)):
        await until_shown(user, lambda shown: shown == ("away", "", ""))
        await until_shown(user, lambda shown: shown == ("xa", "", ""))
        await asyncio.to_thread(touch, display)
        await until_shown(user, lambda shown: shown == BEFORE)


async def test_who_chose_a_status_keeps_it(user: User, display: str, proposals: list[Proposal | None]) -> None:
    chosen = Presence(PresenceState.DND, "", "deep in thought")
    await asyncio.to_thread(touch, display)
    async with carrying(user, Rules(away_after=1.0)) as session:
        await session.choose(Choice(chosen))
        await until_shown(user, lambda shown: shown == ("dnd", "", "deep in thought"))
        await asyncio.to_thread(until, lambda: proposals and proposals[-1])
        proposed = time.monotonic()
        await until_shown(user, lambda _: time.monotonic() > proposed + 2)  # many looks of the outbox
        assert await asyncio.to_thread(user.shown) == ("dnd", "", "deep in thought")
        assert {record.wish.manner for record in await session.history(9)} == {Manner.MANUAL}


@pytest.mark.parametrize("user", ["message"], indirect=True)
async def test_what_a_phone_chose_meanwhile_stays(user: User, display: str) -> None:
    async with carrying(user, Rules(away_after=1.0)):
        await until_shown(user, lambda shown: shown[0] == "away")
        await asyncio.to_thread(user.asterisk.set_presence, "6001", "dnd", "", "from a phone")
        await asyncio.to_thread(touch, display)
        touched = time.monotonic()
        await until_shown(user, lambda _: time.monotonic() > touched + 4)  # back, and idle once more
        assert await asyncio.to_thread(user.shown) == ("dnd", "", "from a phone")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A desktop's session bus; there is no logind."""
    with bus_daemon(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
        yield address


async def test_the_program_notices_all_that_it_shall(bus: str, asterisk: Asterisk, tmp_path: Path) -> None:
    """In a meeting, in a call, ended, begun again, locked, logged out: one after the other in the real program."""
    user, calendar = _somebody(asterisk, tmp_path), tmp_path / "work.ics"
    calendar.write_bytes(_meeting("Budget"))
    with (user.home / "board.toml").open("a") as config:
        config.write('[automatic]\naway_after = 0\nwhen_locked = "away"\nwhen_in_call = "xa"\n')
        config.write(f'when_quit = "unavailable"\n[[calendar]]\naddress = "{calendar}"\ntitles = true\n')
    async with running(user) as program:
        await until_shown(user, _is_in_meeting)
        await asyncio.to_thread(asterisk.set_device, PHONE, "INUSE")
        await until_shown(user, lambda shown: shown == ("xa", "on the phone", ""))
        await asyncio.to_thread(asterisk.set_device, PHONE, "NOT_INUSE")
        await until_shown(user, _is_in_meeting)
        program.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(program.wait, WAIT) == 0
        assert await asyncio.to_thread(user.shown) == ("unavailable", "", "")
    calendar.write_bytes(ics())
    saver, manager = await screen_saver(bus, SAVER), await session_manager(bus)
    async with running(user):
        await until_shown(user, lambda shown: shown == BEFORE)
        await saver.emit("/org/gnome/ScreenSaver", SAVER, "ActiveChanged", "b", True)
        await until_shown(user, lambda shown: shown == ("away", "", ""))
        await saver.emit("/org/gnome/ScreenSaver", SAVER, "ActiveChanged", "b", False)
        await until_shown(user, lambda shown: shown == BEFORE)
        await manager.emit(CLIENT_PATH, CLIENT, "EndSession", "u", 0)
        await asyncio.to_thread(until, lambda: "EndSessionResponse" in dict(manager.called))
        assert await asyncio.to_thread(user.shown) == ("unavailable", "", "")
    await saver.close()
    await manager.close()


async def test_a_meeting_is_not_told_by_a_program_that_has_ended(asterisk: Asterisk, tmp_path: Path) -> None:
    user, calendar = _somebody(asterisk, tmp_path), tmp_path / "work.ics"
    calendar.write_bytes(_meeting("Budget"))
    with (user.home / "board.toml").open("a") as config:
        config.write(f'[automatic]\naway_after = 0\n[[calendar]]\naddress = "{calendar}"\n')
    async with running(user) as program:
        await until_shown(user, lambda shown: shown[:2] == ("dnd", "in a meeting"))
        program.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(program.wait, WAIT) == 0
    assert user.shown() == BEFORE


def _somebody(asterisk: Asterisk, folder: Path) -> User:
    """Return the user of a phone that a test plays."""
    asterisk.set_presence(PHONE, *BEFORE)
    asterisk.set_device(PHONE, "NOT_INUSE")
    user = User(asterisk, folder, link="ami")
    config = user.home / "board.toml"
    config.write_text(config.read_text().replace('own_extension = "6001"', f'own_extension = "{PHONE}"'))
    user.extension = PHONE
    return user


def _meeting(title: str) -> bytes:
    now = datetime.now(UTC)
    first, last = (now + timedelta(minutes=minutes) for minutes in (-5, 60))
    return ics(f"DTSTART:{first:%Y%m%dT%H%M%SZ}\nDTEND:{last:%Y%m%dT%H%M%SZ}\nSUMMARY:{title}")


def _is_in_meeting(shown: tuple[str, str, str]) -> bool:
    state, subtype, message = shown
    return (state, subtype) == ("dnd", "in a meeting") and message.startswith("Budget, until ")


@asynccontextmanager
async def running(user: User) -> AsyncIterator[subprocess.Popen[str]]:
    """Have the window run meanwhile."""
    process = user.begin("run")
    try:
        yield process
    finally:
        await asyncio.to_thread(end, process)
