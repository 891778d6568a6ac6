# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The live data behind the windows: the office is opened, watched, and the way of the own status opened with it."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from board.carrying import CarryingSession
from board.desktop.own_desk import OwnDesk
from board.events import PbxChanged
from board.links.store import OutboxError
from board.links.wish import Wish
from board.office import Office
from board.opening import Source
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.session import Session


class Live:
    """Runs a source's office until it is cancelled; `own_only`: nothing but what reads the own status back.

    `automatic`: what the office lets show by itself does so.
    """

    def __init__(
        self,
        source: Source,
        roster: Roster,
        own: OwnDesk,
        folder: Path,
        on_tiles: Callable[[Sequence[TileChanged]], None],
        on_pbx: Callable[[PbxChanged], None],
        *,
        own_only: bool,
        automatic: bool = True,
    ) -> None:
        self._source = source
        self._own = own
        self._folder = folder
        self._own_only = own_only
        self._automatic = automatic
        self._roster, self._on_tiles, self._on_pbx = roster, on_tiles, on_pbx
        self._session: Session | None = None

    async def run(self) -> None:
        """Watch the office, and carry the own status where it can be set."""
        async with self._source.open() as office:
            session = await self._open(office.own_only() if self._own_only else office)
            session.start()
            try:
                await asyncio.Event().wait()
            finally:
                self._own.bar("")
                await session.stop()

    async def _open(self, office: Office) -> CarryingSession | Session:
        """Return a session that carries statuses, or a plain one where none can be set or kept."""
        make, folder = partial(self._make, office), office.folder or self._folder
        automation = office.automation if self._automatic else None
        self._own.bar(office.why_not_own)
        if office.setters:
            try:
                session = await CarryingSession.open(
                    office, folder, make, self._wished, self._own.changed, automation=automation
                )
            except OutboxError as error:
                self._own.bar(str(error))
            else:
                self._own.open(session)
                return session
        return make()

    def _make(self, office: Office, **more: Any) -> Session:
        self._session = Session(office, self._roster, self._on_tiles, self._on_pbx, **more)
        return self._session

    def _wished(self, wish: Wish) -> None:
        """Let the tile of a wish's person show how it stands."""
        assert self._session is not None
        self._session.wished(wish)
