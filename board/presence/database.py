# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core keeps over a restart, as Asterisk's astdb does: texts by family and key. The protocol and one
in memory; the one on disk is `store.py`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

PRESENCE_FAMILY = "CustomPresence"
DEVSTATE_FAMILY = "CustomDevstate"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who changed something, when (seconds since the epoch) and from where ("ami 127.0.0.1", "cli", "demo")."""

    at: float
    who: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a key of a family holds; `value` is None where it was deleted."""

    family: str
    key: str
    value: str | None


class Database(Protocol):
    """Texts by family and key; a write is kept for good when the call returns."""

    def get(self, family: str, key: str) -> str | None:
        """Return the text, None without one."""

    def put(self, family: str, key: str, value: str, origin: Origin) -> None:
        """Keep the text."""

    def delete(self, family: str, key: str, origin: Origin) -> bool:
        """Forget the text; tell whether there was one."""

    def family(self, family: str) -> Mapping[str, str]:
        """Return the texts of a family by key, in the order of the keys."""

    def news(self) -> Sequence[Entry]:
        """Return what others wrote into the same database since this was last asked."""

    def batch(self) -> AbstractContextManager[None]:
        """Keep the writes within all at once, when it ends: nothing of them may be acknowledged before."""


class MemoryDatabase:
    """A database that ends with the process: for the demo office and for tests."""

    def __init__(self) -> None:
        self._texts = dict[tuple[str, str], str]()

    def get(self, family: str, key: str) -> str | None:
        """Return the text, None without one."""
        return self._texts.get((family, key))

    def put(self, family: str, key: str, value: str, origin: Origin) -> None:
        """Keep the text."""
        self._texts[family, key] = value

    def delete(self, family: str, key: str, origin: Origin) -> bool:
        """Forget the text; tell whether there was one."""
        return self._texts.pop((family, key), None) is not None

    def family(self, family: str) -> Mapping[str, str]:
        """Return the texts of a family by key, in the order of the keys."""
        return {key: text for (group, key), text in sorted(self._texts.items()) if group == family}

    def news(self) -> Sequence[Entry]:
        """Return nothing: nobody else writes here."""
        return ()

    def batch(self) -> AbstractContextManager[None]:
        """Do nothing more: every write is kept as well as it can be."""
        return nullcontext()
