# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A status as a SIP MESSAGE to `presence` at the PBX: its body, and what the answers to it mean. No sockets here.

The PBX's dialplan sets the CustomPresence of the endpoint that authenticated, so nobody sets another's. It answers
202 before it has looked: only the read-back tells (resources/asterisk/extensions-presence-message.conf).
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Self

from board.events import Address
from board.links.delivery import Fate, Outcome
from board.links.link import NOT_IN_HINT, Reach, Silence
from board.links.setter import Setter
from board.links.wish import PREFIX
from board.presence.value import Presence, encode

USER = "presence"
CONTENT_TYPE = "text/plain;charset=UTF-8"
BODY_LIMIT = 1023
"""Bytes of a body that Asterisk 22 takes: a longer one reaches the dialplan empty (measured)."""
Message = Callable[[str, str, bytes], Awaitable[tuple[int, str]]]
"""Sends a MESSAGE (user, content type, body) at the PBX; gives the final status, 0 for none, and its phrase."""

_SETUP = (
    "add resources/asterisk/extensions-presence-message.conf to it, and message_context to our endpoint in pjsip.conf"
)
_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        401: "the PBX does not accept our account: check user and password",
        403: "the PBX forbids us to send a MESSAGE (403): see its extensions.conf: " + _SETUP,
        404: "the PBX has no extension presence for our MESSAGE in extensions.conf (404): " + _SETUP,
        407: "the PBX does not accept our account: check user and password",
    }
)
_TRANSIENT = frozenset({0, 408, 480, 500, 503, 504})


def body_of(presence: Presence) -> bytes:
    """Write `state|base64(subtype)|base64(message)`; texts that `complaint` lets pass always fit."""
    return f"{presence.state.value}|{encode(presence.subtype)}|{encode(presence.message)}".encode("ascii")


def outcome_of(status: int, phrase: str) -> Outcome:
    """Tell what a final answer to the MESSAGE means."""
    if 200 <= status < 300:
        return Outcome(Fate.ACCEPTED)
    if status in _TRANSIENT:
        return Outcome(Fate.LOST, f"the PBX did not take the MESSAGE: {status or ''} {phrase}".strip())
    return Outcome(Fate.REFUSED, _REFUSALS.get(status, f"the PBX refused the MESSAGE: {status} {phrase}"))


class MessageLink:
    """Sets the status of our own account."""

    read = None

    def __init__(self, message: Message) -> None:
        self._message = message

    @classmethod
    def of(cls, setter: Setter, reach: Reach) -> Self:
        """Make the link of a setter."""
        return cls(partial(reach.message, setter.pbx))

    def start(self) -> None:
        """Do nothing: the account's own subscriptions keep the way open."""

    async def stop(self) -> None:
        """Do nothing."""

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Send a status; `entity` is whose account sends, whatever is asked."""
        return outcome_of(*await self._message(USER, CONTENT_TYPE, body_of(presence)))

    def heard(self, address: Address, presence: Presence | None) -> Presence | Silence:
        """Take what the subscription says: no person's status means that the hint names none."""
        if presence is not None:
            return presence
        pbx, extension = address.pbx, address.extension
        return Silence(
            f"{pbx} says nothing of the presence of {extension}: write its hint in extensions.conf as "
            f"exten => {extension},hint,PJSIP/{extension},{PREFIX}{extension}"
        )

    def unread(self, entity: str) -> str:
        """Say what to look at where a status was taken but is not shown."""
        return NOT_IN_HINT.format(entity=entity)
