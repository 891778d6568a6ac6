# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The client logs in, asks, listens, comes back, and never says anything twice."""

import asyncio
import socket
from contextlib import suppress

import pytest

from board.ami.client import AmiClient, LinkState, LostError, Timing
from board.ami.client_session import Credentials
from board.ami.messages import Action, Event
from tests.fakes.ami_office import SECRET, USER, ami_office

QUICK = Timing(connect=2.0, answer=2.0, ping=5.0, pause_first=0.01, pause_most=0.05)
DEADLINE = 10.0


class Heard:
    """What a client told, as queues to wait on."""

    def __init__(self) -> None:
        self.events = asyncio.Queue[Event]()
        self.states = asyncio.Queue[tuple[LinkState, str]]()

    def client(self, port: int, secret: str = SECRET, timing: Timing = QUICK) -> AmiClient:
        def on_state(state: LinkState, reason: str) -> None:
            self.states.put_nowait((state, reason))

        return AmiClient("127.0.0.1", port, Credentials(USER, secret), self.events.put_nowait, on_state, timing)

    async def until(self, state: LinkState) -> str:
        async with asyncio.timeout(DEADLINE):
            while True:
                found, reason = await self.states.get()
                if found is state:
                    return reason


async def test_it_logs_in_by_challenge_asks_and_listens() -> None:
    heard = Heard()
    async with ami_office() as office:
        client = heard.client(office.port)
        client.start()
        await heard.until(LinkState.READY)
        answer = await client.act("Setvar", Variable="PRESENCE_STATE(CustomPresence:2000)", Value="away,lunch,Grüße")
        assert answer.accepted
        events = [await asyncio.wait_for(heard.events.get(), DEADLINE) for _ in range(3)]
        assert [event.name for event in events] == ["FullyBooted", "PresenceStateChange", "PresenceStatus"]
        assert events[2].get("Message") == "Grüße"
        refused = await client.act("PresenceState", Provider="NoSuch:x")
        assert not refused.accepted
        await client.close()
        assert client.state is LinkState.CLOSED


async def test_lists_and_outputs_come_whole() -> None:
    heard = Heard()
    async with ami_office() as office:
        client = heard.client(office.port)
        client.start()
        await heard.until(LinkState.READY)
        listing = await client.ask(Action("ExtensionStateList"))
        assert [item.get("Exten") for item in listing.items] == ["2000", "2001", "2002"]
        output = (await client.act("Command", Command="core show hint 2001")).output
        assert output[-1] == "1 hint matching extension 2001"
        many = await asyncio.gather(*(client.act("Getvar", Variable=f"DEVICE_STATE(Custom:{n})") for n in range(200)))
        assert [answer.get("Variable") for answer in many] == [f"DEVICE_STATE(Custom:{n})" for n in range(200)]
        await client.close()


async def test_what_ami_cannot_carry_is_refused_before_it_is_sent() -> None:
    heard = Heard()
    async with ami_office() as office:
        client = heard.client(office.port)
        client.start()
        await heard.until(LinkState.READY)
        for value in ("away\r\nAction: Logoff", "a\nb", "a\0b", "x" * 1020):
            with pytest.raises(ValueError, match="Value"):
                await client.act("Setvar", Variable="X", Value=value)
        assert (await client.act("Ping")).get("Ping") == "Pong"
        await client.close()


async def test_a_wrong_secret_is_told_in_one_line_and_not_tried_again() -> None:
    heard = Heard()
    async with ami_office() as office:
        client = heard.client(office.port, "wrong")
        client.start()
        reason = await heard.until(LinkState.REFUSED)
        assert reason == "the PBX refused the manager user 'admin': Authentication failed"
        assert client.state is LinkState.REFUSED
        assert heard.states.empty()
        await client.close()


async def test_it_comes_back_and_repeats_nothing() -> None:
    heard = Heard()
    async with ami_office() as office:
        port, core = office.port, office.core
        client = heard.client(port)
        with pytest.raises(LostError):
            await client.act("Ping")
        client.start()
        await heard.until(LinkState.READY)
    assert await heard.until(LinkState.AWAY)
    with pytest.raises(LostError):
        await client.act("Setvar", Variable="PRESENCE_STATE(CustomPresence:2000)", Value="dnd,stale")
    async with ami_office(core, port):
        await heard.until(LinkState.READY)
        assert (await client.act("Ping")).accepted
        assert core.database.get("CustomPresence", "2000") is None
        await client.close()


async def test_an_action_whose_answer_was_lost_is_told_as_lost() -> None:
    """The far end takes the write and dies before it answers; the client must not send it to the next one."""
    heard, seen = Heard(), list[bytes]()

    async def far_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        for answer in (b"Response: Success\r\nChallenge: 1\r\n\r\n", b"Response: Success\r\n\r\n"):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
        with suppress(asyncio.IncompleteReadError):  # at the end the client leaves
            while b"Setvar" not in (asked := await reader.readuntil(b"\r\n\r\n")):
                pass
            seen.append(asked)
        writer.transport.abort()

    server = await asyncio.start_server(far_end, "127.0.0.1", 0)
    client = heard.client(server.sockets[0].getsockname()[1])
    client.start()
    await heard.until(LinkState.READY)
    with pytest.raises(LostError):
        await client.act("Setvar", Variable="X", Value="1")
    await heard.until(LinkState.READY)
    assert len(seen) == 1
    await client.close()
    server.close()


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH\r\n", b"x" * 70_000, b""])
async def test_what_is_no_manager_interface_is_told(banner: bytes) -> None:
    heard = Heard()

    async def far_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(far_end, "127.0.0.1", 0)
    client = heard.client(server.sockets[0].getsockname()[1])
    client.start()
    assert await heard.until(LinkState.AWAY) in (
        "what answers there is no Asterisk manager interface",
        "the PBX closed the connection",
    )
    await client.close()
    server.close()


async def test_the_secret_is_not_sent_in_the_clear() -> None:
    heard, seen = Heard(), bytearray()

    async def far_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        seen.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"Response: Error\r\nMessage: No such thing\r\n\r\n")
        seen.extend(await reader.read())
        writer.close()

    server = await asyncio.start_server(far_end, "127.0.0.1", 0)
    client = heard.client(server.sockets[0].getsockname()[1])
    client.start()
    assert "in the clear" in await heard.until(LinkState.REFUSED)
    await client.close()
    server.close()
    assert SECRET.encode() not in seen


LEAVES = b"Response: Error\r\nMessage: Asterisk is shutting down\r\n\r\n"


@pytest.mark.parametrize("answers", [(LEAVES,), (b"Response: Success\r\nChallenge: 1\r\n\r\n", LEAVES)])
async def test_a_pbx_that_shuts_down_meanwhile_is_tried_again(answers: tuple[bytes, ...]) -> None:
    heard = Heard()

    async def far_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(far_end, "127.0.0.1", 0)
    client = heard.client(server.sockets[0].getsockname()[1])
    client.start()
    for _ in range(2):
        assert await heard.until(LinkState.AWAY) == "the PBX is shutting down"
    await client.close()
    server.close()


async def test_silence_is_noticed() -> None:
    heard = Heard()
    listening = socket.create_server(("127.0.0.1", 0))
    timing = Timing(connect=0.05, pause_first=5.0)
    client = heard.client(listening.getsockname()[1], timing=timing)
    client.start()
    assert await heard.until(LinkState.AWAY) == "the PBX does not answer"
    await client.close()
    listening.close()
