# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One client's connection to the server: logging in, what it hears, its actions in order. Sans-I/O.

Bytes and moments (monotonic seconds) come in; `take` gives out what is to be sent, `next` says when `handle` wants
to be called. `work` does a bounded number of actions, so that nobody waits long for another's flood.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from board.ami.codec import BANNER, Flaw, Reader, encode
from board.ami.desk import Desk, Messages
from board.ami.identity import AMI_VERSION
from board.ami.messages import Action, Event, Message, Response, answer, error

LOGIN_SECONDS = 30.0
"""How long a client may take to log in (manager.conf, authtimeout)."""
REFUSAL_SECONDS = 1.0
"""How long the answer to a wrong login is kept back, before the connection is closed, as in Asterisk."""

_CLASSES = (
    *("system", "call", "log", "verbose", "command", "agent", "user", "config", "dtmf", "reporting"),
    *("cdr", "dialplan", "originate", "agi", "hookresponse", "cc", "aoc", "test", "security"),
)
PRIVILEGES: Mapping[str, int] = MappingProxyType(
    {**{name: 1 << bit for bit, name in enumerate(_CLASSES)}, "message": 1 << 30, "all": (1 << 31) - 1}
)
"""The classes of events by their bits (manager.c, perms)."""
_OFF_WORDS = ("no", "false", "n", "f", "off")
_ON_WORDS = ("yes", "true", "y", "t", "on")


class Phase(Enum):
    """How far a connection is."""

    OPEN = "open"  # connected, nobody yet
    LOGGED_IN = "logged in"
    REFUSED = "refused"  # waits for its refusal, hears nothing more
    ENDED = "ended"  # to be closed once all is sent


@dataclass(frozen=True, slots=True)
class Access:
    """Who may log in: users and their secrets; `token` gives fresh random digits for a challenge."""

    users: Mapping[str, str]
    token: Callable[[], str]


class Session:
    """One connection. `source` says where it comes from, for the history of changes."""

    def __init__(self, desk: Desk, access: Access, source: str, now: float) -> None:
        self.phase = Phase.OPEN
        self._desk = desk
        self._access = access
        self._source = f"ami {source}"
        self._user = ""
        self._mask = 0
        self._challenge = ""
        self._reader = Reader()
        self._out = bytearray(BANNER + AMI_VERSION.encode() + b"\r\n")
        self._later = list[Event]()
        self._acting = False
        self._refusal: Response | None = None
        self.next: float | None = now + LOGIN_SECONDS
        self._methods: Mapping[str, Callable[[Action, float], Messages]] = MappingProxyType(
            {
                "login": self._login,
                "logoff": self._logoff,
                "challenge": self._make_challenge,
                "events": self._events,
            }
        )

    @property
    def waiting(self) -> int:
        """How many bytes came in and wait for `work`."""
        return self._reader.waiting

    def receive(self, data: bytes) -> None:
        """Take bytes; `work` makes actions of them."""
        if self.phase in (Phase.OPEN, Phase.LOGGED_IN):
            self._reader.feed(data)

    def work(self, now: float, most: int) -> bool:
        """Do at most so many actions; tell whether more may be waiting."""
        if self.phase is Phase.LOGGED_IN and self._reader.waiting:
            self._desk.catch_up()
        for _ in range(most):
            if self.phase not in (Phase.OPEN, Phase.LOGGED_IN):
                return False
            message = self._reader.pull()
            if message is None:
                return False
            self._answer(message, now)
        return True

    def tell(self, event: Event, privilege: int) -> None:
        """Let the client hear an event of a class, if it wants that class; behind the answer it is waiting for."""
        if self.phase is not Phase.LOGGED_IN or not self._mask & privilege:
            return
        if self._acting:
            self._later.append(event)
        else:
            self._out += encode(event)

    def handle(self, now: float) -> None:
        """Do what is due: the refusal that was kept back, or the end of one who never logged in."""
        if self.next is None or now < self.next:
            return
        self.next = None
        if self._refusal is not None:
            self._out += encode(self._refusal)
        self.phase = Phase.ENDED

    def take(self) -> bytes:
        """Return what is to be sent, and forget it."""
        taken = bytes(self._out)
        self._out.clear()
        return taken

    # -- messages -----------------------------------------------------------------------------------------------------

    def _answer(self, message: Message | Flaw, now: float) -> None:
        self._acting = True
        try:
            for reply in self._replies(message, now):
                self._out += encode(reply)
        finally:
            self._acting = False
        for event in self._later:
            self._out += encode(event)
        self._later.clear()

    def _replies(self, message: Message | Flaw, now: float) -> Messages:
        if isinstance(message, Flaw):
            return [Response("Error", (("Message", message.value),))]
        action = message if isinstance(message, Action) else Action("", message.fields)
        if not action.name:
            return [error(action, "Missing action in request")]
        method = self._methods.get(action.name.lower())
        if method is not None and (self._user or method != self._events):
            return method(action, now)
        if not self._user:
            return [error(action, "Permission denied")]
        return self._desk.do(action, self._user, self._source)

    def _make_challenge(self, action: Action, now: float) -> Messages:
        if action.get("AuthType").lower() != "md5":
            return [error(action, "Must specify AuthType")]
        self._challenge = self._challenge or self._access.token()
        return [answer(action, "Success", ("Challenge", self._challenge))]

    def _login(self, action: Action, now: float) -> Messages:
        if self._user:
            return [answer(action, "Success", ("Message", "Already authenticated"))]
        user = self._proven(action)
        if not user:
            self.phase, self.next = Phase.REFUSED, now + REFUSAL_SECONDS
            self._refusal = error(action, "Authentication failed")
            return []
        self._user, self.phase, self.next = user, Phase.LOGGED_IN, None
        wanted = action.get("Events")
        self._mask = mask_of(wanted) if wanted else PRIVILEGES["all"]
        accepted = answer(action, "Success", ("Message", "Authentication accepted"))
        return [accepted, self._booted()] if self._mask & PRIVILEGES["system"] else [accepted]

    def _proven(self, action: Action) -> str:
        """Return the user whose secret is proven, "" without one; it takes as long for an unknown user."""
        name = action.get("Username")
        known = next((user for user in self._access.users if user.lower() == name.lower()), "")
        secret = self._access.users[known] if known else self._access.token()
        if action.get("AuthType").lower() == "md5":
            expected = hashlib.md5((self._challenge + secret).encode(), usedforsecurity=False).hexdigest()
            given = action.get("Key").lower() if self._challenge else ""
        else:
            expected, given = secret, action.get("Secret")
        same = hmac.compare_digest(_digest(given), _digest(expected))
        return known if same else ""

    def _booted(self) -> Event:
        up = str(int(self._desk.clock() - self._desk.identity.started))
        fields = (("Privilege", "system,all"), ("Uptime", up), ("LastReload", up), ("Status", "Fully Booted"))
        return Event("FullyBooted", fields)

    def _logoff(self, action: Action, now: float) -> Messages:
        self.phase, self.next = Phase.ENDED, None
        return [answer(action, "Goodbye", ("Message", "Thanks for all the fish."))]

    def _events(self, action: Action, now: float) -> Messages:
        wanted = action.get("EventMask")
        if not wanted:
            return [error(action, "Invalid event mask")]
        self._mask = mask_of(wanted)
        return [answer(action, "Success", ("Events", "On" if self._mask else "Off"))]


def mask_of(text: str) -> int:
    """Return the classes of events that a text asks for: a number, yes or no, or names (manager.c, strings_to_mask)."""
    if text.isascii() and text.isdigit():
        return int(text[:20]) & PRIVILEGES["all"]
    if text.lower() in _OFF_WORDS:
        return 0
    if text.lower() in _ON_WORDS:
        return PRIVILEGES["all"]
    mask = 0
    for name in text.split(","):
        mask |= PRIVILEGES.get(name.strip().lower(), 0)
    return mask


def _digest(text: str) -> bytes:
    """Bring texts of any length to one, so that comparing tells nothing of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
