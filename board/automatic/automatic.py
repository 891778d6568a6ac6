# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""All automatic sources of one board, joined into the one proposal that stands below what a person chose."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from board.automatic.source import Source
from board.events import WatchEvent
from board.presence.value import Presence
from board.states import PresenceState
from board.status.automatic import Proposal
from board.status.causes import Cause, strongest

FIRST_LOOK_SECONDS = 10.0
"""How long a source that cannot see anything yet holds up the others' first word."""


class Automatic:
    """Joins what sources tell.

    `on_proposal` is called on the loop: once when all sources have looked (None where nothing applies, so that what an
    earlier run left behind can be taken back), then only on change. `on_quit` is what `quit` shows, None for nothing;
    `take` is given the session's events.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        on_proposal: Callable[[Proposal | None], None],
        on_quit: PresenceState | None = None,
        clock: Callable[[], float] = time.time,
        first_look: float = FIRST_LOOK_SECONDS,
        take: Callable[[WatchEvent], None] | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._on_proposal = on_proposal
        self._on_quit = on_quit
        self._clock = clock
        self._first_look = first_look
        self._take = take
        self._causes = dict[int, Cause | None]()
        self._chosen_at = float("-inf")
        self._told = False
        self._has_quit = False
        self._proposal: Proposal | None = None
        self._patience: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to look; must be called on the running loop."""
        self._patience = asyncio.get_running_loop().call_later(self._first_look, self._look_is_over)
        for number, source in enumerate(self._sources):
            source.start(partial(self._hear, number))
        self._weigh()

    async def stop(self) -> None:
        """End all sources; the last proposal stands."""
        if self._patience is not None:
            self._patience.cancel()
        await asyncio.gather(*(source.stop() for source in self._sources))

    def take(self, event: WatchEvent) -> None:
        """Show the sources an event of the session."""
        if self._take is not None:
            self._take(event)

    def chosen(self, at: float) -> None:
        """Take note that the person chose a status: a cause that began before it says nothing any more.

        Else a meeting that they waved aside would hide that they have left their desk since.
        """
        if at > self._chosen_at:
            self._chosen_at = at
            self._weigh()

    def quit(self) -> bool:
        """Propose what the rules say of somebody whose program ends, else nothing; return whether that is a change.

        A meeting or a call would be told for ever by a program that is not there to take it back. It stands until the
        next start, when the sources' first look takes its place; what they still tell now comes too late.
        """
        if self._on_quit is None and not self._told:
            return False
        self._has_quit = True
        return self._propose(Proposal(Presence(self._on_quit), self._clock()) if self._on_quit is not None else None)

    def _hear(self, number: int, cause: Cause | None) -> None:
        self._causes[number] = cause
        self._weigh()

    def _look_is_over(self) -> None:
        self._causes = {**dict.fromkeys(range(len(self._sources))), **self._causes}
        self._weigh()

    def _weigh(self) -> None:
        if self._has_quit or not all(number in self._causes for number in range(len(self._sources))):
            return
        causes = (cause for cause in self._causes.values() if cause is not None)
        self._propose(strongest(cause for cause in causes if cause.since >= self._chosen_at))

    def _propose(self, proposal: Proposal | None) -> bool:
        """Tell a proposal, unless it is told already; return whether it was not."""
        if self._told and proposal == self._proposal:
            return False
        self._told, self._proposal = True, proposal
        self._on_proposal(proposal)
        return True
