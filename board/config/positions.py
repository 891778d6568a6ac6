# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which line of a TOML file each key stands on: neither tomllib nor tomlkit tells. Pure.

The text is known to be right TOML, so a statement ends with the first line at which tomllib can read it.
"""

import re
import tomllib

from board.config.problem import KeyPath

_HEADER = re.compile(r"\s*(\[\[?)[^\[\]]")


class Positions:
    """The line of every header and key of one text, looked for when the first is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        self._section: KeyPath = ()

    def line(self, path: KeyPath) -> int | None:
        """Return the line, from 1, of a key or else of what it is in; None for what stands nowhere."""
        if not self._lines:
            self._scan(self._text.split("\n"))
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def _scan(self, lines: list[str]) -> None:
        start = 0
        while start < len(lines):
            end = start + 1
            while (statement := _read("\n".join(lines[start:end]))) is None and end < len(lines):
                end += 1
            if statement:
                self._note(statement, lines[start], start + 1)
            start = end

    def _note(self, statement: dict[str, object], first_line: str, line: int) -> None:
        path = _only_path(statement)
        if header := _HEADER.match(first_line):
            self._section = self._numbered(path, is_array=header[1] == "[[")
            path = ()
        key = self._section + path
        for depth in range(max(1, len(self._section)), len(key) + 1):
            self._lines.setdefault(key[:depth], line)

    def _numbered(self, path: KeyPath, *, is_array: bool) -> KeyPath:
        """Return a header's path with the number of each array of tables on its way."""
        if is_array:
            self._counts[path] = self._counts.get(path, 0) + 1
        numbered: KeyPath = ()
        for depth in range(1, len(path) + 1):
            numbered += (path[depth - 1],)
            if path[:depth] in self._counts:
                numbered += (self._counts[path[:depth]] - 1,)
        return numbered


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _only_path(statement: object) -> KeyPath:
    """Return the way that a header or a key names: its tables hold one key each."""
    path: KeyPath = ()
    while True:
        if isinstance(statement, list) and statement == [{}]:
            return path
        if not isinstance(statement, dict) or len(statement) != 1:
            return path
        [(key, statement)] = statement.items()
        path += (key,)
