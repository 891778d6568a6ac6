# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many watchers the core's notifier holds and how fast it tells them, beside a real Asterisk in the same run.

Both keep what is set on disk, ask for digests, and are driven over a byte stream: ours over a pipe, Asterisk over
AMI. `python -m tests.benchmarks.notifier_load [WATCHERS [RATE [SECONDS]]]`.
"""

import asyncio
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.presence.store import Store
from tests.benchmarks.flock import Flock
from tests.benchmarks.pbx import temporary_asterisk
from tests.benchmarks.table import Row, percentile, render
from tests.pbx.asterisk import PASSWORD

FIRST = 10_000
WATCHERS = 5_000
RATE = 1_000
SECONDS = 10
PATIENCE = 120.0
USER = "board"


class Server(Protocol):
    """A notifier under load."""

    port: int
    pid: int

    def change(self, extension: str, message: str) -> None:
        """Set a person to away with this message; return without waiting."""


@dataclass(slots=True)
class Ours:
    """The core's notifier in a process of its own."""

    port: int
    pid: int
    pipe: IO[bytes]

    def change(self, extension: str, message: str) -> None:
        """Set a person to away with this message."""
        self.pipe.write(f"{extension} away,,{message}\n".encode())
        self.pipe.flush()


@dataclass(slots=True)
class Theirs:
    """An Asterisk, over a manager session that nobody waits for."""

    port: int
    pid: int
    manager: "ManagerStream"

    def change(self, extension: str, message: str) -> None:
        """Set a person to away with this message."""
        self.manager.send(
            f"Action: Setvar\r\nVariable: PRESENCE_STATE(CustomPresence:{extension})\r\nValue: away,,{message}"
        )


class ManagerStream:
    """A manager session that only writes; a thread reads what comes and forgets it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self.send("Action: Login\r\nUsername: admin\r\nSecret: secret\r\nEvents: off")
        threading.Thread(target=self._forget, daemon=True).start()

    def send(self, action: str) -> None:
        """Write an action."""
        self._socket.sendall(f"{action}\r\n\r\n".encode())

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _forget(self) -> None:
        try:
            while self._socket.recv(65_536):
                pass
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server reached."""

    subscribe_rate: float
    kilobytes: float
    told: int
    wrong: int
    median_ms: float
    p99_ms: float
    cpu_us: float
    burst_rate: float


def measure(server: Server, extensions: list[str], rate: int, seconds: int) -> Figures:
    """Load one server; `told` counts the NOTIFYs of the steady time, `wrong` the watchers left with an old state."""
    flock = Flock(server.port, USER, PASSWORD, extensions)
    before = _resident(server.pid)
    took = flock.subscribe(PATIENCE)
    assert len(flock.said) == len(extensions), (len(flock.said), flock.refused)
    kilobytes = (_resident(server.pid) - before) / len(extensions) / 1024
    flock.notifies, busy = 0, _cpu(server.pid)
    latencies, expected = _steady(server, flock, rate, seconds)
    told, wrong = flock.notifies, sum(flock.said[each][0] != message for each, message in expected.items())
    busy = _cpu(server.pid) - busy
    burst = _burst(server, flock)
    flock.close()
    ms = 1000
    return Figures(
        len(extensions) / took,
        kilobytes,
        told,
        wrong,
        statistics.median(latencies) * ms,
        percentile(latencies, 0.99) * ms,
        busy / (rate * seconds) * 1_000_000,
        burst,
    )


def _steady(server: Server, flock: Flock, rate: int, seconds: int) -> tuple[list[float], dict[str, str]]:
    begun, total, number = time.monotonic(), rate * seconds, 0
    made, expected, latencies = dict[str, float](), dict[str, str](), list[float]()

    def heard(message: str, at: float) -> None:
        if message in made:
            latencies.append(at - made.pop(message))

    def due() -> float | None:
        nonlocal number
        now = time.monotonic()
        while number < total and begun + number / rate <= now:
            extension, message = flock.extensions[number % len(flock.extensions)], f"steady {number}"
            made[message], expected[extension] = time.monotonic(), message
            server.change(extension, message)
            number += 1
        if number < total:
            return max(0.0, begun + number / rate - now)
        return 0.01 if made else None

    flock.heard = heard
    flock.run(due, seconds + 20)
    return latencies, expected


def _burst(server: Server, flock: Flock) -> float:
    """Change everybody at once; return NOTIFYs a second until the last one knows."""
    begun = time.monotonic()

    def write() -> None:
        for each in flock.extensions:
            server.change(each, "burst")

    writer = threading.Thread(target=write)
    left, last = len(flock.extensions), begun

    def heard(message: str, at: float) -> None:
        nonlocal left, last
        left, last = left - (message == "burst"), at

    flock.heard = heard
    writer.start()
    flock.run(lambda: 0.05 if left > 0 else None, PATIENCE)
    writer.join()
    return len(flock.extensions) / (last - begun)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def _cpu(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _ours(watchers: int) -> Iterator[Ours]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.notifier_load", "serve", str(watchers), f"{folder}/store"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Ours(int(process.stdout.readline()), process.pid, process.stdin)
            process.stdin.close()


@contextmanager
def _theirs(watchers: int) -> Iterator[Theirs]:
    with temporary_asterisk(range(FIRST, FIRST + watchers)) as (asterisk, _):
        manager = ManagerStream(asterisk.ami_port)
        yield Theirs(asterisk.sip_port, asterisk.pid, manager)
        manager.close()


class Changes(asyncio.Protocol):
    """Applies lines to a core; what arrived together is kept on disk together, in one wait for it."""

    def __init__(self, core: PresenceCore) -> None:
        self._core = core
        self._rest = b""
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Apply the whole lines."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        with self._core.database.batch():
            for line in lines:
                extension, value = line.decode().split(" ", 1)
                self._core.set_presence(f"CustomPresence:{extension}", value, Origin(time.time(), "load"))

    def connection_lost(self, exc: Exception | None) -> None:
        """End the server."""
        self.over.set()


async def serve(watchers: int, store: Path) -> None:
    """Be the notifier under load until standard input ends; lines there are changes."""
    hints = [
        HintLine(HintKey(str(exten), "hints"), f"Custom:{exten},CustomPresence:{exten}")
        for exten in range(FIRST, FIRST + watchers)
    ]
    with Store(store) as database:
        core = PresenceCore(database, hints)
        notifier = Notifier(core, Settings(), {USER: PASSWORD}, lambda: secrets.token_hex(12))
        endpoint = await Endpoint.open(notifier, core, "127.0.0.1", 0)
        print(endpoint.port, flush=True)
        changes = Changes(core)
        await asyncio.get_running_loop().connect_read_pipe(lambda: changes, sys.stdin)
        await changes.over.wait()
        await endpoint.close(0.0)


def rows(watchers: int = WATCHERS, rate: int = RATE, seconds: int = SECONDS) -> list[Row]:
    """Measure both, one after the other."""
    extensions = [str(exten) for exten in range(FIRST, FIRST + watchers)]
    with _ours(watchers) as server:
        ours = measure(server, extensions, rate, seconds)
    with _theirs(watchers) as rival:
        theirs = measure(rival, extensions, rate, seconds)
    changes = rate * seconds

    def row(what: str, field: str, unit: str, aim: str = "") -> Row:
        return Row(what, getattr(ours, field), unit, getattr(theirs, field), "Asterisk 22", aim)

    return [
        row(f"{watchers} watchers subscribed", "subscribe_rate", "/s"),
        row("memory a watcher", "kilobytes", "kB", "<= 23 kB, a third of pjsua2"),
        row(f"NOTIFYs of {changes} changes, {rate} a second", "told", "", f"= {changes}"),
        row("watchers left with an old state", "wrong", "", "= 0"),
        row("change to NOTIFY, median", "median_ms", "ms"),
        row("change to NOTIFY, p99", "p99_ms", "ms"),
        row("processor time a change", "cpu_us", "µs"),
        row("NOTIFYs a second in a burst to all", "burst_rate", "/s", "at least Asterisk's"),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(int(sys.argv[2]), Path(sys.argv[3])))
    else:
        print(render(rows(*map(int, sys.argv[1:]))))
