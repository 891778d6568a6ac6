# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One worker as the pool sees it: a child process, its end of the pipe, its crumb and its last words.

It starts, feeds, hears and ends a process on an asyncio loop (plain or Qt's); it decides nothing. The account's
password goes through the pipe only, never into arguments or the environment.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from board.children import child_environment
from board.sip.crumb import SIZE, Crumb
from board.sip.messages import Command
from board.sip.pipe import FrameCutter, PipeError, frame

CHUNK = 65_536
REAP_EVERY = 0.01
REAP_PATIENCE = 1.0
"""Seconds between a pipe's end and the process's; then it is killed."""
LAST_WORDS = 2000


def worker_command() -> tuple[str, ...]:
    """Return the command line that starts a worker, but for its two descriptors."""
    return (sys.executable, "-m", "board.sip.worker")


@dataclass(frozen=True, slots=True)
class Departure:
    """How a worker ended: its exit status (negative: the signal), the extension in hand or "", its last words."""

    status: int
    extension: str
    words: str


class WorkerProcess:
    """A running worker.

    `on_frames` gets the frames' contents as they come; `on_gone` is called once, when the process has been reaped;
    `options` go behind the two descriptors on the command line.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_frames: Callable[[list[bytes]], None],
        on_gone: Callable[[Departure], None],
        options: Sequence[str] = (),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_frames = on_frames
        self._on_gone = on_gone
        self._cutter = FrameCutter()
        self._unsent = bytearray()
        self._writing = False
        self._reading = False
        self._closing = False
        self._reaped = False
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (read when the process ends)
        self._sock, theirs = socket.socketpair()
        self._sock.setblocking(False)
        with theirs, tempfile.TemporaryFile() as page:
            page.truncate(SIZE)
            self._crumb = Crumb(page.fileno())
            descriptors = (theirs.fileno(), page.fileno())
            try:
                self._process = subprocess.Popen(
                    (*command, *map(str, descriptors), *options),
                    pass_fds=descriptors,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._stderr,
                    env=child_environment(),
                )
            except OSError:
                self._release()
                raise
        self.resume()

    @property
    def gone(self) -> bool:
        """Whether the process has ended and been reaped."""
        return self._reaped

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, command: Command) -> None:
        """Send one command; what the pipe does not take at once goes later."""
        self._unsent += frame((command,))
        self._flush()

    def pause(self) -> None:
        """Leave what comes in the pipe for now."""
        if self._reading:
            self._loop.remove_reader(self._sock.fileno())
            self._reading = False

    def resume(self) -> None:
        """Read the pipe again."""
        if not self._reading and not self._closing:
            self._loop.add_reader(self._sock.fileno(), self._readable)
            self._reading = True

    def kill(self) -> None:
        """End the process at once; `on_gone` follows."""
        self._process.kill()
        self._begin_end(0)

    # -- the pipe -------------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = self._sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._begin_end(REAP_PATIENCE)
            return
        try:
            frames = list(self._cutter.feed(data))
        except PipeError:
            self.kill()
            return
        if frames:
            self._on_frames(frames)

    def _flush(self) -> None:
        while self._unsent and not self._closing:
            try:
                sent = self._sock.send(self._unsent)
            except BlockingIOError:
                break
            except OSError:
                self._unsent.clear()  # it is gone; the reader will see the pipe's end
                break
            del self._unsent[:sent]
        self._want_room(bool(self._unsent) and not self._closing)

    def _want_room(self, wanted: bool) -> None:
        if wanted and not self._writing:
            self._loop.add_writer(self._sock.fileno(), self._flush)
        elif self._writing and not wanted:
            self._loop.remove_writer(self._sock.fileno())
        self._writing = wanted

    # -- the end --------------------------------------------------------------------------------------------------

    def _begin_end(self, patience: float) -> None:
        if not self._closing:
            self.pause()
            self._want_room(False)
            self._closing = True
            self._reap(patience)

    def _reap(self, patience: float) -> None:
        """Wait for the process without blocking the loop; kill it when patience runs out."""
        status = self._process.poll()
        if status is None:
            if patience <= 0:
                self._process.kill()
            self._loop.call_later(REAP_EVERY, self._reap, patience - REAP_EVERY)
            return
        self._reaped = True
        departure = Departure(status, self._crumb.read(), self._last_words())
        self._release()
        self._crumb.close()
        self._on_gone(departure)

    def _last_words(self) -> str:
        """Return the last line that the process wrote to stderr."""
        end = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, end - LAST_WORDS))
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def _release(self) -> None:
        self._sock.close()
        self._stderr.close()
