# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board serve`: the presence core without a window, its SIP notifier and its AMI port. No Qt, no PBX.

Builds everything and wires it. What the core keeps stands in the store in the data folder, which other processes may
use at the same time.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from board.ami.desk import Desk
from board.ami.identity import Identity
from board.ami.server import AmiServer
from board.ami.session import Access
from board.config import BoardConfig, ConfigError
from board.config.host_port import read_host_port, write_host_port
from board.config.schema import ServeSection
from board.control import ControlServer
from board.core_calls import Caller, Warnings, user_name
from board.core_store import VERSION_LINE, hints_of, open_store
from board.errors import CallError
from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.places import data_folder
from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.events import HintKey
from board.presence.store import Store, StoreError
from board.presence.value import Refused
from board.serve_users import VARIABLES, Users
from board.version import VERSION

log = logging.getLogger(__name__)

DONE, BAD_NEWS = 0, 1
NEWS_SECONDS = 0.2
"""How often the store is asked what other processes wrote."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line asks of `serve`: where its faces listen, "" for what the configuration says."""

    sip: str = ""
    ami: str = ""


async def serve(
    options: ServeOptions,
    read: Callable[[], BoardConfig | None],
    users: Users,
    stop: asyncio.Event,
    out: TextIO,
) -> int:
    """Run the core until `stop`; return 0, or 1 where a port or the store cannot be had.

    `read` gives the configuration, now and when the dialplan is reloaded. A face without users stays shut.
    """
    config = read()
    section = config.serve if config else ServeSection()
    async with AsyncExitStack() as stack:
        try:
            store = stack.enter_context(open_store(config))
            served = _Served(store, config, read, section.context)
            sip = await _open_sip(stack, served, users.sip, options.sip or section.sip) if users.sip else "-"
            ami = await _open_ami(stack, served, users.ami, options.ami or section.ami) if users.ami else "-"
            _tell_shut(users)
            await _open_control(stack, served, data_folder())
        except (StoreError, _PortError) as problem:
            log.error("%s", problem)
            return BAD_NEWS
        print(f"ready sip={sip} ami={ami}", file=out, flush=True)
        await served.live(stop)
    return DONE


class _PortError(Exception):
    """A port or the control socket cannot be had; the message is one line for the user."""


class _Served:
    """One core with what all faces share."""

    def __init__(
        self, store: Store, config: BoardConfig | None, read: Callable[[], BoardConfig | None], context: str
    ) -> None:
        self._read = read
        self.settings = Settings(context=context)
        self.warnings = Warnings(_warn)
        self.core = PresenceCore(store, hints_of(config), self.warnings)
        self.notifier: Notifier | None = None
        self.console = Console(self.core, VERSION_LINE, self._watchers, self._reload)

    async def live(self, stop: asyncio.Event) -> None:
        """Tell what other processes write, until `stop`."""
        trouble = ""
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), NEWS_SECONDS)
            try:
                self.core.catch_up()
                trouble = ""
            except StoreError as problem:
                if str(problem) != trouble:
                    trouble = str(problem)
                    log.error("%s", problem)

    def _watchers(self, key: HintKey) -> int:
        return self.notifier.watchers.of(key) if self.notifier else 0

    def _reload(self) -> None:
        try:
            self.core.extensions.reload(hints_of(self._read()))
        except ConfigError as problem:
            raise Refused(" ".join(str(problem).split())) from None


async def _open_sip(stack: AsyncExitStack, served: _Served, users: Mapping[str, str], where: str) -> str:
    notifier = Notifier(served.core, served.settings, users, lambda: secrets.token_hex(12))
    try:
        endpoint = await Endpoint.open(notifier, served.core, *_address(where))
    except OSError as problem:
        raise _PortError(_cannot_listen("SIP", where, "--sip", problem)) from None
    served.notifier = notifier
    stack.push_async_callback(endpoint.close)
    return write_host_port(endpoint.host, endpoint.port)


async def _open_ami(stack: AsyncExitStack, served: _Served, users: Mapping[str, str], where: str) -> str:
    identity = Identity(f"presence-board-{VERSION}", time.time())
    desk = Desk(served.core, served.console, identity, time.time, _warn)
    access = Access(users, lambda: str(secrets.randbelow(10**18)))
    try:
        server = await AmiServer.open(served.core, desk, access, *_address(where))
    except OSError as problem:
        raise _PortError(_cannot_listen("AMI", where, "--ami", problem)) from None
    stack.push_async_callback(server.close)
    return write_host_port(server.host, server.port)


async def _open_control(stack: AsyncExitStack, served: _Served, folder: Path) -> None:
    caller = Caller(served.core, served.console, served.warnings, time.time, user_name())
    try:
        control = await ControlServer.open(folder, caller)
    except OSError as problem:
        raise _PortError(f"the commands cannot reach this serve: {problem.strerror}: {folder}") from None
    if control is None:
        log.warning("another serve answers the commands on %s; this one hears of them through the store", folder)
    else:
        stack.push_async_callback(control.close)


def _address(where: str) -> tuple[str, int]:
    """Return one address to listen on: a name such as localhost may have several, each with a free port of its own."""
    host, port = read_host_port(where)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return str(min(found, key=lambda each: each[0] is not socket.AF_INET)[4][0]), port


def _tell_shut(users: Users) -> None:
    """Say which face stays shut for want of users."""
    for face, there in (("sip", users.sip), ("ami", users.ami)):
        if not there:
            log.warning("%s stays shut: nobody may log in there; set %s or add a [[user]]", face, VARIABLES[face])


def _cannot_listen(face: str, where: str, option: str, problem: OSError) -> str:
    why = os.strerror(problem.errno) if problem.errno and problem.errno > 0 else str(problem)
    return f"{face} cannot listen on {where}: {why}; choose another place with {option} HOST:PORT"


def _warn(line: str) -> None:
    log.warning("%s", "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line[:300]))


def check_place(text: str) -> None:
    """Raise CallError for a HOST:PORT that is none."""
    try:
        read_host_port(text)
    except ValueError as problem:
        raise CallError(str(problem)) from None
