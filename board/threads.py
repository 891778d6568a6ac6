# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocking work beside an event loop, in a thread that no exit waits for."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


async def off_the_loop(work: Callable[[], _Result], name: str) -> _Result:
    """Run blocking work that may never come back, such as a key store that asks its user, a folder on a dead server.

    asyncio.to_thread would hold up the end of the program until it does. `name` is the thread's.
    """
    loop = asyncio.get_running_loop()
    outcome = Future[_Result]()

    def run() -> None:
        outcome.set_running_or_notify_cancel()  # so that nobody can cancel it under our hands
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await asyncio.wrap_future(outcome, loop=loop)
