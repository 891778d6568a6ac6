# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker: the child process that owns pjsua2, its border and the way to one PBX. `python -m board.sip.worker`.

One thread, one loop: what comes in at the pipe, the inner socket or the outer way goes through the border, and
pjsua2 works right after it was handed something. It decides nothing; opening a way, which may block, has a thread
of its own. No Qt, no asyncio, no configuration.
"""

import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable

from board.pidf import parse
from board.sip import recycling
from board.sip.border import Border
from board.sip.crumb import Crumb
from board.sip.engine import Engine, WatchError, leave
from board.sip.farewell import Farewell
from board.sip.messages import (
    Audit,
    Awake,
    Command,
    PathChanged,
    Probe,
    Reconnect,
    SendRequest,
    Start,
    Stop,
    Subscribe,
    Traced,
    Unsubscribe,
)
from board.sip.opener import Opener
from board.sip.opening import RECEIVE_BUFFER, Opened
from board.sip.trace import legible
from board.sip.uplink import Uplink
from board.sip.ways import LostError, Way, take

IDLE = 0.2
"""Seconds between looks at pjsua2's timers."""
HANDING = 10
"""Milliseconds that a message may take from the inner socket to pjsua2's; on loopback it is there at once."""
JOBS_A_TURN = 8
"""SUBSCRIBEs begun in one turn, so that their answers are taken in between."""
DATAGRAM = 65_536
PARTING = 0.3
"""Seconds given to the PBX to read our last answers."""
ORPHAN_SECONDS = 1.0
"""How long an orphaned worker, whose pool is gone, takes to unsubscribe."""
MEMORY_EVERY = 5.0


class Worker:
    """The loop and what it holds together."""

    def __init__(self, start: Start, uplink: Uplink, crumb: Crumb, tracing: bool = False) -> None:
        self._uplink = uplink
        self._tracing = tracing
        self._crumb = crumb
        self._opener = Opener(start.account)
        self._opener.begin()
        self._inner = _inner_socket()
        port = self._inner.getsockname()[1]
        self._engine = Engine(start.account, start.user_agent, port)
        self._border = Border(start.account, start.user_agent, f"127.0.0.1:{port}", os.urandom(32), parse)
        self._way: Way | None = None
        self._udp_port = 0
        self._jobs: deque[tuple[Callable[[str], None], str]] = deque()
        self._stopping: Farewell | None = None
        self._orphan = False
        self._measured = 0.0
        self._selector = selectors.DefaultSelector()
        self._selector.register(uplink.sock, selectors.EVENT_READ, self._read_pipe)
        self._selector.register(self._inner, selectors.EVENT_READ, self._settle)
        self._selector.register(self._opener.wake, selectors.EVENT_READ, self._take_way)

    def run(self) -> int:
        """Work until told to stop; return the exit status."""
        while self._stopping is None or not self._is_over(self._stopping):
            self._turn()
        self._uplink.flush()
        if self._way is not None:
            self._way.finish(PARTING)
        return self._stopping.status

    def _is_over(self, farewell: Farewell) -> bool:
        unanswered, unheard = self._border.farewells()
        return self._way is None or farewell.is_over(unanswered + len(self._jobs), unheard, time.monotonic())

    # -- the loop -------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        for key, _ in self._selector.select(0 if self._jobs else IDLE):
            key.data()
        for _ in range(min(JOBS_A_TURN, len(self._jobs))):
            job, extension = self._jobs.popleft()
            job(extension)
        self._engine.poll()
        self._settle()
        self._border.tick(time.monotonic(), time.time())
        self._watch_memory()
        self._uplink.flush()
        if not self._orphan:
            self._listen_for_room(self._uplink.sock, self._uplink.wants_write)
        if self._way is not None:
            self._listen_for_room(self._way.sock, self._way.wants_write)

    def _listen_for_room(self, sock: socket.socket, wanted: bool) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        key = self._selector.get_key(sock)
        if key.events != events:
            self._selector.modify(sock, events, key.data)

    def _settle(self) -> None:
        """Carry messages between both sides and pjsua2 until nobody has more to say."""
        outbox = self._border.outbox
        while True:
            self._read_inner()
            self._read_ended()
            if not (outbox.to_pbx or outbox.to_engine or outbox.renewals):
                break
            to_pbx, outbox.to_pbx = outbox.to_pbx, []
            for message in to_pbx:
                self._send(message.data, message.to)
            to_engine, outbox.to_engine = outbox.to_engine, []
            for handed in to_engine:
                self._hand(handed.data, handed.extension)
            renewals, outbox.renewals = outbox.renewals, []
            for extension in renewals:
                self._watch(extension)
        observations, outbox.observations = outbox.observations, []
        for observation in observations:
            self._uplink.report(observation)

    def _hand(self, data: bytes, extension: str) -> None:
        self._crumb.leave(extension)
        self._inner.sendto(data, self._engine.address)
        if not self._engine.poll():
            self._engine.poll(HANDING)
        self._crumb.leave("")

    def _read_inner(self) -> None:
        while True:
            try:
                data, address = self._inner.recvfrom(DATAGRAM)
            except BlockingIOError:
                return
            if address == self._engine.address:
                self._border.from_engine(data, time.monotonic(), time.time())

    def _read_ended(self) -> None:
        for ended in self._engine.take_ended():
            self._border.gave_up(ended.extension, ended.status, ended.phrase, time.monotonic(), time.time())
            self._engine.drop(ended.extension)

    # -- the way to the PBX ---------------------------------------------------------------------------------------

    def _take_way(self) -> None:
        result = self._opener.take()
        if isinstance(result, Opened):
            self._way = take(result)
            self._udp_port = result.end.port
            self._selector.register(self._way.sock, selectors.EVENT_READ, self._read_way)
            self._border.opened(result.end)
            self._report_path(True, "", result.remark)
        elif result is not None:
            self._report_path(False, result, "")

    def _read_way(self) -> None:
        if self._way is None:
            return
        try:
            self._way.flush()
            arrived = self._way.receive()
        except LostError as error:
            self._lose_way(str(error))
            return
        for data, source in arrived:
            self._trace("received", data)
            self._border.from_pbx(data, source, time.monotonic(), time.time())
        self._settle()

    def _send(self, data: bytes, to: tuple[str, int] | None) -> None:
        if self._way is None:
            return
        self._trace("sent", data)
        try:
            self._way.send(data, to)
        except LostError as error:
            self._lose_way(str(error))

    def _trace(self, direction: str, data: bytes) -> None:
        """Report a message for the debug log, at once: it may be the one that ends this process."""
        if self._tracing:
            self._uplink.report(Traced(legible(direction, data), time.time()))
            self._uplink.flush()

    def _lose_way(self, reason: str) -> None:
        self._close_way()
        self._report_path(False, reason, "")

    def _close_way(self) -> None:
        if self._way is not None:
            self._selector.unregister(self._way.sock)
            self._way.close()
            self._way = None
        self._border.closed(time.time())

    def _report_path(self, up: bool, reason: str, remark: str) -> None:
        self._uplink.report(PathChanged(up, reason, remark, time.time()))

    # -- commands -------------------------------------------------------------------------------------------------

    def _read_pipe(self) -> None:
        commands = self._uplink.receive()
        if commands is None:
            self._selector.unregister(self._uplink.sock)
            self._orphan = True
            commands = [Stop(ORPHAN_SECONDS)]
        for command in commands:
            self.obey(command)

    def obey(self, command: Command) -> None:
        """Do what the pool says, once."""
        match command:
            case Subscribe() | Audit() if self._stopping is not None:
                pass  # sent before the pool knew that this worker goes
            case Subscribe(extensions):
                self._jobs.extend((self._watch, extension) for extension in extensions)
            case Unsubscribe(extensions, quietly):
                job = self._forget if quietly else self._end
                self._jobs.extend((job, extension) for extension in extensions)
            case Audit(extension):
                self._jobs.append((self._watch, extension))
            case Probe(serial):
                self._border.probe(serial, time.monotonic())
                self._settle()
            case SendRequest():
                self._border.request(command, time.monotonic(), time.time())
                self._settle()
            case Reconnect():
                self._uplink.report(Awake(time.time()))
                self._close_way()
                self._opener.begin(self._udp_port)
            case Stop(seconds):
                self._stop(seconds, 0)
            case Start():
                pass  # a worker serves one account, the first

    def _forget(self, extension: str) -> None:
        """Give a dialog up without a word on the wire."""
        self._border.drop(extension, time.monotonic())
        self._engine.drop(extension)
        self._read_inner()  # what pjsua2 says in the old dialog belongs to it: let the border see that first

    def _watch(self, extension: str) -> None:
        """Subscribe in a new dialog; end the one before it, which the PBX may still hold."""
        self._end(extension)
        try:
            self._engine.watch(extension)
        except WatchError as error:
            self._border.refused(extension, str(error), time.time())

    def _end(self, extension: str) -> None:
        self._border.end(extension, time.monotonic())
        self._engine.drop(extension)
        self._read_inner()

    def _stop(self, seconds: float, status: int) -> None:
        if self._stopping is None:
            self._jobs.clear()
            self._stopping = Farewell(time.monotonic() + seconds, status)
            self._jobs.extend((self._end, extension) for extension in self._engine.watched)

    def _watch_memory(self) -> None:
        now = time.monotonic()
        if now - self._measured >= MEMORY_EVERY:
            self._measured = now
            if recycling.resident() > recycling.CAP:
                self._stop(ORPHAN_SECONDS, recycling.RECYCLE_STATUS)


def _inner_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)  # all refreshes may be due at once
    sock.setblocking(False)
    return sock


def _first(uplink: Uplink) -> tuple[Start, list[Command]] | None:
    """Wait for the Start that comes first; return it and what came with it, None if the pool is gone."""
    with selectors.DefaultSelector() as selector:
        selector.register(uplink.sock, selectors.EVENT_READ)
        while True:
            selector.select()
            commands = uplink.receive()
            if commands is None:
                return None
            if commands and isinstance(commands[0], Start):
                return commands[0], commands[1:]


def main(arguments: list[str]) -> int:
    """Serve as a worker; the arguments are the descriptors of the pipe and the crumb's file, and maybe --trace."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # what a terminal or a service sends to all is the pool's: it says Stop
    pipe, page = map(int, arguments[:2])
    uplink = Uplink(socket.socket(fileno=pipe))
    first = _first(uplink)
    if first is None:
        return 0
    start, commands = first
    worker = Worker(start, uplink, Crumb(page), "--trace" in arguments[2:])
    for command in commands:
        worker.obey(command)
    return worker.run()


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
