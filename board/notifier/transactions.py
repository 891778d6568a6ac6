# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Non-INVITE transactions (RFC 3261 section 17): answers kept for repeated requests, requests sent until answered.

Sans-I/O: what is to be sent goes to `send`, moments come in as `now`. A final answer ends a client transaction at
once: timer K would only swallow its repetitions, and an answer that belongs to nothing is dropped anyway.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from board.notifier.settings import T1, T2, Peer, Send
from board.notifier.timers import Timers
from board.wire import Request, Response

MAGIC_COOKIE = "z9hG4bK"
TIMER_F = 64 * T1
TIMER_J = 64 * T1

Outcome = Callable[[Response | None, float], None]
"""Called with the final answer, or with None when none came (timer F, or the path is gone), and the moment."""


def server_key(request: Request, peer: Peer) -> Hashable:
    """Return what a repeated request has in common with the first (RFC 3261 section 17.2.3)."""
    via = request.via
    if via.branch.startswith(MAGIC_COOKIE):
        return (via.branch, via.host.lower(), via.port, request.method, peer.flow)
    return (request.uri, request.call_id, request.cseq, request.from_.tag, request.to.tag, str(via), peer.flow)


class ServerTransactions:
    """The answers given over UDP in the last 32 s; at most `limit`, the oldest go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._answers = dict[Hashable, Send]()
        self._ends = Timers[Hashable]()

    def __len__(self) -> int:
        return len(self._answers)

    def answer_to(self, key: Hashable) -> Send | None:
        """Return the answer given before, None for a new request."""
        return self._answers.get(key)

    def keep(self, key: Hashable, answer: Send, now: float) -> None:
        """Keep an answer for timer J; a connection repeats nothing, so its answers are not kept."""
        if answer.peer.reliable:
            return
        self._answers[key] = answer
        self._ends.set(key, now + TIMER_J)
        if len(self._answers) > self._limit:
            oldest = next(iter(self._answers))
            del self._answers[oldest]
            self._ends.cancel(oldest)

    @property
    def next(self) -> float | None:
        """When something is to be forgotten."""
        return self._ends.next

    def handle(self, now: float) -> None:
        """Forget what is old."""
        for key in self._ends.due(now):
            self._answers.pop(key, None)


@dataclass(slots=True)
class _Pending:
    send: Send
    method: str
    outcome: Outcome
    pause: float
    ends: float
    proceeding: bool = False


class ClientTransactions:
    """Requests under way, by branch."""

    def __init__(self, send: Callable[[Send], None]) -> None:
        self._send = send
        self._pending = dict[str, _Pending]()
        self._timers = Timers[str]()

    def __len__(self) -> int:
        return len(self._pending)

    def start(self, branch: str, method: str, message: Send, outcome: Outcome, now: float) -> None:
        """Send a request and keep at it; `outcome` is called once."""
        pending = _Pending(message, method, outcome, T1, now + TIMER_F)
        self._pending[branch] = pending
        self._timers.set(branch, pending.ends if message.peer.reliable else now + T1)
        self._send(message)

    def receive(self, response: Response, now: float) -> bool:
        """Take a response; tell whether it belongs to a request of ours."""
        branch = response.via.branch
        pending = self._pending.get(branch)
        if pending is None or response.cseq[1] != pending.method:
            return False
        if response.status < 200:
            pending.proceeding = True
            return True
        self._end(branch, pending, response, now)
        return True

    def path_gone(self, peer: Peer, now: float) -> None:
        """End the requests that went to a peer that cannot be reached any more."""
        for branch, pending in [item for item in self._pending.items() if item[1].send.peer == peer]:
            self._end(branch, pending, None, now)

    @property
    def next(self) -> float | None:
        """When something is to be sent again or given up."""
        return self._timers.next

    def handle(self, now: float) -> None:
        """Send again what timer E is due for, give up what timer F is due for."""
        for branch in self._timers.due(now):
            pending = self._pending.get(branch)
            if pending is None:  # the outcome of another one ended it
                continue
            if now >= pending.ends:
                self._end(branch, pending, None, now)
                continue
            pending.pause = T2 if pending.proceeding else min(2 * pending.pause, T2)
            self._timers.set(branch, min(now + pending.pause, pending.ends))
            self._send(pending.send)

    def _end(self, branch: str, pending: _Pending, response: Response | None, now: float) -> None:
        del self._pending[branch]
        self._timers.cancel(branch)
        pending.outcome(response, now)
