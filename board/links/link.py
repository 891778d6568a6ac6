# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every way to a PBX can do, whatever it speaks. No behaviour."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from board.links.delivery import Outcome
from board.links.setter import Setter
from board.presence.value import Presence

Message = Callable[[str, str, str, bytes], Awaitable[tuple[int, str]]]
"""Sends a MESSAGE: PBX, user, content type, body; gives the final status, 0 for none, and its phrase."""
Sending = Callable[[str, Presence], Awaitable[Outcome]]
Reading = Callable[[str], Awaitable[Presence | None]]
"""Asks the PBX for an entity; None while it is not known whether it is there. Raises AwayError or BarredError."""


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
    """What a link is given of the world: the SIP account's MESSAGE, and whom to tell that it came or went."""

    message: Message
    changed: Callable[[], None]


class Link(Protocol):
    """A way to one PBX."""

    @property
    def read(self) -> Reading | None:
        """Asks for an entity; None where the board's subscription to the own extension reads back instead."""

    def start(self) -> None:
        """Begin; called on the running loop."""

    async def stop(self) -> None:
        """End in order."""

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Set a status once."""


MakeLink = Callable[[Setter, Reach], Link]
