# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""MIME multipart as SIP servers write it (RFC 2046 section 5.1): a body to its parts. No XML is known here.

Lines may end in LF, Content-Length may be padded or wrong (it is not needed), and the boundary may be missing
from the header, since the body's first line shows it.
"""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_PARTS = 4096
MAX_HEADER = 1024
MAX_BOUNDARY = 200  # RFC 2046 allows 70 characters

_PARAMETER = re.compile(r""";\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))""")
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")

_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": binascii.a2b_base64,
    "quoted-printable": binascii.a2b_qp,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its media type with parameters (None: not said), its Content-ID without brackets, its body."""

    content_type: str | None
    content_id: str | None
    body: bytes


def media_type(content_type: str) -> str:
    """Return a media type in lower case and without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def parameters(content_type: str) -> dict[str, str]:
    """Return the parameters of a media type by their names in lower case; what stands beyond MAX_HEADER is not read."""
    return {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in _PARAMETER.finditer(content_type[:MAX_HEADER])
    }


def boundary_of(body: bytes, content_type: str) -> bytes | None:
    """Return the boundary that is declared and occurs, else the one the body's first line shows."""
    declared = parameters(content_type).get("boundary", "").encode()
    if declared and b"--" + declared in body:
        return declared
    first, newline, _ = body.lstrip()[:MAX_BOUNDARY].partition(b"\n")
    shown = first.strip().removeprefix(b"--")
    return shown if newline and first.startswith(b"--") and shown else None


def split(body: bytes, boundary: bytes) -> tuple[Part, ...]:
    """Split a multipart body; what stands before the first and after the last boundary is left out."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    parts: list[Part] = []
    start: int | None = None
    for match in line.finditer(body):
        if start is not None:
            parts.append(_part(body[start : match.start()]))
        start = match.end()
        if match[1] or len(parts) >= MAX_PARTS:
            return tuple(parts)
    if start is not None and body[start:].strip():  # the closing boundary was lost
        parts.append(_part(body[start:]))
    return tuple(parts)


def _part(raw: bytes) -> Part:
    """Read one part; `raw` begins with the line end of its boundary."""
    blank = _BLANK_LINE.search(raw)
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (b"", raw)
    headers = _headers(head)
    encoding = headers.get("content-transfer-encoding", "").lower()
    content_id = headers.get("content-id")
    return Part(
        content_type=headers.get("content-type"),
        content_id=content_id.strip("<> ") if content_id else None,
        body=_transfer_decode(body, encoding),
    )


def _headers(head: bytes) -> dict[str, str]:
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head).decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _transfer_decode(body: bytes, encoding: str) -> bytes:
    decoder = _DECODERS.get(encoding)
    if decoder is None:
        return body
    try:
        return decoder(body)
    except binascii.Error:
        return body
