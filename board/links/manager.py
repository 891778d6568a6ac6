# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A status through Asterisk's manager interface: Setvar to set it, PresenceState to read it back.

The manager user needs `write = call` and nothing else; no events are asked for
(resources/asterisk/manager-presence-set.conf).
"""

from collections.abc import Callable
from typing import Self

from board.ami.client import AmiClient, LinkState, LostError
from board.ami.client_session import LEAVING, Credentials, is_leaving
from board.ami.messages import Response
from board.links.delivery import Fate, Outcome
from board.links.link import NOT_IN_HINT, AwayError, BarredError, Reach
from board.links.setter import Setter
from board.presence.value import STATE_WORDS, Presence, value_of

NO_EVENTS = "off"


class ManagerLink:
    """Sets the status of any entity. `on_state` is called when it can be asked, or no longer."""

    heard = None

    def __init__(self, host: str, port: int, credentials: Credentials, on_state: Callable[[], None]) -> None:
        self._why = ""
        self._on_state = on_state
        self._client = AmiClient(host, port, credentials, on_state=self._changed)

    @classmethod
    def of(cls, setter: Setter, reach: Reach) -> Self:
        """Make the link of a setter, which must have credentials."""
        assert setter.credentials is not None
        return cls(setter.host, setter.port, setter.credentials, reach.changed)

    def start(self) -> None:
        """Begin to connect; must be called on the running loop."""
        self._client.start()

    async def stop(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def send(self, entity: str, presence: Presence) -> Outcome:
        """Set a status."""
        if self._client.state is not LinkState.READY:
            return Outcome(Fate.AWAY, self._why)
        try:
            variable = f"PRESENCE_STATE({entity})"
            response = await self._client.act("Setvar", Variable=variable, Value=value_of(presence))
        except LostError as error:
            return Outcome(Fate.LOST, str(error))
        if response.accepted:
            return Outcome(Fate.ACCEPTED)
        if is_leaving(response):
            return Outcome(Fate.AWAY, LEAVING)
        return Outcome(Fate.REFUSED, _refusal(response))

    def unread(self, entity: str) -> str:
        """Say what to look at where a status was taken but is not shown."""
        return NOT_IN_HINT.format(entity=entity)

    async def read(self, entity: str) -> Presence | None:
        """Ask for a status; None while it is not known yet whether the PBX is there.

        Raises AwayError or BarredError.
        """
        if self._client.state is LinkState.REFUSED:
            raise BarredError(self._why, for_good=True)
        if self._client.state is LinkState.AWAY or (self._client.state is not LinkState.READY and self._why):
            raise AwayError(self._why)
        if self._client.state is not LinkState.READY:
            return None
        try:
            response = await self._client.act("PresenceState", Provider=entity)
        except LostError as error:
            raise AwayError(str(error)) from None
        if is_leaving(response):
            raise AwayError(LEAVING)
        state = STATE_WORDS.get(response.get("State").lower())
        if not response.accepted or state is None:
            raise BarredError(_refusal(response), for_good=_lacks_rights(response))
        return Presence(state, response.get("Subtype"), response.get("PresenceMessage"))

    def _changed(self, state: LinkState, reason: str) -> None:
        if state is LinkState.READY:
            self._why = ""
        elif reason:
            self._why = reason
        self._on_state()


def _lacks_rights(response: Response) -> bool:
    return "permission" in response.get("Message").lower()


def _refusal(response: Response) -> str:
    said = " ".join(response.get("Message").split())[:200] or "it did not say why"
    if _lacks_rights(response):
        return f"the PBX refused our manager user ({said}): give it write = call in manager.conf"
    return f"the PBX refused ({said}): check that func_presencestate and res_manager_presencestate are loaded there"
