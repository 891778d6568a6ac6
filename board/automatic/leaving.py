# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source that notices that the user logs out or the machine goes down, and asks for the moment it takes to tell.

A desktop ends a program without a word: its display is gone, and with it the program. GNOME's session manager (and
those made after it) asks its clients first, logind before it shuts down.
"""

import logging
import os
import time
from collections.abc import Awaitable, Callable

from board.automatic.bus import Bus, BusError, BusKind, OpenBus, Signal
from board.automatic.source import Tell
from board.loop import Tasks
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind

log = logging.getLogger(__name__)

MANAGER, MANAGER_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
CLIENT = "org.gnome.SessionManager.ClientPrivate"
LOGIN, LOGIN_PATH, LOGIN_MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
APPLICATION = "presence-board"
_WHY = "The others shall see that you have left"


class LeavingSource:
    """Tells that the session ends. `settle` returns when the others see it, or it has taken too long."""

    def __init__(
        self,
        state: PresenceState,
        settle: Callable[[], Awaitable[None]],
        open_bus: OpenBus = Bus.open,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._presence = Presence(state)
        self._settle = settle
        self._open = open_bus
        self._clock = clock
        self._tasks = Tasks()
        self._tell: Tell | None = None
        self._buses: dict[BusKind, Bus] = {}
        self._client = ""
        self._delay: int | None = None

    def start(self, tell: Tell) -> None:
        """Begin to listen."""
        self._tell = tell
        tell(None)
        self._tasks.start(self._follow(BusKind.SESSION, self._register, self._manager), "session manager")
        self._tasks.start(self._follow(BusKind.SYSTEM, self._inhibit, self._login), "shutdown")

    async def stop(self) -> None:
        """Listen no more, and hold nothing up."""
        self._tell = None
        await self._tasks.close()

    async def _follow(
        self, kind: BusKind, begin: Callable[[Bus], Awaitable[None]], hear: Callable[[Signal], None]
    ) -> None:
        try:
            bus = self._buses[kind] = await self._open(kind, hear)
        except BusError as error:
            log.info("the end of the session is not noticed there: %s", error)
            return
        try:
            await begin(bus)
            await bus.gone()
        except BusError as error:
            log.info("the end of the session is not noticed there: %s", error)
        finally:
            if kind is BusKind.SYSTEM:
                self._release()
            await bus.close()

    async def _leave(self) -> None:
        if self._tell is not None:
            self._tell(Cause(Kind.QUIT, self._presence, self._clock()))
            await self._settle()

    def _stay(self) -> None:
        if self._tell is not None:
            self._tell(None)

    # -- the session manager ------------------------------------------------------------------------------------------

    async def _register(self, bus: Bus) -> None:
        if not await bus.is_owned(MANAGER):
            return
        for member in ("QueryEndSession", "EndSession", "CancelEndSession", "Stop"):
            await bus.listen(CLIENT, member, sender=MANAGER)
        names = (APPLICATION, os.environ.get("DESKTOP_AUTOSTART_ID", ""))
        (self._client,) = await bus.call(MANAGER, MANAGER_PATH, MANAGER, "RegisterClient", "ss", names)

    def _manager(self, signal: Signal) -> None:
        # The first may come together with the answer that tells our path: it is sent to us alone.
        if signal.interface != CLIENT or signal.path != (self._client or signal.path):
            return
        match signal.member:
            case "QueryEndSession":
                self._tasks.start(self._agree(signal.path), "agreeing to the end of the session")
            case "EndSession":
                self._tasks.start(self._leave_and_agree(signal.path), "leaving the session")
            case "Stop":
                self._tasks.start(self._leave(), "leaving the session")
            case _:
                self._stay()

    async def _leave_and_agree(self, path: str) -> None:
        await self._leave()
        await self._agree(path)

    async def _agree(self, path: str) -> None:
        try:
            await self._buses[BusKind.SESSION].call(MANAGER, path, CLIENT, "EndSessionResponse", "bs", (True, ""))
        except BusError as error:
            log.info("the session manager was not answered: %s", error)

    # -- logind -------------------------------------------------------------------------------------------------------

    async def _inhibit(self, bus: Bus) -> None:
        await bus.listen(LOGIN_MANAGER, "PrepareForShutdown", sender=LOGIN)
        asked = ("shutdown", "Presence board", _WHY, "delay")
        self._delay = await bus.call_for_file(LOGIN, LOGIN_PATH, LOGIN_MANAGER, "Inhibit", "ssss", asked)

    def _login(self, signal: Signal) -> None:
        match signal:
            case Signal(member="PrepareForShutdown", body=(True,)):
                self._tasks.start(self._leave_and_release(), "leaving before the machine goes down")
            case Signal(member="PrepareForShutdown", body=(False,)):
                self._stay()
                self._tasks.start(self._inhibit_again(), "asking for a moment the next time")
            case _:
                pass

    async def _leave_and_release(self) -> None:
        try:
            await self._leave()
        finally:
            self._release()

    async def _inhibit_again(self) -> None:
        try:
            await self._inhibit(self._buses[BusKind.SYSTEM])
        except BusError as error:
            log.info("the next end of the session is not noticed there: %s", error)

    def _release(self) -> None:
        if self._delay is not None:
            os.close(self._delay)
            self._delay = None
