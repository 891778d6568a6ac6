# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session whose outbox carries the user's statuses to the PBXs, reading them back from the session's own events.

The window and `set` both stand on it. No Qt, no output.
"""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from board.events import Address
from board.links.outbox import Outbox
from board.links.setter import LinkKind, Setter
from board.links.store import OutboxError, OutboxStore
from board.links.wish import Wish
from board.office import Office
from board.session import Session

log = logging.getLogger(__name__)


def read_back(setters: Iterable[Setter]) -> tuple[Address, ...]:
    """Return the extensions whose NOTIFYs read a status back: those of the users that set by SIP MESSAGE."""
    return tuple(Address(way.pbx, way.extension) for way in setters if way.kind is LinkKind.MESSAGE)


class CarryingSession:
    """A session that `make` builds (with Session's `on_event` and `also`), and the outbox of a data folder.

    Attributes: `outbox`, which takes wishes from the beginning and carries them from `start` on; `store`. `on_wish`
    hears of every change of a wish. Raises OutboxError where the outbox cannot be used.
    """

    def __init__(
        self,
        office: Office,
        folder: Path,
        make: Callable[..., Session],
        on_wish: Callable[[Wish], None] = lambda _: None,
    ) -> None:
        self.store = OutboxStore(folder)
        self.outbox = Outbox(self.store, office.setters, lambda *words: self._session.message(*words), on_wish)
        self._session = make(on_event=self.outbox.take, also=read_back(office.setters))

    def start(self) -> None:
        """Begin to watch and to carry; must be called on the running loop."""
        self._session.start()
        self.outbox.start()

    async def stop(self) -> None:
        """End both in order: what is not delivered stays on the disk."""
        await self.outbox.stop()
        await self._session.stop()
        self.store.close()


def open_session(office: Office, folder: Path, make: Callable[..., Session]) -> CarryingSession | Session:
    """Return a session that carries statuses, or a plain one where none can be set or kept."""
    if office.setters:
        try:
            return CarryingSession(office, folder, make)
        except OutboxError as error:
            log.error("no status can be set: %s", error)
    return make()
