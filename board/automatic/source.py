# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every automatic source has in common: it is started, tells its cause whenever that changes, and is stopped."""

from collections.abc import Callable
from typing import Protocol

from board.status.causes import Cause

Tell = Callable[[Cause | None], None]


class Source(Protocol):
    """Something that notices by itself what its user does.

    It calls `tell` on the loop that started it: once when it has looked for the first time, also where it finds
    nothing or cannot look at all, and then on every change.
    """

    def start(self, tell: Tell) -> None:
        """Begin to look; must be called on the running loop."""

    async def stop(self) -> None:
        """End; nothing is told from here on."""
