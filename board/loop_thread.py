# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread with an event loop of its own, beside the loop that the window lives on. What runs there may wait for a
disk; nobody waits for the thread without end.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Starts at once; `stop` ends it. Its methods are called on the other loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._ended = Future[None]()
        self._stopped = False
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function there; return what it returns, or raise what it raises."""

        async def called() -> T:
            return function(*arguments)

        return await self.run(called())

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there; return what it returns, or raise what it raises; CancelledError once stopped."""
        if self._stopped:
            work.close()
            raise asyncio.CancelledError
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def post(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have a function called there, after all that was asked before; once stopped, nothing more is called."""
        if not self._stopped:
            self._loop.call_soon_threadsafe(function, *arguments)

    async def stop(self, seconds: float) -> bool:
        """End the loop; tell whether it ended in time. A thread that hangs is left alone: no exit waits for it."""
        self._stopped = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._ended)), seconds)
        except TimeoutError:
            return False
        return True

    def _run(self) -> None:
        try:
            asyncio.set_event_loop(self._loop)
            self._loop.run_forever()
            self._end_tasks()
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()
            self._ended.set_result(None)

    def _end_tasks(self) -> None:
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))
