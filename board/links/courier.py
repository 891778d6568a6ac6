# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Carries the outbox's wishes for one PBX over its link: the thin adapter around `delivery`, on asyncio.

Of all processes on one data folder only one is the sender of a PBX; the others see on the disk what became of a
wish. Nothing is decided here.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from board.links.delivery import Delivery, Elsewhere, Fate, Keep, Outcome, Send, Step
from board.links.heir import Heir
from board.links.link import AwayError, BarredError, Link, Reading
from board.links.store import OutboxError, OutboxStore
from board.links.wish import Target, Wish
from board.loop import Tasks
from board.presence.value import NOT_SET, Presence
from board.status.automatic import Proposal

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""How often the disk is asked what other processes wish, and the deliveries what is due."""
LOOK_SECONDS = 0.5
"""How often a PBX that tells nothing by itself is asked while a wish is open."""


class Courier:
    """All wishes for one PBX over its link, or those for `only` one entity.

    `own` is the user's entity, "" where none is known; `who` is told to the history. `on_wish` hears of every change of
    a wish, `on_status` of an entity of which something new is known. Where the link can read, the courier asks it; else
    `saw` and its fellows are called with what the PBX tells.
    """

    def __init__(
        self,
        pbx: str,
        store: OutboxStore,
        link: Link,
        on_wish: Callable[[Wish], None],
        on_status: Callable[[Target], None] = lambda _: None,
        only: str = "",
        own: str = "",
        who: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.pbx = pbx
        self._store = store
        self._send = link.send
        self._read = link.read
        self._advice = link.unread
        self._on_wish = on_wish
        self._on_status = on_status
        self._only = only
        self._clock = clock
        self._heir = Heir(store, own, who, clock)
        self._away = False
        self._deliveries = dict[str, Delivery]()
        self._newest = dict[str, Wish]()
        self._looking = set[str]()
        self._looked = dict[str, float]()
        self._wanted = {own} - {""} if link.read is not None else set[str]()
        self._version = -1
        self._sends = False
        self._trouble = ""
        self._noted = asyncio.Event()
        self._tasks = Tasks()

    @property
    def reads(self) -> bool:
        """Whether the link itself reads what the PBX shows."""
        return self._read is not None

    def status(self, entity: str) -> tuple[Presence | None, bool, Wish | None]:
        """Return what the PBX says of an entity, whether that is current, and the newest wish."""
        delivery = self._delivery(entity)
        live = delivery.reading is not None and not self._away if self.reads else delivery.live
        return delivery.reading, live, self._newest.get(entity)

    def start(self) -> None:
        """Begin to carry; must be called on the running loop."""
        self._tasks.start(self._poll(), f"outbox of {self.pbx}")

    async def stop(self) -> None:
        """Stop carrying: what is under way stays on the disk."""
        await self._tasks.close()

    async def settle(self, entity: str) -> None:
        """Do what is due, and return once no wish for an entity is on its way to a PBX that answers."""
        self.tick()
        while (wish := self._newest.get(entity)) is not None and wish.is_open and not self._away:
            self._noted.clear()
            await self._noted.wait()

    # -- what the PBX says --------------------------------------------------------------------------------------------

    def saw(self, entity: str, said: Presence | None) -> None:
        """Take the PBX's own word on an entity, known to be current; None: it knows nothing of the entity."""
        presence = said or NOT_SET
        delivery = self._delivery(entity)
        self._away = False
        is_new = delivery.reading != presence
        delivery.saw(said, _now())
        self._carry(delivery)
        self._on_status(delivery.target)
        if is_new:  # last: who waits for the read-back does not wait for this
            self._store.saw(delivery.target, presence, self._clock())

    def doubt(self, entity: str) -> None:
        """Take note that what was read of an entity may be old, for the moment."""
        delivery = self._delivery(entity)
        delivery.doubt()
        self._on_status(delivery.target)

    def sure(self, entity: str) -> None:
        """Take note that what was read last is current again."""
        delivery = self._delivery(entity)
        if delivery.reading is not None and not delivery.live:
            self.saw(entity, delivery.reading)

    def blocked(self, entity: str, reason: str, *, for_good: bool = False) -> None:
        """Take note that the PBX does not let us read or set an entity."""
        delivery = self._delivery(entity)
        delivery.blocked(reason, _now(), for_good=for_good)
        self._carry(delivery)
        self._on_status(delivery.target)

    def gone(self) -> None:
        """Take note that the PBX is away."""
        self._away = True
        for delivery in self._deliveries.values():
            delivery.gone(_now())
            self._carry(delivery)
            self._on_status(delivery.target)
        self._noted.set()

    def glance(self, entity: str) -> None:
        """Take note that the PBX has something new to say of an entity; only for a link that reads."""
        self._wanted.add(entity)
        self._looked.pop(entity, None)
        self._look_if_wanted(self._delivery(entity))

    def propose(self, proposal: Proposal | None) -> None:
        """Take the newest proposal for the user's own status, None where nothing applies."""
        self._heir.propose(proposal)

    def look(self) -> None:
        """Ask again at once for what is wanted: the link has come or gone."""
        self._looked.clear()
        self.tick()

    # -- carrying -----------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        while True:
            try:
                self.tick()
                self._trouble = ""
            except OutboxError as error:
                if str(error) != self._trouble:
                    self._trouble = str(error)
                    log.error("%s", error)
            await asyncio.sleep(POLL_SECONDS)

    def tick(self) -> None:
        """Take in new wishes, and if this process is the sender, do what is due."""
        version, sends = self._store.version(), self.may_send()
        if version != self._version or sends != self._sends:
            self._version, self._sends = version, sends
            self.take_wishes()
        for delivery in tuple(self._deliveries.values()) if sends else ():
            delivery.tick(_now())
            self._carry(delivery)
            self._follow_up(delivery)
        for entity in {*self._deliveries, *self._wanted}:
            self._look_if_wanted(self._delivery(entity))

    def may_send(self) -> bool:
        """Tell whether this process is the sender, becoming it where there is none."""
        return self._store.may_send(self.pbx, self._only)

    def take_wishes(self) -> None:
        """Take in the wishes on the disk: to carry them, if this process is the sender, else to know of them."""
        take = self._take_in if self.may_send() else self._hear
        for wish in self._store.wishes(self.pbx):
            if self._only in ("", wish.target.entity):
                take(wish)

    def _hear(self, wish: Wish) -> None:
        known = self._newest.get(wish.target.entity)
        if known != wish:
            self._note(wish, silently=known is None and not wish.is_open)

    def _take_in(self, wish: Wish) -> None:
        delivery = self._delivery(wish.target.entity)
        if delivery.wish is not None and wish.number <= delivery.wish.number:
            return
        if self.reads and wish.is_open:
            delivery.doubt()
            self._looked.pop(wish.target.entity, None)
        self._heir.chosen(wish)
        delivery.wished(wish, _now(), self._store.seen_before(wish))
        self._note(wish, silently=not wish.is_open)
        self._carry(delivery)
        self._look_if_wanted(delivery)

    def _follow_up(self, delivery: Delivery) -> None:
        """Let what is over be followed by what comes after it."""
        following = self._heir.due(delivery)
        self._carry(delivery)
        if following is not None:
            self._take_in(following)

    def _note(self, wish: Wish, *, silently: bool = False) -> None:
        self._newest[wish.target.entity] = wish
        self._noted.set()
        if not silently:
            self._on_wish(wish)
        self._on_status(wish.target)

    def _carry(self, delivery: Delivery) -> None:
        while steps := delivery.take_steps():
            for step in steps:
                self._do(delivery, step)

    def _do(self, delivery: Delivery, step: Step) -> None:
        match step:
            case Elsewhere(wish):
                self._heir.elsewhere(delivery, wish)
            case Keep(wish):
                if self._store.keep(wish):
                    self._note(wish)
            case Send(wish) if self._store.keep(wish):
                self._note(wish)
                self._tasks.start(self._deliver(delivery, wish), f"status of {wish.target.entity}")
            case Send(wish):  # a newer one has come; it is taken in next
                delivery.answered(wish.number, Outcome(Fate.AWAY), _now())

    async def _deliver(self, delivery: Delivery, wish: Wish) -> None:
        outcome = await self._send(wish.target.entity, wish.presence)
        if outcome.fate is not Fate.ACCEPTED:
            log.info("%s at %s: %s", wish.target.entity, self.pbx, outcome.reason)
        delivery.answered(wish.number, outcome, _now())
        self._carry(delivery)
        self._looked.pop(wish.target.entity, None)
        self._look_if_wanted(delivery)

    def _look_if_wanted(self, delivery: Delivery) -> None:
        entity, wish = delivery.target.entity, delivery.wish
        wanted = entity in self._wanted or (wish is not None and wish.is_open)
        if self._read is None or not wanted or entity in self._looking:
            return
        if _now() - self._looked.get(entity, float("-inf")) >= LOOK_SECONDS:
            self._looking.add(entity)
            self._tasks.start(self._look(self._read, entity), f"reading {entity}")

    async def _look(self, read: Reading, entity: str) -> None:
        wanted = entity in self._wanted
        self._wanted.discard(entity)  # what changes from now on is wanted again
        try:
            presence = await read(entity)
        except AwayError:
            self.gone()
        except BarredError as error:
            self.blocked(entity, str(error), for_good=error.for_good)
        else:
            if presence is not None:
                wanted = False
                self.saw(entity, presence)
        finally:
            if wanted:
                self._wanted.add(entity)
            self._looking.discard(entity)
            self._looked[entity] = _now()

    def _delivery(self, entity: str) -> Delivery:
        if entity not in self._deliveries:
            target = Target(self.pbx, entity)
            self._deliveries[entity] = delivery = Delivery(target, advice=self._advice(entity))
            if self._away:
                delivery.gone(_now())
        return self._deliveries[entity]


def _now() -> float:
    return time.monotonic()
