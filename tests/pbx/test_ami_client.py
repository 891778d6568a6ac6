# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The AMI client against a real Asterisk: in, out, refused, cut off; and our server says what Asterisk says."""

import asyncio
import re

import pytest

from board.ami.client import AmiClient, LinkState, LostError, Timing
from board.ami.client_session import Credentials
from board.ami.messages import Action, Event
from tests.fakes.ami_office import SECRET, USER, ami_office
from tests.pbx.asterisk import Asterisk
from tests.pbx.fixtures import NewAsterisk

pytestmark = pytest.mark.pbx

QUICK = Timing(connect=5.0, answer=10.0, ping=2.0, pause_first=0.05, pause_most=0.2)
DEADLINE = 30.0
EXTEN = "2049"


class Heard:
    """A client and what it told."""

    def __init__(self, port: int, user: str = "admin", secret: str = "secret") -> None:
        self.events = asyncio.Queue[Event]()
        self.states = asyncio.Queue[tuple[LinkState, str]]()
        self.client = AmiClient(
            "127.0.0.1",
            port,
            Credentials(user, secret),
            self.events.put_nowait,
            lambda state, reason: self.states.put_nowait((state, reason)),
            QUICK,
        )
        self.client.start()

    async def until(self, state: LinkState) -> str:
        async with asyncio.timeout(DEADLINE):
            while True:
                found, reason = await self.states.get()
                if found is state:
                    return reason

    async def event(self, name: str) -> Event:
        async with asyncio.timeout(DEADLINE):
            while True:
                event = await self.events.get()
                if event.name == name:
                    return event


async def test_it_sets_and_hears_a_presence(asterisk: Asterisk) -> None:
    heard = Heard(asterisk.ami_port)
    await heard.until(LinkState.READY)
    setting = {"Variable": f"PRESENCE_STATE(CustomPresence:{EXTEN})", "Value": 'xa,Zoë,say "hi"'}
    assert (await heard.client.act("Setvar", **setting)).accepted
    change = await heard.event("PresenceStateChange")
    assert (change.get("Status"), change.get("Subtype"), change.get("Message")) == ("xa", "Zoë", 'say \\"hi\\"')
    listing = await heard.client.ask(Action("PresenceStateList"))
    assert [item for item in listing.items if item.get("Presentity") == f"CustomPresence:{EXTEN}"]
    output = (await heard.client.act("Command", Command=f"core show hint {EXTEN}")).output
    assert "Presence:xa" in output[0]
    assert (await heard.client.act("Setvar", Variable=setting["Variable"], Value="not_set")).accepted
    await heard.client.close()


async def test_a_refused_login_is_told_once(asterisk: Asterisk) -> None:
    heard = Heard(asterisk.ami_port, secret="wrong")
    assert await heard.until(LinkState.REFUSED) == "the PBX refused the manager user 'admin': Authentication failed"
    await heard.client.close()


async def test_it_comes_back_after_a_kill(new_asterisk: NewAsterisk) -> None:
    asterisk = await asyncio.to_thread(new_asterisk, [2000])
    heard = Heard(asterisk.ami_port)
    await heard.until(LinkState.READY)
    await asyncio.to_thread(asterisk.kill)
    assert await heard.until(LinkState.AWAY)
    with pytest.raises(LostError):
        await heard.client.act("Setvar", Variable="PRESENCE_STATE(CustomPresence:2000)", Value="dnd,stale")
    await asyncio.to_thread(asterisk.start)
    await heard.until(LinkState.READY)
    answer = await heard.client.act("Getvar", Variable="PRESENCE_STATE(CustomPresence:2000,value)")
    assert answer.get("Value") == "not_set"
    await heard.client.close()


PLACE = {"Context": "hints", "Extension": "7001", "Priority": "hint"}
ADDED = {**PLACE, "Application": "Custom:7001,CustomPresence:7001"}
ASKED: list[tuple[str, dict[str, str]]] = [
    ("Nonsense", {}),
    ("Events", {}),
    *(("Events", {"EventMask": mask}) for mask in ("off", "bogus", "call", "system,user", "on", "1", "2", "-1", "ca")),
    ("Getvar", {}),
    ("Getvar", {"Variable": "NOSUCH(x)"}),
    ("Getvar", {"Variable": "PRESENCE_STATE(x"}),
    ("Getvar", {"Channel": "x", "Variable": "X"}),
    ("Setvar", {}),
    ("Setvar", {"Channel": "x", "Variable": "X", "Value": "y"}),
    ("Setvar", {"Variable": "NOSUCH(x)", "Value": "y"}),
    ("Setvar", {"Variable": "HINT(7001@hints)", "Value": "y"}),
    ("PresenceState", {}),
    ("PresenceState", {"Provider": "CustomPresence:never"}),
    ("ExtensionState", {}),
    ("ExtensionState", {"Exten": "9999"}),
    ("DialplanExtensionAdd", {}),
    ("DialplanExtensionAdd", PLACE),
    ("DialplanExtensionAdd", {**ADDED, "Priority": "x"}),
    ("DialplanExtensionAdd", ADDED),
    ("DialplanExtensionAdd", ADDED),
    ("DialplanExtensionAdd", {**ADDED, "Replace": "yes"}),
    ("ExtensionState", {"Exten": "7001", "Context": "hints"}),
    ("DialplanExtensionRemove", {}),
    ("DialplanExtensionRemove", {**PLACE, "Priority": "bogus"}),
    ("DialplanExtensionRemove", PLACE),
    ("DialplanExtensionRemove", PLACE),
    ("Command", {}),
    *(
        ("Command", {"Command": command})
        for command in (
            "nonsense",
            "presencestate",
            "pres list",
            "presencestate list; core stop now",
            "presencestate list extra",
            "presencestate change",
            "presencestate change SIP/x away",
            "devstate list extra",
            "devstate change SIP/x INUSE",
            "devstate change Custom:x UNKNOWN",
            "database show a b c",
            "database show nofamily",
            "database del CustomPresence nokey",
            "database put CustomPresence",
            "core show hint",
            "core show hint nohint",
            "CORE show hint nohint extra",
        )
    ),
    ("Challenge", {}),
    ("Login", {}),
    ("Logoff", {}),
]


async def test_our_server_answers_as_asterisk_does(asterisk: Asterisk) -> None:
    theirs = Heard(asterisk.ami_port)
    async with ami_office() as office:
        ours = Heard(office.port, USER, SECRET)
        await theirs.until(LinkState.READY)
        await ours.until(LinkState.READY)
        for name, fields in ASKED:
            answers = [await heard.client.ask(Action(name, tuple(fields.items()))) for heard in (ours, theirs)]
            mine, recorded = (
                [(field, value) for field, value in answer.response.fields if field != "ActionID"] for answer in answers
            )
            assert (answers[0].response.name, mine) == (answers[1].response.name, recorded), (name, fields)
        await ours.client.close()
    await theirs.client.close()


async def test_both_look_like_the_same_asterisk(asterisk: Asterisk) -> None:
    theirs = Heard(asterisk.ami_port)
    async with ami_office() as office:
        ours = Heard(office.port, USER, SECRET)
        await theirs.until(LinkState.READY)
        await ours.until(LinkState.READY)
        for name in ("CoreSettings", "CoreStatus", "Ping"):
            mine, recorded = [await heard.client.act(name) for heard in (ours, theirs)]
            assert [field for field, _ in mine.fields] == [field for field, _ in recorded.fields]
        booted = [(await heard.event("FullyBooted")).fields for heard in (ours, theirs)]
        assert [[field for field, _ in fields] for fields in booted] == [
            ["Privilege", "Uptime", "LastReload", "Status"]
        ] * 2
        for heard in (ours, theirs):
            version = (await heard.client.act("Command", Command="core show version")).output[0]
            assert re.match(r"Asterisk 22\.", version)
        await ours.client.close()
    await theirs.client.close()
