# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines for whoever reads our output, written by a thread: a reader that does not read holds up nothing here. No Qt."""

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

MOST_BYTES = 64 * 1024 * 1024
"""What is kept for a reader that does not read; beyond that it counts as gone."""


class Lines:
    """Writes lines to a file descriptor, in order. `on_gone` is called once, from the thread, when nobody reads."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None], most_bytes: int = MOST_BYTES) -> None:
        self._descriptor = descriptor
        self._on_gone = on_gone
        self._most_bytes = most_bytes
        self._queue = SimpleQueue[bytes | None]()
        self._waiting = 0
        self._lock = threading.Lock()
        self._gone = False
        # No exit waits for it; it holds no lock of the interpreter's own streams either.
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Have a line written, with its end; never waits. What is no Unicode text becomes a question mark."""
        data = line.encode("utf-8", "replace") + b"\n"
        with self._lock:
            self._waiting += len(data)
            full = self._waiting > self._most_bytes
        if full:
            self._give_up()
        if not self._gone:
            self._queue.put(data)

    def close(self, seconds: float) -> None:
        """Wait until all is written, but no longer than `seconds`."""
        self._queue.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None and not self._gone:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                self._give_up()
            with self._lock:
                self._waiting -= len(data)

    def _give_up(self) -> None:
        with self._lock:
            first, self._gone = not self._gone, True
        if first:
            self._on_gone()
