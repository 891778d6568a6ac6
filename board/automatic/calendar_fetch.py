# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar's bytes, from a file or a web server: certificates verified, size limited, nothing secret in an error.

It blocks: it belongs into the calendar's worker, which is ended when it takes too long.
"""

import base64
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from types import MappingProxyType
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from board.automatic.calendar_job import NOTHING_KNOWN, CalendarError, Place, Validators
from board.version import VERSION

MOST_BYTES = 10_000_000
SOCKET_SECONDS = 20.0
_NOT_MODIFIED = 304
_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
_STATUS_WORDS: Mapping[int, str] = MappingProxyType(
    {
        401: "the server does not accept the account; check user and password",
        403: "the server does not let this account read it; check the address and the account",
        404: "the server has no calendar there; check the address",
        410: "the server has no calendar there any more; take the new address from where it is shared",
    }
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar's bytes, and what its server said of them."""

    data: bytes
    known: Validators = NOTHING_KNOWN


def fetch(place: Place, known: Validators) -> Fetched | None:
    """Read a calendar; None where its server has nothing newer than `known`. Raises CalendarError."""
    return _from_web(place, known) if place.is_web else _from_file(place.location)


def _from_file(location: str) -> Fetched:
    try:
        with open(os.path.expanduser(location), "rb") as file:
            return Fetched(_limited(file))
    except OSError as error:
        raise CalendarError(f"cannot be read: {error.strerror}; check the path and its permissions") from None


def _from_web(place: Place, known: Validators) -> Fetched | None:
    try:
        opener = build_opener(_Redirects, HTTPSHandler(context=ssl.create_default_context()))
        with opener.open(_request(place, known), timeout=SOCKET_SECONDS) as answer:
            headers: Message = answer.headers
            return Fetched(_limited(answer), Validators(headers.get("ETag", ""), headers.get("Last-Modified", "")))
    except HTTPError as error:
        with error:
            if error.code == _NOT_MODIFIED:
                return None
            words = _STATUS_WORDS.get(error.code, f"the server answers {error.code}")
            raise CalendarError(words, lasting=error.code in _STATUS_WORDS) from None
    except URLError as error:
        raise CalendarError(f"cannot be fetched: {_reason(error.reason)}") from None
    except OSError as error:
        raise CalendarError(f"cannot be fetched: {_reason(error)}") from None
    except (HTTPException, ValueError):  # their messages may repeat the address
        raise CalendarError("cannot be fetched: the address or the server's answer is no good HTTP") from None


def _request(place: Place, known: Validators) -> Request:
    request = Request(place.url, headers={"User-Agent": f"presence-board/{VERSION}", "Accept": "text/calendar, */*"})
    if known.etag:
        request.add_header("If-None-Match", known.etag)
    if known.modified:
        request.add_header("If-Modified-Since", known.modified)
    if place.user:
        account = base64.b64encode(f"{place.user}:{place.password}".encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {account}")
    return request


class _Redirects(HTTPRedirectHandler):
    """Follows a server to elsewhere, but never out of TLS; the account goes to the server that was named only."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        if _server(req.full_url)[0] == "https" != _server(newurl)[0]:
            fp.close()
            raise CalendarError("the server sends us to an address without TLS; give the right address", lasting=True)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        account = req.unredirected_hdrs.get("Authorization")
        if request is not None and account and _server(newurl) == _server(req.full_url):
            request.add_unredirected_header("Authorization", account)
        return request


def _server(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def _limited(file: IO[bytes]) -> bytes:
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise CalendarError(f"is larger than {MOST_BYTES // 1_000_000} MB; name one with fewer entries")
    return data


def _reason(reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"the server's certificate is not right: {reason.verify_message}"
    if isinstance(reason, TimeoutError):
        return "the server does not answer"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return type(reason).__name__
