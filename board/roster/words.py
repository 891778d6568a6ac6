# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The words for each state, long and short, and how a tile says its marks in one line: tables and joins.

English only; a translation replaces these tables. No Qt, no clock.
"""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from board.presence.value import Presence
from board.roster.contact import Contact
from board.roster.tile import Tile
from board.states import DeviceState, PbxState, PresenceState

DEVICE_WORDS: Mapping[DeviceState, str] = MappingProxyType(
    {
        DeviceState.IDLE: "Free",
        DeviceState.RINGING: "Ringing",
        DeviceState.IN_USE: "In a call",
        DeviceState.IN_USE_RINGING: "In a call, ringing",
        DeviceState.ON_HOLD: "On hold",
        DeviceState.BUSY: "Busy",
        DeviceState.UNAVAILABLE: "Unreachable",
        DeviceState.UNKNOWN: "Unknown",
    }
)

DEVICE_SHORT: Mapping[DeviceState, str] = MappingProxyType(
    {
        DeviceState.IDLE: "Idle",
        DeviceState.RINGING: "Ringing",
        DeviceState.IN_USE: "In call",
        DeviceState.IN_USE_RINGING: "2nd call",
        DeviceState.ON_HOLD: "Hold",
        DeviceState.BUSY: "Busy",
        DeviceState.UNAVAILABLE: "Offline",
        DeviceState.UNKNOWN: "Unknown",
    }
)

PRESENCE_WORDS: Mapping[PresenceState, str] = MappingProxyType(
    {
        PresenceState.NOT_SET: "Not set",
        PresenceState.UNAVAILABLE: "Unavailable",
        PresenceState.AVAILABLE: "Available",
        PresenceState.AWAY: "Away",
        PresenceState.XA: "Extended away",
        PresenceState.CHAT: "Prefers chat",
        PresenceState.DND: "Do not disturb",
    }
)

PRESENCE_SHORT: Mapping[PresenceState, str] = MappingProxyType(
    {
        PresenceState.NOT_SET: "Not set",
        PresenceState.UNAVAILABLE: "Unavail.",
        PresenceState.AVAILABLE: "Available",
        PresenceState.AWAY: "Away",
        PresenceState.XA: "Ext. away",
        PresenceState.CHAT: "Chat",
        PresenceState.DND: "DND",
    }
)

PBX_WORDS: Mapping[PbxState, str] = MappingProxyType(
    {
        PbxState.CONNECTING: "connecting",
        PbxState.LIVE: "live",
        PbxState.SILENT: "silent",
        PbxState.REFUSED: "refused",
    }
)

MAY_BE_OLD = "May be old"
NOT_KNOWN_YET = "Waiting for the PBX"
PENDING, FAILED = "Pending", "Failed"


def display_name(contact: Contact) -> str:
    """Return the contact's name, or its extension where the configuration gives none."""
    return contact.name or contact.address.extension


def brief_names(name: str) -> tuple[str, ...]:
    """Return shorter forms of a name, the longest first: "Dr. Ingrid B.", "Ingrid B."; none for a single word.

    What stands last must be a word: of "Meeting room 2" or 'Room "Mozart"' nothing is left out.
    """
    *first, last = name.split() or [""]
    if not first or not all(sign in "-'’" or unicodedata.category(sign)[0] in "LM" for sign in last):
        return ()
    given = next((word for word in first if not word.endswith(".")), first[0])
    return tuple(dict.fromkeys((f"{' '.join(first)} {last[0]}.", f"{given} {last[0]}.")))


def device_text(tile: Tile) -> str:
    """Return the device's word."""
    return DEVICE_WORDS[tile.device]


def person_text(tile: Tile) -> str:
    """Return the person's word and subtype ("Away · at home"), "" while the PBX says nothing about the person."""
    if tile.presence is None:
        return ""
    return presence_text(Presence(tile.presence, tile.subtype))


def presence_text(presence: Presence) -> str:
    """Return a status in words: "Away · at home"; its message is not in it."""
    return " · ".join(part for part in (PRESENCE_WORDS[presence.state], presence.subtype) if part)


def asked_text(tile: Tile) -> str:
    """Return what was asked and has not come, in one line for the user; "" where nothing is."""
    if tile.pending is not None:
        return f"{PENDING}: {presence_text(tile.pending.presence)}"
    if tile.failed is not None:
        return ": ".join(part for part in (FAILED, presence_text(tile.failed.presence), tile.failed.reason) if part)
    return ""


def stale_text(tile: Tile) -> str:
    """Return why the tile may be old, in one line for the user; "" while it is current."""
    if not tile.stale:
        return ""
    if tile.device_since is None:
        return tile.reason or NOT_KNOWN_YET
    return f"{MAY_BE_OLD}: {tile.reason}" if tile.reason else MAY_BE_OLD


def spoken_text(tile: Tile) -> str:
    """Return the whole tile in words, for a screen reader: what is old first; what is asked last."""
    known = tile.device_since is not None
    parts = (stale_text(tile), device_text(tile) if known else "", person_text(tile), tile.message, asked_text(tile))
    return ", ".join(part for part in parts if part)


def one_line(text: str) -> str:
    """Return a stranger's text as one line that cannot disturb its neighbours.

    Runs of blanks and line ends become one blank; control characters and directional embeddings or overrides
    (which would turn the text around them) are dropped.
    """
    if text.isascii() and text.isprintable() and "  " not in text:  # most texts, and this is asked at every change
        return text.strip()
    return " ".join(text.translate(_DISTURBING).split())


# C0 and C1 controls but the blanks among them, and Unicode's directional embeddings, overrides and isolates.
_DISTURBING = dict.fromkeys(
    code
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if not chr(code).isspace()
)
