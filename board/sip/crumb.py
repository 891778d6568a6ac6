# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The crumb that a worker leaves in shared memory: which extension's message it is handing to pjsua2.

It outlives the worker, so that the pool knows whose message killed it. No policy.
"""

import mmap
import struct

SIZE = 4096
_LENGTH = struct.Struct("!H")
_ROOM = SIZE - _LENGTH.size


class Crumb:
    """One page of a file of SIZE bytes, mapped by both sides; it names an extension or ""."""

    def __init__(self, descriptor: int) -> None:
        self._page = mmap.mmap(descriptor, SIZE)

    def leave(self, extension: str) -> None:
        """Name the extension, "" for none."""
        data = extension.encode("utf-8", "surrogateescape")[:_ROOM]
        # The length goes last: a name half written is never read.
        _LENGTH.pack_into(self._page, 0, 0)
        self._page[_LENGTH.size : _LENGTH.size + len(data)] = data
        _LENGTH.pack_into(self._page, 0, len(data))

    def read(self) -> str:
        """Return what was named last."""
        (length,) = _LENGTH.unpack_from(self._page)
        return self._page[_LENGTH.size : _LENGTH.size + min(length, _ROOM)].decode("utf-8", "surrogateescape")

    def close(self) -> None:
        """Unmap the page."""
        self._page.close()
