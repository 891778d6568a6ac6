# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The half of the border that listens: the PBX's requests, of which only the NOTIFYs of our dialogs reach pjsua2.

The body is kept and read here; an old NOTIFY, or one of no dialog of ours, is answered here. Sans-I/O; time is an
argument.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from board.pidf.document import Document, ResourceList
from board.pidf.errors import ParseError
from board.sip.dialogs import Dialog, Dialogs, Fate, Source
from board.sip.hop import OuterEnd, branch_for, request_inward, response_outward
from board.sip.messages import Notified
from board.sip.outbox import Outbox, ToEngine, ToPbx
from board.states import Subscription
from board.wire import Request, Response
from board.wire.values import parameters

BodyReader = Callable[[bytes, str], Document | ResourceList]
EVENT = "presence"
ALLOW = "NOTIFY, OPTIONS"
HAND_ON_EVERY = 2.0
"""Seconds between the NOTIFYs of one dialog that pjsua2 is given, but for the last: one that changes only the body
tells it nothing, and it holds 18 kB for each for half a minute, which a burst would turn into hundreds of MB."""
_STATES: Mapping[str, Subscription] = MappingProxyType({state.value: state for state in Subscription})
_PHRASES: Mapping[int, str] = MappingProxyType(
    {
        200: "OK",
        400: "Missing Subscription-State",
        405: "Method Not Allowed",
        481: "Call/Transaction Does Not Exist",
        489: "Bad Event",
    }
)
_HINTS: Mapping[int, tuple[str, str]] = MappingProxyType({405: ("Allow", ALLOW), 489: ("Allow-Events", EVENT)})


class Notices:
    """Requests of the PBX, of one border."""

    def __init__(
        self, dialogs: Dialogs, outbox: Outbox, inner: str, user: str, key: bytes, read_body: BodyReader
    ) -> None:
        self._dialogs = dialogs
        self._outbox = outbox
        self._inner = inner
        self._user = user
        self._key = key
        self._read_body = read_body

    def request(self, request: Request, source: Source | None, now: float, at: float) -> None:
        """Take a request of the PBX; raises WireError if it cannot even be answered."""
        status = self._status(request, source, now, at)
        if status is None:
            return
        response = Response.to_request(request, status, _PHRASES[status], tag="border")
        headers = response.headers
        if request.method == "OPTIONS" and status == 200:
            headers = headers.with_last("Allow", ALLOW).with_last("Accept", "application/pidf+xml")
        elif status in _HINTS:
            headers = headers.with_last(*_HINTS[status])
        self._outbox.to_pbx.append(ToPbx(response.with_headers(headers).encode(), source))

    def _status(self, request: Request, source: Source | None, now: float, at: float) -> int | None:
        """Return the status to answer here, None for a request that goes on or wants no answer."""
        in_dialog = bool(request.to.tag)
        if request.method == "NOTIFY":
            return self._notify(request, source, now, at)
        if request.method == "ACK":
            return None
        if request.method == "OPTIONS" and not in_dialog:
            return 200
        return 481 if in_dialog or request.method == "CANCEL" else 405

    def _notify(self, request: Request, source: Source | None, now: float, at: float) -> int | None:
        dialog = self._dialogs.find(request.call_id, request.to.tag)
        if dialog is None or not dialog.is_from(request.from_.tag):
            return 481
        if dialog.fate is Fate.DROPPED:
            dialog.end_notified = True
            return 481
        number, _ = request.cseq
        last = dialog.cseq
        if last is not None and number <= last:
            # A retransmission, or one overtaken by a newer NOTIFY. pjsua2 would say 500 (RFC 3261 section 12.2.2), at
            # which Asterisk drops the subscription.
            return 200
        if dialog.ended_at is not None and dialog.fate is Fate.KEPT:
            return 481
        if parameters(request.headers.get("Event") or "")[0].lower() != EVENT:
            return 489
        if request.headers.get("Subscription-State") is None:
            return 400
        dialog.cseq, dialog.peer = number, source
        notified = self._read(request, dialog.extension, last is not None and number != last + 1, at)
        if dialog.fate is Fate.KEPT:
            self._outbox.observations.append(notified)
        if notified.state is Subscription.TERMINATED:
            self._dialogs.end(dialog, now)
            dialog.end_notified = True
        elif now - dialog.handed_at < HAND_ON_EVERY:
            return 200
        dialog.handed_at = now
        self._hand_on(request, dialog)
        return None

    def _hand_on(self, request: Request, dialog: Dialog) -> None:
        via = f"SIP/2.0/UDP {self._inner};branch={branch_for(self._key, request)}"
        inward = request_inward(request, via, self._inner)
        self._outbox.to_engine.append(ToEngine(inward.encode(), dialog.extension))

    def _read(self, request: Request, extension: str, gap: bool, at: float) -> Notified:
        word, params = parameters(request.headers.get("Subscription-State") or "")
        state = _STATES.get(word.lower(), Subscription.ACTIVE)
        document, error = self._document(request, state)
        retry, expires = (_seconds(params.get(name)) for name in ("retry-after", "expires"))
        reason = params.get("reason", "")
        return Notified(extension, state, reason, retry, expires, gap, document, error, at)

    def _document(self, request: Request, state: Subscription) -> tuple[Document | None, str]:
        if not request.body.strip() and state is not Subscription.ACTIVE:
            return None, ""
        try:  # Kamailio: an active subscription without a body says that nothing is published
            found = self._read_body(request.body, request.headers.get("Content-Type") or "")
        except ParseError as error:
            return None, str(error)
        if isinstance(found, Document):
            return found, ""
        return None, "the PBX sent a resource list where one extension was asked for"

    def response(self, response: Response, end: OuterEnd) -> None:
        """Take pjsua2's answer to a NOTIFY."""
        dialog = self._dialogs.find(response.call_id, response.to.tag)
        peer = dialog.peer if dialog is not None else None
        self._outbox.to_pbx.append(
            ToPbx(response_outward(response, end.contact(self._user), self._inner).encode(), peer)
        )


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 11 else None
