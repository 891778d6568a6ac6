# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a NOTIFY's body is made from, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from board.presence.value import Presence
from board.states import DeviceState
from board.wire import SipUri


@dataclass(frozen=True, slots=True)
class Presentity:
    """What one watcher is told of one extension.

    `entity` is the extension's own URI, `watcher` the URI of who watches. `presence` is None where the watcher does
    not get the digium tuple. `version` counts the bodies of a subscription from 0.
    """

    exten: str
    entity: SipUri
    watcher: str
    device: DeviceState
    presence: Presence | None
    version: int


Bodies = Callable[[str, Presentity], bytes]
"""Writes the body of a content type."""

_NOTES = {
    DeviceState.IDLE: "Ready",
    DeviceState.RINGING: "Ringing",
    DeviceState.IN_USE_RINGING: "Ringing",
    DeviceState.IN_USE: "On the phone",
    DeviceState.BUSY: "On the phone",
    DeviceState.ON_HOLD: "On hold",
    DeviceState.UNAVAILABLE: "Unavailable",
    DeviceState.UNKNOWN: "Ready",
}


def write_body(content_type: str, presentity: Presentity) -> bytes:
    """Write the body of a content type as Asterisk 22 does."""
    note = _NOTES[presentity.device]
    digium = ""
    if presentity.presence is not None:
        subtype, message = presentity.presence.subtype, presentity.presence.message
        digium = (
            '<tuple id="digium-presence"><status><digium_presence '
            f"type={quoteattr(presentity.presence.state)} subtype={quoteattr(subtype)}>{escape(message)}"
            "</digium_presence></status></tuple>"
        )
    basic = "closed" if note == "Unavailable" else "open"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><presence entity={quoteattr(str(presentity.entity))} '
        f'xmlns="urn:ietf:params:xml:ns:pidf"><note>{note}</note><tuple id={quoteattr(presentity.exten)}>'
        f'<status><basic>{basic}</basic></status><contact priority="1">{escape(presentity.watcher)}</contact></tuple>'
        f"{digium}</presence>"
    )
    return text.encode("utf-8", "replace")
