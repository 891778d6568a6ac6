# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of watchers behind one UDP socket: subscribes, answers NOTIFYs at once, keeps when each said what.

Made for speed: it looks into messages with regular expressions and believes what it finds.
"""

import hashlib
import re
import secrets
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence

WINDOW = 64
"""SUBSCRIBEs under way at once."""
_STATUS = re.compile(rb"SIP/2\.0 (\d+)")
_CALL = re.compile(rb"\r\n(?:Call-ID|i): ([^\r\n]+)")
_ANY_NONCE = re.compile(rb'realm="([^"]+)"[^\r\n]*nonce="([^"]+)"|nonce="([^"]+)"[^\r\n]*realm="([^"]+)"')
_MESSAGE = re.compile(rb"<digium_presence[^>]*>([^<]*)<")
_KEPT = re.compile(rb"\r\n(?:Via|v|From|f|To|t|Call-ID|i|CSeq): [^\r\n]+", re.IGNORECASE)


class Flock:
    """Watches `extensions` of a notifier. `said` is what each was last told and when, `notifies` counts all,
    `heard` gets each message and its moment."""

    def __init__(self, port: int, user: str, password: str, extensions: Sequence[str]) -> None:
        self._server = ("127.0.0.1", port)
        self._user, self._password = user, password
        self.extensions = extensions
        self.said = dict[str, tuple[str, float]]()
        self.notifies = 0
        self.refused = dict[str, int]()
        self.heard: Callable[[str, float], None] = lambda text, at: None
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._port = self._socket.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._open = set[str]()
        self._active = set[str]()

    def close(self) -> None:
        """Close the socket; the subscriptions run out on their own."""
        self._selector.close()
        self._socket.close()

    def subscribe(self, patience: float) -> float:
        """Subscribe to all; return how long it took until each was told something."""
        begun, waiting = time.monotonic(), iter(self.extensions)
        self._begin(waiting)
        while len(self.said) < len(self.extensions) and time.monotonic() < begun + patience:
            self.turn(0.05)
            self._begin(waiting)
        return time.monotonic() - begun

    def run(self, due: Callable[[], float | None], patience: float) -> None:
        """Take NOTIFYs while calling `due`, which says in how many seconds it wants to be called again (None: done)."""
        end = time.monotonic() + patience
        while (pause := due()) is not None and time.monotonic() < end:
            self.turn(min(pause, 0.05))

    def turn(self, pause: float) -> None:
        """Take what came, waiting at most so long for it."""
        if self._selector.select(pause):
            for data in self._datagrams():
                self._take(data)

    def _datagrams(self) -> Iterator[bytes]:
        try:
            for _ in range(200):
                yield self._socket.recv(65_536)
        except BlockingIOError:
            return

    def _begin(self, waiting: Iterator[str]) -> None:
        while len(self._open) < WINDOW and (extension := next(waiting, None)) is not None:
            self._open.add(extension)
            self._send(extension, 1, b"")

    def _take(self, data: bytes) -> None:
        if data.startswith(b"NOTIFY "):
            kept = b"".join(_KEPT.findall(data))
            self._socket.sendto(b"SIP/2.0 200 OK" + kept + b"\r\nContent-Length: 0\r\n\r\n", self._server)
            call, message = _CALL.search(data), _MESSAGE.search(data)
            assert call is not None
            self.notifies += 1
            text, now = message[1].decode() if message else "", time.monotonic()
            self.said[call[1].decode()] = (text, now)
            self.heard(text, now)
            return
        status, call = _STATUS.match(data), _CALL.search(data)
        assert status is not None
        assert call is not None
        extension = call[1].decode()
        if status[1] == b"401" and extension not in self._active:
            self._active.add(extension)
            self._send(extension, 2, self._proof(extension, data))
        elif status[1] != b"401":
            self._open.discard(extension)
            if status[1] != b"200":
                self.refused[extension] = int(status[1])

    def _send(self, extension: str, cseq: int, more: bytes) -> None:
        uri = f"sip:{extension}@127.0.0.1:{self._server[1]}"
        head = (
            f"SUBSCRIBE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self._port};rport;branch=z9hG4bK"
            f"{secrets.token_hex(8)}\r\nFrom: <sip:{self._user}@127.0.0.1>;tag=w{extension}\r\nTo: <{uri}>\r\n"
            f"Call-ID: {extension}\r\nCSeq: {cseq} SUBSCRIBE\r\nContact: <sip:{self._user}@127.0.0.1:{self._port}>\r\n"
            "Max-Forwards: 70\r\nEvent: presence\r\nExpires: 3600\r\nAccept: application/pidf+xml\r\n"
            "User-Agent: Digium flock\r\n"
        )
        self._socket.sendto(head.encode() + more + b"Content-Length: 0\r\n\r\n", self._server)

    def _proof(self, extension: str, challenge: bytes) -> bytes:
        line = next(
            line for line in challenge.split(b"\r\n") if line.startswith(b"WWW-Authenticate") and b"SHA-256" not in line
        )
        found = _ANY_NONCE.search(line)
        assert found is not None
        realm, nonce = (part.decode() for part in ((found[1] or found[4]), (found[2] or found[3])))
        uri = f"sip:{extension}@127.0.0.1:{self._server[1]}"

        def hashed(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        secret = hashed(f"{self._user}:{realm}:{self._password}")
        response = hashed(f"{secret}:{nonce}:00000001:abcd:auth:{hashed(f'SUBSCRIBE:{uri}')}")
        return (
            f'Authorization: Digest username="{self._user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="abcd"\r\n'
        ).encode()
