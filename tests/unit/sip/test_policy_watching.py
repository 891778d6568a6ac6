# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One subscription after another: the first, gaps, audits, doubts, and extensions that come and go."""

import pytest

from board.events import PbxChanged
from board.sip.messages import Audit, Probe, ProbeAnswered, Reconnect, Subscribe, Unsubscribe
from board.sip.timing import Timing
from board.states import PbxState, Subscription
from tests.unit.sip.desk import Desk, board, kinds

LONG = Timing(audit_every=1e6)


def test_one_extension_goes_first() -> None:
    desk = Desk(("2001", "2002", "2003"), ("3001",)).start(0).start(1)
    (canary,) = desk.asked()
    assert desk.health().state is PbxState.CONNECTING
    desk.answer(canary)
    assert sorted([canary, *desk.asked()]) == ["2001", "2002", "2003", "3001"]
    assert desk.health().state is PbxState.LIVE


def test_another_goes_first_if_its_worker_dies() -> None:
    desk = Desk(("2001",), ("3001",)).start(0).start(1)
    assert desk.asked() == ["2001"]
    desk.policy.shard_lost(0, "killed", desk.now, desk.at)
    assert desk.asked() == ["3001"]


def test_another_goes_first_if_it_is_taken_out() -> None:
    desk = Desk(("2001", "2002")).start()
    (first,) = desk.asked()
    desk.policy.quarantined(0, first, "it crashed its worker", desk.now, desk.at)
    assert sorted([first, *desk.asked()]) == ["2001", "2002"]


def test_another_goes_first_each_time() -> None:
    desk = Desk(("2001", "2002", "2003")).start()
    asked = desk.asked() + desk.asked(desk.wait(12.0, healthy=True))
    assert set(asked[:3]) == {"2001", "2002", "2003"}


def test_nothing_is_said_before_something_is_known() -> None:
    desk = Desk(("2001",)).start()
    desk.answer("2001")
    assert desk.events() == []
    desk.notify("2001")
    (event,) = desk.events()
    assert (str(event.address), event.subscription, event.stale, event.reason) == (
        "2001@office",
        Subscription.ACTIVE,
        False,
        "",
    )
    assert event.at == desk.at
    desk.notify("2001")
    assert desk.events() == []


def test_pending_is_not_fresh() -> None:
    desk = Desk(("2001",)).start()
    desk.answer("2001", 202)
    desk.notify("2001", Subscription.PENDING, document=None)
    assert desk.of("2001").subscription is Subscription.PENDING
    assert "not yet allowed" in desk.of("2001").reason
    desk.notify("2001")
    assert desk.fresh("2001")


def test_unreadable_state_is_stale_until_a_readable_one_comes() -> None:
    desk = board("2001")
    desk.notify("2001", document=None, error="not XML")
    assert desk.of("2001").reason == "the state of 2001 cannot be read: not XML"
    assert desk.of("2001").subscription is Subscription.ACTIVE
    desk.notify("2001")
    assert desk.fresh("2001")


def test_notify_timeout_grows_to_timer_n() -> None:
    desk = Desk(("2001",), timing=LONG).start()
    desk.commands()
    pauses = []
    for _ in range(4):
        desk.answer("2001")
        answered = desk.now
        while not desk.asked(desk.wait(0.1, healthy=True)):
            assert desk.now < answered + 60.0
        pauses.append(round(desk.now - answered))
    assert pauses == [10, 20 + 1, 32 + 2, 32 + 4]  # each with the back-off after it


def test_unanswered_subscribe_with_a_living_path_backs_off() -> None:
    desk = board("2001", "2002")
    desk.end("2002", "timeout")
    assert desk.asked() == ["2002"]
    asked = desk.asked(desk.wait(60.0, healthy=True))
    assert 2 <= asked.count("2002") <= 5
    assert desk.of("2002").reason == "office did not answer the subscription to 2002"
    assert desk.fresh("2001")
    assert desk.health().state is PbxState.LIVE


def test_swallowed_subscribes_narrow_the_window() -> None:
    desk = Desk(tuple(str(2000 + number) for number in range(100)), timing=LONG).start()
    desk.answer_probes(desk.commands())
    desk.settle("2001")
    assert len(desk.asked()) >= 32
    desk.wait(7.9, healthy=True)
    assert 4 <= len(desk.asked(desk.wait(0.2, healthy=True))) <= 6


def test_unanswered_subscribe_without_any_sign_of_life_is_silence() -> None:
    desk = Desk(("2001", "2002"), timing=Timing(probe_misses=99))
    desk.open_board("2001", "2002")
    desk.end("2002", "timeout")
    desk.wait(8.1)
    assert desk.health().state is PbxState.SILENT
    assert desk.of("2001").reason == "PBX silent"


# -- gaps ---------------------------------------------------------------------------------------------------------


def test_gap_is_mended_at_once_and_unseen() -> None:
    desk = board("2001", "2002")
    desk.notify("2001", gap=True)
    assert desk.asked() == ["2001"]
    desk.settle("2001")
    assert desk.events() == []
    desk.wait(2.0, healthy=True)
    assert desk.events() == []


def test_what_follows_a_gap_leaves_the_old_dialog_without_a_word() -> None:
    """Its end would be one request more, and one NOTIFY, where there was too much already."""
    desk = board("2001")
    desk.notify("2001", gap=True)
    assert desk.commands() == [Unsubscribe(("2001",), quietly=True), Subscribe(("2001",))]


def test_gap_that_takes_longer_is_shown() -> None:
    desk = board("2001")
    desk.notify("2001", gap=True)
    desk.wait(0.9, healthy=True)
    assert desk.fresh("2001")
    desk.wait(0.2, healthy=True)
    event = desk.of("2001")
    assert (event.subscription, event.stale, event.reason) == (Subscription.ACTIVE, True, "a NOTIFY was lost")
    desk.settle("2001")
    assert desk.fresh("2001")


def test_repeated_gaps_back_off() -> None:
    desk = board("2001", timing=LONG)
    asked = 0
    for _ in range(100):
        desk.notify("2001", gap=True)
        for extension in desk.asked(desk.wait(0.6, healthy=True)):
            asked += 1
            desk.settle(extension)
        assert desk.fresh("2001")
    assert 4 <= asked <= 8


def test_storm_of_gaps_goes_through_the_bucket() -> None:
    extensions = tuple(str(2000 + number) for number in range(250))
    desk = board(*extensions)
    for extension in extensions:
        desk.notify(extension, gap=True)
    assert len(desk.asked()) <= 20
    asked = 0
    for _ in range(10):
        taken = desk.asked(desk.wait(0.1, healthy=True))
        desk.settle(*taken)
        asked += len(taken)
    assert 80 <= asked <= 120


# -- audits -------------------------------------------------------------------------------------------------------


def audits(desk: Desk, count: int) -> list[str]:
    """Let so many audits pass; return whose."""
    audited: list[str] = []
    while len(audited) < count:
        for command in desk.wait(1.0, probed=True):
            if isinstance(command, Audit):
                audited.append(command.extension)
                desk.pass_audit(command.extension)
    return audited


def test_audits_go_round() -> None:
    desk = board("2001", "2002", "2003")
    assert set(audits(desk, 6)) == {"2001", "2002", "2003"}
    assert desk.events() == []


def test_audits_do_not_only_follow_the_order_of_subscribing() -> None:
    """A PBX that died while writing knows the first extensions: asking these one after the other would take minutes."""
    extensions = [str(2000 + number) for number in range(100)]
    desk = Desk(tuple(extensions), jitter=0.5).open_board(*extensions)
    turn, any_one, turn_again, _ = audits(desk, 4)
    assert {turn, turn_again} == set(extensions[:2])
    assert any_one in extensions[40:60]


def test_late_farewell_of_an_audited_dialog_is_not_shown() -> None:
    desk = board("2001")
    desk.wait(3.0, probed=True)
    desk.answer("2001", ending=True)
    desk.settle("2001")
    desk.end("2001", "timeout")
    assert desk.asked() == ["2001"]
    desk.settle("2001")
    assert desk.events() == []


def test_audit_that_takes_long_is_shown() -> None:
    desk = board("2001")
    desk.wait(3.0, probed=True)
    desk.answer("2001", ending=True)
    desk.wait(2.1, healthy=True)
    assert desk.of("2001").reason == "checking the subscription"
    desk.settle("2001")
    assert desk.fresh("2001")


@pytest.mark.parametrize("status", [400, 404, 481, 500])
def test_audit_that_finds_no_dialog_renews_all_behind_the_audited(status: int) -> None:
    desk = board("2001", "2002", "2003")
    audited = next(command for command in desk.wait(3.0, probed=True) if isinstance(command, Audit)).extension
    desk.answer(audited, status, ending=True)
    assert {event.reason for event in desk.events()} == {"office restarted and forgot the subscriptions"}
    assert not any(desk.fresh(extension) for extension in ("2001", "2002", "2003"))
    assert desk.asked() == []
    desk.answer(audited)
    desk.notify(audited)
    assert desk.fresh(audited)
    asked = desk.asked(desk.wait(0.6, healthy=True))
    assert sorted([audited, *asked]) == ["2001", "2002", "2003"]


def test_audit_whose_new_subscription_is_answered_before_its_old_one() -> None:
    desk = board("2001", "2002", "2003")
    audited = next(command for command in desk.wait(3.0, probed=True) if isinstance(command, Audit)).extension
    desk.settle(audited)
    desk.answer(audited, 481, ending=True)
    assert desk.fresh(audited)
    assert sum(event.stale for event in desk.shown.values()) == 2
    asked = desk.asked(desk.wait(0.6, healthy=True))
    assert sorted([audited, *asked]) == ["2001", "2002", "2003"]


def test_audit_that_is_refused_for_the_account_stops_everything() -> None:
    desk = board("2001", "2002")
    desk.answer(next(c for c in desk.wait(3.0, probed=True) if isinstance(c, Audit)).extension, 401, ending=True)
    assert desk.health().state is PbxState.REFUSED


def test_no_audits_while_the_pbx_wants_to_be_left_alone() -> None:
    desk = board("2001", "2002")
    desk.answer("2001", 503, retry_after=60.0)
    desk.commands()
    assert kinds(desk.wait(59.0, probed=True)) == []


def test_connection_that_never_lasts_is_opened_less_and_less_often() -> None:
    desk = board("2001")
    reconnects = 0
    for _ in range(600):
        for command in desk.wait(0.1, healthy=True):
            if isinstance(command, Reconnect):
                reconnects += 1
                desk.path(True)
                desk.answer_probes(desk.commands())
                desk.answer("2001")
                desk.path(False, "reset")
        if desk.now < 100.2:
            desk.path(False, "reset")
    assert 10 <= reconnects <= 22


@pytest.mark.parametrize("status", [403, 486])
def test_audit_answered_oddly_concerns_nobody_else(status: int) -> None:
    desk = board("2001", "2002")
    audited = next(command for command in desk.wait(3.0, probed=True) if isinstance(command, Audit)).extension
    desk.answer(audited, status, ending=True)
    desk.settle(audited)
    assert desk.events() == []


# -- leases -------------------------------------------------------------------------------------------------------


def test_lease_that_runs_out_is_renewed() -> None:
    desk = board("2001", timing=LONG)
    desk.notify("2001", expires=60.0)
    desk.wait(91.0, healthy=True)
    assert desk.fresh("2001")
    assert desk.asked(desk.wait(2.0, healthy=True)) == ["2001"]
    assert desk.of("2001").reason == "the subscription to 2001 ran out"


def test_refresh_prolongs_the_lease() -> None:
    desk = board("2001", timing=LONG)
    for _ in range(10):
        desk.answer("2001", expires=60.0)
        desk.wait(80.0, healthy=True)
    assert desk.fresh("2001")


# -- the PBX ------------------------------------------------------------------------------------------------------


def test_remark_of_a_path_is_the_pbx_warning() -> None:
    desk = Desk(("2001",))
    desk.policy.shard_started(0, desk.now, desk.at)
    desk.path(True, remark="TLS certificates are not verified")
    assert desk.health().warning == "TLS certificates are not verified"


def test_refused_connection_is_said_in_words() -> None:
    desk = Desk(("2001",))
    desk.policy.shard_started(0, desk.now, desk.at)
    desk.path(False, "connection refused by 192.0.2.1:5060")
    assert desk.health().state is PbxState.SILENT
    assert "connection refused by 192.0.2.1:5060" in desk.health().reason
    assert desk.of("2001").reason == "PBX out of reach: connection refused by 192.0.2.1:5060"
    assert kinds(desk.wait(1.0)) == [Reconnect]


def test_worker_that_never_tells_of_its_path_is_told_again() -> None:
    desk = Desk(("2001",))
    desk.policy.shard_started(0, desk.now, desk.at)
    assert kinds(desk.wait(9.0)) == [Reconnect]


def test_any_traffic_counts_as_life() -> None:
    desk = board("2001", timing=LONG)
    for _ in range(30):
        desk.wait(2.0)
        desk.notify("2001")
    assert desk.health().state is PbxState.LIVE
    assert desk.fresh("2001")


def test_made_up_answers_are_no_life() -> None:
    desk = board("2001", timing=LONG)
    for _ in range(6):
        desk.wait(2.0)
        desk.answer("2001", 408)
    assert desk.health().state is PbxState.SILENT


def test_late_probe_answer_is_life() -> None:
    desk = board("2001", timing=LONG)
    serials: list[int] = []
    for _ in range(40):
        serials += [command.serial for command in desk.wait(0.5) if isinstance(command, Probe)]
        if len(serials) > 1:
            desk.observe(ProbeAnswered(serials.pop(0), 200, 3.5, desk.at))
    assert desk.health().state is PbxState.LIVE


def test_tick_that_comes_late_blames_nobody() -> None:
    """The board was stopped for a minute; the answers lie in the pipe, unread."""
    desk = board("2001", timing=LONG)
    serials = [command.serial for command in desk.wait(8.5) if isinstance(command, Probe)]
    assert len(serials) == 2  # one is missed, the other under way
    desk.now += 60.0
    desk.policy.tick(desk.now, desk.at)
    assert desk.fresh("2001")
    desk.observe(ProbeAnswered(serials[1], 200, 0.01, desk.at))
    desk.wait(2.0, healthy=True)
    assert desk.fresh("2001")
    assert desk.health().state is PbxState.LIVE


def test_late_tick_is_granted_one_grace_only() -> None:
    desk = board("2001", timing=LONG)
    desk.wait(8.5)
    for _ in range(2):
        desk.now += 60.0
        desk.policy.tick(desk.now, desk.at)
    assert desk.health().state is PbxState.SILENT


def test_round_trip_is_told_every_five_seconds_at_most() -> None:
    desk = Desk(("2001",), ("3001",), timing=LONG).start(0)
    told = 0
    for turn in range(600):
        if turn == 20:
            desk.start(1)
        desk.now += 0.1
        desk.policy.tick(desk.now, desk.at)
        for shard, command in desk.policy.take_commands():
            if isinstance(command, Probe):
                desk.observe(ProbeAnswered(command.serial, 200, 0.001 * turn, desk.at), shard)
            else:
                desk.settle(*desk.asked([command]), shard=shard)
        told += sum(isinstance(event, PbxChanged) for event in desk.policy.take_events())
    assert 12 <= told <= 17


@pytest.mark.parametrize(("pending", "active"), [("2001", "2002"), ("2002", "2001")])
def test_pending_extension_does_not_stop_the_audits(pending: str, active: str) -> None:
    desk = board("2001", "2002")
    desk.notify(pending, Subscription.PENDING)
    told = [command for command in desk.wait(13.0, probed=True) if isinstance(command, Audit)]
    assert {command.extension for command in told} == {active}


def test_counts_are_told_a_few_times_a_second() -> None:
    extensions = tuple(str(2000 + number) for number in range(100))
    desk = Desk(extensions).start()
    desk.settle(*desk.asked())
    desk.policy.take_events()
    told = 0
    for extension in desk.asked():
        desk.settle(extension)
    told = sum(1 for event in desk.policy.take_events() if not hasattr(event, "address"))
    assert told <= 1
    desk.wait(0.3)
    assert desk.health().active >= 30


# -- coming and going ---------------------------------------------------------------------------------------------


def test_extension_is_added_and_removed() -> None:
    desk = board("2001")
    desk.policy.watch(0, "2002", desk.now, desk.at)
    assert desk.asked() == ["2002"]
    desk.settle("2002")
    desk.wait(0.5)
    assert (desk.health().active, desk.health().total) == (2, 2)
    desk.policy.unwatch(0, "2001", desk.now, desk.at)
    assert desk.commands() == [Unsubscribe(("2001",))]
    desk.answer("2001", 481, ending=True)
    desk.wait(0.5)
    assert (desk.health().active, desk.health().total) == (1, 1)
    assert "2001" not in desk.asked(desk.wait(900.0, healthy=True))


def test_full_shard_is_refused() -> None:
    with pytest.raises(ValueError, match="250"):
        Desk(tuple(map(str, range(251))))
    desk = Desk(tuple(map(str, range(250))))
    with pytest.raises(ValueError, match="full"):
        desk.policy.watch(0, "x", desk.now, desk.at)


def test_extension_is_watched_once() -> None:
    with pytest.raises(ValueError, match="already watched"):
        Desk(("2001", "2001"))


def test_extension_added_while_the_pbx_is_silent_says_so() -> None:
    desk = board("2001")
    desk.wait(12.0)
    desk.policy.watch(0, "2002", desk.now, desk.at)
    assert desk.of("2002").reason == "PBX silent"
    desk.policy.shard_lost(0, "killed", desk.now, desk.at)
    assert desk.of("2002").reason == "PBX silent"


def test_silent_pbx_is_tried_by_another_if_the_worker_that_tries_dies() -> None:
    desk = Desk(("2001",), ("3001",)).start(0).start(1)
    desk.wait(12.0)
    assert desk.health().state is PbxState.SILENT
    tried = {0, 1} - set(shards_that_try(desk))
    assert len(tried) == 1
    for gone in {0, 1} - tried:
        desk.policy.shard_lost(gone, "killed", desk.now, desk.at)
    assert set(shards_that_try(desk)) == tried
    for gone in tried:
        desk.policy.shard_lost(gone, "killed", desk.now, desk.at)
    assert shards_that_try(desk) == []
    desk.start(0)
    assert set(shards_that_try(desk)) == {0}


def shards_that_try(desk: Desk) -> list[int]:
    """The shards that probed or reconnected within half a minute."""
    shards = []
    end = desk.now + 30.0
    while (due := desk.policy.next_deadline()) is not None and due <= end:
        desk.now = due
        desk.policy.tick(desk.now, desk.at)
        shards += [shard for shard, _ in desk.policy.take_commands()]
    return shards


def test_retry_while_the_pbx_is_silent_probes_at_once() -> None:
    desk = board("2001")
    desk.wait(20.0)
    desk.policy.retry(desk.now, desk.at)
    assert desk.commands() != []


def test_quarantined_extension_is_left_alone() -> None:
    desk = board("2001", "2002")
    desk.policy.quarantined(0, "2001", "2001 crashed its worker twice", desk.now, desk.at)
    event = desk.of("2001")
    assert (event.subscription, event.stale) == (Subscription.TERMINATED, True)
    assert event.reason == "2001 crashed its worker twice"
    desk.notify("2001")
    desk.policy.shard_lost(0, "killed", desk.now, desk.at)
    desk.start()
    assert desk.asked() == ["2002"]
    assert desk.of("2001").reason == "2001 crashed its worker twice"
    desk.settle("2002")
    desk.wait(0.5)
    assert (desk.health().active, desk.health().total) == (1, 2)


def test_board_without_extensions_is_live_once_the_pbx_answers() -> None:
    desk = Desk(()).start()
    desk.answer_probes(desk.commands())
    assert desk.health().state is PbxState.LIVE
