# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the bodies that Asterisk 22's chan_pjsip writes, byte for byte where those are well-formed.

Plain values come in, bytes go out; no SIP, no parsing. Where Asterisk breaks XML (a text cut in the middle of a
character or entity, a raw `&` in an extension's name, control characters) the output here stays well-formed.
Sources: res_pjsip/presence_xml.c, res_pjsip_pidf_body_generator.c and its eyebeam and digium supplements,
res_pjsip_xpidf_body_generator.c, res_pjsip_dialog_info_body_generator.c.
"""

import re
from dataclasses import dataclass

from board.states import Basic, DeviceState, PresenceState

MAX_TEXT_BYTES = 1023  # of a subtype or message, after escaping

_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_TEXT = str.maketrans(_ESCAPES)
_NAME = str.maketrans({each: _ESCAPES[each] for each in '&<>"'})  # Asterisk escapes nothing in names
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_PIDF = "urn:ietf:params:xml:ns:pidf"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: the name a phone shows (may be "") and the SIP URI."""

    name: str
    uri: str


@dataclass(frozen=True, slots=True)
class _Words:
    """What one device state is called in each format."""

    note: str
    basic: Basic
    on_the_phone: bool
    xpidf: tuple[str, str]
    dialog: str


_READY = _Words("Ready", Basic.OPEN, False, ("open", "online"), "terminated")
_TALKING = _Words("On the phone", Basic.OPEN, True, ("inuse", "onthephone"), "confirmed")

_WORDS = {
    DeviceState.IDLE: _READY,
    DeviceState.UNKNOWN: _READY,
    DeviceState.IN_USE: _TALKING,
    DeviceState.BUSY: _TALKING,
    DeviceState.RINGING: _Words("Ringing", Basic.OPEN, True, ("inuse", "onthephone"), "early"),
    DeviceState.IN_USE_RINGING: _Words("Ringing", Basic.OPEN, True, ("inuse", "onthephone"), "confirmed"),
    DeviceState.ON_HOLD: _Words("On hold", Basic.OPEN, True, ("inuse", "onthephone"), "confirmed"),
    DeviceState.UNAVAILABLE: _Words("Unavailable", Basic.CLOSED, False, ("closed", "offline"), "terminated"),
}


def build_pidf(
    *,
    extension: str,
    entity: str,
    contact: str,
    device: DeviceState,
    presence: PresenceState | None = None,
    subtype: str = "",
    message: str = "",
    eyebeam: bool = True,
) -> bytes:
    """Write application/pidf+xml.

    `entity` is the watched extension's URI, `contact` that of the watcher. `presence` None leaves the digium tuple
    out, as for a watcher whose User-Agent asks for none; `eyebeam` False leaves the person's activities out, as
    without that supplement. A subtype or message is cut to MAX_TEXT_BYTES.
    """
    words = _WORDS[device]
    namespaces = f'xmlns="{_PIDF}"'
    if eyebeam:
        namespaces += f' xmlns:dm="{_PIDF}:data-model" xmlns:rpid="{_PIDF}:rpid"'
    lines = [
        f'<presence entity="{escape_name(entity)}" {namespaces}>',
        f" <note>{words.note}</note>",
        f' <tuple id="{escape_name(extension)}">',
        "  <status>",
        f"   <basic>{words.basic}</basic>",
        "  </status>",
        f'  <contact priority="1">{escape_name(contact)}</contact>',
        " </tuple>",
        *(_person(words.on_the_phone) if eyebeam else ()),
        *(digium_tuple(presence, subtype, message) if presence is not None else ()),
        "</presence>",
    ]
    return document_bytes(lines)


def build_xpidf(*, extension: str, entity: str, contact: str, device: DeviceState, atom_id: str) -> bytes:
    """Write application/xpidf+xml, which Asterisk also sends as application/cpim-pidf+xml.

    `atom_id` should differ from body to body (Asterisk takes a random UUID).
    """
    status, substatus = _WORDS[device].xpidf
    lines = [
        "<presence>",
        f' <presentity uri="{escape_name(entity)};method=SUBSCRIBE" />',
        f' <atom atomid="{escape_name(atom_id)}" id="{escape_name(extension)}">',
        f'  <address uri="{escape_name(contact)};user=ip" priority="0.80000">',
        f'   <status status="{status}" />',
        f'   <msnsubstatus substatus="{substatus}" />',
        "  </address>",
        " </atom>",
        "</presence>",
    ]
    return document_bytes(lines)


def build_dialog_info(
    *,
    extension: str,
    entity: str,
    device: DeviceState,
    version: int,
    caller: Caller | None = None,
    early_inuse_ringing: bool = False,
) -> bytes:
    """Write application/dialog-info+xml (RFC 4235).

    `version` counts the bodies of a subscription from 0. `caller` is told while the extension rings.
    `early_inuse_ringing` is pjsip.conf's notify_early_inuse_ringing: ring and call together are told as ringing.
    """
    state = _WORDS[device].dialog
    if early_inuse_ringing and device is DeviceState.IN_USE_RINGING:
        state = "early"
    ringing = state == "early"
    direction = ' direction="recipient"' if ringing else ""
    lines = [
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="full"'
        f' entity="{escape_name(entity)}">',
        f' <dialog id="{escape_name(extension)}"{direction}>',
        *(_parties(entity, caller) if ringing else ()),
        f"  <state>{state}</state>",
        *(_held(entity) if device is DeviceState.ON_HOLD else ()),
        " </dialog>",
        "</dialog-info>",
    ]
    return document_bytes(lines)


def _person(on_the_phone: bool) -> tuple[str, ...]:
    if not on_the_phone:
        return (" <dm:person />",)
    return (
        " <dm:person>",
        "  <rpid:activities>",
        "   <rpid:on-the-phone />",
        "  </rpid:activities>",
        " </dm:person>",
    )


def digium_tuple(presence: PresenceState, subtype: str, message: str, basic: Basic | None = None) -> tuple[str, ...]:
    """Write the tuple that carries a person's status whole, as lines; with `basic`, which Asterisk leaves out."""
    attributes = f'type="{presence}"' + (f' subtype="{_escape_cut(subtype)}"' if subtype else "")
    content = _escape_cut(message)
    return (
        ' <tuple id="digium-presence">',
        "  <status>",
        *([f"   <basic>{basic}</basic>"] if basic is not None else []),
        f"   <digium_presence {attributes}" + (f">{content}</digium_presence>" if content else " />"),
        "  </status>",
        " </tuple>",
    )


def _parties(entity: str, caller: Caller | None) -> tuple[str, ...]:
    own = escape_name(entity)
    if caller is None:
        remote: tuple[str, ...] = ()
        identity = f"<identity>{own}</identity>"
    else:
        uri = escape_name(caller.uri)
        identity = f'<identity display="{escape_text(caller.name)}">{uri}</identity>'
        remote = ("  <remote>", f"   {identity}", f'   <target uri="{uri}" />', "  </remote>")
    return (*remote, "  <local>", f"   {identity}", f'   <target uri="{own}" />', "  </local>")


def _held(entity: str) -> tuple[str, ...]:
    """Say that nothing is rendered, which is how dialog-info tells a hold (RFC 4235 section 5.2)."""
    return (
        "  <local>",
        f'   <target uri="{escape_text(entity)}">',
        '    <param pname="+sip.rendering" pvalue="no" />',
        "   </target>",
        "  </local>",
    )


def document_bytes(lines: list[str]) -> bytes:
    """Write the lines of a document, and the declaration before them."""
    return (_DECLARATION + "\n".join(lines) + "\n").encode()


def escape_name(text: str) -> str:
    """Escape a URI, an extension or an id: no more than it needs."""
    return _NOT_XML.sub("", text).translate(_NAME)


def escape_text(text: str) -> str:
    """Escape what a user typed as ast_sip_sanitize_xml does (res_pjsip/presence_xml.c)."""
    return _NOT_XML.sub("", text).translate(_TEXT)


def _escape_cut(text: str) -> str:
    """Escape a text and keep as many of its characters as fit into MAX_TEXT_BYTES."""
    escaped = escape_text(text)
    if len(escaped.encode()) <= MAX_TEXT_BYTES:
        return escaped
    size, kept = 0, []
    for character in _NOT_XML.sub("", text):
        piece = _ESCAPES.get(character, character)
        size += len(piece.encode())
        if size > MAX_TEXT_BYTES:
            break
        kept.append(piece)
    return "".join(kept)
