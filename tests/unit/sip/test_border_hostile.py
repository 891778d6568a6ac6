# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever comes, the border raises nothing, and pjsua2 sees nothing but clean NOTIFYs and answers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from board.wire import Request, WireError, read_message
from tests.unit.sip.border_bench import Bench, answer, notify

PIECES = st.sampled_from(
    [b"\r\n", b"\n", b" ", b"\t", b";", b",", b'"', b"<", b">", b":", b"=", b"\\", b"\x00", b"\xff", b"Via", b"tag="]
)


def mutations(message: bytes) -> st.SearchStrategy[bytes]:
    """Cut, fill and overwrite a good message at up to four places."""
    place = st.integers(0, len(message))
    edit = st.tuples(place, st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=30)))

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        data = message
        for at, length, piece in edits:
            data = data[:at] + piece + data[at + length :]
        return data

    return st.lists(edit, min_size=1, max_size=4).map(apply)


def check(bench: Bench, data: bytes) -> None:
    bench.pbx_says(data)
    for inward in bench.to_engine():
        assert inward.body == b""
        assert not isinstance(inward, Request) or inward.method == "NOTIFY"
    for out in bench.border.outbox.to_pbx:
        read_message(out.data)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    bench = Bench()
    bench.active()
    check(bench, data)
    bench.border.from_engine(data, bench.now, 0.0)


@settings(deadline=None, max_examples=300)
@given(mutations(notify(11).encode()))
def test_damaged_notifies(data: bytes) -> None:
    bench = Bench()
    bench.active()
    check(bench, data)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damaged_answers(data: st.DataObject) -> None:
    bench = Bench()
    good = answer(bench.subscribe(), 401, WWW_Authenticate='Digest realm="a", nonce="b", stale=true').encode()
    check(bench, data.draw(mutations(good)))


@settings(deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=60).map(b"".join))
def test_damaged_requests_of_other_methods(tail: bytes) -> None:
    bench = Bench()
    check(bench, b"INVITE sip:board@192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n" + tail)


def test_rfc_4475_style_messages() -> None:
    """The shapes of RFC 4475 that a NOTIFY can have: folding, odd spacing, escapes, contradictions."""
    bench = Bench()
    bench.active()
    text = notify(11).encode().decode()
    variants = [
        text.replace("Via: SIP/2.0/UDP", "Via:\r\n  SIP  / 2.0\r\n /UDP"),
        text.replace("CSeq: 11 NOTIFY", "cseq : 0011\r\n\t NOTIFY"),
        text.replace("CSeq: 11 NOTIFY", "CSeq: 36893488147419103232 NOTIFY"),
        text.replace("CSeq: 11 NOTIFY", "CSeq: 1 INVITE"),
        text.replace("Max-Forwards: 70", "Max-Forwards: 300"),
        text.replace("Content-Length: ", "Content-Length: -"),
        text.replace("Content-Length: ", "Content-Length: 9"),
        text.replace("To: <", 'To: "quoted \\" ; <>" <'),
        text.replace("NOTIFY sip:", "NOTIFY  sip:"),
        text.replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1),
        text.replace("\r\n", "\n"),
        "\r\n\r\n" + text,
        text.replace("Call-ID:", "Call-ID:\r\nCall-ID:"),
        text.replace("Subscription-State: active;expires=599", "Subscription-State: active;expires=" + "9" * 400),
        text.replace("From: ", "From: \x00\x7f\x1b"),
    ]
    for variant in variants:
        check(bench, variant.encode("latin-1"))
    bench.clear()
    bench.pbx_says(notify(5000))
    assert bench.notified().document is not None


def test_the_message_reader_is_the_only_thing_that_refuses() -> None:
    """What the border drops it says, without the message itself."""
    bench = Bench()
    for _ in range(100):
        bench.pbx_says(b"nonsense Authorization: secret\r\n\r\n")
    [text] = bench.troubles()
    assert text.startswith("a message of the PBX was dropped")
    try:
        read_message(b"nonsense")
    except WireError:
        return
    raise AssertionError("nonsense was read")
