# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a source told, for tests to wait for."""

import asyncio

from board.status.causes import Cause

WAIT = 10.0


class Heard:
    """Keeps what was told, in order."""

    def __init__(self) -> None:
        self.all = list[Cause | None]()
        self._came = asyncio.Event()

    def __call__(self, cause: Cause | None) -> None:
        self.all.append(cause)
        self._came.set()

    async def count(self, number: int) -> list[Cause | None]:
        """Return all that was told once it is `number` at least."""
        async with asyncio.timeout(WAIT):
            while len(self.all) < number:
                self._came.clear()
                await self._came.wait()
        return list(self.all)
