# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bridge between a session and the outbox in its thread: nobody who clicks waits for a disk."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from board.carrying import CarryingSession, open_session
from board.events import Address, StateNotified, WatchEvent
from board.links.own import OwnStatus
from board.links.setter import LinkKind, Setter
from board.links.store import NAME, OutboxError, OutboxStore
from board.links.wish import Standing, Target, Wish
from board.office import Office
from board.pidf.document import Document
from board.presence.value import Presence, decode
from board.session import Session
from board.states import PresenceState
from board.status.automatic import Proposal
from board.status.choice import Choice

OWN = Address("office", "2000")
MINE = Target("office", "CustomPresence:2000")
OFFICE = Office((), (), {}, (Setter("office", LinkKind.MESSAGE, "2000"),))
AWAY, DND = Presence(PresenceState.AWAY, "lunch", "Back, at 2"), Presence(PresenceState.DND)


class FakeSession:
    """A session at a PBX that does what it is told; it insists on its own thread."""

    def __init__(self, on_event: Callable[[WatchEvent], None], also: Iterable[Address]) -> None:
        self.also = tuple(also)
        self.running = False
        self.answers = asyncio.Event()
        self.answers.set()
        self._on_event = on_event
        self._thread = threading.get_ident()

    def start(self) -> None:
        self.running = True
        self.notify(Presence(PresenceState.AVAILABLE))

    async def stop(self) -> None:
        self.running = False

    async def message(self, pbx: str, user: str, content_type: str, body: bytes) -> tuple[int, str]:
        assert threading.get_ident() == self._thread
        await self.answers.wait()
        state, subtype, message = body.decode().split("|")
        self.notify(Presence(PresenceState(state), decode(subtype), decode(message)))
        return 202, "Accepted"

    def notify(self, shown: Presence) -> None:
        document = Document("", presence=shown.state, subtype=shown.subtype, message=shown.message)
        self._on_event(StateNotified(OWN, document, time.time()))


class Bench:
    """A carrying session over a fake one, and what it tells, on this thread alone."""

    def __init__(self) -> None:
        self.wishes = list[Wish]()
        self.own = list[OwnStatus]()
        self._told = asyncio.Event()
        self._thread = threading.get_ident()

    async def open(self, folder: Path) -> CarryingSession:
        self.session = await CarryingSession.open(OFFICE, folder, self._make, self._on_wish, self._on_own)
        return self.session

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self._told.clear()
                await self._told.wait()

    def _make(self, **wiring: Any) -> Session:
        self.fake = FakeSession(**wiring)
        return cast(Session, self.fake)

    def _on_wish(self, wish: Wish) -> None:
        assert threading.get_ident() == self._thread
        self.wishes.append(wish)
        self._told.set()

    def _on_own(self, status: OwnStatus) -> None:
        assert threading.get_ident() == self._thread
        self.own.append(status)
        self._told.set()


async def test_a_choice_is_on_the_disk_and_then_read_back(tmp_path: Path) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    assert bench.fake.also == (OWN,)
    assert session.own == (OwnStatus(MINE),)
    [wish] = await session.choose(Choice(AWAY))
    with OutboxStore(tmp_path) as other:
        assert other.open_wishes("office")[0].number == wish.number
    session.start()
    await bench.until(lambda: bool(bench.wishes) and bench.wishes[-1].standing is Standing.CONFIRMED)
    await bench.until(lambda: session.own[0].reading == AWAY and session.own[0].wish == bench.wishes[-1])
    assert await session.recents(5) == (Choice(AWAY),)
    assert [line.wish.standing for line in await session.history(5)] == [Standing.CONFIRMED]
    assert await session.find(wish.number) == bench.wishes[-1]
    await session.stop()
    assert not bench.fake.running


async def test_a_proposal_shows_and_ends(tmp_path: Path) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    session.start()
    session.propose(Proposal(DND, time.time()))
    await bench.until(lambda: bool(bench.own) and bench.own[-1].reading == DND)
    session.propose(None)
    await bench.until(lambda: bench.own[-1].reading == Presence(PresenceState.AVAILABLE))
    await session.stop()


async def test_what_is_under_way_at_the_end_stays_on_the_disk_for_the_next_one(tmp_path: Path) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    bench.fake.answers.clear()
    session.start()
    await session.choose(Choice(AWAY))
    await bench.until(lambda: bool(bench.wishes) and bench.wishes[-1].standing is Standing.SENT)
    await session.stop()
    again = Bench()
    session = await again.open(tmp_path)
    session.start()
    await again.until(lambda: bool(again.wishes) and again.wishes[-1].standing is Standing.CONFIRMED)
    await session.stop()


async def test_whose_status_may_be_set(tmp_path: Path) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    assert session.target_of(OWN) == MINE
    assert session.can_set(OWN)
    assert not session.can_set(Address("office", "2001"))
    assert not session.can_set(Address("elsewhere", "2000"))
    await session.stop()
    ami = Office((), (), {}, (Setter("office", LinkKind.AMI, ""),))
    setters = CarryingSession(ami, bench._make, lambda _: None, lambda _: None)
    assert setters.target_of(Address("office", "2001")) == Target("office", "CustomPresence:2001")
    assert setters.own == ()
    await setters._thread.stop(5)


async def test_what_cannot_be_set_is_refused_and_a_bad_outbox_costs_the_setting_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    with pytest.raises(OutboxError, match="bytes long"):
        await session.choose(Choice(Presence(PresenceState.AWAY, "", "x" * 300)))
    await session.stop()
    (tmp_path / NAME).write_bytes(b"no database" * 100)
    with pytest.raises(OutboxError, match=NAME):
        await bench.open(tmp_path)
    plain = await open_session(
        OFFICE, tmp_path, lambda **wiring: bench._make(**{"on_event": print, "also": (), **wiring})
    )
    assert cast(object, plain) is bench.fake
    assert "no status can be set" in caplog.text


async def test_the_disk_is_waited_for_in_the_other_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    session = await bench.open(tmp_path)
    slow = threading.Event()
    add = OutboxStore.add
    monkeypatch.setattr(OutboxStore, "add", lambda *words: (slow.wait(10), add(*words))[1])
    choosing = asyncio.create_task(session.choose(Choice(AWAY)))
    for _ in range(100):  # this loop goes on meanwhile
        await asyncio.sleep(0)
    assert not choosing.done()
    slow.set()
    await choosing
    await session.stop()
