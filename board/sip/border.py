# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIP border between pjsua2 and a PBX: a proxy whose one side the network reaches, and whose other only pjsua2.

Sans-I/O: bytes of either side in, an outbox of bytes and observations out; time is an argument. Here is only what
decides which part takes a message; asking, notices, probing and requests are the parts. Nothing that comes in makes it
raise.
"""

from board.sip.account import Account
from board.sip.asking import Asking
from board.sip.dialogs import Dialogs, Fate, Source
from board.sip.hop import OuterEnd
from board.sip.messages import Answered, SendRequest, Trouble
from board.sip.notices import BodyReader, Notices
from board.sip.outbox import Outbox
from board.sip.probing import Probing
from board.sip.requests import Requests
from board.wire import Request, WireError, read_message

SWEEP_EVERY = 5.0
TROUBLE_EVERY = 1.0
"""Seconds between two remarks for the log: whoever sends rubbish must not fill it."""


class Border:
    """One worker's border.

    Attributes: outbox, to be emptied after every call. `inner` is the host:port under which pjsua2 knows the border,
    `key` a secret of this run (16 bytes or more) that makes branches unguessable.
    """

    def __init__(self, account: Account, user_agent: str, inner: str, key: bytes, read_body: BodyReader) -> None:
        self.outbox = Outbox()
        self._dialogs = Dialogs()
        self._end: OuterEnd | None = None
        self._asking = Asking(self._dialogs, self.outbox, inner, account.user, key)
        self._notices = Notices(self._dialogs, self.outbox, inner, account.user, key, read_body)
        self._probing = Probing(account, user_agent, self.outbox, key)
        self._requests = Requests(account, user_agent, self.outbox, key)
        self._swept = 0.0
        self._troubled_at = float("-inf")

    def opened(self, end: OuterEnd) -> None:
        """Take note of the path to the PBX; `end` is our side of it."""
        self._end = end

    def closed(self, at: float) -> None:
        """Take note that there is no path."""
        self._end = None
        self._requests.lost(at)

    def from_engine(self, data: bytes, now: float, at: float) -> None:
        """Take a message of pjsua2."""
        try:
            message = read_message(data)
            if isinstance(message, Request):
                self._asking.request(message, self._end, now, at)
            elif self._end is not None:
                self._notices.response(message, self._end)
        except WireError as error:
            self._trouble(f"a message of pjsua2 was dropped: {error}", at)

    def from_pbx(self, data: bytes, source: Source | None, now: float, at: float) -> None:
        """Take a message that came on the path; `source` is the sender of a datagram, known to be the PBX."""
        if not data.strip(b"\r\n\0 "):
            return  # a keep-alive (RFC 5626 section 3.5.1)
        try:
            message = read_message(data)
            method = message.cseq[1]
            if isinstance(message, Request):
                if method != message.method.upper():
                    # pjsua2 must never see one: its transactions abort the process.
                    raise WireError(f"a {message.method[:20]} with the CSeq of another method")
                self._notices.request(message, source, now, at)
            elif method == "OPTIONS":
                self._probing.response(message, now, at)
            elif method in Requests.METHODS:
                self._requests.response(message, self._end, now, at)
            else:
                self._asking.response(message, now, at)
        except WireError as error:
            self._trouble(f"a message of the PBX was dropped: {error}", at)

    def probe(self, serial: int, now: float) -> None:
        """Send an OPTIONS; without a path nothing is sent and nothing will be answered."""
        if self._end is not None:
            self._probing.send(serial, self._end, now)

    def request(self, command: SendRequest, now: float, at: float) -> None:
        """Send a request of our own; what came of it is told in any case."""
        self._requests.send(command, self._end, now, at)

    def drop(self, extension: str, now: float) -> None:
        """Give up the extension's dialog without a word: what pjsua2 still says in it goes no further."""
        self._dialogs.release(extension, Fate.DROPPED, now)

    def end(self, extension: str, now: float) -> bool:
        """Let pjsua2 end the extension's dialog on the wire; False where there is none, which drops it."""
        dialog = self._dialogs.current(extension)
        known = dialog is not None and bool(dialog.remote_tag) and self._end is not None
        self._dialogs.release(extension, Fate.ENDING if known else Fate.DROPPED, now)
        return known

    def refused(self, extension: str, phrase: str, at: float) -> None:
        """Report a SUBSCRIBE that pjsua2 would not even begin."""
        self.outbox.observations.append(Answered(extension, 0, phrase, False, None, None, None, at))

    def gave_up(self, extension: str, status: int, phrase: str, now: float, at: float) -> None:
        """Take pjsua2's word that a subscription is over."""
        self._asking.gave_up(extension, status, phrase, now, at)

    def farewells(self) -> tuple[int, int]:
        """Count the dialogs in which the PBX owes an answer at the end, and those in which it owes its last NOTIFY.

        A dialog that was dropped while its SUBSCRIBE was under way is one of them: it may still come to be.
        """
        dialogs = list(self._dialogs)
        ending = [dialog for dialog in dialogs if dialog.fate is Fate.ENDING]
        dropped = [dialog for dialog in dialogs if dialog.fate is Fate.DROPPED]
        # Only its NOTIFY, answered 481, ends a subscription that was accepted too late: as good as an answer owed.
        undecided = sum(d.asked or (d.late and not d.end_notified) for d in dropped)
        return sum(not d.end_answered for d in ending) + undecided, sum(not d.end_notified for d in ending)

    def tick(self, now: float, at: float) -> None:
        """Repeat what may be lost, forget what is long over; to be called every now and then."""
        self._requests.tick(self._end, now, at)
        if now - self._swept >= SWEEP_EVERY:
            self._swept = now
            self._dialogs.sweep(now)
            self._asking.sweep(now)

    def _trouble(self, text: str, at: float) -> None:
        if abs(at - self._troubled_at) < TROUBLE_EVERY:
            return
        self._troubled_at = at
        self.outbox.observations.append(Trouble(text, at))
