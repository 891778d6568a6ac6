# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Statuses until a time: what was before them returns, unless somebody else set the status; the clock is given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from board.links.store import OutboxError, OutboxStore
from board.links.wish import Standing
from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice, Manner
from board.status.until import shown
from tests.fakes.message_pbx import MINE, MessagePbx

HOUR = 3600.0
NOW = 1_800_000_000.0
HERE = Presence(PresenceState.AVAILABLE, "", "at my desk")
LUNCH = Presence(PresenceState.AWAY, "lunch")
MEETING = Presence(PresenceState.DND, "meeting", "with Bob")
PHONE = Presence(PresenceState.DND, "", "from a phone")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    with OutboxStore(tmp_path) as opened:
        yield opened


@pytest.fixture
def pbx(store: OutboxStore) -> MessagePbx:
    """A PBX where the user is at their desk, and a board before it."""
    found = MessagePbx(HERE, NOW)
    found.board(store)
    return found


async def choose(pbx: MessagePbx, presence: Presence, hours: float | None = 1.0) -> None:
    pbx.outbox.choose(Choice(presence, None if hours is None else pbx.wall + hours * HOUR))
    await pbx.outbox.settle()


async def later(pbx: MessagePbx, hours: float) -> None:
    pbx.wall += hours * HOUR
    await pbx.outbox.settle()


async def test_what_was_before_returns_at_the_end_and_not_before_it(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH)
    assert pbx.shows.state is PresenceState.AWAY
    assert pbx.shows.message.startswith("Back ")
    await later(pbx, 0.99)
    assert len(pbx.sent) == 1
    await later(pbx, 0.01)
    assert pbx.shows == HERE
    assert len(pbx.sent) == 2
    assert pbx.told[-1].manner is Manner.RETURN
    assert pbx.told[-1].standing is Standing.CONFIRMED


async def test_what_a_phone_set_meanwhile_stays_and_nobody_hears_of_an_error(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH)
    pbx.set(PHONE)
    await later(pbx, 2)
    assert (pbx.shows, len(pbx.sent)) == (PHONE, 1)
    assert not any(wish.standing is Standing.REFUSED for wish in pbx.told)
    assert pbx.own[-1].wish is not None
    assert not pbx.own[-1].wish.stands
    assert len(pbx.outbox.history(9)) == 1


async def test_a_return_that_finds_something_else_is_dropped_silently(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH)
    pbx.die()
    await later(pbx, 2)
    assert (pbx.told[-1].manner, pbx.told[-1].standing) == (Manner.RETURN, Standing.QUEUED)
    pbx.set(PHONE)
    await pbx.outbox.settle()
    assert (pbx.shows, len(pbx.sent)) == (PHONE, 1)
    assert (pbx.told[-1].manner, pbx.told[-1].standing) == (Manner.RETURN, Standing.DROPPED)


async def test_what_a_phone_set_while_the_program_was_closed_stays(pbx: MessagePbx, tmp_path: Path) -> None:
    await choose(pbx, LUNCH)
    pbx.shows = PHONE
    pbx.wall += 2 * HOUR
    pbx.outbox.store.close()
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await pbx.outbox.settle()
        assert (pbx.shows, len(pbx.sent)) == (PHONE, 1)
        assert not any(wish.standing is Standing.REFUSED for wish in pbx.told)


async def test_a_program_that_was_closed_lets_it_return_at_its_next_start(pbx: MessagePbx, tmp_path: Path) -> None:
    await choose(pbx, LUNCH)
    pbx.outbox.store.close()
    pbx.wall += 30 * HOUR
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await pbx.outbox.settle()
    assert pbx.shows == HERE


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_program_killed_while_it_sent_lets_it_return(pbx: MessagePbx, tmp_path: Path, arrived: bool) -> None:
    pbx.deaf = True
    pbx.outbox.choose(Choice(LUNCH, NOW + HOUR))
    [wish] = pbx.outbox.store.wishes("office")
    assert (wish.standing, wish.back) == (Standing.SENT, HERE)  # on the disk before it went out
    pbx.outbox.store.close()
    pbx.deaf = False
    if arrived:
        pbx.shows = wish.presence
    pbx.wall += 2 * HOUR
    with OutboxStore(tmp_path) as store:
        pbx.board(store)
        await pbx.outbox.settle()
        await pbx.outbox.stop()
    assert pbx.shows == HERE


async def test_a_jump_of_the_clock_over_the_end_is_its_end_and_one_back_puts_it_off(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH)
    await later(pbx, -5)
    await later(pbx, 5.5)
    assert pbx.shows.state is PresenceState.AWAY
    await later(pbx, 14)  # the machine slept
    assert pbx.shows == HERE


async def test_a_later_one_takes_over_what_returns(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH, 1)
    await choose(pbx, MEETING, 3)
    await later(pbx, 2)
    assert pbx.shows.state is PresenceState.DND
    await later(pbx, 1)
    assert pbx.shows == HERE


async def test_a_later_one_over_what_a_phone_set_returns_to_that(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH, 1)
    pbx.set(PHONE)
    await choose(pbx, MEETING, 2)
    await later(pbx, 2)
    assert pbx.shows == PHONE


async def test_one_until_changed_ends_it_for_good(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH, 1)
    await choose(pbx, MEETING, None)
    await later(pbx, 2)
    assert pbx.shows == MEETING


async def test_one_that_ran_out_before_it_was_sent_is_dropped_and_says_so(pbx: MessagePbx) -> None:
    pbx.die()
    await choose(pbx, LUNCH, 1)
    await later(pbx, 2)
    assert (pbx.told[-1].standing, pbx.told[-1].reason) == (
        Standing.REFUSED,
        "its time was over before it could be sent",
    )
    pbx.notify()
    await pbx.outbox.settle()
    assert pbx.sent == []


async def test_one_that_never_replaced_another_lets_return_what_that_would_have(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH, 1)
    pbx.die()
    await choose(pbx, MEETING, 2)
    await later(pbx, 3)
    await pbx.outbox.settle()
    pbx.notify()
    await pbx.outbox.settle()
    assert pbx.shows == HERE
    assert any(wish.standing is Standing.REFUSED and wish.manner is Manner.MANUAL for wish in pbx.told)


async def test_one_over_a_status_that_still_waits_returns_to_that(pbx: MessagePbx) -> None:
    pbx.die()
    await choose(pbx, MEETING, None)
    await choose(pbx, LUNCH, 1)
    pbx.notify()
    await pbx.outbox.settle()
    assert pbx.shows.state is PresenceState.AWAY
    await later(pbx, 1)
    assert pbx.shows == MEETING


async def test_what_is_so_already_is_neither_sent_nor_taken_back(pbx: MessagePbx) -> None:
    end = NOW + HOUR
    there = shown(Choice(LUNCH, end), NOW)
    pbx.set(there)  # another board has set it
    pbx.outbox.choose(Choice(LUNCH, end))
    await pbx.outbox.settle()
    await later(pbx, 2)
    assert (pbx.shows, pbx.sent) == (there, [])


async def test_a_time_that_is_over_and_a_text_too_long_are_refused_at_once(pbx: MessagePbx) -> None:
    with pytest.raises(OutboxError, match="over already"):
        pbx.outbox.choose(Choice(LUNCH, NOW))
    long = Presence(PresenceState.AWAY, "", "x" * 250)
    with pytest.raises(OutboxError, match="bytes long"):
        pbx.outbox.choose(Choice(long, NOW + HOUR))
    assert pbx.outbox.choose(Choice(long))


async def test_the_history_and_the_recents_say_what_was_chosen(pbx: MessagePbx) -> None:
    await choose(pbx, LUNCH, 1)
    await later(pbx, 1)
    await choose(pbx, MEETING, None)
    await choose(pbx, LUNCH, None)
    assert pbx.outbox.recents(9) == (Choice(LUNCH), Choice(MEETING))
    assert pbx.outbox.recents(1) == (Choice(LUNCH),)
    lines = [(line.who, line.wish.manner, line.wish.choice.presence) for line in pbx.outbox.history(9)]
    assert lines == [
        ("ann (2000)", Manner.MANUAL, LUNCH),
        ("ann (2000)", Manner.MANUAL, MEETING),
        ("ann (2000)", Manner.RETURN, HERE),
        ("ann (2000)", Manner.MANUAL, LUNCH),
    ]
    assert all(line.wish.standing is Standing.CONFIRMED for line in pbx.outbox.history(9))


async def test_the_own_status_is_told_as_the_pbx_says_it(pbx: MessagePbx) -> None:
    assert (pbx.own[-1].target, pbx.own[-1].reading, pbx.own[-1].live, pbx.own[-1].wish) == (MINE, HERE, True, None)
    pbx.set(PHONE)
    assert pbx.own[-1].reading == PHONE
    pbx.die()
    assert (pbx.own[-1].reading, pbx.own[-1].live) == (PHONE, False)
    pbx.notify()
    await choose(pbx, LUNCH, None)
    assert (pbx.own[-1].reading, pbx.own[-1].live) == (LUNCH, True)
    assert pbx.own[-1].wish is not None
    assert pbx.own[-1].wish.standing is Standing.CONFIRMED
