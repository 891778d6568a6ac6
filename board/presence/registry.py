# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The presence providers and what they last said: registering, asking by `label:address`, telling of changes.

Follows presencestate.c. A change is kept in a cache under the very name it was told with, and asking looks there
first, by that exact name; only then the provider is asked.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from board.presence.events import Event, PresenceStateChange, Warn
from board.presence.value import Presence
from board.states import PresenceState

PresenceProvider = Callable[[str], Presence | None]
"""Answers what the presence of an address is; None where what it holds cannot be read."""

GROUP_RANKS: Mapping[PresenceState, int] = MappingProxyType(
    {
        PresenceState.NOT_SET: 0,
        PresenceState.AWAY: 4,
        PresenceState.AVAILABLE: 1,
        PresenceState.UNAVAILABLE: 2,
        PresenceState.CHAT: 3,
        PresenceState.XA: 5,
        PresenceState.DND: 6,
    }
)
"""Which member of a group `A&B` speaks for it: the highest, the first listed of equals."""


class PresenceStates:
    """The registry. Labels are compared without case, addresses and cached names exactly."""

    def __init__(self, publish: Callable[[Event], None], warn: Warn) -> None:
        self._publish = publish
        self._warn = warn
        self._providers = dict[str, tuple[str, PresenceProvider]]()
        self._cache = dict[str, Presence]()

    @property
    def labels(self) -> tuple[str, ...]:
        """The registered labels as they were given."""
        return tuple(label for label, _ in self._providers.values())

    @property
    def cached(self) -> Mapping[str, Presence]:
        """What was told last, by the exact name it was told with."""
        return MappingProxyType(self._cache)

    def register(self, label: str, provider: PresenceProvider) -> None:
        """Take on a provider; raise ValueError for an empty or taken label or one that no name could reach."""
        if not label or any(sign in label for sign in ":&/"):
            raise ValueError(f"not a presence provider's label: {label!r}")
        if label.lower() in self._providers:
            raise ValueError(f"the presence provider {label!r} is registered already")
        self._providers[label.lower()] = (label, provider)

    def unregister(self, label: str) -> None:
        """Let go of a provider; raise ValueError if there is none of that label. What it told stays in the cache."""
        if self._providers.pop(label.lower(), None) is None:
            raise ValueError(f"no presence provider {label!r} is registered")

    def query(self, name: str) -> Presence | None:
        """Return the presence of `label:address` or of a group `A&B`, from the cache where it is there.

        None where no member can be read; members that cannot are skipped, and warned of.
        """
        return self._winner(name, use_cache=True)

    def query_provider(self, name: str) -> Presence | None:
        """Return the same from the providers alone."""
        return self._winner(name, use_cache=False)

    def changed(self, name: str, presence: Presence) -> None:
        """Tell that a presentity has this presence now, be it the same as before."""
        self._cache[name] = presence
        self._publish(PresenceStateChange(name, presence))

    def load(self, name: str, presence: Presence) -> None:
        """Fill the cache without telling anybody: what was kept over a restart."""
        self._cache[name] = presence

    def _winner(self, name: str, *, use_cache: bool) -> Presence | None:
        winner: Presence | None = None
        for member in name.split("&"):
            presence = self._cache.get(member) if use_cache else None
            presence = presence or self._ask(member)
            if presence and (winner is None or GROUP_RANKS[presence.state] > GROUP_RANKS[winner.state]):
                winner = presence
        return winner

    def _ask(self, name: str) -> Presence | None:
        if "/" in name:  # a channel technology's name; none of them knows a person's presence
            return None
        label, colon, address = name.partition(":")
        if not colon:
            self._warn(f"No label found for presence state provider: {name}")
            return None
        if (known := self._providers.get(label.lower())) is None:
            self._warn(f"No provider found for label: {label}")
            return None
        return known[1](address)
