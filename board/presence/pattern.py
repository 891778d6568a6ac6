# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extension patterns of the dialplan: `_2XXX`, `_[1-5]Z.` (pbx.c, Asterisk's extensions.conf sample). Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_CLASSES: Mapping[str, str] = MappingProxyType(
    {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*", "-": ""}
)
_SIGN = re.compile(r"\[([^\]]*)\]|(.)", re.DOTALL)


def is_pattern(exten: str) -> bool:
    """Tell whether an extension as written is a pattern."""
    return exten.startswith("_")


def matches(pattern: str, exten: str) -> bool:
    """Tell whether a pattern (with its underscore) stands for this extension."""
    return _compiled(pattern).fullmatch(exten) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_set(group) if single is None else _one(single) for group, single in _groups(pattern[1:]))
    return re.compile("".join(parts), re.DOTALL)


def _groups(text: str) -> list[tuple[str, str | None]]:
    return [(match[1] or "", match[2]) for match in _SIGN.finditer(text)]


def _one(sign: str) -> str:
    return _CLASSES.get(sign.upper(), re.escape(sign))


def _set(members: str) -> str:
    if not members:
        return "(?!)"
    return "[" + "".join(sign if sign == "-" else re.escape(sign) for sign in members) + "]"
