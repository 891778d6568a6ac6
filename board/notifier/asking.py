# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a SUBSCRIBE asks for, read from the message; what cannot be had is refused. Pure: no subscription is known here.

The order of the checks is Asterisk's where it matters: the event before the extension before the body.
"""

import ipaddress
from dataclasses import dataclass, replace

from board.notifier.packages import ALLOW_EVENTS, PACKAGES, Event, choose_body, wants_digium
from board.notifier.settings import DIALLED, Peer, Settings
from board.wire import NameAddr, Request, SipUri, WireError

DEFAULT_PORT = 5060


class RequestError(Exception):
    """A request is answered with an error."""

    def __init__(self, status: int, *fields: tuple[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.fields = list(fields)


@dataclass(frozen=True, slots=True)
class Wish:
    """What every SUBSCRIBE says: the package, and for how many seconds (0: no longer)."""

    event: Event
    expires: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How a watcher is reached: its Contact, the routes there, and the next hop of both."""

    target: str
    routes: tuple[str, ...]
    peer: Peer


def read_wish(request: Request, settings: Settings) -> Wish:
    """Read a SUBSCRIBE; raise RequestError for what nobody could have."""
    read_extensions(request)
    event = Event.read(request.headers.get("Event") or "")
    if event.package not in PACKAGES:
        raise RequestError(489, ("Allow-Events", ALLOW_EVENTS))
    return Wish(event, _expires(request, settings))


def read_extensions(request: Request) -> None:
    """Raise RequestError where a request requires an extension: there is none here (RFC 3261 section 8.2.2.3)."""
    if request.headers.get("Require"):
        raise RequestError(420, ("Unsupported", ", ".join(request.headers.values("Require"))))


def read_body_type(request: Request, package: str) -> str:
    """Return the body type for what the watcher accepts; raise RequestError where there is none."""
    body_type = choose_body(package, request.headers.all("Accept"))
    if body_type is None:
        raise RequestError(489, ("Allow-Events", ALLOW_EVENTS), ("Accept", ", ".join(PACKAGES[package])))
    return body_type


def read_uri(request: Request) -> SipUri:
    """Return what is asked for; raise RequestError for another scheme than SIP's."""
    try:
        return SipUri.read(request.uri)
    except WireError:
        raise RequestError(416) from None


def read_digium(request: Request) -> bool:
    """Tell whether the watcher's phone takes the digium tuple."""
    return wants_digium(request.headers.get("User-Agent"))


def read_reach(request: Request, peer: Peer) -> Reach:
    """Return how the sender of a SUBSCRIBE is reached; raise RequestError without a usable Contact.

    A connection is used as long as it lives. Over UDP the first route's or the Contact's address counts; a name there
    is not looked up, then the source of the SUBSCRIBE stands for it.
    """
    contacts = request.headers.values("Contact")
    try:
        target = str(NameAddr.read(contacts[0]).sip_uri())
    except (IndexError, WireError):
        raise RequestError(400) from None
    reach = Reach(target, tuple(request.headers.values("Record-Route")), peer)
    return reach if peer.reliable else replace(reach, peer=_address(reach) or peer)


def dialled(target: str, routes: tuple[str, ...], peer: Peer) -> Peer | None:
    """Return where to connect to when a watcher's connection is gone, None where that is a name or unknown."""
    address = _address(Reach(target, routes, peer))
    return replace(address, flow=DIALLED) if address else None


def _expires(request: Request, settings: Settings) -> int:
    wish = request.headers.number("Expires")
    if wish is None:
        if request.headers.get("Expires") is not None:
            raise RequestError(400)
        return settings.default_expires
    if 0 < wish < settings.min_expires:
        raise RequestError(423, ("Min-Expires", str(settings.min_expires)))
    return min(wish, settings.max_expires)


def _address(reach: Reach) -> Peer | None:
    uri = NameAddr.read(reach.routes[0]).sip_uri() if reach.routes else SipUri.read(reach.target)
    try:
        return Peer(str(ipaddress.ip_address(uri.host)), uri.port or DEFAULT_PORT)
    except ValueError:
        return None
