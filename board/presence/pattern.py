# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extension patterns of the dialplan, `_2XXX` or `_[1-5]Z.`: what they match and which of several goes first (pbx.c).

Pure. Asterisk compares sign by sign: the pattern that stands for fewer signs there is the closer one.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import digits
from types import MappingProxyType

_CLASSES: Mapping[str, str] = MappingProxyType({"X": digits, "Z": digits[1:], "N": digits[2:]})
_REST: Mapping[str, str] = MappingProxyType({".": ".+", "!": ".*"})
_BREADTHS: Mapping[str, int] = MappingProxyType({".": 1_000, "!": 1_001})
_SIGN = re.compile(r"\[([^\]]*)\]|([^-])", re.DOTALL)


def is_pattern(exten: str) -> bool:
    """Tell whether an extension as written is a pattern."""
    return exten.startswith("_")


def matches(pattern: str, exten: str) -> bool:
    """Tell whether a pattern (with its underscore) stands for this extension; hyphens count on neither side."""
    return _compiled(pattern).fullmatch(exten.replace("-", "")) is not None


def closest(patterns: Iterable[str], exten: str) -> str | None:
    """Return the closest of the patterns that stand for this extension, None where none does."""
    return min((pattern for pattern in patterns if matches(pattern, exten)), key=_breadths, default=None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(map(_expression, _signs(pattern))), re.DOTALL)


@lru_cache(maxsize=4096)
def _breadths(pattern: str) -> tuple[int, ...]:
    return tuple(_BREADTHS.get(sign) or len(sign) for sign in _signs(pattern))


def _signs(pattern: str) -> list[str]:
    """Return what may stand at each place of a pattern: its signs in one text, or the sign for any rest."""
    return [
        _members(match[1]) if match[2] is None else _CLASSES.get(match[2].upper(), match[2])
        for match in _SIGN.finditer(pattern[1:])
    ]


def _expression(sign: str) -> str:
    if sign in _REST:
        return _REST[sign]
    return "[" + "".join(map(re.escape, sign)) + "]" if sign else "(?!)"


def _members(text: str) -> str:
    """Return the signs of a set as written between brackets, its ranges spelled out."""
    found, place = dict[str, None](), 0
    while place < len(text):
        if text[place + 1 : place + 2] == "-" and place + 2 < len(text):
            found.update((chr(code), None) for code in range(ord(text[place]), ord(text[place + 2]) + 1))
            place += 3
        else:
            found[text[place]] = None
            place += 1
    return "".join(found)
