# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board watch` against a real Asterisk: each change once and right, whatever happens to either side."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.end2end.program import WAIT, Line, Program, running, watch_range, write_config
from tests.pbx.asterisk import Asterisk
from tests.pbx.fixtures import NewAsterisk

BOB = '[[contact]]\nname = "Bob Brown"\nextension = "2001"\ngroup = "Support"\n'

DEVICES = {
    "INUSE": "in_use",
    "RINGING": "ringing",
    "ONHOLD": "on_hold",
    "UNAVAILABLE": "unavailable",
    "NOT_INUSE": "idle",
}
"""Asterisk's device state and the board's. chan_pjsip's PIDF says BUSY as INUSE and RINGINUSE as RINGING."""

PEOPLE = [
    ("away", "lunch", "Back at 2"),
    ("dnd", "", ""),
    ("xa", "vacation", "Zurück am 3. 🏖 <b>&amp;</b>"),
    ("chat", "", "on a train, chat works"),
    ("unavailable", "", ""),
    ("available", "home office", ""),
    ("not_set", "", ""),
]


def live(line: Line) -> bool:
    return line["subscription"] == "active" and not line["stale"]


def all_live(program: Program, count: int) -> None:
    """Read until `count` extensions are live."""
    seen = set[str]()
    while len(seen) < count:
        line = program.line()
        seen = seen | {line["extension"]} if live(line) else seen - {line["extension"]}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_each_change_is_printed_once_and_right(new_asterisk: NewAsterisk, tmp_path: Path, transport: str) -> None:
    asterisk = new_asterisk(["2001"])
    asterisk.set_device("2001", "NOT_INUSE")
    config = write_config(tmp_path, asterisk, BOB, transport=transport)
    with running("watch", "--json", "--config", config) as program:
        first = program.line()
        assert (first["extension"], first["name"], first["device"]) == ("2001", "Bob Brown", "idle")
        assert live(first)
        assert first["presence"] == "not_set"
        seen = list[Line]()
        for asterisk_word in DEVICES:
            asterisk.set_device("2001", asterisk_word)
            seen.append(program.line())
        assert [line["device"] for line in seen] == list(DEVICES.values())
        for state, subtype, message in PEOPLE:
            asterisk.set_presence("2001", state, subtype, message)
            asterisk.set_presence("2001", state, subtype, message)  # the same again is no change
            line = program.line()
            assert (line["presence"], line["subtype"], line["message"]) == (state, subtype, message)
        assert program.end() == 0
        assert program.drain() == []
        assert not [text for text in program.errors if "Traceback" in text]
    assert "0 active subscriptions" in asterisk.command("pjsip show subscriptions inbound")


def test_a_killed_worker_costs_its_tiles_a_moment_of_staleness(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(range(2000, 2010))
    asterisk.set_presence("2003", "away", "lunch")
    config = write_config(tmp_path, asterisk, watch_range("2000-2009"))
    with running("watch", "--json", "--config", config) as program:
        all_live(program, 10)
        [worker] = program.children()
        os.kill(worker, signal.SIGKILL)
        stale = program.lines(10)
        assert all(line["stale"] and line["reason"] for line in stale)
        asterisk.set_device("2003", "INUSE")  # nobody listens now: the new subscription must bring it
        fresh = program.lines(10, wait=5)
        assert {line["extension"] for line in fresh if live(line)} == {str(n) for n in range(2000, 2010)}
        changed = {line["extension"]: (line["device"], line["presence"]) for line in fresh}
        assert changed["2003"] == ("in_use", "away")
        assert program.end() == 0


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("wipe", [False, True])
def test_a_killed_pbx_is_found_again(new_asterisk: NewAsterisk, tmp_path: Path, transport: str, wipe: bool) -> None:
    asterisk = new_asterisk(range(2000, 2005))
    config = write_config(tmp_path, asterisk, watch_range("2000-2004"), transport=transport)
    with running("watch", "--json", "--config", config) as program:
        all_live(program, 5)
        asterisk.kill()
        program.until(lambda line: bool(line["stale"]))
        asterisk.restart(wipe=wipe)
        asterisk.set_presence("2002", "dnd", "", "new since the restart")
        found = program.until(lambda line: live(line) and line["message"] == "new since the restart", wait=60)
        assert not [line for line in found if line["subscription"] == "terminated"]
        assert program.end() == 0


def test_what_cannot_be_watched_says_why_and_the_rest_goes_on(asterisk: Asterisk, tmp_path: Path) -> None:
    config = write_config(tmp_path, asterisk, BOB, '[[contact]]\nname = "Nobody"\nextension = "4711"\n')
    with running("watch", "--json", "--config", config) as program:
        lines = {line["extension"]: line for line in program.lines(2)}
        assert live(lines["2001"])
        assert lines["4711"]["stale"]
        assert "hint" in lines["4711"]["reason"]
        assert "4711" in lines["4711"]["reason"]
        assert program.end() == 0


def test_a_wrong_password_is_said_at_once_and_not_tried_again(new_asterisk: NewAsterisk, tmp_path: Path) -> None:
    asterisk = new_asterisk(range(2000, 2005))
    config = write_config(tmp_path, asterisk, watch_range("2000-2004"))
    with running("watch", "--json", "--config", config, "--for", "6", BOARD_PASSWORD="wrong") as program:
        lines = program.lines(5)
        assert all(line["stale"] and "password" in line["reason"] for line in lines)
        assert program.wait() == 1
        assert any("office" in text and "password" in text for text in program.errors)
        assert not any("wrong" in text.split() for text in program.errors)
    # A challenge and one answer to it for at most the first few, then silence: nothing for fail2ban to count.
    assert asterisk.log().count("failed to authenticate") <= 5


def test_an_extension_can_be_named_and_the_count_ends_it(asterisk: Asterisk, tmp_path: Path) -> None:
    config = write_config(tmp_path, asterisk, watch_range("2000-2049"))
    with running("watch", "2007", "2008", "--json", "--count", "2", "--config", config) as program:
        assert {line["extension"] for line in program.lines(2)} == {"2007", "2008"}
        assert program.wait() == 0


def test_an_unreachable_pbx_does_not_hold_up_another(asterisk: Asterisk, tmp_path: Path) -> None:
    gone = '[[pbx]]\nname = "gone"\nserver = "sip:no-such-host.invalid;transport=tcp"\nuser = "x"\n'
    config = write_config(
        tmp_path,
        asterisk,
        gone + 'password_env = "BOARD_PASSWORD"\n',
        BOB + 'pbx = "office"\n',
        '[[contact]]\nname = "Far"\nextension = "1"\npbx = "gone"\n',
    )
    with running("watch", "--json", "--config", config) as program:
        lines = {line["extension"]: line for line in program.lines(2)}
        assert live(lines["2001"])
        assert lines["2001"]["pbx"] == "office"
        assert "no-such-host.invalid" in lines["1"]["reason"]
        assert program.end() == 0


def test_a_reader_that_never_reads_does_not_hold_up_the_end(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)  # less than the first lines of the demo
    command = [sys.executable, "-m", "board", "watch", "--demo", "--json"]
    environment = {**os.environ, "PRESENCE_BOARD_HOME": str(tmp_path)}
    with subprocess.Popen(command, stdout=writing, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr is not None
        try:
            assert b"live" in process.stderr.readline()
            deadline = time.monotonic() + WAIT
            while unread_bytes(reading) < 3500 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT) == 0
            assert b"Traceback" not in process.stderr.read()
        finally:
            process.kill()
            os.close(reading)
            os.close(writing)


def unread_bytes(descriptor: int) -> int:
    """Return how much waits in a pipe."""
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)
