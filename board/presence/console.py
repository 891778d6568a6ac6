# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of Asterisk's console that concern presence, on one core: words in, the lines that Asterisk prints out.

Texts and layout are those of func_presencestate.c, func_devstate.c, pbx.c and db.c. Nothing is printed here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from board.presence.console_texts import (
    DATABASE_DEL_USAGE,
    DATABASE_PUT_USAGE,
    DATABASE_SHOW_USAGE,
    DEVSTATE_CHANGE_USAGE,
    DEVSTATE_LIST_USAGE,
    HINT_USAGE,
    NO_HINTS,
    PRESENCESTATE_CHANGE_USAGE,
    PRESENCESTATE_LIST_USAGE,
    heading,
    padded,
)
from board.presence.core import PresenceCore
from board.presence.custom import PREFIX
from board.presence.database import DEVSTATE_FAMILY, PRESENCE_FAMILY, Origin
from board.presence.devices import PREFIX as DEVICE_PREFIX
from board.presence.devstate import EXTENSION_TEXTS, Devstate, read_devstate
from board.presence.events import HintKey
from board.presence.hints import Hint
from board.presence.value import Refused, read_value

FAMILIES = (DEVSTATE_FAMILY, PRESENCE_FAMILY)
_CLOSE = "-" * 69


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command printed; `done` is false where it was refused, `reason` is then the line that Asterisk logs."""

    lines: tuple[str, ...]
    done: bool = True
    reason: str = ""


class _FailedError(Exception):
    """A command could not be done; the message is what it prints before Asterisk's line about a failure."""


_Command = Callable[[Sequence[str], Origin], Printed]


class Console:
    """The commands. `watchers` counts the watchers of a hint; `reload` reads the dialplan's hints again."""

    def __init__(
        self,
        core: PresenceCore,
        version: str,
        watchers: Callable[[HintKey], int] = lambda _: 0,
        reload: Callable[[], None] = lambda: None,
    ) -> None:
        self._core = core
        self._version = version
        self._watchers = watchers
        self._reload = reload
        self._commands: Mapping[tuple[str, ...], _Command] = MappingProxyType(
            {
                ("presencestate", "list"): self._presencestate_list,
                ("presencestate", "change"): self._presencestate_change,
                ("devstate", "list"): self._devstate_list,
                ("devstate", "change"): self._devstate_change,
                ("core", "show", "hint"): self._hint,
                ("core", "show", "hints"): self._hints,
                ("core", "show", "version"): lambda words, origin: Printed((self._version,)),
                ("database", "show"): self._database_show,
                ("database", "put"): self._database_put,
                ("database", "del"): self._database_del,
                ("dialplan", "reload"): self._dialplan_reload,
            }
        )

    def run(self, line: str, origin: Origin) -> Printed:
        """Do what a line says, cut into words as Asterisk's console does."""
        return self.do(split(line), origin, line)

    def do(self, words: Sequence[str], origin: Origin, line: str = "") -> Printed:
        """Do what words say; `line` is how they were written, for the line about a failure."""
        line = line or " ".join(words)
        for length in range(len(words), 0, -1):
            if command := self._commands.get(tuple(word.lower() for word in words[:length])):
                try:
                    return command(words[length:], origin)
                except _FailedError as failure:
                    return Printed((str(failure), f"Command '{line}' failed."), done=False)
        help_for = " ".join(self._known_part(words))
        return Printed(
            (f"No such command '{line}' (type 'core show help {help_for}' for other possible commands)",), done=False
        )

    def _known_part(self, words: Sequence[str]) -> Sequence[str]:
        """Return the words up to the first that no command goes on with, where parts of words are enough."""
        for length in range(1, len(words) + 1):
            if not any(_begins(command, words[:length]) for command in self._commands):
                return words[:length]
        return words

    # -- presencestate, devstate --------------------------------------------------------------------------------------

    def _presencestate_list(self, words: Sequence[str], origin: Origin) -> Printed:
        if words:
            return Printed(PRESENCESTATE_LIST_USAGE, done=False)
        entries = [
            line for key, text in self._core.database.family(PRESENCE_FAMILY).items() for line in _entry(key, text)
        ]
        if not entries:
            return Printed((*heading("Presence"), "No custom presence states defined"))
        return Printed((*heading("Presence"), *entries, _CLOSE, _CLOSE, ""))

    def _presencestate_change(self, words: Sequence[str], origin: Origin) -> Printed:
        if len(words) != 2:
            return Printed(PRESENCESTATE_CHANGE_USAGE, done=False)
        entity, value = words
        if entity[: len(PREFIX)].lower() != PREFIX.lower():
            raise _FailedError(f"The presencestate command can only be used to set '{PREFIX}' presence state!")
        try:
            self._core.custom.change(entity, value, origin)
        except Refused as refusal:
            return Printed(PRESENCESTATE_CHANGE_USAGE, done=False, reason=str(refusal))
        return Printed((f"Changing {entity[len(PREFIX) :]} to {value.partition(',')[0]}",))

    def _devstate_list(self, words: Sequence[str], origin: Origin) -> Printed:
        if words:
            return Printed(DEVSTATE_LIST_USAGE, done=False)
        entries = list[str]()
        for key, text in self._core.database.family(DEVSTATE_FAMILY).items():
            state = read_devstate(text) or Devstate.UNKNOWN
            entries += [f"--- Name: '{DEVICE_PREFIX}{key.rpartition('/')[2]}'  State: '{state}'", "---"]
        return Printed((*heading("Device"), *entries, _CLOSE, _CLOSE, ""))

    def _devstate_change(self, words: Sequence[str], origin: Origin) -> Printed:
        if len(words) != 2:
            return Printed(DEVSTATE_CHANGE_USAGE, done=False)
        device, state = words
        if device[: len(DEVICE_PREFIX)].lower() != DEVICE_PREFIX.lower():
            raise _FailedError(f"The devstate command can only be used to set '{DEVICE_PREFIX}' device state!")
        try:
            self._core.set_device(device, state, origin)
        except Refused as refusal:
            return Printed(DEVSTATE_CHANGE_USAGE, done=False, reason=str(refusal))
        return Printed((f"Changing {device[len(DEVICE_PREFIX) :]} to {state}",))

    # -- hints --------------------------------------------------------------------------------------------------------

    def _hint(self, words: Sequence[str], origin: Origin) -> Printed:
        if not words:
            return Printed(HINT_USAGE, done=False)
        found = [self._line_of(hint) for hint in self._core.extensions if hint.key.exten.startswith(words[0])]
        if not found:
            return Printed((f"No hints matching extension {words[0]}",))
        many = "hint" if len(found) == 1 else "hints"
        return Printed((*found, f"{len(found)} {many} matching extension {words[0]}"))

    def _hints(self, words: Sequence[str], origin: Origin) -> Printed:
        found = [self._line_of(hint) for hint in self._core.extensions]
        if not found:
            return Printed(NO_HINTS)
        title = "    -= Registered Asterisk Dial Plan Hints =-"
        return Printed(("", title, *found, "-" * 16, f"- {len(found)} hints registered"))

    def _line_of(self, hint: Hint) -> str:
        presence = hint.presence.state.value if hint.presence else ""
        return (
            f"{padded(str(hint.key), 30)}: {padded(hint.parts.text, 60)}  "
            f"State:{padded(EXTENSION_TEXTS[hint.state], 15)} Presence:{padded(presence, 15)} "
            f"Watchers {self._watchers(hint.key):2d}"
        )

    def _dialplan_reload(self, words: Sequence[str], origin: Origin) -> Printed:
        try:
            self._reload()
        except Refused as refusal:
            raise _FailedError(f"The dialplan was not read again: {refusal}") from None
        return Printed(("Dialplan reloaded.",))

    # -- database -----------------------------------------------------------------------------------------------------

    def _database_show(self, words: Sequence[str], origin: Origin) -> Printed:
        if len(words) > 2:
            return Printed(DATABASE_SHOW_USAGE, done=False)
        path = "/".join(words).strip("/")
        found = [line for key, line in self._entries() if not path or key == path or key.startswith(f"{path}/")]
        return Printed((*found, f"{len(found)} results found."))

    def _entries(self) -> Iterator[tuple[str, str]]:
        for family in FAMILIES:
            for key, text in self._core.database.family(family).items():
                yield f"{family}/{key}", f"{padded(f'/{family}/{key}', 50, 0)}: {padded(text, 25, 0)}"

    def _database_put(self, words: Sequence[str], origin: Origin) -> Printed:
        if len(words) != 3:
            return Printed(DATABASE_PUT_USAGE, done=False)
        if words[0] not in FAMILIES:
            return Printed(("Failed to update entry",))
        self._core.database.put(words[0], words[1], words[2], origin)
        return Printed(("Updated database successfully",))

    def _database_del(self, words: Sequence[str], origin: Origin) -> Printed:
        if len(words) != 2:
            return Printed(DATABASE_DEL_USAGE, done=False)
        found = words[0] in FAMILIES and self._core.database.delete(words[0], words[1], origin)
        return Printed(("Database entry removed." if found else "Database entry could not be removed.",))


def _begins(command: Sequence[str], words: Sequence[str]) -> bool:
    pairs = zip(command, (word.lower() for word in words), strict=False)
    return len(words) <= len(command) and all(known.startswith(word) or word.startswith(known) for known, word in pairs)


def _entry(key: str, text: str) -> tuple[str, ...]:
    """Return a stored presence as `presencestate list` shows it; nothing for one that cannot be read."""
    try:
        written = read_value(text)
    except Refused:
        return ()
    return (
        f"--- Name: '{PREFIX}{key.rpartition('/')[2]}'",
        f"    --- State: '{written.state}'",
        f"    --- Subtype: '{written.subtype}'",
        f"    --- Message: '{written.message}'",
        f"    --- Base64 Encoded: '{'Yes' if written.encoded else 'No'}'",
        "---",
    )


def split(line: str) -> list[str]:
    """Cut a line into words: blanks separate outside of quotes, a backslash takes the next sign as it is (cli.c)."""
    words, open_word, quoted, taken = list[str](), False, False, False
    for sign in line:
        if sign == '"' and not taken:
            quoted = not quoted
            if quoted and not open_word:
                words.append("")
                open_word = True
        elif sign in " \t" and not quoted and not taken:
            open_word = False
        elif sign == "\\" and not taken:
            taken = True
        else:
            if not open_word:
                words.append("")
                open_word = True
            words[-1] += sign
            taken = False
    return words
