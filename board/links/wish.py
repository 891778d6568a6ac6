# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user asked a PBX to show, how far it has come, and what a PBX can carry at all. Frozen values; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from unicodedata import category
from xml.sax.saxutils import escape

from board.presence.value import EVENT_TEXT_LIMIT, Presence

NOTIFY_LIMIT = 1020
"""Bytes of a text in a NOTIFY of Asterisk 22, as XML writes it: what is longer is cut (measured)."""
_QUOTES: Mapping[str, str] = MappingProxyType({'"': "&quot;", "'": "&apos;"})
PREFIX = "CustomPresence:"


class Standing(StrEnum):
    """How far a wish has come."""

    QUEUED = "queued"  # on our disk
    SENT = "sent"  # on its way, or there; the PBX has not read it back
    CONFIRMED = "confirmed"  # the PBX itself says so
    REFUSED = "refused"  # it will not be tried again


OPEN = (Standing.QUEUED, Standing.SENT)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """Whose status at which PBX; `entity` as Asterisk writes it, such as CustomPresence:2000."""

    pbx: str
    entity: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `number` grows with every wish; `asked_at` is in seconds since the epoch.

    `waited`: the PBX was away. What it shows when it is back must then be one of `expected` (where that is not
    empty): anything else was set elsewhere meanwhile, and is newer. `reason` says why a wish was refused.
    """

    number: int
    target: Target
    presence: Presence
    asked_at: float
    standing: Standing = Standing.QUEUED
    reason: str = ""
    waited: bool = False
    expected: tuple[Presence, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.standing in OPEN


def complaint(presence: Presence) -> str:
    """Say in one line why a PBX could not carry a status as it is, "" where it can."""
    for name, text in (("subtype", presence.subtype), ("message", presence.message)):
        if found := _complaint(text):
            return f"the {name} {found}"
    return ""


def _complaint(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "is not Unicode text; write it in UTF-8"
    if bad := next((sign for sign in text if category(sign) == "Cc" or sign in "\ufffe\uffff"), ""):
        kind = "a line break" if bad in "\r\n" else f"the control character U+{ord(bad):04X}"
        return f"holds {kind}, which a PBX cannot carry; take it out"
    if text.startswith(" "):
        return "begins with a blank, which AMI drops when it reads it back; take it out"
    if size > EVENT_TEXT_LIMIT:
        return f"is {size} bytes long, and a PBX carries {EVENT_TEXT_LIMIT}; shorten it"
    escaped = len(escape(text, dict(_QUOTES)).encode())
    if escaped > NOTIFY_LIMIT:
        return f"is {escaped} bytes long once XML has escaped its < > & and quotes, and a PBX carries {NOTIFY_LIMIT}"
    return ""
