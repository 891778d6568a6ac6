# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a single section cannot know: names that are used twice, PBXs that do not exist, extensions listed twice.

It looks at the file as TOML gave it, so these are told beside the mistakes within the sections. Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from board.config.extensions import expand
from board.config.problem import KeyPath, Problem, key_name

LineOf = Callable[[KeyPath], int | None]
_SERVE_SECTIONS = ("serve", "user", "hint")
"""What a file may hold alone: `serve` needs no PBX."""


@dataclass(frozen=True, slots=True)
class _User:
    """A section that belongs to a PBX: which, and the extensions it lists under `key`."""

    path: KeyPath
    key: str
    pbx: str
    extensions: tuple[str, ...]


def check(document: Mapping[str, Any], line: LineOf) -> Iterator[Problem]:
    """Find every mistake between sections; `line` tells where a key stands."""
    if "pbx" not in document and not any(section in document for section in _SERVE_SECTIONS):
        yield Problem((), "has no [[pbx]]; add one with name, server and user, or start with --demo")
    named = {index: name for index, entry in _entries(document, "pbx") if (name := _text(entry, "name"))}
    yield from _check_names(named, line)
    names = tuple(dict.fromkeys(named.values()))
    for section, read in (("contact", _contact), ("range", _range)):
        users = [read(index, entry) for index, entry in _entries(document, section)]
        yield from _check_references(users, names)
        yield from _check_twice(users, names, line)


def _entries(document: Mapping[str, Any], section: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    entries = document.get(section)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _contact(index: int, entry: Mapping[str, Any]) -> _User:
    extension = _text(entry, "extension")
    return _User(("contact", index), "extension", _text(entry, "pbx"), (extension,) if extension else ())


def _range(index: int, entry: Mapping[str, Any]) -> _User:
    try:
        extensions = expand(_text(entry, "extensions"))
    except ValueError:
        extensions = ()  # the schema tells
    return _User(("range", index), "extensions", _text(entry, "pbx"), extensions)


def _check_names(named: Mapping[int, str], line: LineOf) -> Iterator[Problem]:
    first = dict[str, KeyPath]()
    for index, name in named.items():
        path: KeyPath = ("pbx", index)
        if name in first:
            other = _place(first[name], line)
            yield Problem((*path, "name"), f"{name!r} is also the name of {other}; give each PBX a name of its own")
        first.setdefault(name, path)


def _check_references(users: list[_User], names: tuple[str, ...]) -> Iterator[Problem]:
    for user in users:
        path = (*user.path, "pbx")
        if not user.pbx and len(names) > 1:
            yield Problem(path, f"is missing, and there are several PBXs; write one of {', '.join(names)}")
        if user.pbx and names and user.pbx not in names:
            close = get_close_matches(user.pbx, names, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"
            yield Problem(path, f"no [[pbx]] is named {user.pbx!r}; {hint}")


def _check_twice(users: list[_User], names: tuple[str, ...], line: LineOf) -> Iterator[Problem]:
    first = dict[tuple[str, str], KeyPath]()
    only = names[0] if len(names) == 1 else ""
    for user in users:
        addresses = [(user.pbx or only, extension) for extension in user.extensions]
        if twice := [address for address in addresses if address in first]:
            what = twice[0][1] if len(twice) == 1 else f"{twice[0][1]} and {len(twice) - 1} more"
            other = _place(first[twice[0]], line)
            yield Problem((*user.path, user.key), f"{what} already stands in {other}; take it out of one of the two")
        for address in addresses:
            first.setdefault(address, user.path)


def _place(path: KeyPath, line: LineOf) -> str:
    number = line(path)
    return key_name(path) if number is None else f"{key_name(path)} (line {number})"
