# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The subscriptions: made, refreshed, ended; told what the core says, one NOTIFY at a time each (RFC 6665)."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from board.notifier.bodies import Presentity, write_body
from board.notifier.lanes import Lanes
from board.notifier.packages import ALLOW_EVENTS, PACKAGES, Event, choose_body, wants_digium
from board.notifier.settings import Peer, Send, Settings
from board.notifier.subscription import Subscription
from board.notifier.timers import Timers
from board.notifier.transactions import MAGIC_COOKIE, ClientTransactions
from board.presence.core import PresenceCore
from board.presence.devstate import DEVICE_STATES
from board.presence.events import Event as CoreEvent
from board.presence.events import HintKey, HintNotice
from board.states import DeviceState
from board.wire import NameAddr, Request, Response, SipUri, WireError

# Answers to a NOTIFY that end the subscription, as RFC 5057 section 5.1 sorts them; None: no answer came.
_ENDING_ANSWERS = frozenset({None, 404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})

SHUT_DOWN, TIMED_OUT, GONE = "probation", "timeout", "noresource"


class SubscribeError(Exception):
    """A SUBSCRIBE is answered with an error."""

    def __init__(self, status: int, *fields: tuple[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.fields = list(fields)


@dataclass(frozen=True, slots=True)
class Granted:
    """A SUBSCRIBE is answered with 200: our tag, our Contact, and for how many seconds."""

    tag: str
    contact: SipUri
    expires: int


class Watchers:
    """All subscriptions of a notifier."""

    def __init__(
        self,
        core: PresenceCore,
        settings: Settings,
        token: Callable[[], str],
        requests: ClientTransactions,
    ) -> None:
        self._core = core
        self._settings = settings
        self._token = token
        self._requests = requests
        self._by_tag = dict[str, Subscription]()
        self._by_hint = dict[HintKey, dict[str, Subscription]]()
        self._due = dict[str, Subscription]()
        self._ends = Timers[str]()
        self._lanes = Lanes(settings.max_unanswered)
        self._unlisten: Callable[[], None] | None = core.listen(self._heard)

    def __len__(self) -> int:
        return len(self._by_tag)

    def of(self, key: HintKey) -> int:
        """Return how many watch an extension."""
        return len(self._by_hint.get(key, {}))

    # -- SUBSCRIBE --------------------------------------------------------------------------------------------------

    def subscribe(self, request: Request, peer: Peer, now: float) -> Granted:
        """Make, refresh or end a subscription; raise SubscribeError for what cannot be had."""
        if request.headers.get("Require"):
            raise SubscribeError(420, ("Unsupported", ", ".join(request.headers.values("Require"))))
        event = Event.read(request.headers.get("Event") or "")
        if event.package not in PACKAGES:
            raise SubscribeError(489, ("Allow-Events", ALLOW_EVENTS))
        expires = self._expires(request)
        if request.to.tag:
            subscription = self._refreshed(request, event, peer)
        else:
            subscription = self._made(request, event, peer, now)
        subscription.expires_at = now + expires
        if expires:
            self._ends.set(subscription.tag, subscription.expires_at)
        else:
            subscription.ending = TIMED_OUT
        self._owe(subscription)
        return Granted(subscription.tag, subscription.contact, expires)

    def _expires(self, request: Request) -> int:
        wish = request.headers.number("Expires")
        if wish is None:
            if request.headers.get("Expires") is not None:
                raise SubscribeError(400)
            return self._settings.default_expires
        if 0 < wish < self._settings.min_expires:
            raise SubscribeError(423, ("Min-Expires", str(self._settings.min_expires)))
        return min(wish, self._settings.max_expires)

    def _refreshed(self, request: Request, event: Event, peer: Peer) -> Subscription:
        subscription = self._by_tag.get(request.to.tag)
        if (
            subscription is None
            or subscription.ending
            or (subscription.call_id, subscription.remote_tag) != (request.call_id, request.from_.tag)
            or subscription.event != event
        ):
            raise SubscribeError(481)
        if request.cseq[0] <= subscription.remote_cseq:
            raise SubscribeError(500)
        subscription.remote_cseq = request.cseq[0]
        if request.headers.get("Contact"):
            subscription.target = _target(request)
        self._lanes.forget(subscription)
        subscription.peer = _reached_at(subscription.target, subscription.routes, peer)
        return subscription

    def _made(self, request: Request, event: Event, peer: Peer, now: float) -> Subscription:
        uri = _request_uri(request)
        body_type = choose_body(event.package, request.headers.all("Accept"))
        if body_type is None:
            raise SubscribeError(489, ("Allow-Events", ALLOW_EVENTS), ("Accept", ", ".join(PACKAGES[event.package])))
        key = HintKey(uri.user, self._settings.context)
        current = self._core.extensions.current(key) if uri.user else None
        if current is None:
            raise SubscribeError(404)
        if len(self._by_tag) >= self._settings.max_subscriptions:
            raise SubscribeError(503, ("Retry-After", str(self._settings.retry_after)))
        tag, target = self._token()[:16], _target(request)
        routes = tuple(request.headers.values("Record-Route"))
        subscription = Subscription(
            tag=tag,
            call_id=request.call_id,
            remote_tag=request.from_.tag,
            remote_cseq=request.cseq[0],
            local=f"{request.headers.require('To')};tag={tag}",
            remote=request.headers.require("From"),
            contact=SipUri("sip", "", uri.host, uri.port, (("transport", "tcp"),) if peer.reliable else ()),
            target=target,
            routes=routes,
            peer=_reached_at(target, routes, peer),
            key=key,
            event=event,
            body_type=body_type,
            digium=wants_digium(request.headers.get("User-Agent")),
            expires_at=now,
            latest=current,
        )
        self._by_tag[tag] = subscription
        self._by_hint.setdefault(key, {})[tag] = subscription
        return subscription

    # -- NOTIFY -----------------------------------------------------------------------------------------------------

    def handle(self, now: float) -> None:
        """End what ran out, and send the NOTIFYs that are due."""
        for tag in self._ends.due(now):
            if (subscription := self._by_tag.get(tag)) is not None:
                subscription.ending = subscription.ending or TIMED_OUT
                self._owe(subscription)
        due, self._due = self._due, {}
        for subscription in due.values():
            if subscription.owed and not subscription.in_flight and self._lanes.enter(subscription):
                self._notify(subscription, now)

    @property
    def next(self) -> float | None:
        """When `handle` is to be called next, at once (-inf) where NOTIFYs are due."""
        return float("-inf") if self._due else self._ends.next

    def path_gone(self, peer: Peer) -> None:
        """Drop the subscriptions of a connection that is closed: there is no other way to them."""
        if peer.reliable:
            for subscription in [each for each in self._by_tag.values() if each.peer.flow == peer.flow]:
                self._drop(subscription)

    def shut_down(self, now: float) -> None:
        """End all subscriptions and stop listening to the core."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        for subscription in self._by_tag.values():
            subscription.ending = subscription.ending or SHUT_DOWN
            self._owe(subscription)
        self.handle(now)

    def _heard(self, event: CoreEvent) -> None:
        if not isinstance(event, HintNotice):
            return
        for subscription in self._by_hint.get(event.key, {}).values():
            subscription.latest = event
            if event.removed:
                subscription.ending = subscription.ending or GONE
            self._owe(subscription)

    def _owe(self, subscription: Subscription) -> None:
        subscription.owed = True
        if not subscription.in_flight:
            self._due[subscription.tag] = subscription

    def _notify(self, subscription: Subscription, now: float) -> None:
        subscription.owed = False
        if subscription.told is None and subscription.latest.presence is None and not subscription.ending:
            # Asterisk sends nothing for a provider that it does not know, until a device changes.
            subscription.told = subscription.latest
            self._leave(subscription.peer)
            return
        self._write_body(subscription)
        subscription.cseq += 1
        branch = f"{MAGIC_COOKIE}{self._token()}"
        request = self._request(subscription, branch, now)
        subscription.in_flight = True
        if subscription.ending:
            self._drop(subscription)
        peer = subscription.peer

        def answered(response: Response | None, moment: float) -> None:
            self._answered(subscription, response)
            self._leave(peer)

        self._requests.start(branch, "NOTIFY", Send(peer, request), answered, now)

    def _leave(self, peer: Peer) -> None:
        if (following := self._lanes.leave(peer)) is not None:
            self._due[following.tag] = following

    def _answered(self, subscription: Subscription, response: Response | None) -> None:
        subscription.in_flight = False
        if (response.status if response else None) in _ENDING_ANSWERS:
            self._drop(subscription)
        elif subscription.owed:
            self._owe(subscription)

    def _drop(self, subscription: Subscription) -> None:
        self._by_tag.pop(subscription.tag, None)
        self._due.pop(subscription.tag, None)
        self._lanes.forget(subscription)
        self._ends.cancel(subscription.tag)
        watching = self._by_hint.get(subscription.key, {})
        watching.pop(subscription.tag, None)
        if not watching:
            self._by_hint.pop(subscription.key, None)

    def _write_body(self, subscription: Subscription) -> None:
        notice = subscription.latest
        if notice is subscription.told and subscription.body:
            return
        subscription.told = notice
        subscription.body = write_body(
            subscription.body_type,
            Presentity(
                exten=notice.key.exten,
                entity=f"sip:{notice.key.exten}@{subscription.contact.hostport}",
                watcher=NameAddr.read(subscription.remote).uri,
                device=DeviceState.IDLE if notice.removed else DEVICE_STATES[notice.state],
                presence=notice.presence if subscription.digium else None,
                serial=self._token(),
                version=subscription.version,
            ),
        )
        subscription.version += 1

    def _request(self, subscription: Subscription, branch: str, now: float) -> bytes:
        """Write the NOTIFY: a text of its own, since it is what a notifier does most."""
        routes = "".join(f"Route: {route}\r\n" for route in subscription.routes)
        head = (
            f"NOTIFY {subscription.target} SIP/2.0\r\n"
            f"Via: SIP/2.0/{subscription.peer.transport} {subscription.contact.hostport};rport;branch={branch}\r\n"
            f"{routes}"
            f"From: {subscription.local}\r\n"
            f"To: {subscription.remote}\r\n"
            f"Contact: <{subscription.contact}>\r\n"
            f"Call-ID: {subscription.call_id}\r\n"
            f"CSeq: {subscription.cseq} NOTIFY\r\n"
            f"Event: {subscription.event}\r\n"
            f"Subscription-State: {self._state(subscription, now)}\r\n"
            f"Allow-Events: {ALLOW_EVENTS}\r\n"
            "Max-Forwards: 70\r\n"
            f"User-Agent: {self._settings.user_agent}\r\n"
            f"Content-Type: {subscription.body_type}\r\n"
            f"Content-Length: {len(subscription.body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + subscription.body

    def _state(self, subscription: Subscription, now: float) -> str:
        if subscription.ending is None:
            return f"active;expires={max(0, round(subscription.expires_at - now))}"
        wait = f";retry-after={self._settings.retry_after}" if subscription.ending == SHUT_DOWN else ""
        return f"terminated;reason={subscription.ending}{wait}"


def _request_uri(request: Request) -> SipUri:
    try:
        return SipUri.read(request.uri)
    except WireError:
        raise SubscribeError(416) from None


def _target(request: Request) -> str:
    contacts = request.headers.values("Contact")
    try:
        return str(NameAddr.read(contacts[0]).sip_uri())
    except (IndexError, WireError):
        raise SubscribeError(400) from None


def _reached_at(target: str, routes: tuple[str, ...], peer: Peer) -> Peer:
    """Return where a watcher is reached: its connection, else the first route's or the Contact's address.

    A name instead of an address is not looked up; then the SUBSCRIBE's own source stands for it.
    """
    if peer.reliable:
        return peer
    uri = NameAddr.read(routes[0]).sip_uri() if routes else SipUri.read(target)
    try:
        host = ipaddress.ip_address(uri.host)
    except ValueError:
        return peer
    return Peer(str(host), uri.port or 5060)
