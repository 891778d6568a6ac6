# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The header fields of a SIP message: an immutable, ordered list that keeps what it does not change as it came."""

from collections.abc import Iterable, Iterator

from board.wire.errors import WireError
from board.wire.values import split_list

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
}
"""Compact forms (IANA's registry of SIP header fields) and what they stand for."""


def fold(name: str) -> str:
    """Give a header field's name the one spelling it is compared by."""
    lowered = name.strip().lower()
    return COMPACT.get(lowered, lowered)


class Headers:
    """Header fields in order, each a name as written and a value; every change makes a new object."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple(fields)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:
        return f"Headers({', '.join(name for name, _ in self._fields)})"

    def get(self, name: str) -> str | None:
        """Return the first field's value, None without one."""
        wanted = fold(name)
        return next((value for field, value in self._fields if fold(field) == wanted), None)

    def require(self, name: str) -> str:
        """Return the first field's value; raise WireError without one."""
        value = self.get(name)
        if value is None:
            raise WireError(f"the message has no {name} header")
        return value

    def all(self, name: str) -> list[str]:
        """Return every field's value, in order, one an entry as written."""
        wanted = fold(name)
        return [value for field, value in self._fields if fold(field) == wanted]

    def values(self, name: str) -> list[str]:
        """Return every value of a comma-separated field, in order, over all its lines."""
        return [part for line in self.all(name) for part in split_list(line)]

    def number(self, name: str) -> int | None:
        """Return a field that is a number of seconds or bytes, None without one or if it is none."""
        value = self.get(name)
        digits = value.strip().split(";")[0].split("(")[0].strip() if value is not None else ""
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else None

    def with_first(self, name: str, value: str) -> "Headers":
        """Put a field before all others (RFC 3261 section 16.6: a proxy's Via and Record-Route)."""
        return Headers(((name, value), *self._fields))

    def with_last(self, name: str, value: str) -> "Headers":
        """Put a field after all others."""
        return Headers((*self._fields, (name, value)))

    def without(self, *names: str) -> "Headers":
        """Leave out all fields of these names."""
        unwanted = {fold(name) for name in names}
        return Headers(pair for pair in self._fields if fold(pair[0]) not in unwanted)

    def replaced(self, name: str, value: str) -> "Headers":
        """Give the first field of this name the value where it stands, and drop its repetitions; add it if absent."""
        wanted, fields, done = fold(name), list[tuple[str, str]](), False
        for field, old in self._fields:
            if fold(field) != wanted:
                fields.append((field, old))
            elif not done:
                fields.append((field, value))
                done = True
        return Headers(fields if done else (*fields, (name, value)))

    def without_top(self, name: str) -> "Headers":
        """Leave out the first value of a comma-separated field (a proxy's own Via or Route)."""
        wanted, fields, done = fold(name), list[tuple[str, str]](), False
        for field, value in self._fields:
            if done or fold(field) != wanted:
                fields.append((field, value))
                continue
            done = True
            rest = split_list(value)[1:]
            if rest:
                fields.append((field, ", ".join(rest)))
        return Headers(fields)
