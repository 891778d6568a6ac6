# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen of the test's own, with a window manager and where it is wanted a tray; hands that press its keys.

Where the programs for it are not installed the tests are skipped; with CI=true in the environment that is a failure.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

WAIT = 30.0
_PROGRAMS = ("Xvfb", "xdotool", "openbox", "trayer")
_WIDEST_ICON = 64
_TALLEST_MESSAGE = 150
_TRAY = ("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "pixel", "--width", "40", "--height", "28")


class Screen:
    """A running X server; `environment` is what programs need to show on it."""

    def __init__(self, number: str, runtime: str) -> None:
        self.environment = {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_RUNTIME_DIR": runtime,
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }

    def hand(self, *words: str) -> str:
        """Have xdotool do something; return what it prints."""
        call = ["xdotool", *words]
        done = subprocess.run(
            call, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=WAIT
        )
        return done.stdout.strip()

    def windows(self, title: str = "") -> list[str]:
        """Return the program's windows that are to be seen and whose titles have this in them."""
        return [window for window in self._shown() if not self._is_icon(window) and title in self._title(window)]

    def icon(self) -> str:
        """Return the window of the program's icon in the tray, "" while there is none."""
        return next(filter(self._is_icon, self._shown()), "")

    def menu(self) -> str:
        """Return the window of an open menu, "" while there is none; a message beside the tray is no menu."""
        tall = (window for window in self.windows() if self._place(window).get("HEIGHT", 0) > _TALLEST_MESSAGE)
        return next((window for window in tall if "—" not in self._title(window)), "")

    def _shown(self) -> list[str]:
        return self.hand("search", "--onlyvisible", "--class", "presence-board").split()

    def _title(self, window: str) -> str:
        return self.hand("getwindowname", window)

    def _is_icon(self, window: str) -> bool:
        return self._place(window).get("WIDTH", 0) < _WIDEST_ICON

    def _place(self, window: str) -> dict[str, int]:
        words = self.hand("getwindowgeometry", "--shell", window).split()
        return {name: int(value) for name, value in (word.split("=") for word in words)}

    def active(self) -> str:
        """Return the title of the window that has the keyboard."""
        return self.hand("getactivewindow", "getwindowname")

    def wait_for(self, name: str) -> None:
        """Wait until a window with this in its title has the keyboard."""
        until(lambda: name in self.active(), f"{name} does not have the keyboard")

    def press(self, *keys: str) -> None:
        """Press keys, by their X names."""
        self.hand("key", "--delay", "60", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self.hand("type", "--delay", "30", text)

    def click(self, window: str, button: int = 1) -> None:
        """Click the middle of a window."""
        place = self._place(window)
        x, y = place["X"] + place["WIDTH"] // 2, place["Y"] + place["HEIGHT"] // 2
        self.hand("mousemove", str(x), str(y), "click", str(button))


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A screen with a window manager and no tray."""
    with _screen() as made:
        yield made


@pytest.fixture
def screen_with_tray() -> Iterator[Screen]:
    """A screen with a window manager and a tray."""
    with _screen() as made, _running(_TRAY, made.environment):
        until(lambda: bool(made.hand("search", "--class", "trayer")), "there is no tray")
        yield made


@contextmanager
def _screen() -> Iterator[Screen]:
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"not installed: {', '.join(missing)}", pytrace=False)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-")))  # short: for a socket's address
        with (folder / "number").open("w+") as number:
            server = ("Xvfb", "-displayfd", str(number.fileno()), "-screen", "0", "1280x900x24", "-noreset")
            stack.enter_context(_running(server, {}, number.fileno()))
            until(lambda: bool((folder / "number").read_text().strip()), "Xvfb does not start")
        made = Screen((folder / "number").read_text().strip(), str(folder))
        stack.enter_context(_running(("openbox", "--sm-disable"), made.environment))
        until(lambda: made.hand("get_num_desktops") not in ("", "0"), "openbox does not start")
        yield made


@contextmanager
def _running(call: tuple[str, ...], environment: dict[str, str], *handles: int) -> Iterator[None]:
    process = subprocess.Popen(
        call,
        env={**os.environ, **environment},
        pass_fds=handles,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(WAIT)


def until(holds: Callable[[], bool], complaint: str, seconds: float = WAIT) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.03)
