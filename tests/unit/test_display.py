# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""No display is a line for the user, not an abort of Qt's."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from board.display import needed_display
from board.errors import CallError


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "there is no display"),
        ({"QT_QPA_PLATFORM": "xcb"}, "there is no display"),
        ({"DISPLAY": ":4711"}, "the display :4711 does not answer"),
        ({"DISPLAY": "127.0.0.1:1.0"}, "the display 127.0.0.1:1.0 does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"}, "the display wayland-9 does not answer"),
    ],
)
def test_no_display_is_told(environ: dict[str, str], says: str) -> None:
    with pytest.raises(CallError, match=says) as caught, needed_display(environ):
        pass
    assert "presence-board watch" in str(caught.value)


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
def test_platforms_without_a_display_need_none(platform: str) -> None:
    with needed_display({"QT_QPA_PLATFORM": platform}):
        pass


def test_a_display_that_answers_is_good(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        with needed_display({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}):
            pass
        with needed_display({"WAYLAND_DISPLAY": str(tmp_path / "wayland-0"), "DISPLAY": ":4711"}):
            pass


def test_the_program_says_so_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "board", "--demo"], env={"PATH": "/usr/bin"}, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
