# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many extensions told short: 2000-2003, 2010 and 4 more. Pure."""

from collections.abc import Iterable

MOST = 8


def spans(extensions: Iterable[str]) -> list[str]:
    """Join numbers that follow each other, in the order given, to spans of three or more."""
    runs = list[list[str]]()
    for extension in extensions:
        if runs and _follows(runs[-1][-1], extension):
            runs[-1].append(extension)
        else:
            runs.append([extension])
    return [text for run in runs for text in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else run)]


def told_short(extensions: Iterable[str]) -> str:
    """Return the extensions for a sentence, spans joined, at most `MOST` of them."""
    texts = spans(extensions)
    rest = len(texts) - MOST
    return ", ".join(texts[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def _follows(before: str, after: str) -> bool:
    digits = before.isascii() and before.isdigit() and after.isascii() and after.isdigit()
    return digits and len(before) == len(after) <= 18 and int(after) == int(before) + 1
