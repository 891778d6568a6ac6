# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixed texts of the console's commands, as Asterisk 22 prints them, and its columns. Texts only."""

from board.presence.value import cut, to_bytes

_RULE = "-" * 69


def heading(kind: str) -> tuple[str, ...]:
    """Return the lines above a list of custom states."""
    title = f"--- Custom {kind} States "
    return ("", _RULE, title.ljust(69, "-"), _RULE, "---")


def padded(text: str, width: int, most: int | None = None) -> str:
    """Return a column: at least `width` bytes, at most as many, or any number with `most` 0 (printf counts bytes)."""
    shown = text if most == 0 else cut(text, width)
    return shown + " " * (width - len(to_bytes(shown)))


PRESENCESTATE_LIST_USAGE = (
    "Usage: presencestate list",
    "       List all custom presence states that have been set by using",
    "       the PRESENCE_STATE dialplan function.",
)
PRESENCESTATE_CHANGE_USAGE = (
    "Usage: presencestate change <entity> <state>[,<subtype>[,message[,options]]]",
    "       Change a custom presence to a new state.",
    "       The possible values for the state are:",
    "NOT_SET | UNAVAILABLE | AVAILABLE | AWAY | XA | CHAT | DND",
    "Optionally, a custom subtype and message may be provided, along with any options",
    "accepted by func_presencestate. If the subtype or message provided contain spaces,",
    'be sure to enclose the data in quotation marks ("")',
    "",
    "Examples:",
    "       presencestate change CustomPresence:mystate1 AWAY",
    "       presencestate change CustomPresence:mystate1 AVAILABLE",
    '       presencestate change CustomPresence:mystate1 "Away,upstairs,eating lunch"',
    "       ",
)
DEVSTATE_LIST_USAGE = (
    "Usage: devstate list",
    "       List all custom device states that have been set by using",
    "       the DEVICE_STATE dialplan function.",
)
DEVSTATE_CHANGE_USAGE = (
    "Usage: devstate change <device> <state>",
    "       Change a custom device to a new state.",
    "       The possible values for the state are:",
    "UNKNOWN | NOT_INUSE | INUSE | BUSY | INVALID | UNAVAILABLE | RINGING",
    "RINGINUSE | ONHOLD",
    "",
    "Examples:",
    "       devstate change Custom:mystate1 INUSE",
    "       devstate change Custom:mystate1 NOT_INUSE",
    "       ",
)
HINT_USAGE = (
    "Usage: core show hint <exten>",
    "       List registered hint.",
    "       Hint details are shown in five columns. In order from left to right, they are:",
    "       1. Hint extension URI.",
    "       2. List of mapped device or presence state identifiers.",
    "       3. Current extension state. The aggregate of mapped device states.",
    "       4. Current presence state for the mapped presence state provider.",
    "       5. Watchers - number of subscriptions and other entities watching this hint.",
)
NO_HINTS = ("There are no registered dialplan hints",)
DATABASE_SHOW_USAGE = (
    "Usage: database show [family [keytree]]",
    "   OR: database show [family[/keytree]]",
    "       Shows Asterisk database contents, optionally restricted",
    "       to a given family, or family and keytree. The two arguments",
    "       may be separated either by a space or by a slash.",
)
DATABASE_PUT_USAGE = (
    "Usage: database put <family> <key> <value>",
    "       Adds or updates an entry in the Asterisk database for",
    "       a given family, key, and value.",
)
DATABASE_DEL_USAGE = (
    "Usage: database del <family> <key>",
    "       Deletes an entry in the Asterisk database for a given",
    "       family and key.",
)
