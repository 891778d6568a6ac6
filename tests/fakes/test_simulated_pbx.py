# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated PBX does what the scenarios that stand on it take for granted."""

from collections.abc import Callable

import pytest

from tests.fakes.simulated_pbx import Connection, Refusal, Reply, Request, SimulatedPbx


class Bench:
    """One connection to a PBX, and a clock that runs what is due."""

    def __init__(self, transport: str = "udp") -> None:
        self.now = 0.0
        self.pending: list[tuple[float, Callable[[], None]]] = []
        self.pbx = SimulatedPbx(self.later, "tcp" if transport == "tcp" else "udp")
        self.heard: list[Reply] = []
        self.broken: list[str] = []
        self.connection = self.connect()

    def later(self, delay: float, function: Callable[[], None]) -> None:
        self.pending.append((self.now + delay, function))

    def connect(self) -> Connection:
        connection = self.pbx.connect(self.heard.append, self.broken.append)
        assert connection is not None
        return connection

    def run(self, seconds: float = 1.0) -> list[Reply]:
        end = self.now + seconds
        while due := sorted((task for task in self.pending if task[0] <= end), key=lambda task: task[0]):
            self.pending.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = end
        heard, self.heard[:] = list(self.heard), []
        return heard

    def subscribe(self, extension: str = "2001", dialog: int = 1) -> list[Reply]:
        self.pbx.request(self.connection, Request("subscribe", extension, dialog))
        return self.run()


def test_subscription_is_answered_notified_and_followed() -> None:
    bench = Bench()
    answer, notice = bench.subscribe()
    assert (answer.status, answer.notify) == (200, False)
    assert (notice.notify, notice.version) == (True, 0)
    bench.pbx.change("2001")
    bench.pbx.change("2002")
    assert [reply.version for reply in bench.run()] == [1]


def test_lost_notify_shows_as_a_gap_in_the_next() -> None:
    bench = Bench()
    bench.subscribe()
    bench.pbx.lose_next = 1
    for _ in range(3):
        bench.pbx.change("2001")
    assert [(reply.version, reply.gap) for reply in bench.run()] == [(2, True), (3, False)]


def test_ended_dialog_is_unknown_afterwards() -> None:
    bench = Bench()
    bench.subscribe()
    bench.pbx.request(bench.connection, Request("end", "2001", 1))
    assert [(reply.notify, reply.status, reply.state) for reply in bench.run()] == [
        (False, 200, "active"),
        (True, 200, "terminated"),
    ]
    bench.pbx.request(bench.connection, Request("refresh", "2001", 1))
    assert [reply.status for reply in bench.run()] == [481]


@pytest.mark.parametrize(("memory", "after"), [(True, [1]), (False, [])])
def test_restart_with_and_without_memory(memory: bool, after: list[int]) -> None:
    bench = Bench()
    bench.subscribe()
    bench.pbx.die()
    assert not bench.pbx.request(bench.connection, Request("options"))
    bench.pbx.change("2001")
    bench.pbx.start(memory, boot=0.5)
    assert not bench.pbx.request(bench.connection, Request("options"))
    assert [reply.version for reply in bench.run()] == after
    assert bench.pbx.request(bench.connection, Request("options"))


def test_tcp_tells_of_a_death_but_not_of_a_cut() -> None:
    bench = Bench("tcp")
    bench.pbx.cut_off()
    bench.run()
    assert bench.broken == []
    assert bench.pbx.connect(bench.heard.append, bench.broken.append) is None
    bench.pbx.heal()
    assert not bench.pbx.request(bench.connection, Request("options"))
    bench.connection = bench.connect()
    assert bench.pbx.request(bench.connection, Request("options"))
    bench.pbx.die()
    bench.run()
    assert bench.broken == ["connection reset by peer"]


def test_refusals() -> None:
    bench = Bench()
    bench.pbx.refusals["2001"] = Refusal(404, 7.0)
    assert [(reply.status, reply.retry_after) for reply in bench.subscribe()] == [(404, 7.0)]
    bench.pbx.busy = Refusal(503)
    assert [reply.status for reply in bench.subscribe("2002", 2)] == [503]
    bench.pbx.password_good = False
    assert [reply.status for reply in bench.subscribe("2002", 3)] == [401]
    assert bench.pbx.dialogs == {}


def test_mute_and_deaf() -> None:
    bench = Bench()
    bench.pbx.mute = True
    assert [reply.notify for reply in bench.subscribe()] == [False]
    bench.pbx.deaf_to_subscribes = True
    assert bench.subscribe("2002", 2) == []
    bench.pbx.request(bench.connection, Request("options"))
    assert len(bench.run()) == 1


def test_termination_is_told() -> None:
    bench = Bench()
    bench.subscribe()
    bench.pbx.terminate("2001", "giveup", 9.0)
    assert [(reply.state, reply.reason, reply.retry_after) for reply in bench.run()] == [("terminated", "giveup", 9.0)]
