# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox on disk: newest wins, several processes, what a crash leaves."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from board.links.store import _MIGRATIONS, HISTORY_SECONDS, NAME, RECENT, OutboxError, OutboxStore
from board.links.wish import Standing, Target, Wish
from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Choice, Manner

MINE, HERS = Target("office", "CustomPresence:2000"), Target("office", "CustomPresence:2001")
HERE = Presence(PresenceState.AVAILABLE)
AWAY = Presence(PresenceState.AWAY, "lunch", 'Back, "soon" 🏖 שלום')
DND = Presence(PresenceState.DND)


def test_a_wish_is_there_after_it_was_opened_again(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        wish = store.wish(MINE, AWAY, 5.0)
    with OutboxStore(tmp_path) as store:
        assert store.open_wishes("office") == (wish,)
        assert store.open_wishes("another") == ()


def test_the_newest_wish_of_an_entity_wins_and_the_order_is_that_of_asking(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        old = store.wish(MINE, AWAY, 1.0)
        hers = store.wish(HERS, AWAY, 2.0)
        mine = store.wish(MINE, DND, 3.0)
        assert store.open_wishes("office") == (hers, mine)
        assert store.find(old.number) is None
        assert not store.keep(replace(old, standing=Standing.CONFIRMED))
        assert store.open_wishes("office") == (hers, mine)


def test_what_has_ended_is_found_and_not_carried_again(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        refused = replace(store.wish(MINE, AWAY, 1.0), standing=Standing.REFUSED, reason="no", waited=True)
        assert store.keep(refused)
        assert store.open_wishes("office") == ()
        assert store.find(refused.number) == refused


def test_a_wish_in_place_of_one_that_was_sent_knows_what_the_pbx_may_show(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        sent = replace(store.wish(MINE, AWAY, 1.0), standing=Standing.SENT, expected=(HERE,))
        store.keep(sent)
        assert store.wish(MINE, DND, 2.0).expected == (HERE, AWAY)


def test_what_was_seen_counts_for_a_while(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        store.saw(MINE, HERE, 100.0)
        assert store.seen_before(store.wish(MINE, AWAY, 100.0 + RECENT)) == (HERE,)
        assert store.seen_before(store.wish(MINE, AWAY, 101.0 + RECENT)) == ()
        assert store.seen_before(store.wish(MINE, AWAY, 99.0)) == ()
        assert store.seen_before(store.wish(HERS, AWAY, 100.0)) == ()
        for moment, presence in enumerate((DND, DND), start=101):
            store.saw(MINE, presence, moment)
        assert store.seen_before(store.wish(MINE, AWAY, 105.0)) == (DND, HERE)


def test_another_process_sees_a_change_and_only_one_sends(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as one, OutboxStore(tmp_path) as other:
        before = other.version()
        one.wish(MINE, AWAY, 1.0)
        assert other.version() != before
        assert one.may_send("office")
        assert one.may_send("office")
        assert not other.may_send("office")
        assert other.may_send("office", "CustomPresence:2000")
        assert other.may_send("elsewhere")
        one.close()
        assert other.may_send("office")


def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database" * 100)
    with pytest.raises(OutboxError, match=NAME):
        OutboxStore(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="file"):
        OutboxStore(tmp_path / "file")


def test_a_newer_versions_file_is_left_alone(tmp_path: Path) -> None:
    OutboxStore(tmp_path).close()
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutboxError, match="newer version"):
        OutboxStore(tmp_path)


def test_a_file_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / NAME)
    for statement in _MIGRATIONS[0].split(";"):
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute(
        "INSERT INTO wish (pbx, entity, presence, asked_at, standing, reason, waited, expected) "
        "VALUES ('office', 'CustomPresence:2000', '[\"away\", \"lunch\", \"\"]', 5.0, 'sent', '', 1, '[]')"
    )
    connection.commit()
    connection.close()
    with OutboxStore(tmp_path) as store:
        [wish] = store.open_wishes("office")
        assert wish == Wish(1, MINE, Presence(PresenceState.AWAY, "lunch"), 5.0, Standing.SENT, waited=True)
        assert store.wish(MINE, DND, 6.0).number == 2
        assert store.history()[0].wish.presence == DND


def test_all_of_a_wish_is_kept(tmp_path: Path) -> None:
    asked = Wish(0, MINE, AWAY, 1.0, plain=DND, until=9.0, manner=Manner.AUTOMATIC, waited=True, expected=(HERE,))
    with OutboxStore(tmp_path) as store:
        kept = replace(store.add(asked), standing=Standing.CONFIRMED, back=HERE, over_at=7.5, reason="because")
        assert store.keep(kept)
    with OutboxStore(tmp_path) as store:
        assert store.wishes("office") == (kept,)


def test_a_wish_that_follows_another_is_kept_only_after_that(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as one, OutboxStore(tmp_path) as other:
        first = one.wish(MINE, AWAY, 1.0)
        newer = other.wish(MINE, DND, 2.0)
        assert one.follow(first, Wish(0, MINE, HERE, 3.0)) is None
        assert one.follow(None, Wish(0, MINE, HERE, 3.0)) is None
        assert one.wishes("office") == (newer,)
        last = one.follow(newer, Wish(0, MINE, HERE, 3.0))
        assert last is not None
        assert one.follow(None, Wish(0, HERS, HERE, 3.0)) is not None
        assert one.find(last.number) == last


def test_the_history_says_who_asked_for_what_and_what_came_of_it(tmp_path: Path) -> None:
    with OutboxStore(tmp_path) as store:
        first = store.add(Wish(0, MINE, AWAY, 1.0, plain=DND, until=9.0), "ann (2000)")
        second = store.add(Wish(0, MINE, DND, 2.0), "ann (2000)")
        store.keep(replace(second, standing=Standing.REFUSED, reason="no"))
        hers = store.add(Wish(0, HERS, HERE, 3.0, manner=Manner.RETURN), "ann (2000)")
        lines = store.history()
        assert [line.wish.number for line in lines] == [hers.number, second.number, first.number]
        assert [line.wish.standing for line in lines] == [Standing.QUEUED, Standing.REFUSED, Standing.DROPPED]
        assert {line.who for line in lines} == {"ann (2000)"}
        assert lines[2].wish.choice == Choice(DND, 9.0)
        assert len(store.history(2)) == 2
        assert [line.wish.presence for line in store.chosen(MINE)] == [DND, AWAY]
        assert store.chosen(HERS) == ()


def test_the_history_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.links.store.HISTORY_ROWS", 3)
    with OutboxStore(tmp_path) as store:
        for moment in range(5):
            store.wish(MINE, AWAY, float(moment))
        assert [line.wish.asked_at for line in store.history()] == [4.0, 3.0, 2.0]
        store.wish(MINE, AWAY, 4.5 + HISTORY_SECONDS)
        assert len(store.history()) == 1
