# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the devices of one hint come to, on the core and on a real Asterisk: every pair and every triple of states."""

import time
from itertools import product

import pytest

from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.devstate import EXTENSION_TEXTS, Devstate
from board.presence.events import HintKey
from board.presence.hints import HintLine
from tests.pbx.fixtures import NewAsterisk
from tests.pbx.manager import Manager

pytestmark = pytest.mark.pbx
ORIGIN = Origin(0.0, "test")
PATIENCE = 20.0
MIXES = [mix for many in (2, 3) for mix in product(Devstate, repeat=many)]
HINTS = {str(number): "&".join(f"Custom:{state}" for state in mix) for number, mix in enumerate(MIXES, start=3000)}
SETTABLE = [state for state in Devstate if state is not Devstate.UNKNOWN]
"""A device that was never set is UNKNOWN; none can be set to it."""


def on_asterisk(manager: Manager) -> dict[str, str]:
    """Set each device to the state it is named after; return the text of each hint."""
    devices = [{"Variable": f"DEVICE_STATE(Custom:{state})"} for state in SETTABLE]
    manager.run({"Action": "Setvar", "Value": state, **device} for state, device in zip(SETTABLE, devices, strict=True))
    deadline = time.monotonic() + PATIENCE
    while [answer["Value"] for answer in manager.run({"Action": "Getvar", **device} for device in devices)] != [
        [state] for state in SETTABLE
    ]:
        assert time.monotonic() < deadline
    answers = manager.run({"Action": "ExtensionState", "Exten": exten, "Context": "hints"} for exten in HINTS)
    return {exten: answer["StatusText"][0] for exten, answer in zip(HINTS, answers, strict=True)}


def on_the_core() -> dict[str, str]:
    """Return the same of the core."""
    core = PresenceCore(hints=[HintLine(HintKey(exten, "hints"), text) for exten, text in HINTS.items()])
    for state in SETTABLE:
        core.set_device(f"Custom:{state}", state, ORIGIN)
    return {hint.key.exten: EXTENSION_TEXTS[hint.state] for hint in core.extensions}


def test_every_mix_comes_to_the_same(new_asterisk: NewAsterisk) -> None:
    theirs, ours = on_asterisk(new_asterisk([], hints=HINTS).manager), on_the_core()
    assert len(theirs) == 81 + 729
    assert {HINTS[exten]: text for exten, text in ours.items()} == {
        HINTS[exten]: text for exten, text in theirs.items()
    }
