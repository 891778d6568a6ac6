# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What would show by itself, below what a person chose. Pure."""

from dataclasses import dataclass

from board.presence.value import Presence


@dataclass(frozen=True, slots=True)
class Proposal:
    """A status that a rule proposes: an idle desk, a meeting, a call.

    `since` (seconds since the epoch) is when its cause began: what the person chose after that stands above it.
    """

    presence: Presence
    since: float
