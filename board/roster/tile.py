# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a board shows of one contact: the frozen tile, and how it differs from the one before.

A tile is the only thing that travels from the roster to a view; it holds no reference to anything that changes.
"""

from dataclasses import dataclass

from board.presence.value import Presence
from board.roster.contact import Contact
from board.states import DeviceState, PresenceState, Subscription


@dataclass(frozen=True, slots=True)
class Since:
    """Since when (seconds since the epoch); `at_least` when the state was already so at the first look."""

    at: float
    at_least: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked to be shown for the person, at `at` (seconds since the epoch), and the PBX has not read back.

    `number` grows with every wish. `refused` says in one line for the user why it did not come, "" while it still may.
    """

    number: int
    presence: Presence
    at: float
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One contact's device, person and freshness.

    `presence` is None while the PBX says nothing about the person; `subtype` and `message` are "" then. `stale`
    is true while what is shown may be old, and `reason` says why it is stale or why the subscription ended.
    The person is always the PBX's own word; what this board asked for meanwhile is `asked`.
    """

    contact: Contact
    device: DeviceState = DeviceState.UNKNOWN
    device_since: Since | None = None
    presence: PresenceState | None = None
    presence_since: Since | None = None
    subtype: str = ""
    message: str = ""
    subscription: Subscription = Subscription.PENDING
    stale: bool = True
    reason: str = ""
    asked: Asked | None = None

    @property
    def pending(self) -> bool:
        """Whether a state of the person was asked for that may still come."""
        return self.asked is not None and not self.asked.refused


@dataclass(frozen=True, slots=True)
class TileChanged:
    """A tile was replaced; `before` is None when it is the contact's first known state (or first reason)."""

    before: Tile | None
    tile: Tile
    at: float
