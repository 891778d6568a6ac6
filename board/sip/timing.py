# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every figure of the subscription policy in one place: deadlines, back-offs, rates. All in seconds.

Only frozen values may live here: no clock, no state. The reasons for the figures stand beside them.
"""

from collections.abc import Callable
from dataclasses import dataclass

Jitter = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: `now` is monotonic, `at` since the epoch and only copied into events."""

    now: float
    at: float


@dataclass(frozen=True, slots=True)
class Backoff:
    """An exponential back-off: `first`, doubled each time, at most `cap`; a `first` of 0 tries once at once."""

    first: float
    cap: float

    def delay(self, tries: int, jitter: Jitter) -> float:
        """Return how long to wait after `tries` earlier failures, spread over 75 to 125 % by `jitter` (0..1)."""
        if self.first == 0:
            if tries == 0:
                return 0.0
            tries -= 1
        base = min(self.cap, (self.first or 1.0) * 2.0 ** min(tries, 30))
        return base * (0.75 + 0.5 * jitter())


AT_ONCE = Backoff(0, 300)
QUICK = Backoff(0.5, 300)
SWALLOWED = Backoff(1, 60)
REPEATED = Backoff(1, 300)
BUSY = Backoff(2, 60)
PATIENT = Backoff(5, 300)
SLOW = Backoff(15, 300)
FORBIDDEN = Backoff(60, 600)
RARE = Backoff(600, 3600)


@dataclass(frozen=True, slots=True)
class Timing:
    """The figures of one PBX's policy; the defaults are meant for every PBX, tests may change them."""

    subscribe_timeout: float = 8.0  # a booting PBX swallows requests: do not wait the 32 s of RFC 3261
    canary_timeout: float = 4.0  # the one SUBSCRIBE that tries a PBX: on it all the others wait
    notify_timeout: float = 10.0  # accepted, but no NOTIFY: doubles up to ...
    notify_timeout_cap: float = 32.0  # ... Timer N (RFC 6665 section 4.1.2.4)
    lease: float = 600.0  # assumed where the PBX names no Expires
    lease_grace: float = 32.0  # how long after its end a subscription may still be refreshed
    settled_after: float = 30.0  # active for so long: its back-off starts afresh

    probe_every: float = 5.0
    probe_timeout: float = 3.0
    probe_misses: int = 2
    connect_timeout: float = 8.0  # Reconnect or Start without a PathChanged
    reconnect: Backoff = Backoff(0.5, 5.0)  # one OPTIONS or connect per PBX and 5 s burdens nobody
    probes_before_reconnect: int = 2

    window: int = 32  # SUBSCRIBEs in flight per shard, one more with each answer, ...
    window_max: int = 128
    window_min: int = 4  # ... half with each that stays unanswered
    bucket_rate: float = 100.0  # SUBSCRIBEs per second and PBX, but for a shard's first ones
    bucket_burst: float = 20.0
    recovery_spread: float = 0.5  # boards of one office do not all come back in the same instant

    gap_patience: float = 1.0  # a lost NOTIFY made good within this is not shown
    gap_backoff: Backoff = Backoff(0, 60.0)
    gap_settled: float = 30.0
    audit_every: float = 3.0  # one active extension per PBX
    audit_slowest: float = 300.0  # where every audit says "forgotten", again and again
    audit_patience: float = 2.0  # an audit that takes no longer is not shown

    refused_again: float = 60.0  # credentials that had worked: once after this, ...
    refused_every: float = 600.0  # ... then, and otherwise, one SUBSCRIBE in this time (fail2ban)
    retry_after_cap: float = 3600.0

    announce_every: float = 0.25  # counts
    rtt_every: float = 5.0
    overslept: float = 1.0  # a tick so late proves nothing against the PBX: look at the pipe first
    overslept_grace: float = 0.5
