# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How one entity's newest wish reaches its PBX: a pure state machine over what the PBX says, and time.

No I/O and no clock: `now` is monotonic seconds. A wish is sent only while the PBX's own word on the entity is known
to be current, so what was set elsewhere is seen before anything is overwritten; and it is confirmed by that word
alone. One that the PBX already shows is not sent: after a crash nobody knows whether the last send arrived, but
everybody can read it.
"""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from board.links.wish import Standing, Target, Wish
from board.presence.value import NOT_SET, Presence
from board.status.choice import Manner


class Fate(Enum):
    """What came of a send."""

    ACCEPTED = auto()  # the PBX took it; whether it did it shows
    AWAY = auto()  # it was not sent
    LOST = auto()  # no answer: it may have arrived
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a send, and why, in one line for the user."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """Note on the disk that the wish is being sent, then send it."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Keep:
    """Note on the disk what has become of the wish."""

    wish: Wish


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Note that the entity was set elsewhere, over a wish that was there (None: over something else)."""

    wish: Wish | None


Step = Send | Keep | Elsewhere


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: for the read-back of what was accepted; after which an equal reading counts although another send was
    never read back; before what was sent by a process that died is sent again; between tries; of patience with a
    PBX that is there but does not let us read the entity; tries without an answer."""

    confirm: float = 5.0
    settle: float = 1.0
    resend: float = 2.0
    pause: float = 1.0
    pause_most: float = 30.0
    blocked: float = 5.0
    forgetful: float = 15.0
    tries: int = 3


@dataclass(slots=True)
class Delivery:
    """One entity at one PBX. Feed it, then carry out `take_steps()` in order; call `tick` a few times a second.

    `advice` is for the user where the PBX took a status but does not show it. `blank`: the reading is nobody's word, as
    the PBX knows nothing of the entity (a presence server that lost its memory).
    """

    target: Target
    timing: Timing = field(default_factory=Timing)
    advice: str = ""
    wish: Wish | None = None
    reading: Presence | None = None
    live: bool = False
    blank: bool = False
    _in_flight: int | None = None
    _accepted_at: float | None = None
    _not_before: float = float("-inf")
    _lost: int = 0
    _pause: float = 0.0
    _unread: set[Presence] = field(default_factory=set)
    _blocked: tuple[str, float] | None = None
    _away: bool = False
    _remembered: tuple[Presence, ...] = ()
    _replaced: list[tuple[Presence, float]] = field(default_factory=list)
    _steps: list[Step] = field(default_factory=list)

    def wished(self, wish: Wish, now: float, remembered: tuple[Presence, ...] = ()) -> None:
        """Take the newest wish; an older one is forgotten. `remembered` is what was seen shortly before it."""
        if self.wish is not None and wish.number <= self.wish.number:
            return
        self.wish, self._remembered = wish, remembered
        self._accepted_at, self._lost, self._pause = None, 0, 0.0
        self._not_before = now + self.timing.resend if wish.standing is Standing.SENT else float("-inf")
        if self._blocked is not None:
            self._blocked = (self._blocked[0], now)
        if self._away and not self.live:
            self._note_waiting(now)
        self._step(now)

    def saw(self, said: Presence | None, now: float) -> None:
        """Take the PBX's own word, known to be current; None: it knows nothing of the entity."""
        presence, self.blank = said or NOT_SET, said is None
        if self.reading is not None and self.reading != presence:
            self._replaced = [*self._recently(now), (self.reading, now)]
            if self.live and not self.blank and not self._is_ours(presence):
                self._steps.append(Elsewhere(None))
        self.reading, self.live, self._blocked, self._away = presence, True, None, False
        self._unread.discard(presence)
        self._step(now)

    def doubt(self) -> None:
        """Take note that what was read may be old, for the moment."""
        self.live = False

    def gone(self, now: float) -> None:
        """Take note that the PBX is away: what was read is old, and what was sent may be lost."""
        self.live, self._blocked, self._accepted_at = False, None, None
        if not self._away:
            self._away = True
            self._note_waiting(now)

    def blocked(self, reason: str, now: float, *, for_good: bool = False) -> None:
        """Take note that the PBX is there and does not let us read or set the entity."""
        self.live = False
        since = float("-inf") if for_good else self._blocked[1] if self._blocked else now
        self._blocked = (reason, since)
        self._step(now)

    def answered(self, number: int, outcome: Outcome, now: float) -> None:
        """Take what came of the send of a wish."""
        if self._in_flight == number:
            self._in_flight = None
        if self.wish is not None and self.wish.number == number and self.wish.is_open:
            self._judge(outcome, now)
        self._step(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._step(now)

    def give_up(self, standing: Standing, reason: str = "") -> None:
        """End the open wish without sending it any more."""
        self._end(standing, reason)

    def over(self, at: float) -> None:
        """Take note that the wish stands no longer, since `at` (seconds since the epoch)."""
        if self.wish is not None:
            self._keep(replace(self.wish, over_at=at))

    def take_steps(self) -> list[Step]:
        """Return what is to be done, in order, and forget it."""
        taken, self._steps = self._steps, []
        return taken

    # -- within -----------------------------------------------------------------------------------------------------

    def _note_waiting(self, now: float) -> None:
        """From now on the wish yields to what was set elsewhere, as far as we know what was there before."""
        wish = self.wish
        if wish is not None and wish.is_open and not wish.waited:
            before = self._before(now)
            known = (*wish.expected, *before, *self._unread) if before else ()
            self._keep(replace(wish, waited=True, expected=tuple(dict.fromkeys(known))))

    def _before(self, now: float) -> tuple[Presence, ...]:
        """Return what the PBX may show if nobody else sets anything, () where nothing is known."""
        if self.reading is None:
            return self._remembered
        return (self.reading, *(presence for presence, _ in self._recently(now)))

    def _recently(self, now: float) -> list[tuple[Presence, float]]:
        """Return what was replaced so lately that a PBX which died may show it again, and when."""
        return [(presence, at) for presence, at in self._replaced if now < at + self.timing.forgetful]

    def _keep(self, wish: Wish) -> None:
        self.wish = wish
        self._steps.append(Keep(wish))

    def _end(self, standing: Standing, reason: str = "") -> None:
        assert self.wish is not None
        self._accepted_at = None
        if standing is Standing.CONFIRMED:
            self._unread.clear()
        self._keep(replace(self.wish, standing=standing, reason=reason))

    def _judge(self, outcome: Outcome, now: float) -> None:
        match outcome.fate:
            case Fate.ACCEPTED:
                self._accepted_at = now
            case Fate.REFUSED:
                self._end(Standing.REFUSED, outcome.reason)
            case Fate.AWAY | Fate.LOST:
                self._lost += outcome.fate is Fate.LOST
                self._pause = min(max(2 * self._pause, self.timing.pause), self.timing.pause_most)
                self._not_before = now + self._pause
                if self._lost >= self.timing.tries and self.reading != self._presence:
                    self._end(Standing.REFUSED, outcome.reason)

    @property
    def _presence(self) -> Presence | None:
        return self.wish.presence if self.wish is not None else None

    def _step(self, now: float) -> None:
        wish = self.wish
        if wish is None or not wish.is_open:
            self._look_after(wish)
            return
        if not self.live:
            if self._blocked is not None and now >= self._blocked[1] + self.timing.blocked:
                self._end(Standing.REFUSED, self._blocked[0])
        elif self.reading == wish.presence and not self.blank and self._is_read_back(now):
            self._end(Standing.CONFIRMED)
        elif self._accepted_at is not None:
            if now >= self._accepted_at + self.timing.confirm:
                self._end(Standing.REFUSED, self._unconfirmed())
        elif wish.waited and wish.expected and not self.blank and self.reading not in (*wish.expected, wish.presence):
            yields = Standing.REFUSED if wish.manner is Manner.MANUAL else Standing.DROPPED
            self._end(yields, f"{self.target.entity} was set elsewhere meanwhile: {_words(self.reading)}")
        elif self._in_flight is None and now >= self._not_before:
            self._send(wish)

    def _look_after(self, wish: Wish | None) -> None:
        """See whether what is to pass is still there."""
        if wish is None or not (wish.passes and wish.stands and self.live) or self.blank:
            return
        if self.reading != wish.presence:
            self._steps.append(Elsewhere(wish))

    def _is_ours(self, presence: Presence) -> bool:
        return presence == self._presence or presence in self._unread

    def _is_read_back(self, now: float) -> bool:
        """Tell whether the reading speaks of this wish: another value may still be under way and come after it."""
        assert self.wish is not None
        others = self._unread - {self.wish.presence}
        settled = self._accepted_at is not None and now >= self._accepted_at + self.timing.settle
        return (not others and self._in_flight in (None, self.wish.number)) or settled

    def _send(self, wish: Wish) -> None:
        assert self.reading is not None
        expected = tuple(dict.fromkeys((*wish.expected, self.reading)))
        back = self.reading if wish.passes and wish.back is None else wish.back
        self.wish = wish = replace(wish, standing=Standing.SENT, expected=expected, back=back)
        self._in_flight = wish.number
        self._unread.add(wish.presence)
        self._steps.append(Send(wish))

    def _unconfirmed(self) -> str:
        return f"the PBX took it but still shows {_words(self.reading)}: {self.advice}"


def _words(presence: Presence | None) -> str:
    if presence is None:
        return "nothing"
    return ", ".join(filter(None, (presence.state.value, presence.subtype, presence.message)))
