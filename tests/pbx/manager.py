# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small blocking client of Asterisk's manager interface, for tests that drive a PBX. No events: they are skipped."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Self

_BATCH = 100  # actions on the wire at once: their answers must fit the socket's buffer

Action = dict[str, str]
Answer = dict[str, list[str]]


class ManagerError(Exception):
    """Asterisk refused an action; the text is its own."""


class Manager:
    """One logged-in session."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._lines = connection.makefile("rb")
        self._serial = 0

    @classmethod
    def connect(cls, port: int, deadline: float, is_alive: Callable[[], bool]) -> Self:
        """Log in and wait until Asterisk has fully booted.

        `deadline` is a time.monotonic() moment. Raises ConnectionError when it passes or `is_alive` says that
        there is nothing to wait for.
        """
        while time.monotonic() < deadline and is_alive():
            try:
                session = cls(socket.create_connection(("127.0.0.1", port), timeout=10))
            except ConnectionRefusedError:
                time.sleep(0.005)  # nobody listens yet, and nothing tells when somebody will
                continue
            session._log_in()
            return session
        raise ConnectionError(f"no manager interface on port {port}")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def run(self, actions: Iterable[Action]) -> list[Answer]:
        """Run the actions in order, many on the wire at once; ManagerError at the first refusal."""
        waiting = iter(actions)
        answers: list[Answer] = []
        while batch := list(islice(waiting, _BATCH)):
            serials = [self._send(action) for action in batch]
            answers += [self._answer(action, serial) for action, serial in zip(batch, serials, strict=True)]
        return answers

    def command(self, text: str) -> str:
        """Run a command of Asterisk's command line; return what it printed."""
        [answer] = self.run([{"Action": "Command", "Command": text}])
        return "\n".join(answer.get("Output", []))

    def _log_in(self) -> None:
        self._lines.readline()  # the banner
        self._send({"Action": "Login", "Username": "admin", "Secret": "secret"})
        while self._block().get("Event") != ["FullyBooted"]:
            pass
        self.run([{"Action": "Events", "EventMask": "off"}])

    def _send(self, action: Action) -> str:
        self._serial += 1
        fields = {**action, "ActionID": str(self._serial)}
        if any(c in value for value in fields.values() for c in "\r\n"):
            raise ValueError(f"a manager action holds no line break: {action}")
        self._socket.sendall("".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n")
        return str(self._serial)

    def _answer(self, action: Action, serial: str) -> Answer:
        while (block := self._block()).get("ActionID") != [serial] or "Response" not in block:
            pass
        if block["Response"] == ["Error"]:
            raise ManagerError(f"{action}: {block.get('Message', ['refused'])[0]}")
        return block

    def _block(self) -> Answer:
        block: Answer = {}
        for key, value in self._fields():
            block.setdefault(key, []).append(value)
        return block

    def _fields(self) -> Iterator[tuple[str, str]]:
        while line := self._lines.readline().decode(errors="surrogateescape"):
            if line == "\r\n":
                return
            key, _, value = line.rstrip("\r\n").partition(":")
            yield key, value.removeprefix(" ")
        raise ConnectionError("Asterisk closed the manager connection")
