# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An SQLite file that several processes may have open: made, migrated, written in transactions that wait for each
other, and its troubles told in one line. What stands in it is its owner's matter.
"""

import os
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

BUSY_SECONDS = 10.0
"""How long a statement waits for another process's."""
_NAP = (0.0005, 0.004)


class SqliteFile:
    """An open file, made with its folder if it is not there; every commit is on the disk when it returns.

    `noun` is what a message calls it, `error` what is raised for whatever goes wrong. `migrations` bring a file from
    one version (PRAGMA user_version) to the next; what was shipped is never changed.
    """

    def __init__(self, path: Path, noun: str, error: type[Exception], migrations: Sequence[str]) -> None:
        self._path = path
        self._noun = noun
        self._error = error
        self._migrations = migrations
        with self.told():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            with self.told():
                self.run("PRAGMA journal_mode = WAL")
                self.run("PRAGMA synchronous = FULL")
                self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def run(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute a statement within `told` or `writing`, waiting for other processes.

        SQLite's own waiting sleeps up to 100 ms at a time: beside a process that writes without a pause it finds the
        gap between two of its writes too seldom, and gives up.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self._connection.execute(query, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            time.sleep(random.uniform(*_NAP))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make one transaction of what runs within; if it raises, nothing of it is kept."""
        with self.told():
            self.run("BEGIN IMMEDIATE")
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self.run("ROLLBACK")
                raise

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell SQLite's and the system's errors as the owner's."""
        try:
            yield
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise self._error(f"the {self._noun} {self._path} cannot be used: {error.strerror}{where}") from error
        except sqlite3.Error as error:
            raise self._error(f"the {self._noun} {self._path} cannot be used: {error}") from error

    def _migrate(self) -> None:
        if self._version() == len(self._migrations):
            return
        with self.writing():  # another process may have done it while this one waited
            version = self._version()
            if version > len(self._migrations):
                raise self._error(f"{self._path} was written by a newer version of this program; use that one")
            if version == 0 and self.run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise self._error(f"{self._path} is another program's database; name another file")
            for number, script in enumerate(self._migrations[version:], start=version + 1):
                for statement in script.split(";"):
                    self.run(statement)
                self.run(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return int(self.run("PRAGMA user_version").fetchone()[0])
