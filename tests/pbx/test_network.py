# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool on a real Asterisk behind a network that falls silent, breaks, loses and reorders while states change."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from board.events import StateNotified, SubscriptionChanged
from board.sip.account import Transport
from board.states import DeviceState
from tests.end2end.pool_office import PoolOffice
from tests.fakes.relay import Relay, Weather
from tests.pbx.asterisk import Asterisk, device_action
from tests.pbx.fixtures import SHARED_EXTENSIONS
from tests.pbx.test_pool import DEVICES, account, subscriptions

pytestmark = pytest.mark.pbx

EXTENSIONS = tuple(map(str, SHARED_EXTENSIONS))


class Ward(PoolOffice):
    """A pool that watches the shared PBX through a relay, and what the PBX was told to be."""

    def __init__(self, pbx: Asterisk, relay: Relay, transport: Transport) -> None:
        of = account(pbx, transport, user="natted", port=relay.port)
        super().__init__(of, *EXTENSIONS)
        self._pbx = pbx
        self._truth = dict.fromkeys(EXTENSIONS, DeviceState.IDLE)
        self._random = random.Random(7)

    def change(self, count: int) -> None:
        """Change the devices of so many extensions."""
        chosen = [
            (extension, self._random.choice(list(DEVICES))) for extension in self._random.choices(EXTENSIONS, k=count)
        ]
        self._pbx.manager.run(device_action(extension, word) for extension, word in chosen)
        self._truth |= {extension: DEVICES[word] for extension, word in chosen}

    def reset(self) -> None:
        """Leave the PBX as it was."""
        self._pbx.manager.run(device_action(extension, "NOT_INUSE") for extension in EXTENSIONS)

    def is_right(self) -> bool:
        """Whether every extension is shown live and as it is."""
        shown = {e.address.extension: e.document.device for e in self.events if isinstance(e, StateNotified)}
        stale = {e.address.extension: e.stale for e in self.events if isinstance(e, SubscriptionChanged)}
        return shown == self._truth and not any(stale.values())

    def is_stale(self) -> bool:
        """Whether no extension is shown live."""
        stale = {e.address.extension: e.stale for e in self.events if isinstance(e, SubscriptionChanged)}
        return len(stale) == len(EXTENSIONS) and all(stale.values())


@pytest.fixture
def relay(asterisk: Asterisk, transport: Transport) -> Iterator[Relay]:
    """A relay before the shared PBX."""
    made = Relay(asterisk.tls_port if transport is Transport.TLS else asterisk.sip_port)
    yield made
    made.close()


@asynccontextmanager
async def _watching(pbx: Asterisk, relay: Relay, transport: Transport) -> AsyncIterator[Ward]:
    ward = Ward(pbx, relay, transport)
    ward.pool.start()
    try:
        await ward.until(ward.is_right)
        yield ward
    finally:
        ward.reset()
        await ward.pool.stop(5)


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_a_network_that_falls_silent(asterisk: Asterisk, relay: Relay, transport: Transport) -> None:
    """Nobody is told: all turns stale, then right, and the PBX is not left with the subscriptions of before."""
    before = subscriptions(asterisk)
    async with _watching(asterisk, relay, transport) as ward:
        relay.weather = Weather(silent=True)
        ward.change(30)
        await ward.until(ward.is_stale, 20)
        ward.change(30)
        asked = len(relay.subscribes)
        relay.clear()
        await ward.until(ward.is_right, 20)
        assert len(relay.subscribes) - asked <= 5 * len(EXTENSIONS)
        # The extension that tried whether the PBX is back may have left one.
        await ward.until_true(lambda: subscriptions(asterisk) - before <= len(EXTENSIONS) + 2)
    await ward.until_true(lambda: subscriptions(asterisk) <= before + 2)


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
async def test_a_connection_that_breaks(asterisk: Asterisk, relay: Relay, transport: Transport) -> None:
    async with _watching(asterisk, relay, transport) as ward:
        relay.cut()
        ward.change(30)
        await ward.until(ward.is_stale)
        await ward.until(ward.is_right, 20)


@pytest.mark.parametrize("transport", [Transport.UDP])
async def test_a_network_that_loses_and_reorders(asterisk: Asterisk, relay: Relay, transport: Transport) -> None:
    async with _watching(asterisk, relay, transport) as ward:
        relay.weather = Weather(loss=0.05, shuffle=0.1)
        for _ in range(40):
            ward.change(5)
            await asyncio.sleep(0.1)  # the load, not a wait: five changes each tenth of a second
        await ward.until(ward.is_right, 20)
