# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command line asks of a presence core, and what comes back: values, their JSON line, and how they are done.

The same call is done by the running `serve` (`control.py`) or, without one, by the command itself. No sockets here.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser

from board.presence.console import Console
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import Warn
from board.presence.functions import Functions
from board.presence.store import StoreError
from board.presence.value import Refused


@dataclass(frozen=True, slots=True)
class ConsoleCall:
    """A command of Asterisk's console, in words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A dialplan function to read or, with a value, to write."""

    call: str
    value: str | None = None


CoreCall = ConsoleCall | FunctionCall


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call: the lines for stdout, whether it was done, and what was wrong, for stderr."""

    lines: tuple[str, ...]
    done: bool = True
    warnings: tuple[str, ...] = ()


class Warnings:
    """Takes what a core warns of: it goes to `log`, or to who collects it meanwhile."""

    def __init__(self, log: Warn = lambda _: None) -> None:
        self._log = log

    def __call__(self, line: str) -> None:
        """Take a line."""
        self._log(line)

    @contextmanager
    def collected(self) -> Iterator[list[str]]:
        """Give what is warned of within."""
        lines, log = list[str](), self._log
        self._log = lines.append
        try:
            yield lines
        finally:
            self._log = log


class Caller:
    """Does calls on one core, which warns through `warnings`.

    `clock` gives seconds since the epoch, `who` is told to the history.
    """

    def __init__(
        self, core: PresenceCore, console: Console, warnings: Warnings, clock: Callable[[], float], who: str
    ) -> None:
        self._core = core
        self._console = console
        self._functions = Functions(core, warnings)
        self._warnings = warnings
        self._clock = clock
        self._who = who

    def do(self, call: CoreCall) -> Reply:
        """Do a call; whatever is wrong with it is told in the reply."""
        origin = Origin(self._clock(), self._who, "cli")
        with self._warnings.collected() as warnings:
            try:
                self._core.catch_up()
                return self._done(call, origin, warnings)
            except (Refused, StoreError) as problem:
                return Reply((), False, (*warnings, str(problem)))

    def _done(self, call: CoreCall, origin: Origin, warnings: list[str]) -> Reply:
        if isinstance(call, ConsoleCall):
            printed = self._console.do(call.words, origin)
            return Reply(printed.lines, printed.done, (*warnings, *filter(None, [printed.reason])))
        if call.value is not None:
            self._functions.write(call.call, call.value, origin)
            return Reply((), True, tuple(warnings))
        text = self._functions.read(call.call)
        return Reply((text,), bool(text) or not warnings, tuple(warnings))


def user_name() -> str:
    """Return who runs this process, by name where the system knows one."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def call_to_line(call: CoreCall) -> bytes:
    """Write a call as one line."""
    found = {"words": call.words} if isinstance(call, ConsoleCall) else {"function": call.call, "value": call.value}
    return json.dumps(found).encode() + b"\n"


def line_to_call(line: bytes) -> CoreCall:
    """Read a call; raise ValueError for what is none."""
    match _loaded(line):
        case {"words": [*words]} if words and all(isinstance(word, str) for word in words):
            return ConsoleCall(tuple(words))
        case {"function": str(call), "value": str() | None as value}:
            return FunctionCall(call, value)
    raise ValueError("not a call")


def reply_to_line(reply: Reply) -> bytes:
    """Write a reply as one line."""
    found = {"lines": reply.lines, "done": reply.done, "warnings": reply.warnings}
    return json.dumps(found).encode() + b"\n"


def line_to_reply(line: bytes) -> Reply:
    """Read a reply; raise ValueError for what is none."""
    match _loaded(line):
        case {"lines": [*lines], "done": bool(done), "warnings": [*warnings]}:
            return Reply(tuple(map(str, lines)), done, tuple(map(str, warnings)))
    raise ValueError("not a reply")


def _loaded(line: bytes) -> object:
    try:
        loaded: object = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return loaded
