# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a board's office comes from: a configuration file, or the embedded demo. No Qt, no output.

Every way into the program goes through here. A source knows its contacts at once, so that they can be shown, and
opens the way to their PBXs later.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from board.config import BoardConfig, find, load
from board.config.offices import contacts, open_office
from board.config.schema import ViewSection
from board.demo import DemoOffice
from board.errors import CallError
from board.office import Office
from board.resources import resources
from board.roster.contact import Contact


class Source(Protocol):
    """What a board is made from: its contacts in order, how it should look, and the office once opened."""

    @property
    def origin(self) -> str:
        """What tells it from others: the path of its configuration."""

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Who is on the board."""

    @property
    def view(self) -> ViewSection:
        """How the window looks."""

    def open(self) -> AbstractAsyncContextManager[Office]:
        """Open the office: passwords are fetched, or the demo's people begin to live; closed on leaving."""


class ConfigSource:
    """An office that a configuration describes; `origin` is the configuration's path."""

    def __init__(self, config: BoardConfig, origin: Path | str = "") -> None:
        self._config = config
        self.origin = str(origin)
        self.contacts = tuple(contacts(config))
        self.view = config.board

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Office]:
        """Fetch the passwords, off the event loop."""
        yield await open_office(self._config)


class DemoSource:
    """The demo office on this machine."""

    origin = "demo"

    def __init__(self, view: ViewSection | None = None) -> None:
        self._demo = DemoOffice(resources() / "demo" / "office.toml")
        self.contacts = self._demo.contacts
        self.view = view or ViewSection()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Office]:
        """Run the demo office until left."""
        with TemporaryDirectory(prefix="presence-board-demo-") as folder:
            async with self._demo as demo:
                yield replace(demo.office, folder=Path(folder))


def find_source(config: Path | None, demo: bool) -> Source:
    """Return the demo if it is asked for or nothing is configured, else the configuration's office.

    Raises ConfigError with every mistake in the file.
    """
    path = None if demo else config or find()
    if path is None:
        return DemoSource()
    configured = load(path)
    if not configured.pbx:
        raise CallError("the configuration has no [[pbx]] to watch; add one with name, server and user, or use --demo")
    return ConfigSource(configured, path.resolve())


def read_config(config: Path | None) -> BoardConfig | None:
    """Return the configuration of `config` or of the user's own file, None without one.

    Raises ConfigError with every mistake in it.
    """
    path = config or find()
    return load(path) if path is not None else None
