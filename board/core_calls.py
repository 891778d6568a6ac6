# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the command line asks of a presence core, and what comes back: values, their JSON line, and how they are done.

The same call is done by the running `serve` (`control.py`) or, without one, by the command itself. No sockets here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

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


class Caller:
    """Does calls on one core. `clock` gives seconds since the epoch, `who` is told to the history."""

    def __init__(self, core: PresenceCore, console: Console, clock: Callable[[], float], who: str) -> None:
        self._core = core
        self._console = console
        self._clock = clock
        self._who = who

    def do(self, call: CoreCall) -> Reply:
        """Do a call; whatever is wrong with it is told in the reply."""
        warnings = list[str]()
        origin = Origin(self._clock(), self._who, "cli")
        try:
            self._core.catch_up()
            if isinstance(call, ConsoleCall):
                return self._command(call, origin)
            return self._function(call, origin, warnings.append, warnings)
        except (Refused, StoreError) as problem:
            return Reply((), False, (*warnings, str(problem)))

    def _command(self, call: ConsoleCall, origin: Origin) -> Reply:
        printed = self._console.do(call.words, origin)
        return Reply(printed.lines, printed.done, (printed.reason,) if printed.reason else ())

    def _function(self, call: FunctionCall, origin: Origin, warn: Warn, warnings: list[str]) -> Reply:
        functions = Functions(self._core, warn)
        if call.value is not None:
            functions.write(call.call, call.value, origin)
            return Reply(())
        text = functions.read(call.call)
        return Reply((text,), bool(text) or not warnings, tuple(warnings))


def call_to_line(call: CoreCall) -> bytes:
    """Write a call as one line."""
    found = {"words": call.words} if isinstance(call, ConsoleCall) else {"function": call.call, "value": call.value}
    return json.dumps(found).encode() + b"\n"


def line_to_call(line: bytes) -> CoreCall:
    """Read a call; raise ValueError for what is none."""
    match json.loads(line):
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
    match json.loads(line):
        case {"lines": [*lines], "done": bool(done), "warnings": [*warnings]}:
            return Reply(tuple(map(str, lines)), done, tuple(map(str, warnings)))
    raise ValueError("not a reply")
