# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts a TCP or TLS byte stream into SIP messages (RFC 3261 section 18.3). Sans-I/O: bytes in, messages' bytes out."""

import re

from board.wire.errors import WireError

_LENGTH = re.compile(rb"(?:^|\n)(?:content-length|l)[ \t]*:[ \t]*(\d{1,10})[ \t]*\r?(?=\n|\Z)", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


class StreamCutter:
    """Holds what came of the message that is not whole yet; never more than `max_head` + `max_body` bytes."""

    __slots__ = ("_buffer", "_max_body", "_max_head", "_scanned")

    def __init__(self, max_head: int = 16_384, max_body: int = 262_144) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self._max_head = max_head
        self._max_body = max_body

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, return the whole messages that are in by now.

        Keep-alives (RFC 5626 section 3.5.1) between messages are dropped. Raises WireError when the stream can not
        be followed any more (a head or body beyond the limits, no Content-Length): close it then.
        """
        self._buffer += data
        messages = list[bytes]()
        while (message := self._take()) is not None:
            messages.append(message)
        return messages

    def _take(self) -> bytes | None:
        while self._buffer.startswith((b"\r", b"\n")):
            del self._buffer[:1]
        end = _END_OF_HEAD.search(self._buffer, max(0, self._scanned - 3))
        if end is None:
            self._scanned = len(self._buffer)
            if len(self._buffer) > self._max_head:
                raise WireError(f"a message's head is longer than {self._max_head} bytes")
            return None
        if end.start() > self._max_head:
            raise WireError(f"a message's head is longer than {self._max_head} bytes")
        size = end.end() + self._body_length(bytes(self._buffer[: end.start()]))
        if len(self._buffer) < size:
            self._scanned = max(0, end.start() - 1)
            return None
        message = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._scanned = 0
        return message

    def _body_length(self, head: bytes) -> int:
        found = _LENGTH.search(head)
        if found is None:
            raise WireError("a message on a stream has no Content-Length")
        length = int(found[1])
        if length > self._max_body:
            raise WireError(f"a message's body is longer than {self._max_body} bytes")
        return length
