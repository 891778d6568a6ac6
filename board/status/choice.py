# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person chose to show, and until when. A frozen value; pure."""

from dataclasses import dataclass

from board.presence.value import Presence


@dataclass(frozen=True, slots=True)
class Choice:
    """A status as its person asked for it, without what is added for the others ("back 14:30").

    `until` is in seconds since the epoch, None until it is changed.
    """

    presence: Presence
    until: float | None = None
