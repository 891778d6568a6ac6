# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Roster.apply: what becomes a change, what stays silent, since when, and what is stale."""

from dataclasses import replace

import pytest

from board.events import Address, StateNotified, SubscriptionChanged
from board.pidf.document import Document
from board.presence.value import Presence
from board.roster.contact import Contact
from board.roster.roster import Roster
from board.roster.tile import Asked, Outcome, Since, Tile, TileChanged
from board.states import DeviceState, PresenceState, Subscription

BOB = Address("office", "2001")
EVE = Address("office", "2002")


def roster() -> Roster:
    return Roster([Contact(BOB, "Bob Brown", "Support"), Contact(EVE)])


def notified(
    at: float,
    device: DeviceState = DeviceState.IDLE,
    presence: PresenceState | None = PresenceState.AVAILABLE,
    subtype: str = "",
    message: str = "",
    address: Address = BOB,
) -> StateNotified:
    body = Document("application/pidf+xml", device=device, presence=presence)
    return StateNotified(address, body if presence is None else replace(body, subtype=subtype, message=message), at)


def subscribed(
    at: float, state: Subscription = Subscription.ACTIVE, stale: bool = False, reason: str = "", address: Address = BOB
) -> SubscriptionChanged:
    return SubscriptionChanged(address, state, stale, reason, at)


def feed(board: Roster, *events: StateNotified | SubscriptionChanged) -> list[TileChanged]:
    return [change for event in events for change in board.apply(event, event.at)]


def tile(board: Roster, address: Address = BOB) -> Tile:
    found = board.tile(address)
    assert found is not None
    return found


def test_a_contact_starts_stale_and_unknown_in_the_order_of_the_configuration() -> None:
    assert [t.contact.address for t in roster().tiles] == [BOB, EVE]
    assert all(t.stale and t.device is DeviceState.UNKNOWN and t.presence is None for t in roster().tiles)


def test_a_contact_listed_twice_counts_once_the_first_time() -> None:
    board = Roster([Contact(BOB, "Bob Brown"), Contact(BOB, "2001")])
    assert [t.contact.name for t in board.tiles] == ["Bob Brown"]


def test_the_first_document_is_one_change_from_nothing_and_at_least_since_then() -> None:
    board = roster()
    (change,) = feed(board, notified(10, DeviceState.IN_USE, PresenceState.AWAY, "lunch", "Back at 2"))
    assert change.before is None
    assert change.at == 10
    assert change.tile == tile(board)
    assert change.tile == Tile(
        Contact(BOB, "Bob Brown", "Support"),
        DeviceState.IN_USE,
        Since(10, True),
        PresenceState.AWAY,
        Since(10, True),
        "lunch",
        "Back at 2",
        Subscription.ACTIVE,
        stale=False,
    )


@pytest.mark.parametrize("first", ["document", "subscription"])
def test_the_first_state_is_one_change_whichever_of_its_two_events_comes_first(first: str) -> None:
    events = [notified(10), subscribed(10)]
    changes = feed(roster(), *(events if first == "document" else reversed(events)))
    assert [(c.before, c.tile.subscription, c.tile.stale) for c in changes] == [(None, Subscription.ACTIVE, False)]


def test_a_subscription_without_a_document_is_no_change_and_stays_stale() -> None:
    board = roster()
    assert feed(board, subscribed(1, Subscription.PENDING, stale=True), subscribed(2)) == []
    assert tile(board).stale


def test_a_reason_before_any_state_is_the_first_change() -> None:
    board = roster()
    changes = feed(board, subscribed(1, Subscription.TERMINATED, stale=True, reason="no hint for 2001"))
    assert [(c.before, c.tile.reason, c.tile.stale) for c in changes] == [(None, "no hint for 2001", True)]
    (later,) = feed(board, notified(9), subscribed(9))[-1:]
    assert later.before is not None
    assert not later.tile.stale


def test_repeats_and_refreshes_are_no_change() -> None:
    board = roster()
    feed(board, subscribed(1), notified(1))
    assert feed(board, notified(2), subscribed(3), notified(4)) == []
    assert tile(board).device_since == Since(1, True)


def test_each_mark_has_its_own_since() -> None:
    board = roster()
    feed(board, notified(1))
    (ringing,) = feed(board, notified(5, DeviceState.RINGING))
    assert (ringing.tile.device_since, ringing.tile.presence_since) == (Since(5, False), Since(1, True))
    (away,) = feed(board, notified(7, DeviceState.RINGING, PresenceState.AWAY))
    assert (away.tile.device_since, away.tile.presence_since) == (Since(5, False), Since(7, False))
    assert away.before == ringing.tile


def test_a_new_subtype_starts_anew_a_new_message_does_not() -> None:
    board = roster()
    feed(board, notified(1), notified(2, presence=PresenceState.AWAY, subtype="lunch", message="Back at 2"))
    (edited,) = feed(board, notified(3, presence=PresenceState.AWAY, subtype="lunch", message="Back at 3"))
    assert edited.tile.presence_since == Since(2, False)
    (meeting,) = feed(board, notified(4, presence=PresenceState.AWAY, subtype="meeting"))
    assert (meeting.tile.presence_since, meeting.tile.message) == (Since(4, False), "")


def test_a_document_without_a_person_leaves_none_and_the_next_one_is_at_least() -> None:
    board = roster()
    feed(board, notified(1, presence=PresenceState.DND, subtype="s", message="m"))
    (silent,) = feed(board, notified(2, presence=None))
    assert (silent.tile.presence, silent.tile.presence_since, silent.tile.subtype, silent.tile.message) == (
        None,
        None,
        "",
        "",
    )
    (again,) = feed(board, notified(3, presence=PresenceState.DND))
    assert again.tile.presence_since == Since(3, True)


def test_texts_beside_no_presence_are_not_shown() -> None:
    board = roster()
    odd = Document("application/pidf+xml", device=DeviceState.IDLE, presence=None, subtype="x", message="y")
    (change,) = feed(board, StateNotified(BOB, odd, 1))
    assert (change.tile.subtype, change.tile.message) == ("", "")


def test_a_stale_tile_keeps_its_values_and_says_why() -> None:
    board = roster()
    feed(board, notified(1, DeviceState.IN_USE))
    (change,) = feed(board, subscribed(20, stale=True, reason="PBX silent for 14 s"))
    assert change.tile == replace(change.before or change.tile, stale=True, reason="PBX silent for 14 s")


def test_over_a_gap_an_unchanged_state_keeps_its_since_a_changed_one_is_at_least() -> None:
    board = roster()
    feed(board, notified(1), notified(5, DeviceState.RINGING), subscribed(20, stale=True, reason="PBX silent"))
    (back,) = feed(board, subscribed(30), notified(30, DeviceState.RINGING, PresenceState.AWAY))[-1:]
    assert (back.tile.device_since, back.tile.presence_since) == (Since(5, False), Since(30, True))
    (exact,) = feed(board, notified(40, DeviceState.IN_USE, PresenceState.AWAY))
    assert exact.tile.device_since == Since(40, False)


def test_a_document_ends_staleness_by_itself_in_one_change() -> None:
    board = roster()
    feed(board, notified(1), subscribed(20, stale=True, reason="PBX silent"))
    changes = feed(board, notified(30, DeviceState.IN_USE), subscribed(30))
    assert [(c.tile.stale, c.tile.reason, c.tile.device) for c in changes] == [(False, "", DeviceState.IN_USE)]


@pytest.mark.parametrize("stale", [True, False])
def test_an_ended_subscription_is_stale_whatever_it_says(stale: bool) -> None:
    board = roster()
    feed(board, notified(1))
    (change,) = feed(board, subscribed(2, Subscription.TERMINATED, stale, "hint removed"))
    assert change.tile.stale
    assert change.tile.subscription is Subscription.TERMINATED
    assert change.tile.device is DeviceState.IDLE


def test_the_last_body_of_an_ended_subscription_does_not_revive_it() -> None:
    board = roster()
    feed(board, notified(1), subscribed(2, Subscription.TERMINATED, True, "hint removed"))
    (change,) = feed(board, notified(3, presence=PresenceState.NOT_SET))
    assert change.tile.stale
    assert change.tile.reason == "hint removed"
    assert change.tile.subscription is Subscription.TERMINATED


def test_an_unreadable_device_makes_the_next_state_at_least() -> None:
    board = roster()
    feed(board, notified(1), notified(2, DeviceState.UNKNOWN))
    (change,) = feed(board, notified(3))
    assert change.tile.device_since == Since(3, True)


def test_an_unknown_address_is_ignored() -> None:
    board = roster()
    stranger = Address("elsewhere", "2001")
    assert feed(board, notified(1, address=stranger), subscribed(1, address=stranger)) == []
    assert board.tile(stranger) is None


def test_contacts_do_not_touch_each_other() -> None:
    board = roster()
    feed(board, notified(1, DeviceState.BUSY, address=EVE))
    assert (tile(board).device, tile(board, EVE).device) == (DeviceState.UNKNOWN, DeviceState.BUSY)


# -- what was asked for

LUNCH = Asked(7, Presence(PresenceState.AWAY, "lunch", "back 14:30"), 5.0)
CONFIRMED = replace(LUNCH, outcome=Outcome.CONFIRMED)
FAILED = replace(LUNCH, outcome=Outcome.FAILED, reason="the PBX refused")


def test_what_was_asked_stands_beside_the_pbx_s_own_word_until_that_reads_it_back() -> None:
    board = roster()
    feed(board, notified(1))
    (asked,) = board.ask(BOB, LUNCH, 5)
    assert (asked.tile.presence, asked.tile.pending, asked.tile.failed) == (PresenceState.AVAILABLE, LUNCH, None)
    assert board.ask(BOB, LUNCH, 6) == ()
    (told,) = feed(board, notified(7, presence=PresenceState.AWAY, subtype="lunch"))
    assert told.tile.pending
    (confirmed,) = board.ask(BOB, CONFIRMED, 8)
    assert (confirmed.tile.presence, confirmed.tile.pending) == (PresenceState.AWAY, None)
    assert board.ask(BOB, CONFIRMED, 9) == ()


def test_a_failure_stays_until_the_user_has_seen_it() -> None:
    board = roster()
    feed(board, notified(1))
    board.ask(BOB, LUNCH, 5)
    assert board.seen(BOB, 6) == ()
    (failed,) = board.ask(BOB, FAILED, 10)
    assert (failed.tile.failed, failed.tile.pending) == (FAILED, None)
    assert feed(board, notified(20, DeviceState.RINGING))[0].tile.failed
    (seen,) = board.seen(BOB, 21)
    assert seen.tile.asked is None
    assert board.seen(BOB, 22) == ()


def test_a_failure_is_over_with_the_person_s_next_change_but_not_with_the_one_it_failed_for() -> None:
    board = roster()
    feed(board, notified(1))
    board.ask(BOB, LUNCH, 5)
    board.ask(BOB, FAILED, 10)
    assert feed(board, notified(10.2, presence=PresenceState.DND))[0].tile.failed
    assert feed(board, notified(30, presence=PresenceState.CHAT))[0].tile.asked is None


def test_what_is_still_pending_outlives_a_change_made_elsewhere() -> None:
    board = roster()
    feed(board, notified(1))
    board.ask(BOB, LUNCH, 5)
    assert feed(board, notified(30, presence=PresenceState.CHAT))[0].tile.pending


def test_the_newest_wish_counts_and_an_older_one_s_end_does_not() -> None:
    board = roster()
    board.ask(BOB, LUNCH, 5)
    newest = Asked(8, Presence(PresenceState.DND), 6.0)
    board.ask(BOB, newest, 6)
    assert board.ask(BOB, FAILED, 7) == board.ask(BOB, CONFIRMED, 7) == ()
    assert tile(board).pending == newest
    assert board.ask(Address("office", "nobody"), LUNCH, 8) == board.seen(Address("office", "nobody"), 9) == ()


def test_a_wish_before_the_first_document_leaves_the_first_document_the_first() -> None:
    board = roster()
    (asked,) = board.ask(BOB, LUNCH, 1)
    assert asked.before is not None
    (first,) = feed(board, notified(2))
    assert (first.before, first.tile.pending) == (None, LUNCH)
