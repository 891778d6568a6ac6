# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One wish's way to its PBX, step by step, with the time given."""

from dataclasses import dataclass, field, replace

import pytest

from board.links.delivery import Delivery, Elsewhere, Fate, Keep, Outcome, Send, Timing
from board.links.wish import Standing, Target, Wish
from board.presence.value import NOT_SET, Presence
from board.states import PresenceState

HERE, AWAY, DND, XA = map(Presence, (PresenceState.AVAILABLE, PresenceState.AWAY, PresenceState.DND, PresenceState.XA))
TARGET = Target("office", "CustomPresence:2000")
ACCEPTED = Outcome(Fate.ACCEPTED)
LOST = Outcome(Fate.LOST, "no answer")
TIMING = Timing()


@dataclass
class Bench:
    """A delivery, its clock, and what it has sent and kept."""

    now: float = 100.0
    sent: list[Presence] = field(default_factory=list)
    delivery: Delivery = field(default_factory=lambda: Delivery(TARGET))
    number: int = 0

    def wish(self, presence: Presence, standing: Standing = Standing.QUEUED, seen: tuple[Presence, ...] = ()) -> None:
        self.number += 1
        self.delivery.wished(Wish(self.number, TARGET, presence, 0.0, standing), self.now, seen)
        self.run()

    def sees(self, presence: Presence | None) -> None:
        self.delivery.saw(presence, self.now)
        self.run()

    def gone(self) -> None:
        self.delivery.gone(self.now)
        self.run()

    def answer(self, outcome: Outcome = ACCEPTED, number: int | None = None) -> None:
        self.delivery.answered(number or self.number, outcome, self.now)
        self.run()

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 0.1
            self.delivery.tick(self.now)
            self.run()

    def run(self) -> None:
        for step in self.delivery.take_steps():
            assert isinstance(step, Send | Keep | Elsewhere)
            if isinstance(step, Send):
                self.sent.append(step.wish.presence)

    @property
    def current(self) -> Wish:
        assert self.delivery.wish is not None
        return self.delivery.wish

    def is_now(self, standing: Standing) -> bool:
        return self.current.standing is standing


def test_a_wish_waits_for_the_pbx_is_sent_once_and_confirmed_by_its_word() -> None:
    bench = Bench()
    bench.wish(AWAY)
    assert bench.sent == []
    assert bench.is_now(Standing.QUEUED)
    bench.sees(HERE)
    assert bench.sent == [AWAY]
    assert bench.is_now(Standing.SENT)
    bench.answer()
    bench.wait(1.0)
    assert bench.is_now(Standing.SENT)  # accepted is not set
    bench.sees(AWAY)
    assert bench.sent == [AWAY]
    assert bench.is_now(Standing.CONFIRMED)


def test_the_word_may_come_before_the_answer() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.sees(AWAY)
    assert bench.is_now(Standing.CONFIRMED)
    bench.answer()
    bench.sees(HERE)  # somebody else, later
    bench.wait(60)
    assert bench.sent == [AWAY]
    assert bench.is_now(Standing.CONFIRMED)


def test_what_is_so_already_is_not_sent() -> None:
    bench = Bench()
    bench.sees(AWAY)
    bench.wish(AWAY)
    assert bench.sent == []
    assert bench.is_now(Standing.CONFIRMED)


def test_what_is_accepted_but_never_shown_is_refused_with_the_reason() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.answer()
    bench.wait(TIMING.confirm + 0.2)
    assert bench.is_now(Standing.REFUSED)
    assert "still shows available" in bench.current.reason
    assert bench.sent == [AWAY]


def test_a_refusal_ends_it() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.answer(Outcome(Fate.REFUSED, "no such extension"))
    bench.wait(60)
    assert bench.sent == [AWAY]
    assert bench.is_now(Standing.REFUSED)
    assert bench.current.reason == "no such extension"


def test_the_newest_wish_wins_while_the_pbx_is_away() -> None:
    bench = Bench()
    for presence in (AWAY, DND, XA):
        bench.wish(presence)
    bench.sees(HERE)
    assert bench.sent == [XA]


def test_a_newer_wish_waits_for_the_answer_to_the_older_one() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.wish(DND)
    assert bench.sent == [AWAY]
    bench.answer(number=1)
    assert bench.sent == [AWAY, DND]
    bench.answer()
    bench.sees(AWAY)
    assert bench.is_now(Standing.SENT)
    bench.sees(DND)
    assert bench.is_now(Standing.CONFIRMED)


def test_there_and_back_is_sent_although_the_pbx_still_shows_it() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.wish(HERE)
    bench.answer(number=1)
    assert bench.sent == [AWAY, HERE]
    bench.answer()
    assert bench.is_now(Standing.SENT)
    bench.wait(TIMING.settle + 0.2)  # the PBX told neither of two changes that undo each other
    assert bench.is_now(Standing.CONFIRMED)


def test_what_was_set_elsewhere_while_the_pbx_was_away_is_newer() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.gone()
    bench.wish(AWAY)
    bench.sees(DND)
    assert bench.sent == []
    assert bench.is_now(Standing.REFUSED)
    assert "set elsewhere meanwhile: dnd" in bench.current.reason


def test_a_pbx_that_died_and_forgot_what_it_was_told_last_was_not_set_elsewhere() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wait(TIMING.forgetful)
    bench.sees(XA)
    bench.gone()
    bench.wish(AWAY)
    bench.sees(HERE)
    assert bench.sent == [AWAY]


def test_a_server_that_knows_nothing_any_more_is_nobody_who_set_something() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.gone()
    bench.wish(AWAY)
    bench.sees(None)
    assert bench.sent == [AWAY]
    bench.answer()
    bench.sees(AWAY)
    assert bench.is_now(Standing.CONFIRMED)
    bench.delivery.saw(None, bench.now)
    assert bench.delivery.take_steps() == []


def test_nothing_does_not_read_back_a_wish_for_not_set() -> None:
    bench = Bench()
    bench.sees(None)
    bench.wish(NOT_SET)
    assert bench.sent == [NOT_SET]
    bench.answer()
    bench.sees(None)
    assert not bench.is_now(Standing.CONFIRMED)
    bench.sees(NOT_SET)
    assert bench.is_now(Standing.CONFIRMED)


def test_what_another_process_saw_shortly_before_counts_too() -> None:
    bench = Bench()
    bench.wish(AWAY, seen=(HERE,))
    bench.gone()
    assert bench.current.waited
    bench.sees(DND)
    assert bench.sent == []
    assert bench.is_now(Standing.REFUSED)


@pytest.mark.parametrize("shown", [HERE, DND])
def test_where_nothing_is_known_of_before_the_wish_is_set(shown: Presence) -> None:
    bench = Bench()
    bench.wish(AWAY)
    bench.gone()
    bench.sees(shown)
    assert bench.sent == [AWAY]


def test_a_wish_at_a_pbx_that_is_there_overwrites_what_was_set_elsewhere_before_it() -> None:
    bench = Bench()
    bench.wish(AWAY, seen=(HERE,))
    bench.sees(DND)
    assert bench.sent == [AWAY]


@pytest.mark.parametrize(("shown", "sent"), [(AWAY, []), (HERE, [AWAY])])
def test_after_a_crash_the_pbx_tells_whether_the_wish_arrived(shown: Presence, sent: list[Presence]) -> None:
    bench = Bench()
    bench.wish(AWAY, Standing.SENT)
    bench.sees(shown)
    bench.wait(TIMING.resend + 0.2)
    assert bench.sent == sent


def test_after_a_crash_what_is_still_under_way_is_given_time() -> None:
    bench = Bench()
    bench.wish(AWAY, Standing.SENT)
    bench.sees(HERE)
    bench.wait(TIMING.resend / 2)
    bench.sees(AWAY)
    assert bench.sent == []
    assert bench.is_now(Standing.CONFIRMED)


def test_an_unanswered_wish_is_tried_again_and_given_up_in_the_end() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    for tries in range(1, TIMING.tries + 1):
        assert len(bench.sent) == tries
        bench.answer(LOST)
        bench.wait(2.0**tries)
    assert bench.is_now(Standing.REFUSED)
    assert bench.current.reason == "no answer"


def test_an_unanswered_wish_that_arrived_all_the_same_is_confirmed() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.answer(LOST)
    bench.sees(AWAY)
    bench.wait(10)
    assert bench.sent == [AWAY]
    assert bench.is_now(Standing.CONFIRMED)


def test_a_wish_that_was_lost_with_the_pbx_is_sent_when_it_is_back() -> None:
    bench = Bench()
    bench.sees(HERE)
    bench.wish(AWAY)
    bench.gone()
    bench.answer(LOST)
    bench.wait(60)
    assert bench.is_now(Standing.SENT)
    bench.sees(HERE)
    assert bench.sent == [AWAY, AWAY]
    bench.answer()
    bench.sees(AWAY)
    assert bench.is_now(Standing.CONFIRMED)


def test_a_pbx_that_lets_nobody_read_is_told_after_a_moment_and_refused_credentials_at_once() -> None:
    bench = Bench()
    bench.wish(AWAY)
    bench.delivery.blocked("no hint", bench.now)
    bench.wait(TIMING.blocked / 2)
    assert bench.is_now(Standing.QUEUED)
    bench.wait(TIMING.blocked / 2 + 0.2)
    assert bench.is_now(Standing.REFUSED)
    assert bench.current.reason == "no hint"
    bench.delivery.blocked("wrong password", bench.now, for_good=True)
    bench.wish(replace(AWAY, subtype="x"))
    bench.wait(TIMING.blocked + 0.2)
    assert bench.is_now(Standing.REFUSED)
    assert bench.current.reason == "wrong password"
    assert bench.sent == []
