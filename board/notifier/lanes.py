# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may send now: over UDP only so many requests are under way to one address, the others wait in line. Pure.

UDP has no flow control of its own; what overflows a socket's buffer comes again half a second later.
"""

from board.notifier.settings import Peer
from board.notifier.subscription import Subscription


class Lanes:
    """A lane an address, each with room for `width`. Connections have flow control, so they are never full."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._taken = dict[Peer, int]()
        self._waiting = dict[Peer, dict[str, Subscription]]()

    def enter(self, subscription: Subscription) -> bool:
        """Take a place for a subscription's request; without one it waits, and this is False."""
        peer = subscription.peer
        if peer.reliable:
            return True
        taken = self._taken.get(peer, 0)
        if taken >= self._width:
            self._waiting.setdefault(peer, {})[subscription.tag] = subscription
            return False
        self._taken[peer] = taken + 1
        self.forget(subscription)
        return True

    def leave(self, peer: Peer) -> Subscription | None:
        """Give a place back; return who waited longest for it, None if nobody does."""
        if peer.reliable:
            return None
        self._taken[peer] -= 1
        if not self._taken[peer]:
            del self._taken[peer]
        line = self._waiting.get(peer)
        if line is None:
            return None
        first = line.pop(next(iter(line)))
        if not line:
            del self._waiting[peer]
        return first

    def forget(self, subscription: Subscription) -> None:
        """Let a subscription wait no longer."""
        line = self._waiting.get(subscription.peer)
        if line is not None and line.pop(subscription.tag, None) is not None and not line:
            del self._waiting[subscription.peer]
