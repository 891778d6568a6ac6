# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The windows there are, by the names that the command line knows."""

from enum import StrEnum


class View(StrEnum):
    """What a window shows."""

    SWITCHBOARD = "switchboard"
    WALL = "wall"
    STATUS = "status"
