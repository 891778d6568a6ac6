# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board parse`: a captured NOTIFY, or its body alone, to a document in JSON or in words. No network."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO
from unicodedata import category

from board.pidf import ParseError, parse
from board.pidf.document import Document, Resource, ResourceList
from board.pidf.xml import MAX_BYTES
from board.wire import Response, WireError, read_message

DONE, BAD_INPUT = 0, 2
STDIN = "-"
_MOST = 4 * MAX_BYTES  # what is read of a file; a longer body is refused by its length anyway
_START_LINE = re.compile(rb"\s*(?:[A-Z]+ +\S+ +SIP/2\.0|SIP/2\.0 +\d{3})\b")
_LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d*)[ \t]*(?:\r?\n|\Z)", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What the command line asks of `parse`: files ("-" is stdin), the type of bare bodies, JSON or words."""

    files: tuple[str, ...] = (STDIN,)
    content_type: str | None = None
    as_json: bool = False


def parse_files(options: ParseOptions, stdin: BinaryIO, out: TextIO, err: TextIO) -> int:
    """Print one document a file, in order; return 2 if any held nothing readable, else 0."""
    status = DONE
    for number, name in enumerate(options.files):
        try:
            found: Document | ResourceList | str = read_capture(_read(name, stdin), options.content_type)
        except OSError as error:
            found = f"cannot be read: {error.strerror}"
        except (ParseError, WireError) as error:
            found = str(error)
        if isinstance(found, str):
            status = BAD_INPUT
            _print(err, _safe(f"presence-board parse: {name}: {found}"))
        else:
            for flaw in found.flaws:
                _print(err, _safe(f"presence-board parse: {name}: note: {flaw}"))
        if options.as_json:
            _print(out, json.dumps({"error": found} if isinstance(found, str) else as_json(found), ensure_ascii=False))
        elif not isinstance(found, str):
            _print(out, "\n".join([*[""] * bool(number), *as_text(name, found)]))
    return status


def read_capture(data: bytes, content_type: str | None = None) -> Document | ResourceList:
    """Read a NOTIFY body, or a whole SIP message, told apart by the first line.

    `content_type` is that of a bare body and of a message that names none. Raises ParseError or WireError.
    """
    if not _START_LINE.match(data):
        return parse(data, content_type)
    head, length, body = _split(data)
    message = read_message(head)
    if not body and (isinstance(message, Response) or message.method != "NOTIFY"):
        raise ParseError(f"no NOTIFY, and without a body: {message.start_line[:80]}")
    return parse(body[:length], message.headers.get("Content-Type") or content_type)


def as_json(found: Document | ResourceList) -> dict[str, Any]:
    """Return a document as `parse --json` prints it (the keys of the command-line contract)."""
    if isinstance(found, ResourceList):
        return {
            "entity": found.uri,
            "content_type": found.content_type,
            "version": found.version,
            "full_state": found.full_state,
            "resources": [_resource_as_json(resource) for resource in found.resources],
        }
    return {
        "entity": found.entity,
        "content_type": found.content_type,
        "extension": found.extension,
        "device": found.device.value,
        "presence": found.presence and found.presence.value,
        "subtype": found.subtype,
        "message": found.message,
        "basic": found.basic and found.basic.value,
        "note": found.note,
        "activities": list(found.activities),
        "contact": found.contact,
        "timestamp": found.timestamp,
    }


def as_text(name: str, found: Document | ResourceList) -> Iterator[str]:
    """Yield a document as lines for people; what a stranger wrote cannot break out of its line."""
    yield f"{name}:"
    for key, value in as_json(found).items():
        if key != "resources" and value not in (None, [], ""):
            yield _safe(f"  {key:<13}{', '.join(value) if isinstance(value, list) else value}")
    for resource in found.resources if isinstance(found, ResourceList) else ():
        yield _safe(f"  {resource.uri:<32} {_in_short(resource)}")


def _in_short(resource: Resource) -> str:
    document = resource.document
    if document is None:
        return resource.state or "nothing known"
    says = (document.device, document.presence, document.subtype, document.message)
    return ", ".join(filter(None, says))


def _resource_as_json(resource: Resource) -> dict[str, Any]:
    return {
        "uri": resource.uri,
        "name": resource.name,
        "state": resource.state,
        "reason": resource.reason,
        "document": resource.document and as_json(resource.document),
    }


def _split(data: bytes) -> tuple[bytes, int | None, bytes]:
    """Return a message's head without Content-Length, that length, and all that follows the head.

    A capture may have been cut off, or saved with other line ends; its length is then wrong, and no reason to refuse.
    """
    data = data.lstrip(b" \t\r\n")
    end = _END_OF_HEAD.search(data)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    length = _LENGTH.search(head)
    return _LENGTH.sub(b"", head), int(length[1]) if length and length[1] else None, body


def _read(name: str, stdin: BinaryIO) -> bytes:
    if name == STDIN:
        return stdin.read(_MOST)
    with open(name, "rb") as file:
        return file.read(_MOST)


def _safe(text: str) -> str:
    return "".join("\N{REPLACEMENT CHARACTER}" if category(sign) in _UNPRINTABLE else sign for sign in text)


def _print(where: TextIO, text: str) -> None:
    print(text.encode("utf-8", "replace").decode(), file=where, flush=True)
