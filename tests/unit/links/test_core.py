# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Statuses in a presence core of ours: the one of a data folder, with and without a serve on it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from board.control import ControlServer
from board.core_calls import Caller, Warnings
from board.events import Address, StateNotified
from board.links.core import StoredCore
from board.links.outbox import Outbox
from board.links.own import OwnStatus
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxStore
from board.links.wish import Standing, Target, Wish
from board.pidf.document import Document
from board.places import CORE_STORE
from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import Event, PresenceStateChange
from board.presence.store import Store, StoreError
from board.presence.value import NOT_SET, Presence, Refused, value_of
from board.sip.messages import RequestAnswered
from board.states import PresenceState
from board.status.automatic import Proposal
from board.status.choice import Choice, Manner

NOW = 1_800_000_000.0
MINE, HERS = Target("office", "CustomPresence:2000"), Target("office", "CustomPresence:2001")
AWAY = Presence(PresenceState.AWAY, "lunch", 'Back, "soon" 🏖 שלום')
DND = Presence(PresenceState.DND)


class ShakyCore(StoredCore):
    """The core of a folder; what `fails` says cannot be done meanwhile. `failed` counts how often it was tried."""

    fails: frozenset[str] = frozenset()
    failed = 0

    async def write(self, entity: str, presence: Presence) -> None:
        if "write" in self.fails:
            raise StoreError("the disk is away")
        await super().write(entity, presence)

    async def read(self, entity: str) -> Presence | None:
        if "read" in self.fails:
            self.failed += 1
            raise StoreError("the disk is away")
        return await super().read(entity)


class Board:
    """A board without a PBX, its clock, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.wall = NOW
        self.told = list[Wish]()
        self.own = list[OwnStatus]()
        self.core = ShakyCore(folder, None)
        self.store = OutboxStore(folder)
        setter = Setter("office", LinkKind.CORE, "2000", core=self.core)
        clock = lambda: self.wall  # noqa: E731
        hear = (self.told.append, self.own.append)
        self.outbox = Outbox(self.store, [setter], self._message, self._publish, *hear, clock=clock)

    async def choose(self, choice: Choice, target: Target) -> Standing:
        [wish] = self.outbox.choose(choice, target)
        return await self.ended(wish.number)

    async def ended(self, number: int) -> Standing:
        await self.until(lambda: any(wish.number >= number and not wish.is_open for wish in self.told))
        return self.told[-1].standing

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 (the disk tells nobody)
                await asyncio.sleep(0.01)

    async def _message(self, *_: object) -> tuple[int, str]:
        raise AssertionError("no MESSAGE was asked for")

    async def _publish(self, *_: object) -> RequestAnswered:
        raise AssertionError("no PUBLISH was asked for")


@asynccontextmanager
async def opened(folder: Path, fails: str = "") -> AsyncIterator[Board]:
    found = Board(folder)
    found.core.fails = frozenset({fails})
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
    await board.until(lambda: board.told[-1].over_at is not None)
    board.wall += 60
    await board.outbox.settle()
    assert shown_in(stored, MINE) == AWAY


async def test_a_damaged_store_makes_it_wait(tmp_path: Path) -> None:
    (tmp_path / CORE_STORE).write_bytes(b"no database" * 100)
    async with opened(tmp_path) as board:
        [wish] = board.outbox.choose(Choice(AWAY), MINE)
        await board.until(lambda: board.told[-1].waited)
        (tmp_path / CORE_STORE).unlink()
        assert await board.ended(wish.number) is Standing.CONFIRMED


async def test_the_own_status_is_read_as_soon_as_it_can_be_and_told_as_old_while_it_cannot(tmp_path: Path) -> None:
    async with opened(tmp_path, fails="read") as board:
        await board.until(lambda: board.core.failed > 0)
        board.core.fails = frozenset()
        await board.until(lambda: bool(board.own) and board.own[-1].live)
        assert board.own[-1].reading == NOT_SET
        board.core.fails = frozenset({"read", "write"})
        [wish] = board.outbox.choose(Choice(AWAY), MINE)
        await board.until(lambda: not board.own[-1].live)
        assert board.own[-1].wish is not None
        board.core.fails = frozenset()
        assert await board.ended(wish.number) is Standing.CONFIRMED
        assert (board.own[-1].reading, board.own[-1].live) == (AWAY, True)


async def test_what_could_not_be_written_is_written_later(board: Board) -> None:
    board.core.fails = frozenset({"write"})
    [wish] = board.outbox.choose(Choice(AWAY), MINE)
    await board.until(lambda: bool(board.told) and board.told[-1].standing is Standing.SENT)
    board.core.fails = frozenset()
    assert await board.ended(wish.number) is Standing.CONFIRMED


async def test_a_proposal_gives_way_to_what_was_set_without_a_word(board: Board, stored: Store) -> None:
    await board.until(lambda: bool(board.own) and board.own[-1].live)
    set_in(stored, MINE, DND)
    board.outbox.propose(Proposal(AWAY, NOW))
    assert await board.ended(1) is Standing.DROPPED
    assert shown_in(stored, MINE) == DND


@pytest.mark.parametrize("served", [True, False])
async def test_what_a_core_refuses_is_told(board: Board, stored: Store, tmp_path: Path, served: bool) -> None:
    core, warnings = PresenceCore(stored), Warnings()
    caller = Caller(core, Console(core, "core"), warnings, time.time, "serve")
    control = await ControlServer.open(tmp_path, caller) if served else None
    with pytest.raises(Refused, match="can only set CustomPresence"):
        await board.core.write("Other:1", AWAY)
    if control is not None:
        await control.close()
    assert await board.choose(Choice(AWAY), Target("office", "Other:1")) is Standing.REFUSED
    assert "the presence core refused: " in board.told[-1].reason
