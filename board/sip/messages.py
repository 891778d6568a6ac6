# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses the pipe between the pool and a worker: commands down, observations up. All frozen.

A worker serves one account of one PBX and at most 250 extensions. It decides nothing: it does what a command
says, once, and reports what it saw on the wire; the policy decides. `at` is seconds since the epoch.
"""

from dataclasses import dataclass

from board.pidf.document import Document
from board.sip.account import Account
from board.states import Subscription

Fields = tuple[tuple[str, str], ...]
"""Header fields: names and values."""

# -- commands, down ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """First command of a worker: serve this account. Opens the path; `PathChanged` tells how that went."""

    account: Account
    user_agent: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Send an initial SUBSCRIBE for each extension (a dialog of its own each); a dialog that was there before is ended
    with Expires 0, or the PBX would hold both."""

    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """Unsubscribe (Expires 0) one active extension in its dialog, then subscribe anew: shows whether the PBX still
    knows the dialog. Its answers come as `Answered` with `ending=True`, then as those of a fresh subscription."""

    extension: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """End these subscriptions with Expires 0 and forget them.

    `quietly`: forget them without a word on the wire, refreshes included. Meant for credentials that the PBX
    refuses: each request more would be one failed login more, and a ban in the end.
    """

    extensions: tuple[str, ...]
    quietly: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """Send an OPTIONS; any final answer comes back as `ProbeAnswered` with the same serial."""

    serial: int


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send a request outside of any dialog to `user` at the PBX, with these header fields beside those that every
    request has; its outcome comes back as `RequestAnswered` with the same serial."""

    serial: int
    method: str
    user: str
    fields: Fields
    body: bytes


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Close the path if it is open, resolve the host anew, open it again.

    `Awake` comes at once, `PathChanged` tells how it went.
    """


@dataclass(frozen=True, slots=True)
class Stop:
    """Unsubscribe everything, wait at most `seconds` for the answers, then exit."""

    seconds: float


Command = Start | Subscribe | Audit | Unsubscribe | Probe | SendRequest | Reconnect | Stop

# -- observations, up -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathChanged:
    """The way to the PBX opened (UDP: its socket exists and the host resolved; TCP, TLS: connected) or is gone.

    `reason` says in words for the user why it is gone ("connection refused by 192.0.2.1:5060"); `remark` is a
    lasting warning ("TLS certificate not verified", "net.core.rmem_max is 208 kB: ...") or "".
    """

    up: bool
    reason: str
    remark: str
    at: float


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """The PBX answered an OPTIONS (with any status); `rtt` in seconds.

    `server` is what the PBX calls itself, `clock` what its own clock says (seconds since the epoch), where the answer
    tells.
    """

    serial: int
    status: int
    rtt: float
    at: float
    server: str = ""
    clock: float | None = None


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The final answer to a SendRequest; `status` 0: none came (`phrase` says why), and it may have arrived all the
    same.

    A 401 or 407 means that the credentials were refused. `fields` are the answer's header fields.
    """

    serial: int
    status: int
    phrase: str
    at: float
    fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """A final answer to a SUBSCRIBE, other than a digest challenge that the worker goes on to answer.

    `status` 0: no answer came, or it could not be sent (`phrase` says why). `ending` marks the answer to an
    Expires 0. A 401 or 407 here means that the credentials were refused. `retry_after`, `expires` and
    `min_expires` are seconds, None where the header is absent. A 423 is reported only if raising Expires
    did not help. `allow` are the methods that the PBX takes, where the answer tells.
    """

    extension: str
    status: int
    phrase: str
    ending: bool
    retry_after: float | None
    expires: float | None
    min_expires: float | None
    at: float
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notified:
    """A NOTIFY of one of our dialogs arrived and was read.

    `state` with `reason`, `retry_after` and `expires` are its Subscription-State; `gap` is true when its CSeq is
    not the one after the last seen in this dialog (one was lost); `document` is None when it could not be read
    (`error` then says why), or when there was no body in a subscription that is not active; without one in an active
    subscription nothing is known of the extension, and the document says so. A NOTIFY older than the last
    one seen is not reported.
    """

    extension: str
    state: Subscription
    reason: str
    retry_after: float | None
    expires: float | None
    gap: bool
    document: Document | None
    error: str
    at: float


@dataclass(frozen=True, slots=True)
class Awake:
    """A worker has read a Reconnect: its loop turns, whatever becomes of the path."""

    at: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """A worker's remark for the log: what it dropped or could not do (no secret in it)."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Traced:
    """A SIP message as it passed the outer socket, credentials blotted out; only while the log is at debug level."""

    text: str
    at: float


Observation = PathChanged | ProbeAnswered | RequestAnswered | Answered | Notified | Awake | Trouble | Traced
