# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One running window program for each user, folder and configuration: a lock, and a socket to ask its holder.

A second start asks the first to show a view and ends. Which views there are, and how one is shown, is not known here.
"""

import os
import stat
import tempfile
import time
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from board.errors import CallError

PATIENCE = 8.0
"""Seconds that a second start gives the first, which may be opening its window, to answer."""
_NOBODY = 2.0  # seconds after which a lock whose holder does not listen is looked at again
_NAP = 0.05
_CONNECT_MS = 500
_LINE_LIMIT = 4096
_SHOWN = b"shown\n"


class Place:
    """Where the programs of one user that show the same meet: a lock and a socket in a folder of that user alone."""

    def __init__(self, folder: Path, *words: str) -> None:
        name = blake2b("\n".join(words).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        self.socket = str(folder / f"{name}.sock")
        self.lock = str(folder / f"{name}.lock")

    def ask(self, wanted: str, patience: float) -> bool:
        """Ask who listens here to show something; tell whether that was done in time.

        `wanted` is one line, `patience` seconds; where nobody listens, that is told at once.
        """
        socket = QLocalSocket()
        socket.connectToServer(self.socket)
        if not socket.waitForConnected(_CONNECT_MS):
            return False
        socket.write(wanted.encode() + b"\n")
        socket.waitForBytesWritten(_CONNECT_MS)
        until = time.monotonic() + patience
        while not socket.canReadLine() and (left := until - time.monotonic()) > 0:
            if not socket.waitForReadyRead(max(1, round(1000 * left))):
                break
        return bytes(socket.readAll().data()) == _SHOWN


class Instance(QObject):
    """The one program of a place, until `release`. `asked` gives the line of a second start."""

    asked = Signal(str)

    def __init__(self, place: Place, lock: QLockFile) -> None:
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        QLocalServer.removeServer(place.socket)  # of a program that was killed: we hold the lock
        if not self._server.listen(place.socket):
            raise CallError(f"{place.socket}: cannot listen there: {self._server.errorString()}; check that folder")

    def release(self) -> None:
        """Let the next start be the one."""
        self._server.close()
        self._lock.unlock()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)

    def _read(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        if socket.canReadLine():
            line = bytes(socket.readLine(_LINE_LIMIT).data()).decode("utf-8", "replace").rstrip("\n")
            self.asked.emit(line)
            socket.write(_SHOWN)
            socket.disconnectFromServer()
        elif socket.bytesAvailable() > _LINE_LIMIT:
            socket.abort()


def claim(place: Place, wanted: str) -> Instance | None:
    """Become the one program of a place, or ask the one there is to show what is `wanted` and return None.

    Raises CallError with one line where the one there is does not answer.
    """
    lock = QLockFile(place.lock)
    lock.setStaleLockTime(0)  # a program that runs for months is not stale
    started = time.monotonic()
    while True:
        if _hold(lock):
            return Instance(place, lock)
        if place.ask(wanted, PATIENCE):
            return None
        waited = time.monotonic() - started
        if waited > PATIENCE:
            raise CallError(f"the one that runs (process {_holder(lock)}) does not answer; end it and start again")
        if waited > _NOBODY:
            lock.removeStaleLockFile()  # succeeds only where its process is gone and another has taken its number
        time.sleep(_NAP)


def _hold(lock: QLockFile) -> bool:
    """Take the lock; tell whether it is ours: one that was removed as stale at the same moment is not."""
    return lock.tryLock(0) and _holder(lock) == os.getpid()


def _holder(lock: QLockFile) -> int:
    pid, _, _ = lock.getLockInfo()
    return pid


def runtime_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for what lives as long as its process, of the user alone, made where it is missing.

    Raises CallError where it is somebody else's.
    """
    given = Path(environ.get("XDG_RUNTIME_DIR") or os.devnull)
    if given.is_dir():
        folder = given / "presence-board"
    else:
        folder = Path(tempfile.gettempdir()) / f"presence-board-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise CallError(f"{folder}: cannot be made: {error.strerror}; check XDG_RUNTIME_DIR") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CallError(f"{folder}: is not a folder of yours alone; move it away, or set XDG_RUNTIME_DIR")
    return folder
