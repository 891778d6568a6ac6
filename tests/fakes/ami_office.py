# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A presence core with an AMI server before it, on this loop: the far end for tests of clients."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from board.ami.desk import Desk
from board.ami.identity import Identity
from board.ami.server import AmiServer
from board.ami.session import Access
from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine

USER, SECRET = "admin", "sécret"
ORIGIN = Origin(0.0, "test")


@dataclass
class AmiOffice:
    """A core with hints 2000 to 2002 and its server."""

    core: PresenceCore
    server: AmiServer
    warnings: list[str]

    @property
    def port(self) -> int:
        return self.server.port

    def set_presence(self, value: str, exten: str = "2000") -> None:
        self.core.set_presence(f"CustomPresence:{exten}", value, ORIGIN)


def new_core() -> PresenceCore:
    hints = [
        HintLine(HintKey(str(exten), "hints"), f"Custom:{exten},CustomPresence:{exten}") for exten in range(2000, 2003)
    ]
    return PresenceCore(hints=hints)


def new_desk(core: PresenceCore, warnings: list[str]) -> Desk:
    identity = Identity("test", time.time())
    return Desk(core, Console(core, "Asterisk 22.10.1 test"), identity, time.time, warnings.append)


@asynccontextmanager
async def ami_office(core: PresenceCore | None = None, port: int = 0) -> AsyncIterator[AmiOffice]:
    """Run a server until left."""
    core, warnings = core or new_core(), list[str]()
    access = Access({USER: SECRET}, lambda: "170149335")
    server = await AmiServer.open(core, new_desk(core, warnings), access, "127.0.0.1", port)
    try:
        yield AmiOffice(core, server, warnings)
    finally:
        await server.close()
