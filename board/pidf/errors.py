# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What this room raises."""


class ParseError(ValueError):
    """A body holds nothing readable; the message is one line that says why."""
