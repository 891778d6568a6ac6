# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A pool with real workers, for a test: what it told, and ways to wait for it."""

import asyncio
from collections.abc import Callable

from board.events import PbxChanged, StateNotified, SubscriptionChanged, WatchEvent
from board.pidf.document import Document
from board.sip.account import Account
from board.sip.pool import Pool
from board.states import DeviceState


class PoolOffice:
    """A pool on one account, and what it told."""

    def __init__(self, account: Account, *extensions: str, command: tuple[str, ...] | None = None) -> None:
        self.extensions = extensions
        self.events: list[WatchEvent] = []
        self._happened = asyncio.Event()
        self.pool = Pool([(account, extensions)], self._take, command=command)

    def _take(self, event: WatchEvent) -> None:
        self.events.append(event)
        self._happened.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 15.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._happened.clear()
                await self._happened.wait()

    async def until_device(self, extension: str, device: DeviceState) -> None:
        """Wait until the extension's device is so."""
        await self.until(lambda: self.device(extension) is device)

    async def until_true(self, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait for something that no event of the pool goes with."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.01)

    def document(self, extension: str) -> Document | None:
        """The last document of an extension."""
        found = [e for e in self.events if isinstance(e, StateNotified) and e.address.extension == extension]
        return found[-1].document if found else None

    def device(self, extension: str) -> DeviceState | None:
        document = self.document(extension)
        return document.device if document else None

    def is_live(self) -> bool:
        """Whether every extension has a state that is known to be current."""
        states = [self.state(extension) for extension in self.extensions]
        return all(state is not None and not state.stale for state in states) and None not in map(
            self.device, self.extensions
        )

    def health(self) -> PbxChanged | None:
        """The last word on the PBX."""
        found = [e for e in self.events if isinstance(e, PbxChanged)]
        return found[-1] if found else None

    def state(self, extension: str) -> SubscriptionChanged | None:
        found = [e for e in self.events if isinstance(e, SubscriptionChanged) and e.address.extension == extension]
        return found[-1] if found else None

    def workers(self) -> list[int]:
        return [worker.pid for site in self.pool._sites for worker in site._workers.values()]
