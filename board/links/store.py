# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox on disk: the newest wish of every entity, in one SQLite file that several processes may have open.

A wish is on the disk when `wish` returns. Who sends is decided by a lock, one a PBX, that ends with its process. The
only module of this room that touches a disk.
"""

import fcntl
import json
import os
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from board.links.publication import Held
from board.links.wish import Standing, Target, Wish, following
from board.presence.value import Presence
from board.sqlite_file import SqliteFile
from board.states import PresenceState
from board.status.choice import Manner

NAME = "outbox.sqlite3"
RECENT = 60.0
"""Seconds for which what another process saw before a wish still tells what was there before it."""
FORGETFUL = 15.0
"""Seconds for which what was replaced is remembered."""
HISTORY_SECONDS = 365 * 86_400.0
HISTORY_ROWS = 10_000
"""What the history keeps at most."""
_LOOKED_THROUGH = 1000
"""Rows of the history among which recents are looked for."""
_MIGRATIONS = (
    """
    CREATE TABLE wish (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        pbx TEXT NOT NULL, entity TEXT NOT NULL, presence TEXT NOT NULL, asked_at REAL NOT NULL,
        standing TEXT NOT NULL, reason TEXT NOT NULL, waited INTEGER NOT NULL, expected TEXT NOT NULL,
        UNIQUE (pbx, entity)
    );
    CREATE TABLE seen (
        pbx TEXT NOT NULL, entity TEXT NOT NULL, presence TEXT NOT NULL, at REAL NOT NULL, before TEXT NOT NULL,
        PRIMARY KEY (pbx, entity)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE wish ADD COLUMN plain TEXT;
    ALTER TABLE wish ADD COLUMN until REAL;
    ALTER TABLE wish ADD COLUMN back TEXT;
    ALTER TABLE wish ADD COLUMN manner TEXT NOT NULL DEFAULT 'manual';
    ALTER TABLE wish ADD COLUMN over_at REAL;
    CREATE TABLE made (
        number INTEGER PRIMARY KEY, who TEXT NOT NULL, pbx TEXT NOT NULL, entity TEXT NOT NULL,
        presence TEXT NOT NULL, asked_at REAL NOT NULL, standing TEXT NOT NULL, reason TEXT NOT NULL,
        plain TEXT, until REAL, manner TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX made_at ON made (asked_at);
    """,
    """
    CREATE TABLE publication (
        pbx TEXT NOT NULL, entity TEXT NOT NULL, presence TEXT NOT NULL, etag TEXT NOT NULL,
        PRIMARY KEY (pbx, entity)
    ) WITHOUT ROWID;
    """,
)
_COLUMNS = (
    "number, pbx, entity, presence, asked_at, standing, reason, waited, expected, plain, until, back, manner, over_at"
)


class OutboxError(Exception):
    """The outbox cannot be used, or not for this; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the history: who asked for what, and what came of it as far as is known."""

    wish: Wish
    who: str


class OutboxStore:
    """The outbox of a data folder; a context manager that closes it. Raises OutboxError throughout."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks = dict[str, int]()
        self._file = SqliteFile(folder / NAME, "outbox", OutboxError, _MIGRATIONS)
        self._run = self._file.run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let others send."""
        self._file.close()
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()

    # -- wishes -------------------------------------------------------------------------------------------------------

    def wish(self, target: Target, presence: Presence, at: float) -> Wish:
        """Keep a plain wish in place of the entity's last one, as `add`."""
        return self.add(Wish(0, target, presence, at))

    def add(self, wish: Wish, who: str = "") -> Wish:
        """Keep a wish in place of the entity's last one and return it with its number; it is on the disk then."""
        with self._file.writing():
            return self._add(wish, self._newest(wish.target), who)

    def follow(self, newest: Wish | None, wish: Wish, who: str = "") -> Wish | None:
        """Keep a wish as `add`, but only if `newest` still is the entity's newest; None where it is not."""
        with self._file.writing():
            old = self._newest(wish.target)
            if (old and old.number) != (newest and newest.number):
                return None
            return self._add(wish, old, who)

    def keep(self, wish: Wish) -> bool:
        """Keep how far a wish has come; False where a newer one has taken its place."""
        outcome = (wish.standing.value, wish.reason)
        more = (wish.waited, _dump_all(wish.expected), _dumped(wish.back), wish.over_at)
        query = (
            "UPDATE wish SET standing = ?, reason = ?, waited = ?, expected = ?, back = ?, over_at = ? WHERE number = ?"
        )
        with self._file.writing():
            kept = self._run(query, (*outcome, *more, wish.number)).rowcount == 1
            if kept:
                self._run("UPDATE made SET standing = ?, reason = ? WHERE number = ?", (*outcome, wish.number))
            return kept

    def wishes(self, pbx: str) -> tuple[Wish, ...]:
        """Return the newest wish of every entity of a PBX, whatever came of it, oldest first."""
        with self._file.told():
            return tuple(self._find("pbx = ? ORDER BY number", pbx))

    def open_wishes(self, pbx: str) -> tuple[Wish, ...]:
        """Return the wishes for a PBX that something is still to come of, oldest first."""
        return tuple(wish for wish in self.wishes(pbx) if wish.is_open)

    def find(self, number: int) -> Wish | None:
        """Return a wish as it stands; None where a newer one has taken its place."""
        with self._file.told():
            return next(iter(self._find("number = ?", number)), None)

    def saw(self, target: Target, presence: Presence, at: float) -> None:
        """Keep what a PBX said of an entity."""
        query = "SELECT presence, at, before FROM seen WHERE pbx = ? AND entity = ?"
        with self._file.writing():
            row = self._run(query, (target.pbx, target.entity)).fetchone()
            replaced = json.loads(row[2]) if row else []
            if row and _load(json.loads(row[0])) != presence:
                replaced.append([json.loads(row[0]), at])
            kept = [[old, when] for old, when in replaced if at - when < FORGETFUL]
            values = (target.pbx, target.entity, _dump(presence), at, json.dumps(kept))
            self._run("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", values)

    def seen_before(self, wish: Wish) -> tuple[Presence, ...]:
        """Return what a PBX said of an entity shortly before a wish, then what that had replaced; () if nobody looked.

        A PBX that dies may forget what it was told in its last seconds.
        """
        query = "SELECT presence, before FROM seen WHERE pbx = ? AND entity = ? AND at BETWEEN ? AND ?"
        target, asked = wish.target, wish.asked_at
        with self._file.told():
            row = self._run(query, (target.pbx, target.entity, asked - RECENT, asked)).fetchone()
        return (_load(json.loads(row[0])), *(_load(old) for old, _ in json.loads(row[1]))) if row else ()

    def publication(self, target: Target) -> Held | None:
        """Return what a presence server may hold for us, None where nothing was published."""
        query = "SELECT presence, etag FROM publication WHERE pbx = ? AND entity = ?"
        with self._file.told():
            row = self._run(query, (target.pbx, target.entity)).fetchone()
        return Held(_load(json.loads(row[0])), row[1]) if row else None

    def keep_publication(self, target: Target, held: Held | None) -> None:
        """Keep what a presence server may hold for us, None for nothing."""
        with self._file.writing():
            if held is None:
                self._run("DELETE FROM publication WHERE pbx = ? AND entity = ?", (target.pbx, target.entity))
            else:
                values = (target.pbx, target.entity, _dump(held.presence), held.etag)
                self._run("INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?)", values)

    def version(self) -> int:
        """Return a number that changes when another process has written."""
        with self._file.told():
            return int(self._run("PRAGMA data_version").fetchone()[0])

    def may_send(self, pbx: str, entity: str = "") -> bool:
        """Tell whether this process is the one that sends to a PBX, or one entity there, becoming it if none is."""
        key = f"{pbx}\n{entity}"
        if key in self._locks:
            return True
        name = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        with self._file.told():
            lock = os.open(self._folder / f"outbox-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._locks[key] = lock
        return True

    # -- history ------------------------------------------------------------------------------------------------------

    def history(self, limit: int = 100) -> tuple[Record, ...]:
        """Return the newest wishes, whoever's status they set, newest first."""
        return self._records("1 ORDER BY number DESC LIMIT ?", limit)

    def chosen(self, target: Target, limit: int = _LOOKED_THROUGH) -> tuple[Record, ...]:
        """Return what people chose for an entity, newest first."""
        where = "pbx = ? AND entity = ? AND manner = ? ORDER BY number DESC LIMIT ?"
        return self._records(where, target.pbx, target.entity, Manner.MANUAL.value, limit)

    # -- within -------------------------------------------------------------------------------------------------------

    def _add(self, wish: Wish, old: Wish | None, who: str) -> Wish:
        wish = following(wish, old)
        target = wish.target
        said = (target.pbx, target.entity, _dump(wish.presence), wish.asked_at, wish.standing.value, wish.reason)
        how = (_dumped(wish.plain), wish.until)
        self._run("DELETE FROM wish WHERE pbx = ? AND entity = ?", (target.pbx, target.entity))
        number = self._run(
            "INSERT INTO wish (pbx, entity, presence, asked_at, standing, reason, plain, until, waited, expected, "
            "back, manner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*said, *how, wish.waited, _dump_all(wish.expected), _dumped(wish.back), wish.manner.value),
        ).lastrowid
        assert number is not None
        if old is not None and old.is_open:
            ended = (Standing.DROPPED.value, "a newer status was asked for", old.number)
            self._run("UPDATE made SET standing = ?, reason = ? WHERE number = ?", ended)
        self._run(
            "INSERT INTO made (number, who, pbx, entity, presence, asked_at, standing, reason, plain, until, manner) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, who, *said, *how, wish.manner.value),
        )
        limits = (number - HISTORY_ROWS, wish.asked_at - HISTORY_SECONDS)
        self._run("DELETE FROM made WHERE number <= ? OR asked_at < ?", limits)
        return replace(wish, number=number)

    def _newest(self, target: Target) -> Wish | None:
        return next(iter(self._find("pbx = ? AND entity = ?", target.pbx, target.entity)), None)

    def _find(self, where: str, *values: Any) -> list[Wish]:
        return [_wish(row) for row in self._run(f"SELECT {_COLUMNS} FROM wish WHERE {where}", values).fetchall()]

    def _records(self, where: str, *values: Any) -> tuple[Record, ...]:
        columns = "number, pbx, entity, presence, asked_at, standing, reason, plain, until, manner, who"
        with self._file.told():
            rows = self._run(f"SELECT {columns} FROM made WHERE {where}", values).fetchall()
        return tuple(Record(_wish((*row[:7], 0, "[]", *row[7:9], None, row[9], None)), row[10]) for row in rows)


def _wish(row: tuple[Any, ...]) -> Wish:
    number, pbx, entity, presence, asked_at, standing, reason, waited, expected, plain, until, back, manner, over = row
    return Wish(
        number=number,
        target=Target(pbx, entity),
        presence=_load(json.loads(presence)),
        asked_at=asked_at,
        standing=Standing(standing),
        reason=reason,
        waited=bool(waited),
        expected=tuple(map(_load, json.loads(expected))),
        plain=_load(json.loads(plain)) if plain else None,
        until=until,
        back=_load(json.loads(back)) if back else None,
        manner=Manner(manner),
        over_at=over,
    )


def _listed(presence: Presence) -> list[str]:
    return [presence.state.value, presence.subtype, presence.message]


def _dump(presence: Presence) -> str:
    return json.dumps(_listed(presence))


def _dumped(presence: Presence | None) -> str | None:
    return None if presence is None else _dump(presence)


def _dump_all(presences: tuple[Presence, ...]) -> str:
    return json.dumps([_listed(presence) for presence in presences])


def _load(found: list[str]) -> Presence:
    state, subtype, message = found
    return Presence(PresenceState(state), subtype, message)
