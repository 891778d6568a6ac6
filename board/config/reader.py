# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration file to the schema's values, or to every mistake in it at once."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import ValidationError

from board.config.checks import check
from board.config.positions import Positions
from board.config.problem import ConfigError, Problem
from board.config.schema import BoardConfig
from board.config.words import problems_of
from board.places import data_folder as data_folder  # asked for beside the file's own place

FILE_NAME = "board.toml"
_AT_LINE = re.compile(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)\Z", re.DOTALL)


def find(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the user's own file if there is one; PRESENCE_BOARD_HOME names the folder where it is looked for."""
    home = environ.get("PRESENCE_BOARD_HOME")
    path = (Path(home) if home else user_config_path("presence-board", appauthor=False)) / FILE_NAME
    return path if path.exists() else None


def load(path: Path) -> BoardConfig:
    """Read a configuration file; raise ConfigError with every mistake in it, or why it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}; check the path and its permissions"
        raise ConfigError(str(path), (Problem((), what),)) from None
    return loads(data, str(path))


def loads(data: bytes, source: str) -> BoardConfig:
    """Read a configuration; `source` names it in messages. Raises ConfigError with every mistake in it."""
    text = _decode(data, source)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(source, (_syntax_problem(error, text),)) from None
    line = Positions(text).line
    problems = [*_schema_problems(document), *check(document, line)]
    if problems:
        placed = (replace(problem, line=line(problem.path)) for problem in problems)
        raise ConfigError(source, tuple(sorted(placed, key=lambda problem: problem.line or 0)))
    return BoardConfig.model_validate(document)


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise ConfigError(source, (Problem((), what, line),)) from None


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    found = _AT_LINE.match(str(error))
    what, line = (found[1], found[2]) if found else (str(error), None)
    return Problem((), f"not TOML: {what}; mend this line", int(line) if line else text.rstrip("\n").count("\n") + 1)


def _schema_problems(document: dict[str, Any]) -> list[Problem]:
    try:
        BoardConfig.model_validate(document)
    except ValidationError as error:
        return problems_of(error)
    return []
