# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of `presence-board set` share: a user's folder and configuration at a real Asterisk, and its runs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from board.links.store import OutboxStore
from tests.pbx.asterisk import PASSWORD, Asterisk

WAIT = 40.0


class User:
    """One person with a folder of their own; `link` and `extension` are how and whose status they set."""

    def __init__(
        self,
        asterisk: Asterisk,
        folder: Path,
        extension: str = "6001",
        link: str = "message",
        password: str = PASSWORD,
        transport: str = "tcp",
    ) -> None:
        self.home = folder / f"home-{extension}-{link}"
        self.home.mkdir(exist_ok=True)
        self.asterisk = asterisk
        self.extension = extension
        config = f"""
[[pbx]]
name = "office"
server = "{asterisk.server(transport)}"
user = "{extension}"
password_env = "BOARD_PASSWORD"
presence_link = "{link}"
own_extension = "{extension}"
ami_server = "127.0.0.1:{asterisk.ami_port}"
ami_user = "presence"
ami_password_env = "BOARD_AMI_SECRET"

[[contact]]
name = "Myself"
extension = "{extension}"
"""
        (self.home / "board.toml").write_text(config)
        self._environment = {
            **os.environ,
            "PRESENCE_BOARD_HOME": str(self.home),
            "QT_QPA_PLATFORM": "offscreen",
            "BOARD_PASSWORD": password,
            "BOARD_AMI_SECRET": "presence-secret" if password == PASSWORD else "wrong",
        }

    def begin(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program."""
        return subprocess.Popen(
            [sys.executable, "-m", "board", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**self._environment, **environment},
            start_new_session=True,
        )

    def set(self, *arguments: str) -> tuple[int, str, str]:
        """Run `set` to its end; return its exit status, what it printed, and its diagnostics."""
        process = self.begin("set", *arguments)
        try:
            out, err = process.communicate(timeout=WAIT)
        finally:
            end(process)
        return process.returncode, out.strip(), err.strip()

    def shown(self, extension: str = "") -> tuple[str, str, str]:
        """Return what the PBX has for an extension: state, subtype, message."""
        provider = f"CustomPresence:{extension or self.extension}"
        [answer] = self.asterisk.manager.run([{"Action": "PresenceState", "Provider": provider}])
        return answer["State"][0], answer.get("Subtype", [""])[0], answer.get("PresenceMessage", [""])[0]

    def outbox(self) -> OutboxStore:
        """Open this user's outbox."""
        return OutboxStore(self.home)


def end(process: subprocess.Popen[str]) -> None:
    """Kill what is left of a run, its workers included, and close its pipes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(WAIT)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()


def until(holds: object, seconds: float = WAIT) -> None:
    """Wait until a function of no arguments returns something true."""
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)
