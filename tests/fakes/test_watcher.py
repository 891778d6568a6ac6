# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The watcher does what the tests that stand on it take for granted."""

import asyncio
from typing import Any

import pytest

from board.wire import Request, Response, read_message
from board.wire.headers import Headers
from tests.fakes.watcher import Tags, Watcher

# RFC 7616 section 3.9.1 gives a proof for each algorithm; the realm, names and nonce are its own.
CHALLENGE = 'Digest realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
CHALLENGE += 'algorithm={}, qop="auth"'


class Echo(asyncio.DatagramProtocol):
    """Answers 200 to the first request it gets and keeps what else comes."""

    def __init__(self) -> None:
        self.got = asyncio.Queue[Any]()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        message = read_message(data)
        self.got.put_nowait((message, addr))
        if isinstance(message, Request):
            self.transport.sendto(Response.to_request(message, 200, "OK", "echo").encode(), addr)


async def connected() -> tuple[Echo, Watcher]:
    loop = asyncio.get_running_loop()
    transport, echo = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    return echo, await Watcher.connect(*transport.get_extra_info("sockname"), tcp=False)


async def test_it_subscribes_and_answers_notifies() -> None:
    echo, watcher = await connected()
    async with watcher:
        tags = Tags()
        assert (await watcher.subscribe("2000", tags=tags)).status == 200
        assert tags.remote == "echo"
        request, addr = await echo.got.get()
        assert (request.method, request.headers.get("Event"), request.headers.get("Expires")) == (
            "SUBSCRIBE",
            "presence",
            "600",
        )
        notify = request.with_headers(request.headers.replaced("CSeq", "1 NOTIFY"))
        echo.transport.sendto(Request(notify.headers, b"", "NOTIFY", watcher.contact).encode(), addr)
        assert (await watcher.notified()).method == "NOTIFY"
        answer, _ = await asyncio.wait_for(echo.got.get(), 5)
        assert (answer.status, answer.cseq) == (200, (1, "NOTIFY"))
    echo.transport.close()


async def test_it_can_leave_a_notify_unanswered() -> None:
    echo, watcher = await connected()
    async with watcher:
        watcher.answer = lambda _: None
        request = watcher.request("NOTIFY", "2000", [], Tags(), 1)
        echo.transport.sendto(request.encode(), watcher._local)
        await watcher.notified()
        assert echo.got.empty()
    echo.transport.close()


@pytest.mark.parametrize(("algorithm", "length"), [("MD5", 32), ("SHA-256", 64)])
async def test_it_proves_with_the_algorithm_it_takes(algorithm: str, length: int) -> None:
    echo, watcher = await connected()
    async with watcher:
        watcher.algorithm = algorithm
        challenges = [("WWW-Authenticate", CHALLENGE.format(name)) for name in ("SHA-256", "MD5")]
        refused = Response(Headers(challenges), b"", 401, "Unauthorized")
        proof = watcher.credentials(refused, watcher.request("SUBSCRIBE", "2000", [], Tags(), 1))
        assert f"algorithm={algorithm}" in proof
        assert len(proof.split('response="')[1].split('"')[0]) == length
    echo.transport.close()
