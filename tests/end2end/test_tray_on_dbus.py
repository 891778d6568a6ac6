# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tray of today's desktops, which is a service on D-Bus: it gets the icon and the menu, and what is clicked there
sets the status of the demo office.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.end2end.program import running
from tests.end2end.screen import Screen
from tests.end2end.screen import screen as screen
from tests.fakes.desktop_bus import FakeService, bus_daemon

_T = TypeVar("_T")
ITEM, MENU = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu"
TRAY: dict[str, tuple[str, list[Any]]] = {
    "RegisterStatusNotifierItem": ("", []),
    "Get IsStatusNotifierHostRegistered": ("v", [Variant("b", True)]),
    "Get RegisteredStatusNotifierItems": ("v", [Variant("as", [])]),
    "Get ProtocolVersion": ("v", [Variant("i", 0)]),
}


class Item:
    """The program's icon, as the desktop sees it."""

    def __init__(self, bus: MessageBus, name: str) -> None:
        self._bus = bus
        self._name = name

    async def ask(self, path: str, interface: str, member: str, signature: str, *values: Any) -> Any:
        """Call the program; return what it answers."""
        call = Message(self._name, path, interface, member, signature=signature, body=list(values))
        answer = await asyncio.wait_for(self._bus.call(call), 20)
        assert answer is not None
        assert answer.message_type is MessageType.METHOD_RETURN, answer.body
        return answer.body[0] if answer.body else None

    async def about(self, name: str) -> Any:
        """Return a property of the icon."""
        found = await self.ask("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", ITEM, name)
        return found.value

    async def tells(self, text: str) -> bool:
        """Tell whether the words beside the icon have this in them."""
        return text in (await self.about("ToolTip"))[2]

    async def click(self, text: str) -> None:
        """Choose an entry of the menu."""
        path = await self.about("Menu")
        await self.ask(path, MENU, "AboutToShow", "i", 0)
        call = Message(self._name, path, MENU, "GetLayout", signature="iias", body=[0, -1, []])
        answer = await self._bus.call(call)
        assert answer is not None
        found = [entry.value for entry in answer.body[1][2]]  # number, properties, what lies below
        [number] = [number for number, about, _ in found if "label" in about and about["label"].value == text]
        await self.ask(path, MENU, "Event", "isvu", number, "clicked", Variant("s", ""), 0)


async def test_the_desktop_gets_icon_and_menu(screen: Screen, tmp_path: Path) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(bus_daemon(tmp_path))
        tray = await FakeService.open(address, "org.kde.StatusNotifierWatcher", TRAY)
        environment = {**screen.environment, "DBUS_SESSION_BUS_ADDRESS": address, "PRESENCE_BOARD_HOME": str(tmp_path)}
        arguments = ("run", "--demo", "--view", "status", "--hidden")
        program = stack.enter_context(running(*arguments, **environment))
        bus = await MessageBus(address).connect()
        item = Item(bus, await until(lambda: registered(tray)))
        await until(lambda: item.tells("Seen by everyone"))
        assert await item.about("IconPixmap")
        await item.click("Do not disturb")
        await until(lambda: item.tells("Do not disturb"))
        await item.ask("/StatusNotifierItem", ITEM, "Activate", "ii", 0, 0)
        await asyncio.to_thread(screen.wait_for, "My status")
        await item.click("Quit")
        assert await asyncio.to_thread(program.wait) == 0, "\n".join(program.errors)
        assert program.errors == []
        bus.disconnect()
        await tray.close()


async def registered(tray: FakeService) -> str:
    """Return the name under which the program's icon can be reached, "" before it is there."""
    return next((body[0] for member, body in tray.called if member == "RegisterStatusNotifierItem"), "")


async def until(look: Callable[[], Awaitable[_T]]) -> _T:
    """Look until there is something; return it."""
    async with asyncio.timeout(30):
        while not (found := await look()):  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.02)
    return found
