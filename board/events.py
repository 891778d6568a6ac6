# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The nouns that travel from the SIP side to the roster: frozen, plain, one class an event.

Neither side may import the other, so what both speak of stands here. No behaviour, no I/O, no clock: a
moment is an argument, in seconds since the epoch (`at`).
"""

from dataclasses import dataclass

from board.pidf.document import Document
from board.states import PbxState, Subscription


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Which extension of which PBX: the key of a subscription and of a tile."""

    pbx: str
    extension: str

    def __str__(self) -> str:
        return f"{self.extension}@{self.pbx}"


@dataclass(frozen=True, slots=True)
class StateNotified:
    """A NOTIFY carried a presence document for a watched extension."""

    address: Address
    document: Document
    at: float


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    """A subscription's state or freshness changed.

    `stale` is true while what is known of the extension may be old; `reason` then says why, in words for the
    user ("PBX silent for 14 s", "no hint for 2001: add exten => 2001,hint,... to extensions.conf"), else it is "".
    """

    address: Address
    subscription: Subscription
    stale: bool
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class PbxChanged:
    """A PBX's health changed.

    `active` of `total` subscriptions are live; `rtt` is the last probe's round trip in seconds (None: none yet);
    `reason` says in words for the user what is wrong and what to do about it, "" while all is well; `warning` is
    a lasting remark that is no fault of the moment ("TLS certificates are not verified").
    """

    pbx: str
    state: PbxState
    reason: str
    warning: str
    active: int
    total: int
    rtt: float | None
    at: float


WatchEvent = StateNotified | SubscriptionChanged | PbxChanged
