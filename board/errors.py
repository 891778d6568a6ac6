# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The one error that the command line tells its user and ends with: what was given makes no sense."""


class CallError(Exception):
    """The call or its input is wrong; the message is plain lines that say what, where, and what to do."""
