# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a worker process of its own about a calendar. It blocks: it belongs into a thread."""

import subprocess
import sys
import threading
from collections.abc import Sequence

from board.automatic.calendar_job import Answer, Question
from board.children import child_environment

SECONDS = 60.0
"""How long reading one calendar may take, the network included."""


def worker_command() -> tuple[str, ...]:
    """Return the command line that starts a worker."""
    return (sys.executable, "-m", "board.automatic.calendar_worker")


class CalendarReader:
    """Reads calendars until it is closed; `command` starts a worker."""

    def __init__(self, command: Sequence[str] | None = None, seconds: float = SECONDS) -> None:
        self._command = tuple(command or worker_command())
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def read(self, question: Question) -> Answer:
        """Return the answer; what goes wrong with the worker is an answer too."""
        try:
            process = self._start()
        except OSError as error:
            return Answer(error=f"cannot be read: no process can be started: {error.strerror}")
        if process is None:
            return Answer(error="was not read: the program ends")
        with process:
            try:
                told, _ = process.communicate(question.to_json(), self._seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                return Answer(error=f"could not be read within {self._seconds:g} s; it is too large or too far away")
        if process.returncode != 0:
            # Its last words may repeat an address.
            return Answer(error=f"could not be read: it takes too much of this machine (status {process.returncode})")
        return Answer.from_json(told)

    def close(self) -> None:
        """End a worker that is at work, and start none any more."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._closed:
                return None
            pipe = subprocess.PIPE
            environment = child_environment()
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
            return self._process
