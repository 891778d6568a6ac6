# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fake PBX does what the tests of the pool rely on."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from board.wire import Request, Response, read_message
from tests.fakes.sip_pbx import SipPbx
from tests.unit.sip.border_bench import subscribe


class Phone(asyncio.DatagramProtocol):
    """Keeps what the PBX says to it."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Request | Response] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def say(self, message: Request) -> None:
        assert self._transport is not None
        self._transport.sendto(message.encode())

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.put_nowait(read_message(data))

    async def next(self) -> Request | Response:
        return await asyncio.wait_for(self.heard.get(), 5)


@pytest.fixture
async def pbx() -> AsyncIterator[SipPbx]:
    made = await SipPbx().open()
    yield made
    made.close()


@pytest.fixture
async def phone(pbx: SipPbx) -> AsyncIterator[Phone]:
    made = Phone()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: made, remote_addr=("127.0.0.1", pbx.port))
    yield made
    transport.close()


async def test_it_accepts_and_notifies(pbx: SipPbx, phone: Phone) -> None:
    phone.say(subscribe("2001"))
    answer, notify = await phone.next(), await phone.next()
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers.get("Expires"), answer.to.tag) == (200, "600", "fake")
    assert isinstance(notify, Request)
    assert (notify.method, notify.call_id, notify.to.tag) == ("NOTIFY", answer.call_id, "ours-2001")
    assert b"<note>Ready</note>" in notify.body
    assert len(pbx.subscribes("2001")) == 1


async def test_it_skips_and_repeats_cseqs(pbx: SipPbx, phone: Phone) -> None:
    phone.say(subscribe("2001"))
    await phone.next()
    first = (await phone.next()).cseq[0]
    assert pbx.notify("2001", "Ringing", skip=2) == first + 3
    pbx.repeat("2001", first, "Ready")
    assert [(await phone.next()).cseq[0] for _ in range(2)] == [first + 3, first]


async def test_it_refuses_and_ends(pbx: SipPbx, phone: Phone) -> None:
    pbx.refuse["2001"] = 404
    phone.say(subscribe("2001"))
    refusal = await phone.next()
    assert isinstance(refusal, Response)
    assert refusal.status == 404
    phone.say(subscribe("2002", Expires="0"))
    await phone.next()
    assert (await phone.next()).headers.require("Subscription-State").startswith("terminated")
