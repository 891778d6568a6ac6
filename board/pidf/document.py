# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a NOTIFY body says, as frozen values: the result of `board.pidf.parse`, whatever dialect it came in.

Only dataclasses may live here: no XML, no rules.
"""

from dataclasses import dataclass

from board.states import Basic, DeviceState, PresenceState


@dataclass(frozen=True, slots=True)
class Document:
    """One presentity's state.

    `entity` and `contact` are what the body names; both may be the watcher (chan_sip, chan_pjsip), so the
    subscription says whose state this is. `extension` is the tuple id or the user part of the entity. `presence`,
    `subtype` and `message` are None where the document carries none (no digium tuple, no RPID that says it); an
    empty subtype or message of a document that carries a presence is "". `flaws` lists in plain words what was
    broken in the body and worked around.
    """

    content_type: str
    entity: str | None = None
    extension: str | None = None
    device: DeviceState = DeviceState.UNKNOWN
    presence: PresenceState | None = None
    subtype: str | None = None
    message: str | None = None
    basic: Basic | None = None
    note: str | None = None
    activities: tuple[str, ...] = ()
    contact: str | None = None
    timestamp: str | None = None
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One member of a resource list (RFC 4662 section 5.4); `document` is None while no instance came for it."""

    uri: str
    name: str | None
    state: str | None
    reason: str | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class ResourceList:
    """An RFC 4662 multipart body: the list's URI, its version, whether it is full state, and its members."""

    content_type: str
    uri: str
    version: int
    full_state: bool
    resources: tuple[Resource, ...]
    flaws: tuple[str, ...] = ()
