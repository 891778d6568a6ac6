# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The moment that logind gives a program before the machine goes down or to sleep (its delay inhibitors)."""

import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from types import MappingProxyType

from board.automatic.bus import Bus, BusError, BusKind, OpenBus, Signal
from board.loop import Tasks

log = logging.getLogger(__name__)

LOGIN, LOGIN_PATH, LOGIN_MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"
_WHY = "The others shall see that you have left"


class Ending(Enum):
    """What the machine is about to do, in logind's word."""

    SHUTDOWN = "shutdown"
    SLEEP = "sleep"


_SIGNALS: Mapping[Ending, str] = MappingProxyType(
    {Ending.SHUTDOWN: "PrepareForShutdown", Ending.SLEEP: "PrepareForSleep"}
)


class LoginDelay:
    """Holds an ending up until `begins` has returned; `over` is called when it was called off, or the machine wakes.

    Without a logind one line says so and nothing is held up.
    """

    def __init__(
        self,
        ending: Ending,
        begins: Callable[[], Awaitable[None]],
        over: Callable[[], None],
        open_bus: OpenBus = Bus.open,
    ) -> None:
        self._ending = ending
        self._begins = begins
        self._over = over
        self._open = open_bus
        self._tasks = Tasks()
        self._held: int | None = None

    def start(self) -> None:
        """Ask for the moment; must be called on the running loop."""
        self._tasks.start(self._follow(), f"delay of {self._ending.value}")

    async def stop(self) -> None:
        """Hold nothing up any more."""
        await self._tasks.close()

    async def _follow(self) -> None:
        try:
            self._bus = await self._open(BusKind.SYSTEM, self._hear)
            try:
                await self._bus.listen(LOGIN_MANAGER, _SIGNALS[self._ending], sender=LOGIN)
                await self._hold()
                await self._bus.gone()
            finally:
                self._release()
                await self._bus.close()
        except BusError as error:
            log.info("%s is not noticed: %s", self._ending.value, error)

    async def _hold(self) -> None:
        asked = (self._ending.value, "Presence board", _WHY, "delay")
        self._held = await self._bus.call_for_file(LOGIN, LOGIN_PATH, LOGIN_MANAGER, "Inhibit", "ssss", asked)

    def _hear(self, signal: Signal) -> None:
        match signal:
            case Signal(interface=interface, member=member) if (interface, member) != self._wanted:
                pass
            case Signal(body=(True,)):
                self._tasks.start(self._begin(), f"before {self._ending.value}")
            case Signal(body=(False,)):
                self._over()
                self._tasks.start(self._hold_again(), f"delay of the next {self._ending.value}")

    @property
    def _wanted(self) -> tuple[str, str]:
        return LOGIN_MANAGER, _SIGNALS[self._ending]

    async def _begin(self) -> None:
        try:
            await self._begins()
        finally:
            self._release()

    async def _hold_again(self) -> None:
        self._release()
        try:
            await self._hold()
        except BusError as error:
            log.info("the next %s is not noticed: %s", self._ending.value, error)

    def _release(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None
