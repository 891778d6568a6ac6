# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A PBX and its network in simulated time: dialogs, answers, outages, restarts. It knows nothing of the policy.

Requests arrive by `request`; what the PBX says comes back through the `deliver` that a path was opened with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Deliver = Callable[["Reply"], None]
Later = Callable[[float, Callable[[], None]], None]


class Request(NamedTuple):
    """What a worker sends. `dialog` is unique for each initial SUBSCRIBE."""

    kind: Literal["subscribe", "refresh", "end", "options"]
    extension: str = ""
    dialog: int = 0
    serial: int = 0


class Reply(NamedTuple):
    """A final answer (`notify` False), or a NOTIFY: `version` is the state, None for a body without one."""

    request: Request
    notify: bool = False
    status: int = 200
    retry_after: float | None = None
    version: int | None = None
    state: str = "active"
    reason: str = ""
    gap: bool = False


class Refusal(NamedTuple):
    status: int
    retry_after: float | None = None


@dataclass(eq=False)
class Connection:
    """One worker's path as the PBX sees it; `closed` is called when the PBX or the network breaks it."""

    deliver: Deliver
    closed: Callable[[str], None]
    open: bool = True


@dataclass(eq=False)
class Dialog:
    connection: Connection
    request: Request
    lost: bool = False  # a NOTIFY of it was lost, so the next one shows a gap


@dataclass(eq=False)
class SimulatedPbx:
    """Answers after `latency`; `later` runs a function in so many simulated seconds.

    `cut` swallows everything both ways; `up` False is a PBX that is not running; `booting` one that swallows requests;
    a `mute` one accepts subscriptions but sends no NOTIFY.
    """

    later: Later
    transport: Literal["udp", "tcp"] = "udp"
    latency: float = 0.002
    slow_endings: float = 0.0  # how much later than others an Expires 0 is served
    up: bool = True
    booting: bool = False
    cut: bool = False
    password_good: bool = True
    mute: bool = False
    deaf_to_subscribes: bool = False
    expires: float = 600.0
    busy: Refusal | None = None
    refusals: dict[str, Refusal] = field(default_factory=dict)
    forced_end: Refusal | None = None  # how every Expires 0 is answered
    states: dict[str, int] = field(default_factory=dict)
    dialogs: dict[int, Dialog] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    received: list[Request] = field(default_factory=list)
    lose_next: int = 0

    @property
    def reachable(self) -> bool:
        return self.up and not self.cut

    def connect(self, deliver: Deliver, closed: Callable[[str], None]) -> Connection | None:
        """Open a path; None where TCP finds nobody."""
        if self.transport == "tcp" and not self.reachable:
            return None
        connection = Connection(deliver, closed)
        self.connections.append(connection)
        return connection

    def request(self, connection: Connection, request: Request) -> bool:
        """Take in a request; False if it went into the void."""
        if not self.reachable or self.booting or not connection.open:
            return False
        if self.deaf_to_subscribes and request.kind != "options":
            return False
        self.received.append(request)
        delay = self.latency + (self.slow_endings if request.kind == "end" else 0.0)
        self.later(delay, lambda: self._serve(connection, request))
        return True

    # -- what happens to it -------------------------------------------------------------------------------------

    def change(self, extension: str) -> None:
        """An extension's state changes; its watchers are told."""
        self.states[extension] = self.states.get(extension, 0) + 1
        for dialog in list(self.dialogs.values()):
            if dialog.request.extension == extension and self.up:
                self._notify(dialog)

    def die(self) -> None:
        """The PBX is killed."""
        self.up = False
        if self.transport == "tcp" and not self.cut:
            self._reset("connection reset by peer")

    def start(self, memory: bool, boot: float = 0.0) -> None:
        """The PBX runs again, with or without the subscriptions it had."""
        self.up, self.booting = True, True
        if not memory:
            self.dialogs.clear()
        self.later(boot, self._booted)

    def cut_off(self) -> None:
        """Packets vanish both ways; nobody is told."""
        self.cut = True

    def heal(self) -> None:
        """Packets flow again; a TCP connection that was cut stays dead (the worst that a network does)."""
        self.cut = False
        if self.transport == "tcp":
            for connection in self.connections:
                connection.open = False
            self.connections.clear()

    def terminate(self, extension: str, reason: str, retry_after: float | None = None) -> None:
        """End an extension's subscriptions."""
        for key, dialog in list(self.dialogs.items()):
            if dialog.request.extension == extension:
                del self.dialogs[key]
                self._say(
                    dialog.connection,
                    Reply(dialog.request, True, state="terminated", reason=reason, retry_after=retry_after),
                )

    # -- details ------------------------------------------------------------------------------------------------

    def _booted(self) -> None:
        self.booting = False
        for dialog in list(self.dialogs.values()):
            self._notify(dialog)

    def _reset(self, reason: str) -> None:
        for connection in self.connections:
            connection.open = False
            self.later(self.latency, lambda connection=connection: connection.closed(reason))  # type: ignore[misc]
        self.connections.clear()

    def _serve(self, connection: Connection, request: Request) -> None:
        if not self.reachable:
            return
        if request.kind == "options":
            self._say(connection, Reply(request))
        elif not self.password_good:
            self._say(connection, Reply(request, status=401))
        elif self.busy is not None:
            self._say(connection, Reply(request, status=self.busy.status, retry_after=self.busy.retry_after))
        elif request.kind == "subscribe":
            self._subscribe(connection, request)
        else:
            self._in_dialog(connection, request)

    def _subscribe(self, connection: Connection, request: Request) -> None:
        refusal = self.refusals.get(request.extension)
        if refusal is not None:
            self._say(connection, Reply(request, status=refusal.status, retry_after=refusal.retry_after))
            return
        dialog = self.dialogs[request.dialog] = Dialog(connection, request)
        self._say(connection, Reply(request))
        if not self.mute:
            self._notify(dialog)

    def _in_dialog(self, connection: Connection, request: Request) -> None:
        if request.kind == "end" and self.forced_end is not None:
            self._say(connection, Reply(request, status=self.forced_end.status))
            return
        dialog = self.dialogs.get(request.dialog)
        if dialog is None:
            self._say(connection, Reply(request, status=481))
        elif request.kind == "end":
            del self.dialogs[request.dialog]
            self._say(connection, Reply(request))
            self._say(connection, Reply(dialog.request, True, state="terminated", reason="timeout"))
        else:
            self._say(connection, Reply(request))
            self._notify(dialog)

    def _notify(self, dialog: Dialog) -> None:
        if self.lose_next > 0:
            self.lose_next -= 1
            dialog.lost = True
            return
        version = self.states.setdefault(dialog.request.extension, 0)
        reply = Reply(dialog.request, True, version=version, gap=dialog.lost)
        dialog.lost = False
        self._say(dialog.connection, reply)

    def _say(self, connection: Connection, reply: Reply) -> None:
        if self.reachable and connection.open:
            self.later(self.latency, lambda: connection.deliver(reply) if self.reachable else None)
