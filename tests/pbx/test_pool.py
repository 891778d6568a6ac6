# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pool on a real Asterisk, named after Asterisk's own tests of its subscriptions where those exist.

(testsuite, tests/channels/pjsip/subscriptions: presence_pidf, digium_presence, below_min_expiry, resubscribe,
unsubscribe, ast_restart.)
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from board.events import StateNotified, SubscriptionChanged
from board.sip.account import Account, Transport
from board.states import DeviceState, PbxState, PresenceState, Subscription
from tests.end2end.pool_office import PoolOffice
from tests.pbx.asterisk import PASSWORD, Asterisk
from tests.pbx.fixtures import NewAsterisk
from tests.pbx.place import has_ipv6

pytestmark = pytest.mark.pbx

DEVICES = {
    "INUSE": DeviceState.IN_USE,
    "RINGING": DeviceState.RINGING,
    "ONHOLD": DeviceState.ON_HOLD,
    "UNAVAILABLE": DeviceState.UNAVAILABLE,
    "NOT_INUSE": DeviceState.IDLE,
}


def account(
    pbx: Asterisk,
    transport: Transport = Transport.TCP,
    host: str = "127.0.0.1",
    user: str = "board",
    password: str = PASSWORD,
    auth_user: str = "",
    tls_ca: str | None = None,
    port: int = 0,
) -> Account:
    """Return an account of the test PBX, or of a `port` before it; it trusts the test's authority by default."""
    port = port or (pbx.tls_port if transport is Transport.TLS else pbx.sip_port)
    ca = str(pbx.certificates.ca) if tls_ca is None else tls_ca
    return Account("office", host, port, transport, user, password, auth_user, tls_ca=ca)


@asynccontextmanager
async def watching(of: Account, *extensions: str) -> AsyncIterator[PoolOffice]:
    """Run a pool for the time of a test."""
    office = PoolOffice(of, *extensions)
    office.pool.start()
    try:
        yield office
    finally:
        await office.pool.stop(5)


def subscriptions(pbx: Asterisk) -> int:
    """Count the subscriptions that Asterisk holds."""
    text = pbx.command("pjsip show subscriptions inbound")
    return int(next(line for line in text.splitlines() if "active subscriptions" in line).split()[0])


WAYS = [
    pytest.param(Transport.UDP, "127.0.0.1", id="udp"),
    pytest.param(Transport.TCP, "127.0.0.1", id="tcp"),
    pytest.param(Transport.TLS, "127.0.0.1", id="tls"),
    pytest.param(Transport.TLS, "localhost", id="tls-name"),
    pytest.param(Transport.UDP, "::1", id="udp6"),
    pytest.param(Transport.TCP, "::1", id="tcp6"),
]


@pytest.mark.parametrize(("transport", "host"), WAYS)
async def test_presence_pidf(asterisk: Asterisk, transport: Transport, host: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    async with watching(account(asterisk, transport, host), "2000", "2001") as office:
        await office.until(office.is_live)
        for word, device in DEVICES.items():
            asterisk.set_device("2000", word)
            await office.until_device("2000", device)
        assert office.device("2001") is DeviceState.IDLE
        health = office.health()
        assert health is not None
        assert (health.state, health.warning) == (PbxState.LIVE, "")


async def test_digium_presence(asterisk: Asterisk) -> None:
    async with watching(account(asterisk), "2002") as office:
        await office.until(office.is_live)
        asterisk.set_presence("2002", "away", "lunch", "Back at 2 — <soon>")

        def is_away() -> bool:
            document = office.document("2002")
            return document is not None and document.presence is PresenceState.AWAY

        await office.until(is_away)
        document = office.document("2002")
        assert document is not None
        assert (document.subtype, document.message) == ("lunch", "Back at 2 — <soon>")
        asterisk.set_presence("2002", "not_set")


async def test_a_change_is_told_once(asterisk: Asterisk) -> None:
    async with watching(account(asterisk, Transport.UDP), "2003", "2011") as office:
        await office.until(office.is_live)
        asterisk.set_device("2003", "INUSE")
        await office.until_device("2003", DeviceState.IN_USE)
        asterisk.set_device("2003", "INUSE")
        asterisk.set_device("2011", "INUSE")
        await office.until_device("2011", DeviceState.IN_USE)
        asterisk.set_device("2003", "NOT_INUSE")
        asterisk.set_device("2011", "NOT_INUSE")
        await office.until_device("2003", DeviceState.IDLE)
        told = [e for e in office.events if isinstance(e, StateNotified) and e.address.extension == "2003"]
        assert [e.document.device for e in told] == [DeviceState.IDLE, DeviceState.IN_USE, DeviceState.IDLE]


async def test_unsubscribe(new_asterisk: NewAsterisk) -> None:
    pbx = new_asterisk(range(2000, 2020))
    async with watching(account(pbx, Transport.UDP), *map(str, range(2000, 2020))) as office:
        await office.until(office.is_live)
        assert subscriptions(pbx) == 20
    assert subscriptions(pbx) == 0


async def test_below_min_expiry(asterisk: Asterisk) -> None:
    async with watching(account(asterisk, user="patient"), "2004", "2005") as office:
        await office.until(office.is_live)
        refused = [e for e in office.events if isinstance(e, SubscriptionChanged) and e.reason]
        assert refused == []


# -- refusals -----------------------------------------------------------------------------------------------------


async def test_no_hint(asterisk: Asterisk) -> None:
    async with watching(account(asterisk), "2006", "9999") as office:
        await office.until(lambda: office.state("9999") is not None and office.device("2006") is not None)
        state = office.state("9999")
        assert state is not None
        assert (state.subscription, state.stale) == (Subscription.TERMINATED, True)
        assert "exten => 9999,hint," in state.reason


async def test_subscriptions_not_allowed(asterisk: Asterisk) -> None:
    async with watching(account(asterisk, user="barred"), "2007") as office:
        await office.until(lambda: (state := office.state("2007")) is not None and state.reason != "")
        assert "allow_subscribe=yes" in office.state("2007").reason  # type: ignore[union-attr]


async def test_a_wrong_password_is_tried_once(new_asterisk: NewAsterisk) -> None:
    pbx = new_asterisk(range(2000, 2010))
    async with watching(account(pbx, password="wrong"), *map(str, range(2000, 2010))) as office:
        await office.until(lambda: (health := office.health()) is not None and health.state is PbxState.REFUSED)
        assert "password" in office.health().reason  # type: ignore[union-attr]
    assert pbx.log().count("Failed to authenticate") == 1


async def test_a_digest_user_of_another_name(asterisk: Asterisk) -> None:
    async with watching(account(asterisk, user="front", auth_user="front-desk"), "2008") as office:
        await office.until(office.is_live)


# -- TLS ----------------------------------------------------------------------------------------------------------


async def test_an_authority_that_is_not_trusted_is_refused(asterisk: Asterisk) -> None:
    async with watching(account(asterisk, Transport.TLS, tls_ca=""), "2009") as office:
        await office.until(lambda: (health := office.health()) is not None and "certificate" in health.reason)
        health = office.health()
        assert health is not None
        assert "the certificate of 127.0.0.1 is not valid" in health.reason
        assert "tls_ca" in health.reason
        assert office.document("2009") is None


async def test_verification_off_is_remarked(asterisk: Asterisk) -> None:
    unverified = Account("office", "127.0.0.1", asterisk.tls_port, Transport.TLS, "board", PASSWORD, tls_verify=False)
    async with watching(unverified, "2010") as office:
        await office.until(office.is_live)
        health = office.health()
        assert health is not None
        assert "not verified" in health.warning


# -- the PBX comes and goes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transport", "wipe"),
    [(Transport.UDP, False), (Transport.UDP, True), (Transport.TCP, False)],
    ids=["udp", "udp-forgotten", "tcp"],
)
async def test_ast_restart(new_asterisk: NewAsterisk, transport: Transport, wipe: bool) -> None:
    extensions = [str(number) for number in range(2000, 2020)]
    pbx = new_asterisk(extensions)
    async with watching(account(pbx, transport), *extensions) as office:
        await office.until(office.is_live)
        await asyncio.to_thread(pbx.restart, kill=True, wipe=wipe)
        began = time.monotonic()
        for extension in extensions:
            pbx.set_device(extension, "RINGING")
        await office.until(
            lambda: office.is_live() and {office.device(e) for e in extensions} == {DeviceState.RINGING}, seconds=40
        )
        assert time.monotonic() - began < 30


async def test_a_hint_that_goes_and_comes_back(new_asterisk: NewAsterisk) -> None:
    pbx = new_asterisk([2000, 2001])
    async with watching(account(pbx), "2000", "2001") as office:
        await office.until(office.is_live)
        pbx.remove_hint("2000")
        await office.until(lambda: (state := office.state("2000")) is not None and state.stale)
        pbx.add_hint("2000", "Custom:2000,CustomPresence:2000")
        pbx.set_device("2000", "INUSE")
        await office.until(lambda: office.is_live() and office.device("2000") is DeviceState.IN_USE, seconds=60)
