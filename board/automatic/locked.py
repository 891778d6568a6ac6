# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source that notices a locked screen: what screen savers tell on the session's bus, and logind on the system's."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from board.automatic.bus import DBUS, PROPERTIES, Bus, BusError, BusKind, OpenBus, Signal
from board.automatic.source import Tell
from board.presence.value import Presence
from board.states import PresenceState
from board.status.causes import Cause, Kind

log = logging.getLogger(__name__)

SAVERS: Mapping[str, str] = MappingProxyType(
    {
        "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
        "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
        "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
        "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
        "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
    }
)
"""Each one's name on the bus, which is its interface's too, and where it lives."""
LOGIN = "org.freedesktop.login1"
LOGIN_SESSION = "org.freedesktop.login1.Session"
REOPEN_SECONDS = 60.0


class LockSource:
    """Tells that the screen is locked, or its saver shown: nobody is at the desk.

    It looks on both buses, as some desktops tell on one of them only. Where neither tells anything, one line says so; a
    bus that ends is looked for again.
    """

    def __init__(
        self, state: PresenceState, open_bus: OpenBus = Bus.open, clock: Callable[[], float] = time.time
    ) -> None:
        self._presence = Presence(state)
        self._open = open_bus
        self._clock = clock
        self._locked = set[str]()
        self._looked = set[BusKind]()
        self._silent = list[str]()
        self._cause: Cause | None = None
        self._told = False
        self._tell: Tell | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, tell: Tell) -> None:
        """Begin to listen."""
        self._tell = tell
        self._tasks = [
            asyncio.create_task(self._follow(BusKind.SESSION, self._begin_savers, self._saver), name="screen savers"),
            asyncio.create_task(self._follow(BusKind.SYSTEM, self._begin_login, self._login), name="logind"),
        ]

    async def stop(self) -> None:
        """Listen no more."""
        self._tell = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(
        self, kind: BusKind, begin: Callable[[Bus], Awaitable[None]], hear: Callable[[Signal], None]
    ) -> None:
        """Listen on one bus for as long as there is one that tells something."""
        try:
            while True:
                bus = await self._open(kind, hear)
                try:
                    await begin(bus)
                    self._has_looked(kind)
                    await bus.gone()
                finally:
                    await bus.close()
                self._forget(kind)
                await asyncio.sleep(REOPEN_SECONDS)
        except BusError as error:
            self._silent.append(str(error))
            if len(self._silent) == len(BusKind):
                log.warning("nothing here tells whether the screen is locked: %s", "; ".join(self._silent))
            self._has_looked(kind)

    # -- screen savers ----------------------------------------------------------------------------------------------

    async def _begin_savers(self, bus: Bus) -> None:
        for name, path in SAVERS.items():
            await bus.listen(name, "ActiveChanged")
            await bus.listen(DBUS, "NameOwnerChanged", sender=DBUS, arg0=name)
            if await bus.is_owned(name):
                with suppress(BusError):  # one that does not tell how it is may still tell how it changes
                    (active,) = await bus.call(name, path, name, "GetActive")
                    self._hear(name, bool(active))

    def _saver(self, signal: Signal) -> None:
        match signal:
            case Signal(member="ActiveChanged", body=(bool(active),)) if signal.interface in SAVERS:
                self._hear(signal.interface, active)
            case Signal(member="NameOwnerChanged", body=(str(name), _, "")):
                self._hear(name, False)
            case _:
                pass

    # -- logind -----------------------------------------------------------------------------------------------------

    async def _begin_login(self, bus: Bus) -> None:
        session = await bus.property(LOGIN, "/org/freedesktop/login1/session/auto", LOGIN_SESSION, "Id")
        (path,) = await bus.call(LOGIN, "/org/freedesktop/login1", f"{LOGIN}.Manager", "GetSession", "s", (session,))
        await bus.listen(PROPERTIES, "PropertiesChanged", sender=LOGIN, path=path)
        self._hear(LOGIN, bool(await bus.property(LOGIN, path, LOGIN_SESSION, "LockedHint")))

    def _login(self, signal: Signal) -> None:
        match signal:
            case Signal(member="PropertiesChanged", body=(_, {"LockedHint": bool(locked)}, _)):
                self._hear(LOGIN, locked)
            case _:
                pass

    # -- what is known ----------------------------------------------------------------------------------------------

    def _hear(self, who: str, locked: bool) -> None:
        (self._locked.add if locked else self._locked.discard)(who)
        self._say()

    def _has_looked(self, kind: BusKind) -> None:
        self._looked.add(kind)
        self._say()

    def _forget(self, kind: BusKind) -> None:
        """What a bus told is not known any more when it has ended."""
        self._locked -= {who for who in self._locked if (who == LOGIN) is (kind is BusKind.SYSTEM)}
        self._say()

    def _say(self) -> None:
        """Tell what changed, once both buses were looked at."""
        if self._tell is None or len(self._looked) < len(BusKind):
            return
        if self._told and bool(self._locked) is (self._cause is not None):
            return
        self._told = True
        self._cause = Cause(Kind.LOCKED, self._presence, self._clock()) if self._locked else None
        self._tell(self._cause)
