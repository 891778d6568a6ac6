# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The publication against a presence server of the test's own: RFC 3903 request by request, and what goes wrong."""

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.links.publication import LEASE, Answer, Ask, Held, Publication, Result
from board.presence.value import Presence
from board.states import PresenceState

AWAY = Presence(PresenceState.AWAY, "lunch", "Back at 2")
DND = Presence(PresenceState.DND)
CHAT = Presence(PresenceState.CHAT)


@dataclass
class Server:
    """A presence server as Kamailio is: publications by etag, the newest by whole seconds on top."""

    least: int = 0
    bodies: dict[str, tuple[int, Presence]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)
    failing: int | None = None
    loses_bodies: bool = False

    def shown(self) -> Presence | None:
        """The status on top; of the same second, the first."""
        ordered = sorted(self.bodies.values(), key=lambda each: -each[0])
        return ordered[0][1] if ordered else None

    def take(self, ask: Ask, now: float) -> Answer:
        """Answer a PUBLISH."""
        if self.failing is not None:
            return Answer(self.failing)
        if ask.etag and ask.etag not in self.bodies:
            return Answer(412)
        if 0 < ask.expires < self.least:
            return Answer(423, min_expires=self.least)
        old = self.bodies.pop(ask.etag, None)
        if not ask.expires:
            return Answer(200)
        assert ask.presence is not None or old is not None, "an initial PUBLISH needs a body"
        etag = f"a.{next(self.numbers)}"
        if not (self.loses_bodies and ask.presence is None):
            presence = ask.presence or (old[1] if old else AWAY)
            self.bodies[etag] = (int(now), presence)
        return Answer(200, etag=etag, expires=ask.expires)


@dataclass
class Board:
    """One board at a server; it is told what that shows after every request, unless it is `blind`."""

    server: Server
    publication: Publication = field(default_factory=Publication)
    now: float = 1000.0
    blind: bool = False
    asks: list[Ask] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def carry(self) -> None:
        """Send all that is due."""
        while (ask := self.publication.due(self.now)) is not None:
            self.asks.append(ask)
            assert len(self.asks) < 1000, "a storm"
            self.results.append(self.publication.answered(ask, self.server.take(ask, self.now), self.now))
            if not self.blind:
                self.publication.saw(self.server.shown(), self.now)

    def publish(self, presence: Presence) -> Result:
        self.publication.publish(presence)
        self.carry()
        return self.results[-1]

    def look(self) -> None:
        """Take the server's word, and do what follows."""
        self.publication.saw(self.server.shown(), self.now)
        self.carry()

    def wait(self, seconds: float) -> None:
        """Let time pass, doing what is due when it is."""
        until = self.now + seconds
        while (deadline := self.publication.deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.carry()
        self.now = until

    def kinds(self) -> list[str]:
        """What was sent since the last look, in RFC 3903's words."""
        taken, self.asks = self.asks, []
        return [kind(ask) for ask in taken]


def kind(ask: Ask) -> str:
    if not ask.expires:
        return "remove"
    if ask.presence is None:
        return "refresh"
    return "modify" if ask.etag else "initial"


@pytest.fixture
def board() -> Board:
    return Board(Server())


def test_the_life_of_a_publication(board: Board) -> None:
    assert board.publication.deadline() is None
    assert board.publish(AWAY) is Result.DONE
    assert (board.kinds(), board.server.shown()) == (["initial"], AWAY)
    assert board.publish(DND) is Result.DONE
    assert (board.kinds(), board.server.shown()) == (["modify"], DND)
    board.wait(LEASE)
    assert (board.kinds(), board.server.shown()) == (["refresh"], DND)
    board.wait(10 * LEASE)
    assert set(board.kinds()) == {"refresh"}
    assert len(board.server.bodies) == 1


def test_a_server_that_lost_all_gets_the_status_again_at_the_next_refresh(board: Board) -> None:
    board.publish(AWAY)
    board.server.bodies.clear()
    board.wait(LEASE)
    assert board.kinds() == ["initial", "refresh", "initial"]
    assert board.server.shown() == AWAY


def test_or_as_soon_as_it_shows_nothing(board: Board) -> None:
    board.publish(AWAY)
    board.wait(100)
    board.server.bodies.clear()
    board.look()
    assert board.kinds() == ["initial", "modify", "initial"]
    assert board.server.shown() == AWAY


def test_a_wish_for_a_server_that_lost_all_is_the_one_that_is_published(board: Board) -> None:
    board.publish(AWAY)
    board.wait(100)
    board.server.bodies.clear()
    assert board.publish(DND) is Result.DONE
    assert board.kinds() == ["initial", "modify", "initial"]
    assert [presence for _, presence in board.server.bodies.values()] == [DND]


def test_a_lease_that_is_too_brief_is_asked_for_longer(board: Board) -> None:
    board.server.least = 7200
    assert board.publish(AWAY) is Result.DONE
    assert [ask.expires for ask in board.asks] == [LEASE, 7200]
    assert board.publication.answered(Ask(AWAY, "", 7200), Answer(423, min_expires=1e9), 0) is Result.REFUSED


def test_the_next_process_modifies_what_the_last_one_left(board: Board) -> None:
    board.publish(AWAY)
    later = Board(board.server, Publication(board.publication.held), board.now + 60)
    later.carry()
    assert later.kinds() == []  # not before it knows what the server shows
    later.look()
    assert later.kinds() == ["modify"]
    later.publish(DND)
    assert [presence for _, presence in board.server.bodies.values()] == [DND]


def test_a_wish_before_the_servers_first_word_modifies_it_too(board: Board) -> None:
    board.publish(AWAY)
    later = Board(board.server, Publication(board.publication.held), board.now + 60)
    later.publish(DND)
    assert later.kinds() == ["modify"]
    assert [presence for _, presence in board.server.bodies.values()] == [DND]


def test_what_ran_out_while_nobody_ran_is_published_again(board: Board) -> None:
    board.publish(AWAY)
    board.server.bodies.clear()
    later = Board(board.server, Publication(board.publication.held), board.now + 10 * LEASE)
    later.look()
    assert later.kinds() == ["modify", "initial"]
    assert board.server.shown() == AWAY


def test_what_was_changed_elsewhere_while_nobody_ran_stands(board: Board) -> None:
    board.publish(AWAY)
    phone = Board(board.server, now=board.now + 60)
    phone.publish(DND)
    later = Board(board.server, Publication(board.publication.held), board.now + 120)
    later.look()
    later.wait(10 * LEASE)
    assert (later.kinds(), board.server.shown()) == (["remove"], DND)
    assert later.publication.held is None


def test_killed_before_the_answer_was_read(board: Board) -> None:
    board.publish(AWAY)
    board.publication.publish(DND)
    ask = board.publication.due(board.now + 60)
    assert ask is not None
    board.server.take(ask, board.now + 60)
    later = Board(board.server, Publication(ask.held), board.now + 120)
    later.look()
    later.publish(CHAT)
    assert board.server.shown() == CHAT
    later.wait(10 * LEASE)
    assert board.server.shown() == CHAT


def test_of_two_boards_the_newer_wins_and_the_older_steps_back(board: Board) -> None:
    other = Board(board.server, now=board.now)
    board.publish(AWAY)
    for turn in range(3):
        for newer, older, presence in ((other, board, DND), (board, other, CHAT)):
            newer.now = older.now = board.now + 60 + turn
            newer.publish(presence)
            older.look()
            assert board.server.shown() == presence
            assert len(board.server.bodies) == 1
    for each in (board, other):
        each.wait(3 * LEASE)
        assert board.server.shown() == CHAT


def test_what_was_overtaken_is_ours_again_where_it_shows_again(board: Board) -> None:
    """The doctor publishes another status for a moment, then the former one, and removes both."""
    board.publish(AWAY)
    doctor = Board(board.server, now=board.now + 60)
    board.now = doctor.now
    doctor.publish(DND)
    board.look()
    doctor.publish(AWAY)
    board.look()
    doctor.publication.withdraw()
    doctor.carry()
    board.look()
    board.wait(3 * LEASE)
    assert [presence for _, presence in board.server.bodies.values()] == [AWAY]


def test_two_boards_within_one_second(board: Board) -> None:
    other = Board(board.server, now=board.now + 0.5)
    board.publish(AWAY)
    other.publish(DND)
    assert board.server.shown() == AWAY
    board.now = other.now
    board.look()
    other.wait(2)
    board.now = other.now
    board.look()
    assert [presence for _, presence in board.server.bodies.values()] == [DND]


def test_a_server_that_never_shows_it_is_not_stormed(board: Board) -> None:
    board.blind = True
    board.publish(AWAY)
    for _ in range(3600):
        board.publication.saw(None, board.now)
        board.wait(1)
    assert len(board.asks) < 70


def test_nor_is_one_that_shows_it_for_a_moment(board: Board) -> None:
    board.publish(AWAY)
    board.now += 60
    for _ in range(1200):
        board.publication.saw(None, board.now)
        board.carry()
        board.wait(1.5)
    assert len(board.asks) < 70


def test_a_server_that_forgets_the_body_over_a_refresh_is_given_it_each_time(board: Board) -> None:
    board.publish(AWAY)
    board.server.loses_bodies = True
    board.wait(5 * LEASE)
    kinds = board.kinds()
    assert kinds[:2] == ["initial", "refresh"]
    assert kinds.count("refresh") == 1
    assert board.server.shown() == AWAY


@pytest.mark.parametrize("status", [401, 403, 404, 405, 407, 415, 489, 501])
def test_a_refusal_ends_it_until_something_is_published_again(board: Board, status: int) -> None:
    board.publish(AWAY)
    board.server.failing = status
    assert board.publish(DND) is Result.REFUSED
    board.wait(10 * LEASE)
    assert board.kinds() == ["initial", "modify"]
    board.server.failing = None
    assert board.publish(DND) is Result.DONE
    assert board.server.shown() == DND


def test_an_account_that_is_refused_at_a_refresh_is_tried_once(board: Board) -> None:
    board.publish(AWAY)
    board.server.failing = 401
    board.wait(10 * LEASE)
    board.look()
    assert board.kinds() == ["initial", "refresh"]


def test_a_refresh_without_an_answer_is_tried_again_less_and_less(board: Board) -> None:
    board.publish(AWAY)
    board.server.failing = 503
    board.wait(2 * LEASE)
    assert 20 < len(board.asks) < 100
    board.server.failing = None
    board.wait(61)
    assert board.results[-1] is Result.DONE


def test_retry_after_is_honoured(board: Board) -> None:
    board.publish(AWAY)
    board.now += LEASE
    ask = board.publication.due(board.now)
    assert ask is not None
    board.publication.answered(ask, Answer(503, retry_after=500.0), board.now)
    assert board.publication.deadline() == board.now + 500


def test_a_wish_without_an_answer_is_left_to_whoever_asked(board: Board) -> None:
    board.publish(AWAY)
    board.server.failing = 0
    assert board.publish(DND) is Result.LATER
    board.server.failing = None
    board.wait(2 * LEASE)
    assert board.server.shown() == AWAY


def test_nor_is_one_kept_that_a_server_without_a_memory_did_not_answer(board: Board) -> None:
    board.publish(AWAY)
    board.server.bodies.clear()
    board.now += 60
    board.publication.publish(DND)
    ask = board.publication.due(board.now)
    assert ask is not None
    assert board.publication.answered(ask, board.server.take(ask, board.now), board.now) is Result.AGAIN
    ask = board.publication.due(board.now)
    assert ask is not None
    assert kind(ask) == "initial"
    assert board.publication.answered(ask, Answer(0), board.now) is Result.LATER
    board.look()
    board.wait(10 * LEASE)
    assert board.server.shown() == AWAY


def test_one_that_arrived_all_the_same_is_kept(board: Board) -> None:
    board.publish(AWAY)
    board.now += 60
    board.publication.publish(DND)
    ask = board.publication.due(board.now)
    assert ask is not None
    board.server.take(ask, board.now)
    board.publication.answered(ask, Answer(0), board.now)
    board.now += 60
    board.look()
    board.wait(10 * LEASE)
    assert board.server.shown() == DND
    assert board.publication.held is not None
    assert board.publication.held.presence == DND


def test_held_is_nothing_of_the_wire(board: Board) -> None:
    assert Ask(None, "a", 60).held is None
    assert Ask(DND, "a", 60).held == Held(DND, "a")


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(0, 1), st.sampled_from([AWAY, DND, CHAT])),
        st.tuples(st.just("restart"), st.integers(0, 1), st.just(None)),
        st.tuples(st.just("forget"), st.just(0), st.just(None)),
        st.tuples(st.just("pass"), st.integers(0, 2 * LEASE), st.just(None)),
    ),
    max_size=12,
)


@given(EVENTS)
def test_whatever_happens_what_was_published_last_is_shown_in_the_end(
    events: list[tuple[str, int, Presence | None]],
) -> None:
    """Where two boards publish within a second, either may be the last."""
    server = Server()
    boards = [Board(server), Board(server)]
    last: Presence | None = None

    def go_on(seconds: float) -> None:
        until = boards[0].now + seconds
        while boards[0].now < until:
            for board in boards:
                board.wait(min(0.5, until - board.now))
            for board in boards:
                board.look()

    for name, number, presence in events:
        board = boards[number % 2]
        if name == "publish" and presence is not None:
            last = presence
            assert board.publish(presence) is Result.DONE
        elif name == "restart":
            boards[number] = Board(server, Publication(board.publication.held), board.now)
        elif name == "forget":
            server.bodies.clear()
        else:
            for each in boards:
                each.wait(number)
        go_on(3)
    go_on(70)  # the longest pause before it is published again
    assert server.shown() == last
    assert sum(presence is not None for _, presence in server.bodies.values()) <= 2
