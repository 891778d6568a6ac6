# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The PIDF of chan_sip, read by its layout instead of as XML.

chan_sip prints the user's text into a fixed frame and escapes nothing, so what it sends is XML only by luck, and
`&amp;` in it means those five characters. Everything that matters stands before the first byte a user can choose
but the extension's own name; the message is what lies between there and the frame's end, whatever it looks like.
Source: chan_sip.c, state_notify_build_xml.
"""

import re

from board.pidf.document import Document
from board.pidf.mend import CONTROLS_FLAW, ENCODING_FLAW, has_controls
from board.pidf.tables import ASTERISK_NOTES, PRESENCE_WORDS
from board.pidf.text import decode_value
from board.states import Basic, DeviceState

OPENING = b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" \nxmlns:pp="'

_FRAME = re.compile(
    re.escape(OPENING) + rb'urn:ietf:params:xml:ns:pidf:person"\n'
    rb'xmlns:es="urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status"\n'
    rb'xmlns:ep="urn:ietf:params:xml:ns:pidf:rpid:rpid-person"\n'
    rb'entity="([^\n]*)">\n'
    rb"<pp:person><status>\n"
    rb"(?:<ep:activities><ep:([a-z-]+)/></ep:activities>\n)?"
    rb"</status></pp:person>\n"
    rb"<note>([^<\n]*)</note>\n"
    rb'<tuple id="([^\n]*)">\n'
    rb'<contact priority="1">([^\n]*)</contact>\n'
    rb"<status><basic>(open|closed)</basic></status>\n"
    rb"</tuple>\n"
)
_PERSON = re.compile(rb'<tuple id="digium-presence">\n<status>\n<digium_presence type="([a-z_]*)" subtype="')
_CLOSING = b"</digium_presence>\n</status>\n</tuple>\n</presence>"


def read_chan_sip(body: bytes, content_type: str) -> Document | None:
    """Read a body of chan_sip; return None if it is not laid out as chan_sip does."""
    frame = _FRAME.match(body)
    if not frame:
        return None
    flaws: list[str] = []
    entity, activity, note, extension, contact, basic = (_decode(value or b"", flaws) for value in frame.groups())
    person = _PERSON.match(body, frame.end())
    presence = PRESENCE_WORDS.get(person[1].decode()) if person else None
    subtype, message = _texts(body[person.end() :], flaws) if person and presence else (None, None)
    return Document(
        content_type=content_type,
        entity=entity,
        extension=extension,
        device=ASTERISK_NOTES.get(note, DeviceState.UNKNOWN),
        presence=presence,
        subtype=subtype,
        message=message,
        basic=Basic(basic),
        note=note,
        activities=(activity,) if activity else (),
        contact=contact,
        flaws=tuple(dict.fromkeys(flaws)),
    )


def _texts(rest: bytes, flaws: list[str]) -> tuple[str, str]:
    """Split what follows `subtype="` into subtype and message."""
    end = rest.rfind(_CLOSING)
    if end < 0:
        flaws.append("the body ends too early")
        end = _cut_closing(rest)
    subtype, _, message = rest[:end].partition(b'">')
    return _decode(subtype, flaws), _decode(message, flaws)


def _cut_closing(rest: bytes) -> int:
    """Return where the frame's end begins in a body that stops in the middle of it."""
    rest = rest.rstrip(b"\n\0")
    lengths = range(len(_CLOSING), 0, -1)
    return len(rest) - next((length for length in lengths if rest.endswith(_CLOSING[:length])), 0)


def _decode(value: bytes, flaws: list[str]) -> str:
    text, guessed = decode_value(value)
    if guessed:
        flaws.append(ENCODING_FLAW)
    if has_controls(text):
        flaws.append(CONTROLS_FLAW)
    if "&" in text or "<" in text:
        flaws.append("a text is not escaped")
    return text
