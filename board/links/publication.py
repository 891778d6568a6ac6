# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One publication at a presence server (RFC 3903): when to publish, modify, refresh or remove it, and what is lost.

A pure state machine: no I/O and no clock, `now` is in seconds of one that nobody sets. Ask `due` what to send, tell
`answered` what came of it, one request at a time; keep on the disk what `Ask.held` and `held` say, and begin the next
process with that.

A server puts the publications of one person together, the newest on top, and a refresh makes an old one new. So one
that was overtaken, by another board of the same person or by a phone, is removed as soon as the server's own word shows
that: else its next refresh would bring the old status back.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from board.presence.value import Presence

LEASE = 3600
"""Seconds that are asked for: what RFC 3903 section 6.1.1.2 proposes, and Kamailio grants at most by default."""
LEASE_MOST = 7 * 24 * 3600
"""Seconds that are asked for at most, whatever Min-Expires says."""
TRANSIENT = frozenset({0, 408, 480, 500, 503, 504})
"""Answers, or none, after which the same request may do."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the server may hold for us; `etag` "" where it is not known by which name."""

    presence: Presence
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A PUBLISH to send: with a body for `presence`, or none; SIP-If-Match unless `etag` is ""; `expires` 0 removes."""

    presence: Presence | None
    etag: str
    expires: int

    @property
    def held(self) -> Held | None:
        """What to keep on the disk before it is sent, None where that changes nothing: its answer may never be read."""
        return Held(self.presence, self.etag) if self.presence is not None else None


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer to a PUBLISH; `status` 0: none came. Seconds are None where their header is absent."""

    status: int
    phrase: str = ""
    etag: str = ""
    expires: float | None = None
    min_expires: float | None = None
    retry_after: float | None = None


class Result(Enum):
    """What an answer came to."""

    DONE = auto()
    AGAIN = auto()  # the server wants it otherwise: ask `due` at once
    LATER = auto()  # nobody took it
    REFUSED = auto()  # nothing more is sent until something new is published


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: after which what was accepted and is not shown is sent again, as a server that orders by whole seconds
    shows another of the same second; between tries where nobody answers. `nudges` are such second tries; `share` of
    its lease a publication is refreshed."""

    settle: float = 1.2
    nudges: int = 2
    pause: float = 2.0
    pause_most: float = 60.0
    share: float = 0.6


class Publication:
    """The publication of one person. `held` is what the last process left; nothing is sent before `saw` or `publish`.

    Attributes: `held`, what the server holds, to be kept on the disk after every answer.
    """

    def __init__(self, held: Held | None = None, timing: Timing | None = None) -> None:
        self.held = held
        self._timing = timing or Timing()
        self._wanted = held.presence if held is not None else None
        self._waiting = held is not None  # for the server's word
        self._forced = False  # a body is due
        self._new = False  # somebody waits for what becomes of it
        self._vain: Presence | None = None  # given up, but ours to keep if it shows after all
        self._barred = False
        self._bare = False  # the last request had no body
        self._bodies = False  # the server forgets the body in a refresh
        self._shown = True
        self._nudges = 0
        self._settled_at = 0.0
        self._lease = LEASE
        self._refresh_at = 0.0
        self._pause = 0.0  # after a request without an answer
        self._relief = 0.0  # the pause before a publication that vanished is published again
        self._relieved_at = float("-inf")
        self._not_before = 0.0

    # -- what is wanted -----------------------------------------------------------------------------------------------

    def publish(self, presence: Presence) -> None:
        """Want a status to be shown from now on, even if it is the one that is held."""
        self._wanted, self._forced, self._new, self._vain = presence, True, True, None
        self._waiting = self._barred = self._shown = False
        self._nudges, self._pause, self._not_before = 0, 0.0, 0.0

    def withdraw(self) -> None:
        """Want nothing to be published."""
        self._wanted, self._forced, self._waiting, self._vain = None, False, False, None
        if self.held is not None and not self.held.etag:
            self.held = None

    # -- what the server shows ----------------------------------------------------------------------------------------

    def saw(self, presence: Presence | None, now: float) -> None:
        """Take the server's own word, known to be current; None: nobody's status is published."""
        if presence is not None and presence == self._vain:
            self._wanted, self._forced, self._vain, self._shown = presence, True, None, True
        elif self._wanted is None:
            return
        elif presence == self._wanted:
            self._forced = self._forced or self._waiting  # the etag may be of what was there before
            self._shown, self._waiting = True, False
        elif presence is None:
            self._lost(now)
        elif not self._new and not self._nudging and now >= self._settled_at:
            overtaken = self._wanted
            self.withdraw()
            self._vain = overtaken

    def _lost(self, now: float) -> None:
        """The server shows nothing: it forgot all, or the body over a refresh. Publish the body again."""
        self._waiting = False
        if self.held is not None and not self._forced and now >= self._settled_at:
            self._bodies = self._bodies or self._bare
            self._forced = True
            if now >= self._relieved_at + self._timing.pause_most:
                self._relief = 0.0
            self._not_before = self._relieved_at = now + self._relief
            self._relief = self._longer(self._relief)

    # -- what is to be sent -------------------------------------------------------------------------------------------

    def due(self, now: float) -> Ask | None:
        """Return what to send now, None for nothing."""
        deadline = self.deadline()
        if deadline is None or now < deadline:
            return None
        etag = self.held.etag if self.held is not None else ""
        if self._wanted is None:
            return Ask(None, etag, 0)
        bare = bool(etag) and not self._forced and not self._nudging and not self._bodies
        return Ask(None if bare else self._wanted, etag, self._lease)

    def deadline(self) -> float | None:
        """Return when something is due, None while nothing is to come."""
        if self._barred or self._waiting or (self._wanted is None and self.held is None):
            return None
        if self._forced or self._wanted is None:
            return self._not_before
        wanted = min(self._refresh_at, self._settled_at) if self._nudging else self._refresh_at
        return max(self._not_before, wanted)

    @property
    def _nudging(self) -> bool:
        return not self._shown and self._nudges < self._timing.nudges

    def answered(self, ask: Ask, answer: Answer, now: float) -> Result:
        """Take what came of what `due` had returned."""
        if 200 <= answer.status < 300:
            return self._accepted(ask, answer, now)
        if answer.status == 412 and ask.etag:
            return self._unknown()
        if answer.status == 423 and self._lease < (answer.min_expires or 0.0) <= LEASE_MOST:
            self._lease = int(answer.min_expires or 0.0)
            return Result.AGAIN
        if answer.status in TRANSIENT:
            self._unanswered(ask, answer, now)
            return Result.LATER
        self._barred = True
        self._resign()
        return Result.REFUSED

    def _accepted(self, ask: Ask, answer: Answer, now: float) -> Result:
        self._pause = 0.0
        if not ask.expires:
            self.held = None
            return Result.AGAIN
        presence = ask.presence or (self.held.presence if self.held is not None else None)
        assert presence is not None
        granted = answer.expires or float(ask.expires)
        self.held = Held(presence, answer.etag)
        self._refresh_at = now + granted * self._timing.share
        self._bare = ask.presence is None
        if ask.presence is not None and ask.presence == self._wanted:
            if not self._forced:
                self._nudges += 1
            self._forced = self._new = False
            self._settled_at = now + self._timing.settle
        return Result.DONE

    def _unknown(self) -> Result:
        """The server does not know our publication (any more): begin another, if one is wanted."""
        self.held = replace(self.held, etag="") if self.held is not None and self._wanted is not None else None
        self._forced = self._wanted is not None
        return Result.AGAIN

    def _unanswered(self, ask: Ask, answer: Answer, now: float) -> None:
        if self._new and ask.presence is not None:
            self._vain = ask.presence  # whoever published it tries again, or not
            self._resign()
        self._pause = self._longer(self._pause)
        self._not_before = now + max(self._pause, answer.retry_after or 0.0)

    def _resign(self) -> None:
        """Go back to what is held."""
        self._wanted = self.held.presence if self.held is not None else None
        self._forced, self._new, self._shown = False, False, True

    def _longer(self, pause: float) -> float:
        return min(max(2 * pause, self._timing.pause), self._timing.pause_most)
