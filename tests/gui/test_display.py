# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A display that is there and not ours is a line for the user, not an abort of Qt's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ENTRY = (b"\xff\xff", b"", b"", b"MIT-MAGIC-COOKIE-1", bytes(range(16)))  # family: any host, any display


@pytest.fixture
def locked_display(tmp_path: Path) -> Iterator[str]:
    """An X server that lets in who knows the cookie."""
    cookie = tmp_path / "cookie"
    family, *fields = ENTRY
    cookie.write_bytes(family + b"".join(len(field).to_bytes(2, "big") + field for field in fields))
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-auth",
        str(cookie),
        "-nolisten",
        "tcp",
        "-screen",
        "0",
        "640x480x24",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as lines:
            yield f":{lines.readline().strip()}"
        server.terminate()


def start(display: str, authority: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    environ |= {"DISPLAY": display, "XAUTHORITY": str(authority), "PRESENCE_BOARD_HOME": str(home)}
    command = ["timeout", "--signal=TERM", "5", sys.executable, "-m", "board", "--demo"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


def test_a_display_that_does_not_let_us_in_is_told(locked_display: str, tmp_path: Path) -> None:
    refused = start(locked_display, tmp_path / "none", tmp_path)
    assert refused.returncode == 2, refused.stderr
    own = [line for line in refused.stderr.splitlines() if line.startswith("presence-board:")]
    assert len(own) == 1  # libxcb has a line of its own before it
    assert f"the display {locked_display} does not let us in" in own[0]
    assert "Traceback" not in refused.stderr


def test_with_its_cookie_the_window_opens(locked_display: str, tmp_path: Path) -> None:
    opened = start(locked_display, tmp_path / "cookie", tmp_path)
    assert opened.returncode == 124, opened.stderr  # timeout's own word for: it ran until it was told to end
    assert "display" not in opened.stderr
