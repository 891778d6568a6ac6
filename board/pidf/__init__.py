# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes to presence documents and back. Pure: no Qt, no SIP, no clock, no I/O."""

from board.pidf.errors import ParseError
from board.pidf.reader import parse

__all__ = ["ParseError", "parse"]
