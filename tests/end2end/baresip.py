# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""baresip as a watcher, for tests: a SIP client of another make, that knows PIDF and RPID but nothing of Asterisk's."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

PATIENCE = 20.0
_CONFIG = """
sip_listen 127.0.0.1:0
module_path {modules}
module stdio.so
module account.so
module contact.so
module presence.so
module menu.so
"""


def program(name: str) -> str:
    """Return where a program is; skip the test where it is not, or fail it in CI."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed", pytrace=False)
        pytest.skip(f"{name} is not installed")
    return path


@asynccontextmanager
async def baresip(folder: Path, server: str, user: str, watched: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run baresip as `user` at `server` (host:port;transport=...), watching another user as Bob."""
    path = program("baresip")
    modules = next(Path(path).parents[1].glob("lib*/**/baresip/modules"))
    (folder / "config").write_text(_CONFIG.format(modules=modules))
    (folder / "accounts").write_text(f"<sip:{user}@{server}>;auth_user={user};auth_pass=secret;regint=0\n")
    (folder / "contacts").write_text(f'"Bob" <sip:{watched}@{server}>;presence=p2p\n')
    process = await asyncio.create_subprocess_exec(
        path,
        "-f",
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def until_shown(process: asyncio.subprocess.Process, word: str) -> None:
    """Ask baresip for its contacts until it says this of Bob."""
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        answer = ""
        while not re.search(f"{word}.* Bob ", answer):
            process.stdin.write(b"/contacts\n")
            await asyncio.sleep(0.1)  # it answers letter by letter, and does nothing else meanwhile
            data = await process.stdout.read(65_536)
            assert data, answer
            answer = data.decode(errors="replace")
