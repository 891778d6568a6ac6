# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests and responses: one message's bytes to a frozen value and back (RFC 3261 section 7).

Header text is UTF-8 with surrogate escapes, so every byte survives the way through. A body is never looked into.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from board.wire.errors import WireError
from board.wire.headers import Headers
from board.wire.values import NameAddr, Via

_REQUEST_LINE = re.compile(r"([A-Za-z0-9\-.!%*_+`'~]+) +(\S(?:.*\S)?) +SIP/2\.0\s*\Z", re.IGNORECASE)
_STATUS_LINE = re.compile(r"SIP/2\.0 +([1-6]\d\d)(?: +(.*))?\s*\Z", re.IGNORECASE)
_CSEQ = re.compile(r"\s*(\d{1,10})\s+(\S+)\s*\Z")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_ECHOED = frozenset({"via", "from", "to", "call-id", "cseq"})
MAX_HEADER_FIELDS = 256


@dataclass(frozen=True, slots=True)
class _Message:
    headers: Headers
    body: bytes

    @property
    def start_line(self) -> str:
        raise NotImplementedError

    @property
    def call_id(self) -> str:
        """The Call-ID; raises WireError without one."""
        return self.headers.require("Call-ID").strip()

    @property
    def cseq(self) -> tuple[int, str]:
        """CSeq's number and method; raises WireError without a readable one."""
        value = self.headers.require("CSeq")
        match = _CSEQ.match(value)
        if match is None or int(match[1]) >= 2**31:
            raise WireError(f"not a CSeq: {value[:80]!r}")
        return int(match[1]), match[2].upper()

    @property
    def from_(self) -> NameAddr:
        """The From; raises WireError without a readable one."""
        return NameAddr.read(self.headers.require("From"))

    @property
    def to(self) -> NameAddr:
        """The To; raises WireError without a readable one."""
        return NameAddr.read(self.headers.require("To"))

    @property
    def via(self) -> Via:
        """The topmost Via; raises WireError without a readable one."""
        value = self.headers.first("Via")
        if value is None:
            raise WireError("the message has no Via header")
        return Via.read(value)

    def with_headers(self, headers: Headers) -> Self:
        """Return the same message with other header fields."""
        return replace(self, headers=headers)

    def encode(self) -> bytes:
        """Write the message; Content-Length is set to the body's."""
        headers = self.headers.replaced("Content-Length", str(len(self.body)))
        lines = [self.start_line, *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body


@dataclass(frozen=True, slots=True)
class Request(_Message):
    """A request: method (case kept), request URI as written, header fields, body."""

    method: str
    uri: str

    @property
    def start_line(self) -> str:
        """The request line."""
        return f"{self.method} {self.uri} SIP/2.0"


@dataclass(frozen=True, slots=True)
class Response(_Message):
    """A response: status 100 to 699, reason phrase, header fields, body."""

    status: int
    phrase: str

    @property
    def start_line(self) -> str:
        """The status line."""
        return f"SIP/2.0 {self.status} {self.phrase}"

    @classmethod
    def to_request(cls, request: Request, status: int, phrase: str, tag: str = "", body: bytes = b"") -> "Response":
        """Begin the answer to a request: its Via, From, To, Call-ID and CSeq (RFC 3261 section 8.2.6).

        `tag` is added to To where the request's had none.
        """
        headers = request.headers.only(_ECHOED)
        if tag and not request.to.tag:
            headers = headers.replaced("To", f"{request.headers.require('To')};tag={tag}")
        return cls(headers, body, status, phrase)


def read_message(data: bytes) -> Request | Response:
    """Read one whole message: a datagram, or what the stream framing cut out.

    Bytes behind Content-Length are dropped, a body shorter than it is refused (RFC 3261 section 18.3). Folded lines
    are joined. Raises WireError with one line for anything that is no SIP message.
    """
    data = data.lstrip(b"\r\n")
    head, body = _split(data)
    text = head.decode("utf-8", "surrogateescape")
    if "\n " in text or "\n\t" in text:
        text = _FOLDED.sub(" ", text)
    start, *lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_HEADER_FIELDS:
        raise WireError(f"the message has {len(lines)} header lines, more than {MAX_HEADER_FIELDS}")
    headers = Headers(_field(line) for line in lines if line)
    body = _cut(body, headers)
    if (status := _STATUS_LINE.match(start)) is not None:
        return Response(headers, body, int(status[1]), (status[2] or "").strip())
    if (request := _REQUEST_LINE.match(start)) is not None:
        return Request(headers, body, request[1], request[2])
    raise WireError(f"not a SIP request or status line: {start[:80]!r}")


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Split a message at its first empty line, whichever line ends it uses."""
    usual = data.find(b"\r\n\r\n")
    if usual >= 0 and data.find(b"\n\n", 0, usual) < 0 and data.find(b"\n\r\n", 0, usual) < 0:
        return data[:usual], data[usual + 4 :]
    end = _END_OF_HEAD.search(data)
    return (data[: end.start()], data[end.end() :]) if end else (data.rstrip(b"\r\n"), b"")


@lru_cache(maxsize=512)
def _is_name(name: str) -> bool:
    return len(name.split()) == 1


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name = name.rstrip()
    if not colon or not _is_name(name):
        raise WireError(f"not a header line: {line[:80]!r}")
    return name, value.strip()


def _cut(body: bytes, headers: Headers) -> bytes:
    if headers.get("Content-Length") is None:
        return body
    length = headers.number("Content-Length")
    if length is None:
        raise WireError(f"not a Content-Length: {headers.get('Content-Length')!r}")
    if length > len(body):
        raise WireError(f"Content-Length says {length} bytes, {len(body)} came")
    return body[:length]
