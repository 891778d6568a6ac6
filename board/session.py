# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""One board's live data: the SIP pool's events joined into the roster's tiles. No Qt, no output, no configuration.

The window and `watch` both stand on it, so both show the same.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged, WatchEvent
from board.links.asked import asked_of
from board.links.wish import Wish, address_of
from board.office import Office
from board.roster.roster import Roster
from board.roster.tile import TileChanged
from board.sip.messages import Fields, RequestAnswered
from board.sip.pool import Pool
from board.states import PbxState, Subscription

STOP_SECONDS = 2.0
"""How long an ordered end waits for the PBX to confirm that the subscriptions are gone."""


class Session:
    """Watches an office into a roster of its contacts.

    `on_tiles` gets every visible change in order, `on_pbx` every change of a PBX's health, `on_event` every event
    before the roster has it. `also` are extensions that are watched though no contact has them.
    """

    def __init__(
        self,
        office: Office,
        roster: Roster,
        on_tiles: Callable[[Sequence[TileChanged]], None],
        on_pbx: Callable[[PbxChanged], None],
        clock: Callable[[], float] = time.time,
        on_event: Callable[[WatchEvent], None] = lambda _: None,
        also: Iterable[Address] = (),
    ) -> None:
        self._office = office
        self._on_event = on_event
        self._also = tuple(also)
        self._on_tiles = on_tiles
        self._on_pbx = on_pbx
        self._clock = clock
        self._roster = roster
        self._pool = Pool([(account, self._extensions(account.pbx)) for account in office.accounts], self._take)

    def _extensions(self, pbx: str) -> tuple[str, ...]:
        addresses = (*(contact.address for contact in self._office.contacts), *self._also)
        return tuple(dict.fromkeys(address.extension for address in addresses if address.pbx == pbx))

    def start(self) -> None:
        """Begin to watch; must be called on the running loop."""
        for pbx, reason in self._office.unusable.items():
            self._refuse(pbx, reason)
        self._pool.start()

    async def stop(self) -> None:
        """Unsubscribe everything and end the SIP workers; bounded by `STOP_SECONDS` and a little."""
        await self._pool.stop(STOP_SECONDS)

    async def message(self, pbx: str, user: str, content_type: str, body: bytes) -> tuple[int, str]:
        """Send a SIP MESSAGE to `user` at a PBX, once; return its final status, 0 where nobody answered, and phrase."""
        answered = await self._pool.request(pbx, "MESSAGE", user, (("Content-Type", content_type),), body)
        return answered.status, answered.phrase

    async def publish(self, pbx: str, user: str, fields: Fields, body: bytes) -> RequestAnswered:
        """Send a SIP PUBLISH of `user`'s state to a PBX, once; return its answer, status 0 where there was none."""
        return await self._pool.request(pbx, "PUBLISH", user, fields, body)

    def wished(self, wish: Wish) -> None:
        """Take how a wish stands: the tile of its person shows that it is pending, or why it failed, until it came."""
        self._show(self._roster.ask(address_of(wish.target), asked_of(wish), self._clock()))

    def _refuse(self, pbx: str, reason: str) -> None:
        now = self._clock()
        extensions = self._extensions(pbx)
        self._on_pbx(PbxChanged(pbx, PbxState.REFUSED, reason, "", 0, len(extensions), None, now))
        for contact in self._office.contacts:
            if contact.address.pbx == pbx:
                self._take(SubscriptionChanged(contact.address, Subscription.TERMINATED, True, reason, now))

    def _take(self, event: WatchEvent) -> None:
        self._on_event(event)
        match event:
            case PbxChanged():
                self._on_pbx(event)
            case StateNotified() | SubscriptionChanged():
                self._show(self._roster.apply(event, self._clock()))

    def _show(self, changes: Sequence[TileChanged]) -> None:
        if changes:
            self._on_tiles(changes)
