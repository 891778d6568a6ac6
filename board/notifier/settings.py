# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a notifier is told once: its limits, its names, and the peers it speaks of. Frozen values only."""

from dataclasses import dataclass

T1 = 0.5
"""Estimate of a round trip, in seconds (RFC 3261 section 17.1.1.1)."""
T2 = 4.0
"""The longest pause between retransmissions."""
DIALLED = -1
"""The flow of connections that we open ourselves, one an address."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A notifier's settings; times in seconds.

    `context` is where watchers find their hints. `min_expires` 0 takes every time, as Asterisk does unless told
    otherwise; a longer wish than `max_expires` is cut. `algorithms` are the digests offered, in this order: some
    clients look at the first alone and know no other than MD5. Those whose User-Agent begins as `md5_only` says
    give up where they are offered another beside it. `retry_after` is what watchers are told at shutdown. Over UDP
    at most `max_unanswered` NOTIFYs are under way to one address, so that a common socket buffer holds them.
    """

    context: str = "hints"
    realm: str = "presence-board"
    user_agent: str = "presence-board"
    min_expires: int = 0
    max_expires: int = 3600
    default_expires: int = 3600
    algorithms: tuple[str, ...] = ("MD5", "SHA-256")
    md5_only: tuple[str, ...] = ("baresip v0.", "baresip v1.", "baresip v2.", "Twinkle/")
    nonce_life: float = 300.0
    retry_after: int = 5
    max_subscriptions: int = 20_000
    max_transactions: int = 20_000
    max_unanswered: int = 64


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a message came from or goes to.

    `flow` tells connections apart (0: UDP, `DIALLED`: one to be opened where it is not yet). `host` is a bare IPv4
    or IPv6 address.
    """

    host: str
    port: int
    flow: int = 0

    @property
    def reliable(self) -> bool:
        """Whether a connection carries the messages, so that nothing is sent twice."""
        return self.flow != 0

    @property
    def transport(self) -> str:
        """The transport's name as a Via says it."""
        return "TCP" if self.reliable else "UDP"


@dataclass(frozen=True, slots=True)
class Send:
    """A message to send."""

    peer: Peer
    data: bytes
