# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A D-Bus of a test's own: dbus-daemon on a socket of its own, and the services of a desktop on it."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

_CONFIG = """<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""
LOGIN = "org.freedesktop.login1"
CLIENT_PATH = "/org/gnome/SessionManager/Client7"
SESSION_PATH = "/org/freedesktop/login1/session/_37"


@contextmanager
def bus_daemon(folder: Path) -> Iterator[str]:
    """Run a bus; return its address."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(socket=folder / "bus"))
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    with daemon:
        try:
            assert daemon.stdout is not None
            address = daemon.stdout.readline().strip()
            assert address, "dbus-daemon did not start"
            yield address
        finally:
            daemon.kill()


class FakeService:
    """A service on a test's bus: it answers calls by a table (member -> signature, values) and sends signals.

    `called` are the calls it got, in order. Where it is to give away a file ("h"), that is one end of a pipe, whose
    other end is in `files`.
    """

    def __init__(self, connection: MessageBus, answers: dict[str, tuple[str, list[Any]]]) -> None:
        self._connection = connection
        self.answers = answers
        self.called = list[tuple[str, tuple[Any, ...]]]()
        self.files = list[int]()
        self._given = list[int]()
        connection.add_message_handler(self._called)

    @classmethod
    async def open(cls, address: str, name: str, answers: dict[str, tuple[str, list[Any]]]) -> "FakeService":
        connection = await MessageBus(address, negotiate_unix_fd=True).connect()
        service = cls(connection, answers)
        await connection.request_name(name)
        return service

    async def emit(self, path: str, interface: str, member: str, signature: str, *values: Any) -> None:
        await self._connection.send(Message.new_signal(path, interface, member, signature, list(values)))

    async def released(self, number: int) -> None:
        """Return when a file that was given away is closed."""
        os.close(self._given[number])
        await asyncio.to_thread(os.read, self.files[number], 1)

    async def close(self) -> None:
        self._connection.disconnect()
        with suppress(EOFError):  # the bus went first
            await self._connection.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def _called(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        key = message.member or ""
        self.called.append((key, tuple(message.body)))
        if key == "Get":
            key = f"Get {message.body[1]}"
        if key not in self.answers:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method")
        signature, told = self.answers[key]
        if signature != "h":
            return Message.new_method_return(message, signature, told)
        ours, theirs = os.pipe()
        self.files.append(ours)
        self._given.append(theirs)
        return Message.new_method_return(message, "h", [0], [theirs])


async def screen_saver(address: str, name: str, active: bool = False) -> FakeService:
    """Put a screen saver on a bus."""
    return await FakeService.open(address, name, {"GetActive": ("b", [active])})


async def login_manager(address: str, locked: bool = False) -> FakeService:
    """Put a logind with one session on a bus."""
    return await FakeService.open(
        address,
        LOGIN,
        {
            "Get Id": ("v", [Variant("s", "7")]),
            "Get LockedHint": ("v", [Variant("b", locked)]),
            "GetSession": ("o", [SESSION_PATH]),
        },
    )


async def hint_locked(login: FakeService, locked: bool) -> None:
    """Let a logind tell that its session's screen is locked, or not any more."""
    told = [f"{LOGIN}.Session", {"LockedHint": Variant("b", locked)}, list[str]()]
    await login.emit(SESSION_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", *told)


async def session_manager(address: str) -> FakeService:
    """Put a session manager of GNOME's on a bus, whose first client is at `CLIENT_PATH`."""
    answers = {"RegisterClient": ("o", [CLIENT_PATH]), "EndSessionResponse": ("", list[Any]())}
    return await FakeService.open(address, "org.gnome.SessionManager", answers)


async def shutting_down(address: str) -> FakeService:
    """Put a logind on a bus that lets programs delay a shutdown."""
    return await FakeService.open(address, LOGIN, {"Inhibit": ("h", [])})
