# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source that notices an idle desk: one thread asks the desktop, which may block, and tells the loop."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from board.automatic.idle_monitor import IdleMonitor, NoIdleMonitorError, open_monitor
from board.automatic.source import Tell
from board.status.causes import Cause
from board.status.idle import IdleDesk
from board.status.rules import Rules

log = logging.getLogger(__name__)

REOPEN_SECONDS = 60.0
"""How long a desktop that stopped telling (its shell began anew) is left alone."""
END_SECONDS = 1.0


class IdleSource:
    """Tells that the desk is idle, by the rules' two stages.

    `open_way` returns a way to ask or raises NoIdleMonitorError; where there is none from the beginning, one line says
    so and the source stays silent.
    """

    def __init__(
        self,
        rules: Rules,
        open_way: Callable[[], IdleMonitor] = open_monitor,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._desk = IdleDesk(rules)
        self._open = open_way
        self._clock = clock
        self._stopping = threading.Event()
        self._ended: asyncio.Event | None = None

    def start(self, tell: Tell) -> None:
        """Begin to ask, in a thread of its own."""
        self._ended = asyncio.Event()
        work = (asyncio.get_running_loop(), tell, self._ended)
        threading.Thread(target=self._run, args=work, name="idle", daemon=True).start()

    async def stop(self) -> None:
        """Ask no more. A desktop that does not answer is not waited for."""
        self._stopping.set()
        if self._ended is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), END_SECONDS)

    def _run(self, loop: asyncio.AbstractEventLoop, tell: Tell, ended: asyncio.Event) -> None:
        def hear(cause: Cause | None) -> None:
            if not self._stopping.is_set():
                tell(cause)

        def say(cause: Cause | None) -> None:
            loop.call_soon_threadsafe(hear, cause)

        with suppress(RuntimeError):  # the loop is closed: it did not wait for a desktop that does not answer
            self._ask(say)
            loop.call_soon_threadsafe(ended.set)

    def _ask(self, say: Tell) -> None:
        try:
            monitor = self._open()
        except NoIdleMonitorError as error:
            log.info("nobody is shown as away when idle: %s", error)
            say(None)
            return
        while not self._stopping.is_set():
            self._follow(monitor, say)
            say(None)
            while not self._stopping.wait(REOPEN_SECONDS):
                with suppress(NoIdleMonitorError):
                    monitor = self._open()
                    break

    def _follow(self, monitor: IdleMonitor, say: Tell) -> None:
        """Ask until told to stop, or until there is no answer any more."""
        before: Cause | None = None
        first, pause = True, 0.0
        try:
            while not self._stopping.wait(pause):
                idle = monitor.idle()
                cause = self._desk.looked(idle, self._clock())
                if first or cause != before:
                    say(cause)
                first, before, pause = False, cause, self._desk.pause(idle)
        except NoIdleMonitorError as error:
            log.info("the desktop does not tell any more when nobody is there: %s", error)
        finally:
            monitor.close()
