# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources that notice that the user leaves with the machine: it goes down or to sleep, or the session ends. They
ask for the moment that it takes until the others see it.

A desktop ends a program without a word: its display is gone, and with it the program. GNOME's session manager (and
those made after it) asks its clients first, logind before it ends or sleeps.
"""

import logging
import os
import time
from collections.abc import Awaitable, Callable

from board.automatic.bus import Bus, BusError, BusKind, OpenBus, Signal
from board.automatic.login_delay import Ending, LoginDelay
from board.automatic.source import Tell
from board.loop import Tasks
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind

log = logging.getLogger(__name__)

MANAGER, MANAGER_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
CLIENT = "org.gnome.SessionManager.ClientPrivate"
APPLICATION = "presence-board"
Settle = Callable[[], Awaitable[None]]


class SleepSource:
    """Tells that the machine sleeps: nobody touches it then, and it cannot tell so itself any more."""

    def __init__(self, settle: Settle, open_bus: OpenBus = Bus.open, clock: Callable[[], float] = time.time) -> None:
        self._settle = settle
        self._clock = clock
        self._tell: Tell | None = None
        self._delay = LoginDelay(Ending.SLEEP, self._sleep, self._wake, open_bus)

    def start(self, tell: Tell) -> None:
        """Begin to listen."""
        self._tell = tell
        tell(None)
        self._delay.start()

    async def stop(self) -> None:
        """Listen no more, and hold nothing up."""
        self._tell = None
        await self._delay.stop()

    async def _sleep(self) -> None:
        if self._tell is not None:
            self._tell(Cause(Kind.IDLE, Presence(PresenceState.AWAY), self._clock()))
            await self._settle()

    def _wake(self) -> None:
        if self._tell is not None:
            self._tell(None)


class LeavingSource:
    """Tells that the session or the machine ends. `settle` returns when the others see it, or it has taken too long."""

    def __init__(
        self,
        state: PresenceState,
        settle: Settle,
        open_bus: OpenBus = Bus.open,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._presence = Presence(state)
        self._settle = settle
        self._open = open_bus
        self._clock = clock
        self._tasks = Tasks()
        self._tell: Tell | None = None
        self._client = ""
        self._delay = LoginDelay(Ending.SHUTDOWN, self._leave, self._stay, open_bus)

    def start(self, tell: Tell) -> None:
        """Begin to listen."""
        self._tell = tell
        tell(None)
        self._tasks.start(self._follow(), "session manager")
        self._delay.start()

    async def stop(self) -> None:
        """Listen no more, and hold nothing up."""
        self._tell = None
        await self._tasks.close()
        await self._delay.stop()

    async def _leave(self) -> None:
        if self._tell is not None:
            self._tell(Cause(Kind.QUIT, self._presence, self._clock()))
            await self._settle()

    def _stay(self) -> None:
        if self._tell is not None:
            self._tell(None)

    # -- the session manager ------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        try:
            self._bus = await self._open(BusKind.SESSION, self._hear)
            try:
                await self._register()
                await self._bus.gone()
            finally:
                await self._bus.close()
        except BusError as error:
            log.info("the end of the session is not noticed: %s", error)

    async def _register(self) -> None:
        if not await self._bus.is_owned(MANAGER):
            return
        for member in ("QueryEndSession", "EndSession", "CancelEndSession", "Stop"):
            await self._bus.listen(CLIENT, member, sender=MANAGER)
        names = (APPLICATION, os.environ.get("DESKTOP_AUTOSTART_ID", ""))
        (self._client,) = await self._bus.call(MANAGER, MANAGER_PATH, MANAGER, "RegisterClient", "ss", names)

    def _hear(self, signal: Signal) -> None:
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
            await self._bus.call(MANAGER, path, CLIENT, "EndSessionResponse", "bs", (True, ""))
        except BusError as error:
            log.info("the session manager was not answered: %s", error)
