# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The subscriptions: made, refreshed, ended; told what the core says, one NOTIFY at a time each (RFC 6665)."""

from collections.abc import Callable
from dataclasses import dataclass

from board.notifier.asking import (
    RequestError,
    Wish,
    dialled,
    read_body_type,
    read_digium,
    read_reach,
    read_uri,
    read_wish,
)
from board.notifier.lanes import Lanes
from board.notifier.settings import Peer, Send, Settings
from board.notifier.subscription import GONE, SHUT_DOWN, TIMED_OUT, Subscription
from board.notifier.telling import bring_up_to_date, write_notify
from board.notifier.timers import Timers
from board.notifier.transactions import MAGIC_COOKIE, ClientTransactions
from board.presence.core import PresenceCore
from board.presence.events import Event, HintKey, HintNotice
from board.wire import Request, Response, SipUri

# Answers to a NOTIFY that end the subscription, as RFC 5057 section 5.1 sorts them; None: no answer came.
_ENDING_ANSWERS = frozenset({None, 404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})


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
        self._by_connection = dict[Peer, dict[str, Subscription]]()
        self._due = dict[str, Subscription]()
        self._ends = Timers[str]()
        self._lanes = Lanes(settings.max_unanswered)
        self._unlisten: Callable[[], None] | None = core.listen(self._heard)

    def __len__(self) -> int:
        return len(self._by_tag)

    def of(self, key: HintKey) -> int:
        """Return how many watch an extension."""
        return len(self._by_hint.get(key, {}))

    def uses(self, peer: Peer) -> bool:
        """Tell whether a connection is somebody's way to be told."""
        return peer in self._by_connection

    # -- SUBSCRIBE --------------------------------------------------------------------------------------------------

    def subscribe(self, request: Request, peer: Peer, now: float) -> Granted:
        """Make, refresh or end a subscription; raise RequestError for what cannot be had."""
        wish = read_wish(request, self._settings)
        subscription = self._refreshed(request, wish, peer) if request.to.tag else self._made(request, wish, peer)
        subscription.expires_at = now + wish.expires
        if wish.expires:
            self._ends.set(subscription.tag, subscription.expires_at)
        else:
            subscription.ending = TIMED_OUT
        self._owe(subscription)
        return Granted(subscription.tag, subscription.contact, wish.expires)

    def _refreshed(self, request: Request, wish: Wish, peer: Peer) -> Subscription:
        subscription = self._by_tag.get(request.to.tag)
        if (
            subscription is None
            or subscription.ending
            or (subscription.call_id, subscription.remote_tag) != (request.call_id, request.from_.tag)
            or subscription.event != wish.event
        ):
            raise RequestError(481)
        if request.cseq[0] <= subscription.remote_cseq:
            raise RequestError(500)
        reach = read_reach(request, peer) if request.headers.get("Contact") else None
        subscription.remote_cseq = request.cseq[0]
        subscription.target = reach.target if reach else subscription.target
        if peer.reliable:
            self._move(subscription, peer)
        elif reach and not subscription.routes:  # the routes stay those of the beginning (RFC 3261 section 12.2)
            self._move(subscription, reach.peer)
        return subscription

    def _made(self, request: Request, wish: Wish, peer: Peer) -> Subscription:
        uri = read_uri(request)
        body_type = read_body_type(request, wish.event.package)
        key = HintKey(uri.user, self._settings.context)
        current = self._core.extensions.current(key) if uri.user else None
        if current is None:
            raise RequestError(404)
        if len(self._by_tag) >= self._settings.max_subscriptions:
            raise RequestError(503, ("Retry-After", str(self._settings.retry_after)))
        tag, reach = self._token()[:16], read_reach(request, peer)
        subscription = Subscription(
            tag=tag,
            call_id=request.call_id,
            remote_tag=request.from_.tag,
            remote_cseq=request.cseq[0],
            local=f"{request.headers.require('To')};tag={tag}",
            remote=request.headers.require("From"),
            contact=SipUri("sip", "", uri.host, uri.port, (("transport", "tcp"),) if peer.reliable else ()),
            target=reach.target,
            routes=reach.routes,
            peer=reach.peer,
            key=key,
            event=wish.event,
            body_type=body_type,
            digium=read_digium(request),
            latest=current,
        )
        self._by_tag[tag] = subscription
        self._by_hint.setdefault(key, {})[tag] = subscription
        self._move(subscription, reach.peer)
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
        """Learn that a connection is closed: its watchers are connected to when there is something to tell them.

        Those that cannot be are dropped, and so are all of an address that could not be reached.
        """
        for subscription in tuple(self._by_connection.get(peer, {}).values()):
            other = dialled(subscription.target, subscription.routes, peer)
            if other is None or other == peer:
                self._drop(subscription)
            else:
                self._move(subscription, other)

    def shut_down(self, now: float) -> None:
        """End all subscriptions and stop listening to the core."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        for subscription in self._by_tag.values():
            subscription.ending = subscription.ending or SHUT_DOWN
            self._owe(subscription)
        self.handle(now)

    def _heard(self, event: Event) -> None:
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
        bring_up_to_date(subscription, self._token)
        subscription.cseq += 1
        subscription.in_flight = True
        branch, peer = f"{MAGIC_COOKIE}{self._token()}", subscription.peer
        notify = write_notify(subscription, self._settings, branch, now)
        if subscription.ending:
            self._drop(subscription)

        def answered(response: Response | None, moment: float) -> None:
            self._answered(subscription, response, peer)
            self._leave(peer)

        self._requests.start(branch, "NOTIFY", Send(peer, notify), answered, now)

    def _leave(self, peer: Peer) -> None:
        if (following := self._lanes.leave(peer)) is not None:
            self._due[following.tag] = following

    def _answered(self, subscription: Subscription, response: Response | None, peer: Peer) -> None:
        subscription.in_flight = False
        if response is None and subscription.tag in self._by_tag and subscription.peer != peer:
            self._owe(subscription)  # the connection broke under it, and there is another way
        elif (response.status if response else None) in _ENDING_ANSWERS:
            self._drop(subscription)
        elif subscription.owed:
            self._owe(subscription)

    def _move(self, subscription: Subscription, peer: Peer) -> None:
        """Let a watcher be reached at another peer."""
        self._leave_peer(subscription)
        subscription.peer = peer
        if peer.reliable:
            self._by_connection.setdefault(peer, {})[subscription.tag] = subscription

    def _leave_peer(self, subscription: Subscription) -> None:
        self._lanes.forget(subscription)
        users = self._by_connection.get(subscription.peer, {})
        users.pop(subscription.tag, None)
        if not users:
            self._by_connection.pop(subscription.peer, None)

    def _drop(self, subscription: Subscription) -> None:
        self._by_tag.pop(subscription.tag, None)
        self._due.pop(subscription.tag, None)
        self._leave_peer(subscription)
        self._ends.cancel(subscription.tag)
        watching = self._by_hint.get(subscription.key, {})
        watching.pop(subscription.tag, None)
        if not watching:
            self._by_hint.pop(subscription.key, None)
