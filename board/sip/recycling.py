# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""When a worker has grown too large to go on, and how it says so to the pool."""

import os

CAP = 400 << 20
"""Bytes resident: pjsua2 holds 18 kB a NOTIFY for half a minute and never gives memory back."""
RECYCLE_STATUS = 75
"""Exit status of a worker that wants to be started afresh."""


def resident() -> int:
    """Return this process's resident memory in bytes, 0 where the system does not say (it has no /proc)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
