# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A PBX of one UDP socket that does as a test says: accepts subscriptions, loses NOTIFYs, forges, restarts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from board.wire import Request, Response, WireError, read_message
from board.wire.headers import Headers

PIDF = (
    '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:{0}@127.0.0.1"><note>{1}</note>'
    '<tuple id="{0}"><status><basic>open</basic></status></tuple></presence>'
)


@dataclass(eq=False)
class Watcher:
    """A subscription as the PBX holds it."""

    extension: str
    request: Request
    source: tuple[str, int]
    cseq: int = 100


@dataclass(eq=False)
class SipPbx(asyncio.DatagramProtocol):
    """Answers SUBSCRIBE with 200 and a NOTIFY of `note`, OPTIONS with 200; notes all that it hears.

    `expires` is what it grants; `record_route` is put into its answers and NOTIFYs; `refuse` maps an extension to a
    status. `requests` and `responses` are what came, oldest first.
    """

    expires: int = 600
    record_route: str = ""
    note: str = "Ready"
    silent: bool = False
    refuse: dict[str, int] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    watchers: dict[str, Watcher] = field(default_factory=dict)

    async def open(self) -> Self:
        """Listen on a free port of loopback."""
        loop = asyncio.get_running_loop()
        self._heard = asyncio.Event()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self.port = int(self._transport.get_extra_info("sockname")[1])
        return self

    def close(self) -> None:
        self._transport.close()

    # -- what a test does

    def notify(self, extension: str, note: str, skip: int = 0, state: str = "active", **extra: str) -> int:
        """Send a NOTIFY, leaving out `skip` CSeqs as if they were lost; return its CSeq."""
        watcher = self.watchers[extension]
        watcher.cseq += 1 + skip
        self.repeat(extension, watcher.cseq, note, state, **extra)
        return watcher.cseq

    def repeat(self, extension: str, cseq: int, note: str, state: str = "active", **extra: str) -> None:
        """Send a NOTIFY of this CSeq, new or not; `extra` fields replace its own."""
        watcher = self.watchers[extension]
        theirs = watcher.request
        fields = {
            "Via": f"SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bKfake{extension}{cseq}",
            "Max-Forwards": "70",
            "From": f"{theirs.headers.require('To').partition(';tag=')[0]};tag=fake",
            "To": theirs.headers.require("From"),
            "Contact": f"<sip:127.0.0.1:{self.port}>",
            "Call-ID": theirs.call_id,
            "CSeq": f"{cseq} NOTIFY",
            "Event": "presence",
            "Subscription-State": f"{state};expires={self.expires}" if state == "active" else state,
            "Content-Type": "application/pidf+xml",
            **({"Record-Route": self.record_route} if self.record_route else {}),
            **{name.replace("_", "-"): value for name, value in extra.items()},
        }
        contact = theirs.headers.require("Contact").strip("<>")
        body = PIDF.format(extension, note).encode()
        self.send(Request(Headers(fields.items()), body, "NOTIFY", contact).encode(), watcher.source)

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        self._transport.sendto(data, to)

    async def until(self, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something that depends on what was heard holds."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._heard.clear()
                await self._heard.wait()

    def subscribes(self, extension: str) -> list[Request]:
        """All SUBSCRIBEs for an extension's dialogs, refreshes and ends included."""
        return [r for r in self.requests if r.method == "SUBSCRIBE" and r.to.sip_uri().user == extension]

    # -- what comes

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = read_message(data)
        except WireError:
            return
        if isinstance(message, Response):
            self.responses.append(message)
        else:
            self.requests.append(message)
            if not self.silent:
                self._serve(message, addr)
        self._heard.set()

    def _serve(self, request: Request, source: tuple[str, int]) -> None:
        extension = request.to.sip_uri().user
        status = self.refuse.get(extension, 200) if request.method == "SUBSCRIBE" else 200
        response = Response.to_request(request, status, "Because", tag="fake")
        asked = request.headers.number("Expires")
        granted = 0 if asked == 0 else self.expires
        fields = [*response.headers, ("Contact", f"<sip:127.0.0.1:{self.port}>"), ("Expires", str(granted))]
        if self.record_route:
            fields.append(("Record-Route", self.record_route))
        self.send(response.with_headers(Headers(fields)).encode(), source)
        if request.method == "SUBSCRIBE" and status == 200:
            self._keep(extension, request, source)
            self.notify(extension, self.note, state="active" if granted else "terminated;reason=timeout")

    def _keep(self, extension: str, request: Request, source: tuple[str, int]) -> None:
        watcher = self.watchers.get(extension)
        if watcher is None or watcher.request.call_id != request.call_id:
            self.watchers[extension] = Watcher(extension, request, source)
        else:
            watcher.request = request
