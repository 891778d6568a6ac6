# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How a message changes on its way through the border: a proxy's rewriting (RFC 3261 sections 16.6, 16.7, 16.11).

Pure functions of one message. Towards pjsua2 only the header fields that it needs go on, and never a body: whatever
else a PBX sends cannot reach its parsers.
"""

from dataclasses import dataclass
from hashlib import blake2b

from board.sip.account import Transport
from board.wire import NameAddr, Request, Response, WireError
from board.wire.headers import Headers

MAGIC = "z9hG4bK"
_INWARD = frozenset(
    {
        "via",
        "max-forwards",
        "from",
        "to",
        "call-id",
        "cseq",
        "contact",
        "record-route",
        "event",
        "subscription-state",
        "expires",
        "min-expires",
        "retry-after",
        "www-authenticate",
        "proxy-authenticate",
        "authentication-info",
    }
)
"""What pjsua2 needs of a PBX's NOTIFY or answer."""
CHALLENGES = ("WWW-Authenticate", "Proxy-Authenticate")


def hostport(host: str, port: int) -> str:
    """Write host and port for a URI or a Via, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class OuterEnd:
    """Our own end of the path to the PBX, as Via and Contact name it; `host` is a bare address."""

    transport: Transport
    host: str
    port: int

    def via(self, branch: str) -> str:
        """Write the border's Via."""
        return f"SIP/2.0/{self.transport.upper()} {hostport(self.host, self.port)};rport;branch={branch}"

    def contact(self, user: str) -> str:
        """Write the Contact under which the PBX reaches us."""
        transport = "" if self.transport is Transport.UDP else f";transport={self.transport}"
        return f"<sip:{user}@{hostport(self.host, self.port)}{transport}>"


def branch_for(key: bytes, message: Request) -> str:
    """Derive our branch from the message's own transaction, so that its retransmissions get the same one.

    Keyed, so that no stranger can name it (RFC 3261 section 16.11). Raises WireError without a Via or CSeq.
    """
    via = message.headers.first("Via")
    if via is None:
        raise WireError("the message has no Via header")
    number, method = message.cseq
    text = "\n".join((via, message.call_id, str(number), method))
    return MAGIC + blake2b(text.encode("utf-8", "surrogateescape"), key=key, digest_size=12).hexdigest()


def request_outward(request: Request, via: str, contact: str, inner: str, expires: int | None) -> Request:
    """Rewrite a request of pjsua2 for the PBX: our Route off, our Via on, our Contact, the Expires it asks for.

    `inner` is the host:port under which pjsua2 knows us. Raises WireError at Max-Forwards 0.
    """
    headers = request.headers
    route = headers.first("Route")
    if route is not None and is_ours(route, inner):
        headers = headers.without_top("Route")
    hops = headers.number("Max-Forwards")
    if hops == 0:
        raise WireError("Max-Forwards is used up")
    headers = headers.replaced("Max-Forwards", str(70 if hops is None else hops - 1))
    if headers.get("Contact") is not None:
        headers = headers.replaced("Contact", contact)
    if expires is not None:
        headers = headers.replaced("Expires", str(expires))
    return request.with_headers(headers.with_first("Via", via))


def is_ours(route: str, inner: str) -> bool:
    """Tell whether a Route or Record-Route value names the border as pjsua2 knows it."""
    if inner not in route:
        return False
    try:
        return NameAddr.read(route).sip_uri().hostport == inner
    except WireError:
        return False


def request_inward(request: Request, via: str, inner: str) -> Request:
    """Rewrite a request of the PBX for pjsua2: bare of its body, our Via and Record-Route on top."""
    ours = (("Via", via), ("Record-Route", f"<sip:{inner};lr>"))
    return Request(Headers((*ours, *request.headers.only(_INWARD))), b"", request.method, request.uri)


def response_inward(response: Response, inner: str) -> Response:
    """Rewrite an answer of the PBX for pjsua2: bare of its body, our Via off, our Record-Route nearest to pjsua2."""
    needed = response.headers.without_top("Via").only(_INWARD)
    return Response(Headers((*needed, ("Record-Route", f"<sip:{inner};lr>"))), b"", response.status, response.phrase)


def response_outward(response: Response, contact: str, inner: str) -> Response:
    """Rewrite an answer of pjsua2 for the PBX: our Via and our Record-Route off, our Contact on.

    An answer's Contact is where the PBX sends its next NOTIFY (RFC 6665 section 4.4.1): it must not be pjsua2's own.
    """
    headers = response.headers.without_top("Via")
    if headers.get("Contact") is not None:
        headers = headers.replaced("Contact", contact)
    route = headers.first("Record-Route")
    if route is not None and is_ours(route, inner):
        headers = headers.without_top("Record-Route")
    return response.with_headers(headers)
