# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes through a worker's pipe: batches of frozen commands or observations, as length-framed pickles.

Reading builds nothing but the classes named here, so that a worker that fell to bytes from the network cannot make
the window's process run anything. Sans-I/O.
"""

import io
import pickle
import struct
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any

from board.pidf.document import Document
from board.sip import messages
from board.sip.account import Account, Transport
from board.states import Basic, DeviceState, PresenceState, Subscription

MAX_FRAME = 4 << 20
_LENGTH = struct.Struct("!I")
_CLASSES: Mapping[tuple[str, str], type] = MappingProxyType(
    {
        (kind.__module__, kind.__name__): kind
        for kind in (
            *messages.Command.__args__,
            *messages.Observation.__args__,
            Account,
            Basic,
            DeviceState,
            Document,
            PresenceState,
            Subscription,
            Transport,
        )
    }
)


class PipeError(ValueError):
    """What came through the pipe is not what may come; the message is one line."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        kind = _CLASSES.get((module, name))
        if kind is None:
            raise PipeError(f"{module}.{name} may not come through the pipe")
        return kind


class _Writer(pickle.Pickler):
    """Writes an enumeration's member as a call of its class: Python 3.11.2 (Debian 12) would call getattr."""

    def reducer_override(self, obj: Any) -> Any:
        return (type(obj), (obj.value,)) if isinstance(obj, Enum) else NotImplemented


def frame(batch: Sequence[messages.Command] | Sequence[messages.Observation]) -> bytes:
    """Write one batch."""
    written = io.BytesIO()
    _Writer(written, protocol=5).dump(tuple(batch))
    data = written.getvalue()
    return _LENGTH.pack(len(data)) + data


def read_frame(data: bytes, kinds: tuple[type, ...]) -> tuple[Any, ...]:
    """Read a frame's content, a tuple of `kinds`. Raises PipeError for anything else."""
    try:
        batch = _Reader(io.BytesIO(data)).load()
    except PipeError:
        raise
    except Exception as error:  # an unpickler raises almost anything
        raise PipeError(f"a frame of the pipe is broken: {type(error).__name__}") from error
    if not isinstance(batch, tuple) or not all(isinstance(item, kinds) for item in batch):
        raise PipeError("a frame of the pipe holds something else than a batch of messages")
    return batch


class FrameCutter:
    """Cuts the bytes of a pipe into the frames' contents."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Take bytes, return the frames that are whole by now. Raises PipeError for one beyond all bounds."""
        self._buffer += data
        frames, at = list[bytes](), 0
        while len(self._buffer) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, at)
            if length > MAX_FRAME:
                raise PipeError(f"a frame of the pipe says {length} bytes, more than {MAX_FRAME}")
            end = at + _LENGTH.size + length
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[at + _LENGTH.size : end]))
            at = end
        del self._buffer[:at]
        return frames
