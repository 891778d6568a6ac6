# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a board shows of one contact: the frozen tile, and how it differs from the one before.

A tile is the only thing that travels from the roster to a view; it holds no reference to anything that changes.
"""

from dataclasses import dataclass
from enum import StrEnum

from board.presence.value import Presence
from board.roster.contact import Contact
from board.states import DeviceState, PresenceState, Subscription
from board.status.choice import Choice, Manner


@dataclass(frozen=True, slots=True)
class Since:
    """Since when (seconds since the epoch); `at_least` when the state was already so at the first look."""

    at: float
    at_least: bool


class Outcome(StrEnum):
    """What came of what this board asked a PBX to show for a person."""

    PENDING = "pending"  # it may still come
    CONFIRMED = "confirmed"  # the PBX itself says so
    FAILED = "failed"  # it will not come, and the user is to hear why
    DROPPED = "overtaken"  # it will not come: something newer stands


@dataclass(frozen=True, slots=True)
class Asked:
    """What was last asked to be shown for the person, at `at` (seconds since the epoch), and what has come of it.

    `number` grows with every wish; `manner` is whether the user asked or it came by itself, `choice` what was chosen
    for it where `presence` says more ("back 14:30"). `reason` says in one line for the user why it failed, else "".
    """

    number: int
    presence: Presence
    at: float
    outcome: Outcome = Outcome.PENDING
    reason: str = ""
    manner: Manner = Manner.MANUAL
    choice: Choice | None = None


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
    def pending(self) -> Asked | None:
        """What was asked for the person and may still come."""
        return self.asked if self.asked is not None and self.asked.outcome is Outcome.PENDING else None

    @property
    def failed(self) -> Asked | None:
        """What was asked for the person and will not come, until the user has seen why or the person changes."""
        return self.asked if self.asked is not None and self.asked.outcome is Outcome.FAILED else None


@dataclass(frozen=True, slots=True)
class TileChanged:
    """A tile was replaced; `before` is None when it is the contact's first known state (or first reason)."""

    before: Tile | None
    tile: Tile
    at: float
