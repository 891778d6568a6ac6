# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A notifier on a desk: no sockets, a clock that the test turns, requests written by hand."""

import re
from itertools import count

from board.notifier.notifier import Notifier
from board.notifier.settings import Peer, Send, Settings
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.wire import Request, Response, read_message
from board.wire.headers import Headers

WATCHER = Peer("192.0.2.7", 5070)
STREAM = Peer("192.0.2.7", 40_000, flow=3)
ORIGIN = Origin(0.0, "test")
HINTS = [
    HintLine(HintKey(exten, "hints"), f"Custom:{exten},CustomPresence:{exten}") for exten in ("2000", "2001", "2002")
]


class Desk:
    """A notifier with three hints. `now` is its clock."""

    def __init__(self, settings: Settings | None = None, users: dict[str, str] | None = None) -> None:
        self.now = 1000.0
        serial = count(1)
        self.core = PresenceCore(hints=HINTS)
        self.notifier = Notifier(self.core, settings or Settings(), users, lambda: f"{next(serial):016x}" * 2)
        self._branches = (f"z9hG4bKt{number}" for number in count(1))

    # -- the watcher's side -------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        exten: str = "2000",
        *,
        cseq: int = 1,
        call: str = "call-1",
        to_tag: str = "",
        **fields: str | None,
    ) -> Request:
        """Write a request from the watcher; `fields` set header fields (User_Agent="x") or leave them out (None)."""
        uri = f"sip:{exten}@192.0.2.1:5060"
        headers = Headers(
            [
                ("Via", f"SIP/2.0/UDP 192.0.2.7:5070;rport;branch={next(self._branches)}"),
                ("From", "<sip:board@192.0.2.1>;tag=watcher"),
                ("To", f"<{uri}>{';tag=' + to_tag if to_tag else ''}"),
                ("Call-ID", call),
                ("CSeq", f"{cseq} {method}"),
                ("Contact", "<sip:board@192.0.2.7:5070>"),
                ("Max-Forwards", "70"),
            ]
        )
        for name, value in fields.items():
            field = name.replace("_", "-")
            headers = headers.without(field) if value is None else headers.replaced(field, value)
        return Request(headers, b"", method, uri)

    def subscribe(self, exten: str = "2000", **fields: object) -> Request:
        """Write a SUBSCRIBE for ten minutes from a Digium phone."""
        given = {"Event": "presence", "Expires": "600", "User_Agent": "Digium D60", **fields}
        return self.request("SUBSCRIBE", exten, **given)  # type: ignore[arg-type]

    def send(self, message: Request | Response | bytes, peer: Peer = WATCHER) -> list[Request | Response]:
        """Hand a message to the notifier; return what it sends."""
        self.notifier.receive(message if isinstance(message, bytes) else message.encode(), peer, self.now)
        return self.sent()

    def sent(self) -> list[Request | Response]:
        """Return what the notifier wants sent, in order."""
        return [read_message(send.data) for send in self.sends()]

    def sends(self) -> list[Send]:
        """Return the same with where it goes."""
        self.notifier.handle(self.now)
        return self.notifier.take()

    def watch(self, exten: str = "2000", peer: Peer = WATCHER, **fields: object) -> tuple[Response, Request]:
        """Subscribe and answer the first NOTIFY; return the answer and it."""
        answer, notify = self.send(self.subscribe(exten, **fields), peer)
        assert isinstance(answer, Response)
        assert isinstance(notify, Request)
        assert answer.status == 200
        assert self.reply(notify, peer=peer) == []
        return answer, notify

    def reply(self, notify: Request, status: int = 200, peer: Peer = WATCHER) -> list[Request | Response]:
        """Answer a NOTIFY; return what the notifier sends then."""
        return self.send(Response.to_request(notify, status, "Test"), peer)

    def later(self, seconds: float) -> list[tuple[float, Request | Response]]:
        """Let time pass, calling the notifier when it wants to be; return what it sent and after how many seconds."""
        start, end, found = self.now, self.now + seconds, list[tuple[float, Request | Response]]()
        while (moment := self.notifier.next) is not None and moment <= end:
            self.now = max(self.now, moment)
            found += [(round(self.now - start, 3), message) for message in self.sent()]
        self.now = end
        return found

    # -- the office's side --------------------------------------------------------------------------------------------

    def presence(self, value: str, exten: str = "2000") -> list[Request | Response]:
        """Set a person's state; return what the notifier sends."""
        self.core.set_presence(f"CustomPresence:{exten}", value, ORIGIN)
        return self.sent()

    def device(self, word: str, exten: str = "2000") -> list[Request | Response]:
        """Set a device's state; return what the notifier sends."""
        self.core.set_device(f"Custom:{exten}", word, ORIGIN)
        return self.sent()


def only_notify(messages: list[Request | Response]) -> Request:
    """Return the one NOTIFY that there is."""
    assert len(messages) == 1, messages
    assert isinstance(messages[0], Request)
    return messages[0]


def status(messages: list[Request | Response]) -> int:
    """Return the status of the one answer that there is."""
    assert len(messages) == 1, messages
    assert isinstance(messages[0], Response)
    return messages[0].status


def state(notify: Request) -> str:
    """Return a NOTIFY's Subscription-State."""
    return notify.headers.require("Subscription-State")


def digium(notify: Request) -> str | None:
    """Return the digium tuple's type, None without one."""
    found = re.search(rb'<digium_presence type="(\w+)"', notify.body)
    return found[1].decode() if found else None
