# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox: takes wishes, keeps them on the disk before it says so, and has couriers carry them to the PBXs.

It feeds the couriers with what the board's subscriptions tell. Nothing is decided here.
"""

import logging
import time
from collections.abc import Callable, Iterable

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged, WatchEvent
from board.links.courier import Courier
from board.links.kinds import LINKS
from board.links.link import Link, Message, Reach
from board.links.setter import Setter
from board.links.store import OutboxError, OutboxStore
from board.links.wish import Target, Wish
from board.pidf.document import Document
from board.presence.value import Presence
from board.states import PbxState, Subscription

log = logging.getLogger(__name__)


class Outbox:
    """The outbox of a board. `on_wish` hears of every change of a wish that this process carries."""

    def __init__(
        self,
        store: OutboxStore,
        setters: Iterable[Setter],
        message: Message,
        on_wish: Callable[[Wish], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._clock = clock
        self._couriers = dict[str, Courier]()
        self._own = dict[Address, str]()
        self._links = list[Link]()
        self._message = message
        for setter in setters:
            self._open(setter, on_wish)

    def _open(self, setter: Setter, on_wish: Callable[[Wish], None]) -> None:
        link = LINKS[setter.kind](setter, Reach(self._message, lambda: courier.look()))
        only = "" if setter.sets_others else setter.own
        courier = Courier(setter.pbx, self._store, link.send, on_wish, link.read, only)
        self._couriers[setter.pbx] = courier
        self._links.append(link)
        if link.read is None:
            self._own[Address(setter.pbx, setter.extension)] = setter.own

    def start(self) -> None:
        """Begin to carry; must be called on the running loop."""
        for courier in self._couriers.values():
            courier.start()
        for link in self._links:
            link.start()

    async def stop(self) -> None:
        """Stop carrying: what is under way stays on the disk."""
        for link in self._links:
            await link.stop()
        for courier in self._couriers.values():
            await courier.stop()

    def wish(self, target: Target, presence: Presence) -> Wish:
        """Keep a wish, and begin to carry it; it is on the disk when this returns."""
        wish = self._store.wish(target, presence, self._clock())
        if target.pbx in self._couriers:
            self._couriers[target.pbx].take_wishes()
        return wish

    def take(self, event: WatchEvent) -> None:
        """Take what a subscription tells."""
        try:
            self._take(event)
        except OutboxError as error:
            log.error("%s", error)

    def may_send(self) -> bool:
        """Tell whether this process is the sender for every PBX, becoming it where there is none."""
        return all(courier.may_send() for courier in self._couriers.values())

    def _take(self, event: WatchEvent) -> None:
        match event:
            case StateNotified(address, document) if address in self._own:
                self._read(self._couriers[address.pbx], address, document)
            case SubscriptionChanged(address) if address in self._own:
                self._subscription(self._couriers[address.pbx], self._own[address], event)
            case PbxChanged() if event.pbx in {address.pbx for address in self._own}:
                self._health(self._couriers[event.pbx], event)

    def _read(self, courier: Courier, address: Address, document: Document) -> None:
        entity = self._own[address]
        if document.presence is None:
            courier.blocked(
                entity,
                f"{address.pbx} says nothing of the presence of {address.extension}: write its hint in extensions.conf "
                f"as exten => {address.extension},hint,PJSIP/{address.extension},{entity}",
            )
        else:
            courier.saw(entity, Presence(document.presence, document.subtype or "", document.message or ""))

    def _subscription(self, courier: Courier, entity: str, event: SubscriptionChanged) -> None:
        if not event.stale:
            courier.sure(entity)
        elif event.subscription is Subscription.TERMINATED and event.reason:
            courier.blocked(entity, event.reason)
        else:
            courier.doubt(entity)

    def _health(self, courier: Courier, event: PbxChanged) -> None:
        if event.state is PbxState.REFUSED:
            for address, entity in self._own.items():
                if address.pbx == event.pbx:
                    courier.blocked(entity, event.reason, for_good=True)
        elif event.state is PbxState.SILENT:
            courier.gone()
