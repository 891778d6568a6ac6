# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes that mean harm: random, mutated, oversized. Nothing is raised, nothing grows."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from board.notifier.settings import Settings
from tests.unit.notifier.desk import STREAM, WATCHER, Desk, only_notify

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
