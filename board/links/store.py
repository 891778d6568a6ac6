# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox on disk: the newest wish of every entity, in one SQLite file that several processes may have open.

A wish is on the disk when `wish` returns. Who sends is decided by a lock, one a PBX, that ends with its process. The
only module of this room that touches a disk.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from board.links.wish import OPEN, Standing, Target, Wish
from board.presence.value import Presence
from board.states import PresenceState

NAME = "outbox.sqlite3"
BUSY_SECONDS = 10.0
RECENT = 60.0
"""Seconds for which what another process saw before a wish still tells what was there before it."""
FORGETFUL = 15.0
"""Seconds for which what was replaced is remembered."""
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
)
"""Each brings a file from one version (PRAGMA user_version) to the next; what was shipped is never changed."""
_COLUMNS = "number, pbx, entity, presence, asked_at, standing, reason, waited, expected"


class OutboxError(Exception):
    """The outbox cannot be used; the message is one line that says which and why."""


class OutboxStore:
    """The outbox of a data folder; a context manager that closes it. Raises OutboxError throughout."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._locks = dict[str, int]()
        with self._told():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with self._told():
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let others send."""
        self._connection.close()
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()

    # -- wishes -------------------------------------------------------------------------------------------------------

    def wish(self, target: Target, presence: Presence, at: float) -> Wish:
        """Keep a wish in place of the entity's last one; it is on the disk when this returns."""
        with self._writing():
            old = self._find("pbx = ? AND entity = ?", target.pbx, target.entity)
            expected = _left_by(old[0]) if old else ()
            self._connection.execute("DELETE FROM wish WHERE pbx = ? AND entity = ?", (target.pbx, target.entity))
            number = self._connection.execute(
                "INSERT INTO wish (pbx, entity, presence, asked_at, standing, reason, waited, expected) "
                "VALUES (?, ?, ?, ?, ?, '', 0, ?)",
                (target.pbx, target.entity, _dump(presence), at, Standing.QUEUED.value, _dump_all(expected)),
            ).lastrowid
            assert number is not None
            return Wish(number, target, presence, at, expected=expected)

    def keep(self, wish: Wish) -> bool:
        """Keep how far a wish has come; False where a newer one has taken its place."""
        values = (wish.standing.value, wish.reason, wish.waited, _dump_all(wish.expected), wish.number)
        query = "UPDATE wish SET standing = ?, reason = ?, waited = ?, expected = ? WHERE number = ?"
        with self._writing():
            return self._connection.execute(query, values).rowcount == 1

    def open_wishes(self, pbx: str) -> tuple[Wish, ...]:
        """Return the wishes for a PBX that something is still to come of, oldest first."""
        with self._told():
            return tuple(wish for wish in self._find("pbx = ? ORDER BY number", pbx) if wish.is_open)

    def find(self, number: int) -> Wish | None:
        """Return a wish as it stands; None where a newer one has taken its place."""
        with self._told():
            return next(iter(self._find("number = ?", number)), None)

    def saw(self, target: Target, presence: Presence, at: float) -> None:
        """Keep what a PBX said of an entity."""
        query = "SELECT presence, at, before FROM seen WHERE pbx = ? AND entity = ?"
        with self._writing():
            row = self._connection.execute(query, (target.pbx, target.entity)).fetchone()
            replaced = json.loads(row[2]) if row else []
            if row and _load(json.loads(row[0])) != presence:
                replaced.append([json.loads(row[0]), at])
            kept = [[old, when] for old, when in replaced if at - when < FORGETFUL]
            values = (target.pbx, target.entity, _dump(presence), at, json.dumps(kept))
            self._connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", values)

    def seen_before(self, wish: Wish) -> tuple[Presence, ...]:
        """Return what a PBX said of an entity shortly before a wish, then what that had replaced; () if nobody looked.

        A PBX that dies may forget what it was told in its last seconds.
        """
        query = "SELECT presence, before FROM seen WHERE pbx = ? AND entity = ? AND at BETWEEN ? AND ?"
        target, asked = wish.target, wish.asked_at
        with self._told():
            row = self._connection.execute(query, (target.pbx, target.entity, asked - RECENT, asked)).fetchone()
        return (_load(json.loads(row[0])), *(_load(old) for old, _ in json.loads(row[1]))) if row else ()

    def version(self) -> int:
        """Return a number that changes when another process has written."""
        with self._told():
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def may_send(self, pbx: str, entity: str = "") -> bool:
        """Tell whether this process is the one that sends to a PBX, or one entity there, becoming it if none is."""
        key = f"{pbx}\n{entity}"
        if key in self._locks:
            return True
        name = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        with self._told():
            lock = os.open(self._folder / f"outbox-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._locks[key] = lock
        return True

    # -- within -------------------------------------------------------------------------------------------------------

    def _find(self, where: str, *values: Any) -> list[Wish]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM wish WHERE {where}", values).fetchall()
        return [_wish(row) for row in rows]

    def _migrate(self) -> None:
        if self._version() == len(_MIGRATIONS):
            return
        with self._writing():  # another process may have done it while this one waited
            version = self._version()
            if version > len(_MIGRATIONS):
                raise OutboxError(f"{self._path} was written by a newer version of this program; use that one")
            for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
                for statement in script.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell SQLite's and the system's errors as OutboxError."""
        try:
            yield
        except OSError as error:
            raise OutboxError(f"the outbox {self._path} cannot be used: {error.strerror}: {error.filename}") from error
        except sqlite3.Error as error:
            raise OutboxError(f"the outbox {self._path} cannot be used: {error}") from error


def _left_by(old: Wish) -> tuple[Presence, ...]:
    """Return what the PBX may show through a wish that is replaced before anybody read it back."""
    sent = (old.presence,) if old.standing is Standing.SENT else ()
    return tuple(dict.fromkeys((*old.expected, *sent))) if old.standing in OPEN else ()


def _wish(row: tuple[Any, ...]) -> Wish:
    number, pbx, entity, presence, asked_at, standing, reason, waited, expected = row
    wish = Wish(number, Target(pbx, entity), _load(json.loads(presence)), asked_at, Standing(standing), reason)
    return replace(wish, waited=bool(waited), expected=tuple(map(_load, json.loads(expected))))


def _listed(presence: Presence) -> list[str]:
    return [presence.state.value, presence.subtype, presence.message]


def _dump(presence: Presence) -> str:
    return json.dumps(_listed(presence))


def _dump_all(presences: tuple[Presence, ...]) -> str:
    return json.dumps([_listed(presence) for presence in presences])


def _load(found: list[str]) -> Presence:
    state, subtype, message = found
    return Presence(PresenceState(state), subtype, message)
