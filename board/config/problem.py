# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a configuration, as values: where, what, and what to do about it."""

from dataclasses import dataclass

from board.errors import CallError

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `path` is the key's way from the top (("contact", 2, "name")); `line` is None where unknown."""

    path: KeyPath
    text: str
    line: int | None = None


class ConfigError(CallError):
    """A configuration cannot be used.

    Attributes: `source`, the file's name; `problems`, every mistake that was found, in the file's order.
    """

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(source, problems)
        self.source = source
        self.problems = problems

    @property
    def lines(self) -> tuple[str, ...]:
        """One plain line a problem: where, what is wrong, what to do."""
        return tuple(_line(self.source, problem) for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(self.lines)


def key_name(path: KeyPath) -> str:
    """Return a key's way as people count: contact[2].name is the second contact's name."""
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _line(source: str, problem: Problem) -> str:
    where = source if problem.line is None else f"{source}:{problem.line}"
    parts = [where, key_name(problem.path), problem.text] if problem.path else [where, problem.text]
    return " ".join(": ".join(parts).split())
