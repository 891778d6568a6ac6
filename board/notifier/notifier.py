# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The notifier: SIP messages in, SIP messages out, for the watchers of a presence core's hints (RFC 6665).

Sans-I/O: bytes and moments (monotonic seconds) come in, `take` gives out what is to be sent, `next` says when
`handle` wants to be called. It listens to the core; what it hears there goes out with the next `handle`. Requests
that nobody vouches for cost no memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from board.notifier.answers import answer
from board.notifier.asking import RequestError, read_extensions, read_uri
from board.notifier.digest import Digest, Verdict
from board.notifier.packages import ALLOW_EVENTS, PACKAGES
from board.notifier.settings import Peer, Send, Settings
from board.notifier.transactions import ClientTransactions, ServerTransactions, server_key
from board.notifier.watchers import Watchers
from board.presence.core import PresenceCore
from board.wire import Request, Response, WireError, read_message

ALLOW = "OPTIONS, SUBSCRIBE"
_ACCEPT = ", ".join(body for bodies in PACKAGES.values() for body in bodies)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: list[tuple[str, str]]
    tag: str = ""
    vouched: bool = False


class Notifier:
    """One notifier of one core, reached at one address.

    `users` maps the names that may watch to their passwords; None lets everybody watch. `token` gives fresh random
    text of at least 16 letters.
    """

    def __init__(
        self,
        core: PresenceCore,
        settings: Settings,
        users: Mapping[str, str] | None,
        token: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._token = token
        self._digest = (
            None if users is None else Digest(users, settings.realm, token, settings.nonce_life, settings.algorithms)
        )
        self._out = list[Send]()
        self._answered = ServerTransactions(settings.max_transactions)
        self._requests = ClientTransactions(self._out.append)
        self.watchers = Watchers(core, settings, token, self._requests)

    def receive(self, data: bytes, peer: Peer, now: float) -> None:
        """Take one message, whatever it is; what is no SIP is dropped."""
        try:
            message = read_message(data)
            if isinstance(message, Response):
                self._requests.receive(message, now)
            else:
                self._request(message, peer, now)
        except WireError:
            # Without a readable Via, From, To, Call-ID and CSeq there is nobody to answer.
            return
        self.watchers.handle(now)

    def path_gone(self, peer: Peer, now: float) -> None:
        """Learn that a connection is closed or could not be opened."""
        self.watchers.path_gone(peer)
        self._requests.path_gone(peer, now)

    def handle(self, now: float) -> None:
        """Do what is due."""
        self._answered.handle(now)
        self._requests.handle(now)
        self.watchers.handle(now)

    @property
    def next(self) -> float | None:
        """When `handle` is to be called next; None while nothing is due."""
        moments = (self._answered.next, self._requests.next, self.watchers.next)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def busy(self) -> bool:
        """Whether NOTIFYs wait for their answers."""
        return len(self._requests) > 0

    def take(self) -> list[Send]:
        """Return what is to be sent, in order, and forget it."""
        taken = self._out.copy()
        self._out.clear()
        return taken

    def shut_down(self, now: float) -> None:
        """End all subscriptions, telling every watcher to come back in a while, and stop listening to the core."""
        self.watchers.shut_down(now)

    # -- requests ---------------------------------------------------------------------------------------------------

    def _request(self, request: Request, peer: Peer, now: float) -> None:
        key = server_key(request, peer)
        _check(request)
        if (before := self._answered.answer_to(key)) is not None:
            self._out.append(before)
            return
        if request.method.upper() == "ACK":
            return
        found = self._answer(request, peer, now)
        fields = [*found.fields, ("Server", self._settings.user_agent)]
        sent = answer(request, peer, found.status, fields, found.tag or self._token()[:16])
        self._out.append(sent)
        if found.vouched:
            self._answered.keep(key, sent, now)

    def _answer(self, request: Request, peer: Peer, now: float) -> _Answer:
        method = request.method.upper()
        if method == "OPTIONS":
            return self._abilities(request)
        if method in ("BYE", "CANCEL", "NOTIFY", "PRACK", "INFO", "UPDATE"):
            return _Answer(481, [])
        if method != "SUBSCRIBE":
            return _Answer(405, [("Allow", ALLOW)])
        if (refused := self._unauthorized(request, now)) is not None:
            return refused
        try:
            granted = self.watchers.subscribe(request, peer, now)
        except RequestError as error:
            return _Answer(error.status, error.fields, vouched=True)
        except WireError:
            return _Answer(400, [], vouched=True)
        fields = [("Contact", f"<{granted.contact}>"), ("Expires", str(granted.expires))]
        return _Answer(200, fields, granted.tag, vouched=True)

    def _abilities(self, request: Request) -> _Answer:
        try:
            read_uri(request)
            read_extensions(request)
        except RequestError as error:
            return _Answer(error.status, error.fields)
        return _Answer(200, [("Allow", ALLOW), ("Accept", _ACCEPT), ("Allow-Events", ALLOW_EVENTS)])

    def _unauthorized(self, request: Request, now: float) -> _Answer | None:
        if self._digest is None:
            return None
        verdict = self._digest.judge(request.method, request.headers.all("Authorization"), now).verdict
        if verdict is Verdict.ACCEPTED:
            return None
        challenges = self._digest.challenges(
            now,
            stale=verdict in (Verdict.STALE, Verdict.REPLAYED),
            md5_only=(request.headers.get("User-Agent") or "").startswith(self._settings.md5_only),
        )
        return _Answer(401, [("WWW-Authenticate", challenge) for challenge in challenges])


def _check(request: Request) -> None:
    """Raise WireError where a request lacks what every answer repeats (RFC 3261 section 8.1.1)."""
    _ = request.call_id, request.from_, request.to
    if request.cseq[1] != request.method.upper():
        raise WireError("the CSeq's method is another one than the request's")
