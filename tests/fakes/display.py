# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""An X11 server of a test's own, and somebody who touches its mouse."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def x11_display() -> Iterator[str]:
    """Run a server; return its name, such as :7."""
    reading, writing = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "64x64x24", "-nolisten", "tcp"]
    with subprocess.Popen(arguments, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        try:
            os.close(writing)
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.kill()


def touch(display: str) -> None:
    """Move the mouse."""
    environment = {**os.environ, "DISPLAY": display}
    subprocess.run(["xdotool", "mousemove_relative", "5", "5"], check=True, env=environment)
