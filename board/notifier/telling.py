# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The NOTIFY of a subscription: its header fields and its body (RFC 6665 section 4.2.2). Pure."""

from collections.abc import Callable

from board.notifier.bodies import Presentity, write_body
from board.notifier.packages import ALLOW_EVENTS
from board.notifier.settings import Settings
from board.notifier.subscription import SHUT_DOWN, Subscription
from board.presence.devstate import DEVICE_STATES
from board.states import DeviceState
from board.wire import NameAddr


def write_notify(subscription: Subscription, settings: Settings, branch: str, now: float) -> bytes:
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
        f"Subscription-State: {_state(subscription, settings, now)}\r\n"
        f"Allow-Events: {ALLOW_EVENTS}\r\n"
        "Max-Forwards: 70\r\n"
        f"User-Agent: {settings.user_agent}\r\n"
        f"Content-Type: {subscription.body_type}\r\n"
        f"Content-Length: {len(subscription.body)}\r\n\r\n"
    )
    return head.encode("utf-8", "surrogateescape") + subscription.body


def bring_up_to_date(subscription: Subscription, token: Callable[[], str]) -> None:
    """Write the body anew where there is something new to tell; else the last one stays, as Asterisk repeats it."""
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
            serial=token(),
            version=subscription.version,
        ),
    )
    subscription.version += 1


def _state(subscription: Subscription, settings: Settings, now: float) -> str:
    if subscription.ending is None:
        return f"active;expires={max(0, round(subscription.expires_at - now))}"
    wait = f";retry-after={settings.retry_after}" if subscription.ending == SHUT_DOWN else ""
    return f"terminated;reason={subscription.ending}{wait}"
