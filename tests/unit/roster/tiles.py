# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiles for tests of what is read off a tile: everything has a default that is plain and current."""

from board.events import Address
from board.roster.contact import Contact
from board.roster.tile import Asked, Since, Tile
from board.states import DeviceState, PresenceState, Subscription


def a_tile(
    device: DeviceState = DeviceState.IDLE,
    presence: PresenceState | None = None,
    *,
    name: str = "Bob Brown",
    extension: str = "2001",
    group: str = "Support",
    subtype: str = "",
    message: str = "",
    stale: bool = False,
    reason: str = "",
    known: bool = True,
    asked: Asked | None = None,
) -> Tile:
    since = Since(1.0, False)
    return Tile(
        Contact(Address("office", extension), name, group),
        device,
        since if known else None,
        presence,
        since if presence is not None else None,
        subtype,
        message,
        Subscription.ACTIVE,
        stale,
        reason,
        asked,
    )
