# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The border's own requests by which a status is set: MESSAGE (RFC 3428) and PUBLISH (RFC 3903). Sans-I/O; time is an
argument.

They pass pjsua2 by: the only one of its calls that answers a challenge ties a MESSAGE to a buddy, and its PUBLISH
escapes no note. A challenge is answered once; over UDP a request is repeated until it is answered (RFC 3261 section
17.1.2). What a method means is not known here.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b

from board.sip.account import Account, Transport
from board.sip.credentials import credentials
from board.sip.hop import MAGIC, OuterEnd, hostport
from board.sip.messages import Fields, RequestAnswered, SendRequest
from board.sip.outbox import Outbox, ToPbx
from board.wire import Request, Response, SipUri
from board.wire.headers import Headers

PATIENCE = 8.0
"""Seconds until a request counts as unanswered; it may have arrived all the same."""
T1, T2 = 0.5, 4.0
UNANSWERED = "no answer"
UNSENT = "no connection to the PBX"


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request on the wire: what was asked for, its bytes, when to repeat it (`again`) and when to give up."""

    command: SendRequest
    call_id: str
    cseq: int
    data: bytes
    until: float
    again: float
    pause: float = T1

    @property
    def challenged(self) -> bool:
        return self.cseq > 1


class Requests:
    """The own requests of one border; `METHODS` are those whose answers are for it."""

    METHODS = frozenset({"MESSAGE", "PUBLISH"})

    def __init__(self, account: Account, user_agent: str, outbox: Outbox, key: bytes) -> None:
        self._account = account
        self._from = SipUri("sip", account.user, account.host, None if account.port == 5060 else account.port)
        self._user_agent = user_agent
        self._outbox = outbox
        self._key = key
        self._sent: dict[str, _Sent] = {}
        self._count = 0

    def send(self, command: SendRequest, end: OuterEnd | None, now: float, at: float) -> None:
        """Send a request, or say at once that there is no way to the PBX."""
        if end is None:
            self._report(command, 0, UNSENT, at)
            return
        self._count += 1
        self._begin(command, self._secret(f"request {self._count}"), 1, None, end, now, now + PATIENCE)

    def response(self, response: Response, end: OuterEnd | None, now: float, at: float) -> None:
        """Take an answer; one that was not asked for is ignored."""
        sent = self._sent.get(response.via.branch)
        if sent is None or (sent.call_id, sent.cseq) != (response.call_id, response.cseq[0]):
            return
        if response.status < 200:
            self._sent[response.via.branch] = replace(sent, pause=T2)
            return
        del self._sent[response.via.branch]
        answer = None
        if response.status in (401, 407) and not sent.challenged and end is not None:
            answer = self._answer(response, sent)
        if answer is None or end is None:
            self._report(sent.command, response.status, response.phrase, at, tuple(response.headers))
        else:
            self._begin(sent.command, sent.call_id, 2, answer, end, now, sent.until)

    def tick(self, end: OuterEnd | None, now: float, at: float) -> None:
        """Repeat what may be lost, give up what nobody answers."""
        for branch, sent in tuple(self._sent.items()):
            if now >= sent.until:
                del self._sent[branch]
                self._report(sent.command, 0, UNANSWERED, at)
            elif now >= sent.again and end is not None and end.transport is Transport.UDP:
                self._outbox.to_pbx.append(ToPbx(sent.data))
                pause = min(2 * sent.pause, T2)
                self._sent[branch] = replace(sent, again=now + pause, pause=pause)

    def lost(self, at: float) -> None:
        """Give up what is under way: the path is gone, and with it every answer."""
        for sent in self._sent.values():
            self._report(sent.command, 0, "the connection went before the PBX answered", at)
        self._sent.clear()

    def _begin(
        self,
        command: SendRequest,
        call_id: str,
        cseq: int,
        answer: tuple[str, str] | None,
        end: OuterEnd,
        now: float,
        until: float,
    ) -> None:
        branch = MAGIC + self._secret(f"branch {call_id} {cseq}")
        fields = (
            ("Via", end.via(branch)),
            ("Max-Forwards", "70"),
            ("From", f"<{self._from}>;tag={call_id[:10]}"),
            ("To", f"<{self._target(command)}>"),
            ("Call-ID", call_id),
            ("CSeq", f"{cseq} {command.method}"),
            *((answer,) if answer else ()),
            ("User-Agent", self._user_agent),
            *command.fields,
        )
        data = Request(Headers(fields), command.body, command.method, self._target(command)).encode()
        self._sent[branch] = _Sent(command, call_id, cseq, data, until, now + T1)
        self._outbox.to_pbx.append(ToPbx(data))

    def _answer(self, response: Response, sent: _Sent) -> tuple[str, str] | None:
        account = self._account
        user, cnonce = account.auth_user or account.user, self._secret(f"cnonce {sent.call_id}")
        return credentials(response, sent.command.method, self._target(sent.command), user, account.password, cnonce)

    def _target(self, command: SendRequest) -> str:
        return f"sip:{command.user}@{hostport(self._account.host, self._account.port)}"

    def _secret(self, text: str) -> str:
        return blake2b(text.encode(), key=self._key, digest_size=12).hexdigest()

    def _report(self, command: SendRequest, status: int, phrase: str, at: float, fields: Fields = ()) -> None:
        self._outbox.observations.append(RequestAnswered(command.serial, status, phrase, at, fields))
