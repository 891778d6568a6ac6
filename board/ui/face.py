# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tile shows, in words and glyphs, before anything is measured or drawn.

The rule that a tile which may be old never looks free stands here: its face has no device state.
"""

from dataclasses import dataclass

from board.roster.brevity import time_told
from board.roster.moments import short_counter_text, since_text
from board.roster.tile import Since, Tile
from board.roster.words import (
    DEVICE_SHORT,
    FAILED,
    NOT_KNOWN_YET,
    PENDING,
    PRESENCE_SHORT,
    PRESENCE_WORDS,
    device_text,
    display_name,
    one_line,
    presence_text,
    stale_text,
)
from board.states import DeviceState, PresenceState
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon
from board.ui.theme import Role

# Device states whose time runs on the tile.
COUNTED = frozenset(
    {DeviceState.RINGING, DeviceState.IN_USE, DeviceState.IN_USE_RINGING, DeviceState.ON_HOLD, DeviceState.BUSY}
)
_OLD_WORD, _WAITING_WORD = "Not live", "Waiting"


@dataclass(frozen=True, slots=True)
class Face:
    """What a tile shows.

    `device` is None on a tile that may be old or was never known. The second line is `words`, in its forms from the
    longest to the shortest, with `subtype`; `person` gives it glyph and colour (None: it is about the device).
    `note` is the third line: a message, or, if `alarming`, why the tile may be old, in its forms likewise.
    `asked` is what was asked for the person and has not come, in its forms, and `failed` that it will not.
    """

    name: str
    number: str
    device: DeviceState | None
    block_icon: Icon
    block_word: str
    counting: Since | None
    person: PresenceState | None
    words: tuple[str, ...]
    subtype: str
    since: str
    note: tuple[str, ...]
    alarming: bool
    asked: tuple[str, ...] = ()
    failed: bool = False

    def counter(self, now: float) -> str:
        """Return the running time of the device's state, "" where none runs."""
        if self.counting is None:
            return ""
        text = short_counter_text(now - self.counting.at)
        return f"≥{text}" if self.counting.at_least else text


def face(tile: Tile, now: float) -> Face:
    """Return what `tile` shows at `now`; it holds until the tile or the day changes."""
    known = tile.device_since is not None
    live = known and not tile.stale
    name, number = one_line(display_name(tile.contact)), one_line(tile.contact.address.extension)
    icon, word = _block(tile, known, live)
    return Face(
        name=name,
        number="" if number == name else number,
        device=tile.device if live else None,
        block_icon=icon,
        block_word=word,
        counting=tile.device_since if live and tile.device in COUNTED else None,
        person=tile.presence,
        words=_words(tile, live),
        subtype=one_line(tile.subtype),
        since=_since(tile, live, now),
        note=_note(tile, known),
        alarming=tile.stale and (known or bool(tile.reason)),
        asked=_asked(tile) if tile.asked is not None else (),
        failed=tile.failed is not None,
    )


def until(shown: Face) -> tuple[str, ...]:
    """Return the time that a message tells, behind the word that leads to it ("back 14:30"), and alone ("14:30").

    Only the latter where no word leads to it, nothing where the note tells no time.
    """
    told = time_told(shown.note[0]) if shown.note and not shown.alarming else None
    return tuple(dict.fromkeys((told.cue.lower() + told.time, told.time))) if told is not None else ()


def person_icon(shown: Face) -> Icon | None:
    """Return the glyph of the person's mark, None while nothing is known of the person."""
    return PERSON_ICONS[shown.person] if shown.person is not None else None


def asked_icon(shown: Face) -> Icon:
    """Return the glyph of what was asked and has not come."""
    return Icon.WARNING if shown.failed else Icon.HOURGLASS


def asked_role(shown: Face) -> Role:
    """Return what the colour of that glyph is for."""
    return Role.FAULT if shown.failed else Role.ACCENT_TEXT


def _block(tile: Tile, known: bool, live: bool) -> tuple[Icon, str]:
    if live:
        return DEVICE_ICONS[tile.device], DEVICE_SHORT[tile.device]
    if known:
        return Icon.CLOCK_ALERT, _OLD_WORD
    return Icon.DASHED, DEVICE_SHORT[DeviceState.UNKNOWN] if tile.reason else _WAITING_WORD


def _asked(tile: Tile) -> tuple[str, ...]:
    word, asked = (PENDING, tile.pending) if tile.pending is not None else (FAILED, tile.failed)
    if asked is None:
        return ()
    full = one_line(presence_text(asked.presence))
    return tuple(dict.fromkeys((f"{word}: {full}", f"{word}: {PRESENCE_SHORT[asked.presence.state]}", word)))


def _words(tile: Tile, live: bool) -> tuple[str, ...]:
    if tile.presence is not None:
        return (PRESENCE_WORDS[tile.presence], PRESENCE_SHORT[tile.presence])
    return (device_text(tile),) if live else ()


def _since(tile: Tile, live: bool, now: float) -> str:
    if tile.presence is not None:
        return since_text(tile.presence_since, now)
    return since_text(tile.device_since, now) if live else ""


def _note(tile: Tile, known: bool) -> tuple[str, ...]:
    if tile.stale and not known:
        return (one_line(tile.reason) or NOT_KNOWN_YET,)
    if tile.stale:
        forms = (stale_text(tile), tile.reason, tile.reason.partition(": ")[0])
        return tuple(dict.fromkeys(one_line(form) for form in forms if form))
    return (one_line(tile.message),) if tile.message else ()
