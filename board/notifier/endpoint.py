# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The notifier on asyncio: UDP and TCP on one port, bytes in, messages out, one timer. No SIP is understood here."""

import asyncio
import socket
from contextlib import suppress
from itertools import count
from typing import Any, Self

from board.notifier.notifier import Notifier
from board.notifier.settings import DIALLED, Peer, Send
from board.presence.core import PresenceCore
from board.wire import WireError
from board.wire.stream import StreamCutter

MAX_CONNECTIONS = 1_000
MAX_UNSENT = 1_000_000
"""Bytes that a slow reader may leave unread before its connection is closed."""
DIAL_SECONDS = 5.0
"""How long a watcher whose connection is gone may take to answer a new one."""
RECEIVE_BUFFER = 4 * 1024 * 1024
_PORT_TRIES = 20
_KEEPALIVE = b"\r\n\r\n"


class Endpoint:
    """A notifier's sockets. Open it, read `host` and `port`, close it."""

    def __init__(self, notifier: Notifier, core: PresenceCore, max_connections: int = MAX_CONNECTIONS) -> None:
        self._notifier = notifier
        self._max_connections = max_connections
        self._loop = asyncio.get_running_loop()
        self._flows = count(1)
        self._connections = dict[Peer, _Connection]()
        self._dialling = set[asyncio.Task[None]]()
        self._datagrams: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._unlisten = core.listen(lambda _: self._wake())
        self._closed = False
        self._quiet = asyncio.Event()
        self.host, self.port = "", 0

    @classmethod
    async def open(
        cls, notifier: Notifier, core: PresenceCore, host: str, port: int, max_connections: int = MAX_CONNECTIONS
    ) -> Self:
        """Listen on a port, 0 for any that is free for both; raise OSError where that cannot be had."""
        endpoint = cls(notifier, core, max_connections)
        for tries_left in reversed(range(_PORT_TRIES if port == 0 else 1)):
            try:
                await endpoint._bind(host, port)
                break
            except OSError:
                await endpoint._unbind()
                if not tries_left:
                    endpoint._unlisten()
                    raise
        return endpoint

    async def close(self, grace: float = 1.0) -> None:
        """End all subscriptions, wait at most `grace` seconds until the watchers have answered, and close."""
        if self._closed:
            return
        self._closed = True
        self._unlisten()
        self._notifier.shut_down(self._loop.time())
        self._pump()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), grace)
        if self._timer is not None:
            self._timer.cancel()
        for task in tuple(self._dialling):
            task.cancel()
        await asyncio.gather(*self._dialling, return_exceptions=True)
        await self._unbind()

    def received(self, data: bytes, peer: Peer) -> None:
        """Take one message from the network."""
        self._notifier.receive(data, peer, self._loop.time())
        self._pump()

    def connected(self, connection: "_Connection", host: str, port: int) -> Peer | None:
        """Take on a connection; return whose it is, None where there are too many.

        Where there would be, the oldest one that nobody is told over makes room.
        """
        if self._closed:
            return None
        if len(self._connections) >= self._max_connections:
            idle = next((peer for peer in self._connections if not self._notifier.watchers.uses(peer)), None)
            if idle is None:
                return None
            self._connections[idle].abort()
            self.disconnected(idle)
        peer = Peer(host, port, next(self._flows))
        self._connections[peer] = connection
        return peer

    def disconnected(self, peer: Peer) -> None:
        """Learn that a connection is closed or could not be opened."""
        if self._connections.pop(peer, None) is not None:
            self._notifier.path_gone(peer, self._loop.time())
            self._pump()

    async def _bind(self, host: str, port: int) -> None:
        self._server = await self._loop.create_server(lambda: _Connection(self), host, port)
        self.host, self.port = self._server.sockets[0].getsockname()[:2]
        self._datagrams, _ = await self._loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self.host, self.port)
        )
        raw: socket.socket = self._datagrams.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    async def _unbind(self) -> None:
        if self._datagrams is not None:
            self._datagrams.close()
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections.values()):
            connection.close()
        self._datagrams = self._server = None
        await asyncio.sleep(0)  # transports report their end in the loop's next round

    def _wake(self) -> None:
        """Let what the core just said go out with the loop's next round."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._notifier.handle(self._loop.time())
        for send in self._notifier.take():
            self._send(send)
        if self._timer is not None:
            self._timer.cancel()
        if self._closed and not self._notifier.busy:
            self._quiet.set()
        moment = self._notifier.next
        self._timer = None if moment is None else self._loop.call_at(moment, self._pump)

    def _send(self, send: Send) -> None:
        if not send.peer.reliable:
            if self._datagrams is not None:
                self._datagrams.sendto(send.data, (send.peer.host, send.peer.port))
        elif (connection := self._connections.get(send.peer)) is not None:
            connection.send(send.data)
        elif send.peer.flow == DIALLED and not self._closed:
            connection = self._connections[send.peer] = _Connection(self, send.peer)
            connection.send(send.data)
            task = self._loop.create_task(self._dial(connection, send.peer))
            self._dialling.add(task)
            task.add_done_callback(self._dialling.discard)

    async def _dial(self, connection: "_Connection", peer: Peer) -> None:
        opening = self._loop.create_connection(lambda: connection, peer.host, peer.port)
        try:
            await asyncio.wait_for(opening, DIAL_SECONDS)
        except (OSError, TimeoutError):
            self.disconnected(peer)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._endpoint.received(data, Peer(addr[0], addr[1]))


class _Connection(asyncio.Protocol):
    """A connection, accepted or, where `peer` is given, dialled; what is sent before it is open goes out then."""

    def __init__(self, endpoint: Endpoint, peer: Peer | None = None) -> None:
        self._endpoint = endpoint
        self._cutter = StreamCutter()
        self._transport: asyncio.Transport | None = None
        self._peer = peer
        self._unsent = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._peer is None:
            self._peer = self._endpoint.connected(self, *transport.get_extra_info("peername")[:2])
        if self._peer is None:
            transport.abort()
            return
        transport.write(bytes(self._unsent))
        self._unsent.clear()

    def data_received(self, data: bytes) -> None:
        if self._peer is None:
            return
        if data == _KEEPALIVE:
            self.send(b"\r\n")
        with suppress(WireError):
            for message in self._cutter.feed(data):
                self._endpoint.received(message, self._peer)
            return
        self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._peer is not None:
            self._endpoint.disconnected(self._peer)

    def send(self, data: bytes) -> None:
        """Write a message; close the connection where too much lies unread."""
        if self._transport is None:
            self._unsent += data
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MAX_UNSENT:
            self._transport.abort()

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close the connection once what was written has gone."""
        if self._transport is not None:
            self._transport.close()
