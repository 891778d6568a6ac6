# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The header fields of a SIP message: an immutable, ordered list that keeps what it does not change as it came."""

from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

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


@lru_cache(maxsize=512)
def fold(name: str) -> str:
    """Give a header field's name the one spelling it is compared by."""
    lowered = name.strip().lower()
    return COMPACT.get(lowered, lowered)


class Headers:
    """Header fields in order, each a name as written and a value; every change makes a new object."""

    __slots__ = ("_fields", "_names")

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple(fields)
        self._names = tuple([fold(name) for name, _ in self._fields])

    @classmethod
    def _of(cls, fields: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> "Headers":
        """Make headers whose folded names are known already: every change of a message comes through here."""
        made = cls.__new__(cls)
        made._fields = fields
        made._names = names
        return made

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:
        return f"Headers({', '.join(name for name, _ in self._fields)})"

    def _index(self, name: str) -> int:
        """Return where the first field of this name stands, -1 without one."""
        wanted = fold(name)
        return self._names.index(wanted) if wanted in self._names else -1

    def get(self, name: str) -> str | None:
        """Return the first field's value, None without one."""
        index = self._index(name)
        return None if index < 0 else self._fields[index][1]

    def require(self, name: str) -> str:
        """Return the first field's value; raise WireError without one."""
        value = self.get(name)
        if value is None:
            raise WireError(f"the message has no {name} header")
        return value

    def all(self, name: str) -> list[str]:
        """Return every field's value, in order, one an entry as written."""
        wanted = fold(name)
        return [field[1] for field, folded in zip(self._fields, self._names, strict=True) if folded == wanted]

    def values(self, name: str) -> list[str]:
        """Return every value of a comma-separated field, in order, over all its lines."""
        return [part for line in self.all(name) for part in split_list(line)]

    def first(self, name: str) -> str | None:
        """Return the first value of a comma-separated field, None without one."""
        return next((part for line in self.all(name) for part in split_list(line)), None)

    def number(self, name: str) -> int | None:
        """Return a field that is a number of seconds or bytes, None without one or if it is none."""
        value = self.get(name)
        digits = value.strip().split(";")[0].split("(")[0].strip() if value is not None else ""
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else None

    def with_first(self, name: str, value: str) -> "Headers":
        """Put a field before all others (RFC 3261 section 16.6: a proxy's Via and Record-Route)."""
        return self._of(((name, value), *self._fields), (fold(name), *self._names))

    def with_last(self, name: str, value: str) -> "Headers":
        """Put a field after all others."""
        return self._of((*self._fields, (name, value)), (*self._names, fold(name)))

    def only(self, folded: Container[str]) -> "Headers":
        """Leave out all fields but those whose names, as `fold` gives them, are in `folded`."""
        return Headers(field for field, name in zip(self._fields, self._names, strict=True) if name in folded)

    def without(self, *names: str) -> "Headers":
        """Leave out all fields of these names."""
        unwanted = {fold(name) for name in names}
        return Headers(field for field, name in zip(self._fields, self._names, strict=True) if name not in unwanted)

    def replaced(self, name: str, value: str) -> "Headers":
        """Give the first field of this name the value where it stands, and drop its repetitions; add it if absent."""
        index = self._index(name)
        if index < 0:
            return self.with_last(name, value)
        fields, names = self._fields, self._names
        put = (*fields[:index], (fields[index][0], value))
        if names.count(names[index]) == 1:
            return self._of((*put, *fields[index + 1 :]), names)
        rest = zip(fields[index + 1 :], names[index + 1 :], strict=True)
        return Headers((*put, *(field for field, folded in rest if folded != names[index])))

    def without_top(self, name: str) -> "Headers":
        """Leave out the first value of a comma-separated field (a proxy's own Via or Route)."""
        index = self._index(name)
        if index < 0:
            return self
        (written, value), fields, names = self._fields[index], self._fields, self._names
        rest = split_list(value)[1:] if "," in value else ()
        if rest:
            return self._of((*fields[:index], (written, ", ".join(rest)), *fields[index + 1 :]), names)
        return self._of((*fields[:index], *fields[index + 1 :]), (*names[:index], *names[index + 1 :]))
