# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Kamailio for a test, as a presence server: its own folder, ports and database, started, killed, restarted.

Its configuration is conf/kamailio.cfg with the shipped resources/kamailio/presence-board.cfg in it. Any user may log in
with the password `PASSWORD`.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.pbx.asterisk import Change
from tests.pbx.guard import start_guard
from tests.pbx.place import Place

PASSWORD = "secret"
_FILES = (
    Path(__file__).parent / "conf/kamailio.cfg",
    Path(__file__).parents[2] / "resources/kamailio/presence-board.cfg",
)
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_PROBE = "\r\n".join(
    (
        "OPTIONS sip:127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKprobe",
        "From: <sip:probe@127.0.0.1>;tag=1",
        "To: <sip:127.0.0.1>",
        "Call-ID: probe",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 5",
        "Content-Length: 0",
        "\r\n",
    )
)


class Kamailio:
    """One Kamailio of a test, which owns `place` until `close`."""

    host = "127.0.0.1"

    def __init__(self, place: Place, changes: Sequence[Change] = ()) -> None:
        self.place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._write_configuration(tuple(changes))

    @property
    def sip_port(self) -> int:
        """The port of SIP over UDP and TCP."""
        return self.place.sip

    def server(self, transport: str = "tcp") -> str:
        """Return the SIP URI that a board's configuration names as its server."""
        return f"sip:{self.host}:{self.sip_port};transport={transport}"

    # -- life

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers; RuntimeError with its log when it does not."""
        assert not self.is_running(), "Kamailio is running"
        if not self._database.exists():
            self._make_database()
        inside = self.place.inside
        command = ["kamailio", "-f", f"{inside}/etc/kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "4"]
        with open(self.place.folder / "console", "ab") as console:
            self._process = subprocess.Popen(
                ["chroot", str(self.place.chroot), *command, "-w", str(inside / "var"), "-Y", str(inside / "var/run")],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard = start_guard(self._process.pid)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if not self.is_running() or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Kamailio did not start:\n{self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in order, as its service would be stopped."""
        if self._process is not None and self.is_running():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it and all its processes as a power cut would: kill -9."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            deadline = time.monotonic() + _STOP_SECONDS
            while self._listens():  # its children are not ours to wait for
                assert time.monotonic() < deadline, "Kamailio outlived its end"
                time.sleep(0.01)
        if self._guard is not None:
            self._guard.communicate(b"done\n")
            self._guard = None

    def restart(self, *, kill: bool = False, wipe: bool = False) -> None:
        """Stop (or kill) it and start it again; `wipe` forgets its database, every publication included."""
        if kill:
            self.kill()
        else:
            self.stop()
        if wipe:
            self.place.wipe_state()
        self.start()

    def close(self) -> None:
        """End it and remove all that it wrote."""
        self.kill()
        self.place.release()

    def log(self) -> str:
        """Return what it printed so far."""
        return (self.place.folder / "console").read_text(errors="replace")

    # -- what a test looks at

    def publications(self, user: str) -> int:
        """Count the publications of a user."""
        with sqlite3.connect(self._database, timeout=10) as database:
            [(found,)] = database.execute("SELECT count(*) FROM presentity WHERE username = ?", (user,))
        database.close()
        return int(found)

    def execute(self, statement: str) -> None:
        """Do something to its database, while it does not run."""
        assert not self.is_running(), "Kamailio is running"
        with sqlite3.connect(self._database) as database:
            database.execute(statement)
        database.close()

    # -- the rest is its own

    @property
    def _database(self) -> Path:
        return self.place.var / "db/kamailio.sqlite"

    def _make_database(self) -> None:
        scripts = self.place.chroot / "usr/share/kamailio/db_sqlite"
        database = sqlite3.connect(self._database)
        for name in ("standard", "presence"):
            database.executescript((scripts / f"{name}-create.sql").read_text())
        database.close()

    def _write_configuration(self, changes: Sequence[Change]) -> None:
        for template in _FILES:
            text = template.read_text()
            for change in changes:
                if change.name == template.name:
                    assert change.old in text, f"{change.name} has no {change.old!r}"
                    text = text.replace(change.old, change.new)
            text = text.replace("@VAR@", f"{self.place.inside}/var").replace("@SIP@", str(self.place.sip))
            (self.place.etc / template.name).write_text(text)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.sip_port)) == 0

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.sip_port), 1.0) as connection:
                connection.sendall(_PROBE.encode())
                return connection.recv(1024).startswith(b"SIP/2.0 200")
        except OSError:
            return False
