# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A loop in a thread: what is asked of it, in order, and its end."""

import asyncio
import threading

import pytest

from board.loop_thread import LoopThread

SOON = 5.0


async def test_what_runs_there_is_not_here() -> None:
    thread = LoopThread("test")
    try:
        assert await thread.call(threading.get_ident) != threading.get_ident()
        assert await thread.call(divmod, 7, 2) == (3, 1)
        assert await thread.run(asyncio.sleep(0, "there")) == "there"
        with pytest.raises(ZeroDivisionError):
            await thread.call(divmod, 7, 0)
    finally:
        assert await thread.stop(SOON)


async def test_what_is_posted_comes_in_order_and_nothing_after_the_end() -> None:
    thread, came = LoopThread("test"), list[int]()
    for number in range(100):
        thread.post(came.append, number)
    assert await thread.stop(SOON)
    thread.post(came.append, -1)
    assert came == list(range(100))
    with pytest.raises(asyncio.CancelledError):
        await thread.call(came.append, -1)


async def test_what_still_runs_is_cancelled_at_the_end() -> None:
    thread, cancelled = LoopThread("test"), threading.Event()

    async def endless() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            cancelled.set()

    waiting = asyncio.create_task(thread.run(endless()))
    await thread.call(int)
    assert await thread.stop(SOON)
    assert cancelled.is_set()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_thread_that_hangs_is_left_alone() -> None:
    thread, disk = LoopThread("test"), threading.Event()
    thread.post(disk.wait)
    try:
        assert not await thread.stop(0.05)
    finally:
        disk.set()
        assert await thread.stop(SOON)
