# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Statuses in a presence core of ours: the one of a data folder, with and without a serve on it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from board.control import ControlServer
from board.core_calls import Caller, Warnings
from board.events import Address, StateNotified
from board.links.core import StoredCore
from board.links.outbox import Outbox
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxStore
from board.links.wish import Standing, Target, Wish
from board.pidf.document import Document
from board.places import CORE_STORE
from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import Event, PresenceStateChange
from board.presence.store import Store
from board.presence.value import NOT_SET, Presence, value_of
from board.sip.messages import RequestAnswered
from board.states import PresenceState
from board.status.choice import Choice, Manner

NOW = 1_800_000_000.0
MINE, HERS = Target("office", "CustomPresence:2000"), Target("office", "CustomPresence:2001")
AWAY = Presence(PresenceState.AWAY, "lunch", 'Back, "soon" 🏖 שלום')
DND = Presence(PresenceState.DND)


class Board:
    """A board without a PBX, its clock, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.wall = NOW
        self.told = list[Wish]()
        self.core = StoredCore(folder, None)
        self.store = OutboxStore(folder)
        setter = Setter("office", LinkKind.CORE, "2000", core=self.core)
        clock = lambda: self.wall  # noqa: E731
        self.outbox = Outbox(self.store, [setter], self._message, self._publish, self.told.append, clock=clock)

    async def choose(self, choice: Choice, target: Target) -> Standing:
        [wish] = self.outbox.choose(choice, target)
        return await self.ended(wish.number)

    async def ended(self, number: int) -> Standing:
        async with asyncio.timeout(10):
            while not (found := [w for w in self.told if w.number >= number and not w.is_open]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return found[-1].standing

    async def _message(self, *_: object) -> tuple[int, str]:
        raise AssertionError("no MESSAGE was asked for")

    async def _publish(self, *_: object) -> RequestAnswered:
        raise AssertionError("no PUBLISH was asked for")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Board]:
    found = Board(folder)
    found.outbox.start()
    try:
        yield found
    finally:
        await found.outbox.stop()
        found.store.close()


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[Board]:
    async with opened(tmp_path) as found:
        yield found


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / CORE_STORE) as store:
        yield store


def set_in(store: Store, target: Target, presence: Presence) -> None:
    PresenceCore(store).set_presence(target.entity, value_of(presence), Origin(time.time(), "somebody", "test"))


def shown_in(store: Store, target: Target) -> Presence | None:
    return PresenceCore(store).custom.read(target.entity.partition(":")[2])


async def test_a_status_is_in_the_store_and_read_back(board: Board, stored: Store) -> None:
    for target in (MINE, HERS):
        assert await board.choose(Choice(AWAY), target) is Standing.CONFIRMED
        assert shown_in(stored, target) == AWAY
        assert await board.core.read(target.entity) == AWAY
    assert [change.origin.source for change in stored.history("CustomPresence")] == ["status", "status"]


async def test_a_serve_on_the_folder_tells_its_watchers_at_once(board: Board, stored: Store, tmp_path: Path) -> None:
    warnings, heard = Warnings(), list[Event]()
    core = PresenceCore(stored, (), warnings)
    core.listen(heard.append)
    caller = Caller(core, Console(core, "core"), warnings, time.time, "serve")
    control = await ControlServer.open(tmp_path, caller)
    assert control is not None
    try:
        assert await board.choose(Choice(AWAY), MINE) is Standing.CONFIRMED
    finally:
        await control.close()
    assert [event.presence for event in heard if isinstance(event, PresenceStateChange)] == [AWAY]


async def test_somebody_elses_status_runs_out_too(board: Board, stored: Store) -> None:
    await board.choose(Choice(DND, NOW + 60), HERS)
    [wish] = board.store.wishes("office")
    board.wall += 60
    assert await board.ended(wish.number + 1) is Standing.CONFIRMED
    assert shown_in(stored, HERS) == NOT_SET


async def test_what_was_set_elsewhere_without_a_word_stays(board: Board, stored: Store) -> None:
    await board.choose(Choice(DND, NOW + 60), HERS)
    [wish] = board.store.wishes("office")
    set_in(stored, HERS, AWAY)
    board.wall += 60
    assert await board.ended(wish.number + 1) is Standing.DROPPED
    assert board.told[-1].manner is Manner.RETURN
    assert shown_in(stored, HERS) == AWAY


async def test_what_the_subscription_tells_is_looked_up(board: Board, stored: Store) -> None:
    await board.choose(Choice(DND, NOW + 60), MINE)
    set_in(stored, MINE, AWAY)
    board.outbox.take(StateNotified(Address("office", "2000"), Document(""), 0.0))
    async with asyncio.timeout(10):
        while board.told[-1].over_at is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    board.wall += 60
    await board.outbox.settle()
    assert shown_in(stored, MINE) == AWAY


async def test_a_damaged_store_makes_it_wait(tmp_path: Path) -> None:
    (tmp_path / CORE_STORE).write_bytes(b"no database" * 100)
    async with opened(tmp_path) as board:
        [wish] = board.outbox.choose(Choice(AWAY), MINE)
        async with asyncio.timeout(10):
            while not board.told[-1].waited:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        (tmp_path / CORE_STORE).unlink()
        assert await board.ended(wish.number) is Standing.CONFIRMED
