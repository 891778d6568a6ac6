# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How requests are answered, and which are not."""

import pytest

from board.notifier.settings import Peer, Settings
from board.wire import Request, Response
from tests.unit.notifier.desk import STREAM, WATCHER, Desk, digium, status


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Event": None}, 489),
        ({"Event": "message-summary"}, 489),
        ({"Event": "Presence"}, 489),
        ({"exten": "2999"}, 404),
        ({"exten": ""}, 404),
        ({"to_tag": "stranger"}, 481),
        ({"Contact": None}, 400),
        ({"Contact": "not an address <"}, 400),
        ({"Contact": "<tel:+49123>"}, 400),
        ({"Record_Route": "<nonsense>"}, 400),
        ({"Require": "eventlist"}, 420),
        ({"Expires": "soon"}, 400),
        ({"Expires": "-1"}, 400),
        ({"Accept": "text/plain"}, 489),
        ({"Accept": "text/plain, application/pidf+xml"}, 200),
        ({"Event": "dialog", "Accept": "application/pidf+xml"}, 489),
    ],
)
def test_a_subscribe_is_refused_or_not(desk: Desk, fields: dict[str, str | None], expected: int) -> None:
    answer = desk.send(desk.subscribe(**fields))[0]  # type: ignore[arg-type]
    assert isinstance(answer, Response)
    assert answer.status == expected
    assert len(desk.notifier.watchers) == (expected == 200)


def test_what_a_refusal_says(desk: Desk) -> None:
    assert desk.send(desk.subscribe(Event="refer"))[0].headers.get("Allow-Events") == "presence, dialog"
    assert desk.send(desk.subscribe(Require="eventlist, x"))[0].headers.get("Unsupported") == "eventlist, x"


def test_too_short_an_interval() -> None:
    desk = Desk(Settings(min_expires=60))
    refused = desk.send(desk.subscribe(Expires="59"))
    assert status(refused) == 423
    assert refused[0].headers.get("Min-Expires") == "60"
    assert desk.watch(Expires="60")
    assert desk.send(desk.subscribe(call="call-2", Expires="0"))[0].headers.get("Expires") == "0"


def test_a_wish_for_another_scheme(desk: Desk) -> None:
    request = desk.subscribe()
    assert status(desk.send(Request(request.headers, b"", "SUBSCRIBE", "tel:2000"))) == 416


def test_options_is_answered(desk: Desk) -> None:
    (answer,) = desk.send(desk.request("OPTIONS", ""))
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers.get("Allow")) == (200, "OPTIONS, SUBSCRIBE")


@pytest.mark.parametrize(
    ("method", "expected"),
    [("INVITE", 405), ("REGISTER", 405), ("MESSAGE", 405), ("BYE", 481), ("CANCEL", 481), ("NOTIFY", 481), ("X", 405)],
)
def test_other_methods(desk: Desk, method: str, expected: int) -> None:
    assert status(desk.send(desk.request(method))) == expected


def test_ack_is_not_answered(desk: Desk) -> None:
    assert desk.send(desk.request("ACK")) == []


def test_a_repeated_request_gets_the_same_answer(desk: Desk) -> None:
    request = desk.subscribe()
    first, notify = desk.send(request)
    assert desk.send(request) == [first]
    assert isinstance(notify, Request)
    desk.reply(notify)
    desk.later(31)
    assert desk.send(request) == [first]
    assert len(desk.notifier.watchers) == 1


def test_answers_are_kept_for_timer_j_only(desk: Desk) -> None:
    request = desk.subscribe()
    _, notify = desk.send(request)
    assert isinstance(notify, Request)
    desk.reply(notify)
    desk.later(32)
    assert len(desk.send(request)) == 2


def test_an_old_cseq_is_refused(desk: Desk) -> None:
    answer, _ = desk.watch(cseq=5)
    assert status(desk.send(desk.subscribe(cseq=4, to_tag=answer.to.tag))) == 500
    assert status(desk.send(desk.subscribe(cseq=5, to_tag=answer.to.tag))) == 500
    assert desk.send(desk.subscribe(cseq=6, to_tag=answer.to.tag))[0].headers.get("Expires") == "600"


def test_another_dialogs_tag_is_no_key(desk: Desk) -> None:
    answer, _ = desk.watch()
    assert status(desk.send(desk.subscribe(call="call-2", cseq=2, to_tag=answer.to.tag))) == 481
    foreign = desk.subscribe(cseq=2, to_tag=answer.to.tag, From="<sip:board@192.0.2.1>;tag=other")
    assert status(desk.send(foreign)) == 481


@pytest.mark.parametrize(
    ("via", "goes_to", "stamped"),
    [
        ("192.0.2.7:5070;rport", ("192.0.2.9", 4444), ";rport=4444;branch=z9hG4bKx;received=192.0.2.9"),
        ("192.0.2.7:5070", ("192.0.2.9", 5070), ";branch=z9hG4bKx;received=192.0.2.9"),
        ("192.0.2.9", ("192.0.2.9", 5060), ";branch=z9hG4bKx"),
    ],
)
def test_where_answers_go(desk: Desk, via: str, goes_to: tuple[str, int], stamped: str) -> None:
    request = desk.request("OPTIONS", Via=f"SIP/2.0/UDP {via};branch=z9hG4bKx")
    desk.notifier.receive(request.encode(), Peer("192.0.2.9", 4444), desk.now)
    (send,) = desk.notifier.take()
    assert (send.peer.host, send.peer.port) == goes_to
    assert f"{stamped}\r\n".encode() in send.data


def test_a_connection_is_answered_and_notified_on_itself(desk: Desk) -> None:
    desk.notifier.receive(desk.subscribe().encode(), STREAM, desk.now)
    answer, notify = desk.notifier.take()
    assert answer.peer == notify.peer == STREAM
    assert b"Via: SIP/2.0/TCP " in notify.data
    assert b"Contact: <sip:192.0.2.1:5060;transport=tcp>" in notify.data


@pytest.mark.parametrize(
    ("agent", "gets_it"),
    [("Digium D60", True), ("DIGIUM", True), ("x Sangoma y", True), ("Grandstream GXP2170", False), (None, False)],
)
def test_who_gets_the_digium_tuple(desk: Desk, agent: str | None, gets_it: bool) -> None:
    assert (digium(desk.watch(User_Agent=agent)[1]) is not None) is gets_it


@pytest.mark.parametrize(
    ("event", "accept", "body"),
    [
        ("presence", None, "application/pidf+xml"),
        ("presence", "application/xpidf+xml", "application/xpidf+xml"),
        ("presence", "application/cpim-pidf+xml", "application/cpim-pidf+xml"),
        ("presence", "application/xpidf+xml, application/pidf+xml", "application/xpidf+xml"),
        ("presence", "text/plain;q=1, APPLICATION/PIDF+XML;q=0.1", "application/pidf+xml"),
        ("presence", "*/*", "application/pidf+xml"),
        ("dialog", None, "application/dialog-info+xml"),
        ("dialog", "application/*", "application/dialog-info+xml"),
    ],
)
def test_bodies_by_accept(desk: Desk, event: str, accept: str | None, body: str) -> None:
    _, notify = desk.watch(Event=event, Accept=accept)
    assert notify.headers.get("Content-Type") == body
    assert notify.body.startswith(b"<?xml")


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\r\n\r\n",
        b"hello",
        b"\0" * 100,
        b"OPTIONS sip:x SIP/2.0\r\n\r\n",
        b"SIP/2.0 200 OK\r\n\r\n",
        b"SUBSCRIBE sip:2000@x SIP/2.0\r\nVia: nonsense\r\n\r\n",
        "mismatch",
        "no call-id",
    ],
)
def test_garbage_is_dropped(desk: Desk, garbage: bytes | str) -> None:
    if garbage == "mismatch":
        garbage = desk.subscribe(CSeq="1 OPTIONS").encode()
    elif garbage == "no call-id":
        garbage = desk.subscribe(Call_ID=None).encode()
    assert isinstance(garbage, bytes)
    assert desk.send(garbage, WATCHER) == []
    assert len(desk.notifier.watchers) == 0
