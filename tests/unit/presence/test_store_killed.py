# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills writers at random moments: what was acknowledged is there, and the file is whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.presence.database import PRESENCE_FAMILY
from board.presence.store import Store

KILLS = 200
WRITERS_AT_ONCE = 2
START_SECONDS = 60.0
# A process that forks the writers, so that a kill costs no start of Python. It is told one word to start a writer and
# says its process id; a writer acknowledges each write by its number.
MOTHER = """
import os, signal, sys
from pathlib import Path
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.store import Store
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin.buffer:
    start = int(line)
    child = os.fork()
    if child:
        continue
    with Store(Path(sys.argv[1]), retention=None) as store:
        core = PresenceCore(store)
        os.write(1, b"ready %d\\n" % os.getpid())
        number = start
        while True:
            core.set_presence(f"CustomPresence:{number % 50}", f"away,{number},under load", Origin(float(number)))
            os.write(1, b"%d\\n" % number)
            number += 1
"""


@pytest.fixture
def mother(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", MOTHER, str(tmp_path / "presence.sqlite3")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_nothing_acknowledged_is_lost(mother: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    assert mother.stdin is not None
    assert mother.stdout is not None
    chance, acknowledged, killed, start = random.Random(9), list[int](), 0, 0
    while killed < KILLS:
        for _ in range(WRITERS_AT_ONCE):
            mother.stdin.write(b"%d\n" % start)
            mother.stdin.flush()
            start += 1_000_000
        children, deadline = list[int](), time.monotonic() + START_SECONDS
        while len(children) < WRITERS_AT_ONCE:
            assert time.monotonic() < deadline, "a writer did not come up beside the other: it said why on stderr"
            line = mother.stdout.readline().split()
            if line[0] == b"ready":
                children.append(int(line[1]))
            else:
                acknowledged.append(int(line[0]))
        time.sleep(chance.uniform(0.0, 0.03))
        for child in children:
            os.kill(child, signal.SIGKILL)
            killed += 1
    mother.stdin.close()
    acknowledged += [int(line) for line in mother.stdout.read().splitlines() if line.isdigit()]
    assert len(acknowledged) > KILLS
    with Store(tmp_path / "presence.sqlite3") as store:
        kept = {int(change.origin.at) for change in store.history(PRESENCE_FAMILY, limit=10_000_000)}
        assert set(acknowledged) <= kept
        newest = dict[str, str]()
        for change in reversed(store.history(PRESENCE_FAMILY, limit=10_000_000)):
            newest[change.key] = change.value or ""
        assert dict(store.family(PRESENCE_FAMILY)) == newest
    with sqlite3.connect(tmp_path / "presence.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
