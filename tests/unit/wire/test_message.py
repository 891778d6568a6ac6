# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading and writing whole SIP messages."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.wire import Request, Response, WireError, read_message
from board.wire.headers import Headers
from board.wire.stream import StreamCutter

NOTIFY = (
    b"NOTIFY sip:board@127.0.0.1:5060 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5560;rport;branch=z9hG4bKPj1, SIP/2.0/TCP [::1]:5061;branch=z9hG4bKPj0\r\n"
    b'From: "Bob, the \\"B\\"" <sip:2001@127.0.0.1;x=1>;tag=as1\r\n'
    b"t: sip:board@127.0.0.1;tag=me\r\n"
    b"Call-ID: a@b\r\nCSeq: 7 NOTIFY\r\n"
    b"Subject: folded\r\n  over lines \xff\r\n"
    b"Subscription-State: terminated;reason=timeout;retry-after=5\r\n"
    b"Content-Length:   4\r\n\r\nbody and more"
)


def test_a_request_is_read() -> None:
    message = read_message(NOTIFY)
    assert isinstance(message, Request)
    assert (message.method, message.uri) == ("NOTIFY", "sip:board@127.0.0.1:5060")
    assert message.cseq == (7, "NOTIFY")
    assert (message.from_.display, message.from_.tag) == ('Bob, the "B"', "as1")
    assert (message.to.uri, message.to.tag) == ("sip:board@127.0.0.1", "me")
    assert (message.via.transport, message.via.branch, message.via.port) == ("UDP", "z9hG4bKPj1", 5560)
    assert message.headers.get("subject") == "folded over lines \udcff"
    assert message.body == b"body"


def test_every_byte_of_a_header_survives() -> None:
    assert b"folded over lines \xff\r\n" in read_message(NOTIFY).encode()


def test_the_top_via_comes_off_and_goes_on() -> None:
    headers = read_message(NOTIFY).headers.without_top("Via")
    assert headers.all("Via") == ["SIP/2.0/TCP [::1]:5061;branch=z9hG4bKPj0"]
    assert not headers.without_top("via").all("Via")
    assert headers.with_first("Via", "SIP/2.0/UDP h").values("v")[0] == "SIP/2.0/UDP h"


def test_replacing_a_header_drops_its_repetitions() -> None:
    headers = Headers([("A", "1"), ("Expires", "600"), ("expires", "5")])
    assert list(headers.replaced("EXPIRES", "3600")) == [("A", "1"), ("Expires", "3600")]


def test_an_answer_carries_what_identifies_the_request() -> None:
    request = read_message(NOTIFY)
    assert isinstance(request, Request)
    answer = Response.to_request(request, 481, "Subscription does not exist", tag="zz")
    again = read_message(answer.encode())
    assert isinstance(again, Response)
    assert (again.status, again.phrase, again.to.tag, again.cseq) == (481, answer.phrase, "me", (7, "NOTIFY"))
    assert len(again.headers.values("Via")) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"SIP/2.0 999 No\r\n\r\n",
        b"NOTIFY sip:a SIP/2.0\r\nno colon here\r\n\r\n",
        b"NOTIFY sip:a SIP/2.0\r\nContent-Length: 10\r\n\r\nshort",
        b"NOTIFY sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n",
        b"NOTIFY sip:a SIP/2.0\r\n" + b"X: y\r\n" * 300 + b"\r\n",
    ],
)
def test_what_is_no_sip_is_refused_with_one_line(data: bytes) -> None:
    with pytest.raises(WireError) as refusal:
        read_message(data)
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(WireError):
        read_message(data)


@given(st.integers(1, 40))
def test_a_stream_is_cut_wherever_it_breaks(step: int) -> None:
    message = read_message(NOTIFY).encode()
    stream = b"\r\n\r\n" + message + b"\r\n" + message
    cutter, found = StreamCutter(), list[bytes]()
    for start in range(0, len(stream), step):
        found += cutter.feed(stream[start : start + step])
    assert found == [message, message]


@pytest.mark.parametrize(
    "data", [b"A" * 20_000, b"NOTIFY sip:a SIP/2.0\r\nX: y\r\n\r\n", b"NOTIFY sip:a SIP/2.0\r\nl: 999999999\r\n\r\n"]
)
def test_a_stream_that_cannot_be_followed_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        StreamCutter().feed(data)
