# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's events as AMI events, field by field as Asterisk 22 writes them. Pure."""

from board.ami.codec import escaped
from board.ami.messages import Event, Fields
from board.presence.devstate import EXTENSION_TEXTS
from board.presence.events import (
    DeviceStateChange,
    ExtensionStatus,
    HintKey,
    HintNotice,
    PresenceStateChange,
    PresenceStatus,
)
from board.presence.events import Event as CoreEvent
from board.presence.value import Presence

_CALL = (("Privilege", "call,all"),)


def told(event: CoreEvent) -> Event | None:
    """Return a core's event as its listeners over AMI hear it; None for one that AMI does not tell."""
    if isinstance(event, HintNotice):
        return None
    return Event(type(event).__name__, (*_CALL, *fields_of(event)))


def fields_of(event: PresenceStateChange | PresenceStatus | ExtensionStatus | DeviceStateChange) -> Fields:
    """Return the fields that an event has by itself and as an item of a list."""
    match event:
        case PresenceStateChange(presentity, presence):
            texts = Presence(presence.state, escaped(presence.subtype), escaped(presence.message))
            return (("Presentity", presentity), *_presence(texts))
        case PresenceStatus(key, hint, presence):
            return (*_hint(key, hint), *_presence(presence))
        case ExtensionStatus(key, hint, state):
            return (*_hint(key, hint), ("Status", str(int(state))), ("StatusText", EXTENSION_TEXTS[state]))
        case DeviceStateChange(device, state):
            return (("Device", device), ("State", state.value))


def _hint(key: HintKey, hint: str) -> Fields:
    return (("Exten", key.exten), ("Context", key.context), ("Hint", hint))


def _presence(presence: Presence) -> Fields:
    return (("Status", presence.state.value), ("Subtype", presence.subtype), ("Message", presence.message))
