# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The database on disk: what it keeps, what it refuses, and several processes with the same file."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from board.presence.core import PresenceCore
from board.presence.database import PRESENCE_FAMILY, Database, Entry, MemoryDatabase, Origin
from board.presence.events import Event, PresenceStateChange
from board.presence.store import DAY, Change, Store, StoreError, read_astdb, write_astdb
from board.presence.value import Presence
from board.states import PresenceState

NOW = Origin(1_000_000.0, "anna", "cli")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "presence.sqlite3"


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_both_databases_keep_alike(kind: str, path: Path) -> None:
    database: Database = MemoryDatabase() if kind == "memory" else Store(path)
    assert database.get("F", "k") is None
    for key, value in [("k", "one"), ("b", "ü☕"), ("a", ""), ("k", "two"), ("raw", "x\udcff\udc80")]:
        database.put("F", key, value, NOW)
    database.put("G", "k", "other", NOW)
    assert database.get("F", "k") == "two"
    assert dict(database.family("F")) == {"a": "", "b": "ü☕", "k": "two", "raw": "x\udcff\udc80"}
    assert list(database.family("F")) == ["a", "b", "k", "raw"]
    assert database.delete("F", "k", NOW)
    assert not database.delete("F", "k", NOW)
    assert (database.get("F", "k"), database.get("G", "k")) == (None, "other")
    assert list(database.news()) == []
    if isinstance(database, Store):
        database.close()


def test_it_is_there_after_closing_and_only_for_its_owner(path: Path) -> None:
    with Store(path) as store:
        store.put("F", "k", "kept", NOW)
    with Store(path) as store:
        assert store.get("F", "k") == "kept"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_written_through(path: Path) -> None:
    with Store(path) as store:
        pragma = store._file.run
        assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
        assert pragma("PRAGMA synchronous").fetchone() == (2,)


def test_the_history_says_who_what_when_and_from_where(path: Path) -> None:
    with Store(path) as store:
        store.put("F", "k", "one", NOW)
        store.put("F", "l", "else", NOW)
        later = Origin(NOW.at + 1, "bob", "ami 192.0.2.1")
        store.delete("F", "k", later)
        assert store.history("F", "k") == (Change(later, "F", "k", None), Change(NOW, "F", "k", "one"))
        assert [change.key for change in store.history("F")] == ["k", "l", "k"]
        assert len(store.history("F", limit=2)) == 2
        assert store.history("G") == ()


def test_old_history_goes_the_entries_stay(path: Path) -> None:
    with Store(path, retention=10 * DAY) as store:
        store.put("F", "old", "1", Origin(0.0))
        store.put("F", "new", "2", Origin(9 * DAY))
        store.prune(11 * DAY)
        assert [change.key for change in store.history("F")] == ["new"]
        assert store.get("F", "old") == "1"
    with Store(path, retention=None) as store:
        store.prune(1000 * DAY)
        assert [change.key for change in store.history("F")] == ["new"]


def test_many_or_none(path: Path) -> None:
    with Store(path) as store:
        store.put_all("F", {"a": "1", "b": "2"}, NOW)
        broken: dict[str, str] = {"a": "3", "c": None}  # type: ignore[dict-item]
        with pytest.raises(AttributeError):
            store.put_all("F", broken, NOW)
        assert dict(store.family("F")) == {"a": "1", "b": "2"}
        store.put("F", "d", "4", NOW)
        assert len(store.history("F")) == 3


def test_a_batch_is_kept_at_its_end_or_not_at_all(path: Path) -> None:
    with Store(path) as store, Store(path) as reader:
        with store.batch():
            store.put("F", "a", "1", NOW)
            store.put("F", "b", "2", NOW)
            assert dict(reader.family("F")) == {}
        assert dict(reader.family("F")) == {"a": "1", "b": "2"}
        assert [entry.key for entry in reader.news()] == ["a", "b"]
        with pytest.raises(AttributeError), store.batch():
            store.put_all("F", {"a": "3", "c": None}, NOW)  # type: ignore[dict-item]
        assert store.get("F", "a") == "1"
        reader.put("F", "c", "4", NOW)
        store.put("F", "d", "5", NOW)
        assert [entry.key for entry in store.news()] == ["c"]


def test_two_stores_of_one_file_hear_of_each_other(path: Path) -> None:
    with Store(path) as one, Store(path) as other:
        one.put("F", "k", "1", NOW)
        one.put("F", "k", "2", NOW)
        other.put("F", "own", "x", NOW)
        one.delete("F", "gone", NOW)
        one.put("F", "l", "3", NOW)
        assert other.get("F", "k") == "2"
        assert other.news() == (Entry("F", "k", "2"), Entry("F", "l", "3"))
        assert other.news() == ()
        assert one.news() == (Entry("F", "own", "x"),)


def test_a_core_tells_what_another_process_wrote(path: Path) -> None:
    with Store(path) as ours, Store(path) as theirs:
        core, events = PresenceCore(ours), list[Event]()
        core.listen(events.append)
        PresenceCore(theirs).set_presence("CustomPresence:2000", "away,bHVuY2g=,,e", NOW)
        PresenceCore(theirs).set_device("Custom:2000", "INUSE", NOW)
        core.catch_up()
        presence = Presence(PresenceState.AWAY, "lunch")
        assert events[0] == PresenceStateChange("CustomPresence:2000", presence)
        assert core.presence.query("CustomPresence:2000") == presence
        assert core.devices.query("Custom:2000") == "INUSE"
        assert len(events) == 2
        core.catch_up()
        assert len(events) == 2


def test_a_core_comes_back_as_it_was(path: Path) -> None:
    with Store(path) as store:
        core = PresenceCore(store)
        core.set_presence("CustomPresence:Zoë", "away,s,m", NOW)
        core.set_device("Custom:1", "ONHOLD", NOW)
    with Store(path) as store:
        core = PresenceCore(store)
        assert core.presence.cached == {"CustomPresence:Zoë": Presence(PresenceState.AWAY, "s", "m")}
        assert core.devices.query("Custom:1") == "ONHOLD"


WRITER = """
import sys
from pathlib import Path
from board.presence.database import Origin
from board.presence.store import Store
with Store(Path(sys.argv[1])) as store:
    for number in range(200):
        store.put("F", f"{sys.argv[2]}-{number}", "x", Origin(float(number), sys.argv[2]))
"""


def test_four_processes_lose_nothing_of_each_other(path: Path) -> None:
    commands = [[sys.executable, "-c", WRITER, str(path), name] for name in "abcd"]
    writers = [subprocess.Popen(command) for command in commands]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    with Store(path) as store:
        assert len(store.family("F")) == 800
        assert len(store.history("F", limit=1000)) == 800


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one" * 50, b"SQLite format 3\0junk"]
)
def test_what_is_no_database_is_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"presence\.sqlite3 cannot be used: .*not a database"):
        Store(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database"):
        Store(path)


def test_a_newer_versions_store_is_left_alone(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(path)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used: File exists: "):
        Store(tmp_path / "file" / "presence.sqlite3")
    with pytest.raises(StoreError, match="cannot be used: Is a directory: "):
        Store(tmp_path)


# -- Asterisk's own database ----------------------------------------------------------------------------------------


def astdb(path: Path, rows: dict[str, str]) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        connection.executemany("INSERT INTO astdb VALUES (?, ?)", rows.items())
    connection.close()


def test_asterisks_database_is_read(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    astdb(
        path,
        {
            "/CustomPresence/Zoë": "away,s,m",
            "/CustomPresence/a/b": "dnd",
            "/custompresence/no": "dnd",
            "/CustomDevstate/x": "INUSE",
        },
    )
    assert dict(read_astdb(path, PRESENCE_FAMILY)) == {"Zoë": "away,s,m", "a/b": "dnd"}
    with Store(tmp_path / "own.sqlite3") as store:
        store.put_all(PRESENCE_FAMILY, read_astdb(path, PRESENCE_FAMILY), NOW)
        assert PresenceCore(store).presence.query("CustomPresence:Zoë") == Presence(PresenceState.AWAY, "s", "m")


def test_asterisks_database_is_written_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    astdb(path, {"/CustomPresence/a": "dnd", "/other/x": "y"})
    write_astdb(path, PRESENCE_FAMILY, {"a": "away,x,ü", "b": "chat"})
    assert dict(read_astdb(path, PRESENCE_FAMILY)) == {"a": "away,x,ü", "b": "chat"}
    assert dict(read_astdb(path, "other")) == {"x": "y"}
    with sqlite3.connect(path) as connection:
        kinds = connection.execute("SELECT DISTINCT typeof(key), typeof(value) FROM astdb").fetchall()
    connection.close()
    assert kinds == [("text", "text")]


def test_a_new_one_is_made_and_a_wrong_one_refused(tmp_path: Path) -> None:
    write_astdb(tmp_path / "new.sqlite3", PRESENCE_FAMILY, {"a": "dnd"})
    assert dict(read_astdb(tmp_path / "new.sqlite3", PRESENCE_FAMILY)) == {"a": "dnd"}
    with pytest.raises(StoreError, match=r"absent\.sqlite3 cannot be used as Asterisk's astdb: unable to open"):
        read_astdb(tmp_path / "absent.sqlite3", PRESENCE_FAMILY)
    (tmp_path / "text").write_text("no database at all, but long enough to be read as one" * 50)
    with pytest.raises(StoreError, match="not a database"):
        write_astdb(tmp_path / "text", PRESENCE_FAMILY, {"a": "dnd"})
