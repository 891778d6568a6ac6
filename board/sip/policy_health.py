# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the PBX as a whole is doing, and when to say so: its PbxChanged events, coalesced. Pure."""

from dataclasses import dataclass

from board.events import PbxChanged
from board.sip.policy_outbox import Alarm, Outbox
from board.sip.timing import Moment, Timing
from board.states import PbxState


@dataclass(slots=True)
class Report:
    """What is to be said of the PBX now."""

    state: PbxState = PbxState.CONNECTING
    reason: str = ""
    warning: str = ""
    active: int = 0
    total: int = 0
    rtt: float | None = None


class Health:
    """Tells the PBX's health: a change of its words at once, of counts a few times a second, of the rtt rarely."""

    def __init__(self, pbx: str, outbox: Outbox, timing: Timing) -> None:
        self._pbx = pbx
        self._outbox = outbox
        self._timing = timing
        self._last: PbxChanged | None = None
        self._said_at = float("-inf")

    def announce(self, report: Report, moment: Moment) -> None:
        """Send a PbxChanged if `report` differs from the last one and its time has come, else set an alarm."""
        last = self._last
        if last is None or (report.state, report.reason, report.warning) != (last.state, last.reason, last.warning):
            wait = 0.0
        elif (report.active, report.total) != (last.active, last.total):
            wait = self._timing.announce_every
        elif report.rtt != last.rtt:
            wait = self._timing.rtt_every
        else:
            self._outbox.disarm(Alarm.ANNOUNCE)
            return
        if moment.now >= self._said_at + wait:
            self._say(report, moment)
        else:
            self._outbox.arm(Alarm.ANNOUNCE, moment, self._said_at + wait - moment.now)

    def _say(self, report: Report, moment: Moment) -> None:
        event = PbxChanged(
            self._pbx,
            report.state,
            report.reason,
            report.warning,
            report.active,
            report.total,
            report.rtt,
            moment.at,
        )
        self._last = event
        self._said_at = moment.now
        self._outbox.disarm(Alarm.ANNOUNCE)
        self._outbox.event(event)
