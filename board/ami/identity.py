# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the server says of itself. Values only."""

from dataclasses import dataclass

AMI_VERSION = "11.0.0"
ASTERISK_VERSION = "22.10.1"
"""Whose behaviour this is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asked: the version to give, and when it was started (seconds since the epoch)."""

    version: str
    started: float
