# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions as the configuration writes them: single ones, and ranges such as "2100-2149,2160". Pure."""

import re

MOST = 10_000
"""How many extensions one range may hold: more is a slip of the keyboard, not an office."""

_EXTENSION = re.compile(r"[^\s@,;<>\"\x00-\x1f\x7f]{1,79}\Z")  # 79: AST_MAX_EXTENSION less its end (channel.h)
_SPAN = re.compile(r"([0-9]+)\s*-\s*([0-9]+)\Z")


def check_extension(text: str) -> str:
    """Return the extension; raise ValueError, with one line, for what cannot be one."""
    if not text:
        raise ValueError("is empty; write the extension's number or name")
    if _SPAN.match(text):
        raise ValueError(f'"{text}" is a range; write it under [[range]]')
    if not _EXTENSION.match(text):
        raise ValueError(f'{text[:80]!r} is no extension; write its number or name alone, such as "2001"')
    return text


def expand(text: str) -> tuple[str, ...]:
    """Return the extensions of "2100-2149,2160" in order; both ends belong to a span, and "0100-0199" keeps its zeros.

    Raises ValueError, with one line, for anything else, for an extension that is listed twice and for more than MOST.
    """
    found: dict[str, None] = {}
    for part in (part.strip() for part in text.split(",")):
        for extension in _expand_part(part):
            if extension in found:
                raise ValueError(f"lists {extension} twice; take one out")
            found[extension] = None
        if len(found) > MOST:
            raise ValueError(_too_many())
    return tuple(found)


def _expand_part(part: str) -> list[str]:
    span = _SPAN.match(part)
    if span is None:
        if not part:
            raise ValueError('has an empty part; write it such as "2100-2149,2160"')
        return [check_extension(part)]
    first, last = span.groups()
    if max(len(first), len(last)) > 79:
        raise ValueError(f"{part[:40]}... is no range; its numbers are too long")
    if int(last) < int(first):
        raise ValueError(f'"{part}" runs backwards; write "{last}-{first}"')
    if int(last) - int(first) >= MOST:
        raise ValueError(_too_many())
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def _too_many() -> str:
    return f"holds more than {MOST} extensions; split it or make it smaller"
