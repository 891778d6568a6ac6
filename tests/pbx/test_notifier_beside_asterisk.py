# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's notifier and a real Asterisk 22 side by side: the same watchers, the same changes, the same NOTIFYs.

Mirrors Asterisk's own testsuite (channels/pjsip/subscriptions: presence_pidf, digium_presence, verify_bodies, *_repeat,
resubscribe, unsubscribe) without knowing beforehand what is right.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import pytest
from lxml import etree

from board.notifier.endpoint import Endpoint
from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.presence.core import PresenceCore
from board.presence.database import Origin
from board.presence.events import HintKey
from board.presence.hints import HintLine
from board.wire import Request
from tests.fakes.watcher import Tags, Watcher
from tests.pbx.asterisk import PASSWORD, Asterisk, device_action

pytestmark = pytest.mark.pbx

ORIGIN = Origin(0.0, "test")
QUIET = 0.15
"""Seconds without a NOTIFY after which none is expected any more: neither side says that it has nothing to say."""
EXTENSIONS = ("2030", "2031")


@dataclass(frozen=True, slots=True)
class Side:
    """One of both: where it listens and how it is driven."""

    port: int
    set_device: Callable[[str, str], None]
    set_presence: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is compared of a NOTIFY; the body as canonical XML without ports and random ids."""

    event: str
    state: str
    content_type: str
    body: str


def seen(notify: Request) -> Seen:
    root = etree.fromstring(re.sub(rb'(127\.0\.0\.1):\d+|atomid="[^"]*"', rb"\1", notify.body))
    # Which supplement of Asterisk's writes first depends on the order its modules were loaded in.
    root[:] = sorted(root, key=lambda child: (child.tag, child.get("id") or ""))
    body = etree.canonicalize(etree.tostring(root, encoding="unicode"), strip_text=True)
    field = notify.headers.require
    return Seen(field("Event"), field("Subscription-State").partition(";")[0], field("Content-Type"), body)


def theirs(asterisk: Asterisk) -> Side:
    def presence(exten: str, value: str) -> None:
        variable = f"PRESENCE_STATE(CustomPresence:{exten})"
        asterisk.manager.run([{"Action": "Setvar", "Variable": variable, "Value": value}])

    def device(exten: str, state: str) -> None:
        asterisk.manager.run([device_action(exten, state)])

    return Side(asterisk.sip_port, device, presence)


@pytest.fixture
async def sides(asterisk: Asterisk) -> AsyncIterator[tuple[Side, Side]]:
    serial, hints = count(1), [HintLine(HintKey(each, "hints"), asterisk.hints[each]) for each in EXTENSIONS]
    core = PresenceCore(hints=hints)
    notifier = Notifier(core, Settings(), {"board": PASSWORD}, lambda: f"{next(serial):016x}")
    endpoint = await Endpoint.open(notifier, core, "127.0.0.1", 0)
    ours = Side(
        endpoint.port,
        lambda exten, state: core.set_device(f"Custom:{exten}", state, ORIGIN),
        lambda exten, value: core.set_presence(f"CustomPresence:{exten}", value, ORIGIN),
    )
    rival = theirs(asterisk)
    for side in (ours, rival):
        for exten in EXTENSIONS:
            side.set_device(exten, "NOT_INUSE")
            side.set_presence(exten, "dnd,x,y")
            side.set_presence(exten, "not_set")
    yield ours, rival
    await endpoint.close()


async def heard(watcher: Watcher) -> list[Seen]:
    """Return what came until it is quiet."""
    found = list[Seen]()
    with suppress(TimeoutError):
        while True:
            found.append(seen(await asyncio.wait_for(watcher.notifies.get(), QUIET)))
    return found


Story = Callable[[Side, Watcher], Awaitable[list[object]]]


async def both(sides: tuple[Side, Side], story: Story, *, tcp: bool = False, agent: str = "Digium D60") -> None:
    """Play a story on both sides; what was seen must be the same, and not nothing."""
    found = list[list[object]]()
    for side in sides:
        async with await Watcher.connect("127.0.0.1", side.port, tcp=tcp, user="board", password=PASSWORD) as watcher:
            watcher.algorithm, watcher.agent = "MD5", agent
            found.append(await story(side, watcher))
    assert found[0] == found[1]
    assert any(found[0])


DEVICES = ("NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD")
PACKAGES = [
    ("presence", "application/pidf+xml"),
    ("presence", "application/xpidf+xml"),
    ("presence", "application/cpim-pidf+xml"),
    ("presence", None),
    ("presence", "application/xpidf+xml, application/pidf+xml"),
    ("dialog", "application/dialog-info+xml"),
    ("dialog", None),
]


@pytest.mark.parametrize(("event", "accept"), PACKAGES)
async def test_every_device_state_in_every_body(sides: tuple[Side, Side], event: str, accept: str | None) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        told = list[object]()
        for state in DEVICES:
            side.set_device("2030", state)
            tags = Tags()
            answer = await watcher.subscribe("2030", event=event, accept=accept, tags=tags)
            told += [state, answer.status, seen(await watcher.notified())]
            answer = await watcher.subscribe("2030", 0, event=event, accept=accept, tags=tags)
            told += [answer.status, seen(await watcher.notified())]
        return [*told, *await heard(watcher)]

    await both(sides, story)


VALUES = (
    "away,lunch,Back at 2",
    "xa",
    "chat,,Only a message",
    "dnd,only a subtype",
    "unavailable,a & b,<tag> \"quoted\" 'single' ]]>",
    "available,Grüße,会議 ☕ 🎉",
    "away,,Zeile eins; zwei | drei % \\ vier",
    "away,ICBwYWQ=,b25lCnR3bwl0aHJlZQ==,e",
    "not_set,gone,but with text",
    "not_set",
)


@pytest.mark.parametrize("agent", ["Digium D60", "x sangoma y", "Grandstream GXP2170"])
async def test_every_presence_as_it_changes(sides: tuple[Side, Side], agent: str) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        await watcher.subscribe("2030")
        told: list[object] = [*await heard(watcher)]
        for value in VALUES:
            side.set_presence("2030", value)
            told += [value, *await heard(watcher)]
        return told

    await both(sides, story, agent=agent)


@pytest.mark.parametrize("tcp", [False, True])
async def test_nothing_is_repeated_but_ringing(sides: tuple[Side, Side], tcp: bool) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        await watcher.subscribe("2031")
        told: list[object] = [*await heard(watcher)]
        for state in ("INUSE", "INUSE", "RINGING", "RINGING", "RINGINUSE", "UNAVAILABLE", "INVALID", "NOT_INUSE"):
            side.set_device("2031", state)
            told += [state, *await heard(watcher)]
        for value in ("away,s,m", "away,s,m", "AWAY,s,m", "away,S,m", "nonsense", "not_set", "not_set"):
            with suppress(Exception):  # a refusal
                side.set_presence("2031", value)
            told += [value, *await heard(watcher)]
        return told

    await both(sides, story, tcp=tcp)


async def test_a_refresh_repeats_and_an_end_ends(sides: tuple[Side, Side]) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        tags = Tags()
        side.set_device("2030", "ONHOLD")
        told: list[object] = [(await watcher.subscribe("2030", tags=tags)).status, *await heard(watcher)]
        side.set_presence("2030", "away,s,m")
        told += await heard(watcher)
        told += [(await watcher.subscribe("2030", tags=tags)).status, *await heard(watcher)]
        told += [(await watcher.subscribe("2030", 0, tags=tags)).status, *await heard(watcher)]
        side.set_presence("2030", "dnd")
        return [*told, *await heard(watcher)]

    await both(sides, story)


@pytest.mark.parametrize(
    ("exten", "event", "accept"),
    [
        ("2999", "presence", "application/pidf+xml"),
        ("2030", "message-waiting", "application/pidf+xml"),
        ("2030", None, "application/pidf+xml"),
        ("2030", "presence", "text/plain"),
        ("2030", "Presence", "application/pidf+xml"),
        ("2030", "presence", "application/watcherinfo+xml"),
    ],
)
async def test_what_is_refused(sides: tuple[Side, Side], exten: str, event: str | None, accept: str | None) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        return [(await watcher.subscribe(exten, event=event, accept=accept)).status, *await heard(watcher)]

    await both(sides, story)


async def test_it_runs_out_alike(sides: tuple[Side, Side]) -> None:
    async def story(side: Side, watcher: Watcher) -> list[object]:
        answer = await watcher.subscribe("2030", 2)
        first = seen(await watcher.notified())
        return [answer.headers.get("Expires"), first, seen(await watcher.notified())]

    await both(sides, story)
