# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways are opened in the background: one order's way at most is ever handed out, the others' are closed."""

import select
import threading
from typing import Any

import pytest

from board.sip import opener
from board.sip.account import Account, Transport
from board.sip.opener import Opener
from board.sip.opening import Opened, open_way

WAIT = 10.0
ACCOUNT = Account("office", "127.0.0.1", 5060, Transport.UDP, "board", "secret")


def test_what_an_earlier_order_brought_is_closed_and_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two orders in one turn, as after a stop of the process: the second way must not come on top of the first."""
    made, gate = list[Opened](), threading.Event()

    def opened(account: Account, attempt: int, port: int) -> Opened:
        if attempt == 1:
            assert gate.wait(WAIT)
        made.append(open_way(account, attempt, port))
        return made[-1]

    monkeypatch.setattr(opener, "open_way", opened)
    ways = Opener(ACCOUNT)
    ways.begin()
    _wait(ways.wake)
    ways.begin()
    assert ways.take() is None
    gate.set()
    _wait(ways.wake)
    assert ways.take() is made[1]
    assert made[0].sock.fileno() == -1
    made[1].sock.close()
    for end in (ways.wake, ways._bell):
        end.close()


def _wait(sock: Any) -> None:
    assert select.select([sock], [], [], WAIT)[0]
