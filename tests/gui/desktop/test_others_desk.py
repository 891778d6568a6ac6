# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is chosen for somebody else reaches the session, and why it could not be kept comes back."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from board.carrying import CarryingSession
from board.desktop.others_desk import OthersDesk
from board.desktop.own_desk import OwnDesk
from board.events import Address
from board.links.own import OwnStatus
from board.links.store import OutboxError, Record
from board.links.wish import Standing, Target, Wish
from board.loop import Tasks
from board.presence.value import Presence
from board.preset_file import PresetKeeper
from board.roster.contact import Contact
from board.roster.tile import Tile
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import OFFICE
from board.ui.look import Look
from board.ui.window import MainWindow
from tests.gui.conftest import NOW, Clock
from tests.gui.hands import texts

BOB, EVE = Address("office", "2001"), Address("office", "2002")
DND = Choice(Presence(PresenceState.DND))


class FakeSession:
    """Lets Bob's status be set, and keeps what is asked."""

    def __init__(self) -> None:
        self.own = (OwnStatus(Target("office", "2000")),)
        self.chosen: list[tuple[Choice, Target | None]] = []
        self.fault = ""

    def can_set(self, address: Address) -> bool:
        return address == BOB

    def target_of(self, address: Address) -> Target | None:
        return Target(address.pbx, address.extension) if address == BOB else None

    async def recents(self, _limit: int) -> tuple[Choice, ...]:
        return ()

    async def history(self, _limit: int) -> tuple[Record, ...]:
        wish = Wish(1, Target("office", "CustomPresence:2001"), DND.presence, NOW, Standing.CONFIRMED)
        return (Record(wish, "anna (2000)"),)

    async def choose(self, choice: Choice, target: Target | None = None) -> None:
        if self.fault:
            raise OutboxError(self.fault)
        self.chosen.append((choice, target))


async def opened(session: FakeSession, tasks: Tasks, own: OwnDesk) -> None:
    own.open(cast(CarryingSession, session))
    await settle(tasks)


async def settle(tasks: Tasks) -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def window(look: Look, clock: Clock) -> MainWindow:
    return MainWindow([Tile(Contact(BOB, "Bob Brown")), Tile(Contact(EVE, "Eve"))], look, clock)


async def test_what_is_chosen_for_somebody_reaches_the_session(window: MainWindow, tmp_path: Path) -> None:
    tasks, session, seen = Tasks(), FakeSession(), list[Address]()
    own = OwnDesk(tasks, PresetKeeper(tmp_path / "presets.json"))
    desk = OthersDesk(tasks, own, seen.append)
    desk.serve(window)
    assert window.others.setter.page.presets.presets == OFFICE
    window.others.presets_edited.emit(OFFICE[:1])
    assert window.others.setter.page.presets.presets == own.presets == OFFICE[:1]
    desk.choose(BOB, DND)
    assert not desk.can_set(BOB)
    await opened(session, tasks, own)
    window.board.setCurrentIndex(window.proxy.index_of(BOB))
    assert window.details.set_status.isVisibleTo(window)
    window.status_chosen_for.emit(BOB, DND)
    window.failure_seen.emit(BOB)
    await settle(tasks)
    assert (session.chosen, seen) == ([(DND, Target("office", "2001"))], [BOB])
    assert "anna (2000) set Do not disturb — confirmed" in texts(window.details)
    own.bar("gone")
    assert not window.details.set_status.isVisibleTo(window)
    await tasks.close()
    window.deleteLater()


async def test_what_could_not_be_kept_is_said_where_it_was_chosen(window: MainWindow, tmp_path: Path) -> None:
    tasks, session, said = Tasks(), FakeSession(), list[tuple[Address, str]]()
    own = OwnDesk(tasks, PresetKeeper(tmp_path / "presets.json"))
    desk = OthersDesk(tasks, own, lambda _: None)
    desk._failed.connect(lambda address, reason: said.append((address, reason)))
    desk.serve(window)
    await opened(session, tasks, own)
    session.fault = "the disk is full"
    desk.choose(BOB, DND)
    desk.choose(EVE, DND)
    await settle(tasks)
    assert said == [
        (BOB, "the disk is full"),
        (EVE, "the link to office does not let this board set the status of others"),
    ]
    await tasks.close()
    window.deleteLater()
