# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The one error of this room."""


class WireError(ValueError):
    """The bytes or the text are no SIP; its message is one line that says what is wrong."""
