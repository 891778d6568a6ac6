# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small SIP watcher for tests: subscribes over UDP or TCP, answers challenges, keeps the NOTIFYs it gets.

It reads and writes messages with `board.wire` and works out digests on its own. It sends nothing twice.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from board.wire import Request, Response, read_message
from board.wire.headers import Headers
from board.wire.stream import StreamCutter

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_ANSWERS = {401: "Authorization", 407: "Proxy-Authorization"}
DEADLINE = 5.0


class Watcher(asyncio.DatagramProtocol, asyncio.Protocol):
    """One socket of a watcher. `notifies` gets every NOTIFY; `answer` says with which status each is answered
    (None: not at all); `algorithm` is the digest algorithm it takes; `reached_at` is a Contact other than its own."""

    def __init__(self, user: str = "board", password: str = "secret") -> None:
        self.notifies = asyncio.Queue[Request]()
        self.answer: Callable[[Request], int | None] = lambda _: 200
        self.algorithm = "SHA-256"
        self.agent = "Digium D60"
        self._user, self._password = user, password
        self._transport: Any = None
        self._cutter: StreamCutter | None = None
        self._answers = dict[str, asyncio.Future[Response]]()
        self._host, self._port = "", 0
        self._local: tuple[str, int] = ("", 0)
        self.reached_at: tuple[str, int] | None = None
        self.closed = asyncio.Event()

    @classmethod
    async def connect(cls, host: str, port: int, *, tcp: bool, **options: str) -> Self:
        """Open a socket to a notifier."""
        loop, watcher = asyncio.get_running_loop(), cls(**options)
        watcher._host, watcher._port = host, port
        if tcp:
            watcher._cutter = StreamCutter()
            await loop.create_connection(lambda: watcher, host, port)
        else:
            local = "::1" if ":" in host else "127.0.0.1"
            await loop.create_datagram_endpoint(lambda: watcher, local_addr=(local, 0))
        return watcher

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        await asyncio.sleep(0)

    def close(self) -> None:
        """Close the socket."""
        self._transport.close()

    @property
    def contact(self) -> str:
        """The URI at which NOTIFYs reach this watcher."""
        address, port = self.reached_at or self._local
        host = f"[{address}]" if ":" in address else address
        suffix = ";transport=tcp" if self._cutter else ""
        return f"sip:{self._user}@{host}:{port}{suffix}"

    def request(self, method: str, exten: str, fields: list[tuple[str, str]], tags: "Tags", cseq: int) -> Request:
        """Write a request of this watcher."""
        kind = "TCP" if self._cutter else "UDP"
        host = f"[{self._host}]" if ":" in self._host else self._host
        uri = f"sip:{exten}@{host}:{self._port}"
        to_tag = f";tag={tags.remote}" if tags.remote else ""
        local = self.contact.partition("@")[2].partition(";")[0]
        base = [
            ("Via", f"SIP/2.0/{kind} {local};rport;branch=z9hG4bK{secrets.token_hex(8)}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self._user}@{host}>;tag={tags.local}"),
            ("To", f"<{uri}>{to_tag}"),
            ("Call-ID", tags.call_id),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", f"<{self.contact}>"),
            ("User-Agent", self.agent),
        ]
        return Request(Headers([*base, *fields, ("Content-Length", "0")]), b"", method, uri)

    async def ask(self, request: Request) -> Response:
        """Send a request and wait for its final answer."""
        future = asyncio.get_running_loop().create_future()
        self._answers[request.via.branch] = future
        self.send(request.encode())
        return await asyncio.wait_for(future, DEADLINE)

    async def subscribe(
        self,
        exten: str,
        expires: int | None = 600,
        *,
        event: str | None = "presence",
        accept: str | None = "application/pidf+xml",
        tags: "Tags | None" = None,
    ) -> Response:
        """Send a SUBSCRIBE, new or in the dialog of `tags`, answering a challenge; `tags` learns the dialog's tag."""
        tags = tags or Tags()
        fields = [(name, value) for name, value in (("Event", event), ("Accept", accept)) if value is not None]
        fields += [("Expires", str(expires))] if expires is not None else []
        tags.cseq += 1
        response = await self.ask(self.request("SUBSCRIBE", exten, fields, tags, tags.cseq))
        if response.status in _ANSWERS and self._password:
            tags.cseq += 1
            request = self.request("SUBSCRIBE", exten, fields, tags, tags.cseq)
            response = await self.ask(self.proven(request, response))
        if response.status == 200:
            tags.remote = response.to.tag
        return response

    def proven(self, request: Request, challenged: Response) -> Request:
        """Return a request with the credentials that a 401 or 407 asks for."""
        answer = _ANSWERS[challenged.status], self.credentials(challenged, request)
        return request.with_headers(request.headers.with_last(*answer))

    def credentials(self, challenged: Response, request: Request, count: int = 1) -> str:
        """Return the Authorization value for a challenge, with the algorithm this watcher takes."""
        headers = challenged.headers
        for challenge in (*headers.all("WWW-Authenticate"), *headers.all("Proxy-Authenticate")):
            found = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
            if found.setdefault("algorithm", "MD5") != self.algorithm:
                continue

            def hashed(text: str) -> str:
                return _HASHES[self.algorithm](text.encode()).hexdigest()

            secret = hashed(f"{self._user}:{found['realm']}:{self._password}")
            asked = hashed(f"{request.method}:{request.uri}")
            nc, cnonce = f"{count:08x}", secrets.token_hex(4)
            proof = hashed(f"{secret}:{found['nonce']}:{nc}:{cnonce}:auth:{asked}")
            return (
                f'Digest username="{self._user}", realm="{found["realm"]}", nonce="{found["nonce"]}", '
                f'uri="{request.uri}", response="{proof}", algorithm={self.algorithm}, qop=auth, nc={nc}, '
                f'cnonce="{cnonce}"'
            )
        raise AssertionError(f"no {self.algorithm} challenge in {challenged}")

    async def notified(self) -> Request:
        """Wait for the next NOTIFY."""
        return await asyncio.wait_for(self.notifies.get(), DEADLINE)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self._cutter:
            self._transport.write(data)
        else:
            self._transport.sendto(data, (self._host, self._port))

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._local = transport.get_extra_info("sockname")[:2]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._received(data)

    def data_received(self, data: bytes) -> None:
        assert self._cutter is not None
        for message in self._cutter.feed(data):
            self._received(message)

    def _received(self, data: bytes) -> None:
        message = read_message(data)
        if isinstance(message, Response):
            waiting = self._answers.pop(message.via.branch, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            return
        self.notifies.put_nowait(message)
        if (status := self.answer(message)) is not None:
            self.send(Response.to_request(message, status, "Test").encode())


class Tags:
    """A dialog as its watcher knows it; `cseq` is the last one used."""

    def __init__(self) -> None:
        self.call_id = f"{secrets.token_hex(6)}@watcher"
        self.local = secrets.token_hex(4)
        self.remote = ""
        self.cseq = 0
