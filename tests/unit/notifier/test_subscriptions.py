# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of a subscription: RFC 6665, and what Asterisk 22 does."""

import pytest

from board.notifier.settings import DIALLED, Peer, Settings
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.wire import Request, Response
from tests.unit.notifier.desk import HINTS, ORIGIN, STREAM, WATCHER, Desk, digium, only_notify, state, status

KEY = HintKey("2000", "hints")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_subscribe_is_answered_and_followed_by_the_state(desk: Desk) -> None:
    desk.core.set_presence("CustomPresence:2000", "away,lunch,Back at 2", ORIGIN)
    answer, notify = desk.send(desk.subscribe())
    assert isinstance(answer, Response)
    assert isinstance(notify, Request)
    assert (answer.status, answer.headers.get("Expires")) == (200, "600")
    assert answer.headers.get("Contact") == "<sip:192.0.2.1:5060>"
    assert notify.method == "NOTIFY"
    assert notify.uri == "sip:board@192.0.2.7:5070"
    assert notify.from_.tag == answer.to.tag != ""
    assert notify.to.tag == "watcher"
    assert notify.call_id == "call-1"
    assert notify.cseq == (1, "NOTIFY")
    assert notify.headers.get("Event") == "presence"
    assert notify.headers.get("Content-Type") == "application/pidf+xml"
    assert notify.headers.get("Max-Forwards") == "70"
    assert state(notify) == "active;expires=600"
    assert b'<digium_presence type="away" subtype="lunch">Back at 2</digium_presence>' in notify.body
    assert b'entity="sip:2000@192.0.2.1:5060"' in notify.body
    assert b'<contact priority="1">sip:board@192.0.2.1</contact>' in notify.body
    assert desk.notifier.watchers.of(KEY) == 1


def test_changes_are_told_in_the_dialog(desk: Desk) -> None:
    desk.watch()
    desk.now += 10
    notify = only_notify(desk.presence("dnd,,Ask Bob"))
    assert (notify.cseq[0], state(notify), digium(notify)) == (2, "active;expires=590", "dnd")
    desk.reply(notify)
    assert b"<note>Ringing</note>" in only_notify(desk.device("RINGING")).body


def test_nothing_is_told_twice_and_nothing_of_others(desk: Desk) -> None:
    desk.watch()
    desk.reply(only_notify(desk.presence("dnd")))
    assert desk.presence("dnd") == []
    assert desk.device("INUSE", "2001") == []


def test_one_notify_at_a_time_then_the_newest(desk: Desk) -> None:
    desk.watch()
    first = only_notify(desk.presence("away"))
    assert desk.presence("dnd") == []
    assert desk.presence("chat") == []
    assert desk.presence("xa") == []
    newest = only_notify(desk.reply(first))
    assert (digium(newest), newest.cseq[0]) == ("xa", 3)
    assert desk.reply(newest) == []


def test_a_refresh_repeats_the_last_body(desk: Desk) -> None:
    answer, notify = desk.watch()
    desk.now += 300
    refreshed, repeated = desk.send(desk.subscribe(cseq=2, to_tag=answer.to.tag, Expires="1200"))
    assert isinstance(refreshed, Response)
    assert isinstance(repeated, Request)
    assert (refreshed.status, refreshed.headers.get("Expires")) == (200, "1200")
    assert refreshed.to.tag == answer.to.tag
    assert (repeated.body, state(repeated)) == (notify.body, "active;expires=1200")
    assert len(desk.notifier.watchers) == 1


def test_a_refresh_moves_the_target(desk: Desk) -> None:
    answer, _ = desk.watch()
    moved = desk.subscribe(cseq=2, to_tag=answer.to.tag, Contact="<sip:board@192.0.2.8:6000>")
    _, notify = desk.send(moved)
    assert isinstance(notify, Request)
    assert notify.uri == "sip:board@192.0.2.8:6000"
    desk.reply(notify)
    desk.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    (send,) = desk.sends()
    assert (send.peer.host, send.peer.port) == ("192.0.2.8", 6000)


def test_expires_0_ends_it_with_a_last_notify(desk: Desk) -> None:
    answer, notify = desk.watch()
    ended, last = desk.send(desk.subscribe(cseq=2, to_tag=answer.to.tag, Expires="0"))
    assert isinstance(ended, Response)
    assert isinstance(last, Request)
    assert (ended.status, ended.headers.get("Expires")) == (200, "0")
    assert (state(last), last.body) == ("terminated;reason=timeout", notify.body)
    assert desk.notifier.watchers.of(KEY) == 0
    assert desk.reply(last) == []
    assert desk.presence("dnd") == []
    assert status(desk.send(desk.subscribe(cseq=3, to_tag=answer.to.tag))) == 481


def test_a_fetch_gets_one_notify(desk: Desk) -> None:
    answer, notify = desk.send(desk.subscribe(Expires="0"))
    assert isinstance(answer, Response)
    assert isinstance(notify, Request)
    assert (answer.status, answer.headers.get("Expires")) == (200, "0")
    assert state(notify) == "terminated;reason=timeout"
    assert b"<note>Ready</note>" in notify.body
    assert len(desk.notifier.watchers) == 0


def test_it_runs_out(desk: Desk) -> None:
    desk.watch(Expires="60")
    assert desk.later(59.9) == []
    ((after, notify),) = desk.later(0.2)
    assert isinstance(notify, Request)
    assert (after, state(notify)) == (0.1, "terminated;reason=timeout")
    assert len(desk.notifier.watchers) == 0


def test_without_expires_it_lasts_an_hour_and_longer_wishes_are_cut(desk: Desk) -> None:
    assert desk.watch(Expires=None)[0].headers.get("Expires") == "3600"
    assert desk.watch(call="call-2", Expires="99999")[0].headers.get("Expires") == "3600"


def test_the_end_waits_for_the_notify_under_way(desk: Desk) -> None:
    answer, _ = desk.watch()
    under_way = only_notify(desk.presence("away"))
    assert status(desk.send(desk.subscribe(cseq=2, to_tag=answer.to.tag, Expires="0"))) == 200
    assert state(only_notify(desk.reply(under_way))) == "terminated;reason=timeout"


def test_a_removed_hint_ends_it(desk: Desk) -> None:
    desk.core.set_device("Custom:2000", "INUSE", ORIGIN)
    desk.core.set_presence("CustomPresence:2000", "away,s,m", ORIGIN)
    desk.watch()
    desk.core.extensions.remove(KEY)
    last = only_notify(desk.sent())
    assert (state(last), digium(last)) == ("terminated;reason=noresource", "away")
    assert b"<note>Ready</note>" in last.body
    assert len(desk.notifier.watchers) == 0


def test_a_reloaded_dialplan_ends_those_without_a_hint(desk: Desk) -> None:
    desk.core.set_presence("CustomPresence:2000", "away,s,m", ORIGIN)
    desk.watch()
    desk.watch("2001", call="call-2")
    desk.core.extensions.reload(line for line in HINTS if line.key != KEY)
    last = only_notify(desk.sent())
    assert (last.call_id, state(last), digium(last)) == ("call-1", "terminated;reason=noresource", "not_set")


def test_shutdown_tells_everybody_to_come_back(desk: Desk) -> None:
    desk.watch()
    under_way = only_notify(desk.presence("away"))
    desk.watch("2001", call="call-2")
    desk.notifier.shut_down(desk.now)
    assert state(only_notify(desk.sent())) == "terminated;reason=probation;retry-after=5"
    assert desk.notifier.busy
    last = only_notify(desk.reply(under_way))
    assert state(last) == "terminated;reason=probation;retry-after=5"
    assert desk.presence("dnd") == []


@pytest.mark.parametrize("answer", [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604])
def test_answers_that_end_it(desk: Desk, answer: int) -> None:
    desk.watch()
    assert desk.reply(only_notify(desk.presence("away")), answer) == []
    assert len(desk.notifier.watchers) == 0


@pytest.mark.parametrize("answer", [202, 302, 400, 403, 408, 488, 500, 503, 600])
def test_answers_that_do_not(desk: Desk, answer: int) -> None:
    desk.watch()
    desk.reply(only_notify(desk.presence("away")), answer)
    assert digium(only_notify(desk.presence("dnd"))) == "dnd"


def test_an_unknown_provider_is_told_of_only_with_a_device(desk: Desk) -> None:
    desk.core.extensions.add(HintLine(HintKey("3000", "hints"), "Custom:3000,NoSuch:3000"))
    assert status(desk.send(desk.subscribe("3000"))) == 200
    notify = only_notify(desk.device("INUSE", "3000"))
    assert digium(notify) is None
    assert b"<note>On the phone</note>" in notify.body


def test_a_group_tells_its_winner_first_then_who_was_written(desk: Desk) -> None:
    desk.core.set_presence("CustomPresence:a", "dnd,,A", ORIGIN)
    desk.core.extensions.add(HintLine(HintKey("3000", "hints"), "Custom:3000,CustomPresence:a&CustomPresence:b"))
    answer, first = desk.watch("3000")
    assert digium(first) == "dnd"
    desk.core.set_presence("CustomPresence:b", "available", ORIGIN)
    changed = only_notify(desk.sent())
    assert digium(changed) == "available"
    desk.reply(changed)
    _, repeated = desk.send(desk.subscribe("3000", cseq=2, to_tag=answer.to.tag))
    assert isinstance(repeated, Request)
    assert digium(repeated) == "available"


def dialled(desk: Desk) -> list[tuple[str, int, int]]:
    desk.notifier.handle(desk.now)
    return [(send.peer.host, send.peer.port, send.peer.flow) for send in desk.notifier.take()]


def test_after_a_closed_connection_the_contact_is_connected_to(desk: Desk) -> None:
    desk.watch(peer=STREAM)
    desk.watch("2001", call="call-2")
    desk.notifier.path_gone(STREAM, desk.now)
    assert len(desk.notifier.watchers) == 2
    desk.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    assert dialled(desk) == [("192.0.2.7", 5070, DIALLED)]


def test_what_cannot_be_connected_to_is_dropped(desk: Desk) -> None:
    desk.watch(peer=STREAM)
    desk.watch("2001", peer=STREAM, call="call-2")
    desk.notifier.path_gone(STREAM, desk.now)
    desk.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    assert len(dialled(desk)) == 1
    desk.notifier.path_gone(Peer("192.0.2.7", 5070, DIALLED), desk.now)
    assert len(desk.notifier.watchers) == 0
    assert not desk.notifier.busy


def test_a_name_cannot_be_connected_to(desk: Desk) -> None:
    desk.watch(peer=STREAM, Contact="<sip:board@phone.example.org>")
    desk.notifier.path_gone(STREAM, desk.now)
    assert len(desk.notifier.watchers) == 0


def test_a_notify_under_way_goes_on_over_another_connection(desk: Desk) -> None:
    desk.watch(peer=STREAM)
    assert digium(only_notify(desk.presence("dnd"))) == "dnd"
    desk.notifier.path_gone(STREAM, desk.now)
    (again,) = desk.sends()
    assert (again.peer.flow, b'type="dnd"' in again.data) == (DIALLED, True)


def test_a_refresh_over_another_connection_moves_it_there(desk: Desk) -> None:
    answer, _ = desk.watch(peer=STREAM)
    other = Peer("192.0.2.7", 40_001, flow=4)
    _, notify = desk.send(desk.subscribe(cseq=2, to_tag=answer.to.tag, Contact=None), other)
    assert isinstance(notify, Request)
    desk.reply(notify, peer=other)
    desk.notifier.path_gone(STREAM, desk.now)
    desk.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    (send,) = desk.sends()
    assert send.peer == other


def test_there_is_a_limit() -> None:
    desk = Desk(Settings(max_subscriptions=2))
    desk.watch()
    answer, _ = desk.watch("2001", call="call-2")
    refused = desk.send(desk.subscribe("2002", call="call-3"))
    assert status(refused) == 503
    assert refused[0].headers.get("Retry-After") == "5"
    desk.send(desk.subscribe("2001", call="call-2", cseq=2, to_tag=answer.to.tag, Expires="0"))
    assert desk.watch("2002", call="call-4")


def test_the_dialog_package_counts_its_versions(desk: Desk) -> None:
    _, first = desk.watch(Event="dialog", Accept="application/dialog-info+xml")
    assert first.headers.get("Content-Type") == "application/dialog-info+xml"
    assert b'version="0"' in first.body
    second = only_notify(desk.device("INUSE"))
    assert b'version="1"' in second.body
    assert b"<state>confirmed</state>" in second.body


def test_an_event_id_is_kept(desk: Desk) -> None:
    answer, notify = desk.watch(Event="presence;id=7")
    assert notify.headers.get("Event") == "presence;id=7"
    assert status(desk.send(desk.subscribe(cseq=2, to_tag=answer.to.tag, Event="presence;id=8"))) == 481


def test_routes_are_followed(desk: Desk) -> None:
    request = desk.subscribe(Record_Route="<sip:192.0.2.20:5080;lr>, <sip:192.0.2.30;lr>")
    desk.notifier.receive(request.encode(), WATCHER, desk.now)
    _, send = desk.notifier.take()
    assert (send.peer.host, send.peer.port) == ("192.0.2.20", 5080)
    assert b"Route: <sip:192.0.2.20:5080;lr>\r\nRoute: <sip:192.0.2.30;lr>\r\n" in send.data
