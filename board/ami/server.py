# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The server on asyncio: connections, bytes in, bytes out, timers. No AMI is understood here.

Each connection has its turn: a bounded number of actions, then the others'. One that does not read is not read from
either, and is cut off when too much that it should hear lies unread; one that is gone without a word is found by TCP.
"""

import asyncio
import logging
import socket
from typing import Self

from board.ami.desk import Desk
from board.ami.messages import Event
from board.ami.session import PRIVILEGES, Access, Phase, Session
from board.ami.telling import told
from board.presence.core import PresenceCore
from board.presence.events import Event as CoreEvent

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 500
MAX_STRANGERS = 50
"""Connections at once that have not logged in (manager.conf, authlimit)."""
MAX_UNSENT = 8 * 1024 * 1024
"""Bytes that a slow reader may leave unread before it is cut off."""
PAUSE_ABOVE = 256 * 1024
"""Bytes that lie unread, or that wait to be worked on, above which nothing more is read."""
ACTIONS_A_TURN = 10
_GRACE_SECONDS = 1.0
_SHUTDOWN = Event("Shutdown", (("Privilege", "system,all"), ("Shutdown", "Cleanly"), ("Restart", "False")))
_KEEPALIVE = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 60_000),
)


class AmiServer:
    """The server's socket. Open it, read `host` and `port`, close it."""

    def __init__(self, core: PresenceCore, desk: Desk, access: Access) -> None:
        self._desk = desk
        self._access = access
        self._connections = set[_Connection]()
        self._server: asyncio.Server | None = None
        self._unlisten = core.listen(self._told)
        self.host, self.port = "", 0

    @classmethod
    async def open(cls, core: PresenceCore, desk: Desk, access: Access, host: str, port: int) -> Self:
        """Listen on a port, 0 for any that is free; raise OSError where that cannot be had."""
        server = cls(core, desk, access)
        loop = asyncio.get_running_loop()
        try:
            server._server = await loop.create_server(lambda: _Connection(server), host, port)
        except OSError:
            server._unlisten()
            raise
        server.host, server.port = server._server.sockets[0].getsockname()[:2]
        return server

    async def close(self) -> None:
        """Say that it ends, close every connection once what it should hear has gone, or after a moment."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._unlisten()
        for connection in tuple(self._connections):
            connection.session.tell(_SHUTDOWN, PRIVILEGES["system"])
            connection.end()
        ends = [connection.ended.wait() for connection in self._connections]
        if ends:
            _, left = await asyncio.wait([asyncio.ensure_future(end) for end in ends], timeout=_GRACE_SECONDS)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.sleep(0)  # transports report their end in the loop's next round

    def new_session(self, source: str, now: float) -> Session:
        """Return what a new connection talks to."""
        return Session(self._desk, self._access, source, now)

    def joins(self, connection: "_Connection") -> bool:
        """Take on a connection; tell whether there is room for it."""
        strangers = sum(other.session.phase is not Phase.LOGGED_IN for other in self._connections)
        if self._server is None or len(self._connections) >= MAX_CONNECTIONS or strangers >= MAX_STRANGERS:
            return False
        self._connections.add(connection)
        return True

    def leaves(self, connection: "_Connection") -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def _told(self, core_event: CoreEvent) -> None:
        event = told(core_event)
        if event is None:
            return
        for connection in tuple(self._connections):
            connection.session.tell(event, PRIVILEGES["call"])
            connection.flush_soon()


class _Connection(asyncio.Protocol):
    session: Session

    def __init__(self, server: AmiServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._turn: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reading = True
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.session = self._server.new_session(str(peer[0]) if peer else "", self._loop.time())
        if not self._server.joins(self):
            log.warning("an AMI connection was refused: there are too many")
            transport.abort()
            return
        _watch_over(transport)
        transport.set_write_buffer_limits(high=PAUSE_ABOVE)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self.session.receive(data)
        self._take_turn()

    def eof_received(self) -> bool:
        return False  # half-closed is closed

    def connection_lost(self, exc: Exception | None) -> None:
        for handle in (self._turn, self._timer):
            if handle is not None:
                handle.cancel()
        self._transport = None
        self._server.leaves(self)
        self.ended.set()

    def pause_writing(self) -> None:
        self._read(False)

    def resume_writing(self) -> None:
        self._take_turn()

    def flush_soon(self) -> None:
        """Let what the session has to say go out with the loop's next round."""
        if self._turn is None:
            self._turn = self._loop.call_soon(self._take_turn)

    def end(self) -> None:
        """Send what there is and close."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _take_turn(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if self._transport is None or self._transport.is_closing():
            return
        held_up = self._transport.get_write_buffer_size() > PAUSE_ABOVE
        more = False if held_up else self.session.work(self._loop.time(), ACTIONS_A_TURN)
        self._flush()
        if more:
            self.flush_soon()
        self._read(not held_up and self.session.waiting < PAUSE_ABOVE)

    def _read(self, wanted: bool) -> None:
        if self._transport is not None and wanted is not self._reading and not self._transport.is_closing():
            self._reading = wanted
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _flush(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if data := self.session.take():
            self._transport.write(data)
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            log.warning("an AMI connection was cut off: it does not read what it asked to hear")
            self._transport.abort()
        elif self.session.phase is Phase.ENDED:
            self._transport.close()
        else:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        moment = self.session.next
        self._timer = None if moment is None else self._loop.call_at(moment, self._due)

    def _due(self) -> None:
        self._timer = None
        self.session.handle(self._loop.time())
        self._flush()


def _watch_over(transport: asyncio.Transport) -> None:
    """Have TCP find out when the other side is gone without a word."""
    raw: socket.socket = transport.get_extra_info("socket")
    for level, name, value in _KEEPALIVE:
        if raw.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, name):
            raw.setsockopt(level, getattr(socket, name), value)
