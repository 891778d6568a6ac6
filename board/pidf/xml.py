# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes from a stranger to an XML tree: the only importer of lxml in this room.

A well-formed body goes straight through. One that is not is mended and read again, at last by a parser that skips
what it cannot read. Document types are cut out, entities never expanded, nothing is fetched, depth is bounded.
What the elements mean is not known here.
"""

from typing import NamedTuple

from lxml import etree

from board.pidf.errors import ParseError
from board.pidf.mend import from_root, from_single_byte, has_internal_subset, mend

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

# A parser keeps the tables that a body made it grow, and then is slower for all that follow (11,000 namespace
# declarations: 2.4 times). So a body larger than any honest single document gets a parser of its own.
_LARGE = 8 * 1024


class Tree(NamedTuple):
    """A root element and what was wrong with the bytes.

    `masked`: control characters in it are masked; `broken`: parts may be missing, it was never well-formed.
    """

    root: Element
    flaws: tuple[str, ...] = ()
    masked: bool = False
    broken: bool = False


def load(body: bytes) -> Tree:
    """Read `body` as XML, mending it where needed; raises ParseError if no element can be read from it.

    Whoever calls bounds the size: time and memory grow with it, linearly.
    """
    if has_internal_subset(body):
        return _load_mended(body)
    data = body if body.isascii() else from_single_byte(body)
    try:
        return Tree(_parse(data))
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


def _parse(data: bytes) -> Element:
    return etree.fromstring(data, _STRICT if len(data) <= _LARGE else _parser(recover=False))


def _load_mended(body: bytes) -> Tree:
    mended = mend(body)
    try:
        return Tree(_parse(mended.data), mended.flaws, mended.masked)
    except etree.XMLSyntaxError as error:
        flaw = "not well-formed XML: " + str(error.msg).partition("\n")[0]
    return Tree(_recover(from_root(mended.data), flaw), (*mended.flaws, flaw), mended.masked, broken=True)


def _recover(data: bytes, flaw: str) -> Element:
    try:
        root = etree.fromstring(data, _parser(recover=True))
    except etree.XMLSyntaxError as error:
        raise ParseError(flaw) from error
    if root is None:  # the stubs do not know that a recovering parser may find nothing
        raise ParseError(flaw)
    return root
