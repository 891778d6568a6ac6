# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Garbage that may hold widgets is collected on the window's thread, whichever thread makes it necessary."""

import asyncio
import gc
import threading

import pytest
from PySide6.QtWidgets import QApplication

from board import loop
from board.loop import run_qt


class Ring:
    """Garbage that only the collector finds; tells on which thread it was found."""

    def __init__(self, found: list[int]) -> None:
        self._self = self
        self._found = found

    def __del__(self) -> None:
        self._found.append(threading.get_ident())


def test_another_thread_destroys_nothing(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "COLLECT_SECONDS", 0.01)
    found: list[int] = []

    def litter() -> list[list[int]]:
        for _ in range(20):
            Ring(found)
        return [[number] for number in range(5000)]  # more than Python lets pass without a look

    async def program(_: asyncio.Event) -> None:
        kept = await asyncio.to_thread(litter)
        async with asyncio.timeout(20):
            while len(found) < 20:  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.01)
        assert kept

    run_qt(qapp, program)
    assert set(found) == {threading.get_ident()}
    assert gc.isenabled()
