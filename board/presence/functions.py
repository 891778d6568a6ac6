# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialplan functions that read and write the core: `NAME(arguments)`, read for a text or written with one.

Follows func_presencestate.c, func_devstate.c, func_extstate.c and pbx_functions.c. Names are upper case and mean
nothing else; what cannot be read reads as "".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.devstate import EXTENSION_WORDS
from board.presence.events import HintKey, Warn
from board.presence.value import Presence, Refused, encode

_FIELDS: Mapping[str, Callable[[Presence], str]] = MappingProxyType(
    {
        "value": lambda presence: presence.state.value,
        "subtype": lambda presence: presence.subtype,
        "message": lambda presence: presence.message,
    }
)
_TEXT_FIELDS = ("subtype", "message")


class Functions:
    """The functions of one core. `context` is where EXTENSION_STATE and HINT look without an `@`."""

    def __init__(self, core: PresenceCore, warn: Warn = lambda _: None, context: str = "default") -> None:
        self._core = core
        self._warn = warn
        self._context = context
        self._readers: Mapping[str, Callable[[str], str]] = {
            "PRESENCE_STATE": self._read_presence,
            "DEVICE_STATE": self._read_device,
            "EXTENSION_STATE": self._read_extension,
            "HINT": self._read_hint,
        }
        self._writers: Mapping[str, Callable[[str, str, Origin], None]] = {
            "PRESENCE_STATE": core.set_presence,
            "DEVICE_STATE": core.set_device,
        }

    def read(self, call: str) -> str:
        """Return what `NAME(arguments)` reads; raise Refused for what is no function's call."""
        name, argument = _split_call(call)
        reader = self._readers.get(name)
        if reader is None:
            raise Refused(f"Function {name} not registered")
        return reader(argument)

    def write(self, call: str, value: str, origin: Origin) -> None:
        """Write a value to `NAME(arguments)`; raise Refused where Asterisk refuses."""
        name, argument = _split_call(call)
        writer = self._writers.get(name)
        if writer is None:
            known = name in self._readers
            raise Refused(f"Function {name} cannot be written to" if known else f"Function {name} not registered")
        writer(argument, value, origin)

    def _read_presence(self, argument: str) -> str:
        if not argument:
            self._warn("PRESENCE_STATE reading requires an argument")
            return ""
        provider, field, options = separate(argument, 3)
        if not provider or not field:
            self._warn("PRESENCE_STATE reading requires both presence provider and presence field arguments.")
            return ""
        presence = self._core.presence.query_provider(provider)
        if presence is None:
            self._warn("PRESENCE_STATE unknown")
            return ""
        reader = _FIELDS.get(field.lower())
        text = reader(presence) if reader else ""
        return encode(text) if "e" in options and field.lower() in _TEXT_FIELDS else text

    def _read_device(self, argument: str) -> str:
        return self._core.devices.query(argument).value

    def _read_extension(self, argument: str) -> str:
        return EXTENSION_WORDS[self._core.extensions.state(self._key(argument))].value

    def _read_hint(self, argument: str) -> str:
        extension, options = separate(argument, 2)
        hint = self._core.extensions.get(self._key(extension))
        if hint is None:
            return ""
        return hint.name if "n" in options else hint.parts.text

    def _key(self, text: str) -> HintKey:
        exten, _, context = text.partition("@")
        return HintKey(exten, context or self._context)


def separate(text: str, count: int) -> list[str]:
    """Split arguments at commas into `count` texts, the last with all that is left, "" where there are fewer.

    Commas in quotes, parentheses and brackets or behind a backslash do not separate; quotes and backslashes go away
    (app.c, ast_app_separate_args).
    """
    found, current, quoted, depth, signs = list[str](), list[str](), False, 0, iter(text)
    for sign in signs:
        if sign == "\\":
            current.append(next(signs, ""))
        elif sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted and depth == 0 and len(found) < count - 1:
            found.append("".join(current))
            current.clear()
        else:
            depth = max(0, depth + (sign in "([") - (sign in ")]"))
            current.append(sign)
    found.append("".join(current))
    return [*found, *[""] * (count - len(found))]


def _split_call(call: str) -> tuple[str, str]:
    name, opened, rest = call.partition("(")
    if not opened or not rest.endswith(")"):
        raise Refused(f"not a function's call: {call}")
    return name, rest[:-1]
