# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema's findings in plain words: what is wrong with a value and what to write instead. Pure."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from board.config.problem import KeyPath, Problem
from board.config.schema import (
    AutomaticSection,
    BoardConfig,
    CalendarSection,
    ContactSection,
    HintSection,
    PbxSection,
    RangeSection,
    ServeSection,
    UserSection,
    ViewSection,
)

SECTIONS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "board": ViewSection,
        "pbx": PbxSection,
        "contact": ContactSection,
        "range": RangeSection,
        "automatic": AutomaticSection,
        "calendar": CalendarSection,
        "serve": ServeSection,
        "user": UserSection,
        "hint": HintSection,
    }
)
_SECRETS = frozenset({"password", "secret", "passwd", "pass"})
_SECRET_WAYS: Mapping[str, str] = MappingProxyType(
    {
        "pbx": "password_env, password_command, or the system's key store (presence-board password)",
        "calendar": "user with password_env or password_command",
        "user": "password_env or password_command",
    }
)
_SINGLE = ("board", "automatic", "serve")


def problems_of(error: ValidationError) -> list[Problem]:
    """Return one problem for each of pydantic's findings in a whole file."""
    return [_problem(detail) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails) -> Problem:
    path = detail["loc"]
    words = _WORDS.get(detail["type"])
    return Problem(path, words(detail, path) if words else f"{detail['msg']}; see the reference in README.md")


def _unknown(detail: ErrorDetails, path: KeyPath) -> str:
    key = str(path[-1])
    if key in _SECRETS and path[0] in _SECRET_WAYS:
        return f"a password is not kept in this file; take it out and use {_SECRET_WAYS[str(path[0])]}"
    model = SECTIONS[str(path[0])] if len(path) > 1 else BoardConfig
    what = "setting" if len(path) > 1 else "section"
    close = get_close_matches(key, model.model_fields, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(model.model_fields)}"
    return f"there is no such {what}; {hint}"


def _missing(detail: ErrorDetails, path: KeyPath) -> str:
    field = SECTIONS[str(path[0])].model_fields[str(path[-1])]
    example = f' such as {path[-1]} = "{field.examples[0]}"' if field.examples else ""
    return f"is missing; add it{example}"


def _no_text(detail: ErrorDetails, path: KeyPath) -> str:
    value = detail["input"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'{value} is a number here; write it in quotes: "{value}"'
    return f"{_shown(value)} is no text; write it in quotes"


def _no_choice(detail: ErrorDetails, path: KeyPath) -> str:
    return f"{_shown(detail['input'])} is unknown; use {detail['ctx']['expected']}"


def _no_table(detail: ErrorDetails, path: KeyPath) -> str:
    double = path[0] not in _SINGLE
    if not double and isinstance(detail["input"], list):
        return f"stands once; write [{path[0]}], with single brackets"
    return f"{_shown(detail['input'])} is no section; write {'[[' if double else '['}{path[0]}{']]' if double else ']'}"


def _no_list(detail: ErrorDetails, path: KeyPath) -> str:
    return f"is one section where many may stand; write [[{path[0]}]], with double brackets"


def _shown(value: object) -> str:
    text = ("false", "true")[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_WORDS: Mapping[str, Callable[[ErrorDetails, KeyPath], str]] = MappingProxyType(
    {
        "extra_forbidden": _unknown,
        "missing": _missing,
        "string_type": _no_text,
        "string_too_short": lambda detail, path: "is empty; write something there",
        "bool_type": lambda detail, path: f"{_shown(detail['input'])} is neither true nor false; write one of them",
        "int_type": lambda detail, path: f"{_shown(detail['input'])} is no whole number; write one without quotes",
        "greater_than_equal": lambda detail, path: (
            f"{_shown(detail['input'])} is too small; {detail['ctx']['ge']} is the least"
        ),
        "less_than_equal": lambda detail, path: (
            f"{_shown(detail['input'])} is too large; {detail['ctx']['le']} is the most"
        ),
        "literal_error": _no_choice,
        "model_type": _no_table,
        "tuple_type": _no_list,
        "value_error": lambda detail, path: str(detail["ctx"]["error"]),
    }
)
