# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One watcher's subscription: its dialog, what it watches, what it was last told. Data only."""

from dataclasses import dataclass

from board.notifier.packages import Event
from board.notifier.settings import Peer
from board.presence.events import HintKey, HintNotice
from board.wire import SipUri

SHUT_DOWN, TIMED_OUT, GONE = "probation", "timeout", "noresource"
"""Why a subscription ends (RFC 6665 section 4.1.3)."""


@dataclass(slots=True)
class Subscription:
    """A subscription (RFC 6665) and its dialog (RFC 3261 section 12).

    `tag` is our tag, which no two dialogs share. `local` and `remote` are our From and To as they go into a NOTIFY;
    `target` is the watcher's Contact, `peer` where that is reached, `contact` our own. `latest` is what the watcher
    is to know; `body` shows `told`. `in_flight` is set while a NOTIFY waits for its answer, `owed` while another one
    is due after it. `ending` is the reason that goes into the last NOTIFY.
    """

    tag: str
    call_id: str
    remote_tag: str
    remote_cseq: int
    local: str
    remote: str
    contact: SipUri
    target: str
    routes: tuple[str, ...]
    peer: Peer
    key: HintKey
    event: Event
    body_type: str
    digium: bool
    latest: HintNotice
    expires_at: float = 0.0
    told: HintNotice | None = None
    body: bytes = b""
    cseq: int = 0
    version: int = 0
    in_flight: bool = False
    owed: bool = False
    ending: str | None = None
