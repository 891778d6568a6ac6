# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The database on disk: what people and devices were set to, and the history of it, in one SQLite file.

A write is on the disk when the call returns. Several processes may have the same file open: each write is one
transaction, and `news` tells what the others wrote. The only module of this room that touches a disk.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from board.presence.database import Entry, Origin
from board.presence.value import to_bytes, to_text
from board.sqlite_file import SqliteFile

PRUNE_EVERY = 1000
"""Writes between two looks for history that is too old."""
DAY = 86_400.0

_MIGRATIONS = (
    """
    CREATE TABLE entry (
        family TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (family, key)
    ) WITHOUT ROWID;
    CREATE TABLE history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL, who TEXT NOT NULL, source TEXT NOT NULL,
        family TEXT NOT NULL, key BLOB NOT NULL, value BLOB
    );
    CREATE INDEX history_at ON history (at);
    """,
)


class StoreError(Exception):
    """The file cannot be used; the message is one line that says which and why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history; `value` is None where the entry was deleted."""

    origin: Origin
    family: str
    key: str
    value: str | None


class Store:
    """A `Database` in a file, made if it is not there; a context manager that closes it.

    `retention` is for how many seconds the history is kept, None for ever. Raises StoreError for a file that is no
    store, is damaged, is a newer version's or cannot be written.
    """

    def __init__(self, path: Path, retention: float | None = 365 * DAY) -> None:
        self._retention = retention
        self._writes = 0
        self._in_batch = False
        self._news = list[Entry]()
        self._file = SqliteFile(path, "store", StoreError, _MIGRATIONS)
        self._run = self._file.run
        try:
            with self._file.told():
                self._seen = self._last_id()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # -- entries ----------------------------------------------------------------------------------------------------

    def get(self, family: str, key: str) -> str | None:
        """Return the text, None without one."""
        query = "SELECT value FROM entry WHERE family = ? AND key = ?"
        with self._file.told():
            row = self._run(query, (family, to_bytes(key))).fetchone()
        return None if row is None else to_text(row[0])

    def put(self, family: str, key: str, value: str, origin: Origin) -> None:
        """Keep the text; it is on the disk when this returns."""
        self.put_all(family, {key: value}, origin)

    def put_all(self, family: str, values: Mapping[str, str], origin: Origin) -> None:
        """Keep many texts, all or none."""
        query = "INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT (family, key) DO UPDATE SET value = excluded.value"
        with self._writing():
            lines = list[int]()
            for key, value in values.items():
                self._run(query, (family, to_bytes(key), to_bytes(value)))
                lines.append(self._note(family, key, value, origin))
        self._wrote(lines, origin)

    def delete(self, family: str, key: str, origin: Origin) -> bool:
        """Forget the text; tell whether there was one."""
        with self._writing():
            found = self._run("DELETE FROM entry WHERE family = ? AND key = ?", (family, to_bytes(key))).rowcount
            lines = [self._note(family, key, None, origin)] if found else []
        self._wrote(lines, origin)
        return bool(found)

    def family(self, family: str) -> Mapping[str, str]:
        """Return the texts of a family by key, in the order of the keys."""
        query = "SELECT key, value FROM entry WHERE family = ? ORDER BY key"
        with self._file.told():
            rows = self._run(query, (family,)).fetchall()
        return MappingProxyType({to_text(key): to_text(value) for key, value in rows})

    def news(self) -> tuple[Entry, ...]:
        """Return what other processes wrote since this was last asked, oldest first; one entry a key, the newest."""
        with self._file.told():
            self._take_news(self._last_id())
        newest = {(entry.family, entry.key): entry for entry in self._news}
        self._news.clear()
        return tuple(newest.values())

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make one transaction of the writes within: one wait for the disk instead of one each.

        Nothing of them may be acknowledged before it has ended. If it raises, none is kept.
        """
        seen = self._seen
        try:
            with self._writing():
                self._in_batch = True
                try:
                    yield
                finally:
                    self._in_batch = False
        except BaseException:
            self._seen = seen  # the lines written here are gone, others may get their numbers
            raise

    # -- history ----------------------------------------------------------------------------------------------------

    def history(self, family: str, key: str | None = None, limit: int = 100) -> tuple[Change, ...]:
        """Return the last changes of a family or of one key, newest first."""
        query = (
            "SELECT at, who, source, family, key, value FROM history "
            "WHERE family = ? AND (? IS NULL OR key = ?) ORDER BY id DESC LIMIT ?"
        )
        wanted = None if key is None else to_bytes(key)
        with self._file.told():
            rows = self._run(query, (family, wanted, wanted, limit)).fetchall()
        return tuple(
            Change(Origin(at, who, source), group, to_text(name), None if value is None else to_text(value))
            for at, who, source, group, name, value in rows
        )

    def prune(self, now: float) -> None:
        """Forget the history that is older than the retention."""
        if self._retention is not None:
            with self._file.told():
                self._run("DELETE FROM history WHERE at < ?", (now - self._retention,))

    # -- within -----------------------------------------------------------------------------------------------------

    def _last_id(self) -> int:
        return int(self._run("SELECT coalesce(max(id), 0) FROM history").fetchone()[0])

    def _note(self, family: str, key: str, value: str | None, origin: Origin) -> int:
        """Write a line of the history; return its number."""
        row = (origin.at, origin.who, origin.source, family, to_bytes(key), None if value is None else to_bytes(value))
        number = self._run(
            "INSERT INTO history (at, who, source, family, key, value) VALUES (?, ?, ?, ?, ?, ?)", row
        ).lastrowid
        assert number is not None
        return number

    def _wrote(self, lines: list[int], origin: Origin) -> None:
        """Know the lines just written for one's own: what others wrote before them is news, they are not."""
        if lines:
            with self._file.told():
                self._take_news(lines[0] - 1)
            self._seen = lines[-1]
        self._writes += 1
        if self._writes % PRUNE_EVERY == 1:
            self.prune(origin.at)

    def _take_news(self, last: int) -> None:
        if last > self._seen:
            query = "SELECT family, key, value FROM history WHERE id > ? AND id <= ? ORDER BY id"
            for family, key, value in self._run(query, (self._seen, last)):
                self._news.append(Entry(family, to_text(key), None if value is None else to_text(value)))
            self._seen = last

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._file.told() if self._in_batch else self._file.writing():
            yield


# -- Asterisk's own database ----------------------------------------------------------------------------------------

_ASTDB_TABLE = "CREATE TABLE IF NOT EXISTS astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))"


def read_astdb(path: Path, family: str) -> Mapping[str, str]:
    """Return the texts of a family in Asterisk's astdb.sqlite3 by key; raise StoreError where that is none."""
    with _astdb(path, "ro") as connection:
        query = "SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM astdb WHERE key LIKE ? ORDER BY key"
        rows = connection.execute(query, (f"/{family}/%",)).fetchall()
    prefix = f"/{family}/"
    texts = {to_text(key): to_text(value) for key, value in rows}
    return MappingProxyType({key[len(prefix) :]: text for key, text in texts.items() if key.startswith(prefix)})


def write_astdb(path: Path, family: str, values: Mapping[str, str]) -> None:
    """Put texts of a family into Asterisk's astdb.sqlite3, made if it is not there, leaving all else as it is.

    Asterisk reads them at its next start; all are written or none. Raises StoreError where that cannot be.
    """
    with _astdb(path, "rwc") as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_ASTDB_TABLE)
        rows: Iterable[tuple[bytes, bytes]] = (
            (to_bytes(f"/{family}/{key}"), to_bytes(value)) for key, value in values.items()
        )
        connection.executemany("INSERT OR REPLACE INTO astdb VALUES (CAST(? AS TEXT), CAST(? AS TEXT))", rows)
        connection.execute("COMMIT")


@contextmanager
def _astdb(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be used as Asterisk's astdb: {error}") from error
