# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool: every watched extension of every PBX, spread over workers, as one stream of events on one asyncio loop.

It shards, and shares out the loop's time: what the workers send is taken in slices, so that a window on the same
thread keeps its frames. Everything of one PBX is its `Site`'s.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from board.sip.account import Account
from board.sip.messages import Fields, Observation, RequestAnswered
from board.sip.pipe import PipeError, read_frame
from board.sip.process import worker_command
from board.sip.site import OnEvent, Sender, Site
from board.version import USER_AGENT

log = logging.getLogger(__name__)

SHARD = 250
"""Extensions a worker at most: pjsua2 aborts at 257 buddies."""
SLICE = 0.003
"""Seconds of the loop's time that are taken at once."""
BACKLOG = 16
"""Unread frames of a worker at which its pipe is left alone for a while."""


def shards(extensions: Iterable[str], most: int = SHARD) -> tuple[tuple[str, ...], ...]:
    """Spread extensions, each once, over as few shards of about equal size as will hold them."""
    unique = tuple(dict.fromkeys(extensions))
    count = -(-len(unique) // most)
    return tuple(unique[index::count] for index in range(count))


class Pool:
    """Watches extensions of PBXs; calls `on_event` for everything that becomes known, on the loop's thread.

    `watched` pairs each account with the extensions to watch there. `user_agent` and `command` (the command line of a
    worker) have their usual values by default.
    """

    def __init__(
        self,
        watched: Iterable[tuple[Account, Sequence[str]]],
        on_event: OnEvent,
        user_agent: str = USER_AGENT,
        command: Sequence[str] | None = None,
    ) -> None:
        program = tuple(command or worker_command())
        self._sites = [
            Site(account, shards(extensions), user_agent, program, on_event, self._receive)
            for account, extensions in watched
        ]
        self._mail: deque[tuple[Sender, bytes]] = deque()
        self._unread: Counter[Sender] = Counter()
        self._opened: deque[tuple[Sender, Observation]] = deque()
        self._stopped = False
        self._due: asyncio.Handle | None = None

    def start(self) -> None:
        """Start the workers; must be called on the running loop."""
        for site in self._sites:
            site.start()

    async def stop(self, seconds: float) -> None:
        """Unsubscribe everything, end the workers, kill what still runs after `seconds`. No event comes after it."""
        self._stopped = True
        if self._due is not None:
            self._due.cancel()
        await asyncio.gather(*(site.stop(seconds) for site in self._sites))

    def retry(self, pbx: str) -> None:
        """Try again now whatever the PBX refused or what is waiting for it."""
        for site in self._sites:
            if site.account.pbx == pbx:
                site.retry()

    async def request(self, pbx: str, method: str, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        """Send a MESSAGE or PUBLISH to `user` at a PBX, once; return what came of it, status 0 where nobody answered.

        `fields` are header fields beside those that every request has.
        """
        for site in self._sites:
            if site.account.pbx == pbx:
                return await site.request(method, user, fields, body)
        return RequestAnswered(0, 0, f"no account at {pbx}", time.time())

    # -- what the workers send ------------------------------------------------------------------------------------

    def _receive(self, sender: Sender, frames: list[bytes]) -> None:
        if self._stopped:
            return
        self._mail.extend((sender, content) for content in frames)
        self._unread[sender] += len(frames)
        if self._unread[sender] >= BACKLOG:
            sender.worker.pause()
        self._work_soon()

    def _work_soon(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        """Take in observations for one slice of time; the rest waits for the loop's next turn."""
        self._due = None
        until = time.perf_counter() + SLICE
        touched: dict[Site, None] = {}
        while self._next() and time.perf_counter() < until:
            sender, observation = self._opened.popleft()
            if not sender.worker.gone:  # the policy has heard of its end already
                sender.site.observed(sender.shard, observation)
                touched[sender.site] = None
        for site in touched:
            site.settle()
        if self._opened or self._mail:
            self._work_soon()

    def _next(self) -> bool:
        """Open the next frame if none is open; tell whether there is an observation to take."""
        while not self._opened and self._mail:
            sender, content = self._mail.popleft()
            self._unread[sender] -= 1
            if self._unread[sender] <= 0:
                del self._unread[sender]
                sender.worker.resume()
            try:
                self._opened.extend((sender, item) for item in read_frame(content, Observation.__args__))
            except PipeError as error:
                log.error("%s: SIP worker %d: %s", sender.site.account.pbx, sender.shard, error)
                sender.worker.kill()
        return bool(self._opened)
