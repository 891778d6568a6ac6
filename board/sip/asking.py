# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The half of the border that asks: pjsua2's SUBSCRIBEs on their way out, the PBX's answers on their way in.

It tells a digest challenge from a refusal, learns what Expires a PBX insists on (423), and reports every final answer
once. Sans-I/O; time is an argument.
"""

from dataclasses import dataclass

from board.sip.account import Transport
from board.sip.dialogs import LINGER, Dialog, Dialogs, Fate
from board.sip.foretold import Foretold
from board.sip.hop import CHALLENGES, OuterEnd, branch_for, request_outward, response_inward
from board.sip.messages import Answered
from board.sip.outbox import Outbox, ToEngine, ToPbx
from board.wire import Request, Response
from board.wire.headers import Headers
from board.wire.values import parameters

MAX_CHALLENGES = 3
"""Challenges in a row before credentials count as refused, whatever `stale` says."""
LONGEST_EXPIRES = 7 * 86_400
"""No PBX makes us subscribe for longer than this."""
GUESSES = (1800, 3600, 7200, 14_400, 28_800, 86_400)
"""What to ask for after a 423 that names no Min-Expires, as Asterisk's do (res_pjsip_pubsub.c)."""
CREDENTIALS = ("Authorization", "Proxy-Authorization")


@dataclass(slots=True)
class _Sent:
    """A SUBSCRIBE on the wire, by its branch."""

    dialog: Dialog
    cseq: tuple[int, str]
    expires: int | None
    credentials: bool
    foretold: bool
    at: float
    answered: bool = False

    @property
    def ending(self) -> bool:
        return self.expires == 0


class Asking:
    """SUBSCRIBE transactions of one border."""

    def __init__(self, dialogs: Dialogs, outbox: Outbox, inner: str, user: str, key: bytes) -> None:
        self._dialogs = dialogs
        self._outbox = outbox
        self._inner = inner
        self._user = user
        self._key = key
        self._sent: dict[str, _Sent] = {}
        self._least_expires = 0
        self._foretold = Foretold()

    def request(self, request: Request, end: OuterEnd | None, now: float, at: float) -> None:
        """Take a request of pjsua2; raises WireError if it cannot be understood."""
        dialog = self._dialog_of(request, now)
        if dialog is None or dialog.fate is Fate.DROPPED:
            self._answer(request, 481, "Subscription does not exist", dialog)
            return
        expires = request.headers.number("Expires")
        if dialog.fate is Fate.KEPT and expires == 0 and request.to.tag == "":
            # pjsua2 gave up a subscription that the PBX has not accepted yet: there is no dialog to end.
            self._dialogs.release(dialog.extension, Fate.DROPPED, now)
            self._answer(request, 481, "Subscription does not exist", dialog)
            return
        if end is None:
            self._answer(request, 503, "No connection", dialog)
            self._unsent(dialog, expires == 0, "no connection to the PBX", now, at)
            return
        if not request.to.tag and not _has_credentials(request):
            challenge = self._foretold.answer(request, now)
            if challenge is not None:
                dialog.foretold = True
                self._outbox.to_engine.append(ToEngine(challenge.encode(), dialog.extension))
                return
        self._pass(request, dialog, end, expires, now)

    def _pass(self, request: Request, dialog: Dialog, end: OuterEnd, expires: int | None, now: float) -> None:
        branch = branch_for(self._key, request)
        if branch in self._sent and end.transport is not Transport.UDP:
            return  # the transport repeats what is lost (RFC 3261 section 17.1.2.2)
        if expires:
            expires = max(expires, self._least_expires)
        contact = end.contact(self._user)
        outward = request_outward(request, end.via(branch), contact, self._inner, expires)
        if branch not in self._sent:
            foretold, dialog.foretold = dialog.foretold, False
            self._sent[branch] = _Sent(dialog, request.cseq, expires, _has_credentials(request), foretold, now)
        dialog.asked = dialog.asked or not request.to.tag
        self._outbox.to_pbx.append(ToPbx(outward.encode()))

    def _dialog_of(self, request: Request, now: float) -> Dialog | None:
        """Return the dialog of a SUBSCRIBE, a new one for an initial SUBSCRIBE that is not known yet."""
        tag = request.from_.tag
        dialog = self._dialogs.find(request.call_id, tag)
        initial = not request.to.tag and request.method == "SUBSCRIBE" and request.headers.number("Expires") != 0
        if dialog is None and initial and tag:
            dialog = self._dialogs.begin(request.to.sip_uri().user, request.call_id, tag, now)
        return dialog

    def _answer(self, request: Request, status: int, phrase: str, dialog: Dialog | None) -> None:
        response = Response.to_request(request, status, phrase, tag="border")
        self._outbox.to_engine.append(ToEngine(response.encode(), dialog.extension if dialog else ""))

    def _unsent(self, dialog: Dialog, ending: bool, phrase: str, now: float, at: float) -> None:
        self._dialogs.end(dialog, now)
        answered = Answered(dialog.extension, 0, phrase, ending, None, None, None, at)
        self._outbox.observations.append(answered)

    def response(self, response: Response, now: float, at: float) -> None:
        """Take an answer of the PBX; one that belongs to no SUBSCRIBE of ours goes no further."""
        sent = self._sent.get(response.via.branch)
        if sent is None or sent.cseq != response.cseq or sent.dialog.call_id != response.call_id:
            return
        if sent.dialog.local_tag != response.from_.tag:
            return
        if response.status < 200:
            self._inward(response, sent.dialog)
            return
        if not sent.answered:
            sent.answered = True
            self._final(response, sent, now, at)

    def _final(self, response: Response, sent: _Sent, now: float, at: float) -> None:
        dialog = sent.dialog
        dialog.asked = False
        if dialog.fate is Fate.DROPPED:
            dialog.late = response.status < 300
            return
        if response.status < 300:
            if not dialog.is_from(response.to.tag):
                # Another fork's answer: the one whose NOTIFY came first was chosen, pjsua2 must not learn of two.
                to = f"<{response.to.uri}>;tag={dialog.remote_tag}"
                response = response.with_headers(response.headers.replaced("To", to))
            dialog.challenged = 0
            if sent.credentials:
                self._foretold.accepted(sent.foretold)
        elif response.status in (401, 407) and self._goes_on(response, sent):
            dialog.challenged += 1
            self._foretold.challenged(response, sent.foretold, now)
            self._inward(response, dialog)
            return
        elif response.status == 423 and self._raised(response, sent):
            self._dialogs.release(dialog.extension, Fate.DROPPED, now)
            self._outbox.renewals.append(dialog.extension)
            return
        else:
            self._dialogs.end(dialog, now)
            dialog.end_notified = True  # the PBX knows of no subscription, nothing more will come
            response = response.with_headers(response.headers.without(*CHALLENGES))
        if sent.ending:
            self._dialogs.end(dialog, now)
            dialog.end_answered = True
        self._inward(response, dialog)
        self._outbox.observations.append(_answered(response, sent, at))

    def _goes_on(self, response: Response, sent: _Sent) -> bool:
        """Tell whether a challenge is one that pjsua2 should answer.

        Refused is who answered a challenge and gets another one that does not call the nonce stale; credentials sent
        unasked, from an older challenge, may just be out of date (RFC 7616 section 3.3).
        """
        dialog = sent.dialog
        if dialog.challenged >= MAX_CHALLENGES:
            return False
        return not (sent.credentials and dialog.challenged) or _is_stale(response.headers)

    def _raised(self, response: Response, sent: _Sent) -> bool:
        """Learn a longer Expires; tell whether asking again can help."""
        asked = sent.expires or 0
        least = response.headers.number("Min-Expires")
        if least is None:
            least = next((seconds for seconds in GUESSES if seconds > asked), 0)
        if sent.ending or not asked < least <= LONGEST_EXPIRES:
            return False
        self._least_expires = max(self._least_expires, least)
        return True

    def _inward(self, response: Response, dialog: Dialog) -> None:
        self._outbox.to_engine.append(ToEngine(response_inward(response, self._inner).encode(), dialog.extension))

    def gave_up(self, extension: str, status: int, phrase: str, now: float, at: float) -> None:
        """Take pjsua2's word that it ended a subscription; report it if the border has seen no reason itself."""
        dialog = self._dialogs.current(extension)
        if dialog is not None and dialog.fate is Fate.KEPT:
            text = "no answer from the PBX" if status == 408 else f"the SIP stack gave up: {status} {phrase}".strip()
            self._dialogs.release(extension, Fate.DROPPED, now)
            self._outbox.observations.append(Answered(extension, 0, text, False, None, None, None, at))

    def sweep(self, now: float) -> None:
        """Forget transactions that are over."""
        for branch in [branch for branch, sent in self._sent.items() if sent.at + LINGER < now]:
            del self._sent[branch]


def _has_credentials(request: Request) -> bool:
    return any(request.headers.get(name) is not None for name in CREDENTIALS)


def _is_stale(headers: Headers) -> bool:
    for name in CHALLENGES:
        for challenge in headers.all(name):
            _, _, text = challenge.strip().partition(" ")
            if parameters(";" + text.replace(",", ";"))[1].get("stale", "").lower() == "true":
                return True
    return False


def _answered(response: Response, sent: _Sent, at: float) -> Answered:
    headers = response.headers
    retry, expires, least = (headers.number(name) for name in ("Retry-After", "Expires", "Min-Expires"))
    allow = tuple(method.strip().upper() for method in headers.values("Allow"))
    extension, status, phrase = sent.dialog.extension, response.status, response.phrase
    return Answered(extension, status, phrase, sent.ending, retry, expires, least, at, allow)
