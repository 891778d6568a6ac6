# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The thread that opens ways while the worker's loop goes on: one at a time, the latest order counts."""

import socket
import threading

from board.sip.account import Account
from board.sip.opening import Opened, OpenError, open_way


class Opener:
    """Opens the way to one account's PBX in the background.

    Attributes: wake, readable when there may be a result to take.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._attempt = -1
        self._lock = threading.Lock()
        self._result: Opened | str | None = None
        self.wake, self._bell = socket.socketpair()
        self.wake.setblocking(False)

    def begin(self, port: int = 0) -> None:
        """Start opening; what an earlier order still brings is thrown away. `port`: the local UDP port to keep."""
        with self._lock:
            self._attempt += 1
            attempt = self._attempt
            untaken, self._result = self._result, None
        if isinstance(untaken, Opened):
            untaken.sock.close()
        threading.Thread(target=self._open, args=(attempt, port), name="opener", daemon=True).start()

    def take(self) -> Opened | str | None:
        """Return the open way, or why there is none, or None while that is not known."""
        try:
            self.wake.recv(64)
        except BlockingIOError:
            return None
        with self._lock:
            result, self._result = self._result, None
        return result

    def _open(self, attempt: int, port: int) -> None:
        result: Opened | str
        try:
            result = open_way(self._account, attempt, port)
        except OpenError as error:
            result = str(error)
        with self._lock:
            if attempt == self._attempt:
                self._result = result
                self._bell.send(b"!")
            elif isinstance(result, Opened):
                result.sock.close()
