# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The token bucket that keeps a recovering board from drowning the PBX it wants back. Pure: `now` is an argument."""


class TokenBucket:
    """`rate` tokens a second, at most `burst` saved up; may be held shut until a moment."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._counted_at: float | None = None
        self._held_until = float("-inf")

    def hold(self, until: float) -> None:
        """Give out nothing before `until`; a later hold that is already set stays."""
        self._held_until = max(self._held_until, until)

    def held(self, now: float) -> bool:
        """Return whether the bucket is held shut."""
        return now < self._held_until

    def release(self) -> None:
        """End a hold."""
        self._held_until = float("-inf")

    def take(self, now: float) -> bool:
        """Take one token; False if there is none."""
        self._count(now)
        if self.held(now) or self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def wait(self, now: float, wanted: int) -> float:
        """Return in how many seconds `wanted` tokens (at most the burst) will be there."""
        self._count(now)
        missing = max(0.0, min(float(wanted), self._burst) - self._tokens)
        return max(missing / self._rate, self._held_until - now)

    def _count(self, now: float) -> None:
        if self._counted_at is not None:
            self._tokens = min(self._burst, self._tokens + max(0.0, now - self._counted_at) * self._rate)
        self._counted_at = now
