# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker's end of its pipe: commands in, observations out, never waiting for the other side.

While the pool is slow, newer states of an extension take the place of older ones that are still unsent, so what waits
is bounded. No SIP.
"""

import socket
from collections import deque
from dataclasses import replace

from board.sip.messages import Command, Notified, Observation, Traced, Trouble
from board.sip.pipe import FrameCutter, frame, read_frame
from board.states import Subscription

CHUNK = 65_536
BATCH = 64
"""Observations a frame: small enough that the window's thread is never held for long by one."""
MAX_REMARKS = 100
"""Words for the log that may wait at once; more are dropped."""


class Uplink:
    """The worker's end of the socket pair."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.setblocking(False)
        self._cutter = FrameCutter()
        self._waiting: deque[Observation] = deque()
        self._latest: dict[str, Notified] = {}
        self._unsent = b""
        self._remarks = 0

    @property
    def wants_write(self) -> bool:
        """Whether something waits for the pool to read."""
        return bool(self._unsent or self._waiting)

    def receive(self) -> list[Command] | None:
        """Return the commands that came, None at the pipe's end. Raises PipeError."""
        commands: list[Command] = []
        try:
            data = self.sock.recv(CHUNK)
        except BlockingIOError:
            return commands
        except OSError:
            return None
        if not data:
            return None
        for content in self._cutter.feed(data):
            commands += read_frame(content, Command.__args__)
        return commands

    def report(self, observation: Observation) -> None:
        """Queue one observation."""
        if isinstance(observation, Trouble | Traced):
            self._remarks += 1
            if self._remarks > MAX_REMARKS:
                return
        if isinstance(observation, Notified):
            observation = self._merged(observation)
        self._waiting.append(observation)

    def _merged(self, new: Notified) -> Notified:
        """Take the place of an unsent state of the same extension, if this one says all that it said."""
        old = self._latest.get(new.extension)
        if old is not None and new.document is not None and old.state is new.state is Subscription.ACTIVE:
            self._waiting.remove(old)
            new = replace(new, gap=new.gap or old.gap)
        self._latest[new.extension] = new
        return new

    def flush(self) -> None:
        """Send what waits, as far as the pool takes it."""
        while self._unsent or self._waiting:
            if not self._unsent:
                self._unsent = frame([self._next() for _ in range(min(BATCH, len(self._waiting)))])
            try:
                sent = self.sock.send(self._unsent)
            except BlockingIOError:
                return
            except OSError:
                self._unsent = b""
                self._waiting.clear()
                return
            self._unsent = self._unsent[sent:]
        self._remarks = 0

    def _next(self) -> Observation:
        observation = self._waiting.popleft()
        if isinstance(observation, Notified) and self._latest.get(observation.extension) is observation:
            del self._latest[observation.extension]
        return observation
