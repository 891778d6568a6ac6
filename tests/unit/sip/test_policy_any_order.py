# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is observed in whatever order: nothing raises, no alarm spins, and no extension is lost for good."""

from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from board.pidf.document import Document
from board.sip.messages import (
    Answered,
    Audit,
    Command,
    Notified,
    Observation,
    PathChanged,
    Probe,
    ProbeAnswered,
    Reconnect,
    Subscribe,
    Trouble,
)
from board.states import PbxState, Subscription
from tests.fakes.simulated_pbx import Refusal
from tests.fakes.simulation import Simulation
from tests.unit.sip.desk import DOCUMENT, Desk

REASONS = ["", "deactivated", "timeout", "probation", "giveup", "rejected", "noresource", "invariant", "x"]
SHARDS = (("2001", "2002", "2003"), ("3001", "3002"))
extensions = st.sampled_from(["2001", "2002", "2003", "3001", "3002", "9999"])
seconds = st.none() | st.sampled_from([0.0, 1.0, 30.0, 1e9])
documents: st.SearchStrategy[Document | None] = st.sampled_from([DOCUMENT, None])
observations: st.SearchStrategy[Observation] = st.one_of(
    st.builds(
        PathChanged, st.booleans(), st.sampled_from(["", "refused"]), st.sampled_from(["", "old TLS"]), st.just(0.0)
    ),
    st.builds(ProbeAnswered, st.integers(0, 20), st.just(200), st.just(0.01), st.just(0.0)),
    st.builds(
        Answered,
        extensions,
        st.sampled_from([0, 100, 200, 202, 302, 400, 401, 403, 404, 407, 408, 423, 481, 489, 500, 503, 603, 699, 999]),
        st.sampled_from(["", "No\nWay {extension}"]),
        st.booleans(),
        seconds,
        seconds,
        seconds,
        st.just(0.0),
    ),
    st.builds(
        Notified,
        extensions,
        st.sampled_from(list(Subscription)),
        st.sampled_from(
            ["", "deactivated", "timeout", "probation", "giveup", "rejected", "noresource", "invariant", "x"]
        ),
        seconds,
        seconds,
        st.booleans(),
        documents,
        st.sampled_from(["", "not XML"]),
        st.just(0.0),
    ),
    st.builds(Trouble, st.just("odd"), st.just(0.0)),
)
shards = st.integers(0, 1)
Step = tuple[str, int, object]
steps: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("observe"), shards, observations),
    st.tuples(st.just("observe"), shards, observations),
    st.tuples(st.just("wait"), shards, st.sampled_from([0.0, 0.3, 2.0, 9.0, 45.0, 700.0])),
    st.tuples(st.just("started"), shards, st.none()),
    st.tuples(st.just("lost"), shards, st.none()),
    st.tuples(st.just("retry"), shards, st.none()),
    st.tuples(st.just("quarantine"), shards, extensions),
    st.tuples(st.just("watch"), shards, st.sampled_from(["4001", "4002"])),
    st.tuples(st.just("unwatch"), shards, st.sampled_from(["4001", "4002", "2003"])),
)


class Office(Desk):
    """A desk that remembers who is barred and watched, and can play a healthy PBX."""

    def __init__(self) -> None:
        super().__init__(*SHARDS)
        self.watched = [set(shard) for shard in SHARDS]
        self.barred: set[str] = set()
        self.alive: set[int] = set()

    def take(self, step: Step) -> None:
        kind, shard, what = step
        now, at = self.now, self.at
        if kind == "observe":
            self.observe(what, shard)  # type: ignore[arg-type]
        elif kind == "wait":
            self.wait(what)  # type: ignore[arg-type]
        elif kind == "started":
            self.policy.shard_started(shard, now, at)
            self.alive.add(shard)
        elif kind == "lost":
            self.policy.shard_lost(shard, "killed", now, at)
            self.alive.discard(shard)
        elif kind == "retry":
            self.policy.retry(now, at)
        else:
            self.change_roll(kind, shard, str(what))
        self.events()

    def change_roll(self, kind: str, shard: int, extension: str) -> None:
        if kind == "quarantine" and extension in self.watched[shard]:
            self.policy.quarantined(shard, extension, "it crashed its worker", self.now, self.at)
            self.barred.add(extension)
        elif kind == "watch" and extension not in self.watched[shard] and extension not in self.watched[1 - shard]:
            self.policy.watch(shard, extension, self.now, self.at)
            self.watched[shard].add(extension)
        elif kind == "unwatch" and extension in self.watched[shard]:
            self.policy.unwatch(shard, extension, self.now, self.at)
            self.watched[shard].discard(extension)
            self.barred.discard(extension)
            self.events()
            self.shown.pop(extension, None)

    def heal(self, within: float) -> None:
        """From now on both workers live and the PBX does all that is asked."""
        for shard in {0, 1} - self.alive:
            self.policy.shard_started(shard, self.now, self.at)
            self.path(True, shard=shard)
        end = self.now + within
        while (due := self.policy.next_deadline()) is not None and self.now < end and not self.healed():
            for shard, command in self.policy.take_commands():
                self.obey(shard, command)
            self.now = max(self.now, due)
            before = self.now
            self.policy.tick(self.now, self.at)
            after = self.policy.next_deadline()
            assert after is None or after > before

    def wanted(self) -> set[str]:
        return (self.watched[0] | self.watched[1]) - self.barred

    def healed(self) -> bool:
        self.events()
        counts = (self.health().active, self.health().total)
        everything = (len(self.wanted()), len(self.watched[0] | self.watched[1]))
        return counts == everything and all(self.fresh(extension) for extension in self.wanted())

    def obey(self, shard: int, command: Command) -> None:
        if isinstance(command, Subscribe):
            self.settle(*command.extensions, shard=shard)
        elif isinstance(command, Audit):
            self.answer(command.extension, ending=True, shard=shard)
            self.settle(command.extension, shard=shard)
        elif isinstance(command, Probe):
            self.observe(ProbeAnswered(command.serial, 200, 0.01, self.at), shard)
        elif isinstance(command, Reconnect):
            self.path(True, shard=shard)


@settings(max_examples=300, deadline=None)
@example([("started", 0, None), ("observe", 0, PathChanged(False, "", "", 0.0)), ("started", 1, None)])
@given(st.lists(steps, max_size=40))
def test_nothing_is_lost_for_good(script: list[Step]) -> None:
    office = Office()
    for step in script:
        office.take(step)
    office.heal(within=2 * 3600.0)
    assert {extension for extension in office.wanted() if not office.fresh(extension)} == set()
    assert all(office.of(extension).subscription is Subscription.TERMINATED for extension in office.barred)
    assert office.health().state is PbxState.LIVE
    assert office.healed()


Fault = Callable[[Simulation], None]
FAULTS: dict[str, Fault] = {
    "cut": lambda office: office.pbx.cut_off(),
    "heal": lambda office: office.pbx.heal(),
    "die": lambda office: office.pbx.die(),
    "restart": lambda office: office.pbx.start(memory=False, boot=3.0),
    "restart with memory": lambda office: office.pbx.start(memory=True, boot=1.0),
    "crash": lambda office: office.crash(0) if office.workers[0].alive else None,
    "change": lambda office: office.pbx.change("1001"),
    "lose": lambda office: setattr(office.pbx, "lose_next", 3),
    "mute": lambda office: setattr(office.pbx, "mute", not office.pbx.mute),
    "password": lambda office: setattr(office.pbx, "password_good", not office.pbx.password_good),
    "busy": lambda office: setattr(office.pbx, "busy", None if office.pbx.busy else Refusal(503, 20)),
    "no hint": lambda office: office.pbx.refusals.update({"1002": Refusal(404)}),
    "hint": lambda office: office.pbx.refusals.clear(),
    "deactivate": lambda office: office.pbx.terminate("1003", "deactivated"),
    "end": lambda office: office.pbx.terminate("1003", ""),
    "forgetful": lambda office: setattr(office.pbx, "forced_end", None if office.pbx.forced_end else Refusal(500)),
}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["udp", "tcp"]),
    st.lists(
        st.tuples(st.sampled_from(sorted(FAULTS)), st.sampled_from([0.0, 0.01, 1.0, 7.0, 30.0, 400.0])), max_size=12
    ),
)
def test_every_office_comes_back(transport: str, faults: list[tuple[str, float]]) -> None:
    office = Simulation(shards=2, size=5, transport=transport).start()
    for name, pause in faults:
        FAULTS[name](office)
        office.collect()
        office.run(pause)
    pbx = office.pbx
    pbx.cut_off()
    pbx.heal()
    pbx.start(memory=False)
    pbx.mute, pbx.password_good, pbx.busy, pbx.lose_next, pbx.forced_end = False, True, None, 0, None
    pbx.refusals.clear()
    office.run_until(office.correct, within=1200.0)
    assert office.busiest_second() <= 130
