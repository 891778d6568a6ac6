# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the status setter says of the user's own status: which one it shows, how it stands at each PBX, in words.

Pure: no Qt, no clock. That everybody sees a status is said only where the PBX's own word, known to be current, says so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from board.links.own import OwnStatus
from board.links.wish import Standing, Wish
from board.presence.value import NOT_SET, Presence
from board.roster.words import PRESENCE_WORDS, one_line
from board.states import PresenceState
from board.status.choice import Choice, Manner

# As a person chooses it: an order, not a description.
CHOICE_WORDS: Mapping[PresenceState, str] = MappingProxyType(
    {**PRESENCE_WORDS, PresenceState.CHAT: "Prefer chat", PresenceState.NOT_SET: "Clear"}
)

_SPAN = re.compile(r"\d+([.,]\d+)? ?(d|days?|h|hrs?|hours?|m|mins?|minutes?)\b", re.IGNORECASE)


class Tone(Enum):
    """How a status stands, the most pressing last."""

    SEEN = auto()  # the PBX itself says so, now
    UNKNOWN = auto()  # nothing was heard yet
    OLD = auto()  # the PBX said so, but is silent
    PENDING = auto()  # on its way
    QUEUED = auto()  # the PBX is away
    REFUSED = auto()
    BARRED = auto()  # nothing can be set


@dataclass(frozen=True, slots=True)
class Line:
    """One line about how a status stands."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The own status at a glance: what is shown (None: not known), how it stands, all of it in words."""

    presence: Presence | None
    tone: Tone
    said: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What is shown: the status (None: not known), `choice` what was chosen for it, `back` what returns after its end,
    the lines about it. `retry` is what was refused, None where nothing was.
    """

    presence: Presence | None = None
    choice: Choice | None = None
    back: Presence | None = None
    lines: tuple[Line, ...] = ()
    retry: Choice | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    pbx: str
    presence: Presence | None
    tone: Tone
    reason: str = ""
    others: Presence | None = None
    wish: Wish | None = None


def title(presence: Presence | None) -> str:
    """Return the state's word and the subtype: "Away · lunch"."""
    if presence is None:
        return "Not known yet"
    return " · ".join(part for part in (PRESENCE_WORDS[presence.state], one_line(presence.subtype)) if part)


def summary(presence: Presence) -> str:
    """Return the most telling of a status in one line: subtype and message, else the state's word."""
    parts = [one_line(text) for text in (presence.subtype, presence.message) if text]
    return " · ".join(parts) or PRESENCE_WORDS[presence.state]


def end_in_words(words: str) -> str:
    """Return a typed end after its preposition: "for 1 h", "until 14:30", "" for none."""
    if not words:
        return ""
    return f"for {words}" if _SPAN.match(words) else f"until {words}"


def in_words(choice: Presence, until: str = "") -> str:
    """Return the whole of a status, for a tooltip and a screen reader."""
    parts = (PRESENCE_WORDS[choice.state], one_line(choice.subtype), one_line(choice.message), until)
    return ", ".join(part for part in parts if part)


def sight(own: Sequence[OwnStatus]) -> Sight:
    """Return what to show of the user's own status, which may stand differently at several PBXs."""
    parts = [_part(status) for status in own]
    if not parts:
        return Sight()
    main = max(parts, key=lambda part: part.wish.number if part.wish is not None else -1)
    refused = next((part.wish.choice for part in parts if part.tone is Tone.REFUSED and part.wish is not None), None)
    wish = main.wish if main.tone is not Tone.REFUSED else None
    choice = wish.choice if wish is not None else None if main.presence is None else Choice(main.presence)
    return Sight(
        main.presence, choice, wish.back if wish is not None else None, tuple(_lines(parts, main.presence)), refused
    )


def most_pressing(lines: Iterable[Line]) -> Tone:
    """Return the most pressing of the lines' tones."""
    return max((line.tone for line in lines), key=lambda tone: tone.value, default=Tone.UNKNOWN)


def _part(own: OwnStatus) -> _Part:
    """Return what is shown of one PBX; its wish stays with it only while it speaks of what is shown."""
    pbx, wish, reading = one_line(own.target.pbx), own.wish, own.reading
    if wish is not None and (wish.standing is Standing.DROPPED or wish.over_at is not None):
        wish = None
    if wish is not None and wish.is_open:
        away = not own.live and (wish.waited or wish.standing is Standing.QUEUED)
        others = reading if reading != wish.presence else None
        return _Part(pbx, wish.presence, Tone.QUEUED if away else Tone.PENDING, others=others, wish=wish)
    if wish is not None and wish.standing is Standing.REFUSED and reading != wish.presence:
        return _Part(pbx, reading, Tone.REFUSED, one_line(wish.reason), wish=wish)
    if wish is not None and (wish.standing is Standing.REFUSED or reading not in (None, wish.presence)):
        wish = None  # what is there was set elsewhere since
    if reading is None:
        return _Part(pbx, wish.presence if wish is not None else None, Tone.UNKNOWN, wish=wish)
    return _Part(pbx, reading, Tone.SEEN if own.live else Tone.OLD, wish=wish)


def _lines(parts: Sequence[_Part], main: Presence | None) -> Iterable[Line]:
    """Give one line for all PBXs that stand alike, and for each group of them where they do not."""
    groups: dict[tuple[Presence | None, Tone, str, Presence | None], list[_Part]] = {}
    for part in parts:
        groups.setdefault((part.presence, part.tone, part.reason, part.others), []).append(part)
    for group in groups.values():
        names = _joined([part.pbx for part in group])
        text = _SAID[group[0].tone](names, len(group) > 1, group[0])
        if len(groups) > 1:
            differs = group[0].presence != main and group[0].presence is not None
            state = f"{in_words(group[0].presence)} · " if differs and group[0].presence is not None else ""
            text = text if group[0].tone is Tone.REFUSED else f"{text[:1].lower()}{text[1:]}"
            text = f"{names}: {state}{text}"
        yield Line(group[0].tone, text)


def _seen(_names: str, _many: bool, part: _Part) -> str:
    if part.presence == NOT_SET:
        return "Others see no status"
    by_itself = part.wish is not None and part.wish.manner is Manner.AUTOMATIC
    return "Seen by everyone, set automatically" if by_itself else "Seen by everyone"


def _unknown(names: str, _many: bool, _part: _Part) -> str:
    return f"Waiting for {names}"


def _old(names: str, many: bool, _part: _Part) -> str:
    return f"{names} {'are' if many else 'is'} silent: this may be old"


def _pending(_names: str, _many: bool, _part: _Part) -> str:
    return "Waiting for the PBX"


def _queued(names: str, many: bool, part: _Part) -> str:
    text = f"Will be sent when {names} {'are' if many else 'is'} back"
    return text if part.others is None else f"{text}. Others still see: {in_words(part.others)}"


def _refused(_names: str, _many: bool, part: _Part) -> str:
    asked = in_words(part.wish.presence) if part.wish is not None else ""
    return f"{asked} was not set: {part.reason}"


_SAID = MappingProxyType(
    {
        Tone.SEEN: _seen,
        Tone.UNKNOWN: _unknown,
        Tone.OLD: _old,
        Tone.PENDING: _pending,
        Tone.QUEUED: _queued,
        Tone.REFUSED: _refused,
    }
)


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def distinct(recents: Iterable[Choice], most: int) -> tuple[Choice, ...]:
    """Return the newest of `recents`, newest first, that are more than a bare state, each status once."""
    telling = (choice for choice in recents if choice.presence.subtype or choice.presence.message)
    first: dict[Presence, Choice] = {}
    for choice in telling:
        first.setdefault(choice.presence, choice)
    return tuple(first.values())[:most]
