# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a SIP message is written into a debug log: whole, but for what authenticates. Pure."""

import re

_SECRET = re.compile(
    rb"^((?:proxy-)?authorization|(?:www|proxy)-authenticate|authentication-info)[ \t]*:.*(?:\r?\n[ \t]+.*)*",
    re.IGNORECASE | re.MULTILINE,
)
LONGEST = 8192


def legible(direction: str, data: bytes) -> str:
    """Return a message as text with its direction on top; header fields that carry credentials are blotted out."""
    shown = _SECRET.sub(rb"\1: (blotted out)", data[:LONGEST]).decode("utf-8", "replace").replace("\r\n", "\n")
    return f"{direction} ({len(data)} bytes)\n{shown}"
