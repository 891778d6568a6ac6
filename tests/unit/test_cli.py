# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line keeps its contract: exit status, one line a mistake, results on stdout, diagnostics on stderr."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from board.cli import main

ALONE = Path(__file__).parents[1] / "data/notify/asterisk-22.10.1/agent-none.txt"
BOARD = [sys.executable, "-m", "board"]


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESENCE_BOARD_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["parse", "--jso"], "unrecognized arguments: --jso"),
        (["watch", "--for", "soon"], "'soon' is no number of seconds"),
        (["watch", "--for", "-1"], "--for"),
        (["watch", "--for", "nan"], "'nan' is no number of seconds"),
        (["watch", "--count", "0"], "'0' is no number from 1"),
        (["--view", "nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert line.startswith("presence-board")
    assert says in line


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_wrong_configuration_is_told_wherever_it_is_named(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--config", "/no/such.toml"]
    for command in (["run"], ["watch"], ["password"], []):
        assert main([*named, *command] if place == "before" else [*command, *named]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == (
            "presence-board: /no/such.toml: cannot be read: No such file or directory; "
            "check the path and its permissions\n"
        )


def test_the_users_own_configuration_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "board.toml").write_text("x = 1\ny = 2\n")
    assert main(["watch"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1:3] for line in lines[1:]] == [
        [f"{tmp_path}/board.toml:1", "x"],
        [f"{tmp_path}/board.toml:2", "y"],
    ]


def test_an_unknown_pbx_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "board.toml").write_text(
        '[[pbx]]\nname = "office"\nserver = "sip:127.0.0.1:9"\nuser = "1"\npassword_command = "echo x"\n'
    )
    assert main(["watch", "2001@ofice"]) == 2
    assert capsys.readouterr().err == ("presence-board: 2001@ofice: there is no [[pbx]] named 'ofice'; known: office\n")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("presence-board 0.")


def test_both_names_are_the_same_program() -> None:
    script = Path(sys.executable).with_name("presence-board")
    for program in ([str(script)], BOARD):
        done = subprocess.run([*program, "--version"], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout[:15], done.stderr) == (0, "presence-board ", "")


def test_without_qt_the_window_says_what_to_do() -> None:
    script = "import sys; sys.modules['PySide6'] = None; from board.cli import main; sys.exit(main(['--demo']))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "presence-board[gui]" in line
    assert "presence-board watch" in line


def test_parse_reads_stdin_byte_for_byte() -> None:
    done = subprocess.run([*BOARD, "parse", "--json"], input=ALONE.read_bytes(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b'{"entity": "sip:2155@127.0.0.1:5160", ')


def test_parse_writes_utf8_whatever_the_locale(tmp_path: Path) -> None:
    body = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1@x"><note>Zoë 🙂</note></presence>'
    (tmp_path / "body.xml").write_text(body, encoding="utf-8")
    done = subprocess.run(
        [*BOARD, "parse", "--json", str(tmp_path / "body.xml")],
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert '"note": "Zoë 🙂"' in done.stdout.decode("utf-8")


def test_a_closed_pipe_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*BOARD, "parse", str(ALONE)], stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_without_a_traceback(number: signal.Signals, status: int) -> None:
    with subprocess.Popen(
        [*BOARD, "parse", str(ALONE), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline()  # the first file is done: it waits for stdin now
        running.send_signal(number)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (status, b"")


def test_watch_ends_quietly_when_nobody_reads() -> None:
    with subprocess.Popen([*BOARD, "watch", "--demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        running.stdout.close()  # the demo's people go on living, so it soon has something to print
        assert running.stderr is not None
        err = running.stderr.read().decode()
        status = running.wait(timeout=60)
    assert (status, err) == (0, "Demo office: live\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_watch_ends_in_order_when_the_whole_group_is_told_to(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*BOARD, "watch", "--demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        os.killpg(running.pid, number)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, b"Demo office: live\n")
