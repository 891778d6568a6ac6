# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tile shows, in words and glyphs, before anything is measured or drawn.

The rule that a tile which may be old never looks free stands here: its face has no device state.
"""

from dataclasses import dataclass

from board.roster.moments import counter_text, since_text
from board.roster.tile import Since, Tile
from board.roster.words import (
    DEVICE_SHORT,
    NOT_KNOWN_YET,
    PRESENCE_SHORT,
    device_text,
    display_name,
    one_line,
    person_text,
    stale_text,
)
from board.states import DeviceState, PresenceState
from board.ui.icons import DEVICE_ICONS, PERSON_ICONS, Icon

# Device states whose time runs on the tile.
COUNTED = frozenset(
    {DeviceState.RINGING, DeviceState.IN_USE, DeviceState.IN_USE_RINGING, DeviceState.ON_HOLD, DeviceState.BUSY}
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a tile shows.

    `device` is None on a tile that may be old or was never known. `line` is the second line, in its forms from the
    longest to the shortest; `person` colours it (None: it is not about a person). `note` is the third line, in its
    forms likewise; where even the shortest is too long for one line, it may take the second line too if `alarming`.
    """

    name: str
    number: str
    device: DeviceState | None
    block_icon: Icon
    block_word: str
    counting: Since | None
    person: PresenceState | None
    line_icon: Icon | None
    line: tuple[str, ...]
    since: str
    note: tuple[str, ...]
    alarming: bool

    def counter(self, now: float) -> str:
        """Return the running time of the device's state, "" where none runs."""
        if self.counting is None:
            return ""
        text = counter_text(now - self.counting.at)
        return f"≥{text}" if self.counting.at_least else text


def face(tile: Tile, now: float) -> Face:
    """Return what `tile` shows at `now`; it holds until the tile or the day changes."""
    known = tile.device_since is not None
    live = known and not tile.stale
    name, number = one_line(display_name(tile.contact)), one_line(tile.contact.address.extension)
    person = tile.presence is not None
    return Face(
        name=name,
        number="" if number == name else number,
        device=tile.device if live else None,
        block_icon=DEVICE_ICONS[tile.device] if live else Icon.CLOCK_ALERT if known else Icon.DASHED,
        block_word=DEVICE_SHORT[tile.device] if live else "Not live" if known else "",
        counting=tile.device_since if live and tile.device in COUNTED else None,
        person=tile.presence,
        line_icon=PERSON_ICONS[tile.presence] if tile.presence is not None else None,
        line=_person_forms(tile) if person else (device_text(tile),) if live else (),
        since=since_text(tile.presence_since if person else tile.device_since if live else None, now),
        note=_note_forms(tile, known),
        alarming=tile.stale and (known or bool(tile.reason)),
    )


def _person_forms(tile: Tile) -> tuple[str, ...]:
    assert tile.presence is not None
    subtype = one_line(tile.subtype)
    short = PRESENCE_SHORT[tile.presence]
    forms = (one_line(person_text(tile)), f"{short} · {subtype}" if subtype else short)
    return tuple(dict.fromkeys(forms))


def _note_forms(tile: Tile, known: bool) -> tuple[str, ...]:
    if tile.stale and not known:
        return (one_line(tile.reason) or NOT_KNOWN_YET,)
    if tile.stale:
        return tuple(dict.fromkeys(one_line(form) for form in (stale_text(tile), tile.reason) if form))
    return (one_line(tile.message),) if tile.message else ()
