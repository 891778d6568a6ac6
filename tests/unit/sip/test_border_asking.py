# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""SUBSCRIBEs through the border: the hop's rewriting, challenges, 423, answers that are ours and that are not."""

import pytest

from board.sip.account import Transport
from board.wire import Request, Response
from tests.unit.sip.border_bench import INNER, Bench, answer, notify, subscribe

CHALLENGE = 'Digest realm="asterisk", nonce="n1", qop="auth"'
CREDENTIALS = 'Digest username="board", realm="asterisk", nonce="n1", response="00"'


def again(**extra: str) -> Request:
    return subscribe(branch="z9hG4bKpj2", cseq=2, Authorization=CREDENTIALS, **extra)


def test_a_subscribe_leaves_with_our_via_and_contact_and_without_our_route() -> None:
    sent = Bench().subscribe()
    assert sent.headers.values("Via")[0].startswith("SIP/2.0/UDP 192.0.2.9:40000;rport;branch=z9hG4bK")
    assert len(sent.headers.values("Via")) == 2
    assert sent.headers.get("Route") is None
    assert sent.headers.get("Contact") == "<sip:board@192.0.2.9:40000>"
    assert sent.headers.get("Max-Forwards") == "69"
    assert sent.headers.get("Accept") == "application/pidf+xml, application/xpidf+xml"


def test_only_our_own_route_is_taken_off() -> None:
    bench = Bench()
    assert bench.subscribe(Route=f"<sip:{INNER};lr>, <sip:proxy.example;lr>").headers.all("Route") == [
        "<sip:proxy.example;lr>"
    ]
    bench.engine_says(subscribe("2002", branch="z9hG4bKother", Route="<sip:proxy.example;lr>"))
    assert bench.sent().headers.all("Route") == ["<sip:proxy.example;lr>"]


@pytest.mark.parametrize(("transport", "word"), [(Transport.TCP, "tcp"), (Transport.TLS, "tls")])
def test_over_a_connection_the_contact_names_its_transport(transport: Transport, word: str) -> None:
    sent = Bench(transport).subscribe()
    assert sent.headers.get("Contact") == f"<sip:board@192.0.2.9:40000;transport={word}>"
    assert sent.via.transport == word.upper()


def test_a_retransmission_is_repeated_over_udp_with_the_same_branch() -> None:
    bench = Bench()
    first, second = bench.subscribe(), bench.subscribe()
    assert first.via.branch == second.via.branch


def test_a_retransmission_is_not_repeated_over_tcp() -> None:
    bench = Bench(Transport.TCP)
    bench.subscribe()
    bench.engine_says(subscribe())
    assert bench.to_pbx() == []


def test_an_answer_comes_in_without_our_via_and_keeps_refreshes_on_the_way_through_us() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 200, Expires="600", Record_Route="<sip:proxy.example;lr>"))
    [response] = bench.to_engine()
    assert response.headers.values("Via") == ["SIP/2.0/UDP 127.0.0.1:4001;rport;branch=z9hG4bKpj1"]
    # pjsua2 takes them from the last to the first: us, then the PBX's proxy.
    assert response.headers.values("Record-Route") == ["<sip:proxy.example;lr>", f"<sip:{INNER};lr>"]
    seen = bench.answered()
    assert (seen.extension, seen.status, seen.expires, seen.ending) == ("2001", 200, 600, False)


def test_an_answer_is_reported_once() -> None:
    bench = Bench()
    sent = bench.subscribe()
    bench.pbx_says(answer(sent, 200))
    bench.pbx_says(answer(sent, 200))
    assert bench.answered().status == 200


@pytest.mark.parametrize("change", ["branch", "tag", "call-id", "cseq", "method", "no via"])
def test_an_answer_to_nothing_of_ours_goes_no_further(change: str) -> None:
    bench = Bench()
    response = answer(bench.subscribe(), 200)
    headers = response.headers
    changed = {
        "branch": headers.replaced("Via", "SIP/2.0/UDP 192.0.2.9:40000;branch=z9hG4bKguessed"),
        "tag": headers.replaced("From", "<sip:board@192.0.2.1>;tag=another"),
        "call-id": headers.replaced("Call-ID", "another"),
        "cseq": headers.replaced("CSeq", "2 SUBSCRIBE"),
        "method": headers.replaced("CSeq", "1 INVITE"),
        "no via": headers.without("Via"),
    }[change]
    bench.pbx_says(response.with_headers(changed))
    assert bench.to_engine() == []


def test_only_what_pjsua2_needs_of_an_answer_reaches_it() -> None:
    bench = Bench()
    response = answer(bench.subscribe(), 200, Expires="600", X_Odd="%&$", Content_Type="multipart/mixed")
    bench.pbx_says(Response(response.headers, b"--\r\n\r\nboom", 200, "OK"))
    [inward] = bench.to_engine()
    assert inward.body == b""
    assert inward.headers.get("X-Odd") is None
    assert inward.headers.get("Content-Type") is None


# -- digest -------------------------------------------------------------------------------------------------------


def test_a_first_challenge_is_pjsua2s_to_answer() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 401, WWW_Authenticate=CHALLENGE))
    assert bench.observations() == []
    [inward] = bench.to_engine()
    assert inward.headers.get("WWW-Authenticate") == CHALLENGE


def test_a_second_challenge_is_a_refusal_and_cannot_be_answered_again() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 401, WWW_Authenticate=CHALLENGE))
    bench.clear()
    bench.engine_says(again())
    bench.pbx_says(answer(bench.sent(), 401, WWW_Authenticate=CHALLENGE.replace("n1", "n2")))
    assert bench.answered().status == 401
    [inward] = bench.to_engine()
    assert inward.headers.get("WWW-Authenticate") is None


def test_a_stale_nonce_is_no_refusal_but_not_for_ever() -> None:
    bench = Bench()
    stale = CHALLENGE + ", stale=true"
    bench.pbx_says(answer(bench.subscribe(), 401, WWW_Authenticate=CHALLENGE))
    for number in (2, 3, 4):
        bench.clear()
        bench.engine_says(subscribe(branch=f"z9hG4bKpj{number}", cseq=number, Authorization=CREDENTIALS))
        bench.pbx_says(answer(bench.sent(), 401, WWW_Authenticate=stale))
        assert [seen.status for seen in bench.observations() if hasattr(seen, "status")] == ([401] * (number == 4))


def test_old_credentials_that_are_challenged_anew_in_a_refresh_are_no_refusal() -> None:
    bench = Bench()
    bench.active()
    bench.engine_says(again(To="<sip:2001@192.0.2.1>;tag=pbx"))
    bench.pbx_says(answer(bench.sent(), 401, WWW_Authenticate=CHALLENGE.replace("n1", "n2")))
    assert bench.observations() == []
    assert len(bench.to_engine()) == 1


def answered_challenge(bench: Bench, extension: str, nonce: str = "n1") -> Request:
    """Let pjsua2 subscribe and answer the challenge that it is told at once; return what reached the PBX."""
    bench.engine_says(subscribe(extension, branch=f"z9hG4bKa{extension}"))
    assert bench.to_pbx() == []
    [told] = bench.to_engine()
    assert isinstance(told, Response)
    assert (told.status, told.headers.get("WWW-Authenticate")) == (401, CHALLENGE.replace("n1", nonce))
    bench.engine_says(subscribe(extension, branch=f"z9hG4bKb{extension}", cseq=2, Authorization=CREDENTIALS))
    return bench.sent()


def accepting() -> Bench:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 401, WWW_Authenticate=CHALLENGE))
    bench.engine_says(again())
    bench.pbx_says(answer(bench.sent(), 200, Expires="600"))
    bench.clear()
    return bench


def test_a_challenge_that_proved_good_is_told_to_the_next_without_asking() -> None:
    bench = accepting()
    bench.pbx_says(answer(answered_challenge(bench, "2002"), 200, Expires="600"))
    assert (bench.answered().extension, len(bench.to_engine())) == ("2002", 1)


def test_an_old_challenge_is_not_told() -> None:
    bench = accepting()
    bench.now += 20.0
    bench.engine_says(subscribe("2002"))
    assert bench.sent().headers.get("Authorization") is None


def test_a_challenge_that_proved_nothing_is_not_told() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 401, WWW_Authenticate=CHALLENGE))
    bench.clear()
    bench.engine_says(subscribe("2002"))
    assert len(bench.to_pbx()) == 1


def test_a_pbx_that_takes_a_nonce_once_is_asked_first_in_the_end() -> None:
    bench = accepting()
    for number in range(3):
        extension, fresh = f"300{number}", CHALLENGE.replace("n1", f"f{number}")
        nonce = "n1" if number == 0 else f"f{number - 1}"
        bench.pbx_says(answer(answered_challenge(bench, extension, nonce), 401, WWW_Authenticate=fresh), after=0.1)
        assert bench.observations() == []  # no refusal: pjsua2 answers the new challenge
        assert len(bench.to_engine()) == 1
        bench.engine_says(subscribe(extension, branch=f"z9hG4bKc{number}", cseq=3, Authorization=CREDENTIALS))
        bench.pbx_says(answer(bench.sent(), 200, Expires="600"), after=0.1)
        bench.clear()
    bench.engine_says(subscribe("2002"))
    assert len(bench.to_pbx()) == 1


def test_credentials_that_are_no_longer_good_are_still_a_refusal() -> None:
    bench = accepting()
    fresh = CHALLENGE.replace("n1", "n2")
    bench.pbx_says(answer(answered_challenge(bench, "2002"), 401, WWW_Authenticate=fresh))
    bench.clear()
    bench.engine_says(subscribe("2002", branch="z9hG4bKc", cseq=3, Authorization=CREDENTIALS))
    bench.pbx_says(answer(bench.sent(), 401, WWW_Authenticate=CHALLENGE.replace("n1", "n3")))
    assert bench.answered().status == 401


# -- 423 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("least", "asked"), [("3600", "3600"), ("", "1800")])
def test_423_is_asked_again_for_longer(least: str, asked: str) -> None:
    bench = Bench()
    extra = {"Min_Expires": least} if least else {}
    bench.pbx_says(answer(bench.subscribe(), 423, **extra))
    assert bench.border.outbox.renewals == ["2001"]
    assert bench.observations() == []
    assert bench.to_engine() == []
    assert bench.subscribe(call_id="second", tag="new").headers.get("Expires") == asked


def test_what_423_taught_holds_for_every_extension_and_not_for_the_end() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 423, Min_Expires="3600"))
    bench.engine_says(subscribe("2002", branch="z9hG4bKpj9"))
    assert bench.sent().headers.get("Expires") == "3600"
    bench.pbx_says(notify(5, "2002"))
    bench.clear()
    bench.border.end("2002", bench.now)
    bench.engine_says(subscribe("2002", branch="z9hG4bKpj10", To="<sip:2002@192.0.2.1>;tag=pbx", Expires="0"))
    assert bench.sent().headers.get("Expires") == "0"


def test_423_that_helps_nothing_is_an_answer() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 423, Min_Expires="99999999"))
    assert bench.answered().status == 423


# -- refusals, ends, the way gone ---------------------------------------------------------------------------------


def test_a_refusal_is_reported_with_what_it_says() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 503, Retry_After="30 (busy)"))
    seen = bench.answered()
    assert (seen.status, seen.phrase, seen.retry_after) == (503, "Because", 30)
    bench.border.gave_up("2001", 503, "Because", bench.now, 0.0)
    assert bench.observations() == []


def test_without_a_way_pjsua2_hears_503_and_the_pool_hears_why() -> None:
    bench = Bench(connected=False)
    bench.engine_says(subscribe())
    [inward] = bench.to_engine()
    assert isinstance(inward, Response)
    assert inward.status == 503
    assert (bench.answered().status, bench.to_pbx()) == (0, [])


def test_pjsua2s_own_timeout_is_an_answer_that_never_came() -> None:
    bench = Bench()
    bench.subscribe()
    bench.border.gave_up("2001", 408, "Request Timeout", bench.now, 0.0)
    seen = bench.answered()
    assert (seen.status, seen.phrase) == (0, "no answer from the PBX")


def test_a_dropped_dialog_is_not_heard_of_on_the_wire() -> None:
    bench = Bench()
    bench.active()
    bench.border.drop("2001", bench.now)
    bench.engine_says(subscribe(branch="z9hG4bKpj3", cseq=2, To="<sip:2001@192.0.2.1>;tag=pbx", Expires="0"))
    [inward] = bench.to_engine()
    assert isinstance(inward, Response)
    assert (inward.status, bench.to_pbx()) == (481, [])
    bench.pbx_says(notify(11))
    [outward] = bench.to_pbx()
    assert isinstance(outward, Response)
    assert (outward.status, bench.to_engine(), bench.observations()) == (481, [], [])


def test_the_late_answer_of_a_dropped_dialog_is_dropped() -> None:
    bench = Bench()
    sent = bench.subscribe()
    bench.border.drop("2001", bench.now)
    bench.subscribe(call_id="second", tag="new", branch="z9hG4bKpj5")
    bench.pbx_says(answer(sent, 200))
    assert (bench.to_engine(), bench.observations()) == ([], [])


def test_an_audit_ends_on_the_wire_and_says_so() -> None:
    bench = Bench()
    bench.active()
    assert bench.border.end("2001", bench.now)
    bench.engine_says(subscribe(branch="z9hG4bKpj3", cseq=2, To="<sip:2001@192.0.2.1>;tag=pbx", Expires="0"))
    ending = bench.sent()
    assert bench.border.farewells() == (1, 1)
    bench.subscribe(call_id="second", tag="new", branch="z9hG4bKpj4")
    bench.pbx_says(answer(ending, 481))
    seen = bench.answered()
    assert (seen.status, seen.ending) == (481, True)
    assert bench.border.farewells() == (0, 0)


def test_the_last_notify_of_an_ending_dialog_is_answered_but_not_reported() -> None:
    bench = Bench()
    bench.active()
    bench.border.end("2001", bench.now)
    bench.pbx_says(notify(11, Subscription_State="terminated"))
    assert (len(bench.to_engine()), bench.observations()) == (1, [])
    assert bench.border.farewells() == (1, 0)


def test_a_subscription_that_was_never_accepted_is_not_ended_on_the_wire() -> None:
    bench = Bench()
    bench.subscribe()
    assert not bench.border.end("2001", bench.now)
    bench.engine_says(subscribe(branch="z9hG4bKpj3", cseq=2, Expires="0"))
    assert bench.to_pbx() == []


def test_an_end_waits_for_a_subscription_that_may_still_come_to_be() -> None:
    bench = Bench()
    sent = bench.subscribe()
    assert not bench.border.end("2001", bench.now)
    assert bench.border.farewells() == (1, 0)
    bench.pbx_says(answer(sent, 200))
    assert bench.border.farewells() == (1, 0)
    bench.pbx_says(notify(1))
    [told] = bench.to_pbx()
    assert isinstance(told, Response)
    assert told.status == 481  # which ends it at the PBX
    assert bench.border.farewells() == (0, 0)


def test_an_end_does_not_wait_for_a_subscription_that_was_refused() -> None:
    bench = Bench()
    sent = bench.subscribe()
    bench.border.end("2001", bench.now)
    bench.pbx_says(answer(sent, 404))
    assert bench.border.farewells() == (0, 0)


def test_what_is_long_over_is_forgotten() -> None:
    bench = Bench()
    bench.active()
    bench.border.drop("2001", bench.now)
    bench.now += 100
    bench.border.tick(bench.now, 0.0)
    assert len(bench.border._dialogs) == 0
    assert not bench.border._asking._sent


def test_an_answer_tells_the_methods_that_the_pbx_takes() -> None:
    bench = Bench()
    bench.pbx_says(answer(bench.subscribe(), 200, Expires="600", Allow="SUBSCRIBE, notify"))
    assert bench.answered().allow == ("SUBSCRIBE", "NOTIFY")
