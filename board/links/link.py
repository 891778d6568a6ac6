# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every way to a PBX can do, whatever it speaks. No behaviour."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from board.events import Address
from board.links.delivery import Outcome
from board.links.setter import Setter
from board.links.store import OutboxStore
from board.presence.value import Presence
from board.sip.messages import Fields, RequestAnswered

Message = Callable[[str, str, str, bytes], Awaitable[tuple[int, str]]]
"""Sends a MESSAGE: PBX, user, content type, body; gives the final status, 0 for none, and its phrase."""
Publish = Callable[[str, str, Fields, bytes], Awaitable[RequestAnswered]]
"""Sends a PUBLISH: PBX, user, header fields, body."""
NOT_IN_HINT = (
    "check that {entity} stands alone in the hint of its extension, and the dialplan that sets it, in the PBX's "
    "extensions.conf"
)
"""What to look at where an Asterisk took a status but does not show it."""
Sending = Callable[[str, Presence], Awaitable[Outcome]]
Reading = Callable[[str], Awaitable[Presence | None]]
"""Asks the PBX for an entity; None while it is not known whether it is there. Raises AwayError or BarredError."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The PBX does not tell of an entity; `reason` is why, in one line for the user."""

    reason: str


Hearing = Callable[[Address, Presence | None], Presence | Silence | None]
"""Takes what the board's subscription to the own extension says, None for no person's status; tells what that means,
None where nobody's status is there."""


class AwayError(Exception):
    """The PBX cannot be asked now; the message is one line."""


class BarredError(Exception):
    """The PBX does not let us in or read; the message is one line.

    `for_good`: it will not of itself. An Asterisk that boots takes logins before it knows of CustomPresence.
    """

    def __init__(self, reason: str, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class Reach:
    """What a link is given of the world: the SIP account's MESSAGE and PUBLISH, the disk, whether this process is the
    sender, and whom to tell that the link came or went."""

    message: Message
    publish: Publish
    store: OutboxStore
    may_send: Callable[[], bool]
    changed: Callable[[], None]


class Link(Protocol):
    """A way to one PBX."""

    @property
    def read(self) -> Reading | None:
        """Asks for an entity; None where `heard` is not."""

    @property
    def heard(self) -> Hearing | None:
        """Takes what the board's subscription to the own extension says; None where the link asks by itself."""

    def start(self) -> None:
        """Begin; called on the running loop."""

    async def stop(self) -> None:
        """End in order."""

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Set a status once."""

    def unread(self, entity: str) -> str:
        """Say in a few words what to look at where a status was taken but is not shown."""


MakeLink = Callable[[Setter, Reach], Link]
