# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core tells its listeners: frozen events, one class each, after Asterisk's own.

The first four are what AMI sends under the same names; `HintNotice` is what makes a NOTIFY (the extension state
callbacks of pbx.c). No behaviour.
"""

from collections.abc import Callable
from dataclasses import dataclass

from board.presence.devstate import Devstate, ExtensionState
from board.presence.value import Presence


@dataclass(frozen=True, slots=True, order=True)
class HintKey:
    """Which extension of which context a hint belongs to."""

    exten: str
    context: str

    def __str__(self) -> str:
        return f"{self.exten}@{self.context}"


@dataclass(frozen=True, slots=True)
class PresenceStateChange:
    """A presence provider's value was written, changed or not; `presentity` as the writer spelled it."""

    presentity: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class PresenceStatus:
    """A hint's presence changed; `hint` is the hint's text."""

    key: HintKey
    hint: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class ExtensionStatus:
    """A hint's device aggregate changed, or the hint was made or read again; `hint` is the hint's text."""

    key: HintKey
    hint: str
    state: ExtensionState


@dataclass(frozen=True, slots=True)
class DeviceStateChange:
    """A device's state changed."""

    device: str
    state: Devstate


@dataclass(frozen=True, slots=True)
class HintNotice:
    """A hint's watchers are due a NOTIFY: its device aggregate and its presence now.

    `presence` is None where the hint's provider is unknown. `removed`: the hint is gone, this is the last word.
    """

    key: HintKey
    state: ExtensionState
    presence: Presence | None
    removed: bool = False


Event = PresenceStateChange | PresenceStatus | ExtensionStatus | DeviceStateChange | HintNotice
Listener = Callable[[Event], None]
Warn = Callable[[str], None]
