# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""D-Bus as this program needs it: call, listen, notice that a service or the bus has gone. The only importer of
dbus_fast in this room."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

CALL_SECONDS = 5.0
DBUS = "org.freedesktop.DBus"
PROPERTIES = "org.freedesktop.DBus.Properties"


class BusKind(Enum):
    """Whose bus it is."""

    SESSION = "session"
    SYSTEM = "system"


class BusError(Exception):
    """A bus or a service on it did not do what was asked; the message is one line."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as it came; variants in `body` are plain values."""

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


class Bus:
    """A connection to a bus; `open` makes one.

    `on_signal` gets what `listen` asked for; `on_gone` is called once when the bus ends the connection.
    """

    def __init__(self, connection: "MessageBus", on_signal: Callable[[Signal], None]) -> None:
        self._connection = connection
        self._on_signal = on_signal
        connection.add_message_handler(self._received)

    @classmethod
    async def open(cls, kind: BusKind, on_signal: Callable[[Signal], None]) -> "Bus":
        """Connect; raise BusError with what would help where there is no such bus."""
        try:
            from dbus_fast import AuthError, BusType, InvalidAddressError
            from dbus_fast.aio import MessageBus
        except ImportError:
            raise BusError("the Python package dbus-fast is not installed") from None
        types = {BusKind.SESSION: BusType.SESSION, BusKind.SYSTEM: BusType.SYSTEM}
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return cls(await MessageBus(bus_type=types[kind], negotiate_unix_fd=True).connect(), on_signal)
        except (OSError, AuthError, InvalidAddressError, EOFError, ValueError) as error:  # TimeoutError is an OSError
            raise BusError(f"no {kind.value} bus of D-Bus: {_line(error)}") from None

    async def call(
        self, service: str, path: str, interface: str, member: str, signature: str = "", body: Sequence[Any] = ()
    ) -> tuple[Any, ...]:
        """Call a method and return what it returns, variants as plain values; raise BusError where it fails."""
        answer = await self._call(service, path, interface, member, signature, body)
        return _plain(answer.body)

    async def call_for_file(
        self, service: str, path: str, interface: str, member: str, signature: str, body: Sequence[Any]
    ) -> int:
        """Call a method and return the file descriptor that it returns; whoever calls closes it."""
        answer = await self._call(service, path, interface, member, signature, body)
        if not answer.unix_fds:
            raise BusError(f"{service} gave nothing for {member}")
        return int(answer.unix_fds[0])

    async def _call(
        self, service: str, path: str, interface: str, member: str, signature: str, body: Sequence[Any]
    ) -> "Message":
        from dbus_fast import Message, MessageType

        asked = Message(service, path, interface, member, signature=signature, body=list(body))
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._connection.call(asked)
        except (OSError, EOFError) as error:
            raise BusError(f"{service} did not answer: {_line(error)}") from None
        if answer.message_type is MessageType.ERROR:
            raise BusError(f"{service} refused {member}: {_line(answer.body[0] if answer.body else answer.error_name)}")
        return answer

    async def listen(self, interface: str, member: str, **more: str) -> None:
        """Ask for a signal; `more` are further keys of a match rule, such as path or arg0."""
        wanted = {"type": "signal", "interface": interface, "member": member, **more}
        rule = ",".join(f"{key}='{value}'" for key, value in wanted.items())
        await self.call(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch", "s", (rule,))

    async def is_owned(self, name: str) -> bool:
        """Return whether a service runs under this name; asking does not start it."""
        (owned,) = await self.call(DBUS, "/org/freedesktop/DBus", DBUS, "NameHasOwner", "s", (name,))
        return bool(owned)

    async def property(self, service: str, path: str, interface: str, name: str) -> object:
        """Return a property's value."""
        (value,) = await self.call(service, path, PROPERTIES, "Get", "ss", (interface, name))
        return value

    async def gone(self) -> None:
        """Return when the bus has ended the connection."""
        with suppress(Exception):  # how it ended is all the same
            await self._connection.wait_for_disconnect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()
        await self.gone()

    def _received(self, message: "Message") -> None:
        from dbus_fast import MessageType

        if message.message_type is MessageType.SIGNAL and message.path and message.interface and message.member:
            self._on_signal(Signal(message.path, message.interface, message.member, _plain(message.body)))


OpenBus = Callable[[BusKind, Callable[[Signal], None]], Awaitable[Bus]]


def _plain(values: Sequence[Any]) -> tuple[Any, ...]:
    from dbus_fast.unpack import unpack_variants

    return tuple(unpack_variants(list(values)))


def _line(what: object) -> str:
    text = what.strerror if isinstance(what, OSError) and what.strerror else str(what)
    return " ".join(text.split()) or type(what).__name__
