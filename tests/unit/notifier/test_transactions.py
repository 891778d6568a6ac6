# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Timers E and F, and answers that are early, late, repeated or never come."""

import pytest

from board.notifier.settings import Settings
from board.notifier.timers import Timers
from board.wire import Response
from tests.unit.notifier.desk import STREAM, Desk, digium, only_notify


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.watch()
    return desk


def test_an_unanswered_notify_is_repeated_and_then_given_up(desk: Desk) -> None:
    notify = only_notify(desk.presence("dnd"))
    repeated = desk.later(33)
    assert [after for after, _ in repeated] == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert {message.encode() for _, message in repeated} == {notify.encode()}
    assert len(desk.notifier.watchers) == 0
    assert not desk.notifier.busy
    assert desk.presence("away") == []


def test_on_a_connection_nothing_is_repeated_but_given_up_just_so() -> None:
    desk = Desk()
    desk.watch(peer=STREAM)
    desk.presence("dnd")
    assert desk.later(31.9) == []
    assert len(desk.notifier.watchers) == 1
    desk.later(0.2)
    assert len(desk.notifier.watchers) == 0


def test_a_provisional_answer_slows_it_down(desk: Desk) -> None:
    notify = only_notify(desk.presence("dnd"))
    desk.send(Response.to_request(notify, 100, "Trying"))
    assert [after for after, _ in desk.later(12)] == [0.5, 4.5, 8.5]
    assert digium(only_notify(desk.presence("away") or desk.reply(notify))) == "away"


def test_a_repeated_answer_and_a_strangers_mean_nothing(desk: Desk) -> None:
    first = only_notify(desk.presence("dnd"))
    desk.presence("away")
    second = only_notify(desk.reply(first))
    assert desk.reply(first) == []
    assert desk.reply(first, 481) == []
    stranger = second.with_headers(second.headers.replaced("Via", "SIP/2.0/UDP x;branch=z9hG4bKother"))
    assert desk.reply(stranger, 481) == []
    wrong = second.with_headers(second.headers.replaced("CSeq", f"{second.cseq[0]} SUBSCRIBE"))
    assert desk.reply(wrong, 481) == []
    assert len(desk.notifier.watchers) == 1


def test_what_changed_while_a_notify_was_lost_goes_out_after_it(desk: Desk) -> None:
    lost = only_notify(desk.presence("dnd"))
    desk.presence("away")
    ((_, repeated),) = desk.later(0.6)
    assert repeated.encode() == lost.encode()
    newest = only_notify(desk.reply(lost))
    assert digium(newest) == "away"
    assert desk.reply(newest) == []
    assert desk.later(100) == []


def test_the_kept_answers_are_bounded() -> None:
    desk = Desk(Settings(max_transactions=10))
    for number in range(100):
        desk.send(desk.subscribe("2999", call=f"call-{number}"))
    assert len(desk.notifier._answered) == 10


def test_timers_give_each_key_once_in_order() -> None:
    timers = Timers[str]()
    for key, at in (("b", 2.0), ("a", 1.0), ("c", 3.0), ("b", 5.0)):
        timers.set(key, at)
    timers.cancel("a")
    assert (timers.next, len(timers)) == (3.0, 2)
    assert timers.due(4.0) == ["c"]
    assert timers.due(4.0) == []
    assert timers.due(9.0) == ["b"]
    assert timers.next is None


def test_timers_moved_for_ever_take_no_room() -> None:
    timers = Timers[str]()
    for at in range(10_000):
        timers.set("key", float(at))
    assert len(timers._heap) < 100
