# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Over UDP only so many NOTIFYs are under way to one address; the rest wait in line and lose nothing."""

import pytest

from board.notifier.settings import Settings
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.wire import Request, Response
from tests.unit.notifier.desk import ORIGIN, STREAM, Desk, digium

CROWD = [str(number) for number in range(3000, 3010)]


@pytest.fixture
def desk() -> Desk:
    desk = Desk(Settings(max_unanswered=3))
    for exten in CROWD:
        desk.core.extensions.add(HintLine(HintKey(exten, "hints"), f"Custom:{exten},CustomPresence:{exten}"))
        desk.watch(exten, call=exten)
    return desk


def change_all(desk: Desk, value: str) -> list[Request | Response]:
    for exten in CROWD:
        desk.core.set_presence(f"CustomPresence:{exten}", value, ORIGIN)
    return desk.sent()


def test_the_rest_goes_as_answers_come_in_order(desk: Desk) -> None:
    waiting, told = change_all(desk, "dnd"), list[str]()
    assert len(waiting) == 3
    while waiting:
        notify = waiting.pop(0)
        assert isinstance(notify, Request)
        told.append(notify.call_id)
        more = desk.reply(notify)
        assert len(more) <= 1
        waiting += more
    assert told == CROWD
    assert not desk.notifier.busy
    assert len(change_all(desk, "away")) == 3


def test_who_waits_is_told_the_newest(desk: Desk) -> None:
    first = change_all(desk, "dnd")
    assert change_all(desk, "xa") == []
    told = dict[str, str | None]()
    while first:
        notify = first.pop(0)
        assert isinstance(notify, Request)
        told[notify.call_id] = digium(notify)
        first += desk.reply(notify)
    assert set(told.values()) == {"xa"}


def test_other_addresses_and_connections_do_not_wait(desk: Desk) -> None:
    elsewhere = desk.subscribe("3000", call="other", Contact="<sip:board@192.0.2.8:5070>")
    _, first = desk.send(elsewhere)
    assert isinstance(first, Request)
    desk.reply(first)
    for exten in CROWD:
        desk.watch(exten, peer=STREAM, call=f"stream-{exten}")
    assert len(change_all(desk, "dnd")) == 3 + 1 + len(CROWD)


def test_the_dead_hold_the_line_up_for_their_time_only(desk: Desk) -> None:
    change_all(desk, "dnd")
    desk.later(33)
    assert len(desk.notifier.watchers) == len(CROWD) - 3
    desk.later(33 * 3)
    assert len(desk.notifier.watchers) == 0
    assert desk.notifier.next is None


def test_one_in_line_can_end_move_and_refresh(desk: Desk) -> None:
    under_way = change_all(desk, "dnd")
    tags = {tag: found for tag, found in desk.notifier.watchers._by_tag.items() if not found.in_flight}
    ends, moves, *_ = tags.values()
    for found, fields in ((ends, {"Expires": "0"}), (moves, {"Contact": "<sip:board@192.0.2.8:5070>"})):
        answers = desk.send(desk.subscribe(found.key.exten, call=found.call_id, cseq=2, to_tag=found.tag, **fields))
        if found is moves:
            assert [each.call_id for each in answers] == [moves.call_id] * 2
    told = list[str]()
    while under_way:
        notify = under_way.pop(0)
        assert isinstance(notify, Request)
        told.append(notify.call_id)
        under_way += desk.reply(notify)
    assert sorted(told) == sorted(set(CROWD) - {moves.call_id})
    assert desk.notifier.watchers.of(ends.key) == 0
