# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What each refusal leads to: whom it stops, for how long, and the line that is shown."""

import pytest

from board.sip.messages import Probe, Unsubscribe
from board.sip.timing import Timing
from board.states import PbxState, Subscription
from tests.unit.sip.desk import Desk, board

# status, seconds until the next try without a Retry-After, words of the line; the extension was active before
ANSWERS = [
    (302, 15.0, "redirects"),
    (403, 60.0, "allow_subscribe=yes"),
    (404, 1.0, "no hint for 2002 any more"),
    (410, 1.0, "if it was removed: add exten => 2002,hint,PJSIP/2002"),
    (423, 15.0, "at least 7200 s"),
    (480, 5.0, "480"),
    (481, 0.0, "forgot"),
    (489, 15.0, "res_pjsip_pidf_body_generator"),
    (500, 0.5, "failed to subscribe 2002 (500 Oops)"),
    (513, 0.5, "513"),
    (603, 60.0, "allow_subscribe"),
    (699, 15.0, "refused"),
]


@pytest.mark.parametrize(("status", "pause", "words"), ANSWERS)
def test_refused_extension(status: int, pause: float, words: str) -> None:
    desk = board("2001", "2002")
    desk.answer("2002", status, phrase="Oops", min_expires=7200.0)
    desk.commands()
    event = desk.of("2002")
    assert (event.subscription, event.stale) == (Subscription.TERMINATED, True)
    assert words in event.reason
    assert "\n" not in event.reason
    if pause:
        assert desk.asked(desk.wait(pause * 0.99, healthy=True)) == []
    desk.wait(0.01 + pause * 0.02, healthy=True)
    desk.settle("2002")
    assert desk.fresh("2002")


@pytest.mark.parametrize("status", [403, 404, 480, 481, 500, 603])
def test_retry_after_is_honoured(status: int) -> None:
    desk = board("2001", "2002")
    desk.answer("2002", status, retry_after=120.0)
    desk.commands()
    assert "2002" not in desk.asked(desk.wait(119.0, healthy=True))
    assert "2002" in desk.asked(desk.wait(62.0, healthy=True))


def test_absurd_retry_after_is_capped() -> None:
    desk = board("2001", "2002")
    desk.answer("2002", 404, retry_after=1e9)
    assert "2002" in desk.asked(desk.wait(3601.0, healthy=True))


# reason, seconds until the next try
REASONS = [
    ("deactivated", 0.0),
    ("timeout", 0.0),
    ("", 0.5),
    ("something new", 0.5),
    ("probation", 5.0),
    ("giveup", 5.0),
    ("noresource", 1.0),
    ("rejected", 600.0),
    ("invariant", 600.0),
]


@pytest.mark.parametrize(("reason", "pause"), REASONS)
def test_terminated(reason: str, pause: float) -> None:
    desk = board("2001", "2002")
    desk.end("2002", reason)
    assert desk.of("2002").subscription is Subscription.TERMINATED
    assert "2002" in desk.of("2002").reason
    if pause:
        assert "2002" not in desk.asked(desk.wait(pause * 0.99, healthy=True))
        assert "2002" in desk.asked(desk.wait(pause * 0.02, healthy=True))
    else:
        assert desk.asked() == ["2002"]
    desk.settle("2002")
    assert desk.fresh("2002")


def test_terminated_with_retry_after() -> None:
    desk = board("2001", "2002")
    desk.end("2002", "probation", retry_after=60.0)
    assert "2002" not in desk.asked(desk.wait(59.0, healthy=True))
    assert "2002" in desk.asked(desk.wait(2.0, healthy=True))


def test_repeated_refusal_backs_off_to_300_seconds() -> None:
    desk = board("2001", "2002")
    pauses = []
    for _ in range(11):
        desk.answer("2002", 404)
        refused = desk.now
        while "2002" not in desk.asked(desk.wait(1.0, healthy=True)):
            pass
        pauses.append(desk.now - refused)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_an_extension_never_known_is_asked_for_slowly() -> None:
    desk = Desk(("2001", "2002")).start()
    [canary] = desk.asked()
    desk.settle(canary)
    [other] = desk.asked()
    desk.answer(other, 404)
    desk.commands()
    assert desk.of(other).reason.startswith(f"no hint for {other}: add exten => {other},hint,PJSIP/{other}")
    assert other not in desk.asked(desk.wait(14.0, healthy=True))
    assert other in desk.asked(desk.wait(2.0, healthy=True))


def test_back_off_starts_afresh_after_a_good_while() -> None:
    desk = board("2001", "2002", timing=Timing(audit_every=1e6))
    for _ in range(3):
        desk.end("2002", "deactivated")
        desk.wait(10.0, healthy=True)
        desk.settle("2002")
    desk.wait(31.0, healthy=True)
    desk.settle("2001", "2002")
    desk.end("2002", "deactivated")
    assert desk.asked() == ["2002"]


@pytest.mark.parametrize("status", [401, 407])
def test_refused_account_stops_everything(status: int) -> None:
    desk = board("2001", "2002", "2003")
    desk.answer("2002", status)
    assert desk.health().state is PbxState.REFUSED
    assert "correct user and password of [[pbx]] office" in desk.health().reason
    assert desk.commands() == [Unsubscribe(("2001", "2002", "2003"), quietly=True)]
    assert not any(desk.fresh(extension) for extension in ("2001", "2002", "2003"))
    desk.notify("2001")  # a dialog that the PBX still holds
    assert not desk.fresh("2001")
    assert desk.wait(44.0) == []
    assert len(desk.asked(desk.wait(32.0))) == 1  # the account had worked: once more after a minute


def test_account_that_never_worked_is_retried_every_ten_minutes() -> None:
    desk = Desk(("2001", "2002")).start()
    (extension,) = desk.asked()
    desk.answer(extension, 401)
    assert desk.asked(desk.wait(599.0)) == []
    assert len(desk.asked(desk.wait(2.0))) == 1
    assert desk.health().state is PbxState.REFUSED


def test_user_orders_a_retry() -> None:
    desk = Desk(("2001", "2002")).start()
    desk.answer(desk.asked()[0], 401)
    desk.commands()
    desk.policy.retry(desk.now, desk.at)
    (extension,) = desk.asked()
    desk.settle(extension)
    desk.settle(*desk.asked(desk.wait(1.0, healthy=True)))
    assert desk.fresh("2001")
    assert desk.fresh("2002")
    assert (desk.health().state, desk.health().reason) == (PbxState.LIVE, "")
    assert desk.asked(desk.wait(700.0, healthy=True)) == []  # the rare retry is off


def test_retry_of_what_one_extension_was_refused() -> None:
    desk = board("2001", "2002")
    desk.answer("2002", 404, retry_after=3000.0)
    desk.commands()
    desk.policy.retry(desk.now, desk.at)
    assert desk.asked() == ["2002"]


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "allow_subscribe=yes"), (404, "still loading"), (489, "res_pjsip_exten_state"), (423, "sub_min_expiry")],
)
def test_what_all_are_refused_is_said_of_the_pbx(status: int, words: str) -> None:
    desk = board("2001", "2002")
    desk.answer("2001", status)
    assert desk.health().reason == ""
    desk.answer("2002", status)
    assert words in desk.health().reason
    assert desk.health().state is PbxState.LIVE
    desk.wait(100.0, healthy=True)
    desk.settle("2001")
    assert desk.health().reason == ""


def test_overload_holds_everybody_back() -> None:
    desk = board("2001", "2002", "2003")
    desk.answer("2001", 503, retry_after=30.0)
    desk.end("2002", "deactivated")
    assert desk.asked() == []
    assert "overloaded" in desk.health().reason
    assert desk.asked(desk.wait(29.0, healthy=True)) == []
    assert sorted(desk.asked(desk.wait(2.0, healthy=True))) == ["2001", "2002"]
    assert desk.health().reason == ""


def test_many_refusals_of_one_overload_count_once() -> None:
    extensions = tuple(str(2000 + number) for number in range(20))
    desk = board(*extensions)
    for extension in extensions:
        desk.end(extension, "deactivated")
    for extension in desk.asked():
        desk.answer(extension, 503)
    assert desk.asked(desk.wait(1.4, healthy=True)) == []
    assert desk.asked(desk.wait(4.0, healthy=True)) != []


def test_refusal_while_the_worker_is_gone_is_ignored() -> None:
    desk = board("2001")
    desk.policy.shard_lost(0, "killed", desk.now, desk.at)
    desk.answer("2001", 401)
    assert desk.health().state is PbxState.LIVE
    assert desk.of("2001").reason == "its SIP worker is being restarted"


def test_words_of_strangers_are_tamed() -> None:
    desk = board("2001", "2002")
    desk.answer("2002", 500, phrase="{pbx}\r\nEvil\x1b[31m " + "x" * 500)
    reason = desk.of("2002").reason
    assert reason.isprintable()
    assert len(reason) < 160


def test_subscribe_that_could_not_be_sent() -> None:
    desk = board("2001", "2002")
    desk.end("2002", "deactivated")
    assert desk.asked() == ["2002"]
    desk.answer("2002", 0, phrase="no route")
    assert desk.health().state is PbxState.LIVE
    assert desk.of("2002").subscription is Subscription.PENDING
    assert desk.of("2002").reason == "office did not answer the subscription to 2002"
    assert desk.asked(desk.wait(2.1, healthy=True)) == ["2002"]


def test_probes_go_on_while_an_extension_is_refused() -> None:
    desk = board("2001", "2002")
    desk.answer("2002", 403)
    assert any(isinstance(command, Probe) for command in desk.wait(6.0, healthy=True))
