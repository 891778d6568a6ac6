# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes that mean harm: random, mutated, oversized. Nothing is raised, nothing grows."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.notifier.settings import Settings
from board.wire import Request, Response
from tests.unit.notifier.desk import STREAM, WATCHER, Desk, only_notify


@pytest.fixture
def desk() -> Desk:
    return Desk()


LIMITS = Settings(max_subscriptions=50, max_transactions=50)
HEADERS = ["Via", "From", "To", "Call-ID", "CSeq", "Contact", "Event", "Accept", "Expires", "Require", "Record-Route"]
HEADERS += ["Authorization", "User-Agent"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_random_bytes(data: bytes) -> None:
    desk = Desk(LIMITS)
    assert desk.send(data) == []


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=60), min_size=1, max_size=3), st.text(max_size=40))
def test_any_text_in_any_header(fields: dict[str, str], user: str) -> None:
    desk = Desk(LIMITS, users=None if len(user) % 2 else {"board": "secret"})
    request = desk.subscribe()
    for name, value in fields.items():
        request = request.with_headers(request.headers.replaced(name, value))
    desk.send(request.encode())
    desk.presence("dnd")
    desk.later(100)
    assert not desk.notifier.busy


def test_mutated_messages_in_a_living_dialog() -> None:
    chance = random.Random(3261)
    desk = Desk(LIMITS)
    for number in range(4000):
        request = desk.subscribe(call=f"call-{number % 60}", cseq=number, Expires=str(chance.choice([0, 5, 600])))
        data = bytearray(request.encode())
        for _ in range(chance.choice([0, 1, 2, 8])):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        desk.send(bytes(data), chance.choice([WATCHER, STREAM]))
        desk.presence(chance.choice(["dnd", "away", "chat,a,b"]))
        desk.later(chance.choice([0, 0.3, 5]))
        assert len(desk.notifier.watchers) <= LIMITS.max_subscriptions
        assert len(desk.notifier._answered) <= LIMITS.max_transactions
    desk.later(4000)
    assert len(desk.notifier.watchers) == len(desk.notifier._answered) == 0
    assert not desk.notifier.busy
    assert desk.notifier.next is None


def test_a_flood_of_strangers_leaves_nothing_behind() -> None:
    desk = Desk(LIMITS, users={"board": "secret"})
    for number in range(2000):
        desk.send(desk.subscribe(call=f"call-{number}"))
        desk.send(desk.request("INVITE", call=f"call-{number}"))
    assert desk.notifier.next is None
    assert len(desk.notifier.watchers) == len(desk.notifier._answered) == 0


def test_texts_no_xml_and_no_header_can_hold() -> None:
    desk = Desk()
    desk.watch()
    hostile = desk.presence("away,AAECAwQ=\x00\x1b,]]></note>\ud800\udc80\udcff")
    body = only_notify(hostile).body
    assert b"]]&gt;&lt;/note&gt;" in body
    body.decode()


def test_a_message_of_a_megabyte_is_told_in_part() -> None:
    desk = Desk()
    desk.watch()
    assert len(only_notify(desk.presence("away,," + "ä" * 500_000)).body) < 2000


def test_odd_but_legal_spelling_is_read(desk: Desk) -> None:
    """RFC 4475 section 3.1.1: folding, compact names, odd case, blanks, leading zeros, unknown parameters."""
    request = (
        "SUBSCRIBE sip:2000@192.0.2.1;unknown SIP/2.0\r\nTO :\r\n sip:2000@192.0.2.1\r\n"
        'f   : "J \\\\\\"" <sip:board@192.0.2.1>\r\n  ;  odd=";,<>"  ; tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n'
        "I: odd@192.0.2.7\r\nl   : 0\r\ncseq: 0009\r\n  SUBSCRIBE\r\n"
        "v  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.7;rport;branch=z9hG4bKodd\r\ns :\r\n"
        "UnknownHeader: ;;,,;;,;\r\no: presence\r\nm: sip:board@192.0.2.7 ; q=1, sip:other@192.0.2.8\r\n\r\n"
    )
    answer, notify = desk.send(request.encode())
    assert isinstance(answer, Response)
    assert answer.status == 200
    assert isinstance(notify, Request)
    assert notify.to.tag == "98asjd8"
    assert notify.uri == "sip:board@192.0.2.7"


@pytest.mark.parametrize(
    ("old", "new", "answers"),
    [
        ("SIP/2.0\r\nVia", "SIP/7.0\r\nVia", []),
        ("CSeq: 1", "CSeq: 36893488147419103232", []),
        ("CSeq: 1 SUBSCRIBE", "CSeq: 1 NEWMETHOD", []),
        ("Content-Length: 0", "Content-Length: 9999", []),
        ("Content-Length: 0", "Content-Length: -999", []),
        ("Expires: 600", "Expires: 9007199254740992000000000", [400]),
        ("sip:2000@192.0.2.1:5060 SIP", "soap.beep://192.0.2.103:3002 SIP", [416]),
        ("sip:2000@192.0.2.1:5060 SIP", "<sip:2000@192.0.2.1> SIP", [416]),
        ("sip:2000@192.0.2.1:5060 SIP", "sip:%32000@192.0.2.1 SIP", [200]),
        ("sip:2000@192.0.2.1:5060 SIP", "sip:2000%00@192.0.2.1 SIP", [404]),
        ("To: <sip:", 'To: "open <sip:', []),
        ("Event: presence", "Event: presence;id=;;=", [200]),
    ],
)
def test_messages_that_contradict_themselves(desk: Desk, old: str, new: str, answers: list[int]) -> None:
    """RFC 4475 sections 3.1.2 and 3.3, as far as a SUBSCRIBE can have them."""
    text = desk.subscribe().encode().decode()
    assert old in text
    found = desk.send(text.replace(old, new, 1).encode())
    assert [each.status for each in found if isinstance(each, Response)] == answers


def test_what_options_requires_is_told_apart(desk: Desk) -> None:
    (answer,) = desk.send(desk.request("OPTIONS", Require="nothingSupportsThis"))
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers.get("Unsupported")) == (420, "nothingSupportsThis")
