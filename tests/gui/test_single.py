# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One program for each user and configuration, whatever happened to the one before."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from board.errors import CallError
from board.ui import single
from board.ui.single import Instance, Place, claim, runtime_folder

WAIT_MS = 20_000
_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from board.ui.single import Place, claim
app = QCoreApplication([])
found = claim(Place(Path(sys.argv[1]), "office"), sys.argv[2])
print("told" if found is None else "first", flush=True)
if found is not None:
    found.asked.connect(lambda line: print(line, flush=True))
    app.exec()
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes that claim the same place."""
    made: list[subprocess.Popen[str]] = []

    def begin(wanted: str = "wall") -> "subprocess.Popen[str]":
        call = [sys.executable, "-c", _START, str(tmp_path), wanted]
        made.append(subprocess.Popen(call, stdout=subprocess.PIPE, text=True))
        return made[-1]

    yield begin
    for process in made:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def place(folder: Path, *words: str) -> Place:
    return Place(folder, *(words or ("office",)))


@pytest.fixture
def first(tmp_path: Path, qtbot: QtBot) -> Iterator[Instance]:
    made = claim(place(tmp_path), "wall")
    assert made is not None
    yield made
    made.release()


def test_a_second_start_asks_the_first_and_ends(first: Instance, start: Start, qtbot: QtBot) -> None:
    with qtbot.waitSignal(first.asked, timeout=WAIT_MS) as asked:
        second = start("status")
    assert asked.args == ["status"]
    qtbot.waitUntil(lambda: second.poll() == 0, timeout=WAIT_MS)
    assert line(second) == "told"


def test_others_are_not_asked(first: Instance, tmp_path: Path) -> None:
    other = claim(place(tmp_path, "another configuration"), "wall")
    assert other is not None
    other.release()


def test_the_next_may_be_the_one_when_the_first_has_let_go(first: Instance, start: Start) -> None:
    first.release()
    assert line(start()) == "first"


def test_kill_9_leaves_nothing_in_the_way(start: Start, tmp_path: Path) -> None:
    killed = start()
    assert line(killed) == "first"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert os.path.exists(place(tmp_path).lock)
    third = start()
    assert line(third) == "first"
    assert line(start("status")) == "told"
    assert line(third) == "status"


def test_of_many_starts_at_once_one_is_the_first(start: Start) -> None:
    said = [line(process) for process in [start() for _ in range(5)]]
    assert sorted(said) == ["first", *["told"] * 4]


def test_a_lock_whose_number_another_process_has_now_is_not_in_the_way(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed program's number may be taken by another Python, which nobody can tell from it by number and name."""
    monkeypatch.setattr(single, "_NOBODY", 0.1)
    made = claim(place(tmp_path), "wall")
    assert made is not None
    copy = Path(made_lock := place(tmp_path).lock).read_bytes()
    made.release()
    Path(made_lock).write_bytes(copy)
    again = claim(place(tmp_path), "wall")
    assert again is not None
    again.release()


def test_one_that_does_not_answer_is_told_in_one_line(
    start: Start, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "PATIENCE", 0.3)
    stuck = start()
    assert line(stuck) == "first"
    stuck.send_signal(signal.SIGSTOP)
    with pytest.raises(CallError, match=f"process {stuck.pid}.*does not answer"):
        claim(place(tmp_path), "wall")


def test_nobody_else_reaches_the_socket(first: Instance, tmp_path: Path) -> None:
    assert stat.S_IMODE(os.lstat(place(tmp_path).socket).st_mode) & 0o077 == 0


def test_a_long_line_is_cut_off(first: Instance, tmp_path: Path, qtbot: QtBot) -> None:
    asked: list[str] = []
    first.asked.connect(asked.append)
    with subprocess.Popen(
        [sys.executable, "-c", _FLOOD, place(tmp_path).socket], stdout=subprocess.PIPE, text=True
    ) as flood:
        qtbot.waitUntil(lambda: flood.poll() is not None, timeout=WAIT_MS)
    assert asked == []


_FLOOD = """
import socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    connection.settimeout(10)
    try:
        connection.sendall(b"x" * 1_000_000)
        connection.recv(1)
    except ConnectionError:
        pass
"""


def test_the_folder_is_of_the_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert made.parent == tmp_path
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o755)
    with pytest.raises(CallError, match="yours alone"):
        runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert runtime_folder({"XDG_RUNTIME_DIR": str(tmp_path / "missing")}).parent == tmp_path
    assert runtime_folder({}).name == f"presence-board-{os.getuid()}"
