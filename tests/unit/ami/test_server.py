# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The server on sockets: one client's flood, silence or malice is nobody else's trouble, and it ends in order."""

import asyncio
import random
import socket
from contextlib import suppress

import pytest

from board.ami import server as server_module
from board.ami.server import MAX_STRANGERS
from board.presence.core import PresenceCore
from board.presence.events import HintKey
from board.presence.hints import HintLine
from tests.end2end.served import Lines
from tests.fakes.ami_office import SECRET, USER, AmiOffice, ami_office

DEADLINE = 10.0


async def logged_in(office: AmiOffice, events: str = "on") -> Lines:
    lines = await Lines.connect(office.port, login=False)
    [accepted] = await lines.ask(Action="Login", Username=USER, Secret=SECRET, Events=events)
    assert accepted[0] == ("Response", "Success")
    return lines


async def pong(lines: Lines) -> None:
    [answer] = await lines.ask(Action="Ping")
    assert ("Ping", "Pong") in answer


async def test_everybody_hears_a_change() -> None:
    async with ami_office() as office:
        clients = [await logged_in(office) for _ in range(5)]
        for client in clients:
            await client.heard()
        office.set_presence("away,lunch")
        for client in clients:
            names = [event["Event"] for event in await client.heard()]
            assert names == ["PresenceStateChange", "PresenceStatus"]
            await client.close()


async def test_a_wrong_login_ends_the_connection() -> None:
    async with ami_office() as office:
        lines = await Lines.connect(office.port, login=False)
        [refused] = await lines.ask(Action="Login", Username=USER, Secret="wrong")
        assert refused == [("Response", "Error"), ("Message", "Authentication failed")]
        with pytest.raises(ConnectionError):
            await lines.message()
        await lines.close()


async def test_who_stays_a_stranger_is_thrown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("board.ami.session.LOGIN_SECONDS", 0.05)
    async with ami_office() as office:
        lines = await Lines.connect(office.port, login=False)
        lines.write(b"Action: Pi")
        with pytest.raises(ConnectionError):
            await lines.message()
        await lines.close()


async def test_strangers_leave_room_for_known_ones(caplog: pytest.LogCaptureFixture) -> None:
    async with ami_office() as office:
        known = await logged_in(office)
        strangers = [await Lines.connect(office.port, login=False) for _ in range(MAX_STRANGERS)]
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), DEADLINE) == b""
        writer.close()
        await pong(known)
        for stranger in strangers:
            await stranger.close()
        await (again := await logged_in(office)).close()
        assert again
        await known.close()
    assert "too many" in caplog.text


def raw_login(office: AmiOffice, received: int = 1 << 20) -> socket.socket:
    """Log in on a socket that is read only when the test reads it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
    raw.connect(("127.0.0.1", office.port))
    raw.sendall(f"Action: Login\r\nUsername: {USER}\r\nSecret: {SECRET}\r\nEvents: off\r\n\r\n".encode())
    raw.setblocking(False)
    return raw


async def test_a_flood_waits_its_turn() -> None:
    async with ami_office() as office:
        flood, other = raw_login(office), await logged_in(office)
        flood.sendall(b"Action: Ping\r\n\r\n" * 5_000)
        await pong(other)
        assert flood.recv(1 << 20).count(b"Pong") < 2_500
        flood.close()
        await other.close()


async def test_who_does_not_read_is_not_read_from_and_loses_nothing() -> None:
    asked, hints, loop = 500, 300, asyncio.get_running_loop()  # more answers than MAX_UNSENT holds
    core = PresenceCore(hints=[HintLine(HintKey(str(number), "hints"), "x" * 100) for number in range(hints)])
    async with ami_office(core) as office:
        flood, other = raw_login(office, 4096), await logged_in(office)
        writing = asyncio.create_task(loop.sock_sendall(flood, b"Action: ExtensionStateList\r\n\r\n" * asked))
        for _ in range(50):
            await pong(other)
        answered = 0
        async with asyncio.timeout(DEADLINE):
            rest = b""
            while answered < asked:
                rest = rest[-20:] + await loop.sock_recv(flood, 1 << 20)
                answered += rest.count(b"ListItems: 300\r\n\r\n")
                rest = rest.rpartition(b"ListItems: 300\r\n\r\n")[2]
        await writing
        flood.close()
        await other.close()


async def test_a_reader_that_sleeps_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server_module, "MAX_UNSENT", 100_000)
    async with ami_office() as office:
        awake = await logged_in(office, "off")
        sleeper = raw_login(office, 4096)
        sleeper.sendall(b"Action: Events\r\nEventMask: on\r\n\r\n")
        await pong(awake)
        async with asyncio.timeout(DEADLINE):
            while "does not read" not in caplog.text:
                for _ in range(200):
                    office.set_presence("away,," + "x" * 2000)
                await pong(awake)
        sleeper.close()
        await pong(awake)
        await awake.close()


async def test_tcp_is_told_to_find_out_who_is_gone() -> None:
    async with ami_office() as office:
        lines = await logged_in(office)
        [connection] = office.server._connections
        assert connection._transport is not None
        raw = connection._transport.get_extra_info("socket")
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
        await lines.close()


async def test_shutdown_is_told() -> None:
    async with ami_office() as office:
        lines = await logged_in(office)
        await pong(lines)
        await office.server.close()
        fields = await lines.message()
        assert fields == [
            ("Event", "Shutdown"),
            ("Privilege", "system,all"),
            ("Shutdown", "Cleanly"),
            ("Restart", "False"),
        ]
        with pytest.raises(ConnectionError):
            await lines.message()
        await lines.close()


PIECES = [
    *(b"Action: ", b"Login", b"Setvar", b"Getvar", b"Command", b"PresenceStateList", b"Events", b"Challenge"),
    *(b"\r\n", b"\r\n\r\n", b"\n\n", b"\r", b"\0", b"\xff\xfe", b": ", b"ActionID: 1\r\n", b"Username: admin\r\n"),
    *(b"Secret: ", b"Variable: PRESENCE_STATE(CustomPresence:", b")", b"Value: away,", b"EventMask: ", b"x" * 1024),
    *(b"Command: presencestate change ", b"Command: database put CustomPresence ", b'"', b"\\", b"Context: hints\r\n"),
    *(b"Action: DialplanExtensionAdd\r\n", b"Extension: _X[", b"Priority: hint\r\n", b"Application: ", b"&", b","),
]


@pytest.mark.parametrize("seed", range(8))
async def test_seeded_noise_on_the_port(seed: int) -> None:
    """Random bytes and pieces of actions, before and after the login, on a server that another client goes on using."""
    chance = random.Random(seed)
    async with ami_office() as office:
        other = await logged_in(office)
        for turn in range(40):
            noisy = await (Lines.connect(office.port, login=False) if turn % 2 else logged_in(office))
            with suppress(ConnectionError):
                for _ in range(25):
                    noise = b"".join(chance.choices(PIECES, k=chance.randrange(30)))
                    noisy.write(noise + chance.randbytes(chance.randrange(50)))
                await pong(other)
            await noisy.close()
        await pong(other)
        await other.close()


@pytest.mark.parametrize("size", [1_000, 100_000, 1_000_000, 10_000_000])
async def test_a_value_of_any_size_is_refused_not_kept(size: int) -> None:
    async with ami_office() as office:
        lines = await logged_in(office)
        lines.write(b"Action: Setvar\r\nVariable: PRESENCE_STATE(CustomPresence:2000)\r\nValue: away,,")
        lines.write(b"x" * size)
        [answer] = await lines.ask({"": ""})
        assert answer[0] == (("Response", "Success") if size == 1_000 else ("Response", "Error"))
        stored = office.core.database.get("CustomPresence", "2000")
        assert stored == ("away,," + "x" * 1000 + ": " if size == 1_000 else None)
        await lines.close()
