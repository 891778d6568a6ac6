# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A running serve under noise on both ports: it goes on, says nothing odd, and does not grow."""

import asyncio
import random
import re
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end2end.served import AMI_SECRET, AMI_USER, SIP_SECRET, SIP_USER, WAIT, Lines, Serve, serving
from tests.fakes.watcher import Tags, Watcher

LOGIN = f"Action: Login\r\nUsername: {AMI_USER}\r\nSecret: {AMI_SECRET}\r\nEvents: on\r\n\r\n".encode()
SUBSCRIBE = (
    b"SUBSCRIBE sip:7@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:7@127.0.0.1>\r\nCall-ID: noise\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:a@127.0.0.1:9>\r\n"
    b"Event: presence\r\nExpires: 60\r\nContent-Length: 0\r\n\r\n"
)
SETVAR = b"Action: Setvar\r\nVariable: PRESENCE_STATE(CustomPresence:7)\r\nValue: away,YQ0KDQpFdmVudDogWA==,,e\r\n\r\n"
ROUNDS = 1_000
GROWTH_KB = 20_000


def memory(serve: Serve) -> int:
    """Return the resident kB of a serve."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{serve.pid}/status").read_text())
    assert found
    return int(found[1])


def spoiled(message: bytes, chance: random.Random) -> bytes:
    """Return a message with some bytes changed, doubled, left out, or much put in."""
    data = bytearray(message)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data) + 1)
        what = chance.choice([b"", chance.randbytes(3), b"\r\n", b"\0", b"\xff" * 9, b"x" * 1100, b"\r\n\r\n"])
        data[place : place + chance.randrange(4)] = what
    return bytes(data[: chance.randrange(1, len(data) + 1)] if chance.random() < 0.2 else data)


def make_noise(serve: Serve, chance: random.Random) -> None:
    """Send noise to one of the ports, as one or several pieces."""
    kind = chance.choice(["ami", "ami in", "udp", "tcp"])
    port = serve.ami if kind.startswith("ami") else serve.sip
    message = SUBSCRIBE if kind in ("udp", "tcp") else SETVAR
    noise = chance.choice(
        [
            chance.randbytes(chance.randrange(1, 4000)),
            spoiled(message, chance),
            message[: chance.randrange(len(message))],
        ]
    )
    if chance.random() < 0.02:
        noise = message[:-4] + b"x" * 1_000_000
    if kind == "udp":
        with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(noise[:60_000], ("127.0.0.1", port))
        return
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stream, suppress(OSError):
        stream.sendall(LOGIN * (kind == "ami in") + noise)
        if chance.random() < 0.5:
            stream.sendall(spoiled(message, chance))


async def is_told(watcher: Watcher, ami: Lines) -> bool:
    """Set a state; return whether the watcher hears of it soon."""
    await ami.ask(Action="Setvar", Variable="PRESENCE_STATE(CustomPresence:7)", Value="dnd,,still here")
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            while b"still here" not in (await watcher.notified()).body:
                pass
            return True
    return False


@pytest.mark.parametrize("seed", [1, 2])
async def test_serve_goes_on_under_noise(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    with serving(tmp_path) as serve:
        ami = await Lines.connect(serve.ami)
        place = {"Context": "hints", "Extension": "7", "Priority": "hint", "Application": "Custom:7,CustomPresence:7"}
        await ami.ask(place, Action="DialplanExtensionAdd")
        watcher = await Watcher.connect("127.0.0.1", serve.sip, tcp=True, user=SIP_USER, password=SIP_SECRET)
        assert (await watcher.subscribe("7", tags=Tags())).status == 200
        for _ in range(ROUNDS // 3):
            await asyncio.to_thread(make_noise, serve, chance)
        before = memory(serve)
        for _ in range(ROUNDS):
            await asyncio.to_thread(make_noise, serve, chance)
        async with asyncio.timeout(WAIT):
            # What is left of the noise may be done after our own write, and a watcher is told the newest only.
            while not await is_told(watcher, ami):
                pass
        assert memory(serve) - before < GROWTH_KB
        watcher.close()
        await ami.close()
        assert serve.stop() == 0
    assert "Traceback" not in serve.errors
    assert "Exception" not in serve.errors
