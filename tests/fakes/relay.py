# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A network that a test can spoil: a relay of UDP and TCP before a PBX, that falls silent, loses, delays or cuts.

It knows no SIP, but for counting SUBSCRIBEs. The PBX sees the relay as the board's address, as it would see a NAT.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

_HOST = "127.0.0.1"
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Weather:
    """What the relay does to what passes.

    `silent`: nothing passes, nobody is told. `loss` and `shuffle` are the shares of datagrams that are lost, or come
    20 to 60 ms late and so behind others; `latency` delays everything by so many seconds.
    """

    silent: bool = False
    loss: float = 0.0
    shuffle: float = 0.0
    latency: float = 0.0


@dataclass(eq=False)
class _Pipe:
    """One direction of a TCP connection; what came while the network was silent goes on afterwards, as TCP does."""

    writer: asyncio.StreamWriter
    held: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)


class Relay:
    """A relay to `port` of loopback, on a thread of its own; `Relay.port` is where it listens."""

    def __init__(self, port: int, seed: int = 1) -> None:
        self._weather = Weather()
        self._passing = asyncio.Event()
        self._passing.set()
        self.subscribes: list[float] = []
        self._target = port
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._clients: dict[Any, asyncio.DatagramTransport] = {}
        self._pipes: set[_Pipe] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread.start()
        self.port = self._do(self._open())

    def close(self) -> None:
        """End it and every connection."""
        self.cut()
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Break every TCP connection."""
        self._loop.call_soon_threadsafe(self._cut)

    def clear(self) -> None:
        """Let everything pass again."""
        self.weather = Weather()
        self._loop.call_soon_threadsafe(self._release)

    @property
    def weather(self) -> Weather:
        """What is done to what passes; assign another to change it, `clear` to end it."""
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather = weather
        self._loop.call_soon_threadsafe(self._passing.clear if weather.silent else self._passing.set)

    # -- the rest runs on the relay's thread

    def _do(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _open(self) -> int:
        self._server = await asyncio.start_server(self._connected, _HOST, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        self._udp, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self._outward), (_HOST, port))
        return port

    async def _close(self) -> None:
        self._server.close()
        self._udp.close()
        for client in self._clients.values():
            client.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _count(self, data: bytes) -> None:
        self.subscribes += [time.monotonic()] * data.count(b"SUBSCRIBE sip:")

    # UDP

    def _outward(self, data: bytes, source: Any) -> None:
        self._count(data)
        client = self._clients.get(source)
        if client is None:
            task = self._loop.create_task(self._join(source, data))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        self._pass(lambda: client.sendto(data))

    async def _join(self, source: Any, data: bytes) -> None:
        def inward(reply: bytes, _: Any) -> None:
            self._pass(lambda: self._udp.sendto(reply, source))

        client, _ = await self._loop.create_datagram_endpoint(
            lambda: _Datagrams(inward), remote_addr=(_HOST, self._target)
        )
        if source in self._clients:
            client.close()
        self._pass(lambda: self._clients.setdefault(source, client).sendto(data))
        self._clients.setdefault(source, client)

    def _pass(self, send: Callable[[], None]) -> None:
        weather = self.weather
        if weather.silent or self._random.random() < weather.loss:
            return
        delay = weather.latency
        if self._random.random() < weather.shuffle:
            delay += self._random.uniform(0.02, 0.06)
        if delay:
            self._loop.call_later(delay, send)
        else:
            send()

    # TCP

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passing.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection(_HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        outward, inward = _Pipe(far_writer), _Pipe(writer)
        self._pipes |= {outward, inward}
        await asyncio.gather(self._pump(reader, outward, True), self._pump(far_reader, inward, False))
        self._pipes -= {outward, inward}

    async def _pump(self, reader: asyncio.StreamReader, pipe: _Pipe, counted: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if counted:
                    self._count(data)
                if self.weather.silent or pipe.held:
                    pipe.held.append(data)
                elif self.weather.latency:
                    self._loop.call_later(self.weather.latency, pipe.write, data)
                else:
                    pipe.write(data)
        pipe.writer.close()

    def _release(self) -> None:
        for pipe in self._pipes:
            for data in pipe.held:
                pipe.write(data)
            pipe.held.clear()

    def _cut(self) -> None:
        for pipe in tuple(self._pipes):
            pipe.writer.transport.abort()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Any], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._received(data, addr)
