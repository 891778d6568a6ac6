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

from board.links.delivery import Delivery, Fate, Keep, Outcome, Send
from board.links.link import AwayError, BarredError, Reading, Sending
from board.links.store import OutboxError, OutboxStore
from board.links.wish import Target, Wish
from board.loop import Tasks
from board.presence.value import Presence

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""How often the disk is asked what other processes wish, and the deliveries what is due."""
LOOK_SECONDS = 0.5
"""How often a PBX that tells nothing by itself is asked while a wish is open."""


class Courier:
    """All wishes for one PBX, or those for `only` one entity. `on_wish` hears of every change of one.

    `send` sends; `read` asks for an entity where the link can, else `saw` and its fellows are called with what the PBX
    tells.
    """

    def __init__(
        self,
        pbx: str,
        store: OutboxStore,
        send: Sending,
        on_wish: Callable[[Wish], None],
        read: Reading | None = None,
        only: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.pbx = pbx
        self._store = store
        self._send = send
        self._read = read
        self._on_wish = on_wish
        self._only = only
        self._clock = clock
        self._away = False
        self._deliveries = dict[str, Delivery]()
        self._looking = set[str]()
        self._looked = dict[str, float]()
        self._version = -1
        self._trouble = ""
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin to carry; must be called on the running loop."""
        self._tasks.start(self._poll(), f"outbox of {self.pbx}")

    async def stop(self) -> None:
        """Stop carrying: what is under way stays on the disk."""
        await self._tasks.close()

    # -- what the PBX says --------------------------------------------------------------------------------------------

    def saw(self, entity: str, presence: Presence) -> None:
        """Take the PBX's own word on an entity, known to be current."""
        delivery = self._delivery(entity)
        self._away = False
        if delivery.reading != presence:
            self._store.saw(delivery.target, presence, self._clock())
        delivery.saw(presence, _now())
        self._carry(delivery)

    def doubt(self, entity: str) -> None:
        """Take note that what was read of an entity may be old, for the moment."""
        self._delivery(entity).doubt()

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

    def gone(self) -> None:
        """Take note that the PBX is away."""
        self._away = True
        for delivery in self._deliveries.values():
            delivery.gone(_now())
            self._carry(delivery)

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
        """Take in new wishes, if this process is the sender, and do what is due."""
        if not self.may_send():
            return
        version = self._store.version()
        if version != self._version:
            self._version = version
            self.take_wishes()
        for delivery in tuple(self._deliveries.values()):
            delivery.tick(_now())
            self._carry(delivery)
            self._look_if_wanted(delivery)

    def may_send(self) -> bool:
        """Tell whether this process is the sender, becoming it where there is none."""
        return self._store.may_send(self.pbx, self._only)

    def take_wishes(self) -> None:
        """Take in the wishes on the disk, if this process is the sender."""
        if not self.may_send():
            return
        for wish in self._store.open_wishes(self.pbx):
            if self._only not in ("", wish.target.entity):
                continue
            delivery = self._delivery(wish.target.entity)
            if delivery.wish is not None and wish.number <= delivery.wish.number:
                continue
            if self._read is not None:
                delivery.doubt()
                self._looked.pop(wish.target.entity, None)
            delivery.wished(wish, _now(), self._store.seen_before(wish))
            self._on_wish(wish)
            self._carry(delivery)
            self._look_if_wanted(delivery)

    def _carry(self, delivery: Delivery) -> None:
        for step in delivery.take_steps():
            kept = self._store.keep(step.wish)
            match step:
                case Keep(wish) if kept:
                    self._on_wish(wish)
                case Send(wish) if kept:
                    self._on_wish(wish)
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
        if self._read is None or wish is None or not wish.is_open or entity in self._looking:
            return
        if _now() - self._looked.get(entity, float("-inf")) >= LOOK_SECONDS:
            self._looking.add(entity)
            self._tasks.start(self._look(self._read, entity), f"reading {entity}")

    async def _look(self, read: Reading, entity: str) -> None:
        try:
            presence = await read(entity)
        except AwayError:
            self.gone()
        except BarredError as error:
            self.blocked(entity, str(error), for_good=error.for_good)
        else:
            if presence is not None:
                self.saw(entity, presence)
        finally:
            self._looking.discard(entity)
            self._looked[entity] = _now()

    def _delivery(self, entity: str) -> Delivery:
        if entity not in self._deliveries:
            self._deliveries[entity] = delivery = Delivery(Target(self.pbx, entity))
            if self._away:
                delivery.gone(_now())
        return self._deliveries[entity]


def _now() -> float:
    return time.monotonic()
