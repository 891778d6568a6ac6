# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox over a message link that a test plays: what subscriptions tell, who sends, whose wishes."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged
from board.links.outbox import Outbox
from board.links.own import OwnStatus
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxStore
from board.links.wish import Standing, Target, Wish
from board.pidf.document import Document
from board.presence.value import Presence
from board.sip.messages import RequestAnswered
from board.states import PbxState, PresenceState, Subscription

OWN = Address("office", "2000")
MINE, HERS = Target("office", "CustomPresence:2000"), Target("office", "CustomPresence:2001")
AWAY = Presence(PresenceState.AWAY, "lunch", "Back, at 2")
SETTER = Setter("office", LinkKind.MESSAGE, "2000")


class Pbx:
    """The PBX as the outbox sees it: takes MESSAGEs, and tells what the test says."""

    def __init__(self, store: OutboxStore, status: int = 202) -> None:
        self.bodies = list[bytes]()
        self.told = list[Wish]()
        self._status = status
        self.own = list[OwnStatus]()
        self.outbox = Outbox(store, [SETTER], self._message, self._publish, self.told.append, self.own.append)

    async def _message(self, pbx: str, user: str, content_type: str, body: bytes) -> tuple[int, str]:
        assert (pbx, user) == ("office", "presence")
        self.bodies.append(body)
        return self._status, "Phrase"

    async def _publish(self, *_: object) -> RequestAnswered:
        raise AssertionError("no PUBLISH was asked for")

    def notify(self, presence: PresenceState | None, subtype: str = "", message: str = "") -> None:
        document = Document("application/pidf+xml", presence=presence, subtype=subtype, message=message)
        self.outbox.take(StateNotified(OWN, document, 0.0))

    def health(self, state: PbxState, reason: str = "") -> None:
        self.outbox.take(PbxChanged("office", state, reason, "", 0, 1, None, 0.0))

    def subscription(self, state: Subscription, reason: str, *, stale: bool = True) -> None:
        self.outbox.take(SubscriptionChanged(OWN, state, stale, reason, 0.0))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    with OutboxStore(tmp_path) as opened:
        yield opened


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_wish_is_on_the_disk_sent_and_read_back(store: OutboxStore) -> None:
    pbx = Pbx(store)
    wish = pbx.outbox.wish(MINE, AWAY)
    assert store.open_wishes("office") == (wish,)
    assert pbx.bodies == []
    pbx.notify(PresenceState.AVAILABLE)
    await turns()
    assert pbx.bodies == [b"away|bHVuY2g=|QmFjaywgYXQgMg=="]
    pbx.notify(PresenceState.AWAY, "lunch", "Back, at 2")
    assert [told.standing for told in pbx.told] == [Standing.QUEUED, Standing.SENT, Standing.CONFIRMED]
    assert store.open_wishes("office") == ()


async def test_a_refused_account_ends_a_wish_at_once_and_nothing_is_sent(store: OutboxStore) -> None:
    pbx = Pbx(store)
    wish = pbx.outbox.wish(MINE, AWAY)
    pbx.health(PbxState.REFUSED, "wrong password")
    found = store.find(wish.number)
    assert found is not None
    assert (found.standing, found.reason, pbx.bodies) == (Standing.REFUSED, "wrong password", [])


async def test_a_silent_pbx_makes_a_wish_wait_even_one_that_comes_later(store: OutboxStore) -> None:
    pbx = Pbx(store)
    pbx.notify(PresenceState.AVAILABLE)
    pbx.health(PbxState.SILENT, "no answer")
    wish = pbx.outbox.wish(MINE, AWAY)
    found = store.find(wish.number)
    assert found is not None
    assert found.waited
    pbx.subscription(Subscription.ACTIVE, "", stale=False)
    await turns()
    assert len(pbx.bodies) == 1


async def test_a_doubtful_state_is_no_ground_to_send_on(store: OutboxStore) -> None:
    pbx = Pbx(store)
    pbx.notify(PresenceState.AVAILABLE)
    pbx.subscription(Subscription.PENDING, "subscribing anew")
    pbx.outbox.wish(MINE, AWAY)
    await turns()
    assert pbx.bodies == []
    pbx.notify(PresenceState.AVAILABLE)
    await turns()
    assert len(pbx.bodies) == 1


async def test_a_message_carries_nobody_elses_wish(store: OutboxStore) -> None:
    pbx = Pbx(store)
    pbx.outbox.wish(HERS, AWAY)
    pbx.notify(PresenceState.AVAILABLE)
    await turns()
    assert pbx.bodies == []


async def test_only_one_process_sends(store: OutboxStore, tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as another:
        first, second = Pbx(store), Pbx(another)
        assert first.outbox.may_send()
        assert not second.outbox.may_send()
        second.outbox.wish(MINE, AWAY)
        second.notify(PresenceState.AVAILABLE)
        first.notify(PresenceState.AVAILABLE)
        first.outbox.start()
        async with asyncio.timeout(5):
            while not first.bodies:  # noqa: ASYNC110 (the disk tells nobody)
                await asyncio.sleep(0.01)
        await first.outbox.stop()
        assert second.bodies == []


async def test_who_does_not_send_hears_what_becomes_of_a_wish(store: OutboxStore, tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as another:
        first, second = Pbx(store), Pbx(another)
        assert first.outbox.may_send()
        first.outbox.wish(MINE, AWAY)
        first.notify(PresenceState.AVAILABLE)
        second.outbox.start()
        await told(second, Standing.SENT)
        first.notify(PresenceState.AWAY, "lunch", "Back, at 2")
        await told(second, Standing.CONFIRMED)
        store.wish(MINE, Presence(PresenceState.DND), 1.0)
        await told(second, Standing.QUEUED)
        second.notify(PresenceState.AWAY, "lunch", "Back, at 2")
        store.close()  # which nobody writes down
        await told(second, Standing.SENT)
        await turns()
        assert second.bodies == [b"dnd||"]
        await second.outbox.stop()
        await first.outbox.stop()


async def told(pbx: Pbx, standing: Standing) -> None:
    async with asyncio.timeout(5):
        while not pbx.told or pbx.told[-1].standing is not standing:  # noqa: ASYNC110 (the disk tells nobody)
            await asyncio.sleep(0.01)


async def test_who_does_not_send_hears_nothing_of_what_had_ended_before(store: OutboxStore, tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as another:
        first, second = Pbx(store), Pbx(another)
        first.outbox.wish(MINE, AWAY)
        first.notify(PresenceState.AWAY, "lunch", "Back, at 2")
        assert first.told[-1].standing is Standing.CONFIRMED
        await second.outbox.settle()
        assert second.told == []
        assert second.own[-1].wish == first.told[-1]


async def test_what_is_seen_is_kept_for_the_next_process(store: OutboxStore) -> None:
    Pbx(store).notify(PresenceState.CHAT)
    assert store.seen_before(store.wish(MINE, AWAY, time.time())) == (Presence(PresenceState.CHAT),)


async def test_the_own_status_is_told_once_for_each_change(store: OutboxStore) -> None:
    pbx = Pbx(store)
    for _ in range(3):
        pbx.notify(PresenceState.CHAT)
    assert len(pbx.own) == 1
