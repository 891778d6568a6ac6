# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Presets: statuses that a person sets often, by name; the ready-made ones; how a list of them is edited. Pure.

A list of presets is a tuple, and every edit makes a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from board.presence.value import Presence
from board.states import PresenceState

NAME_LIMIT = 40
"""Signs of a preset's name: it has to fit on a button."""
MOST = 100
"""How many presets there may be."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A status by name. `until` is what its person would type ("1 h", "today", "14:30"), "" until it is changed."""

    name: str
    presence: Presence
    until: str = ""


Presets = tuple[Preset, ...]


def _bare(*named: tuple[str, PresenceState]) -> Presets:
    return tuple(Preset(name, Presence(state)) for name, state in named)


OFFICE: Presets = (
    Preset("Lunch", Presence(PresenceState.AWAY, "lunch"), "1 h"),
    Preset("Meeting", Presence(PresenceState.DND, "meeting"), "1 h"),
    Preset("Short break", Presence(PresenceState.AWAY, "break"), "30 min"),
    Preset("Home office", Presence(PresenceState.AVAILABLE, "home office")),
    Preset("Gone for today", Presence(PresenceState.XA, "", "Gone for today"), "today"),
)
# As FreePBX's module presencestate makes them at its installation (install.php), in its order and with its words.
FREEPBX: Presets = _bare(
    ("Available", PresenceState.AVAILABLE),
    ("Chat", PresenceState.CHAT),
    ("Away", PresenceState.AWAY),
    ("DND", PresenceState.DND),
    ("Extended Away", PresenceState.XA),
    ("Unavailable", PresenceState.UNAVAILABLE),
)
# As the status application of Digium's phones names them.
DIGIUM: Presets = _bare(
    ("Available", PresenceState.AVAILABLE),
    ("Do Not Disturb", PresenceState.DND),
    ("Away", PresenceState.AWAY),
    ("Extended Away", PresenceState.XA),
    ("Prefer Chat", PresenceState.CHAT),
)
READY_MADE: Mapping[str, Presets] = MappingProxyType(
    {"A day at the office": OFFICE, "FreePBX's presence types": FREEPBX, "Digium phones' statuses": DIGIUM}
)


def added(presets: Presets, *more: Preset) -> Presets:
    """Return `presets` with `more` at the end; what is there already, by name and contents, is not added again."""
    new = tuple(preset for preset in dict.fromkeys(more) if preset not in presets)
    return (*presets, *new)[:MOST]


def removed(presets: Presets, at: int) -> Presets:
    """Return `presets` without the one at `at`."""
    return presets[:at] + presets[at + 1 :]


def replaced(presets: Presets, at: int, preset: Preset) -> Presets:
    """Return `presets` with `preset` in place of the one at `at`."""
    return (*presets[:at], preset, *presets[at + 1 :])


def moved(presets: Presets, at: int, by: int) -> Presets:
    """Return `presets` with the one at `at` moved `by` places, at most to an end."""
    rest = removed(presets, at)
    to = max(0, min(len(rest), at + by))
    return (*rest[:to], presets[at], *rest[to:])


def name_complaint(name: str) -> str:
    """Say in one line why `name` cannot name a preset, "" where it can."""
    if not name.strip():
        return "a preset needs a name"
    if len(name) > NAME_LIMIT:
        return f"the name is {len(name)} signs long; a preset's button shows {NAME_LIMIT}"
    if not name.isprintable():
        return "the name holds signs that cannot be shown; take them out"
    return ""
