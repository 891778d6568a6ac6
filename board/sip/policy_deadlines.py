# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Deadlines by key: one due moment for each key, the earliest first, moved or cleared at will.

A heap with lazy deletion: setting a key again costs nothing unless it becomes due earlier. No clock here.
"""

import heapq
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Deadlines(Generic[Key]):
    """At most one deadline per key.

    Invariant: for each key the heap holds an entry at or before its due moment (`_armed` is that entry's moment).
    """

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._armed: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._due)

    @property
    def entries(self) -> int:
        """How many heap entries are held, the outdated ones included."""
        return len(self._heap)

    def set(self, key: Key, due: float) -> None:
        """Let `key` be due at `due` (monotonic seconds), whatever it was before."""
        self._due[key] = due
        armed = self._armed.get(key)
        if armed is None or due < armed:
            self._push(key, due)

    def clear(self, key: Key) -> None:
        """Forget `key`'s deadline, if it has one."""
        self._due.pop(key, None)
        self._armed.pop(key, None)

    def due(self, key: Key) -> float | None:
        """Return when `key` is due, None if it is not."""
        return self._due.get(key)

    def next(self) -> float | None:
        """Return the earliest deadline, None if there is none."""
        self._settle()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Iterator[Key]:
        """Yield and clear each key that is due at `now`, the earliest first."""
        while (first := self.next()) is not None and first <= now:
            key = self._heap[0][2]
            self.clear(key)
            yield key

    def _push(self, key: Key, due: float) -> None:
        if len(self._heap) > 64 + 4 * len(self._due):
            self._compact()
        self._serial += 1
        self._armed[key] = due
        heapq.heappush(self._heap, (due, self._serial, key))

    def _settle(self) -> None:
        """Drop outdated entries from the top and move up those whose key is due later by now."""
        while self._heap:
            moment, _, key = self._heap[0]
            if self._armed.get(key) != moment:
                heapq.heappop(self._heap)
            elif self._due[key] > moment:
                heapq.heappop(self._heap)
                self._push(key, self._due[key])
            else:
                return

    def _compact(self) -> None:
        self._armed = dict(self._due)
        self._heap = [(due, serial, key) for serial, (key, due) in enumerate(self._due.items())]
        self._serial = len(self._heap)
        heapq.heapify(self._heap)
