# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long until every extension of a real Asterisk is active, from the start of our SIP workers on, beside sipp.

sipp gets the same extensions of an Asterisk just as fresh, as fast as it and Asterisk go without losing any: the best
of `RATES`, its own start included. `python -m tests.benchmarks.activation [EXTENSIONS ...]`.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from board.events import Address
from board.office import Office
from board.roster.contact import Contact
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.session import Session
from board.sip.account import Account, Transport
from tests.benchmarks.pbx import temporary_asterisk
from tests.benchmarks.table import Row, render
from tests.pbx.asterisk import PASSWORD, Asterisk

COUNTS = (250, 1000, 3000)
RATES = (1000, 2000, 4000)
ROUNDS = 3
FIRST = 10_000
_SCENARIO = Path(__file__).with_name("subscribe.xml")


def office(asterisk: Asterisk, count: int, transport: Transport = Transport.UDP) -> Office:
    """Return the office of the first `count` extensions of a benchmark's Asterisk."""
    account = Account("office", asterisk.host, asterisk.sip_port, transport, "board", PASSWORD)
    contacts = tuple(Contact(Address("office", str(FIRST + number))) for number in range(count))
    return Office(contacts, (account,), {})


async def activate(watched: Office) -> float:
    """Return the seconds from the start until every tile is live."""
    waiting = {contact.address for contact in watched.contacts}
    all_live = asyncio.Event()

    def take(changes: Sequence[TileChanged]) -> None:
        waiting.difference_update(c.tile.contact.address for c in changes if not c.tile.stale)
        if not waiting:
            all_live.set()

    begun = time.monotonic()
    session = Session(watched, Roster(watched.contacts), take, lambda _: None)
    session.start()
    try:
        async with asyncio.timeout(120):
            await all_live.wait()
        return time.monotonic() - begun
    finally:
        await session.stop()


def sipp(asterisk: Asterisk, count: int, rate: int, folder: Path) -> float | None:
    """Return the seconds that sipp takes from its start to its end, None when it lost any."""
    login = f"[authentication username=board password={PASSWORD}]"
    csv = folder / "extensions.csv"
    csv.write_text("SEQUENTIAL\n" + "".join(f"{FIRST + number};board;{login}\n" for number in range(count)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    target = f"{asterisk.host}:{asterisk.sip_port}"
    command = ["sipp", target, "-sf", str(_SCENARIO), "-inf", str(csv), "-t", "u1", "-i", "127.0.0.1", "-nostdin"]
    load = ["-p", str(port), "-m", str(count), "-l", str(count), "-r", str(rate), "-timeout", "60"]
    begun = time.monotonic()
    done = subprocess.run([*command, *load], cwd=folder, capture_output=True, check=False)
    return time.monotonic() - begun if done.returncode == 0 else None


def rows(counts: Sequence[int] = COUNTS) -> list[Row]:
    """Measure in pairs: an Asterisk without subscriptions before each run of either."""
    found = list[Row]()
    with temporary_asterisk(range(FIRST, FIRST + max(counts))) as (asterisk, folder):
        for count in counts:
            ours, theirs = list[float](), list[float]()
            for _ in range(ROUNDS):
                asterisk.restart(kill=True, wipe=True)
                ours.append(asyncio.run(activate(office(asterisk, count))))
                for rate in RATES:
                    asterisk.restart(kill=True, wipe=True)
                    seconds = sipp(asterisk, count, rate, folder)
                    theirs += [seconds] if seconds is not None else []
            best = min(theirs) if theirs else None
            found.append(Row(f"{count} active", statistics.median(ours), "s", best, "sipp, best", "<= 1.5"))
    return found


if __name__ == "__main__":
    print(render(rows([int(text) for text in sys.argv[1:]] or COUNTS)))
