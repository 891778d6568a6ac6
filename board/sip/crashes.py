# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pool makes of a worker's end: how long to wait for the next one, whom to blame; and when one hangs. Pure.

Time is an argument (monotonic seconds).
"""

from dataclasses import dataclass, field

WINDOW = 60.0
"""Two crashes within this that name the same extension put it into quarantine."""
STEADY = 30.0
"""A worker that lived so long starts its back-off afresh."""
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0


@dataclass(slots=True)
class Crashes:
    """The ends of one shard's workers."""

    started_at: float = 0.0
    _failures: int = 0
    _named: dict[str, float] = field(default_factory=dict)

    def started(self, now: float) -> None:
        """Note that a worker was started."""
        self.started_at = now

    def delay(self, now: float) -> float:
        """Note an unexpected end; return the seconds to wait before the next start: none for the first."""
        self._failures = 1 if now - self.started_at >= STEADY else self._failures + 1
        return 0.0 if self._failures == 1 else min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self._failures - 2, 20))

    def blames(self, extension: str, now: float) -> bool:
        """Note that a crash named `extension`; tell whether it did so twice within the window."""
        before = self._named.get(extension)
        self._named[extension] = now
        return before is not None and now - before <= WINDOW


@dataclass(slots=True)
class Pulse:
    """Whether one shard's worker still does what it is told. An order here is one that it answers at once."""

    _unanswered: bool = False

    def beats(self) -> None:
        """Note that the worker said something, or is a new one."""
        self._unanswered = False

    def ordered(self) -> bool:
        """Note an order; tell whether nothing at all has come since the one before, seconds ago: the worker hangs."""
        hangs, self._unanswered = self._unanswered, True
        return hangs
