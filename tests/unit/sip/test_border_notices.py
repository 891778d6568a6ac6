# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The PBX's requests at the border: whose NOTIFY is taken, what pjsua2 sees of it, what is answered here."""

import pytest

from board.pidf.document import Document
from board.sip.account import Transport
from board.sip.messages import ProbeAnswered
from board.states import DeviceState, Subscription
from board.wire import Request, Response
from board.wire.headers import Headers
from tests.unit.sip.border_bench import INNER, PBX, Bench, answer, notify


@pytest.fixture
def bench() -> Bench:
    """A border with one active subscription, whose last NOTIFY had CSeq 10."""
    made = Bench()
    made.active(cseq=10)
    return made


def status_of(bench: Bench) -> int:
    """The status of the one answer that went to the PBX, of which pjsua2 heard nothing."""
    [message] = bench.to_pbx()
    assert isinstance(message, Response)
    assert bench.to_engine() == []
    return message.status


def test_a_notify_is_read_here_and_goes_on_without_its_body(bench: Bench) -> None:
    bench.pbx_says(notify(11))
    seen = bench.notified()
    assert seen.document is not None
    assert (seen.document.device, seen.state, seen.gap) == (DeviceState.RINGING, Subscription.ACTIVE, False)
    assert seen.expires == 599
    [inward] = bench.to_engine()
    assert inward.body == b""
    assert inward.headers.get("Content-Type") is None
    assert inward.headers.get("Content-Length") == "0"
    assert inward.headers.values("Record-Route") == [f"<sip:{INNER};lr>"]
    assert inward.headers.values("Via")[0].startswith(f"SIP/2.0/UDP {INNER};branch=z9hG4bK")


def test_pjsua2s_answer_goes_to_whoever_sent_the_notify(bench: Bench) -> None:
    bench.pbx_says(notify(11, Record_Route="<sip:proxy.example;lr>"))
    [inward] = bench.to_engine()
    assert isinstance(inward, Request)
    answered = Response.to_request(inward, 200, "OK")
    routes = [("Record-Route", value) for value in inward.headers.all("Record-Route")]
    # An answer's Contact is where the next NOTIFY goes: pjsua2's own would lead past the border.
    fields = (*answered.headers, *routes, ("Contact", "<sip:board@127.0.0.1:4001;ob>"))
    bench.engine_says(answered.with_headers(Headers(fields)))
    assert [out.to for out in bench.border.outbox.to_pbx] == [PBX]
    [outward] = bench.to_pbx()
    assert outward.headers.values("Via") == ["SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKast11"]
    assert outward.headers.values("Record-Route") == ["<sip:proxy.example;lr>"]
    assert outward.headers.values("Contact") == ["<sip:board@192.0.2.9:40000>"]


def test_compact_header_names_and_joined_vias_are_understood(bench: Bench) -> None:
    long = notify(11).encode().decode()
    vias = "v: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKp, SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa"
    compact = [vias if line.startswith("Via:") else line for line in long.split("\r\n")]
    text = "\r\n".join(compact)
    for name, short in (("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Event", "o"), ("Content-Type", "c")):
        text = text.replace(f"\r\n{name}:", f"\r\n{short}:")
    bench.pbx_says(text.replace("\r\nContent-Length:", "\r\nl:").encode())
    assert bench.notified().document is not None
    [inward] = bench.to_engine()
    assert isinstance(inward, Request)
    bench.engine_says(Response.to_request(inward, 200, "OK"))
    [outward] = bench.to_pbx()
    assert len(outward.headers.values("Via")) == 2


def test_in_a_burst_pjsua2_is_spared_what_tells_it_nothing(bench: Bench) -> None:
    for cseq in range(11, 31):
        bench.pbx_says(notify(cseq), after=0.5)
    assert len(bench.observations()) == 20
    handed, answered = len(bench.to_engine()), bench.to_pbx()
    assert handed == 5
    assert [message.status for message in answered if isinstance(message, Response)] == [200] * 15
    bench.pbx_says(notify(31, Subscription_State="terminated"), after=0.1)
    assert len(bench.to_engine()) == 1


@pytest.mark.parametrize(("cseq", "gap"), [(11, False), (12, True), (400, True)])
def test_a_jump_in_cseq_is_a_gap(bench: Bench, cseq: int, gap: bool) -> None:
    bench.pbx_says(notify(cseq))
    assert bench.notified().gap is gap


@pytest.mark.parametrize("cseq", [10, 9, 1])
def test_an_old_or_repeated_notify_is_answered_here_and_reported_no_more(bench: Bench, cseq: int) -> None:
    bench.pbx_says(notify(cseq))
    assert status_of(bench) == 200
    assert bench.observations() == []


def test_the_first_notify_may_come_before_the_answer() -> None:
    bench = Bench()
    sent = bench.subscribe()
    bench.pbx_says(notify(3))
    assert bench.notified().gap is False
    bench.pbx_says(answer(sent, 200, tag="pbx"))
    assert bench.answered().status == 200


def test_the_first_fork_wins() -> None:
    bench = Bench()
    sent = bench.subscribe()
    bench.pbx_says(notify(3))
    bench.clear()
    bench.pbx_says(notify(7, From="<sip:2001@192.0.2.1>;tag=fork"))
    assert status_of(bench) == 481
    bench.pbx_says(answer(sent, 200, tag="fork"))
    [inward] = bench.to_engine()
    assert inward.to.tag == "pbx"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Call-ID", "another"),
        ("To", "<sip:board@192.0.2.1>;tag=another"),
        ("To", "<sip:board@192.0.2.1>"),
        ("From", "<sip:2001@192.0.2.1>;tag=another"),
        ("From", "<sip:2001@192.0.2.1>"),
    ],
)
def test_a_notify_of_no_dialog_of_ours_is_answered_481(bench: Bench, header: str, value: str) -> None:
    message = notify(11)
    bench.pbx_says(message.with_headers(message.headers.replaced(header, value)))
    assert status_of(bench) == 481
    assert bench.observations() == []


def test_after_its_end_a_dialog_is_gone_but_for_retransmissions(bench: Bench) -> None:
    bench.pbx_says(notify(11, Subscription_State="terminated;reason=probation;retry-after=7"))
    seen = bench.notified()
    assert (seen.state, seen.reason, seen.retry_after) == (Subscription.TERMINATED, "probation", 7)
    assert len(bench.to_engine()) == 1
    bench.pbx_says(notify(11))
    assert status_of(bench) == 200
    bench.pbx_says(notify(12))
    assert status_of(bench) == 481


def test_another_event_is_refused(bench: Bench) -> None:
    bench.pbx_says(notify(11, Event="dialog"))
    [message] = bench.to_pbx()
    assert isinstance(message, Response)
    assert (message.status, message.headers.get("Allow-Events")) == (489, "presence")


def test_a_notify_without_subscription_state_is_refused(bench: Bench) -> None:
    message = notify(11)
    bench.pbx_says(message.with_headers(message.headers.without("Subscription-State")))
    assert status_of(bench) == 400


def test_a_body_that_cannot_be_read_still_keeps_the_subscription(bench: Bench) -> None:
    bench.pbx_says(notify(11, body=b"\x00 not xml"))
    seen = bench.notified()
    assert seen.document is None
    assert seen.error
    assert len(bench.to_engine()) == 1


def test_no_body_says_that_nothing_is_known_where_the_subscription_is_active(bench: Bench) -> None:
    bench.pbx_says(notify(11, body=b"", Content_Type=""))
    assert (bench.notified().document, bench.observations()) == (Document(""), [])
    bench.pbx_says(notify(12, body=b"", Content_Type="", Subscription_State="pending"))
    seen = bench.notified()
    assert (seen.document, seen.error) == (None, "")


def test_a_body_may_be_large(bench: Bench) -> None:
    body = notify(11).body.replace(b"Ringing", b"Ringing" + b" " * 60_000)
    bench.pbx_says(notify(11, body=body))
    assert bench.notified().document is not None


@pytest.mark.parametrize(
    ("method", "to", "status"),
    [
        ("OPTIONS", "<sip:board@192.0.2.9>", 200),
        ("MESSAGE", "<sip:board@192.0.2.9>", 405),
        ("INVITE", "<sip:board@192.0.2.9>", 405),
        ("SUBSCRIBE", "<sip:board@192.0.2.9>", 405),
        ("BYE", "<sip:board@192.0.2.9>;tag=ours-2001", 481),
        ("CANCEL", "<sip:board@192.0.2.9>", 481),
    ],
)
def test_other_requests_never_reach_pjsua2(bench: Bench, method: str, to: str, status: int) -> None:
    headers = notify(11).headers.replaced("CSeq", f"1 {method}").replaced("To", to)
    bench.pbx_says(Request(headers, b"", method, "sip:board@192.0.2.9:40000"))
    assert status_of(bench) == status


def test_an_ack_is_dropped(bench: Bench) -> None:
    bench.pbx_says(Request(notify(11).headers.replaced("CSeq", "1 ACK"), b"", "ACK", "sip:board@192.0.2.9"))
    assert (bench.to_pbx(), bench.to_engine()) == ([], [])


def test_a_method_that_its_cseq_denies_is_dropped(bench: Bench) -> None:
    bench.pbx_says(notify(11, CSeq="11 INVITE"))
    assert (bench.to_pbx(), bench.to_engine()) == ([], [])
    assert bench.troubles() == ["a message of the PBX was dropped: a NOTIFY with the CSeq of another method"]


# -- probes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 401, 404, 503])
def test_any_final_answer_answers_a_probe(status: int) -> None:
    bench = Bench(Transport.TCP)
    bench.border.probe(7, bench.now)
    sent = bench.sent()
    assert (sent.method, sent.uri, sent.via.transport) == ("OPTIONS", "sip:192.0.2.1:5060", "TCP")
    for number in (100, status, status):
        bench.pbx_says(answer(sent, number), after=0.125)
    assert bench.observations() == [ProbeAnswered(7, status, 0.25, 0.0)]
    assert bench.to_engine() == []


@pytest.mark.parametrize(
    ("headers", "server", "clock"),
    [
        ({"Server": "Asterisk 22", "Date": "Mon, 23 Nov 2026 06:47:14 GMT"}, "Asterisk 22", 1795416434),
        ({"WWW_Authenticate": f'Digest realm="asterisk",nonce="1795416434/{"0f" * 16}"'}, "", 1795416434),
        ({"User_Agent": "some\tthing", "Date": "Mon, 99 Nov 2026 06:47:14 GMT"}, "some thing", None),
        ({"Date": "tomorrow", "WWW_Authenticate": 'Digest nonce="abc"'}, "", None),
    ],
)
def test_a_probe_tells_the_pbxs_name_and_clock(headers: dict[str, str], server: str, clock: float | None) -> None:
    bench = Bench(Transport.TCP)
    bench.border.probe(7, bench.now)
    bench.pbx_says(answer(bench.sent(), 401, **headers))
    [seen] = bench.observations()
    assert isinstance(seen, ProbeAnswered)
    assert (seen.server, seen.clock) == (server, clock)


def test_a_probe_without_a_way_is_not_sent() -> None:
    bench = Bench(connected=False)
    bench.border.probe(7, bench.now)
    assert bench.to_pbx() == []
