# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session whose outbox carries the user's statuses to the PBXs, reading them back from the session's own events.

The outbox runs in a thread of its own, so that whoever clicks never waits for a disk; this is the bridge to it. The
window and `set` both stand on it. No Qt, no output.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import tzinfo
from pathlib import Path
from typing import Any, Self, TypeVar

from board.automatic.automatic import Automatic
from board.automatic.opening import Automation, open_automatic
from board.core_calls import user_name
from board.events import Address, WatchEvent
from board.links.outbox import Outbox
from board.links.own import OwnStatus
from board.links.setter import Setter
from board.links.store import NAME, OutboxError, OutboxStore, Record
from board.links.wish import PREFIX, Target, Wish
from board.loop_thread import LoopThread
from board.office import Office
from board.session import Session
from board.sip.messages import RequestAnswered
from board.status.automatic import Proposal
from board.status.choice import Choice, Manner
from board.threads import off_the_loop

log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

QUIT_SECONDS = 2.0
"""How long an ordered end waits until others see that the user has left, where that shall show."""
STOP_SECONDS = 3.0
"""How long an ordered end waits for the outbox: what it has not done by then is on the disk, and is done next time."""


def read_back(setters: Iterable[Setter]) -> tuple[Address, ...]:
    """Return the extensions whose NOTIFYs are needed to read a status back: the link itself does not."""
    return tuple(Address(way.pbx, way.extension) for way in setters if way.needs_account)


class CarryingSession:
    """A session, and the outbox of a data folder; `open` makes one, and takes wishes from then on.

    `own` is the user's own status at every PBX, as far as it is known. All callbacks come on the session's loop.
    """

    def __init__(
        self,
        office: Office,
        make: Callable[..., Session],
        on_wish: Callable[[Wish], None],
        on_own: Callable[[OwnStatus], None],
    ) -> None:
        self._setters = {setter.pbx: setter for setter in office.setters}
        self._on_wish = on_wish
        self._on_own = on_own
        self._own = {Target(way.pbx, way.own): OwnStatus(Target(way.pbx, way.own)) for way in office.setters if way.own}
        self._loop = asyncio.get_running_loop()
        self._thread = LoopThread("outbox")
        self._outbox: Outbox | None = None
        self._automatic: Automatic | None = None
        watched = tuple(Address(way.pbx, way.extension) for way in office.setters if way.extension)
        self._session = make(on_event=self._take, also=watched)

    @classmethod
    async def open(
        cls,
        office: Office,
        folder: Path,
        make: Callable[..., Session],
        on_wish: Callable[[Wish], None] = lambda _: None,
        on_own: Callable[[OwnStatus], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
        automation: Automation | None = None,
    ) -> Self:
        """Open the outbox of `folder`, and a session that `make` builds (with Session's `on_event` and `also`).

        With `automation`, what that says shows by itself; without, an automatic status is left as it is. Raises
        OutboxError where the outbox cannot be used.
        """
        session = cls(office, make, on_wish, on_own)
        if automation is not None and session._own:
            phones = (Address(way.pbx, way.extension) for way in office.setters if way.own)
            session._automatic = open_automatic(automation, phones, session.propose, session._settle)
        try:
            await session._thread.call(session._open, folder, office.setters, clock, zone)
        except BaseException:
            await session._thread.stop(STOP_SECONDS)
            raise
        return session

    def start(self) -> None:
        """Begin to watch and to carry; must be called on the running loop."""
        self._session.start()
        self._thread.post(self._carried.start)
        if self._automatic is not None:
            self._automatic.start()

    async def stop(self) -> None:
        """End all in order: what is not delivered stays on the disk."""
        if self._automatic is not None:
            if self._automatic.quit():
                await self._settle()
            await self._automatic.stop()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._thread.run(self._carried.stop())
        except TimeoutError:
            log.warning("the outbox does not end: its disk or its PBX does not answer")
        await self._session.stop()
        self._thread.post(self._carried.store.close)
        await self._thread.stop(STOP_SECONDS)

    # -- what the user asks -------------------------------------------------------------------------------------------

    @property
    def own(self) -> tuple[OwnStatus, ...]:
        """The user's own status at every PBX that lets it be set."""
        return tuple(self._own.values())

    def can_set(self, address: Address) -> bool:
        """Tell whether the link allows to set the status of an extension."""
        return self.target_of(address) is not None

    def target_of(self, address: Address) -> Target | None:
        """Return what a status of an extension is set at, None where the link does not allow it."""
        setter = self._setters.get(address.pbx)
        if setter is None or not (setter.sets_others or setter.extension == address.extension):
            return None
        return Target(address.pbx, PREFIX + address.extension)

    async def choose(self, choice: Choice, target: Target | None = None) -> tuple[Wish, ...]:
        """Set the user's own status at every PBX, or that of a target; it is on the disk when this returns.

        Raises OutboxError, with one line, where it cannot be kept or no PBX could carry it.
        """
        return await self._thread.call(self._carried.choose, choice, target)

    def propose(self, proposal: Proposal | None) -> None:
        """Take the newest automatic proposal for the user's own status, None where nothing applies."""
        self._thread.post(self._carried.propose, proposal)

    async def recents(self, limit: int) -> tuple[Choice, ...]:
        """Return what the user chose lately, each once, newest first, all until changed. Raises OutboxError."""
        return await self._thread.call(self._carried.recents, limit)

    async def history(self, limit: int) -> tuple[Record, ...]:
        """Return the newest wishes, with who made them and what came of them, newest first. Raises OutboxError."""
        return await self._thread.call(self._carried.history, limit)

    async def find(self, number: int) -> Wish | None:
        """Return a wish as it stands on the disk; None where a newer one has taken its place. Raises OutboxError."""
        return await self._thread.call(self._carried.store.find, number)

    async def may_send(self) -> bool:
        """Tell whether this process is the sender for every PBX, becoming it where there is none."""
        return await self._thread.call(self._carried.may_send)

    # -- between the threads ------------------------------------------------------------------------------------------

    def _open(self, folder: Path, setters: tuple[Setter, ...], clock: Callable[[], float], zone: tzinfo | None) -> None:
        store = OutboxStore(folder)
        on_wish, on_own = self._from_thread(self._on_wish), self._from_thread(self._told_own)
        self._outbox = Outbox(store, setters, self._message, self._publish, on_wish, on_own, user_name(), clock, zone)

    @property
    def _carried(self) -> Outbox:
        assert self._outbox is not None, "it was not opened"
        return self._outbox

    def _take(self, event: WatchEvent) -> None:
        self._thread.post(self._carried.take, event)
        if self._automatic is not None:
            self._automatic.take(event)

    async def _settle(self) -> None:
        try:
            async with asyncio.timeout(QUIT_SECONDS):
                await self._thread.run(self._carried.settle())
        except TimeoutError:
            log.info("the PBX did not read back in time that the program ends")
        except OutboxError as error:
            log.error("it cannot be shown that the program ends: %s", error)

    def _told_own(self, status: OwnStatus) -> None:
        self._own[status.target] = status
        if self._automatic is not None and status.wish is not None and status.wish.manner is Manner.MANUAL:
            self._automatic.chosen(status.wish.asked_at)
        self._on_own(status)

    def _from_thread(self, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return what has a callback called on the session's loop."""

        def called(value: object) -> None:
            self._loop.call_soon_threadsafe(callback, value)

        return called

    async def _message(self, *words: Any) -> tuple[int, str]:
        return await self._there(self._session.message(*words))

    async def _publish(self, *words: Any) -> RequestAnswered:
        return await self._there(self._session.publish(*words))

    async def _there(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Have the session's loop do something, from the outbox's thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


async def open_session(
    office: Office,
    folder: Path,
    make: Callable[..., Session],
    on_wish: Callable[[Wish], None] = lambda _: None,
    on_own: Callable[[OwnStatus], None] = lambda _: None,
) -> CarryingSession | Session:
    """Return a session that carries statuses, or a plain one where none can be set or kept."""
    if office.setters:
        try:
            return await CarryingSession.open(office, office.folder or folder, make, on_wish, on_own)
        except OutboxError as error:
            log.error("no status can be set: %s", error)
    return make()


async def carry_on(office: Office, folder: Path, make: Callable[..., Session]) -> CarryingSession | Session:
    """Return a session that carries what is on the disk already, a plain one where nobody ever set a status."""
    used = await off_the_loop((folder / NAME).exists, "outbox")
    return await open_session(office, folder, make) if used and office.folder is None else make()
