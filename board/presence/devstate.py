# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Device and extension states as Asterisk counts them, and how several devices make one extension: tables only.

`Devstate` is what one device does (devicestate.h), `ExtensionState` what a hint's devices come to (pbx.h).
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from board.states import DeviceState


class Devstate(StrEnum):
    """One device's state, in the words of DEVICE_STATE."""

    UNKNOWN = "UNKNOWN"
    NOT_INUSE = "NOT_INUSE"
    INUSE = "INUSE"
    BUSY = "BUSY"
    INVALID = "INVALID"
    UNAVAILABLE = "UNAVAILABLE"
    RINGING = "RINGING"
    RINGINUSE = "RINGINUSE"
    ONHOLD = "ONHOLD"


class ExtensionState(IntEnum):
    """A hint's state, in the numbers of AMI; IDLE is Asterisk's NOT_INUSE, UNKNOWN means that there is no hint."""

    UNKNOWN = -1
    IDLE = 0
    INUSE = 1
    BUSY = 2
    UNAVAILABLE = 4
    RINGING = 8
    RINGINUSE = 9
    ONHOLD = 16

    @property
    def rings(self) -> bool:
        """Whether the ringing bit is set."""
        return self > 0 and bool(self & ExtensionState.RINGING)


RANKS: Mapping[Devstate, int] = MappingProxyType(
    {
        Devstate.INVALID: 0,
        Devstate.UNKNOWN: 1,
        Devstate.UNAVAILABLE: 2,
        Devstate.NOT_INUSE: 3,
        Devstate.ONHOLD: 4,
        Devstate.RINGING: 5,
        Devstate.INUSE: 6,
        Devstate.BUSY: 7,
        Devstate.RINGINUSE: 8,
    }
)
"""The highest one wins (devicestate.c, ast_devstate_aggregate_add)."""

_ENGAGED = frozenset({Devstate.INUSE, Devstate.ONHOLD, Devstate.BUSY})

EXTENSION_STATES: Mapping[Devstate, ExtensionState] = MappingProxyType(
    {
        Devstate.UNKNOWN: ExtensionState.IDLE,
        Devstate.NOT_INUSE: ExtensionState.IDLE,
        Devstate.INUSE: ExtensionState.INUSE,
        Devstate.BUSY: ExtensionState.BUSY,
        Devstate.INVALID: ExtensionState.UNAVAILABLE,
        Devstate.UNAVAILABLE: ExtensionState.UNAVAILABLE,
        Devstate.RINGING: ExtensionState.RINGING,
        Devstate.RINGINUSE: ExtensionState.RINGINUSE,
        Devstate.ONHOLD: ExtensionState.ONHOLD,
    }
)

EXTENSION_TEXTS: Mapping[ExtensionState, str] = MappingProxyType(
    {
        ExtensionState.UNKNOWN: "Unknown",
        ExtensionState.IDLE: "Idle",
        ExtensionState.INUSE: "InUse",
        ExtensionState.BUSY: "Busy",
        ExtensionState.UNAVAILABLE: "Unavailable",
        ExtensionState.RINGING: "Ringing",
        ExtensionState.RINGINUSE: "InUse&Ringing",
        ExtensionState.ONHOLD: "Hold",
    }
)
"""The words of AMI's StatusText and `core show hints` (pbx.c, extension_states)."""

EXTENSION_WORDS: Mapping[ExtensionState, Devstate] = MappingProxyType(
    {
        ExtensionState.UNKNOWN: Devstate.UNKNOWN,
        ExtensionState.IDLE: Devstate.NOT_INUSE,
        ExtensionState.INUSE: Devstate.INUSE,
        ExtensionState.BUSY: Devstate.BUSY,
        ExtensionState.UNAVAILABLE: Devstate.UNAVAILABLE,
        ExtensionState.RINGING: Devstate.RINGING,
        ExtensionState.RINGINUSE: Devstate.RINGINUSE,
        ExtensionState.ONHOLD: Devstate.ONHOLD,
    }
)
"""The words of the dialplan function EXTENSION_STATE (func_extstate.c)."""

DEVICE_STATES: Mapping[ExtensionState, DeviceState] = MappingProxyType(
    {
        ExtensionState.UNKNOWN: DeviceState.UNKNOWN,
        ExtensionState.IDLE: DeviceState.IDLE,
        ExtensionState.INUSE: DeviceState.IN_USE,
        ExtensionState.BUSY: DeviceState.BUSY,
        ExtensionState.UNAVAILABLE: DeviceState.UNAVAILABLE,
        ExtensionState.RINGING: DeviceState.RINGING,
        ExtensionState.RINGINUSE: DeviceState.IN_USE_RINGING,
        ExtensionState.ONHOLD: DeviceState.ON_HOLD,
    }
)
"""The same states in the words that the board's rooms share."""


def aggregate(states: Iterable[Devstate]) -> Devstate:
    """Combine the states of one extension's devices; none at all is INVALID.

    The highest rank wins, but a ringing device beside an engaged one is RINGINUSE from there on.
    """
    combined, ringing, engaged = Devstate.INVALID, False, False
    for state in states:
        ringing = ringing or state is Devstate.RINGING
        engaged = engaged or state in _ENGAGED
        if ringing and engaged:
            combined = Devstate.RINGINUSE
        elif RANKS[state] > RANKS[combined]:
            combined = state
    return combined


def read_devstate(word: str) -> Devstate | None:
    """Return the state of a word, upper or lower case, untrimmed; None for any other text."""
    return Devstate.__members__.get(word.upper())
