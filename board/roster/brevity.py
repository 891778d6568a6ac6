# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a message is shortened so that the time it tells is kept: "Sick with … until the 18th", "…14:30". Pure.

Widths are in whatever the caller measures with. The words are English ones, as everywhere; a time of day, a date in
figures and what stands before them are found in any language.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

ELLIPSIS = "…"
_LEAST_HEAD = 4  # characters of a cut word, below which it is left out
_LOOSE = " ·,;:.-–"  # what may not stand before an ellipsis

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]{2,7})?"
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_CLOCK = r"\d{1,2}[:.h]\d\d(?!\d)(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?(?:[ap]\.?m\b\.?|uhr\b|h\b)|noon\b|midnight\b"
_DATE = (
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?\d{{2,4}})?(?!\w)|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH}\b\.?|{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b"
    rf"|(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)\b"
)
_PART = rf"(?:{_DATE}|{_CLOCK}|{_DAY}\b|tomorrow\b|today\b|tonight\b|next\s(?:week|month|{_DAY})\b)"
_CUE = r"(?:back|until|till|til|by|from|bis|zurück)(?:\s(?:at|on|by|the|um|am|next))*"
_TOLD = re.compile(
    rf"(?<![\w:./])(?P<cue>{_CUE}\s)?(?P<time>{_PART}(?:,?\s(?:at\s)?{_PART}|\s?[-–]\s?{_PART})*)", re.IGNORECASE
)


class Told(NamedTuple):
    """A message around the time it tells: `head`, `cue` ("until the "), `time` ("18th"), `rest`; joined, it all."""

    head: str
    cue: str
    time: str
    rest: str


def time_told(message: str) -> Told | None:
    """Return `message` around the time it tells, None where it tells none.

    Of several times it is the last one that follows a word such as "back" or "until", else the last one.
    """
    found = list(_TOLD.finditer(message))
    if not found:
        return None
    at = next((match for match in reversed(found) if match["cue"]), found[-1])
    return Told(message[: at.start()], at["cue"] or "", at["time"], message[at.end() :])


def shortened(message: str, width: float, advance: Callable[[str], float], elide: Callable[[str, float], str]) -> str:
    """Return as much of `message` as fits into `width` with the time it tells, its beginning before its end.

    `advance` measures a text, `elide` cuts one to a width and ends it in an ellipsis: between two characters as a
    reader counts them.
    """
    if advance(message) <= width:
        return message
    told = time_told(message)
    if told is None:
        return elide(message, width)
    more = ELLIPSIS if told.rest.strip() else ""
    if advance(f"{told.head}{told.cue}{told.time}{more}") <= width:
        return elide(message, width)
    kept = f"{told.time}{more}"
    for head, tail in ((told.head, f"{told.cue}{kept}"), (f"{told.head}{told.cue}", kept)):
        if made := _behind(head, tail, width, advance, elide):
            return made
    return elide(told.time, width)


def _behind(
    head: str, kept: str, width: float, advance: Callable[[str], float], elide: Callable[[str, float], str]
) -> str:
    """Return `kept` behind what there is room for of `head`, "" where `kept` alone is too wide."""
    whole = head.strip()
    begun = _whole_words(whole, elide(whole, width - advance(f" {kept}")).removesuffix(ELLIPSIS)) if whole else ""
    if begun and advance(made := f"{begun}{ELLIPSIS} {kept}") <= width:
        return made
    alone = f"{ELLIPSIS}{kept}" if whole else kept
    return alone if advance(alone) <= width else ""


def _whole_words(text: str, begun: str) -> str:
    """Return `begun`, which `text` begins with, without a word that was cut; a text of one word may be cut anywhere."""
    if " " in text and text[len(begun) :][:1].strip():
        begun = begun.rpartition(" ")[0]
    begun = begun.rstrip(_LOOSE)
    return begun if " " in text or len(begun) >= _LEAST_HEAD else ""
