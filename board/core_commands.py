# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presencestate` and `function`: Asterisk's own commands on the embedded core, from the command line. No Qt.

The running `serve` does them, so that its watchers see the change at once; without one the store is opened here.
"""

import re
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, TextIO

from board.control import ask
from board.core_calls import Caller, ConsoleCall, CoreCall, FunctionCall, Reply, Warnings, user_name
from board.errors import CallError
from board.places import data_folder
from board.presence.value import to_bytes

if TYPE_CHECKING:
    from board.config import BoardConfig

DONE, BAD_NEWS = 0, 1
Read = Callable[[], "BoardConfig | None"]
"""Reads the configuration, where there is one."""
_FUNCTION = re.compile(r"[^()\s]+\(.*\)", re.DOTALL)


def console_command(words: tuple[str, ...], read: Read) -> int:
    """Do a command of Asterisk's console; return 1 where it was refused."""
    return _tell(do(ConsoleCall(words), read), sys.stdout.buffer, sys.stderr)


def function_command(call: str, value: str | None, read: Read) -> int:
    """Read or write a dialplan function; return 1 where it was refused, raise CallError for what is no call."""
    if not _FUNCTION.fullmatch(call):
        raise CallError(f"{call!r} is no function's call; write it such as 'PRESENCE_STATE(CustomPresence:2000,value)'")
    return _tell(do(FunctionCall(call, value), read), sys.stdout.buffer, sys.stderr)


def do(call: CoreCall, read: Read) -> Reply:
    """Have a call done by the running serve, or do it on the store here."""
    if data_folder().exists() and (reply := ask(data_folder(), call)) is not None:
        return reply
    return _do_here(call, read)


def _do_here(call: CoreCall, read: Read) -> Reply:
    # Imported only here: who asks a running serve shall not wait for what reads a configuration.
    from board.core_store import VERSION_LINE, hints_of, open_store
    from board.presence.console import Console
    from board.presence.core import PresenceCore
    from board.presence.store import StoreError

    config = read()
    try:
        with open_store(config) as store:
            warnings = Warnings()
            core = PresenceCore(store, hints_of(config), warnings)
            return Caller(core, Console(core, VERSION_LINE), warnings, time.time, user_name()).do(call)
    except StoreError as problem:
        return Reply((), False, (str(problem),))


def _tell(reply: Reply, out: BinaryIO, err: TextIO) -> int:
    out.write(b"".join(to_bytes(line) + b"\n" for line in reply.lines))
    out.flush()
    for warning in reply.warnings:
        print(f"presence-board: {warning.encode('utf-8', 'replace').decode()}", file=err)
    return DONE if reply.done else BAD_NEWS
