# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A document for a person to read: aligned lines of text, what the body does not say left out.

Control characters are shown escaped, so that a stranger's body cannot drive a terminal. No printing here.
"""

import re
from collections.abc import Sequence

from board.pidf.document import Document, Resource, ResourceList

_WIDTH = 12

# Control characters, line and paragraph separators, and what turns the direction of the line around.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def as_text(read: Document | ResourceList) -> str:
    """Return the lines for a document, or for a list and its resources, without a line end at the end."""
    return "\n".join(_list_lines(read) if isinstance(read, ResourceList) else _document_lines(read))


def _document_lines(document: Document) -> list[str]:
    rows = [
        ("extension", document.extension),
        ("device", document.device.value),
        ("presence", document.presence.value if document.presence else "(not said)"),
        ("subtype", document.subtype),
        ("message", document.message),
        ("note", document.note),
        ("basic", document.basic.value if document.basic else None),
        ("activities", ", ".join(document.activities)),
        ("entity", document.entity),
        ("contact", document.contact),
        ("timestamp", document.timestamp),
        ("type", document.content_type),
        *(("flaw", flaw) for flaw in document.flaws),
    ]
    return _lines(rows)


def _list_lines(read: ResourceList) -> list[str]:
    rows = [
        ("list", read.uri),
        ("version", f"{read.version}, {'full' if read.full_state else 'partial'} state"),
        ("type", read.content_type),
        *(("flaw", flaw) for flaw in read.flaws),
    ]
    lines = _lines(rows)
    for resource in read.resources:
        lines += ["", *_resource_lines(resource)]
    return lines


def _resource_lines(resource: Resource) -> list[str]:
    state = " ".join(filter(None, (resource.state, resource.reason and f"({resource.reason})")))
    lines = _lines([("resource", resource.uri), ("name", resource.name), ("state", state or None)])
    if resource.document:
        lines += [f"  {line}" for line in _document_lines(resource.document)]
    return lines


def _lines(rows: Sequence[tuple[str, str | None]]) -> list[str]:
    return [f"{name:{_WIDTH}}{_printable(value)}" for name, value in rows if value]


def _printable(text: str) -> str:
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
