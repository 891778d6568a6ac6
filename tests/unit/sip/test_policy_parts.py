# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The small parts that the policy stands on: deadlines, bucket, back-off, verdicts, outbox, roll."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.sip import policy_verdicts
from board.sip.messages import Answered, Audit, Subscribe
from board.sip.policy_deadlines import Deadlines
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.policy_pacing import TokenBucket
from board.sip.policy_verdicts import Reach
from board.sip.timing import Backoff, Moment

# -- deadlines ----------------------------------------------------------------------------------------------------

moves = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.integers(0, 50)), max_size=60)


@given(moves, st.integers(0, 60))
def test_deadlines_are_as_a_plain_table_would_have_them(script: list[tuple[str, int | None]], now: int) -> None:
    deadlines: Deadlines[str] = Deadlines()
    table: dict[str, float] = {}
    for key, due in script:
        if due is None:
            deadlines.clear(key)
            table.pop(key, None)
        else:
            deadlines.set(key, due)
            table[key] = due
        assert deadlines.next() == min(table.values(), default=None)
        assert deadlines.due(key) == table.get(key)
    popped = list(deadlines.pop_due(now))
    assert sorted(popped) == sorted(key for key, due in table.items() if due <= now)
    assert [table[key] for key in popped] == sorted(table[key] for key in popped)
    assert len(deadlines) == len(table) - len(popped)


def test_moving_a_deadline_for_ever_costs_no_memory() -> None:
    deadlines: Deadlines[int] = Deadlines()
    for turn in range(100_000):
        deadlines.clear(turn % 10)
        deadlines.set(turn % 10, 1e6 - turn)
    assert deadlines.entries < 200


def test_key_set_while_due_ones_are_popped_waits_for_its_time() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("a", 1.0)
    popped = []
    for key in deadlines.pop_due(2.0):
        popped.append(key)
        deadlines.set("a", 3.0)
    assert popped == ["a"]
    assert deadlines.next() == 3.0


# -- pacing -------------------------------------------------------------------------------------------------------


def test_bucket_gives_its_burst_then_its_rate() -> None:
    bucket = TokenBucket(rate=100.0, burst=20.0)
    assert sum(bucket.take(0.0) for _ in range(50)) == 20
    assert bucket.wait(0.0, 5) == pytest.approx(0.05)
    assert sum(bucket.take(0.1) for _ in range(50)) == 10
    assert sum(bucket.take(1000.0) for _ in range(50)) == 20


def test_held_bucket_gives_nothing() -> None:
    bucket = TokenBucket(rate=100.0, burst=20.0)
    bucket.hold(5.0)
    bucket.hold(3.0)
    assert not bucket.take(4.9)
    assert bucket.wait(0.0, 5) == 5.0
    assert bucket.take(5.0)
    bucket.hold(9.0)
    bucket.release()
    assert bucket.take(6.0)


@pytest.mark.parametrize(
    ("backoff", "delays"),
    [(Backoff(0, 5.0), [0, 1, 2, 4, 5, 5]), (Backoff(0.5, 3.0), [0.5, 1, 2, 3, 3, 3])],
)
def test_backoff(backoff: Backoff, delays: list[float]) -> None:
    assert [backoff.delay(tries, lambda: 0.5) for tries in range(6)] == delays
    assert backoff.delay(4, lambda: 0.0) == pytest.approx(0.75 * delays[4])
    assert backoff.delay(4, lambda: 1.0) == pytest.approx(1.25 * delays[4])
    assert backoff.delay(10_000, lambda: 0.5) == delays[5]


# -- verdicts -----------------------------------------------------------------------------------------------------


@given(st.integers(0, 1000))
def test_every_status_has_a_verdict_whose_text_can_be_filled(status: int) -> None:
    verdict = policy_verdicts.of_answer(status)
    for text in (verdict.text, verdict.everywhere):
        filled = text.format(extension="2001", pbx="office", status="999", seconds="60")
        assert "{" not in filled


@pytest.mark.parametrize(
    ("status", "reach"),
    [
        (0, Reach.PATH),
        (408, Reach.PATH),
        (401, Reach.ACCOUNT),
        (407, Reach.ACCOUNT),
        (503, Reach.SERVER),
        (403, Reach.EXTENSION),
        (404, Reach.EXTENSION),
        (504, Reach.EXTENSION),
    ],
)
def test_how_far_a_refusal_reaches(status: int, reach: Reach) -> None:
    assert policy_verdicts.of_answer(status).reach is reach


def test_reasons_are_read_in_any_case() -> None:
    assert policy_verdicts.of_termination("NoResource") is policy_verdicts.NO_HINT
    assert policy_verdicts.of_termination("never heard").name == "ended"


def test_phrase_is_shown_in_one_line() -> None:
    answer = Answered("2001", 500, "Oh\r\n\tno\x00", False, None, None, None, 0.0)
    assert policy_verdicts.told(answer) == "500 Oh no"


# -- outbox -------------------------------------------------------------------------------------------------------


def test_subscribes_are_batched_up_to_the_next_command() -> None:
    outbox = Outbox()
    outbox.subscribe(0, "2001")
    outbox.subscribe(1, "3001")
    outbox.subscribe(0, "2002")
    outbox.command(0, Audit("2003"))
    outbox.subscribe(0, "2004")
    assert outbox.take_commands() == [
        (0, Subscribe(("2001", "2002"))),
        (1, Subscribe(("3001",))),
        (0, Audit("2003")),
        (0, Subscribe(("2004",))),
    ]
    assert outbox.take_commands() == []


def test_commands_for_a_dead_worker_are_dropped() -> None:
    outbox = Outbox()
    outbox.subscribe(0, "2001")
    outbox.subscribe(1, "3001")
    outbox.forget_commands(0)
    outbox.subscribe(0, "2002")
    assert outbox.take_commands() == [(1, Subscribe(("3001",))), (0, Subscribe(("2002",)))]


def test_alarm_is_never_set_in_the_past() -> None:
    outbox = Outbox()
    outbox.arm(Alarm.PUMP, Moment(10.0, 0.0), -5.0)
    due = outbox.deadlines.next()
    assert due is not None
    assert due > 10.0
