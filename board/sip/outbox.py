# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the border wants done: bytes for either side, observations for the pool, extensions to be asked for again.

The border's parts only fill it; the worker empties it after every step. No I/O.
"""

from dataclasses import dataclass, field

from board.sip.dialogs import Source
from board.sip.messages import Observation


@dataclass(frozen=True, slots=True)
class ToPbx:
    """Bytes for the PBX; `to` is whom a datagram answers, None for the PBX's own address."""

    data: bytes
    to: Source | None = None


@dataclass(frozen=True, slots=True)
class ToEngine:
    """Bytes for pjsua2, and the extension they are about, in case they kill it."""

    data: bytes
    extension: str


@dataclass(slots=True)
class Outbox:
    """Queues in the order things are to be done; `renewals` are extensions whose SUBSCRIBE must begin anew."""

    to_pbx: list[ToPbx] = field(default_factory=list)
    to_engine: list[ToEngine] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    renewals: list[str] = field(default_factory=list)
