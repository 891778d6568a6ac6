# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person chose to show, and until when; who it is that asks for a status. Frozen values; pure."""

from dataclasses import dataclass
from enum import StrEnum

from board.presence.value import Presence


class Manner(StrEnum):
    """Who asks for a status."""

    MANUAL = "manual"  # a person
    AUTOMATIC = "automatic"  # a rule, below what a person chose
    RETURN = "return"  # the end of one of both: what was there before it comes back


@dataclass(frozen=True, slots=True)
class Choice:
    """A status as its person asked for it, without what is added for the others ("back 14:30").

    `until` is in seconds since the epoch, None until it is changed.
    """

    presence: Presence
    until: float | None = None
