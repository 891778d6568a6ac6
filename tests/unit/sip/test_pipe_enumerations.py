# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""States pass the pipe under every Python: 3.11.2, which Debian 12 has, pickles an enumeration's member as getattr."""

from enum import Enum

import pytest

from board.pidf.document import Document
from board.sip.messages import Notified
from board.sip.pipe import frame, read_frame
from board.states import DeviceState, PresenceState, Subscription


def _reduce_as_python_3_11_2(self: Enum, protocol: int) -> object:
    return getattr, (type(self), self.name)


def test_states_pass_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (DeviceState, PresenceState, Subscription):
        monkeypatch.setattr(kind, "__reduce_ex__", _reduce_as_python_3_11_2)
    document = Document("application/pidf+xml", device=DeviceState.ON_HOLD, presence=PresenceState.XA)
    sent = Notified("2001", Subscription.ACTIVE, "", None, 600.0, False, document, "", 1.0)
    assert read_frame(frame([sent])[4:], (Notified,)) == (sent,)
