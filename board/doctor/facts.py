# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the doctor saw of one PBX, as frozen values: nothing here says what is good or bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from board.sip.account import Transport
from board.sip.messages import Answered, Notified, ProbeAnswered
from board.sip.opening import Fault


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is examined: a PBX as the configuration has it.

    `extensions` are the contacts'; `own` is the extension whose status the user sets, "" where none is named or wanted.
    """

    pbx: str
    host: str
    port: int
    transport: Transport
    user: str
    extensions: tuple[str, ...] = ()
    own: str = ""
    presence_link: str = "none"
    tls_verify: bool = True

    @property
    def asked(self) -> tuple[str, ...]:
        """The extensions that are subscribed, the own one first: it is asked alone."""
        return tuple(dict.fromkeys((*filter(None, [self.own]), *self.extensions)))


@dataclass(frozen=True, slots=True)
class Way:
    """How the way to the PBX opened.

    `fault` with `text` say why it did not; `remark` is the opener's own; `certificate_ends` is in seconds since the
    epoch; `unverified` says why the certificate would not stand if it were verified ("": it would).
    """

    fault: Fault | None = None
    text: str = ""
    remark: str = ""
    certificate_ends: float | None = None
    unverified: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the manager interface said: `reason` why it lets nobody in, or the text of every extension's hint."""

    reason: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of setting the own status to a scratch value and back: `refused` says why the PBX did not take it,
    `shown_at` which extension showed it, `restored` whether that then showed the former value again."""

    refused: str = ""
    shown_at: str = ""
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was seen of a PBX at `at` (seconds since the epoch, this computer's clock).

    What was not reached is None or empty: `unusable` (no password) leaves out the way, a way that did not open the
    rest, and an account that was refused stops the questions after the first. `unsettable` says why no status can be
    set, whatever the PBX is like.
    """

    subject: Subject
    at: float
    unusable: str = ""
    way: Way | None = None
    lost: str = ""
    probe: ProbeAnswered | None = None
    answers: Mapping[str, Answered] = field(default_factory=dict)
    notices: Mapping[str, Notified] = field(default_factory=dict)
    unsettable: str = ""
    desk: Desk | None = None
    trial: Trial | None = None
