# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The way from a command to the running core: only for its own user, one line each way, one server a folder."""

import asyncio
import os
import random
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from board import control
from board.control import SOCKET_NAME, ControlServer, ask
from board.core_calls import Caller, ConsoleCall, CoreCall, FunctionCall, Reply, Warnings, line_to_call
from board.presence.console import Console
from board.presence.core import PresenceCore

AWAY = FunctionCall("PRESENCE_STATE(CustomPresence:1)", "away,lunch")
SUBTYPE = FunctionCall("PRESENCE_STATE(CustomPresence:1,subtype)")


def new_caller() -> Caller:
    warnings = Warnings()
    core = PresenceCore(warn=warnings)
    return Caller(core, Console(core, "test"), warnings, lambda: 0.0, "test")


@pytest_asyncio.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    server = await ControlServer.open(tmp_path, new_caller())
    assert server is not None
    yield tmp_path
    await server.close()


async def asked(folder: Path, call: CoreCall) -> Reply | None:
    return await asyncio.to_thread(ask, folder, call)


async def test_calls_are_done_and_answered(folder: Path) -> None:
    assert await asked(folder, SUBTYPE) == Reply(("",))
    assert await asked(folder, AWAY) == Reply(())
    assert await asked(folder, SUBTYPE) == Reply(("lunch",))
    assert await asked(folder, FunctionCall("PRESENCE_STATE(NoSuch:1,value)")) == Reply(
        ("",), False, ("No provider found for label: NoSuch", "PRESENCE_STATE unknown")
    )
    listed = await asked(folder, ConsoleCall(("presencestate", "list")))
    assert listed is not None
    assert "    --- Subtype: 'lunch'" in listed.lines
    refused = await asked(folder, ConsoleCall(("presencestate", "change", "CustomPresence:1", "busy")))
    assert refused is not None
    assert (refused.done, refused.warnings) == (False, ("Unknown presence state value busy",))


@pytest.mark.parametrize("text", ["\udcff\udcfe", "a\nb\r\nc", "☕" * 300_000, "nul\0"])
async def test_any_text_passes(text: str, folder: Path) -> None:
    assert await asked(folder, FunctionCall("PRESENCE_STATE(CustomPresence:t)", f"away,,{text}")) == Reply(())
    found = await asked(folder, ConsoleCall(("presencestate", "list")))
    assert found is not None
    assert f"    --- Message: '{text}'" in found.lines


async def test_nobody_else_is_answered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_peer_user", lambda _: 4711)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert await asked(folder, AWAY) is None
    monkeypatch.undo()
    assert await asked(folder, SUBTYPE) == Reply(("",))


async def test_the_socket_is_its_users_alone(folder: Path) -> None:
    assert stat.S_IMODE((folder / SOCKET_NAME).stat().st_mode) == 0o600


async def test_there_is_one_server_a_folder(folder: Path) -> None:
    assert await ControlServer.open(folder, new_caller()) is None
    assert await asked(folder, SUBTYPE) == Reply(("",))


async def test_what_a_killed_one_left_is_no_hindrance(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / SOCKET_NAME))
    left.close()
    assert await asked(tmp_path, SUBTYPE) is None
    server = await ControlServer.open(tmp_path, new_caller())
    assert server is not None
    assert await asked(tmp_path, SUBTYPE) == Reply(("",))
    await server.close()
    assert not (tmp_path / SOCKET_NAME).exists()


async def test_noise_is_not_answered_and_does_no_harm(folder: Path) -> None:
    chance = random.Random(5)
    noise = [
        b"\n",
        b"{}\n",
        b"[]\n",
        b'{"words": []}\n',
        b'{"words": [1]}\n',
        b'{"function": 1, "value": null}\n',
        b"{",
    ]
    noise += [chance.randbytes(chance.randrange(1, 2000)) + b"\n" for _ in range(100)]
    for line in noise:
        reader, writer = await asyncio.open_unix_connection(folder / SOCKET_NAME)
        writer.write(line)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    assert await asked(folder, SUBTYPE) == Reply(("",))


@pytest.mark.parametrize("line", [b"null", b"[" * 10_000, b'{"words": ["a"], "function": 1}', b"\xff"])
def test_only_calls_are_calls(line: bytes) -> None:
    if b'"a"' in line:
        assert line_to_call(line) == ConsoleCall(("a",))
    else:
        with pytest.raises(ValueError):  # noqa: PT011 - json's errors are of that class, with texts of their own
            line_to_call(line)
