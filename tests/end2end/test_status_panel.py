# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The own status in the switchboard: the real program on a screen, driven by keys, through a real Asterisk."""

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end2end.screen import Screen, until
from tests.end2end.screen import screen as screen
from tests.end2end.statuses import User
from tests.end2end.test_status_window import begin, watchers
from tests.end2end.test_status_window import begun as begun
from tests.pbx.asterisk import Asterisk

pytestmark = pytest.mark.pbx


def open_panel(begun: ExitStack, user: User, screen: Screen) -> "subprocess.Popen[str]":
    """Open the switchboard, and in it the setter, once the PBX tells the own status."""
    before = watchers(user.asterisk)
    process = begin(begun, user, screen)
    screen.wait_for("Presence board")
    until(lambda: watchers(user.asterisk) > before, "the window does not subscribe")
    screen.press("ctrl+s")
    return process


def test_a_status_becomes_a_preset_that_is_there_at_the_next_start(
    asterisk: Asterisk, tmp_path: Path, screen: Screen, begun: ExitStack
) -> None:
    asterisk.set_presence("6001", "not_set")
    user = User(asterisk, tmp_path)
    first = open_panel(begun, user, screen)
    screen.press("4")
    until(lambda: user.shown()[0] == "xa", "the key sets nothing")
    screen.write("Ask Rosa")
    screen.press("Return")
    until(lambda: user.shown() == ("xa", "", "Ask Rosa"), "the message did not come")
    screen.press("Escape", "F2", "Insert")
    screen.write("Gone")
    screen.press("Return", "Escape", "Escape", "1")  # out of the field, out of the presets, and another status
    until(lambda: user.shown() == ("available", "", ""), "the keys do not lead back")
    presets = user.home / "presets.toml"
    until(lambda: presets.exists() and 'name = "Gone"' in presets.read_text(), "the presets are not kept")
    before = watchers(asterisk)
    first.terminate()
    assert first.wait(20) == 0
    until(lambda: watchers(asterisk) < before, "the first did not unsubscribe")
    open_panel(begun, user, screen)
    screen.press("alt+6")
    until(lambda: user.shown() == ("xa", "", "Ask Rosa"), "the preset is gone")
    screen.press("Escape")
    screen.write("no")  # the keyboard is at the board again, and typing searches
    screen.press("ctrl+s", "0")
    until(lambda: user.shown() == ("not_set", "", ""), "it was not cleared")
