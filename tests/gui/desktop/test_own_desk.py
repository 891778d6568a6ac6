# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The setters of all windows show the same, and what is chosen in one reaches the session once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from board.carrying import CarryingSession
from board.desktop.own_desk import NOT_YET, OwnDesk
from board.links.own import OwnStatus
from board.links.store import OutboxError
from board.links.wish import Standing, Target, Wish
from board.loop import Tasks
from board.presence.value import Presence
from board.preset_file import PresetKeeper, load_presets
from board.states import PresenceState
from board.status.choice import Choice
from board.status.preset import OFFICE, Preset
from board.ui.look import Look
from board.ui.setter import StatusSetter
from board.ui.setter_words import Tone
from tests.gui.conftest import NOW, Clock
from tests.gui.hands import texts

OWN = Target("office", "CustomPresence:2000")
DND, LUNCH = Choice(Presence(PresenceState.DND)), Choice(Presence(PresenceState.AWAY, "lunch"))


class FakeSession:
    """Keeps what is asked; `own` is what it tells."""

    def __init__(self) -> None:
        self.own: tuple[OwnStatus, ...] = (OwnStatus(OWN),)
        self.chosen: list[Choice] = []
        self.fault = ""

    async def recents(self, _limit: int) -> tuple[Choice, ...]:
        return (LUNCH,)

    async def choose(self, choice: Choice) -> None:
        if self.fault:
            raise OutboxError(self.fault)
        self.chosen.append(choice)


class Office:
    """A desk with two setters, and the session behind it."""

    def __init__(self, look: Look, clock: Clock, folder: Path) -> None:
        self.tasks, self.session, self.path = Tasks(), FakeSession(), folder / "presets.toml"
        self.desk = OwnDesk(self.tasks, PresetKeeper(self.path))
        self.setters = [StatusSetter(look, clock) for _ in range(2)]
        self.glances: list[Tone] = []
        self.setters[1].glanced.connect(lambda glance: self.glances.append(glance.tone))
        for setter in self.setters:
            self.desk.serve(setter)

    async def open(self) -> None:
        self.desk.open(cast(CarryingSession, self.session))
        await asyncio.gather(*self.tasks._running)

    def tell(self, status: OwnStatus) -> None:
        self.session.own = (status,)
        self.desk.changed(status)


@pytest.fixture
async def office(look: Look, clock: Clock, tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(look, clock, tmp_path)
    yield made
    await made.tasks.close()
    for setter in made.setters:
        setter.deleteLater()


async def test_what_is_chosen_in_one_setter_shows_in_all(office: Office) -> None:
    await office.open()
    office.setters[0].choose_recent(DND)
    await asyncio.gather(*office.tasks._running)
    assert office.session.chosen == [DND]
    office.tell(OwnStatus(OWN, LUNCH.presence, True, Wish(1, OWN, DND.presence, NOW)))
    office.tell(OwnStatus(OWN, DND.presence, True, Wish(1, OWN, DND.presence, NOW, Standing.CONFIRMED)))
    assert office.glances[-2:] == [Tone.PENDING, Tone.SEEN]
    await asyncio.gather(*office.tasks._running)
    assert office.desk.recents == (LUNCH,)


async def test_nothing_can_be_chosen_before_there_is_a_session(office: Office) -> None:
    assert NOT_YET in texts(office.setters[0])
    office.setters[0].choose_recent(DND)
    await office.open()
    assert office.session.chosen == []
    assert NOT_YET not in texts(office.setters[0])
    office.desk.bar("the PBX lets nobody")
    assert "the PBX lets nobody" in texts(office.setters[1])


async def test_a_session_that_cannot_set_the_own_status_keeps_it_barred(office: Office) -> None:
    office.desk.bar("no own_extension")
    office.session.own = ()
    await office.open()
    assert "no own_extension" in texts(office.setters[0])


async def test_what_could_not_be_kept_is_told_in_a_line(office: Office) -> None:
    await office.open()
    office.session.fault = "the outbox /home/x cannot be used: disk full"
    office.setters[0].choose_recent(DND)
    await asyncio.gather(*office.tasks._running)
    assert office.session.fault in texts(office.setters[0])


async def test_presets_are_kept_and_found_again(office: Office, look: Look, clock: Clock, tmp_path: Path) -> None:
    assert office.setters[0].page.presets.presets == OFFICE
    mine = (Preset("Desk", DND.presence, "1 h"),)
    office.setters[0].presets_edited.emit(mine)
    await asyncio.gather(*office.tasks._running)
    assert load_presets(office.path) == mine == office.setters[1].page.presets.presets
    again = Office(look, clock, tmp_path)
    await again.desk.load_presets()
    assert again.setters[0].page.presets.presets == mine
    office.path.write_text("rubbish")
    await again.desk.load_presets()
    assert any("presets.toml" in text for text in texts(again.setters[0]))
    for setter in again.setters:
        setter.deleteLater()
