# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board parse`: a captured NOTIFY, or its body alone, to a document in JSON or in words. No network."""

import json
import re
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from board.pidf import ParseError, parse
from board.pidf.as_json import as_json
from board.pidf.as_text import as_text
from board.pidf.document import Document, ResourceList
from board.pidf.reader import MAX_BYTES
from board.wire import Response, WireError, read_message

DONE, BAD_INPUT = 0, 2
STDIN = "-"
_MOST = 4 * MAX_BYTES  # what is read of a file; a longer body is refused by its length anyway
_START_LINE = re.compile(rb"\s*(?:[A-Z]+ +\S+ +SIP/2\.0|SIP/2\.0 +\d{3})\b")
_LENGTH = re.compile(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d*)[ \t]*(?:\r?\n|\Z)", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """What the command line asks of `parse`: files ("-" is stdin), the type of bare bodies, JSON or words."""

    files: tuple[str, ...] = (STDIN,)
    content_type: str | None = None
    as_json: bool = False


def parse_files(options: ParseOptions, stdin: BinaryIO, out: TextIO, err: TextIO) -> int:
    """Print one document a file, in order; return 2 if any held nothing readable, else 0."""
    status, several = DONE, len(options.files) > 1
    for number, name in enumerate(options.files):
        try:
            found: Document | ResourceList | str = read_capture(_read(name, stdin), options.content_type)
        except OSError as error:
            found = f"cannot be read: {error.strerror}"
        except (ParseError, WireError) as error:
            found = str(error)
        if isinstance(found, str):
            status = BAD_INPUT
            _print(err, f"presence-board parse: {name}: {found}")
        if options.as_json:
            _print(out, json.dumps({"error": found} if isinstance(found, str) else as_json(found), ensure_ascii=False))
        elif not isinstance(found, str):
            _print(out, "\n".join([*[""] * (number > 0), *([name] * several), as_text(found)]))
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


def _print(where: TextIO, text: str) -> None:
    print(text.encode("utf-8", "replace").decode(), file=where, flush=True)
