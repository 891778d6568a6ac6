# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The notifier on real sockets: UDP and TCP on one port, IPv4 and IPv6."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from itertools import count

import pytest

from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.presence.core import PresenceCore
from tests.fakes.watcher import Tags, Watcher
from tests.unit.notifier.desk import HINTS, ORIGIN

USERS = {"board": "secret"}


class Served:
    """An open endpoint and its core."""

    def __init__(self, core: PresenceCore, notifier: Notifier, endpoint: Endpoint) -> None:
        self.core, self.notifier, self.endpoint = core, notifier, endpoint

    async def watcher(self, *, tcp: bool, password: str = "secret") -> Watcher:
        """Connect a watcher."""
        return await Watcher.connect(self.endpoint.host, self.endpoint.port, tcp=tcp, password=password)

    async def until_watched(self, watchers: int) -> None:
        """Wait until so many watch."""
        async with asyncio.timeout(5):
            while len(self.notifier.watchers) != watchers:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)


async def serve(host: str = "127.0.0.1", port: int = 0, max_connections: int = 100) -> Served:
    serial = count(1)
    core = PresenceCore(hints=HINTS)
    notifier = Notifier(core, Settings(), USERS, lambda: f"{next(serial):016x}")
    return Served(core, notifier, await Endpoint.open(notifier, core, host, port, max_connections))


@pytest.fixture(params=["127.0.0.1", "::1"])
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    found = await serve(request.param)
    yield found
    await found.endpoint.close()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("tcp", [False, True])
async def test_a_whole_subscription(served: Served, tcp: bool, algorithm: str) -> None:
    async with await served.watcher(tcp=tcp) as watcher:
        watcher.algorithm = algorithm
        tags = Tags()
        assert (await watcher.subscribe("2000", tags=tags)).status == 200
        assert b'type="not_set"' in (await watcher.notified()).body
        served.core.set_presence("CustomPresence:2000", "away,lunch,Zurück um 2", ORIGIN)
        assert "Zurück um 2" in (await watcher.notified()).body.decode()
        served.core.set_device("Custom:2000", "RINGING", ORIGIN)
        assert b"<note>Ringing</note>" in (await watcher.notified()).body
        assert (await watcher.subscribe("2000", 0, tags=tags)).status == 200
        last = await watcher.notified()
        assert last.headers.get("Subscription-State") == "terminated;reason=timeout"


async def test_a_wrong_password_and_no_hint(served: Served) -> None:
    async with await served.watcher(tcp=False, password="guess") as watcher:
        assert (await watcher.subscribe("2000")).status == 401
    async with await served.watcher(tcp=False) as watcher:
        assert (await watcher.subscribe("2999")).status == 404


async def test_a_lost_answer_makes_it_repeat(served: Served) -> None:
    async with await served.watcher(tcp=False) as watcher:
        await watcher.subscribe("2000")
        await watcher.notified()
        lost = iter([None, 200])
        watcher.answer = lambda _: next(lost)
        served.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
        first, second = await watcher.notified(), await watcher.notified()
        assert first == second
        assert next(lost, "none left") == "none left"


async def test_closing_tells_the_watchers_and_waits_for_them(served: Served) -> None:
    async with await served.watcher(tcp=True) as stream, await served.watcher(tcp=False) as datagrams:
        for watcher in (stream, datagrams):
            await watcher.subscribe("2000")
            await watcher.notified()
        await served.endpoint.close()
        assert not served.notifier.busy
        for watcher in (stream, datagrams):
            last = await watcher.notified()
            assert last.headers.get("Subscription-State") == "terminated;reason=probation;retry-after=5"
        await asyncio.wait_for(stream.closed.wait(), 5)


async def test_closing_does_not_wait_for_ever(served: Served) -> None:
    async with await served.watcher(tcp=False) as watcher:
        await watcher.subscribe("2000")
        await watcher.notified()
        watcher.answer = lambda _: None
        await asyncio.wait_for(served.endpoint.close(grace=0.05), 2)
        assert served.notifier.busy


async def test_a_watcher_that_hung_up_is_called_back(served: Served) -> None:
    called = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if line[:3] in (b"Via", b"Fro", b"To:", b"Cal", b"CSe")]
        writer.write(b"\r\n".join([b"SIP/2.0 481 Gone", *lines, b"Content-Length: 0", b"", b""]))
        await reader.read()
        writer.close()
        called.set_result(head)

    host = served.endpoint.host
    phone = await asyncio.start_server(take, host, 0)
    port = phone.sockets[0].getsockname()[1]
    async with await served.watcher(tcp=True) as watcher:
        watcher.reached_at = (host, port)
        await watcher.subscribe("2000")
        await watcher.notified()
    served.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    await served.until_watched(0)
    await served.endpoint.close()
    assert (await asyncio.wait_for(called, 5)).startswith(b"NOTIFY sip:board@")
    phone.close()
    await phone.wait_closed()


async def test_one_that_cannot_be_called_back_is_dropped(served: Served) -> None:
    async with await served.watcher(tcp=True) as watcher:
        await watcher.subscribe("2000")
        await watcher.notified()
        assert len(served.notifier.watchers) == 1
    await asyncio.wait_for(watcher.closed.wait(), 5)
    served.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    await served.until_watched(0)


async def test_a_stream_that_cannot_be_followed_is_closed(served: Served) -> None:
    async with await served.watcher(tcp=True) as watcher:
        watcher.send(b"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n")
        await asyncio.wait_for(watcher.closed.wait(), 5)


async def test_garbage_on_both_sockets_hurts_nobody(served: Served) -> None:
    async with await served.watcher(tcp=True) as stream, await served.watcher(tcp=False) as datagrams:
        datagrams.send(b"\0" * 60_000)
        datagrams.send(b"")
        stream.send(b"\xff" * 200_000)
        await asyncio.wait_for(stream.closed.wait(), 5)
        assert (await datagrams.subscribe("2000")).status == 200


async def test_thousands_of_broken_messages_hurt_nobody(served: Served) -> None:
    chance = random.Random(4475)
    async with await served.watcher(tcp=False) as good, await served.watcher(tcp=False) as bad:
        await good.subscribe("2000")
        await good.notified()
        bad.answer = lambda _: None
        for number in range(3000):
            request = bad.request("SUBSCRIBE", "2000", [("Event", "presence"), ("Expires", "5")], Tags(), number)
            data = bytearray(request.encode())
            for _ in range(chance.randrange(8)):
                place = chance.randrange(len(data))
                data[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
            bad.send(bytes(data))
            if number % 100 == 0:
                stream = await served.watcher(tcp=True)
                stream.send(bytes(data) + chance.randbytes(200))
                served.core.set_presence("CustomPresence:2000", ("dnd", "away")[number // 100 % 2], ORIGIN)
                assert b"digium_presence" in (await good.notified()).body
                stream.close()


async def test_idle_strangers_make_room_for_a_watcher_and_watchers_for_nobody() -> None:
    served = await serve(max_connections=3)
    watchers = [await served.watcher(tcp=True)]
    await watchers[0].subscribe("2000")
    await watchers[0].notified()
    strangers = [await served.watcher(tcp=True) for _ in range(4)]
    for stranger in strangers[:2]:
        await asyncio.wait_for(stranger.closed.wait(), 5)
    for _ in range(2):
        watchers.append(await served.watcher(tcp=True))
        await watchers[-1].subscribe("2000")
        await watchers[-1].notified()
    for stranger in strangers:
        await asyncio.wait_for(stranger.closed.wait(), 5)
    late = await served.watcher(tcp=True)
    await asyncio.wait_for(late.closed.wait(), 5)
    served.core.set_presence("CustomPresence:2000", "dnd", ORIGIN)
    for watcher in watchers:
        assert b'type="dnd"' in (await watcher.notified()).body
        watcher.close()
    await served.endpoint.close()


async def test_a_keepalive_is_answered(served: Served) -> None:
    reader, writer = await asyncio.open_connection(served.endpoint.host, served.endpoint.port)
    writer.write(b"\r\n\r\n")
    assert await asyncio.wait_for(reader.readexactly(2), 5) == b"\r\n"
    writer.close()
    await writer.wait_closed()


async def test_a_taken_port_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await serve(port=taken.getsockname()[1])


async def test_a_port_taken_for_udp_alone_is_refused_too() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="in use"):
            await serve(port=taken.getsockname()[1])
