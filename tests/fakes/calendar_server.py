# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A web server with one calendar, as a test plays it: its bytes, validators, account, redirects, slowness."""

import base64
import ssl
import threading
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

PATH = "/secret-token/basic.ics"


@dataclass
class CalendarServer:
    """Answers GET of `PATH`; `asked` are the headers of what it was asked, in order.

    `account` is "user:password" where one is needed; `status` an answer instead of the calendar; `redirects` map
    other paths to addresses. While `hold` is cleared nothing is answered.
    """

    data: bytes = b""
    etag: str = ""
    account: str = ""
    status: int = 200
    certificate: Path | None = None
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[Message] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "CalendarServer":
        self.hold.set()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.asked.append(self.headers)
                fake.hold.wait(20)
                fake.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """Let a client go that refuses our certificate, or does not wait."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{'http' if self.certificate is None else 'https'}://{self.host}{PATH}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        headers = {"Content-Type": "text/calendar"}
        data, status = self.data, self.status
        wanted = f"Basic {base64.b64encode(self.account.encode()).decode()}"
        if request.path in self.redirects:
            status, data, headers["Location"] = 302, b"", self.redirects[request.path]
        elif request.path != PATH:
            status = 404
        elif self.account and request.headers.get("Authorization") != wanted:
            status = 401
        elif self.etag:
            headers["ETag"] = self.etag
            if request.headers.get("If-None-Match") == self.etag:
                status, data = 304, b""
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
