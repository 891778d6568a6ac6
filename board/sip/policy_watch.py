# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One extension's subscription and one worker's shard of them: what the policy remembers. No rules here."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from board.events import Address
from board.sip.timing import Moment
from board.states import Subscription


class Phase(Enum):
    """Where a subscription stands between the policy and the PBX."""

    RESTING = auto()  # nothing under way; its next try is due later, or when the path is back
    QUEUED = auto()  # waits for its turn
    ASKED = auto()  # SUBSCRIBE sent, not answered
    ACCEPTED = auto()  # answered 2xx, its NOTIFY is awaited
    ACTIVE = auto()  # the PBX has sent a NOTIFY in this dialog
    BARRED = auto()  # never again: it crashed its worker


WITH_DIALOG = frozenset({Phase.ASKED, Phase.ACCEPTED, Phase.ACTIVE})


class Path(Enum):
    """How the way from one shard to the PBX is doing."""

    ABSENT = auto()  # no worker
    OPENING = auto()  # told to open, no word yet
    UP = auto()  # open, and the PBX is not known to be silent on it
    SILENT = auto()  # open, but the PBX does not answer
    DOWN = auto()  # closed


@dataclass(slots=True, eq=False)
class Watch:
    """One extension: its phase, what is shown of it, and what its back-off stands on.

    `refusal` is the name of the verdict it last got ("" while none); `known` is true once the PBX has sent its state;
    `audited` while the answer to an audit's Expires 0 is awaited; `renewed` marks a dialog that follows an audit;
    `mending` an active one that is to be renewed when its alarm rings; `doubt` is the reason to be shown if a quiet
    repair takes long; before `not_before` the PBX does not want to be asked.
    """

    shard: "Shard"
    address: Address
    phase: Phase = Phase.RESTING
    subscription: Subscription = Subscription.PENDING
    stale: bool = True
    reason: str = ""
    refusal: str = ""
    known: bool = False
    audited: bool = False
    renewed: bool = False
    mending: bool = False
    doubt: str = ""
    tries: int = 0
    deaf: int = 0  # accepted without a NOTIFY, in a row
    gaps: int = 0
    gap_at: float = float("-inf")
    asked_at: float = float("-inf")
    settled_at: float | None = None
    not_before: float = float("-inf")

    @property
    def extension(self) -> str:
        """The watched extension, without its PBX."""
        return self.address.extension

    def may_be_asked(self, moment: Moment) -> bool:
        """Return whether a SUBSCRIBE for it is allowed at `moment`."""
        return self.phase is not Phase.BARRED and self.not_before <= moment.now

    @property
    def live(self) -> bool:
        """Whether what is shown of it is current."""
        return self.subscription is Subscription.ACTIVE and not self.stale


@dataclass(slots=True, eq=False)
class Shard:
    """One worker's extensions, its path to the PBX, and its queues.

    `fresh` extensions are asked as fast as answers come, all others through the PBX's token bucket. `heard` is when
    the PBX last gave a sign of life on this path; `serial` is the probe under way; `asked` counts SUBSCRIBEs in flight;
    `mended_at` is when its path last became good, infinite while it is not.
    """

    index: int
    window: float
    watches: dict[str, Watch] = field(default_factory=dict)
    path: Path = Path.ABSENT
    remark: str = ""
    fresh: bool = True
    starting: deque[Watch] = field(default_factory=deque)
    again: deque[Watch] = field(default_factory=deque)
    asked: int = 0
    heard: float = float("-inf")
    serial: int | None = None
    probed_at: float = float("-inf")
    missed_since: float = float("-inf")
    misses: int = 0
    attempts: int = 0
    attempted_at: float = float("-inf")
    mended_at: float = float("inf")
