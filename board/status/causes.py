# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a status would show by itself, and which of several reasons is told. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from board.presence.value import Presence
from board.status.automatic import Proposal


class Kind(IntEnum):
    """What was noticed; the greater is told where several are true."""

    IDLE = 1  # nobody has touched mouse or keyboard for a while
    LONG_IDLE = 2
    LOCKED = 3  # the screen
    MEETING = 4  # the calendar says so
    CALL = 5  # on the own phone
    QUIT = 6  # the program ends


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: what it would show, and since when it is true (seconds since the epoch)."""

    kind: Kind
    presence: Presence
    since: float


def strongest(causes: Iterable[Cause]) -> Proposal | None:
    """Return what the strongest cause proposes, of equals the youngest; None without any."""
    found = max(causes, key=lambda cause: (cause.kind, cause.since), default=None)
    return Proposal(found.presence, found.since) if found is not None else None
