# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One thread for Qt and asyncio: owned tasks, signals, ordered shutdown. The only importer of qasync.

A Qt slot stays synchronous and hands its coroutine to `Tasks`. Qt is imported only when a Qt loop is asked for, so
the commands without a window share this module.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)
T = TypeVar("T")

COLLECT_SECONDS = 1.0
"""How often the window's thread looks whether garbage is to be collected."""


class Tasks:
    """Owns coroutines that were started: keeps them alive, logs what they raise, cancels them at the end."""

    def __init__(self) -> None:
        self._running = set[asyncio.Task[Any]]()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine on the running loop under a name that shows in the log."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def run_plain(program: Callable[[asyncio.Event], Awaitable[T]]) -> T:
    """Run a program without Qt; the event it gets is set when SIGINT or SIGTERM asks it to end."""

    async def supervised() -> T:
        return await program(_stop_on_signals())

    with asyncio.Runner() as runner:
        return runner.run(supervised())


def run_qt(app: "QApplication", program: Callable[[asyncio.Event], Awaitable[T]]) -> T:
    """Run a program on Qt's own event loop; the event it gets is set when a signal asks it to end.

    Tasks that are left over are cancelled when it returns (asyncio.Runner). Closing the last window does not end
    the loop: the program does, when it has shut down in order.
    """
    import qasync

    app.setQuitOnLastWindowClosed(False)

    async def supervised() -> T:
        collecting = asyncio.get_running_loop().create_task(_collect_here(), name="collecting garbage")
        try:
            return await program(_stop_on_signals())
        finally:
            collecting.cancel()

    # Python would collect garbage on whatever thread allocates; one beside the window's must not destroy Qt's objects,
    # which are in use here: the process would crash.
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            return runner.run(supervised())
    finally:
        gc.collect()  # the windows, before the application that they stand on: the other way round, Qt may hang
        gc.enable()


async def _collect_here() -> None:
    """Collect garbage on this thread, as often as Python would, until cancelled."""
    while True:
        await asyncio.sleep(COLLECT_SECONDS)
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        if due := [generation for generation, (count, most) in enumerate(counts) if count > most]:
            gc.collect(due[-1])


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop
