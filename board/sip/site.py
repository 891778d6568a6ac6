# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One PBX of the pool: its policy, its shards' workers, and the traffic between them.

It feeds the policy what the workers saw, sends them what the policy wants, keeps them running, and arms the one timer
that the policy asks for. It decides nothing about subscriptions.
"""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from board.events import Address, StateNotified, WatchEvent
from board.sip.account import Account
from board.sip.clock import sleepless
from board.sip.crashes import Crashes, Pulse
from board.sip.messages import (
    Awake,
    Command,
    Fields,
    Notified,
    Observation,
    Reconnect,
    RequestAnswered,
    SendRequest,
    Start,
    Stop,
    Traced,
    Trouble,
)
from board.sip.policy import PbxPolicy
from board.sip.process import Departure, WorkerProcess
from board.sip.recycling import RECYCLE_STATUS

log = logging.getLogger(__name__)

OnEvent = Callable[[WatchEvent], None]


@dataclass(frozen=True, slots=True, eq=False)
class Sender:
    """Who sent a frame: which worker, for which shard of which PBX."""

    site: "Site"
    shard: int
    worker: WorkerProcess


Inbox = Callable[[Sender, list[bytes]], None]


class Site:
    """The workers and the policy of one account.

    `inbox` gets the frames of a shard's worker as they come; the pool hands their content back to `observed` when the
    loop has time for it.
    """

    def __init__(
        self,
        account: Account,
        shards: Sequence[tuple[str, ...]],
        user_agent: str,
        command: Sequence[str],
        on_event: OnEvent,
        inbox: Inbox,
    ) -> None:
        self.account = account
        self._user_agent = user_agent
        self._command = command
        self._on_event = on_event
        self._inbox = inbox
        self._policy = PbxPolicy(account.pbx, shards, random.random)
        self._crashes = [Crashes() for _ in shards]
        self._pulses = [Pulse() for _ in shards]
        self._workers: dict[int, WorkerProcess] = {}
        self._respawns: dict[int, asyncio.TimerHandle] = {}
        self._unanswered: dict[int, tuple[int, asyncio.Future[RequestAnswered]]] = {}
        self._serial = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> None:
        """Start every worker."""
        for shard in range(len(self._crashes)):
            self._spawn(shard)

    async def stop(self, seconds: float) -> None:
        """Unsubscribe everything and end the workers; what still runs after `seconds` is killed."""
        self._stopping = asyncio.Event()
        for handle in (*self._respawns.values(), *filter(None, [self._timer])):
            handle.cancel()
        for worker in self._workers.values():
            worker.send(Stop(seconds * 0.75))
        if self._workers:
            try:
                await asyncio.wait_for(self._stopping.wait(), seconds)
            except TimeoutError:
                log.warning("%s: %d SIP workers did not end in time", self.account.pbx, len(self._workers))
                for worker in tuple(self._workers.values()):
                    worker.kill()
                await self._stopping.wait()

    # -- the policy -----------------------------------------------------------------------------------------------

    def observed(self, shard: int, observation: Observation) -> None:
        """Take in what a worker saw."""
        if self._stopping is not None:
            return
        self._pulses[shard].beats()
        if isinstance(observation, Awake):
            return
        if isinstance(observation, Trouble | Traced):
            level = logging.INFO if isinstance(observation, Trouble) else logging.DEBUG
            log.log(level, "%s, SIP worker %d: %s", self.account.pbx, shard, observation.text)
            return
        if isinstance(observation, RequestAnswered):
            self._request_answered(observation)
            return
        self._policy.observed(shard, observation, sleepless(), time.time())
        if isinstance(observation, Notified) and observation.document is not None:
            address = Address(self.account.pbx, observation.extension)
            self._on_event(StateNotified(address, observation.document, observation.at))
        self._tell()

    def settle(self) -> None:
        """Send what the policy wants, and be called again when it says so."""
        if self._stopping is not None:
            return
        self._tell()
        for shard, command in self._policy.take_commands():
            self._order(shard, command)
        self._arm()

    def _order(self, shard: int, command: Command) -> None:
        worker = self._workers.get(shard)
        if worker is None:
            return
        if isinstance(command, Reconnect) and self._pulses[shard].ordered():
            log.error("%s: SIP worker %d hangs and is ended", self.account.pbx, shard)
            worker.kill()
        else:
            worker.send(command)

    def retry(self) -> None:
        """Try again now whatever was refused or is waiting."""
        self._policy.retry(sleepless(), time.time())
        self.settle()

    async def request(self, method: str, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        """Send a request to `user` at the PBX, once; return what came of it, status 0 where nobody answered."""
        shard, worker = next(iter(self._workers.items()), (0, None))
        if worker is None or self._stopping is not None:
            return RequestAnswered(0, 0, "no SIP worker runs", time.time())
        self._serial = serial = self._serial + 1
        future: asyncio.Future[RequestAnswered] = asyncio.get_running_loop().create_future()
        self._unanswered[serial] = (shard, future)
        worker.send(SendRequest(serial, method, user, fields, body))
        try:
            return await future
        finally:
            del self._unanswered[serial]

    def _request_answered(self, answer: RequestAnswered) -> None:
        _, future = self._unanswered.get(answer.serial, (0, None))
        if future is not None and not future.done():
            future.set_result(answer)

    def _give_up_requests(self, shard: int) -> None:
        """Tell whoever waits for an answer to a worker that is gone."""
        for serial, (sender, _) in tuple(self._unanswered.items()):
            if sender == shard:
                self._request_answered(RequestAnswered(serial, 0, "the SIP worker ended before an answer", time.time()))

    def _tell(self) -> None:
        for event in self._policy.take_events():
            self._on_event(event)

    def _arm(self) -> None:
        deadline = self._policy.next_deadline()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            delay = max(0.0, deadline - sleepless())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._policy.tick(sleepless(), time.time())
        self.settle()

    # -- the workers ----------------------------------------------------------------------------------------------

    def _spawn(self, shard: int) -> None:
        self._respawns.pop(shard, None)
        now = sleepless()
        self._crashes[shard].started(now)
        self._pulses[shard].beats()
        try:
            worker = WorkerProcess(
                self._command,
                lambda frames: self._inbox(sender, frames),
                lambda departure: self._gone(shard, departure),
                ("--trace",) if log.isEnabledFor(logging.DEBUG) else (),
            )
        except OSError as error:
            self._lost(shard, f"cannot start a SIP worker ({self._command[0]}): {error.strerror or error}")
            return
        self._workers[shard] = worker
        sender = Sender(self, shard, worker)
        worker.send(Start(self.account, self._user_agent))
        self._policy.shard_started(shard, now, time.time())
        self.settle()

    def _gone(self, shard: int, departure: Departure) -> None:
        del self._workers[shard]
        self._give_up_requests(shard)
        if self._stopping is not None:
            if not self._workers:
                self._stopping.set()
        elif departure.status == RECYCLE_STATUS:
            log.info("%s: SIP worker %d has grown large and is started afresh", self.account.pbx, shard)
            self._policy.shard_lost(shard, "started afresh", sleepless(), time.time())
            self._spawn(shard)
        else:
            self._lost(shard, _cause(departure))
            self._blame(shard, departure)

    def _lost(self, shard: int, reason: str) -> None:
        now = sleepless()
        delay = self._crashes[shard].delay(now)
        log.warning("%s: SIP worker %d: %s; the next starts in %.1f s", self.account.pbx, shard, reason, delay)
        self._policy.shard_lost(shard, reason, now, time.time())
        self.settle()
        self._respawns[shard] = asyncio.get_running_loop().call_later(delay, self._spawn, shard)

    def _blame(self, shard: int, departure: Departure) -> None:
        extension, now = departure.extension, sleepless()
        if extension and departure.status != 0 and self._crashes[shard].blames(extension, now):
            log.error("%s: messages for %s crash SIP worker %d: no longer watched", self.account.pbx, extension, shard)
            reason = f"what the PBX sends for {extension} crashes the SIP stack: not watched until the next start"
            self._policy.quarantined(shard, extension, reason, now, time.time())
            self.settle()


def _cause(departure: Departure) -> str:
    how = f"ended with status {departure.status}"
    if departure.status < 0:
        how = f"killed by {signal.Signals(-departure.status).name}"
    return ", ".join(filter(None, [how, departure.extension and f"at {departure.extension}", departure.words]))
