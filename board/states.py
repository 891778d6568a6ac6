# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The words every room shares: what a device, a person and a subscription can be.

Only enumerations may live here. Their values are Asterisk's own words where Asterisk has one, and the
values of the command line's JSON.
"""

from enum import StrEnum


class DeviceState(StrEnum):
    """What an extension's phone is doing, as a hint's aggregate tells it (pbx.c, ast_extension_states)."""

    IDLE = "idle"
    RINGING = "ringing"
    IN_USE = "in_use"
    IN_USE_RINGING = "in_use_ringing"
    ON_HOLD = "on_hold"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class PresenceState(StrEnum):
    """What the person behind a device says (presencestate.h, enum ast_presence_state)."""

    NOT_SET = "not_set"
    UNAVAILABLE = "unavailable"
    AVAILABLE = "available"
    AWAY = "away"
    XA = "xa"
    CHAT = "chat"
    DND = "dnd"


class Basic(StrEnum):
    """PIDF's basic status (RFC 3863 section 4.1.4)."""

    OPEN = "open"
    CLOSED = "closed"


class Subscription(StrEnum):
    """The state of a subscription (RFC 6665 section 4.1.3)."""

    PENDING = "pending"
    ACTIVE = "active"
    TERMINATED = "terminated"


class PbxState(StrEnum):
    """How a PBX is doing, as far as this board can tell."""

    CONNECTING = "connecting"  # nothing was heard yet
    LIVE = "live"  # it answers, its word is current
    SILENT = "silent"  # it stopped answering; what is shown may be old
    REFUSED = "refused"  # it answers, but does not accept our account; we stopped asking
