# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The policy's clock counts on while the machine sleeps."""

import time

from board.sip.clock import sleepless


def test_it_is_ahead_of_monotonic_by_the_time_in_suspend() -> None:
    before = sleepless()
    assert sleepless() >= before
    assert abs(sleepless() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 5.0
