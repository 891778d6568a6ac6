# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Owned tasks and the end by signal."""

import asyncio
import logging
import os
import signal

import pytest

from board.loop import Tasks, run_plain


async def test_a_failed_task_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> None:
        raise ValueError("as it should")

    tasks = Tasks()
    with caplog.at_level(logging.ERROR, "board.loop"):
        await asyncio.wait([tasks.start(fails(), "the failing one")])
    assert [(record.getMessage(), record.exc_info is not None) for record in caplog.records] == [
        ("the failing one failed", True)
    ]
    caplog.clear()


async def test_closing_cancels_and_waits() -> None:
    tidied = asyncio.Event()

    async def runs_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            tidied.set()

    tasks = Tasks()
    tasks.start(runs_on(), "one that runs on")
    await asyncio.sleep(0)
    await tasks.close()
    assert tidied.is_set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_program_to_end(number: signal.Signals) -> None:
    async def program(stop: asyncio.Event) -> str:
        os.kill(os.getpid(), number)
        async with asyncio.timeout(5):
            await stop.wait()
        return "ended in order"

    assert run_plain(program) == "ended in order"
