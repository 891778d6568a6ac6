# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Automatic statuses: always below what a person chose, and what was before them returns."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from board.links.store import OutboxStore
from board.links.wish import Standing
from board.presence.value import NOT_SET, Presence
from board.states import PresenceState
from board.status.automatic import Proposal
from board.status.choice import Choice, Manner
from tests.fakes.message_pbx import MessagePbx

NOW = 1_800_000_000.0
MINUTE = 60.0
HERE = Presence(PresenceState.AVAILABLE, "", "at my desk")
IDLE, LONG_IDLE = Presence(PresenceState.AWAY, "idle"), Presence(PresenceState.XA, "idle")
MEETING = Presence(PresenceState.DND, "meeting")
LUNCH = Presence(PresenceState.AWAY, "lunch")
PHONE = Presence(PresenceState.AVAILABLE, "", "from a phone")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    with OutboxStore(tmp_path) as opened:
        yield opened


@pytest.fixture
def pbx(store: OutboxStore) -> MessagePbx:
    found = MessagePbx(HERE, NOW)
    found.board(store)
    return found


async def propose(pbx: MessagePbx, presence: Presence | None, since: float = NOW) -> None:
    pbx.wall += MINUTE
    pbx.outbox.propose(None if presence is None else Proposal(presence, since))
    await pbx.outbox.settle()


async def choose(pbx: MessagePbx, presence: Presence, until: float | None = None) -> None:
    pbx.outbox.choose(Choice(presence, until))
    await pbx.outbox.settle()


@pytest.mark.parametrize("before", [HERE, NOT_SET])
async def test_it_shows_while_its_cause_lasts(pbx: MessagePbx, before: Presence) -> None:
    pbx.set(before)
    pbx.wall += MINUTE
    await propose(pbx, IDLE, pbx.wall + 1)
    assert pbx.shows == IDLE
    await propose(pbx, IDLE, pbx.wall)
    await propose(pbx, None)
    assert pbx.shows == before
    assert [wish.manner for wish in pbx.told if wish.standing is Standing.CONFIRMED] == [
        Manner.AUTOMATIC,
        Manner.RETURN,
    ]


async def test_stages_and_other_causes_follow_each_other_and_the_first_one_returns(pbx: MessagePbx) -> None:
    for presence, since in ((IDLE, NOW), (LONG_IDLE, NOW), (MEETING, NOW + 120), (IDLE, NOW)):
        await propose(pbx, presence, since)
        assert pbx.shows == presence
    await propose(pbx, None)
    assert pbx.shows == HERE


@pytest.mark.parametrize(
    "state",
    [PresenceState.AWAY, PresenceState.DND, PresenceState.CHAT, PresenceState.XA, PresenceState.UNAVAILABLE],
)
async def test_whoever_shows_something_else_meant_it(pbx: MessagePbx, state: PresenceState) -> None:
    pbx.set(Presence(state))
    await propose(pbx, IDLE, NOW + 1)
    await propose(pbx, None)
    assert pbx.sent == []


async def test_what_was_chosen_after_its_cause_began_stays(pbx: MessagePbx) -> None:
    await propose(pbx, IDLE)
    await choose(pbx, HERE)
    await propose(pbx, LONG_IDLE)
    assert pbx.shows == HERE
    await propose(pbx, IDLE, pbx.wall)  # a new cause
    assert pbx.shows == IDLE


@pytest.mark.parametrize("until", [None, NOW + 5 * MINUTE])
async def test_what_was_chosen_after_its_cause_began_stays_after_a_restart_too(
    pbx: MessagePbx, tmp_path: Path, until: float | None
) -> None:
    pbx.wall += MINUTE
    await choose(pbx, Presence(PresenceState.AVAILABLE, "", "here all the same"), until)
    pbx.wall += 10 * MINUTE
    await pbx.outbox.settle()
    sent = len(pbx.sent)
    pbx.outbox.store.close()
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await propose(pbx, IDLE)
    assert len(pbx.sent) == sent


async def test_a_timed_choice_stays_and_is_no_reason_to_come_later(pbx: MessagePbx) -> None:
    here = Presence(PresenceState.AVAILABLE, "customers")
    await choose(pbx, here, pbx.wall + 10 * MINUTE)
    await propose(pbx, IDLE, pbx.wall + 1)
    assert pbx.shows.state is PresenceState.AVAILABLE
    pbx.wall += 20 * MINUTE
    await pbx.outbox.settle()
    await pbx.outbox.settle()
    assert pbx.shows == IDLE  # the choice has run out, and its cause began after it
    await propose(pbx, None)
    assert pbx.shows == HERE


async def test_a_choice_in_its_place_takes_over_what_returns(pbx: MessagePbx) -> None:
    await propose(pbx, IDLE)
    await choose(pbx, LUNCH, pbx.wall + 10 * MINUTE)
    await propose(pbx, None)
    assert pbx.shows.subtype == "lunch"
    pbx.wall += 20 * MINUTE
    await pbx.outbox.settle()
    assert pbx.shows == HERE


async def test_a_phone_dismisses_it_until_its_cause_ends(pbx: MessagePbx) -> None:
    await propose(pbx, IDLE)
    pbx.set(PHONE)
    await propose(pbx, LONG_IDLE)
    await propose(pbx, None)
    assert (pbx.shows, len(pbx.sent)) == (PHONE, 1)
    await propose(pbx, IDLE, pbx.wall)
    assert pbx.shows == IDLE


async def test_a_phone_that_sets_available_while_it_does_not_apply_counts_too(pbx: MessagePbx) -> None:
    pbx.set(MEETING)
    await propose(pbx, IDLE)
    pbx.set(PHONE)
    await propose(pbx, IDLE)
    assert pbx.shows == PHONE


async def test_after_a_crash_it_ends_when_nothing_proposes_it_any_more(pbx: MessagePbx, tmp_path: Path) -> None:
    await propose(pbx, IDLE)
    pbx.outbox.store.close()
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await pbx.outbox.settle()
        assert pbx.shows == IDLE  # nobody has looked yet
        await propose(pbx, None)
        assert pbx.shows == HERE


async def test_after_a_crash_it_goes_on_while_its_cause_does(pbx: MessagePbx, tmp_path: Path) -> None:
    await propose(pbx, IDLE)
    pbx.outbox.store.close()
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await propose(pbx, IDLE)
        assert len(pbx.sent) == 1
        await propose(pbx, None)
    assert pbx.shows == HERE


async def test_while_the_pbx_is_away_nothing_is_kept_and_the_cause_is_looked_at_when_it_is_back(
    pbx: MessagePbx,
) -> None:
    pbx.die()
    await propose(pbx, IDLE)
    assert pbx.outbox.history(9) == ()
    pbx.notify()
    await pbx.outbox.settle()
    assert pbx.shows == IDLE
    pbx.die()
    await propose(pbx, None)
    pbx.notify()
    await pbx.outbox.settle()
    assert pbx.shows == HERE


async def test_one_that_a_pbx_refuses_is_not_tried_again_and_again(pbx: MessagePbx) -> None:
    pbx.refuses = True
    await propose(pbx, IDLE)
    assert pbx.told[-1].standing is Standing.REFUSED
    for _ in range(3):
        await propose(pbx, IDLE)
    assert len(pbx.sent) == 1
    pbx.refuses = False
    await propose(pbx, IDLE, pbx.wall)
    assert pbx.shows == IDLE


async def test_one_that_no_pbx_could_carry_is_told_once(pbx: MessagePbx, caplog: pytest.LogCaptureFixture) -> None:
    await propose(pbx, Presence(PresenceState.DND, "", "x" * 300))
    await pbx.outbox.settle()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert pbx.sent == []
