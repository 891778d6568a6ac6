# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mending what servers get wrong below the level of elements: encoding, cut texts, stray `&`, control characters.

No XML parser is used here. Every step is linear in the body's length and says in `flaws` what it mended.
"""

import re
from dataclasses import dataclass

from board.pidf.errors import ParseError
from board.pidf.text import CUT_LENGTHS, decode_value

CONTROLS_FLAW = "control characters, which XML does not allow"
ENCODING_FLAW = "a text is not UTF-8, or cut short in a character"

_DOCTYPE = "<!DOCTYPE"
_PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[]*>")
_ANY_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:>|\[[^\]]*(?:\]\s*>?)?)?")
_SINGLE_BYTE = re.compile(
    rb"""\A\s*<\?xml\s[^<>]*?encoding\s*=\s*["'](iso-8859-(?:1[013-6]|[1-9])|windows-125[0-8]|koi8-[ru])["']""", re.I
)
_DELIMITER = re.compile(rb'([<>"])')
_CUT_ENTITY = re.compile(rb"&[#a-zA-Z0-9]{0,7}$")
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(?:presence|pidf-full|dialog-info|list)[\s/>]")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)

# XML 1.0 cannot carry control characters, Asterisk does. They travel through the parser as private-use ones.
_CONTROLS = [code for code in range(1, 0x20) if chr(code) not in "\t\n\r"]
_PRIVATE = 0xF0000
_MASK = {code: _PRIVATE + code for code in _CONTROLS} | {0: None, 0xFFFE: None, 0xFFFF: None}
_UNMASK = {_PRIVATE + code: code for code in _CONTROLS}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MASKED = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x1F)}]")


@dataclass(frozen=True, slots=True)
class Mended:
    """UTF-8 that begins with `<`, what was mended, and whether control characters in it are masked."""

    data: bytes
    flaws: tuple[str, ...]
    masked: bool


def mend(body: bytes) -> Mended:
    """Mend a body that is not well-formed; raises ParseError if it cannot be XML at all."""
    flaws: dict[str, None] = {}
    text = _decode(body, flaws)
    text = _without_doctype(text, flaws)
    text, masked = _without_controls(text, flaws)
    text = _with_ampersands_escaped(text, flaws)
    start = text.find("<")
    if start < 0:
        raise ParseError("no XML in it: expected a presence document")
    return Mended(text[start:].rstrip().encode("utf-8", "replace"), tuple(flaws), masked)


def from_root(data: bytes) -> bytes:
    """Return what begins with the root element of a presence document, where one can be seen."""
    root = _ROOT.search(data)
    return data[root.start() :] if root else data


def unmask(text: str) -> str:
    """Return the control characters that `mend` masked."""
    return text.translate(_UNMASK)


def has_controls(text: str) -> bool:
    """Tell whether a text holds characters that XML does not allow."""
    return _CONTROL.search(text) is not None


def has_internal_subset(body: bytes) -> bool:
    """Tell whether a document type declaration in it may define entities."""
    return b"<!DOCTYPE" in body and len(_PLAIN_DOCTYPE.findall(body)) != body.count(b"<!DOCTYPE")


def from_single_byte(body: bytes) -> bytes:
    """Return as UTF-8 a body that declares a single-byte encoding and does not show that this is a lie."""
    declared = _SINGLE_BYTE.match(body)
    if declared and body.decode("utf-8", "ignore").isascii():
        return body.decode(declared[1].decode(), "replace").encode()
    return body


def _decode(body: bytes, flaws: dict[str, None]) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    return _decode_values(from_single_byte(body.removeprefix(b"\xef\xbb\xbf")), flaws)


def _decode_values(body: bytes, flaws: dict[str, None]) -> str:
    """Decode each run between markup for itself: one value may be cut or not UTF-8 while the others are fine."""
    pieces = []
    for run in _DELIMITER.split(body):
        if len(run) in CUT_LENGTHS and (cut := _CUT_ENTITY.search(run)):
            flaws["a text is cut short in an entity"] = None
            run = run[: cut.start()]
        text, guessed = decode_value(run)
        if guessed:
            flaws[ENCODING_FLAW] = None
        pieces.append(text)
    return "".join(pieces)


def _without_doctype(text: str, flaws: dict[str, None]) -> str:
    if _DOCTYPE not in text:
        return text
    flaws["document type ignored, entities not expanded"] = None
    text = _ANY_DOCTYPE.sub("", text, count=1)
    if _DOCTYPE in text:
        raise ParseError("more than one document type declaration: refused")
    return text


def _without_controls(text: str, flaws: dict[str, None]) -> tuple[str, bool]:
    if not has_controls(text):
        return text, False
    flaws[CONTROLS_FLAW] = None
    if _MASKED.search(text):  # somebody uses these private ones himself
        return _CONTROL.sub("", text), False
    return text.translate(_MASK), True


def _with_ampersands_escaped(text: str, flaws: dict[str, None]) -> str:
    head, *sections = text.split(_CDATA)
    pieces = [_STRAY_AMPERSAND.sub("&amp;", head)]
    for section in sections:
        verbatim, end, rest = section.partition(_CDATA_END)
        pieces += [_CDATA, verbatim, end, _STRAY_AMPERSAND.sub("&amp;", rest)]
    mended = "".join(pieces)
    if len(mended) != len(text):
        flaws["an & that is not escaped"] = None
    return mended
