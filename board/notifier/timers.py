# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many deadlines, one at a time: which is next, which are due. Pure; moments are any monotonic seconds."""

from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K")


class Timers(Generic[K]):
    """One deadline a key; setting it again moves it."""

    def __init__(self) -> None:
        self._at = dict[K, float]()
        self._heap = list[tuple[float, int, K]]()
        self._serial = 0

    def __len__(self) -> int:
        return len(self._at)

    def set(self, key: K, at: float) -> None:
        """Let the key be due at this moment."""
        self._at[key] = at
        self._serial += 1
        heappush(self._heap, (at, self._serial, key))
        if len(self._heap) > 64 and len(self._heap) > 4 * len(self._at):
            self._heap = [entry for entry in self._heap if self._at.get(entry[2]) == entry[0]]
            heapify(self._heap)

    def cancel(self, key: K) -> None:
        """Forget the key's deadline, if it has one."""
        self._at.pop(key, None)

    @property
    def next(self) -> float | None:
        """The earliest deadline, None without one."""
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[K]:
        """Take out the keys that are due, in order."""
        keys = list[K]()
        while (at := self.next) is not None and at <= now:
            key = heappop(self._heap)[2]
            del self._at[key]
            keys.append(key)
        return keys
