# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a status takes from the click, over the disk and a real Asterisk or Kamailio, until that has read it back.

The rival is a bare AMI Setvar in the same run, from its first byte to its answer: no disk, no read-back.
`python -m tests.benchmarks.setting [STATUSES]`.
"""

import asyncio
import statistics
import sys
import time
from functools import partial
from pathlib import Path

from board.ami.client_session import Credentials
from board.carrying import CarryingSession
from board.links.manager import NO_EVENTS
from board.links.setter import LinkKind, Setter
from board.links.wish import Standing, Target, Wish
from board.office import Office
from board.presence.value import Presence
from board.roster.roster import Roster
from board.session import Session
from board.sip.account import Account, Transport
from board.states import PresenceState
from board.status.choice import Choice
from tests.benchmarks.pbx import temporary_asterisk, temporary_kamailio
from tests.benchmarks.table import Row, percentile, render
from tests.pbx.asterisk import PASSWORD, Asterisk

STATUSES = 300
OWN = "6001"
PATIENCE = 20.0
WARM = 10


class Trial:
    """One link, used again and again, one status at a time."""

    def __init__(self, setter: Setter, sip_port: int, folder: Path) -> None:
        account = Account("office", "127.0.0.1", sip_port, Transport.TCP, OWN, PASSWORD)
        office = Office((), (account,), {}, (setter,))
        self._office, self._folder = office, folder
        self._target = Target("office", setter.own)
        self._ended = asyncio.Event()
        self._last: Wish | None = None

    async def run(self, statuses: int) -> list[float]:
        """Set statuses; return what each took, in seconds."""
        make = partial(Session, self._office, Roster(()), lambda _: None, lambda _: None)
        session = await CarryingSession.open(self._office, self._folder, make, self._heard)
        session.start()
        try:
            took = [await self._set(session, number) for number in range(statuses + WARM)]
        finally:
            await session.stop()
        return took[WARM:]

    async def _set(self, session: CarryingSession, number: int) -> float:
        await asyncio.sleep(0.01)
        self._ended.clear()
        begun = time.perf_counter()
        await session.choose(Choice(Presence(PresenceState.AWAY, "lunch", f"status {number}")), self._target)
        async with asyncio.timeout(PATIENCE):
            await self._ended.wait()
        took = time.perf_counter() - begun
        assert self._last is not None
        assert self._last.standing is Standing.CONFIRMED, self._last.reason
        return took

    def _heard(self, wish: Wish) -> None:
        if not wish.is_open:
            self._last = wish
            self._ended.set()


def bare_setvar(asterisk: Asterisk, statuses: int) -> list[float]:
    """Set statuses by nothing but the manager action; return what each took, in seconds."""
    took = list[float]()
    for number in range(statuses + WARM):
        time.sleep(0.01)
        begun = time.perf_counter()
        asterisk.set_presence(OWN, "away", "lunch", f"bare {number}")
        took.append(time.perf_counter() - begun)
    return took[WARM:]


def rows(statuses: int = STATUSES) -> list[Row]:
    """Measure every link and the bare Setvar."""
    with temporary_asterisk(()) as (asterisk, folder), temporary_kamailio() as kamailio:
        bare = bare_setvar(asterisk, statuses)
        credentials = Credentials("presence", "presence-secret", NO_EVENTS)
        setters = (
            (Setter("office", LinkKind.MESSAGE, OWN), asterisk.sip_port),
            (Setter("office", LinkKind.AMI, OWN, "127.0.0.1", asterisk.ami_port, credentials), asterisk.sip_port),
            (Setter("office", LinkKind.PUBLISH, OWN, "127.0.0.1"), kamailio.sip_port),
        )
        ours = {
            setter.kind: asyncio.run(Trial(setter, port, folder / setter.kind.value).run(statuses))
            for setter, port in setters
        }
    found = list[Row]()
    for kind, took in ours.items():
        for name, pick in (("median", statistics.median), ("p99", lambda values: percentile(values, 0.99))):
            what = f"click to confirmed by {kind.value}, {name}"
            found.append(Row(what, pick(took) * 1000, "ms", pick(bare) * 1000, "bare AMI Setvar"))
    return found


if __name__ == "__main__":
    print(render(rows(int(sys.argv[1]) if len(sys.argv) > 1 else STATUSES)))
