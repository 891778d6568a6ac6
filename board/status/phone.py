# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's own phones: when they count as in a call. Pure."""

from board.presence.value import Presence
from board.states import DeviceState, PresenceState
from board.status.causes import Cause, Kind

SUBTYPE = "on the phone"
IN_CALL = frozenset({DeviceState.IN_USE, DeviceState.IN_USE_RINGING, DeviceState.ON_HOLD})
"""Not `busy`: so does a phone look whose do-not-disturb button is pressed, where FreePBX made the hint."""


class OwnPhones:
    """Knows which of the user's extensions are in a call, and since when."""

    def __init__(self, state: PresenceState) -> None:
        self._presence = Presence(state, SUBTYPE)
        self._since = dict[str, float]()

    def told(self, phone: str, device: DeviceState, at: float) -> Cause | None:
        """Take in what a PBX says of one of them; return the cause, which is as old as the oldest call."""
        if device in IN_CALL:
            self._since.setdefault(phone, at)
        else:
            self._since.pop(phone, None)
        return Cause(Kind.CALL, self._presence, min(self._since.values())) if self._since else None
