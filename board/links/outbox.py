# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outbox: takes wishes, keeps them on the disk before it says so, and has couriers carry them to the PBXs.

It feeds the couriers with what the board's subscriptions tell. Nothing is decided here. It waits for the disk, so it
has no place on the window's thread.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import tzinfo

from board.events import Address, PbxChanged, StateNotified, SubscriptionChanged, WatchEvent
from board.links.courier import Courier
from board.links.kinds import LINKS
from board.links.link import Link, Message, Publish, Reach, Silence
from board.links.own import OwnStatus
from board.links.setter import Setter
from board.links.store import OutboxError, OutboxStore, Record
from board.links.wish import Target, Wish, complaint
from board.pidf.document import Document
from board.presence.value import Presence
from board.states import PbxState, Subscription
from board.status.automatic import Proposal
from board.status.choice import Choice
from board.status.until import shown

log = logging.getLogger(__name__)


class Outbox:
    """The outbox of a board. `user` is who sits before it, for the history.

    `on_wish` hears of every change of a wish, `on_own` of the user's own status at a PBX. `zone` is the time zone of
    "back 14:30", None the system's.
    """

    def __init__(
        self,
        store: OutboxStore,
        setters: Iterable[Setter],
        message: Message,
        publish: Publish,
        on_wish: Callable[[Wish], None] = lambda _: None,
        on_own: Callable[[OwnStatus], None] = lambda _: None,
        user: str = "",
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        self.store = store
        self._clock = clock
        self._zone = zone
        self._user = user
        self._on_wish = on_wish
        self._on_own = on_own
        self._setters = {setter.pbx: setter for setter in setters}
        self._couriers = dict[str, Courier]()
        self._links = dict[str, Link]()
        self._message = message
        self._publish = publish
        self._own = {Address(way.pbx, way.extension): way.own for way in self._setters.values() if way.own}
        self._told = dict[Target, OwnStatus]()
        for setter in self._setters.values():
            self._open(setter)

    def _open(self, setter: Setter) -> None:
        reach = Reach(self._message, self._publish, self.store, lambda: courier.may_send(), lambda: courier.look())
        link = LINKS[setter.kind](setter, reach)
        self._couriers[setter.pbx] = courier = Courier(
            setter.pbx,
            self.store,
            link,
            self._on_wish,
            self._tell_own,
            only="" if setter.sets_others else setter.own,
            own=setter.own,
            who=self._who(setter.pbx),
            clock=self._clock,
        )
        self._links[setter.pbx] = link

    def start(self) -> None:
        """Begin to carry; must be called on the running loop."""
        for courier in self._couriers.values():
            courier.start()
        for link in self._links.values():
            link.start()

    async def stop(self) -> None:
        """Stop carrying: what is under way stays on the disk."""
        for link in self._links.values():
            await link.stop()
        for courier in self._couriers.values():
            await courier.stop()

    async def settle(self) -> None:
        """Do what is due for the user's own status, and return once nothing of that is on its way any more.

        Raises OutboxError. How long that may take is up to the caller.
        """
        await asyncio.gather(*(self._couriers[target.pbx].settle(target.entity) for target in self.own_targets))

    # -- what is asked ------------------------------------------------------------------------------------------------

    def choose(self, choice: Choice, target: Target | None = None) -> tuple[Wish, ...]:
        """Keep what a person chose, for their own status at every PBX or for a target, and begin to carry it.

        It is on the disk when this returns. Raises OutboxError, with one line, where it cannot be kept or set.
        """
        now = self._clock()
        if choice.until is not None and choice.until <= now:
            raise OutboxError("the time until which it is to stand is over already")
        presence = shown(choice, now, self._zone)
        if reason := complaint(presence):
            raise OutboxError(reason)
        targets = (target,) if target is not None else self.own_targets
        if not targets:
            raise OutboxError("nobody says whose status it is: name own_extension in the configuration")
        plain = choice.presence if choice.presence != presence else None
        wishes = [Wish(0, each, presence, now, plain=plain, until=choice.until) for each in targets]
        return tuple(self._keep(wish) for wish in wishes)

    def wish(self, target: Target, presence: Presence) -> Wish:
        """Keep a wish until it is changed, and begin to carry it; it is on the disk when this returns."""
        return self._keep(Wish(0, target, presence, self._clock()))

    def propose(self, proposal: Proposal | None) -> None:
        """Take the newest automatic proposal for the user's own status, None where nothing applies."""
        for courier in self._couriers.values():
            courier.propose(proposal)

    def recents(self, limit: int) -> tuple[Choice, ...]:
        """Return what the user chose for themselves lately, each once, newest first, until it is changed."""
        chosen = [record for target in self.own_targets for record in self.store.chosen(target)]
        chosen.sort(key=lambda record: record.wish.number, reverse=True)
        presences = dict.fromkeys(record.wish.choice.presence for record in chosen)
        return tuple(Choice(presence) for presence in presences)[:limit]

    def history(self, limit: int) -> tuple[Record, ...]:
        """Return the newest wishes, newest first."""
        return self.store.history(limit)

    def may_send(self) -> bool:
        """Tell whether this process is the sender for every PBX, becoming it where there is none."""
        return all(courier.may_send() for courier in self._couriers.values())

    @property
    def own_targets(self) -> tuple[Target, ...]:
        """The user's own entities."""
        return tuple(Target(address.pbx, entity) for address, entity in self._own.items())

    def _keep(self, wish: Wish) -> Wish:
        kept = self.store.add(wish, self._who(wish.target.pbx))
        if wish.target.pbx in self._couriers:
            self._couriers[wish.target.pbx].take_wishes()
        return kept

    def _who(self, pbx: str) -> str:
        setter = self._setters.get(pbx)
        return f"{self._user} ({setter.extension})".strip() if setter and setter.extension else self._user

    # -- what the subscriptions tell ----------------------------------------------------------------------------------

    def take(self, event: WatchEvent) -> None:
        """Take what a subscription tells."""
        try:
            self._take(event)
        except OutboxError as error:
            log.error("%s", error)

    def _take(self, event: WatchEvent) -> None:
        match event:
            case StateNotified(address) if address in self._own and self._couriers[address.pbx].reads:
                self._couriers[address.pbx].glance(self._own[address])
            case StateNotified(address, document) if address in self._own:
                self._read(address, document)
            case SubscriptionChanged(address) if address in self._own and not self._couriers[address.pbx].reads:
                self._subscription(self._couriers[address.pbx], self._own[address], event)
            case PbxChanged(pbx) if pbx in self._couriers and not self._couriers[pbx].reads:
                self._health(self._couriers[pbx], event)

    def _read(self, address: Address, document: Document) -> None:
        entity, courier, heard = self._own[address], self._couriers[address.pbx], self._links[address.pbx].heard
        assert heard is not None, "a link that reads needs no subscription"
        presence = None
        if document.presence is not None:
            presence = Presence(document.presence, document.subtype or "", document.message or "")
        match heard(address, presence):
            case Silence(reason):
                courier.blocked(entity, reason)
            case found:
                courier.saw(entity, found)

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

    def _tell_own(self, target: Target) -> None:
        if target not in self.own_targets or target.pbx not in self._couriers:
            return
        status = OwnStatus(target, *self._couriers[target.pbx].status(target.entity))
        if self._told.get(target) != status:
            self._told[target] = status
            self._on_own(status)
