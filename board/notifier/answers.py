# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers to requests: where they go (RFC 3261 section 18.2.2, RFC 3581) and the phrases of their status."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from board.notifier.settings import Peer, Send
from board.wire import Request, Response
from board.wire.headers import Headers

DEFAULT_PORT = 5060

PHRASES: Mapping[int, str] = MappingProxyType(
    {
        200: "OK",
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        416: "Unsupported URI Scheme",
        420: "Bad Extension",
        423: "Interval Too Brief",
        481: "Subscription Does Not Exist",
        489: "Bad Event",
        500: "Server Internal Error",
        503: "Service Unavailable",
    }
)

_RPORT = re.compile(r";\s*rport\s*(?=;|\Z)", re.IGNORECASE)


def answer(request: Request, peer: Peer, status: int, fields: list[tuple[str, str]], tag: str) -> Send:
    """Write an answer to a request that came from `peer`: the status, its own header fields, and where it goes."""
    response = Response.to_request(request, status, PHRASES[status], tag)
    headers = _stamped(response.headers, request, peer)
    for name, value in fields:
        headers = headers.with_last(name, value)
    return Send(_way_back(request, peer), response.with_headers(headers).encode())


def _way_back(request: Request, peer: Peer) -> Peer:
    if peer.reliable or "rport" in request.via.params:
        return peer
    return replace(peer, port=request.via.port or DEFAULT_PORT)


def _stamped(headers: Headers, request: Request, peer: Peer) -> Headers:
    """Say in the topmost Via where the request came from."""
    first = _RPORT.sub(f";rport={peer.port}", headers.values("Via")[0])
    if "rport" in request.via.params or request.via.host.strip("[]") != peer.host:
        first += f";received={peer.host}"
    return headers.without_top("Via").with_first("Via", first)
