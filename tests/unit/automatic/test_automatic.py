# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What several sources tell becomes one proposal, told once all have looked and then on change only."""

import asyncio

import pytest

from board.automatic.automatic import Automatic
from board.automatic.phone import PhoneSource
from board.automatic.source import Tell
from board.events import Address, StateNotified, SubscriptionChanged
from board.pidf.document import Document
from board.presence.value import Presence
from board.states import DeviceState, PresenceState, Subscription
from board.status.automatic import Proposal
from board.status.causes import Cause, Kind
from tests.unit.automatic.heard import WAIT, Heard

AWAY, DND = Presence(PresenceState.AWAY), Presence(PresenceState.DND, "in a meeting", "until 15:00")
IDLE, MEETING = Cause(Kind.IDLE, AWAY, 10.0), Cause(Kind.MEETING, DND, 5.0)
OWN = Address("office", "2000")


class FakeSource:
    """Tells what a test says."""

    def __init__(self) -> None:
        self.stopped = False

    def start(self, tell: Tell) -> None:
        self.tell = tell

    async def stop(self) -> None:
        self.stopped = True


async def test_the_first_word_waits_for_all_and_the_strongest_is_told() -> None:
    told = list[Proposal | None]()
    one, two = FakeSource(), FakeSource()
    automatic = Automatic((one, two), told.append)
    automatic.start()
    one.tell(IDLE)
    assert not told
    two.tell(None)
    assert told == [Proposal(AWAY, 10.0)]
    two.tell(MEETING)
    one.tell(None)
    assert told[1:] == [Proposal(DND, 5.0)]
    one.tell(IDLE)
    two.tell(None)
    one.tell(None)
    assert told[2:] == [Proposal(AWAY, 10.0), None]
    await automatic.stop()
    assert one.stopped
    assert two.stopped


async def test_nothing_is_told_once_where_nothing_applies() -> None:
    told, source = list[Proposal | None](), FakeSource()
    automatic = Automatic((source,), told.append)
    automatic.start()
    source.tell(None)
    source.tell(None)
    assert told == [None]
    await automatic.stop()


async def test_without_sources_what_an_earlier_run_left_is_still_taken_back() -> None:
    told = list[Proposal | None]()
    automatic = Automatic((), told.append)
    automatic.start()
    assert told == [None]
    await automatic.stop()


async def test_a_source_that_cannot_see_yet_does_not_hold_up_the_others() -> None:
    told, came = list[Proposal | None](), asyncio.Event()

    def hear(proposal: Proposal | None) -> None:
        told.append(proposal)
        came.set()

    one, two = FakeSource(), FakeSource()
    automatic = Automatic((one, two), hear, first_look=0.01)
    automatic.start()
    one.tell(IDLE)
    await asyncio.wait_for(came.wait(), WAIT)
    two.tell(MEETING)
    assert told == [Proposal(AWAY, 10.0), Proposal(DND, 5.0)]
    await automatic.stop()


@pytest.mark.parametrize("looked", [True, False])
async def test_the_end_of_the_program_is_stronger_than_all(looked: bool) -> None:
    told, source = list[Proposal | None](), FakeSource()
    automatic = Automatic((source,), told.append, PresenceState.UNAVAILABLE, lambda: 7.0)
    automatic.start()
    if looked:
        source.tell(MEETING)
    assert automatic.quit()
    source.tell(None)
    assert told[-1] == Proposal(Presence(PresenceState.UNAVAILABLE), 7.0)
    assert len(told) == 1 + looked
    await automatic.stop()


async def test_what_was_waved_aside_hides_nothing_that_came_later() -> None:
    told, meetings, desk = list[Proposal | None](), FakeSource(), FakeSource()
    automatic = Automatic((meetings, desk), told.append)
    automatic.start()
    automatic.chosen(3.0)
    meetings.tell(MEETING)
    desk.tell(None)
    assert told == [Proposal(DND, 5.0)]
    automatic.chosen(7.0)
    automatic.chosen(6.0)  # an older one, told late
    assert told[1:] == [None]
    desk.tell(IDLE)
    assert told[2:] == [Proposal(AWAY, 10.0)]
    await automatic.stop()


async def test_what_showed_by_itself_is_taken_back_at_the_end() -> None:
    told, source = list[Proposal | None](), FakeSource()
    automatic = Automatic((source,), told.append)
    automatic.start()
    assert not automatic.quit()  # nothing is known yet: what an earlier run left is left
    source.tell(MEETING)
    assert automatic.quit()
    assert told == [Proposal(DND, 5.0), None]
    source.tell(IDLE)
    assert not automatic.quit()
    assert told == [Proposal(DND, 5.0), None]
    await automatic.stop()


def _notified(device: DeviceState, at: float, address: Address = OWN) -> StateNotified:
    return StateNotified(address, Document("application/pidf+xml", device=device), at)


async def test_the_own_phone_is_heard_in_the_sessions_events() -> None:
    source, heard = PhoneSource([OWN], PresenceState.AWAY), Heard()
    call = Cause(Kind.CALL, Presence(PresenceState.AWAY, "on the phone"), 2.0)
    source.take(_notified(DeviceState.IN_USE, 2.0))  # before anybody listens
    source.start(heard)
    source.take(_notified(DeviceState.IDLE, 3.0, Address("office", "2001")))
    source.take(_notified(DeviceState.IN_USE_RINGING, 4.0))
    source.take(_notified(DeviceState.IDLE, 5.0))
    source.take(_notified(DeviceState.IN_USE, 2.0))
    source.take(SubscriptionChanged(OWN, Subscription.ACTIVE, True, "PBX silent for 14 s", 6.0))
    assert heard.all == [call, None, call]
    source.take(SubscriptionChanged(OWN, Subscription.TERMINATED, True, "no hint", 7.0))
    await source.stop()
    source.take(_notified(DeviceState.IN_USE, 8.0))
    assert heard.all == [call, None, call, None]
