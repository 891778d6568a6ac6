# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The CustomPresence provider: what people set by hand, kept in the database as written (func_presencestate.c)."""

from board.presence.database import PRESENCE_FAMILY, Database, Origin
from board.presence.events import Warn
from board.presence.registry import PresenceStates
from board.presence.value import NOT_SET, Presence, Refused, Written, cut, read_value
from board.states import PresenceState

LABEL = "CustomPresence"
PREFIX = f"{LABEL}:"
STORED_LIMIT = 1300
"""Bytes of a stored value that a reader sees (func_presencestate.c, PRES_ARGS_LEN)."""


class CustomPresence:
    """Reads and writes `CustomPresence:NAME`; names are case-sensitive, the prefix is not."""

    def __init__(self, states: PresenceStates, database: Database, warn: Warn) -> None:
        self._states = states
        self._database = database
        self._warn = warn
        self._load()
        states.register(LABEL, self.read)

    def read(self, name: str) -> Presence | None:
        """Return what is stored for a name, not_set without anything, None where that cannot be read."""
        stored = self._database.get(PRESENCE_FAMILY, name)
        if not stored:
            return NOT_SET
        try:
            return read_value(cut(stored, STORED_LIMIT)).decoded
        except Refused as refusal:
            self._warn(str(refusal))
            return None

    def write(self, entity: str, text: str, origin: Origin) -> None:
        """Write a value to `CustomPresence:NAME` as the dialplan function does; raise Refused otherwise.

        When it returns the value is kept, and told.
        """
        name = custom_name(entity)
        written = read_value(text)
        self._keep(entity, name, text, written, written.told, origin)

    def change(self, entity: str, text: str, origin: Origin) -> None:
        """Write a value as the CLI does: it tells base64 texts as they stand."""
        name = custom_name(entity)
        written = read_value(text)
        self._keep(entity, name, text, written, written.literal, origin)

    def rewritten(self, name: str) -> None:
        """Tell the value of a name that another process wrote."""
        if (presence := self.read(name)) is not None:
            self._states.changed(PREFIX + name, presence)

    def _keep(self, entity: str, name: str, text: str, written: Written, told: Presence, origin: Origin) -> None:
        self._database.put(PRESENCE_FAMILY, name, text, origin)
        if written.state is not PresenceState.NOT_SET:
            self._states.changed(entity, told)
        elif (read := self._states.query_provider(entity)) is not None:
            # A not_set is not told as written but as the provider reads it back.
            self._states.changed(entity, read)

    def _load(self) -> None:
        for key in self._database.family(PRESENCE_FAMILY):
            presence = self.read(key.rpartition("/")[2])
            if presence is not None and presence.state is not PresenceState.NOT_SET:
                self._states.load(PREFIX + key.rpartition("/")[2], presence)


def custom_name(entity: str) -> str:
    """Return the name behind the prefix; raise Refused where there is no prefix or no name."""
    if entity[: len(PREFIX)].lower() != PREFIX.lower():
        raise Refused("The PRESENCE_STATE function can only set CustomPresence: presence providers.")
    if len(entity) == len(PREFIX):
        raise Refused("PRESENCE_STATE function called with no custom device name!")
    return entity[len(PREFIX) :]
