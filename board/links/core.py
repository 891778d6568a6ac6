# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A status straight into a presence core of ours, which is the truth itself where no PBX is.

The core of a data folder is asked over its control socket while a `serve` runs there, so that its watchers hear at
once; else its store is opened here, which the others then read.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from board.control import ask
from board.core_calls import FunctionCall, user_name
from board.links.delivery import Fate, Outcome
from board.links.link import AwayError, BarredError, Reach
from board.links.setter import Core, Setter
from board.places import CORE_STORE
from board.presence.core import PresenceCore
from board.presence.custom import custom_name
from board.presence.database import Origin
from board.presence.store import Store, StoreError
from board.presence.value import Presence, Refused, value_of
from board.threads import off_the_loop


class CoreLink:
    """Sets the status of any entity of a core."""

    heard = None

    def __init__(self, core: Core) -> None:
        self._core = core

    @classmethod
    def of(cls, setter: Setter, reach: Reach) -> Self:
        """Make the link of a setter, which must have a core."""
        assert setter.core is not None
        return cls(setter.core)

    def start(self) -> None:
        """Do nothing: the core is there."""

    async def stop(self) -> None:
        """Do nothing."""

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Set a status."""
        try:
            await self._core.write(entity, presence)
        except StoreError as error:
            return Outcome(Fate.AWAY, str(error))
        except Refused as error:
            return Outcome(Fate.REFUSED, _refusal(error))
        return Outcome(Fate.ACCEPTED)

    def unread(self, entity: str) -> str:
        """Say what to look at where a status was taken but is not shown."""
        return f"check the store of the presence core, presence-board function 'PRESENCE_STATE({entity})'"

    async def read(self, entity: str) -> Presence | None:
        """Ask for a status. Raises AwayError or BarredError."""
        try:
            found = await self._core.read(entity)
        except StoreError as error:
            raise AwayError(str(error)) from None
        except Refused as error:
            raise BarredError(_refusal(error), for_good=True) from None
        if found is None:
            raise BarredError(f"what the presence core keeps for {entity} cannot be read; set it anew", for_good=False)
        return found


class StoredCore:
    """The core of a data folder. `retention` is for how many seconds its history is kept, None for ever."""

    def __init__(self, folder: Path, retention: float | None) -> None:
        self._folder = folder
        self._retention = retention

    async def write(self, entity: str, presence: Presence) -> None:
        """Set a status; it is on the disk when this returns. Raises StoreError, and Refused."""
        await off_the_loop(lambda: self._write(entity, value_of(presence)), "presence core")

    async def read(self, entity: str) -> Presence | None:
        """Return a status, None where what is kept cannot be read. Raises StoreError, and Refused."""
        return await off_the_loop(lambda: self._read(entity), "presence core")

    def _write(self, entity: str, value: str) -> None:
        reply = ask(self._folder, FunctionCall(f"PRESENCE_STATE({entity})", value)) if self._folder.exists() else None
        if reply is None:
            with self._opened() as core:
                core.set_presence(entity, value, Origin(time.time(), user_name(), "status"))
        elif not reply.done:
            raise Refused(" ".join(reply.warnings) or "it did not say why")

    def _read(self, entity: str) -> Presence | None:
        with self._opened() as core:
            return core.custom.read(custom_name(entity))

    @contextmanager
    def _opened(self) -> Iterator[PresenceCore]:
        with Store(self._folder / CORE_STORE, self._retention) as store:
            yield PresenceCore(store)


def _refusal(error: Refused) -> str:
    return f"the presence core refused: {error}"
