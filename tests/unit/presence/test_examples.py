# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialplan examples of the page on presence state (Asterisk's wiki), step by step on the core."""

from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.functions import Functions

ORIGIN = Origin(0.0, "caller", "dialplan")
BOB = "PRESENCE_STATE(CustomPresence:Bob)"
BOBS_VALUE = "PRESENCE_STATE(CustomPresence:Bob,value)"


def toggle(functions: Functions) -> str:
    """Extension 2000 of the page: GotoIf(CURRENT_PRESENCE = available), Set, Set."""
    available = functions.read(BOBS_VALUE) == "available"
    functions.write(BOB, "unavailable,," if available else "available,,", ORIGIN)
    return functions.read(BOBS_VALUE)


def goes_to_voicemail(functions: Functions) -> bool:
    """Extension 2001 of the page: GotoIf(value != available ? voicemail)."""
    return functions.read(BOBS_VALUE) != "available"


def test_calling_2000_toggles_bobs_presence() -> None:
    functions = Functions(PresenceCore())
    assert functions.read(BOBS_VALUE) == "not_set"
    assert [toggle(functions) for _ in range(3)] == ["available", "unavailable", "available"]


def test_calling_2001_goes_to_voicemail_unless_bob_is_available() -> None:
    functions = Functions(PresenceCore())
    assert goes_to_voicemail(functions)
    toggle(functions)
    assert not goes_to_voicemail(functions)
    functions.write(BOB, "dnd,,Thinking", ORIGIN)
    assert goes_to_voicemail(functions)


def test_the_pages_cli_example_is_told() -> None:
    core = PresenceCore()
    core.custom.change("CustomPresence:6002", "UNAVAILABLE", ORIGIN)
    assert Functions(core).read("PRESENCE_STATE(CustomPresence:6002,value)") == "unavailable"
