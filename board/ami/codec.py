# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""AMI's bytes: messages cut out of a stream, and written into one. Sans-I/O; no action is understood here.

A line ends with LF or CR LF, a message with an empty line. What a reader keeps is bounded, whatever is sent: a line
too long and a line too many are counted, not kept. What is written cannot hold a line break within a value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from board.ami.messages import Action, Event, Fields, Message, Response
from board.presence.value import to_bytes, to_text

BANNER = b"Asterisk Call Manager/"
_BREAK = re.compile(r"[\r\n\0]")
_KINDS: Mapping[str, type[Action | Response | Event]] = MappingProxyType(
    {"action": Action, "response": Response, "event": Event}
)
_WORDS = MappingProxyType({kind: word.capitalize() for word, kind in _KINDS.items()})


class Flaw(Enum):
    """Why a message cannot be used; the value is Asterisk's line about it (manager.c, handle_parse_error)."""

    LINE_TOO_LONG = "Failed to parse message: line too long"
    TOO_MANY_LINES = "Too many lines in message or allocation failure"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader takes: bytes of a line with its end, lines of a message, bytes of a message."""

    line: int = 1024
    lines: int = 128
    message: int = 1024 * 128


SERVER_LIMITS = Limits()
"""What Asterisk takes from its clients."""
CLIENT_LIMITS = Limits(line=64 * 1024, lines=100_000, message=16 * 1024 * 1024)
"""What a client takes from its PBX: events carry whole texts, a command's output may be long."""


class Reader:
    """Cuts messages out of a stream. `feed` bytes, then take messages with `pull` until it has no more."""

    def __init__(self, limits: Limits = SERVER_LIMITS) -> None:
        self._limits = limits
        self._data = bytearray()
        self._fields = list[tuple[str, str]]()
        self._size = 0
        self._flaw: Flaw | None = None
        self._within_long_line = False

    @property
    def waiting(self) -> int:
        """How many bytes were fed and not yet looked at."""
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """Take bytes as they came."""
        self._data += data

    def pull(self) -> Message | Flaw | None:
        """Return the next whole message, or what is wrong with it; None until more is fed.

        One without a kind is an Action without a name.
        """
        start = 0
        try:
            while (end := self._data.find(b"\n", start)) >= 0:
                line, start = self._data[start:end], end + 1
                if self._ends_message(line):
                    return self._message()
        finally:
            del self._data[:start]
        self._drop_long_rest()
        return None

    def pull_line(self) -> bytes | None:
        """Return the next line alone, as a client reads the banner; None until more is fed."""
        end = self._data.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._data[:end]).rstrip(b"\r")
        del self._data[: end + 1]
        return line

    def _ends_message(self, line: bytearray) -> bool:
        if self._within_long_line or len(line) >= self._limits.line:
            self._within_long_line = False
            self._spoil(Flaw.LINE_TOO_LONG)
            return False
        text = line.removesuffix(b"\r")
        if not text:
            return True
        self._size += len(text)
        if len(self._fields) >= self._limits.lines or self._size > self._limits.message:
            self._spoil(Flaw.TOO_MANY_LINES)
        elif self._flaw is None:
            # Asterisk's strings end at a zero byte.
            name, _, value = to_text(bytes(text.partition(b"\0")[0])).partition(":")
            self._fields.append((name, value.lstrip(" ")))
        return False

    def _message(self) -> Message | Flaw:
        fields, flaw = self._fields, self._flaw
        self._fields, self._flaw, self._size = [], None, 0
        return flaw or _read(tuple(fields))

    def _spoil(self, flaw: Flaw) -> None:
        self._flaw = self._flaw or flaw
        self._fields.clear()

    def _drop_long_rest(self) -> None:
        if len(self._data) >= self._limits.line:
            self._within_long_line = True
            self._data.clear()


def _read(fields: Fields) -> Message:
    for place, (name, value) in enumerate(fields):
        if (kind := _KINDS.get(name.lower())) is not None:
            return kind(value, fields[:place] + fields[place + 1 :])
    return Action("", fields)


def line_of(value: str) -> str:
    """Return what of a value fits on its line: all up to the first line break or zero byte."""
    found = _BREAK.search(value)
    return value[: found.start()] if found else value


def encode(message: Message) -> bytes:
    """Write a message. A value ends at its first line break: as a reader of lines sees it, and nothing is forged."""
    head = (_WORDS[type(message)], message.name)
    lines = [f"{line_of(name)}: {line_of(value)}\r\n" for name, value in (head, *message.fields)]
    return to_bytes("".join(lines)) + b"\r\n"


def encode_strictly(message: Message, limits: Limits = SERVER_LIMITS) -> bytes:
    """Write a message whole; raise ValueError, with one line, for one that the other side would not read as meant."""
    for name, value in message.fields:
        if _BREAK.search(name + value) or ":" in name:
            raise ValueError(f"the field {name[:40]!r} holds a line break or a zero byte, which AMI cannot carry")
        if len(to_bytes(f"{name}: {value}\r\n")) > limits.line:
            raise ValueError(f"the field {name[:40]!r} is longer than the {limits.line} bytes of an AMI line")
    if len(message.fields) + 1 > limits.lines or _BREAK.search(message.name):
        raise ValueError("the message has more lines than AMI takes, or a line break in its name")
    return encode(message)


_ESCAPES = str.maketrans(
    {
        **{sign: "\\" + sign for sign in "\"'?\\"},
        **dict(zip("\a\b\f\n\r\t\v", (f"\\{letter}" for letter in "abfnrtv"), strict=True)),
    }
)


def escaped(text: str) -> str:
    """Write a text as a C string would have it (strings.c, ast_escape_c_alloc), as PresenceStateChange does."""
    return text.translate(_ESCAPES)
