# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The body of a NOTIFY to a frozen document: what is it, and who reads it.

The root element decides, not the content type: Asterisk sends XPIDF under the name of cpim-pidf+xml.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from board.pidf import chan_sip, multipart, resource_list
from board.pidf.dialog_info import read_dialog_info
from board.pidf.document import Document, ResourceList
from board.pidf.errors import ParseError
from board.pidf.mend import unmask
from board.pidf.presence import read_presence
from board.pidf.xml import Element, Tree, load, local_name
from board.pidf.xpidf import is_xpidf, read_xpidf

MAX_BYTES = 256 * 1024
MAX_LIST_DEPTH = 4


def parse(body: bytes, content_type: str | None = None) -> Document | ResourceList:
    """Read the body of a NOTIFY.

    `content_type` is the header's value with its parameters, None where there was none. An empty body is a document
    in which everything is unknown. Raises ParseError, with one line that says why, if nothing readable is in it.
    """
    return _parse(body, content_type, 0)


def _parse(body: bytes, content_type: str | None, depth: int) -> Document | ResourceList:
    if len(body) > MAX_BYTES:
        raise ParseError(f"body of {len(body)} bytes refused: at most {MAX_BYTES} are read")
    kind = multipart.media_type(content_type) if content_type else ""
    if body.startswith(chan_sip.OPENING) and (document := chan_sip.read_chan_sip(body, kind or _PIDF_TYPE)):
        return document
    if not body.strip(b" \t\r\n\0"):
        return Document(kind)
    if kind.startswith("multipart/") or body.lstrip()[:2] == b"--":
        return _parse_multipart(body, content_type or "", depth)
    return _read_tree(load(body), kind)


def _read_tree(tree: Tree, kind: str) -> Document | ResourceList:
    reader = _READERS.get(local_name(tree.root))
    if reader is None:
        raise ParseError(f"no presence document: its root element is {tree.root.tag[:80]!r}")
    document = reader(tree.root, kind)
    if not tree.flaws:
        return document
    if tree.broken and document == Document(document.content_type):
        raise ParseError(tree.flaws[-1])
    if tree.masked and isinstance(document, Document):
        document = _unmasked(document)
    return replace(document, flaws=tree.flaws + document.flaws)


def _read_presence(root: Element, kind: str) -> Document:
    if is_xpidf(root):
        return read_xpidf(root, kind or "application/xpidf+xml")
    return read_presence(root, kind or _PIDF_TYPE)


def _read_dialog_info(root: Element, kind: str) -> Document:
    return read_dialog_info(root, kind or "application/dialog-info+xml")


def _read_bare_list(root: Element, kind: str) -> ResourceList:
    return resource_list.read_list(root, kind or resource_list.RLMI, (), partial(_parse_part, depth=0))


_PIDF_TYPE = "application/pidf+xml"

_READERS: dict[str, Callable[[Element, str], Document | ResourceList]] = {
    "presence": _read_presence,
    "pidf-full": _read_presence,  # RFC 5262: the first document of partial notification is a whole one
    "dialog-info": _read_dialog_info,
    "list": _read_bare_list,
}


def _parse_part(part: multipart.Part, depth: int) -> Document | ResourceList:
    return _parse(part.body, part.content_type, depth + 1)


def _parse_multipart(body: bytes, content_type: str, depth: int) -> Document | ResourceList:
    if depth >= MAX_LIST_DEPTH:
        raise ParseError(f"lists nested deeper than {MAX_LIST_DEPTH}")
    boundary = multipart.boundary_of(body, content_type)
    parts = multipart.split(body, boundary) if boundary else ()
    if not parts:
        raise ParseError("multipart body without parts")
    return _read_parts(parts, multipart.media_type(content_type) or "multipart/related", depth)


def _read_parts(parts: tuple[multipart.Part, ...], kind: str, depth: int) -> Document | ResourceList:
    read = partial(_parse_part, depth=depth)
    described = [part for part in parts if multipart.media_type(part.content_type or "") == resource_list.RLMI]
    if not described and len(parts) == 1:
        return read(parts[0])
    others = tuple(part for part in parts if part not in described)
    try:
        if not described:
            raise ParseError("the list's description is missing")
        root, flaws = resource_list.rlmi_root(described[0])
    except ParseError as error:
        listed = resource_list.list_of_parts(kind, others, read, str(error))
        if not listed.resources:
            raise
        return listed
    listed = resource_list.read_list(root, kind, others, read)
    return replace(listed, flaws=flaws + listed.flaws) if flaws else listed


def _unmasked(document: Document) -> Document:
    return replace(
        document,
        subtype=document.subtype and unmask(document.subtype),
        message=document.message and unmask(document.message),
        note=document.note and unmask(document.note),
    )
