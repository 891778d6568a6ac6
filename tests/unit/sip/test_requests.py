# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""MESSAGE and PUBLISH through the border: sent, challenged once, repeated over UDP, given up, and always told of."""

import pytest

from board.sip.account import Transport
from board.sip.messages import Observation, RequestAnswered, SendRequest
from board.sip.requests import PATIENCE
from board.wire import Request, Response
from tests.unit.sip.border_bench import Bench

WISH = SendRequest(7, "MESSAGE", "presence", (("Content-Type", "text/plain"),), b"away||")
# RFC 7616 has no example of MESSAGE; these are of its own arithmetic: MD5 of user:realm:password and method:uri.
CHALLENGE = 'Digest realm="asterisk", nonce="1/ab", opaque="o1", algorithm=MD5, qop="auth"'


def sent(bench: Bench) -> Request:
    [message] = bench.to_pbx()
    assert isinstance(message, Request)
    return message


def answer(request: Request, status: int, challenge: str = "") -> Response:
    response = Response.to_request(request, status, "Word", tag="pbx")
    if challenge:
        response = response.with_headers(response.headers.with_last("WWW-Authenticate", challenge))
    return response


def outcome(bench: Bench) -> list[tuple[int, int]]:
    observations: list[Observation] = bench.observations()
    return [(told.serial, told.status) for told in observations if isinstance(told, RequestAnswered)]


def test_an_answer_is_told_once() -> None:
    bench = Bench()
    bench.border.request(WISH, bench.now, 0.0)
    request = sent(bench)
    assert (request.method, request.uri, request.body) == ("MESSAGE", "sip:presence@192.0.2.1:5060", b"away||")
    assert request.from_.sip_uri().user == "board"
    for _ in range(2):
        bench.pbx_says(answer(request, 202), after=0.1)
    assert outcome(bench) == [(7, 202)]


@pytest.mark.parametrize("challenge", [CHALLENGE, CHALLENGE.replace("MD5", "SHA-256"), 'Digest realm="x", nonce="n"'])
def test_a_challenge_is_answered_once_and_a_second_one_is_a_refusal(challenge: str) -> None:
    bench = Bench()
    bench.border.request(WISH, bench.now, 0.0)
    first = sent(bench)
    assert first.headers.get("Authorization") is None
    bench.pbx_says(answer(first, 401, challenge), after=0.1)
    second = sent(bench)
    given = second.headers.get("Authorization") or ""
    assert 'username="board"' in given
    assert second.cseq == (2, "MESSAGE")
    assert second.call_id == first.call_id
    assert second.via.branch != first.via.branch
    bench.pbx_says(answer(second, 401, challenge), after=0.1)
    assert bench.to_pbx() == []
    assert outcome(bench) == [(7, 401)]


def test_a_challenge_that_nobody_knows_is_a_refusal() -> None:
    bench = Bench()
    bench.border.request(WISH, bench.now, 0.0)
    bench.pbx_says(answer(sent(bench), 401, 'Digest realm="x", nonce="n", algorithm=SHA-512-256'), after=0.1)
    assert bench.to_pbx() == []
    assert outcome(bench) == [(7, 401)]


@pytest.mark.parametrize(("transport", "repeated"), [(Transport.UDP, True), (Transport.TCP, False)])
def test_it_is_repeated_where_it_may_be_lost_and_given_up_in_the_end(transport: Transport, repeated: bool) -> None:
    bench = Bench(transport)
    bench.border.request(WISH, bench.now, 0.0)
    request, start = sent(bench), bench.now
    while bench.now < start + PATIENCE:
        bench.now += 0.25
        bench.border.tick(bench.now, 0.0)
    again = bench.to_pbx()
    assert len(again) == (4 if repeated else 0)
    assert all(message == request for message in again)
    assert outcome(bench) == [(7, 0)]
    bench.pbx_says(answer(request, 202), after=0.1)
    assert outcome(bench) == []


def test_a_publish_takes_its_fields_along_and_brings_back_those_of_the_answer() -> None:
    bench = Bench()
    fields = (("Event", "presence"), ("SIP-If-Match", "a1"))
    bench.border.request(SendRequest(8, "PUBLISH", "2000", fields, b"<presence/>"), bench.now, 0.0)
    bench.pbx_says(answer(sent(bench), 401, CHALLENGE), after=0.1)
    second = sent(bench)
    assert (second.method, second.uri, second.cseq) == ("PUBLISH", "sip:2000@192.0.2.1:5060", (2, "PUBLISH"))
    assert second.headers.get("SIP-If-Match") == "a1"
    assert second.body == b"<presence/>"
    accepted = answer(second, 200)
    bench.pbx_says(accepted.with_headers(accepted.headers.with_last("SIP-ETag", "a2")), after=0.1)
    [told] = bench.observations()
    assert isinstance(told, RequestAnswered)
    assert (told.serial, told.status, dict(told.fields)["SIP-ETag"]) == (8, 200, "a2")


def test_without_a_way_it_is_told_at_once() -> None:
    bench = Bench(connected=False)
    bench.border.request(WISH, bench.now, 0.0)
    assert bench.to_pbx() == []
    assert outcome(bench) == [(7, 0)]


def test_a_lost_way_gives_up_what_was_under_way() -> None:
    bench = Bench(Transport.TCP)
    bench.border.request(WISH, bench.now, 0.0)
    bench.border.closed(0.0)
    assert outcome(bench) == [(7, 0)]


def test_an_answer_to_another_message_is_ignored() -> None:
    bench = Bench()
    bench.border.request(WISH, bench.now, 0.0)
    request = sent(bench)
    foreign = request.with_headers(request.headers.replaced("Call-ID", "another"))
    bench.pbx_says(answer(foreign, 202), after=0.1)
    assert outcome(bench) == []
