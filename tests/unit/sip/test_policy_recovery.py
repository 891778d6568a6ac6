# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each row of the recovery table, in simulated time: how soon all is right again, and at how many SUBSCRIBEs."""

import pytest

from board.sip.timing import Timing
from board.states import PbxState, Subscription
from tests.fakes.simulated_pbx import Refusal
from tests.fakes.simulation import Simulation, silent

TRANSPORTS = ("udp", "tcp")


def running(shards: int = 1, size: int = 100, transport: str = "udp") -> Simulation:
    """An office whose board has been up for a while."""
    office = Simulation(shards, size, transport).start()
    office.run_until(office.correct, within=2.0)
    office.run(20.0)
    return office


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_250_extensions_start_at_once(transport: str) -> None:
    office = Simulation(1, 250, transport).start()
    assert office.run_until(office.correct, within=0.3) < 0.1
    assert office.subscribes_since(0) == 250
    assert office.pbx_state.state is PbxState.LIVE


def test_the_window_bounds_what_is_in_flight() -> None:
    office = Simulation(1, 250)
    office.pbx.latency = 0.25
    office.start()
    office.run(0.55)  # the canary is answered, the first window goes out
    assert Timing().window <= office.subscribes_since(0) <= Timing().window + 2
    office.run_until(office.correct, within=10.0)
    assert office.subscribes_since(0) == 250


def test_3000_extensions_start_together() -> None:
    office = Simulation(12, 250).start()
    assert office.run_until(office.correct, within=1.0) < 0.5
    assert office.subscribes_since(0) == 3000


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_pbx_that_is_not_there_yet(transport: str) -> None:
    office = Simulation(2, 100, transport)
    office.pbx.up = False
    office.start()
    office.run_until(lambda: office.pbx_changes[-1].state is PbxState.SILENT, within=7.0)
    office.run(300.0)
    assert office.subscribes_since(0) <= 1
    assert office.commands["Probe"] + office.commands["Reconnect"] < 150
    office.pbx.start(memory=False, boot=2.0)
    assert office.run_until(office.correct, within=15.0) < 2.0 + 5.0 * 1.25 + 3.0


def test_udp_restart_with_persisted_subscriptions_needs_nothing() -> None:
    office = running()
    office.pbx.die()
    office.pbx.change("1001")
    before = office.now
    office.run(1.0)
    office.pbx.start(memory=True, boot=1.0)
    office.run_until(office.correct, within=2.0)
    office.run(30.0)
    assert office.correct()
    assert office.subscribes_since(before) <= 12  # the audit's own


@pytest.mark.parametrize("slow_endings", [0.0, 0.1])
def test_udp_restart_that_lost_everything_is_found_by_the_audit(slow_endings: float) -> None:
    office = running()
    office.pbx.slow_endings = slow_endings
    office.pbx.die()
    office.pbx.start(memory=False)
    before = office.now
    assert office.run_until(office.correct, within=4.5) < 4.5
    assert office.subscribes_since(before) <= 102
    assert office.busiest_second(before) <= 120
    assert office.pbx_changes[-1].state is PbxState.LIVE


def test_lost_subscriptions_of_all_shards_are_renewed() -> None:
    office = running(shards=3)
    office.pbx.start(memory=False)
    before = office.now
    office.run_until(office.correct, within=8.0)
    assert office.subscribes_since(before) <= 304


@pytest.mark.parametrize("memory", [True, False])
def test_tcp_restart(memory: bool) -> None:
    office = running(transport="tcp")
    office.pbx.die()
    before = office.now
    office.run_until(lambda: silent(office), within=0.1)
    office.later(3.0, lambda: office.pbx.start(memory=memory, boot=3.0))
    assert office.run_until(office.correct, within=12.0) < 12.0
    assert office.subscribes_since(before) <= 102


def test_several_tcp_shards_reconnect_behind_one() -> None:
    office = running(shards=4, transport="tcp")
    connects = office.commands["Reconnect"]
    office.pbx.die()
    office.run(60.0)
    assert office.commands["Reconnect"] - connects <= 20
    office.pbx.start(memory=False, boot=1.0)
    assert office.run_until(office.correct, within=15.0) < 15.0


@pytest.mark.parametrize(("transport", "within"), [("udp", 7.0), ("tcp", 12.0)])
def test_outage_of_21_seconds(transport: str, within: float) -> None:
    office = running(transport=transport)
    before = office.now
    office.pbx.die()
    office.run(21.0)
    office.pbx.start(memory=False)
    assert office.run_until(office.correct, within=within) < within
    assert office.subscribes_since(before) <= 110


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("length", [12.0, 60.0, 3600.0])
def test_silent_drop(transport: str, length: float) -> None:
    office = running(transport=transport)
    before = office.now
    office.pbx.cut_off()
    assert office.run_until(lambda: silent(office), within=11.5) > 3.0
    assert {event.reason for event in office.known.values()} == {"PBX silent"}
    told = office.events
    office.run(length - (office.now - before))
    assert office.events - told <= 1
    probes = office.commands["Probe"] + office.commands["Reconnect"]
    assert probes <= 30 + length / 2
    assert office.subscribes_since(before) <= 5  # audits before the silence was noticed
    office.pbx.change("1001")
    office.pbx.heal()
    healed = office.now
    assert office.run_until(office.correct, within=10.0) < 10.0
    assert office.subscribes_since(healed) <= 102
    assert office.busiest_second(healed) <= 125


def test_a_hiccup_of_four_seconds_is_not_shown() -> None:
    office = running()
    told = office.events
    office.pbx.cut_off()
    office.run(2.5)
    office.pbx.heal()
    office.run(30.0)
    assert office.correct()
    assert office.events - told <= 6  # an audit that was caught by it, and the rtt


def test_one_broken_path_concerns_its_shard_alone() -> None:
    office = running(shards=3, transport="tcp")
    first = office.workers[0].connection
    assert first is not None
    before = office.now
    first.open = False  # a NAT box forgot the connection
    office.run_until(lambda: len(office.stale) == 100, within=12.0)
    assert office.pbx_state.state is PbxState.LIVE
    office.run_until(office.correct, within=12.0)
    assert office.pbx_state.state is PbxState.LIVE
    assert office.subscribes_since(before) <= 112


def test_silence_that_one_path_notices_is_the_whole_pbx() -> None:
    office = Simulation(3, 20)
    for worker in office.workers:
        worker.start()
        office.collect()
        office.run(1.6)  # so that their probes do not go in step
    office.run(20.0)
    assert office.correct()
    office.pbx.cut_off()
    office.run_until(lambda: any(event.reason == "PBX silent" for event in office.known.values()), within=12.0)
    assert silent(office)


def test_what_brought_one_path_back_is_tried_on_the_others_first() -> None:
    office = running(shards=3, size=20, transport="tcp")
    office.pbx.cut_off()
    office.run(60.0)
    office.pbx.heal()
    assert office.run_until(office.correct, within=7.5) < 7.5


def test_killed_worker_costs_its_own_extensions_a_moment() -> None:
    office = running(shards=2)
    before = office.now
    office.crash(0)
    assert office.stale == set(office.extensions[0])
    assert all(office.known[extension].subscription is Subscription.PENDING for extension in office.extensions[0])
    assert office.run_until(office.correct, within=1.0) < 0.6
    assert office.subscribes_since(before) == 100


def test_worker_killed_again_and_again_while_the_pbx_is_away() -> None:
    office = running(shards=2)
    office.pbx.cut_off()
    for pause in (1.0, 6.0, 6.0, 6.0, 20.0):
        office.run(pause)
        office.crash(0)
    office.run(5.0)
    office.pbx.heal()
    assert office.run_until(office.correct, within=12.0) < 12.0


def test_booting_pbx_that_swallows_subscribes_only() -> None:
    """Its OPTIONS are answered, but no SUBSCRIBE: one at a time goes into the void, not all."""
    office = running(transport="tcp")
    before = office.now
    office.pbx.die()
    office.pbx.deaf_to_subscribes = True
    office.run(2.0)
    office.pbx.start(memory=False)
    office.run(30.0)
    assert silent(office)
    assert office.subscribes_since(before) <= 8
    assert "answers no subscription" in office.pbx_state.reason
    office.pbx.deaf_to_subscribes = False
    assert office.run_until(office.correct, within=11.0) < 11.0


def test_accepted_but_never_notified() -> None:
    office = Simulation(1, 20)
    office.pbx.mute = True
    office.start()
    office.run(11.0)
    assert office.known["1001"].reason == "office accepted the subscription to 1001 but sent no state"
    office.run(600.0)
    assert office.subscribes_since(0) <= 20 * 14
    office.pbx.mute = False
    assert office.run_until(office.correct, within=330.0) < 330.0


def test_lost_notify_is_made_good_unseen() -> None:
    office = running()
    told = office.events
    office.pbx.lose_next = 1
    office.pbx.change("1001")
    office.run(0.1)
    office.pbx.change("1001")
    before = office.now
    assert office.run_until(lambda: office.correct() and office.subscribes_since(before) >= 1, within=1.0) < 0.1
    assert office.events == told


def test_pbx_that_denies_every_audit_is_not_stormed() -> None:
    office = running()
    office.pbx.forced_end = Refusal(500)
    before = office.now
    office.run(3600.0)
    assert office.subscribes_since(before) < 100 * 20
    office.run_until(office.correct, within=5.0)


def test_deactivated_for_ever_backs_off() -> None:
    office = running(size=1)
    before = office.now

    def end() -> None:
        office.pbx.terminate("1000", "deactivated")
        office.later(0.5, end)

    end()
    office.run(1000.0)
    assert office.subscribes_since(before) < 20


def test_refused_password_is_tried_once() -> None:
    office = Simulation(3, 100)
    office.pbx.password_good = False
    office.start()
    office.run(590.0 * 0.9)
    assert office.subscribes_since(0) == 1
    assert office.pbx_state.state is PbxState.REFUSED
    assert "[[pbx]] office" in office.pbx_state.reason
    assert {event.subscription for event in office.known.values()} == {Subscription.TERMINATED}
    office.run(3600.0)
    assert office.subscribes_since(0) <= 8
    office.pbx.password_good = True
    office.policy.retry(office.now, office.at)
    office.collect()
    assert office.run_until(office.correct, within=6.0) < 6.0


def test_password_that_turns_bad_stops_refreshes_too() -> None:
    office = running(size=50)
    office.pbx.password_good = False
    received = len(office.pbx.received)
    office.run(3600.0)
    denied = [request for request in office.pbx.received[received:] if request.kind != "options"]
    assert len(denied) <= 9
    office.pbx.password_good = True
    assert office.run_until(office.correct, within=620.0) < 620.0


def test_overloaded_pbx_names_the_time() -> None:
    office = Simulation(2, 100)
    office.pbx.busy = Refusal(503, 60.0)
    office.start()
    office.run(59.0)
    assert office.subscribes_since(0) == 1
    assert office.pbx_state.state is PbxState.LIVE
    assert "overloaded" in office.pbx_state.reason
    office.pbx.busy = None
    assert office.run_until(office.correct, within=5.0) < 5.0
    assert office.pbx_state.reason == ""


def test_missing_hint_concerns_its_extension_alone() -> None:
    office = Simulation(1, 100)
    office.pbx.refusals["1042"] = Refusal(404)
    office.start()
    office.run(3600.0)
    assert office.stale == {"1042"}
    assert office.known["1042"].reason.startswith("no hint for 1042: add exten => 1042,hint,PJSIP/1042 to ")
    assert office.sent["1042"] < 20
    office.pbx.refusals.clear()
    assert office.run_until(office.correct, within=380.0) < 380.0


def test_hints_that_a_booting_pbx_has_not_loaded_yet_are_asked_for_again_soon() -> None:
    office = running()
    office.pbx.die()
    office.run(20.0)
    office.pbx.refusals.update({extension: Refusal(404) for extension in office.known})
    office.pbx.start(memory=False, boot=1.0)
    office.run_until(lambda: "still loading" in office.pbx_state.reason, within=10.0)
    office.run(4.0)
    office.pbx.refusals.clear()
    assert office.run_until(office.correct, within=20.0) < 10.0
