# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole office in simulated time: the policy under test, workers as the pool would run them, and a simulated PBX.

The workers do what commands say, as `board/sip/messages.py` describes it, and report what they see. Time jumps from
one event to the next; nothing sleeps.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from board.events import PbxChanged, SubscriptionChanged
from board.pidf.document import Document
from board.sip.messages import (
    Answered,
    Audit,
    Command,
    Notified,
    Observation,
    PathChanged,
    Probe,
    ProbeAnswered,
    Reconnect,
    Subscribe,
    Unsubscribe,
)
from board.sip.policy import PbxPolicy
from board.sip.timing import Timing
from board.states import PbxState, Subscription
from tests.fakes.simulated_pbx import Connection, Reply, Request, SimulatedPbx

EPOCH = 1_800_000_000.0
RETRANSMITS = (0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)


@dataclass(eq=False)
class SimulatedWorker:
    """One worker: its connection and its dialogs, by extension."""

    office: "Simulation"
    shard: int
    alive: bool = False
    connection: Connection | None = None
    dialogs: dict[str, int] = field(default_factory=dict)
    pending: set[Request] = field(default_factory=set)
    life: int = 0

    def start(self) -> None:
        self.alive = True
        self.life += 1
        self.office.policy.shard_started(self.shard, self.office.now, self.office.at)
        self._open()

    def crash(self) -> None:
        self.alive = False
        self.connection = None
        self.dialogs.clear()
        self.pending.clear()
        self.office.policy.shard_lost(self.shard, "killed by signal 9", self.office.now, self.office.at)

    def do(self, command: Command) -> None:
        match command:
            case Subscribe():
                for extension in command.extensions:
                    self._subscribe(extension)
            case Audit():
                self._send(Request("end", command.extension, self.dialogs[command.extension]))
                self._subscribe(command.extension)
            case Unsubscribe():
                for extension in command.extensions:
                    dialog = self.dialogs.pop(extension, 0)
                    if dialog and not command.quietly:
                        self._send(Request("end", extension, dialog))
            case Probe():
                self._send(Request("options", serial=command.serial))
            case Reconnect():
                self.connection = None
                self._open()

    def _open(self) -> None:
        office, life = self.office, self.life
        connection: list[Connection] = []

        def connect() -> None:
            if life != self.life or not self.alive:
                return
            made = office.pbx.connect(
                lambda reply: self._heard(connection[0], reply), lambda why: self._closed(connection[0], why)
            )
            if made is None:
                self._report(PathChanged(False, "connection refused", "", office.at))
                return
            connection.append(made)
            self.connection = made
            self._report(PathChanged(True, "", "", office.at))

        office.later(0.003, connect)

    def _closed(self, connection: Connection, why: str) -> None:
        if connection is self.connection:
            self.connection = None
            self._report(PathChanged(False, why, "", self.office.at))

    def _subscribe(self, extension: str) -> None:
        self.dialogs[extension] = self.office.new_dialog()
        self.office.sent[extension] += 1
        self.office.sent_at.append(self.office.now)
        self._send(Request("subscribe", extension, self.dialogs[extension]))

    def _send(self, request: Request) -> None:
        self.pending.add(request)
        delays = RETRANSMITS if self.office.pbx.transport == "udp" else (0.0,)
        for delay in delays[:1] if request.kind == "options" else delays:
            self.office.later(delay, lambda: self._transmit(request))
        self.office.later(32.0, lambda: self._give_up(request))

    def _transmit(self, request: Request) -> None:
        if (
            request in self.pending
            and self.connection is not None
            and self.office.pbx.request(self.connection, request)
        ):
            self.pending.discard(request)

    def _give_up(self, request: Request) -> None:
        if request in self.pending and (request.kind == "end" or self._current(request)):
            self._answer(request, 408, None)
        self.pending.discard(request)

    def _current(self, request: Request) -> bool:
        return self.dialogs.get(request.extension) == request.dialog

    def _heard(self, connection: Connection, reply: Reply) -> None:
        if connection is not self.connection:
            return
        request = reply.request
        if request.kind == "options":
            self._report(ProbeAnswered(request.serial, 200, self.office.pbx.latency * 2, self.office.at))
        elif request.kind == "end" and not reply.notify:
            self._answer(request, reply.status, reply.retry_after)
        elif not self._current(request):
            return
        elif reply.notify:
            self._notified(reply)
        else:
            self._answer(request, reply.status, reply.retry_after)
            if reply.status == 200:
                life = self.life
                self.office.later(
                    self.office.pbx.expires - 5,
                    lambda: self._refresh(request, life),
                )

    def _refresh(self, request: Request, life: int) -> None:
        if life == self.life and self.alive and self._current(request):
            self._send(request._replace(kind="refresh"))

    def _answer(self, request: Request, status: int, retry_after: float | None) -> None:
        expires = self.office.pbx.expires if status == 200 else None
        at = self.office.at
        self._report(Answered(request.extension, status, "", request.kind == "end", retry_after, expires, None, at))

    def _notified(self, reply: Reply) -> None:
        state = Subscription(reply.state)
        document = None
        if reply.version is not None:
            document = Document("application/pidf+xml", note=str(reply.version))
            self.office.shown[reply.request.extension] = reply.version
        expires = self.office.pbx.expires if state is Subscription.ACTIVE else None
        extension, at = reply.request.extension, self.office.at
        self._report(Notified(extension, state, reply.reason, reply.retry_after, expires, reply.gap, document, "", at))

    def _report(self, observation: Observation) -> None:
        if self.alive:
            self.office.policy.observed(self.shard, observation, self.office.now, self.office.at)


class Simulation:
    """`shards` x `size` extensions at one PBX. `stale` and `pbx_changes` hold what the events said."""

    def __init__(
        self,
        shards: int = 1,
        size: int = 100,
        transport: str = "udp",
        timing: Timing | None = None,
        seed: int = 1,
    ) -> None:
        self.now = 1000.0
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = 0
        self._dialogs = 0
        self.extensions = [tuple(str(1000 * (shard + 1) + number) for number in range(size)) for shard in range(shards)]
        self.pbx = SimulatedPbx(self.later, "tcp" if transport == "tcp" else "udp")
        self.policy = PbxPolicy("office", self.extensions, random.Random(seed).random, timing)
        self.workers = [SimulatedWorker(self, shard) for shard in range(shards)]
        self.shown: dict[str, int] = {}
        self.known: dict[str, SubscriptionChanged] = {}
        self.stale = {extension for shard in self.extensions for extension in shard}
        self.sent: Counter[str] = Counter()
        self.sent_at: deque[float] = deque(maxlen=200_000)
        self.events = 0
        self.pbx_changes: deque[PbxChanged] = deque(maxlen=10_000)
        self.commands: Counter[str] = Counter()
        self.ticks = 0

    @property
    def at(self) -> float:
        return EPOCH + self.now

    @property
    def pbx_state(self) -> PbxChanged:
        return self.pbx_changes[-1]

    def later(self, delay: float, function: Callable[[], None]) -> None:
        """Run `function` in `delay` simulated seconds."""
        self._serial += 1
        heapq.heappush(self._heap, (self.now + delay, self._serial, function))

    def new_dialog(self) -> int:
        self._dialogs += 1
        return self._dialogs

    def start(self) -> "Simulation":
        """Start all workers."""
        for worker in self.workers:
            worker.start()
        self.collect()
        return self

    def crash(self, shard: int, respawn: float = 0.4) -> None:
        """Kill a worker; the pool starts another."""
        self.workers[shard].crash()
        self.later(respawn, self.workers[shard].start)
        self.collect()

    def correct(self) -> bool:
        """Whether every extension is shown fresh, in its true state, and will be told of the next change."""
        if self.stale:
            return False
        followed = {dialog.request.dialog for dialog in self.pbx.dialogs.values() if dialog.connection.open}
        return all(
            self.shown.get(extension) == self.pbx.states.get(extension) and worker.dialogs.get(extension) in followed
            for worker, extensions in zip(self.workers, self.extensions, strict=True)
            for extension in extensions
        )

    def run(self, seconds: float) -> None:
        """Let simulated time pass."""
        end = self.now + seconds
        while self._step(end):
            pass
        self.now = end

    def run_until(self, condition: Callable[[], bool], within: float) -> float:
        """Let time pass until `condition` holds; return how long it took, fail after `within` seconds."""
        start = self.now
        while not condition():
            if not self._step(start + within):
                raise AssertionError(f"not so after {within} simulated seconds; stale: {sorted(self.stale)[:5]}")
        return self.now - start

    def subscribes_since(self, moment: float) -> int:
        """How many SUBSCRIBEs (retransmissions not counted) were sent after `moment`."""
        return sum(1 for at in self.sent_at if at > moment)

    def busiest_second(self, since: float = 0.0) -> int:
        """The most SUBSCRIBEs that were sent within any one second after `since`."""
        window: deque[float] = deque()
        most = 0
        for at in (at for at in self.sent_at if at >= since):
            window.append(at)
            while window[0] <= at - 1.0:
                window.popleft()
            most = max(most, len(window))
        return most

    def collect(self) -> None:
        """Carry out the policy's commands and take in its events."""
        for shard, command in self.policy.take_commands():
            self.commands[type(command).__name__] += 1
            if self.workers[shard].alive:
                self.workers[shard].do(command)
        for event in self.policy.take_events():
            self.events += 1
            if isinstance(event, PbxChanged):
                self.pbx_changes.append(event)
                continue
            extension = event.address.extension
            assert event != self.known.get(extension), "an event that changes nothing"
            self.known[extension] = event
            (self.stale.add if event.stale else self.stale.discard)(extension)

    def _step(self, end: float) -> bool:
        """Do what happens next, if that is before `end`."""
        due = self.policy.next_deadline()
        first = self._heap[0][0] if self._heap else None
        if first is not None and first <= end and (due is None or first <= due):
            self.now, _, function = heapq.heappop(self._heap)
            function()
        elif due is not None and due <= end:
            assert due >= self.now, "a deadline in the past"
            self.now = due
            self.ticks += 1
            self.policy.tick(self.now, self.at)
            after = self.policy.next_deadline()
            assert after is None or after > self.now, "a tick that leaves its deadline where it was"
        else:
            return False
        self.collect()
        return True


def silent(office: Simulation) -> bool:
    """Whether the board says that the PBX is silent, and nothing looks fresh."""
    return office.pbx_state.state is PbxState.SILENT and len(office.stale) == sum(map(len, office.extensions))
