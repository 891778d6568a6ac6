# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a command reaches the `serve` that runs on the same data folder: a Unix socket in it, one line each way.

The folder and the socket belong to the user alone, and who connects is asked of the kernel. A lock, which ends with
its process whatever happens, says whether anybody answers there.
"""

import asyncio
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from board.core_calls import Caller, CoreCall, Reply, call_to_line, line_to_call, line_to_reply, reply_to_line

SOCKET_NAME = "control.sock"
LOCK_NAME = "control.lock"
LINE_LIMIT = 8 * 1024 * 1024
"""Bytes of a line; a value of a megabyte must fit, escaped."""
ANSWER_SECONDS = 30.0
_MOST_CALLERS = 50


class ControlServer:
    """Answers calls on a data folder; `open` gives None where another process does already."""

    def __init__(self, folder: Path, caller: Caller, lock: int) -> None:
        self._folder = folder
        self._caller = caller
        self._lock = lock
        self._server: asyncio.Server | None = None
        self._busy = set[asyncio.Task[None]]()

    @classmethod
    async def open(cls, folder: Path, caller: Caller) -> Self | None:
        """Begin to answer; raise OSError where the folder cannot be used."""
        os.makedirs(folder, mode=0o700, exist_ok=True)
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        server = cls(folder, caller, lock)
        try:
            await server._listen()
        except OSError:
            os.close(lock)
            raise
        return server

    async def close(self) -> None:
        """Stop answering."""
        if self._server is None:
            return
        self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        with suppress(FileNotFoundError):
            (self._folder / SOCKET_NAME).unlink()
        os.close(self._lock)
        self._server = None

    async def _listen(self) -> None:
        with suppress(FileNotFoundError):
            (self._folder / SOCKET_NAME).unlink()
        listening = socket.socket(socket.AF_UNIX)
        with _short_path(self._folder) as path:
            mask = os.umask(0o177)
            try:
                listening.bind(path)
            finally:
                os.umask(mask)
        self._server = await asyncio.start_unix_server(self._connected, sock=listening, limit=LINE_LIMIT)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            if len(self._busy) <= _MOST_CALLERS and _peer_user(writer) in (os.getuid(), 0):
                async with asyncio.timeout(ANSWER_SECONDS):
                    line = await reader.readline()
                    writer.write(reply_to_line(self._caller.do(line_to_call(line))))
                    await writer.drain()
        except (ValueError, OSError, TimeoutError):
            pass  # no call, or its sender has gone: there is nobody to answer
        finally:
            self._busy.discard(task)
            writer.close()


def ask(folder: Path, call: CoreCall) -> Reply | None:
    """Have a call done by the process that answers on a data folder; None where none does.

    A call that was not answered may have been done; doing it again changes nothing more.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            with _short_path(folder) as path:
                connection.connect(path)
            connection.sendall(call_to_line(call))
            with connection.makefile("rb") as answers:
                return line_to_reply(answers.readline(2 * LINE_LIMIT))
        except (OSError, ValueError):
            return None


def _peer_user(writer: asyncio.StreamWriter) -> int:
    raw: socket.socket = writer.get_extra_info("socket")
    _, user, _ = struct.unpack("3i", raw.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(user)


@contextmanager
def _short_path(folder: Path) -> Iterator[str]:
    """Give the socket a path that fits the 108 bytes of a Unix address, however deep the folder lies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET_NAME}"
    finally:
        os.close(handle)
