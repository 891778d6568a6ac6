# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The demo office, watched over SIP as a board does."""

import asyncio
from pathlib import Path

import pytest

from board.demo import DemoOffice
from board.loop_thread import LoopThread
from board.pidf import parse
from board.pidf.document import Document
from board.presence.value import Presence
from board.resources import resources
from board.sip.account import Account, Transport
from board.states import PresenceState
from board.wire import Request
from tests.fakes.watcher import Watcher

SCRIPT = resources() / "demo" / "office.toml"
XA = Presence(PresenceState.XA, "", "Gone, for today")
FAST = """
name = "Fast"
pace = [0.01, 0.02]
warm_up = 10
own = "2000"
[[people]]
extension = "1"
name = "One"
group = "G"
favourite = true
habits = ["call"]
[[people]]
extension = "2"
name = "Door"
group = "G"
person = false
device = "UNAVAILABLE"
[habits.call]
steps = [{ device = "RINGING", stay = [1, 1] }, { device = "NOT_INUSE", stay = [1, 1] },
    { presence = ["away", "lunch", "Back, I think, at {in:5}"], stay = [1, 1] },
    { presence = ["available", "", ""], stay = [1, 1] }]
"""


def document(notify: Request) -> Document:
    found = parse(notify.body, notify.headers.require("Content-Type"))
    assert isinstance(found, Document)
    return found


async def watch(account: Account) -> Watcher:
    tcp = account.transport is Transport.TCP
    return await Watcher.connect(account.host, account.port, tcp=tcp, user=account.user, password=account.password)


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_everybody_can_be_watched(transport: Transport) -> None:
    async with DemoOffice(SCRIPT, transport, seed=3) as office, await watch(office.account) as watcher:
        seen = dict[str, Document]()
        for contact in office.contacts:
            assert (await watcher.subscribe(contact.address.extension)).status == 200
        while len(seen) < len(office.contacts):
            notify = await watcher.notified()
            seen.setdefault(notify.from_.sip_uri().user, document(notify))
        assert len({found.device for found in seen.values()}) >= 3
        assert len({found.presence for found in seen.values()}) >= 4
        assert not any(found.flaws for found in seen.values())
        assert {contact.address.pbx for contact in office.contacts} == {office.account.pbx}
        assert office.office.contacts == office.contacts


async def test_it_moves(tmp_path: Path) -> None:
    script = tmp_path / "office.toml"
    script.write_text(FAST, encoding="utf-8")
    async with DemoOffice(script, seed=1) as office, await watch(office.account) as watcher:
        assert [contact.favourite for contact in office.contacts] == [True, False]
        await watcher.subscribe("1")
        seen = [document(await watcher.notified()) for _ in range(12)]
        assert {found.device for found in seen} == {"ringing", "idle"}
        away = next(found for found in seen if found.presence == "away")
        assert away.message is not None
        assert away.message.startswith("Back, I think, at ")
        await watcher.subscribe("2")
        door = document(await watcher.notified())
        while door.extension != "2":
            door = document(await watcher.notified())
        assert (door.device, door.presence) == ("unavailable", "not_set")


async def test_the_user_sets_their_own_status_and_others_and_the_script_leaves_theirs_alone(tmp_path: Path) -> None:
    script = tmp_path / "office.toml"
    script.write_text(FAST.replace('own = "2000"', 'own = "1"'), encoding="utf-8")
    async with DemoOffice(script, seed=1) as office, await watch(office.account) as watcher:
        [setter] = office.office.setters
        assert (setter.own, setter.sets_others) == ("CustomPresence:1", True)
        assert setter.core is not None
        thread = LoopThread("outbox")  # as the outbox, it asks from a loop of its own
        try:
            for entity in (setter.own, "CustomPresence:2"):
                await thread.run(setter.core.write(entity, XA))
                assert await thread.run(setter.core.read(entity)) == XA
        finally:
            assert await thread.stop(5)
        await watcher.subscribe("1")
        seen = [document(await watcher.notified()) for _ in range(12)]
        assert {found.presence for found in seen} == {"xa"}
        assert len({found.device for found in seen}) == 2


async def test_a_password_is_needed_and_made_anew() -> None:
    async with DemoOffice(SCRIPT) as one:
        first = one.account
        async with await Watcher.connect(
            first.host, first.port, tcp=True, user=first.user, password="guess"
        ) as watcher:
            assert (await watcher.subscribe("2000")).status == 401
    async with DemoOffice(SCRIPT) as other:
        assert other.account.password != first.password
        assert first.password not in repr(first)


async def test_its_end_is_told_and_frees_the_port() -> None:
    office = DemoOffice(SCRIPT)
    with pytest.raises(RuntimeError, match="not been started"):
        _ = office.account
    await office.start()
    account = office.account
    async with await watch(account) as watcher:
        await watcher.subscribe("2000")
        await office.stop()
        last = await watcher.notified()
        while "active" in last.headers.require("Subscription-State"):
            last = await watcher.notified()
        assert last.headers.get("Subscription-State") == "terminated;reason=probation;retry-after=5"
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await asyncio.open_connection(account.host, account.port)
