# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The policy's clock: it never goes back, and it goes on while the computer sleeps.

A laptop that wakes must see that its deadlines have passed: Linux's CLOCK_MONOTONIC stands still in suspend.
"""

import time

_SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def sleepless() -> float:
    """Return seconds since some moment in the past, those of suspend included where the system counts them."""
    return time.clock_gettime(_SLEEPLESS)
