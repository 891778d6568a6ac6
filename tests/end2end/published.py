# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of publishing share: a person's program or session at a real Kamailio, and bare watchers of it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from board.carrying import CarryingSession
from board.links.setter import LinkKind, Setter
from board.links.wish import Target, Wish
from board.office import Office
from board.pidf import parse
from board.pidf.document import Document
from board.presence.value import Presence
from board.roster.roster import Roster
from board.session import Session
from board.sip.account import Account, Transport
from board.states import PresenceState
from board.status.choice import Choice
from tests.end2end.statuses import User
from tests.fakes.watcher import Tags, Watcher
from tests.pbx.kamailio import PASSWORD, Kamailio

PATIENCE = 20.0
NOBODY = ("nothing", "", "")
"""What is shown of somebody of whom nothing is published."""
Shown = tuple[str, str, str]


class Publisher(User):
    """One person with a folder and a configuration of their own, who publishes; a second `folder` is a second board."""

    def __init__(
        self, kamailio: Kamailio, folder: Path, extension: str, password: str = PASSWORD, transport: str = "tcp"
    ) -> None:
        self.home = folder
        self.home.mkdir(exist_ok=True)
        self.extension = extension
        self.kamailio = kamailio
        (self.home / "board.toml").write_text(
            f"""
[[pbx]]
name = "office"
server = "{kamailio.server(transport)}"
user = "{extension}"
password_env = "BOARD_PASSWORD"
presence_link = "publish"
own_extension = "{extension}"

[[contact]]
name = "Myself"
extension = "{extension}"
"""
        )
        self._environment = {
            **os.environ,
            "PRESENCE_BOARD_HOME": str(self.home),
            "QT_QPA_PLATFORM": "offscreen",
            "BOARD_PASSWORD": password,
        }

    def shown(self, extension: str = "") -> Shown:
        """Return what the server tells a watcher that comes now: state, subtype, message."""
        return asyncio.run(look(self.kamailio, extension or self.extension))


class Board:
    """A running session of a person at a Kamailio, and what became of the last wish."""

    def __init__(self, kamailio: Kamailio, user: str, transport: Transport = Transport.TCP) -> None:
        account = Account("office", kamailio.host, kamailio.sip_port, transport, user, PASSWORD)
        setter = Setter("office", LinkKind.PUBLISH, user, kamailio.host)
        self.office = Office((), (account,), {}, (setter,))
        self.target = Target("office", setter.own)
        self._ended = asyncio.Event()
        self._last: Wish | None = None
        self.session: CarryingSession | None = None

    @asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator["Board"]:
        """Run the session in a data folder."""
        make = partial(Session, self.office, Roster(()), lambda _: None, lambda _: None)
        self.session = await CarryingSession.open(self.office, folder, make, self._heard)
        self.session.start()
        try:
            yield self
        finally:
            await self.session.stop()

    async def set(self, presence: Presence) -> Wish:
        """Set a status; return the wish as it ended."""
        assert self.session is not None
        self._ended.clear()
        await self.session.choose(Choice(presence), self.target)
        async with asyncio.timeout(PATIENCE):
            await self._ended.wait()
        assert self._last is not None
        return self._last

    def _heard(self, wish: Wish) -> None:
        if not wish.is_open:
            self._last = wish
            self._ended.set()


async def watcher_at(kamailio: Kamailio, *, tcp: bool = True, user: str = "watcher") -> Watcher:
    """Open a bare watcher's socket."""
    watcher = await Watcher.connect(kamailio.host, kamailio.sip_port, tcp=tcp, user=user)
    watcher.algorithm = "MD5"
    return watcher


async def look(kamailio: Kamailio, user: str) -> Shown:
    """Return what the server tells a watcher that fetches a state once (RFC 6665, section 4.4.3)."""
    async with await watcher_at(kamailio) as watcher:
        response = await watcher.subscribe(user, 0, tags=Tags())
        assert response.status == 200, response
        notify = await watcher.notified()
        return shown_by(notify.body)


def shown_by(body: bytes) -> Shown:
    """Read a NOTIFY's body."""
    document = parse(body, "application/pidf+xml")
    assert isinstance(document, Document)
    if document.presence is None:
        return NOBODY
    return document.presence.value, document.subtype or "", document.message or ""


async def until_shown(kamailio: Kamailio, user: str, wanted: Shown, seconds: float = PATIENCE) -> None:
    """Wait until whoever looks sees this."""
    async with asyncio.timeout(seconds):
        while await look(kamailio, user) != wanted:  # noqa: ASYNC110 (nobody tells a watcher that only looks)
            await asyncio.sleep(0.1)


def words(presence: Presence) -> Shown:
    """Return a presence as a watcher sees it."""
    return presence.state.value, presence.subtype, presence.message


def presence(state: str, message: str = "", subtype: str = "") -> Presence:
    """Return a presence from words."""
    return Presence(PresenceState(state), subtype, message)
