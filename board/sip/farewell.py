# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker's end: when it has said and heard enough to go. Pure; time is an argument."""

from dataclasses import dataclass

LAST_WORDS = 0.3
"""Seconds given to the final NOTIFYs once every unsubscription is answered: an unanswered one would be repeated."""


@dataclass(slots=True)
class Farewell:
    """A worker's end: when it goes at the latest, and with which exit status."""

    deadline: float
    status: int
    answered_at: float | None = None

    def is_over(self, unanswered: int, unheard: int, now: float) -> bool:
        """Tell whether to go: all subscriptions are ended, and the PBX has said its last word in each."""
        if unanswered == 0 and self.answered_at is None:
            self.answered_at = now
        patient = self.answered_at is None or (unheard > 0 and now < self.answered_at + LAST_WORDS)
        return not patient or now >= self.deadline
