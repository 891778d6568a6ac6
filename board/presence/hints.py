# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hints: which devices and presence providers stand behind an extension, and what was last told of it (pbx.c).

A hint's text is `devices,providers`, both joined by `&`; the last comma separates them, blanks are not trimmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from board.presence.devstate import ExtensionState
from board.presence.events import HintKey
from board.presence.pattern import is_pattern
from board.presence.value import Presence

Told = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A device or a presentity behind a hint, its name in lower case."""

    name: str
    person: bool


@dataclass(frozen=True, slots=True)
class HintText:
    """A hint's text, read: the devices, the provider part as written ("" without one) and its members."""

    text: str
    devices: tuple[str, ...]
    provider: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a hint's text; every text is one."""
        devices, comma, provider = text.rpartition(",")
        if not comma:
            devices, provider = text, ""
        return cls(text, tuple(devices.split("&")) if devices else (), provider)

    @property
    def members(self) -> frozenset[Member]:
        """The devices and presentities, in lower case: a change of theirs concerns the hint."""
        devices = (Member(device.lower(), person=False) for device in self.devices)
        people = (Member(name.lower(), person=True) for name in self.provider.split("&") if name)
        return frozenset((*devices, *people))


@dataclass(slots=True)
class Hint:
    """One extension's hint and what was last told of it.

    `presence` is None where its provider is unknown. `told` is what a change is compared with: a presence that was
    read has no texts where a change has empty ones, and that counts as a difference.
    """

    key: HintKey
    parts: HintText
    state: ExtensionState
    presence: Presence | None
    name: str = ""
    told: Told = field(default=())

    def __post_init__(self) -> None:
        self.told = told_by_query(self.presence)


def told_by_query(presence: Presence | None) -> Told:
    """Return what a read presence is compared by."""
    return (presence.state, presence.subtype or None, presence.message or None) if presence else ()


def told_by_change(presence: Presence) -> Told:
    """Return what a told presence is compared by."""
    return (presence.state, presence.subtype, presence.message)


@dataclass(frozen=True, slots=True)
class HintLine:
    """A hint as the dialplan says it: `exten => EXTEN,hint,TEXT(NAME)` in a context; EXTEN may be a pattern."""

    key: HintKey
    text: str
    name: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is a pattern with a variable: nobody can be asked before there is an extension."""
        return is_pattern(self.key.exten) and "${" in self.text

    def made_for(self, key: HintKey) -> "HintLine":
        """Return the line that a pattern makes for one extension."""
        return HintLine(key, self.text.replace("${EXTEN}", key.exten), self.name)


class HintTable:
    """The hints there are, found by their key and by their members."""

    def __init__(self) -> None:
        self._hints = dict[HintKey, Hint]()
        self._by_member = dict[Member, dict[HintKey, Hint]]()

    def __len__(self) -> int:
        return len(self._hints)

    def __iter__(self) -> Iterator[Hint]:
        return iter(tuple(self._hints.values()))

    def get(self, key: HintKey) -> Hint | None:
        """Return the hint of an extension, None without one."""
        return self._hints.get(key)

    def of_device(self, device: str) -> tuple[Hint, ...]:
        """Return the hints that a device is a member of, upper or lower case, in the order of making."""
        return tuple(self._by_member.get(Member(device.lower(), person=False), {}).values())

    def of_presentity(self, name: str) -> tuple[Hint, ...]:
        """Return the hints that a presentity is a member of, upper or lower case, in the order of making."""
        return tuple(self._by_member.get(Member(name.lower(), person=True), {}).values())

    def add(self, hint: Hint) -> None:
        """Take in a hint; its key must be free."""
        self._hints[hint.key] = hint
        self._index(hint)

    def reword(self, hint: Hint, line: HintLine) -> None:
        """Give a hint another text and name."""
        self._unindex(hint)
        hint.parts, hint.name = HintText.read(line.text), line.name
        self._index(hint)

    def remove(self, key: HintKey) -> Hint | None:
        """Take out and return the hint of an extension, None without one."""
        hint = self._hints.pop(key, None)
        if hint is not None:
            self._unindex(hint)
        return hint

    def _index(self, hint: Hint) -> None:
        for member in hint.parts.members:
            self._by_member.setdefault(member, {})[hint.key] = hint

    def _unindex(self, hint: Hint) -> None:
        for member in hint.parts.members:
            hints = self._by_member.get(member, {})
            hints.pop(hint.key, None)
            if not hints:
                self._by_member.pop(member, None)
