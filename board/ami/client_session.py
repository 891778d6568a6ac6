# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A client's side of one AMI connection: logging in, actions and their answers, events. Sans-I/O.

Bytes come in; `take` gives out what is to be sent, `happened` what came of it. The secret is proven by an MD5
challenge and never sent, unless `plain` allows it where the server knows no challenge.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import count
from types import MappingProxyType

from board.ami.codec import BANNER, CLIENT_LIMITS, Flaw, Reader, encode_strictly
from board.ami.messages import Action, Event, Fields, Message, Response


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in, and what is to be heard (Asterisk's EventMask)."""

    user: str
    secret: str
    events: str = "call,system"
    plain: bool = False


LEAVING = "the PBX is shutting down"


def is_leaving(response: Response) -> bool:
    """Tell whether Asterisk refused because it ends: it answers every action so meanwhile (main/manager.c)."""
    return not response.accepted and "shutting down" in response.get("Message").lower()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Actions may be sent now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no way in; `reason` is one line for the user, `final` whether trying again is of no use."""

    reason: str
    final: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An action was answered; `items` are the events of its list."""

    number: int
    response: Response
    items: tuple[Event, ...] = ()


Happening = LoggedIn | Refused | Answered | Event
MOST_ITEMS = 200_000


class _Step(Enum):
    BANNER = "waits for the banner"
    CHALLENGE = "asked for a challenge"
    LOGIN = "proved the secret"
    READY = "logged in"
    OVER = "given up"


class ClientSession:
    """One connection, from its banner on. Feed it bytes; send what `take` gives."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._reader = Reader(CLIENT_LIMITS)
        self._step = _Step.BANNER
        self._out = bytearray()
        self._numbers = count(1)
        self._happened = list[Happening]()
        self._started = dict[int, tuple[Response, list[Event]]]()
        self._open = set[int]()
        self._steps: Mapping[_Step, Callable[[Response], None]] = MappingProxyType(
            {_Step.CHALLENGE: self._challenged, _Step.LOGIN: self._proven, _Step.READY: self._answered}
        )

    @property
    def ready(self) -> bool:
        """Whether actions may be sent."""
        return self._step is _Step.READY

    def receive(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._reader.feed(data)
        if self._step is _Step.BANNER and not self._greeted():
            return
        while self._step in self._steps and (message := self._reader.pull()) is not None:
            self._take(message)

    def send(self, action: Action) -> int:
        """Send an action under an ActionID of its own; return its number.

        Raises ValueError for what AMI cannot carry.
        """
        number = next(self._numbers)
        fields = tuple(field for field in action.fields if field[0].lower() != "actionid")
        self._out += encode_strictly(Action(action.name, (("ActionID", str(number)), *fields)))
        self._open.add(number)
        return number

    def forget(self, number: int) -> None:
        """Stop waiting for an answer."""
        self._open.discard(number)
        self._started.pop(number, None)

    def take(self) -> bytes:
        """Return what is to be sent, and forget it."""
        taken = bytes(self._out)
        self._out.clear()
        return taken

    def happened(self) -> list[Happening]:
        """Return what happened since this was last asked, in order."""
        taken = self._happened.copy()
        self._happened.clear()
        return taken

    # -- logging in ---------------------------------------------------------------------------------------------------

    def _greeted(self) -> bool:
        line = self._reader.pull_line()
        if line is None:
            if self._reader.waiting > CLIENT_LIMITS.line:
                self._give_up("what answers there is no Asterisk manager interface", final=False)
            return False
        if not line.startswith(BANNER):
            self._give_up("what answers there is no Asterisk manager interface", final=False)
            return False
        self._step = _Step.CHALLENGE
        self._ask("Challenge", ("AuthType", "MD5"))
        return True

    def _ask(self, name: str, *fields: tuple[str, str]) -> None:
        try:
            self._out += encode_strictly(Action(name, fields))
        except ValueError as problem:
            self._give_up(f"the login cannot be sent: {problem}", final=True)

    def _take(self, message: Message | Flaw) -> None:
        if isinstance(message, Flaw):
            self._give_up("the PBX sent more than a manager message can hold", final=False)
        elif isinstance(message, Event):
            self._hear(message)
        elif isinstance(message, Response):
            self._steps[self._step](message)

    def _challenged(self, response: Response) -> None:
        user, secret = ("Username", self._credentials.user), self._credentials.secret
        challenge = response.get("Challenge")
        if response.accepted and challenge:
            key = hashlib.md5(f"{challenge}{secret}".encode(), usedforsecurity=False).hexdigest()
            proof: Fields = (("AuthType", "MD5"), user, ("Key", key))
        elif is_leaving(response):
            self._give_up(LEAVING, final=False)
            return
        elif self._credentials.plain:
            proof = (user, ("Secret", secret))
        else:
            self._give_up("the PBX offers no MD5 challenge, and the secret is not sent in the clear", final=True)
            return
        self._step = _Step.LOGIN
        self._ask("Login", *proof, ("Events", self._credentials.events))

    def _proven(self, response: Response) -> None:
        if response.accepted:
            self._step = _Step.READY
            self._happened.append(LoggedIn())
            return
        if is_leaving(response):
            self._give_up(LEAVING, final=False)
            return
        said = " ".join(response.get("Message").split())[:200]
        self._give_up(
            f"the PBX refused the manager user {self._credentials.user!r}: {said or 'it did not say why'}", final=True
        )

    def _give_up(self, reason: str, *, final: bool) -> None:
        self._step = _Step.OVER
        self._happened.append(Refused(reason, final))

    # -- logged in ----------------------------------------------------------------------------------------------------

    def _answered(self, response: Response) -> None:
        number = self._number(response)
        if number is None:
            return
        if response.get("EventList").lower() == "start":
            self._started[number] = (response, [])
        else:
            self._end(number, response, [])

    def _hear(self, event: Event) -> None:
        number = self._number(event)
        if number is None or number not in self._started:
            if self._step is _Step.READY:
                self._happened.append(event)
            return
        response, items = self._started[number]
        if event.get("EventList").lower() in ("complete", "cancelled"):
            self._end(number, response, items)
        elif len(items) < MOST_ITEMS:
            items.append(event)

    def _end(self, number: int, response: Response, items: list[Event]) -> None:
        self.forget(number)
        self._happened.append(Answered(number, response, tuple(items)))

    def _number(self, message: Response | Event) -> int | None:
        text = message.action_id
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
        return number if number in self._open else None
