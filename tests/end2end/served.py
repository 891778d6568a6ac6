# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board serve` as a subprocess, and a plain AMI client to it: lines on a socket, none of our own codec."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

WAIT = 20.0
AMI_USER, AMI_SECRET = "admin", "ami secret"
SIP_USER, SIP_SECRET = "board", "sip-secret"
ENVIRONMENT = {"PRESENCE_BOARD_AMI": f"{AMI_USER}:{AMI_SECRET}", "PRESENCE_BOARD_SIP": f"{SIP_USER}:{SIP_SECRET}"}

Fields = list[tuple[str, str]]


class Serve:
    """One running serve on a home folder of its own; `sip` and `ami` are its ports once started."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.sip = self.ami = 0
        self._environment = {**os.environ, **ENVIRONMENT, **environment, "PRESENCE_BOARD_HOME": str(home)}
        self._process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def start(self, *arguments: str) -> None:
        """Start it and wait for its ready line."""
        with open(self.home / "errors", "ab") as errors:
            command = [sys.executable, "-m", "board", "serve", "--sip", "127.0.0.1:0", "--ami", "127.0.0.1:0"]
            self._process = subprocess.Popen(
                [*command, *arguments], stdout=subprocess.PIPE, stderr=errors, env=self._environment
            )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        found = re.fullmatch(r"ready sip=127\.0\.0\.1:(\d+) ami=127\.0\.0\.1:(\d+)\n", line)
        assert found, f"not ready: {line!r}; {self.errors}"
        self.sip, self.ami = int(found[1]), int(found[2])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; return its exit status."""
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(number)
        try:
            return process.wait(WAIT)
        finally:
            process.kill()
            process.communicate()

    def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None:
            self.stop(signal.SIGKILL)

    @property
    def errors(self) -> str:
        """What it wrote to stderr."""
        return (self.home / "errors").read_text(errors="replace")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        """Run another command of the program on the same home."""
        command = [sys.executable, "-m", "board", *arguments]
        return subprocess.run(command, capture_output=True, env=self._environment, timeout=WAIT)


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[Serve]:
    """Run a serve until left."""
    serve = Serve(home, **environment)
    try:
        serve.start()
        yield serve
    finally:
        serve.close()


class Lines:
    """A logged-in AMI connection. `events` gets the events that came between the answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.events = list[dict[str, str]]()

    @classmethod
    async def connect(cls, port: int, *, login: bool = True) -> Self:
        lines = cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))
        assert (await lines.line()).startswith(b"Asterisk Call Manager/")
        if login:
            [accepted] = await lines.ask(Action="Login", Username=AMI_USER, Secret=AMI_SECRET)
            assert accepted[0] == ("Response", "Success"), accepted
            assert (await lines.message())[0] == ("Event", "FullyBooted")
        return lines

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def line(self) -> bytes:
        return await asyncio.wait_for(self._reader.readline(), WAIT)

    async def message(self) -> Fields:
        """Return the next message, field by field as a reader of lines sees it; ConnectionError at the end."""
        fields: Fields = []
        while line := (await self.line()).decode("utf-8", "surrogateescape"):
            if line == "\r\n":
                return fields
            name, _, value = line.removesuffix("\r\n").partition(": ")
            fields.append((name, value))
        raise ConnectionError("the server closed the connection")

    async def ask(self, fields: Mapping[str, str] | None = None, until: str = "", **named: str) -> list[Fields]:
        """Send an action; return its answer and, up to the event `until`, the list behind it."""
        asked = {**(fields or {}), **named}
        text = "".join(f"{name}: {value}\r\n" for name, value in asked.items()) + "\r\n"
        self.write(text.encode("utf-8", "surrogateescape"))
        answers: list[Fields] = []
        while not answers or (until and answers[-1][0] != ("Event", until) and answers[0][0][1] != "Error"):
            message = await self.message()
            if message[0][0] == "Event" and not (answers and until):
                self.events.append(dict(reversed(message)))
            else:
                answers.append(message)
        return answers

    async def heard(self) -> list[dict[str, str]]:
        """Return the events up to now, and forget them."""
        await self.ask(Action="Ping")
        events = self.events.copy()
        self.events.clear()
        return events
