# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The real program as a subprocess, for tests: started, read line by line against deadlines, ended in the end."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.pbx.asterisk import PASSWORD, Asterisk

WAIT = 20.0
"""How long a test waits for what takes well under a second on an idle machine."""

Line = dict[str, Any]


class Program:
    """A running `presence-board`: its output as lines, its children, its end."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "board", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.errors = list[str]()
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._readers = (
            threading.Thread(target=self._read, args=(self._process.stdout, self._lines.put), daemon=True),
            threading.Thread(target=self._read, args=(self._process.stderr, self._note), daemon=True),
        )
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def line(self, wait: float = WAIT) -> Line:
        """Return the next line as JSON; fail when none comes in time."""
        try:
            text = self._lines.get(timeout=wait)
        except queue.Empty:
            raise AssertionError(f"no line within {wait} s; stderr: {self.errors}") from None
        assert text is not None, f"the program ended; stderr: {self.errors}"
        found: Line = json.loads(text)
        return found

    def until(self, wanted: Callable[[Line], bool], wait: float = WAIT) -> list[Line]:
        """Return the lines up to the first that `wanted` likes."""
        deadline, seen = time.monotonic() + wait, list[Line]()
        while not seen or not wanted(seen[-1]):
            left = deadline - time.monotonic()
            assert left > 0, f"what was wanted did not come within {wait} s; last lines: {seen[-5:]}"
            seen.append(self.line(left))
        return seen

    def lines(self, count: int, wait: float = WAIT) -> list[Line]:
        """Return the next `count` lines."""
        return [self.line(wait) for _ in range(count)]

    def drain(self) -> list[Line]:
        """Return the lines that came by now, without waiting."""
        found = list[Line]()
        while not self._lines.empty():
            text = self._lines.get()
            if text is not None:
                found.append(json.loads(text))
        return found

    def children(self) -> list[int]:
        """Return the pids of its child processes: the SIP workers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, wait for it, return its exit status; all it printed is then in `errors` and `drain`."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.wait()

    def wait(self, wait: float = WAIT) -> int:
        """Wait until it ends by itself; return its exit status."""
        status = self._process.wait(wait)
        for reader in self._readers:
            reader.join(wait)
        return status

    def close(self) -> None:
        """Kill what is left of it."""
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def _note(self, text: str | None) -> None:
        if text is not None:
            self.errors.append(text)

    def _read(self, stream: IO[bytes], put: Callable[[str | None], None]) -> None:
        with stream:
            for raw in stream:
                put(raw.decode("utf-8").rstrip("\n"))
        put(None)


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[Program]:
    """Run the program with these arguments; kill it at the end if the test did not end it."""
    program = Program(arguments, {"BOARD_PASSWORD": PASSWORD, **environment})
    try:
        yield program
    finally:
        program.close()


def write_config(folder: Path, asterisk: Asterisk, *sections: str, transport: str = "tcp", user: str = "board") -> str:
    """Write a configuration for a test's Asterisk; return its path."""
    path = folder / "board.toml"
    head = f'[[pbx]]\nname = "office"\nserver = "{asterisk.server(transport)}"\nuser = "{user}"\n'
    path.write_text(head + 'password_env = "BOARD_PASSWORD"\n' + "\n".join(sections))
    return str(path)


def watch_range(extensions: str) -> str:
    """Return the configuration section of a range."""
    return f'[[range]]\nextensions = "{extensions}"\ngroup = "Floor 2"\n'
