# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The source that notices the user's own calls, in what the session hears anyway."""

from collections.abc import Iterable

from board.automatic.source import Tell
from board.events import Address, StateNotified, SubscriptionChanged, WatchEvent
from board.states import DeviceState, PresenceState, Subscription
from board.status.causes import Cause
from board.status.phone import OwnPhones


class PhoneSource:
    """Tells that one of the user's own extensions is in a call.

    `take` wants every event of the session. A subscription that has ended ends what was known by it.
    """

    def __init__(self, own: Iterable[Address], state: PresenceState) -> None:
        self._own = frozenset(own)
        self._phones = OwnPhones(state)
        self._tell: Tell | None = None
        self._cause: Cause | None = None

    def start(self, tell: Tell) -> None:
        """Tell from here on."""
        self._tell = tell
        tell(self._cause)

    async def stop(self) -> None:
        """Tell no more."""
        self._tell = None

    def take(self, event: WatchEvent) -> None:
        """Look at an event of the session."""
        match event:
            case StateNotified() if event.address in self._own:
                self._hear(event.address, event.document.device, event.at)
            case SubscriptionChanged(subscription=Subscription.TERMINATED) if event.address in self._own:
                self._hear(event.address, DeviceState.UNKNOWN, event.at)
            case _:
                pass

    def _hear(self, address: Address, device: DeviceState, at: float) -> None:
        cause = self._phones.told(str(address), device, at)
        if cause == self._cause:
            return
        self._cause = cause
        if self._tell is not None:
            self._tell(cause)
