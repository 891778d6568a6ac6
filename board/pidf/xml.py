# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes from a stranger to an XML tree: the only importer of lxml in this room.

A well-formed body goes straight through. One that is not is mended (encoding, stray `&`, control characters) and
read again, at last by a parser that skips what it cannot read. Document types are cut out, entities never
expanded, nothing is fetched, and size and depth are bounded. What the elements mean is not known here.
"""

import re
from dataclasses import dataclass

from lxml import etree

from board.pidf.errors import ParseError
from board.pidf.text import CUT_LENGTHS, decode_value

MAX_BYTES = 256 * 1024

Element = etree._Element


def _parser(recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        encoding="utf-8",  # what is declared is often wrong; other encodings are translated first
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,  # keeps libxml2's limits: depth 256, no amplification
        remove_comments=True,
        remove_pis=True,
    )


_STRICT = _parser(recover=False)
_RECOVER = _parser(recover=True)

_DOCTYPE = "<!DOCTYPE"
_PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[]*>")
_ANY_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:>|\[[^\]]*(?:\]\s*>?)?)?")
_SINGLE_BYTE = re.compile(
    rb"""\A\s*<\?xml\s[^<>]*?encoding\s*=\s*["'](iso-8859-\d+|windows-125\d|koi8-[ru])["']""", re.I
)
_DELIMITER = re.compile(rb'([<>"])')
_CUT_ENTITY = re.compile(rb"&[#a-zA-Z0-9]{0,7}$")
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
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


@dataclass(frozen=True, slots=True)
class Tree:
    """A root element and what was wrong with the bytes.

    `masked`: control characters in it are masked; `broken`: parts may be missing, it was never well-formed.
    """

    root: Element
    flaws: tuple[str, ...] = ()
    masked: bool = False
    broken: bool = False


def load(body: bytes) -> Tree:
    """Read `body` as XML, mending it where needed.

    Raises ParseError if it is larger than MAX_BYTES or no element can be read from it.
    """
    if len(body) > MAX_BYTES:
        raise ParseError(f"body of {len(body)} bytes refused: at most {MAX_BYTES} are read")
    if b"<!DOCTYPE" in body and len(_PLAIN_DOCTYPE.findall(body)) != body.count(b"<!DOCTYPE"):
        return _load_mended(body)
    data = body if body.isascii() else _from_single_byte(body)
    try:
        return Tree(etree.fromstring(data, _STRICT))
    except etree.XMLSyntaxError:
        return _load_mended(body)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, "" for what is no element (an entity reference)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_named(element: Element | None, name: str) -> Element | None:
    """Return the first child with this local name, whatever its namespace."""
    if element is not None:
        for child in element:
            if local_name(child) == name:
                return child
    return None


def text_of(element: Element) -> str:
    """Return all text in an element, that of its children included; an entity reference stays as it stands."""
    if len(element) == 0:
        return element.text or ""
    return "".join(str(piece) for piece in element.itertext())


def unmask(text: str) -> str:
    """Return the control characters that `load` masked."""
    return text.translate(_UNMASK)


def _from_single_byte(body: bytes) -> bytes:
    """Return as UTF-8 a body that declares a single-byte encoding and does not show that this is a lie."""
    declared = _SINGLE_BYTE.match(body)
    if declared and body.decode("utf-8", "ignore").isascii():
        return body.decode(declared[1].decode(), "replace").encode()
    return body


def _load_mended(body: bytes) -> Tree:
    flaws: list[str] = []
    text = _decode(body, flaws)
    text = _without_doctype(text, flaws)
    text, masked = _without_controls(text, flaws)
    text = _with_ampersands_escaped(text, flaws)
    start = text.find("<")
    if start < 0:
        raise ParseError("no XML in it: expected a presence document")
    data = text[start:].rstrip().encode("utf-8", "replace")
    try:
        return Tree(etree.fromstring(data, _STRICT), tuple(dict.fromkeys(flaws)), masked)
    except etree.XMLSyntaxError as error:
        flaws.append(f"not well-formed XML: {_first_line(error)}")
    return Tree(_recover(data, flaws[-1]), tuple(dict.fromkeys(flaws)), masked, broken=True)


def _recover(data: bytes, flaw: str) -> Element:
    try:
        root = etree.fromstring(data, _RECOVER)
    except etree.XMLSyntaxError as error:
        raise ParseError(flaw) from error
    if root is None:  # the stubs do not know that a recovering parser may find nothing
        raise ParseError(flaw)
    return root


def _first_line(error: etree.XMLSyntaxError) -> str:
    return str(error.msg).partition("\n")[0]


def _decode(body: bytes, flaws: list[str]) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    return _decode_values(_from_single_byte(body.removeprefix(b"\xef\xbb\xbf")), flaws)


def _decode_values(body: bytes, flaws: list[str]) -> str:
    """Decode each run between markup for itself: one value may be cut or not UTF-8 while the others are fine."""
    pieces = []
    guessed = False
    for run in _DELIMITER.split(body):
        if len(run) in CUT_LENGTHS and (cut := _CUT_ENTITY.search(run)):
            flaws.append("a text is cut short in an entity")
            run = run[: cut.start()]
        text, guess = decode_value(run)
        guessed = guessed or guess
        pieces.append(text)
    if guessed:
        flaws.append("a text is not UTF-8, or cut short in a character")
    return "".join(pieces)


def _without_doctype(text: str, flaws: list[str]) -> str:
    if _DOCTYPE not in text:
        return text
    flaws.append("document type ignored, entities not expanded")
    text = _ANY_DOCTYPE.sub("", text, count=1)
    if _DOCTYPE in text:
        raise ParseError("more than one document type declaration: refused")
    return text


def _without_controls(text: str, flaws: list[str]) -> tuple[str, bool]:
    if not _CONTROL.search(text):
        return text, False
    flaws.append("control characters, which XML does not allow")
    if any(chr(private) in text for private in _UNMASK):
        return _CONTROL.sub("", text), False
    return text.translate(_MASK), True


def _with_ampersands_escaped(text: str, flaws: list[str]) -> str:
    head, *sections = text.split("<![CDATA[")
    pieces = [_STRAY_AMPERSAND.sub("&amp;", head)]
    for section in sections:
        verbatim, end, rest = section.partition("]]>")
        pieces += [verbatim, end, _STRAY_AMPERSAND.sub("&amp;", rest)]
        pieces.insert(-3, "<![CDATA[")
    mended = "".join(pieces)
    if len(mended) != len(text):
        flaws.append("an & that is not escaped")
    return mended
