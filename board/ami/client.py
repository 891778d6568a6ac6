# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of a real PBX's manager interface on asyncio: it connects, logs in, and does so again when it is cut off.

An action is sent once. What was not answered when the connection went is told as lost and never sent again: by then
it may be stale, and the PBX may have done it. No AMI is understood here.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from board.ami.client_session import Answered, ClientSession, Credentials, Happening, LoggedIn, Refused
from board.ami.messages import Action, Event, Response

log = logging.getLogger(__name__)


class LinkState(Enum):
    """How a client stands with its PBX."""

    CONNECTING = "connecting"
    READY = "ready"
    AWAY = "away"  # not reached, or cut off; it tries again
    REFUSED = "refused"  # it reached the PBX, which does not let it in; it does not try again
    CLOSED = "closed"


class LostError(Exception):
    """An action was not answered; whether the PBX did it is not known. The message is one line."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A client's times in seconds: tries to connect and to log in, answers, pings when idle, pauses between tries."""

    connect: float = 10.0
    answer: float = 10.0
    ping: float = 15.0
    pause_first: float = 1.0
    pause_most: float = 60.0


@dataclass(frozen=True, slots=True)
class Listing:
    """An answer with the items of its list."""

    response: Response
    items: tuple[Event, ...]


class AmiClient:
    """A connection that is kept up between `start` and `close`.

    `on_event` gets the PBX's events, `on_state` every change of state with one line that says why ("" where there is
    nothing to say). Both are called on the loop and must not raise.
    """

    def __init__(
        self,
        host: str,
        port: int,
        credentials: Credentials,
        on_event: Callable[[Event], None] = lambda _: None,
        on_state: Callable[[LinkState, str], None] = lambda state, reason: None,
        timing: Timing | None = None,
    ) -> None:
        self.state = LinkState.CLOSED
        self._place = (host, port)
        self._credentials = credentials
        self._on_event = on_event
        self._on_state = on_state
        self._timing = timing or Timing()
        self._session: ClientSession | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._waiting = dict[int, asyncio.Future[Listing]]()
        self._logged_in = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect; must be called on the running loop."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="AMI client")

    async def close(self) -> None:
        """Close the connection and stop trying."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._become(LinkState.CLOSED, "")

    async def act(self, name: str, **fields: str) -> Response:
        """Send an action and return its answer; as `ask`."""
        return (await self.ask(Action(name, tuple(fields.items())))).response

    async def ask(self, action: Action) -> Listing:
        """Send an action once and return its answer and list.

        Raises LostError where there is no connection now or no answer comes, and ValueError for what AMI cannot carry.
        """
        if self._session is None or self._writer is None or not self._session.ready:
            raise LostError("there is no connection to the PBX")
        number = self._session.send(action)
        future: asyncio.Future[Listing] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._flush()
        try:
            async with asyncio.timeout(self._timing.answer):
                return await future
        except TimeoutError:
            raise LostError(f"the PBX did not answer within {self._timing.answer:g} s") from None
        finally:
            self._waiting.pop(number, None)
            if self._session is not None:
                self._session.forget(number)

    # -- the connection -----------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        pause = self._timing.pause_first
        while True:
            self._become(LinkState.CONNECTING, "")
            self._logged_in.clear()
            try:
                reason = await self._connected()
            except (OSError, TimeoutError) as problem:
                reason = _why(problem)
            finally:
                self._drop()
            if self.state is LinkState.REFUSED:
                return
            if self._logged_in.is_set():
                pause = self._timing.pause_first
            self._become(LinkState.AWAY, reason)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, self._timing.pause_most)

    async def _connected(self) -> str:
        """Be connected until that ends; return why it ended."""
        async with asyncio.timeout(self._timing.connect):
            reader, self._writer = await asyncio.open_connection(*self._place)
        self._session = session = ClientSession(self._credentials)
        loop = asyncio.get_running_loop()
        pinger = loop.create_task(self._ping(), name="AMI ping")
        login_until = loop.time() + self._timing.connect
        try:
            while True:
                # What keeps talking without letting anybody in is as good as silent.
                until = loop.time() + 2 * self._timing.ping if session.ready else login_until
                async with asyncio.timeout_at(until):
                    data = await reader.read(65_536)
                if not data:
                    return "the PBX closed the connection"
                session.receive(data)
                self._flush()
                for happening in session.happened():
                    if isinstance(happening, Refused):
                        return self._refused(happening)
                    self._take(happening)
        except TimeoutError:
            return "the PBX does not answer"
        finally:
            pinger.cancel()
            await asyncio.gather(pinger, return_exceptions=True)

    async def _ping(self) -> None:
        """Keep something coming, so that silence means that the PBX is gone."""
        await self._logged_in.wait()
        while self._session is not None:
            self._session.send(Action("Ping"))
            self._flush()
            await asyncio.sleep(self._timing.ping)

    def _refused(self, refused: Refused) -> str:
        if refused.final:
            self._become(LinkState.REFUSED, refused.reason)
        return refused.reason

    def _take(self, happening: Happening) -> None:
        match happening:
            case LoggedIn():
                self._logged_in.set()
                self._become(LinkState.READY, "")
            case Answered(number, response, items):
                future = self._waiting.get(number)
                if future is not None and not future.done():
                    future.set_result(Listing(response, items))
            case Event():
                self._on_event(happening)

    def _flush(self) -> None:
        if self._session is not None and self._writer is not None and (data := self._session.take()):
            self._writer.write(data)

    def _drop(self) -> None:
        """Let go of the connection; whoever waits for an answer hears that it is lost."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._session = self._writer = None
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LostError("the connection to the PBX went before it answered"))

    def _become(self, state: LinkState, reason: str) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(state, reason)


def _why(problem: OSError | TimeoutError) -> str:
    if isinstance(problem, TimeoutError):
        return "the PBX cannot be reached: no answer"
    return f"the PBX cannot be reached: {problem.strerror or problem}"
