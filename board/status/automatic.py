# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What would show by itself, below what a person chose; and whether it may. Pure."""

from dataclasses import dataclass
from enum import Enum, auto

from board.presence.value import Presence
from board.states import PresenceState
from board.status.choice import Manner

YIELDING = frozenset({PresenceState.AVAILABLE, PresenceState.NOT_SET})
"""The states that give way to a proposal: whoever shows another one meant it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A status that a rule proposes: an idle desk, a meeting, a call.

    `since` (seconds since the epoch) is when its cause began: what the person chose after that stands above it.
    """

    presence: Presence
    since: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The last status that was asked for: what and by whom, whether it is on its way or there (`stands`), whether the
    PBX still has to read it back (`open`), and whether something else returns after it (`passes`)."""

    presence: Presence
    manner: Manner
    asked_at: float
    stands: bool
    open: bool
    passes: bool


class Verdict(Enum):
    """What is to be done about a proposal."""

    NOTHING = auto()
    APPLY = auto()
    END = auto()  # what was there before the automatic status returns


def decide(
    proposal: Proposal | None, last: Standing | None, reading: Presence | None, set_otherwise_at: float
) -> Verdict:
    """Judge the newest proposal.

    `reading` is what the PBX shows now (None: not known), `set_otherwise_at` when the person last chose a status, here
    or on a phone: no cause that began before it counts any more.
    """
    automatic = last is not None and last.manner is Manner.AUTOMATIC
    stands = last is not None and automatic and last.stands
    if proposal is None or set_otherwise_at > proposal.since:
        return Verdict.END if stands else Verdict.NOTHING
    if last is not None and stands:
        return Verdict.NOTHING if last.presence == proposal.presence else Verdict.APPLY
    if last is not None and (last.open or (last.stands and last.passes)):
        return Verdict.NOTHING
    if last is not None and automatic and last.asked_at >= proposal.since:
        return Verdict.NOTHING  # this cause had its turn: it was refused, or somebody else set the status
    if reading is None or reading.state not in YIELDING or reading == proposal.presence:
        return Verdict.NOTHING
    return Verdict.APPLY
