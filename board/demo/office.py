# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office on this machine: a presence core, a notifier before it on loopback, and people who live by a script.

The board watches it as it would watch any PBX; nothing of it is written into the board. asyncio, plain or Qt's.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from board.demo.day import Change, changes
from board.demo.script import Person, Script, fill, read_script
from board.events import Address
from board.links.setter import LinkKind, Setter
from board.loop import Tasks
from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.office import Office
from board.presence.core import PresenceCore
from board.presence.custom import custom_name
from board.presence.database import Origin
from board.presence.devstate import Devstate
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.presence.value import Presence, encode, value_of
from board.roster.contact import Contact
from board.sip.account import Account, Transport

HOST = "127.0.0.1"
USER = "board"
_Result = TypeVar("_Result")


class DemoOffice:
    """An office that runs from entering to leaving it (`async with`), or from `start` to `stop`.

    Attributes: `account` (how a board reaches it; after the start), `contacts` (its roster), `core`; `office` is
    both together, as a configuration would become, with a way to set the status of everybody there. The user is one of
    its people, whose status nobody else changes.
    """

    def __init__(self, script: Path, transport: Transport = Transport.TCP, seed: int | None = None) -> None:
        self._script = read_script(script.read_text(encoding="utf-8"))
        self._transport = transport
        self._seed = secrets.randbits(32) if seed is None else seed
        self._settings = Settings(user_agent="presence-board demo office")
        self._endpoint: Endpoint | None = None
        self._tasks = Tasks()
        self._account: Account | None = None
        self._desk: _Desk | None = None
        self.core = PresenceCore(hints=[_hint(person, self._settings.context) for person in self._script.people])
        self.contacts = tuple(_contact(person, self._script) for person in self._script.people)

    @property
    def account(self) -> Account:
        """How a board reaches the office; its password is made anew at every start."""
        if self._account is None:
            raise RuntimeError("the demo office has not been started")
        return self._account

    @property
    def office(self) -> Office:
        """What a board watches; after the start."""
        setter = Setter(self._script.name, LinkKind.CORE, self._script.own, core=self._desk)
        return Office(self.contacts, (self.account,), {}, (setter,))

    async def start(self) -> None:
        """Open the office: people are in the middle of their day when it returns."""
        password = secrets.token_urlsafe(18)
        self._desk = _Desk(self.core, asyncio.get_running_loop())
        users = {USER: password}
        notifier = Notifier(self.core, self._settings, users, lambda: secrets.token_hex(12))
        day = self._begin(changes(self._script, self._seed))
        self._endpoint = await Endpoint.open(notifier, self.core, HOST, 0)
        self._account = Account(self._script.name, HOST, self._endpoint.port, self._transport, USER, password)
        self._tasks.start(self._live(day), "the demo office")

    async def stop(self) -> None:
        """Close the office."""
        await self._tasks.close()
        if self._endpoint is not None:
            await self._endpoint.close()
            self._endpoint = None
        self._account = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _begin(self, day: Iterator[Change]) -> Iterator[Change]:
        """Set everybody's start and let the warm-up pass; return the changes that come after it."""
        wall = _now()
        for person in self._script.people:
            self._do(person.extension, person.device, person.presence, wall)
        for change in day:
            if change.at > self._script.warm_up:
                return chain([change], day)
            self._do_step(change, wall - timedelta(seconds=self._script.warm_up - change.at))
        return iter(())

    async def _live(self, day: Iterator[Change]) -> None:
        loop = asyncio.get_running_loop()
        opened = loop.time() - self._script.warm_up
        for change in day:
            await asyncio.sleep(opened + change.at - loop.time())
            self._do_step(change, _now())

    def _do_step(self, change: Change, wall: datetime) -> None:
        presence = change.step.presence if change.extension != self._script.own else None
        self._do(change.extension, change.step.device, presence, wall)

    def _do(self, extension: str, device: Devstate | None, presence: Presence | None, wall: datetime) -> None:
        origin = Origin(wall.timestamp(), "demo office", "script")
        if device is not None:
            self.core.set_device(_device(extension), device.value, origin)
        if presence is not None:
            texts = (encode(fill(text, wall)) for text in (presence.subtype, presence.message))
            self.core.set_presence(_provider(extension), ",".join([presence.state, *texts, "e"]), origin)


class _Desk:
    """The user's desk in the office: sets and reads statuses from whatever loop, on the office's own."""

    def __init__(self, core: PresenceCore, loop: asyncio.AbstractEventLoop) -> None:
        self._core = core
        self._loop = loop

    async def write(self, entity: str, presence: Presence) -> None:
        """Set a status."""
        origin = Origin(_now().timestamp(), "the user", "board")
        await self._there(lambda: self._core.set_presence(entity, value_of(presence), origin))

    async def read(self, entity: str) -> Presence | None:
        """Return a status."""
        return await self._there(lambda: self._core.custom.read(custom_name(entity)))

    async def _there(self, work: Callable[[], _Result]) -> _Result:
        async def done() -> _Result:
            return work()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(done(), self._loop))


def _now() -> datetime:
    return datetime.now().astimezone()


def _device(extension: str) -> str:
    return f"Custom:{extension}"


def _provider(extension: str) -> str:
    return f"CustomPresence:{extension}"


def _hint(person: Person, context: str) -> HintLine:
    members = [_device(person.extension)] + ([_provider(person.extension)] if person.presence else [])
    return HintLine(HintKey(person.extension, context), ",".join(members), person.name)


def _contact(person: Person, script: Script) -> Contact:
    return Contact(Address(script.name, person.extension), person.name, person.group, person.favourite)
