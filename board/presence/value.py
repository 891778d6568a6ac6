# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A presence value, and the text `state,subtype,message,options` in which Asterisk writes and stores it.

Texts are str; bytes that are not UTF-8 stand in them as surrogate escapes, so nothing is lost on the way through.
Follows func_presencestate.c (parse_data, presence_write) and utils.c (ast_base64decode).
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.states import PresenceState

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_SEXTETS = bytes(_ALPHABET.index(byte) if byte in _ALPHABET else 63 for byte in range(256))
EVENT_TEXT_LIMIT = 255
"""Bytes of a text written with option e that an event, the cache and a NOTIFY carry."""

STATE_WORDS: Mapping[str, PresenceState] = MappingProxyType({state.value: state for state in PresenceState})


@dataclass(frozen=True, slots=True)
class Presence:
    """A person's state with its two texts, "" where there is none."""

    state: PresenceState
    subtype: str = ""
    message: str = ""


NOT_SET = Presence(PresenceState.NOT_SET)


class Refused(ValueError):  # noqa: N818 - the word that the command line and AMI use for it
    """A value or target was refused; the message is Asterisk's own line about it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as written: texts possibly in base64, which `encoded` tells."""

    state: PresenceState
    subtype: str
    message: str
    encoded: bool

    @property
    def literal(self) -> Presence:
        """The value with its texts as they stand."""
        return Presence(self.state, self.subtype, self.message)

    @property
    def decoded(self) -> Presence:
        """The value with its texts decoded, whole."""
        if not self.encoded:
            return self.literal
        return Presence(self.state, decode(self.subtype), decode(self.message))

    @property
    def told(self) -> Presence:
        """The value as a write tells it: texts that had to be decoded are cut to 255 bytes."""
        if not self.encoded:
            return self.literal
        subtype, message = (cut(decode(text), EVENT_TEXT_LIMIT) for text in (self.subtype, self.message))
        return Presence(self.state, subtype, message)


def read_value(text: str) -> Written:
    """Read a value; raise Refused with Asterisk's line where it refuses.

    Every comma separates, quotes and backslashes mean nothing. The fourth field is the options: empty, or with a
    lower-case e anywhere. What follows it is ignored.
    """
    state, subtype, message, options, *_ = [*text.split(","), "", "", ""]
    if not state:
        raise Refused("Invalid arguments to PRESENCE_STATE")
    known = STATE_WORDS.get(state.lower())
    if known is None:
        raise Refused(f"Unknown presence state value {state}")
    if options and "e" not in options:
        raise Refused(f"Invalid options  '{options}'")
    return Written(known, subtype, message, encoded=bool(options))


def value_of(presence: Presence) -> str:
    """Write a value with option e: base64 carries commas and all else."""
    return f"{presence.state.value},{encode(presence.subtype)},{encode(presence.message)},e"


def decode(text: str) -> str:
    """Decode base64 as Asterisk does: nothing is refused, a foreign sign counts as 63, = or a zero byte ends it."""
    data, bits, held = bytearray(), 0, 0
    for byte in to_bytes(text).partition(b"=")[0]:
        held = (held << 6 | _SEXTETS[byte]) & 0xFFFF
        bits += 6
        if bits >= 8:
            bits -= 8
            data.append(held >> bits & 0xFF)
    return to_text(bytes(data).partition(b"\0")[0])


def encode(text: str) -> str:
    """Write a text in base64."""
    return b64encode(to_bytes(text)).decode("ascii")


def cut(text: str, limit: int) -> str:
    """Return what fits of a text into `limit` bytes, in whole characters."""
    data = to_bytes(text)
    if len(data) <= limit:
        return text
    while limit and data[limit] & 0xC0 == 0x80:
        limit -= 1
    return to_text(data[:limit])


def to_bytes(text: str) -> bytes:
    """Give back the bytes that a text came from."""
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    """Read bytes as UTF-8, keeping those that are none."""
    return data.decode("utf-8", "surrogateescape")
