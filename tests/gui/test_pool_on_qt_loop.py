# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool on Qt's event loop: events come, and a burst of them leaves the window its turns."""

import asyncio
import itertools
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from board.loop import run_qt
from board.sip.account import Account, Transport
from board.states import DeviceState
from tests.end2end.pool_office import PoolOffice
from tests.fakes.sip_pbx import SipPbx

EXTENSIONS = tuple(str(number) for number in range(2000, 2100))
ROUNDS = 20


async def watch_a_burst(_: asyncio.Event) -> float:
    """Run a pool through a burst of NOTIFYs; return the longest time that Qt's timers had to wait."""
    pbx = await SipPbx().open()
    office = PoolOffice(Account("office", "127.0.0.1", pbx.port, Transport.UDP, "board"), *EXTENSIONS)
    office.pool.start()
    await office.until(office.is_live)
    turns: list[float] = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: turns.append(time.perf_counter()))
    timer.start()
    for number in range(ROUNDS):
        for extension in EXTENSIONS:
            pbx.notify(extension, "Ringing" if number == ROUNDS - 1 else "On the phone")
        await asyncio.sleep(0)
    await office.until(lambda: {office.device(e) for e in EXTENSIONS} == {DeviceState.RINGING})
    timer.stop()
    await office.pool.stop(5)
    pbx.close()
    return max(later - turn for turn, later in itertools.pairwise(turns))


def test_a_burst_leaves_qt_its_turns(qapp: QApplication) -> None:
    longest = run_qt(qapp, watch_a_burst)
    assert longest < 0.25  # the fake PBX works on the same thread, and the machine may be busy
