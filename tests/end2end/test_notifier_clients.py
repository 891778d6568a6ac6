# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients of four makers watch the core's notifier: our own board (pjsua2), sipp, baresip and Twinkle.

Where one of the others is not installed its tests are skipped; with CI=true in the environment that is a failure.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from board.events import StateNotified, WatchEvent
from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.sip.account import Account, Transport
from board.sip.pool import Pool
from board.states import DeviceState, PresenceState
from tests.end2end.baresip import baresip, program, until_shown

PATIENCE = 20.0
ORIGIN = Origin(0.0, "test")
EXTENSIONS = tuple(str(number) for number in range(2000, 2010))
SCENARIO = Path(__file__).parents[1] / "data/sipp/watch.xml"


class Served:
    """A notifier with ten extensions, on loopback."""

    def __init__(self) -> None:
        serial = count(1)
        hints = [HintLine(HintKey(each, "hints"), f"Custom:{each},CustomPresence:{each}") for each in EXTENSIONS]
        self.core = PresenceCore(hints=hints)
        self.notifier = Notifier(self.core, Settings(), {"board": "secret"}, lambda: f"{next(serial):016x}")
        self.endpoint: Endpoint

    async def until_watched(self, watchers: int) -> None:
        """Wait until so many watch."""
        async with asyncio.timeout(PATIENCE):
            while len(self.notifier.watchers) != watchers or self.notifier.busy:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    found = Served()
    found.endpoint = await Endpoint.open(found.notifier, found.core, "127.0.0.1", 0)
    yield found
    await found.endpoint.close()


# -- our own board --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_our_own_board(served: Served, transport: Transport) -> None:
    heard = asyncio.Queue[StateNotified]()

    def take(event: WatchEvent) -> None:
        if isinstance(event, StateNotified):
            heard.put_nowait(event)

    async def next_state(fits: Callable[[StateNotified], bool]) -> StateNotified:
        async with asyncio.timeout(PATIENCE):
            while not fits(event := await heard.get()):
                pass
        return event

    account = Account("demo", "127.0.0.1", served.endpoint.port, transport, "board", "secret")
    pool = Pool([(account, EXTENSIONS)], take)
    pool.start()
    for _ in EXTENSIONS:
        await next_state(lambda event: event.document.device is DeviceState.IDLE)
    served.core.set_presence("CustomPresence:2003", "away,lunch,Zurück um 14:30", ORIGIN)
    away = await next_state(lambda event: event.document.presence is PresenceState.AWAY)
    assert (away.address.extension, away.document.subtype, away.document.message) == (
        "2003",
        "lunch",
        "Zurück um 14:30",
    )
    served.core.set_device("Custom:2004", "RINGING", ORIGIN)
    assert (await next_state(lambda event: event.document.device is DeviceState.RINGING)).address.extension == "2004"
    assert len(served.notifier.watchers) == len(EXTENSIONS)
    await pool.stop(5.0)
    assert len(served.notifier.watchers) == 0


# -- sipp -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_sipp(served: Served, transport: str, tmp_path: Path) -> None:
    server = f"127.0.0.1:{served.endpoint.port}"
    options = ["-sf", str(SCENARIO), "-t", transport, "-m", "1", "-s", "2000", "-i", "127.0.0.1", "-nostdin"]
    options += ["-timeout", "20", "-timeout_error", "-trace_err", "-error_file", str(tmp_path / "errors"), "-nd"]
    sipp = await asyncio.create_subprocess_exec(
        program("sipp"),
        server,
        *options,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    await served.until_watched(1)
    served.core.set_device("Custom:2000", "ONHOLD", ORIGIN)
    output, _ = await asyncio.wait_for(sipp.communicate(), PATIENCE)
    errors = tmp_path / "errors"
    assert sipp.returncode == 0, errors.read_text() if errors.exists() else output.decode()[-2000:]
    await served.until_watched(0)


# -- baresip --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_baresip(served: Served, transport: str, tmp_path: Path) -> None:
    async with baresip(tmp_path, f"127.0.0.1:{served.endpoint.port};transport={transport}", "board", "2001") as client:
        await served.until_watched(1)
        await until_shown(client, "Online")
        served.core.set_device("Custom:2001", "UNAVAILABLE", ORIGIN)
        await until_shown(client, "Offline")
        served.core.set_device("Custom:2001", "NOT_INUSE", ORIGIN)
        await until_shown(client, "Online")


# -- Twinkle --------------------------------------------------------------------------------------------------------

TWINKLE = {
    "twinkle.sys": "sip_port={port}\nlog_show_debug=yes\n",
    "twinkle.cfg": "user_name=board\nuser_domain={server}\nauth_name=board\nauth_pass=secret\n"
    "sip_transport={transport}\nregister_at_startup=no\npres_publish_startup=no\n",
    "twinkle.bud": "Bob|sip:2001@{server}|y\n",
}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_twinkle(served: Served, transport: str, tmp_path: Path) -> None:
    path = program("twinkle-console")
    home = tmp_path / ".twinkle"
    home.mkdir()
    server, port = f"127.0.0.1:{served.endpoint.port}", free_port()
    for name, text in TWINKLE.items():
        (home / name).write_text(text.format(server=server, port=port, transport=transport))
    twinkle = await asyncio.create_subprocess_exec(
        path,
        env={**os.environ, "HOME": str(tmp_path)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    log, state = home / "twinkle.log", f"Presence state changed to: {{}}\nsip:2001@{server}\n"
    try:
        await logged(log, state.format("open"))
        await served.until_watched(1)
        served.core.set_device("Custom:2001", "UNAVAILABLE", ORIGIN)
        await logged(log, state.format("closed"))
        served.core.set_device("Custom:2001", "NOT_INUSE", ORIGIN)
        await logged(log, state.format("open"), times=2)
        await asyncio.wait_for(twinkle.communicate(b"quit\n"), PATIENCE)
        await logged(log, "Unsubcription successful.")  # as Twinkle spells it
    finally:
        if twinkle.returncode is None:
            twinkle.kill()
            await twinkle.wait()
    assert twinkle.returncode == 0
    await served.until_watched(0)


def free_port() -> int:
    """Return a port that is free for UDP and TCP."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            stream.bind(("127.0.0.1", 0))
            port: int = stream.getsockname()[1]
            with suppress(OSError):
                datagrams.bind(("127.0.0.1", port))
                return port


async def logged(log: Path, text: str, times: int = 1) -> None:
    """Wait until a program has written this to its log so many times."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while (found := content(log)).count(text) < times:
        assert asyncio.get_running_loop().time() < deadline, found[-4000:]
        await asyncio.sleep(0.02)


def content(path: Path) -> str:
    """Return what is in a file so far."""
    return path.read_text(errors="replace") if path.exists() else ""
