# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`serve`, `presencestate` and `function` as their users meet them: several processes, one store, nothing lost."""

import asyncio
import os
import random
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from board.presence.console import split
from board.presence.core import PresenceCore
from board.presence.database import PRESENCE_FAMILY, Origin
from board.presence.store import Store
from tests.end2end.served import SIP_SECRET, SIP_USER, Lines, Serve, serving
from tests.fakes.watcher import Tags, Watcher
from tests.unit.presence.test_conformance import CASES

KILLS = 20
CONFIG = """
[serve]
context = "office"
[[user]]
name = "2000"
password_env = "PHONE_SECRET"
[[hint]]
extensions = "2000-2009"
[[hint]]
extensions = "_3XXX"
devices = ""
name = "Rooms"
"""


async def watcher_of(
    serve: Serve, exten: str, user: str = SIP_USER, password: str = SIP_SECRET
) -> tuple[Watcher, Tags]:
    watcher = await Watcher.connect("127.0.0.1", serve.sip, tcp=True, user=user, password=password)
    tags = Tags()
    assert (await watcher.subscribe(exten, tags=tags)).status == 200
    await watcher.notified()
    return watcher, tags


def said(done: "subprocess.CompletedProcess[bytes]") -> tuple[int, str, str]:
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# -- the commands without a serve -------------------------------------------------------------------------------------


def test_the_commands_print_what_asterisk_prints(tmp_path: Path) -> None:
    [recorded] = [case for case in CASES if case["id"] == "restart-presence"]
    alone = Serve(tmp_path)
    expected = None
    for given, result in zip(recorded["given"], recorded["expect"], strict=True):
        if given["op"] == "set_presence":
            call = f"PRESENCE_STATE({given['provider']})"
            assert said(alone.run("function", call, given["value"])) == (0, "", "")
        if given.get("command") == "presencestate list" and expected is None:
            expected = "".join(f"{line}\n" for line in result["output"])
    assert said(alone.run("presencestate", "list")) == (0, expected, "")
    for call, value in (
        ("p2,message", "Yes, no"),
        ("p2,message,e", "WWVzLCBubw=="),
        ("p1,value", "away"),
        ("p3,x", ""),
    ):
        assert said(alone.run("function", f"PRESENCE_STATE(CustomPresence:{call})")) == (0, f"{value}\n", "")


CHANGES = [
    (words, result)
    for case in CASES
    for given, result in zip(case["given"], case["expect"], strict=True)
    if given.get("command", "").startswith("presencestate change ") and len(words := split(given["command"])) == 4
]


@pytest.mark.parametrize(("words", "result"), CHANGES, ids=lambda value: value[3] if isinstance(value, list) else "")
def test_change_as_asterisk_does(words: list[str], result: dict[str, list[str]], tmp_path: Path) -> None:
    taken = result["output"][0].startswith("Changing ")
    status, out, err = said(Serve(tmp_path).run(*words))
    assert (status, out.splitlines()) == (0 if taken else 1, result["output"])
    assert [line.partition(": ")[2] for line in err.splitlines()] == [
        line.partition(": ")[2] for line in result.get("log", [])
    ] or not result.get("log")


@pytest.mark.parametrize(
    ("arguments", "status", "err"),
    [
        (["presencestate"], 2, "required"),
        (["presencestate", "nonsense"], 2, "invalid choice"),
        (["presencestate", "list", "extra"], 2, "unrecognized"),
        (["presencestate", "change", "CustomPresence:x"], 2, "required"),
        (["presencestate", "change", "CustomPresence:x", "busy"], 1, "Unknown presence state value busy"),
        (["presencestate", "change", "CustomPresence:x", "away,a,b,x"], 1, "Invalid options"),
        (["function"], 2, "required"),
        (["function", "nonsense"], 2, "is no function's call"),
        (["function", "NONSENSE(x)"], 1, "Function NONSENSE not registered"),
        (["function", "PRESENCE_STATE(Custom:x)", "away"], 1, "can only set CustomPresence"),
        (["function", "PRESENCE_STATE(NoSuch:x,value)"], 1, "No provider found for label: NoSuch"),
        (["function", "PRESENCE_STATE(CustomPresence:x)", ""], 1, "Invalid arguments"),
        (["serve", "--sip", "nonsense"], 2, "is no HOST:PORT"),
        (["serve", "--ami", "127.0.0.1:70000"], 2, "ends with no port"),
        (["serve", "--ami", "::1:5038"], 2, "is no HOST:PORT"),
    ],
)
def test_a_refusal_ends_with_1_and_a_wrong_call_with_2(
    arguments: list[str], status: int, err: str, tmp_path: Path
) -> None:
    found = said(Serve(tmp_path).run(*arguments))
    assert found[0] == status
    assert err in found[2]
    assert status == 1 or len(found[2].splitlines()) == 1
    assert "Traceback" not in found[2]


def test_a_store_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "presence.sqlite3").write_text("this is no database at all" * 100)
    alone = Serve(tmp_path)
    for command in (["presencestate", "list"], ["serve", "--ami", "127.0.0.1:0", "--sip", "127.0.0.1:0"]):
        status, _, err = said(alone.run(*command))
        assert (status, len(err.splitlines())) == (1, 1)
        assert "presence.sqlite3" in err


# -- serve: users, places, its end ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "status", "err"),
    [
        ({}, 2, "nobody may log in: set PRESENCE_BOARD_SIP or PRESENCE_BOARD_AMI"),
        ({"PRESENCE_BOARD_AMI": "hidden"}, 2, "PRESENCE_BOARD_AMI is not USER:SECRET"),
        ({"PRESENCE_BOARD_SIP": "a:hidden,b"}, 2, "PRESENCE_BOARD_SIP is not USER:SECRET"),
        ({"PRESENCE_BOARD_SIP": ":hidden"}, 2, "PRESENCE_BOARD_SIP is not USER:SECRET"),
    ],
)
def test_users_that_cannot_be_read_are_told(environment: dict[str, str], status: int, err: str, tmp_path: Path) -> None:
    none = {"PRESENCE_BOARD_AMI": "", "PRESENCE_BOARD_SIP": ""}
    found = said(Serve(tmp_path, **{**none, **environment}).run("serve"))
    assert (found[0], found[1], len(found[2].splitlines())) == (status, "", 1)
    assert err in found[2]
    assert "hidden" not in found[2]


@pytest.mark.parametrize(("shut", "line"), [("SIP", "ready sip=- ami=127"), ("AMI", "ready sip=127")])
def test_a_face_without_users_stays_shut(shut: str, line: str, tmp_path: Path) -> None:
    serve = Serve(tmp_path, **{f"PRESENCE_BOARD_{shut}": ""})
    with pytest.raises(AssertionError, match=line):
        serve.start()
    assert serve.stop() == 0
    assert f"{shut.lower()} stays shut" in serve.errors


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        for option, other in (("--sip", "--ami"), ("--ami", "--sip")):
            status, out, err = said(Serve(tmp_path).run("serve", option, place, other, "127.0.0.1:0"))
            assert (status, out) == (1, "")
            assert err == f"{option[2:].upper()} cannot listen on {place}: Address already in use; " + (
                f"choose another place with {option} HOST:PORT\n"
            )


def test_an_unknown_host_is_told(tmp_path: Path) -> None:
    status, _, err = said(Serve(tmp_path).run("serve", "--sip", "no-such-host.invalid:0", "--ami", "127.0.0.1:0"))
    assert (status, len(err.splitlines())) == (1, 1)
    assert err.startswith("SIP cannot listen on no-such-host.invalid:0: ")


async def test_the_end_is_told_to_everybody(tmp_path: Path) -> None:
    with serving(tmp_path) as serve:
        ami = await Lines.connect(serve.ami)
        await ami.ask(
            Action="DialplanExtensionAdd", Context="hints", Extension="9", Priority="hint", Application="Custom:9"
        )
        watcher, _ = await watcher_of(serve, "9")
        await ami.heard()
        stopping = asyncio.create_task(asyncio.to_thread(serve.stop))
        notify = await watcher.notified()
        assert notify.headers.require("Subscription-State").startswith("terminated")
        assert (await ami.message())[0] == ("Event", "Shutdown")
        assert await stopping == 0
        watcher.close()
        await ami.close()
    assert serve.errors == ""


async def test_the_configuration_gives_users_and_hints(tmp_path: Path) -> None:
    (tmp_path / "board.toml").write_text(CONFIG)
    with serving(tmp_path, PHONE_SECRET="phone secret") as serve:
        watcher, _ = await watcher_of(serve, "2009", "2000", "phone secret")
        room, _ = await watcher_of(serve, "3123", "2000", "phone secret")
        assert (await room.subscribe("2010")).status == 404
        ami = await Lines.connect(serve.ami)
        [state] = await ami.ask(Action="ExtensionState", Exten="3123", Context="office")
        assert ("Hint", ",CustomPresence:3123") in state
        assert said(serve.run("function", "HINT(3123@office,n)")) == (0, "Rooms\n", "")
        (tmp_path / "board.toml").write_text("[serve]\ncontext = 1\n")
        [broken] = await ami.ask(Action="Command", Command="dialplan reload")
        assert broken[0] == ("Response", "Error")
        assert "board.toml:2: serve.context" in broken[2][1]
        [state] = await ami.ask(Action="ExtensionState", Exten="2009", Context="office")
        assert ("Status", "0") in state
        for each in (watcher, room):
            each.close()
        await ami.close()


def test_a_configuration_for_serve_alone_shows_no_board(tmp_path: Path) -> None:
    (tmp_path / "board.toml").write_text(CONFIG)
    status, _, err = said(Serve(tmp_path).run("watch"))
    assert (status, len(err.splitlines())) == (2, 1)
    assert "has no [[pbx]]" in err


# -- serve and the commands together ----------------------------------------------------------------------------------


async def test_watchers_see_what_the_commands_change(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 30)  # longer than a Unix socket's address may be
    home.mkdir()
    with serving(home) as serve:
        ami = await Lines.connect(serve.ami)
        place = {"Context": "hints", "Extension": "7", "Priority": "hint", "Application": "Custom:7,CustomPresence:7"}
        await ami.ask(place, Action="DialplanExtensionAdd")
        watcher, _ = await watcher_of(serve, "7")
        await ami.heard()
        done = await asyncio.to_thread(serve.run, "presencestate", "change", "custompresence:7", "away,bHVuY2g=,,e")
        assert said(done) == (0, "Changing 7 to away\n", "")
        # As on Asterisk's own console: the name as written, the texts undecoded.
        events = await ami.heard()
        assert [(event["Event"], event["Subtype"]) for event in events] == [
            ("PresenceStateChange", "bHVuY2g="),
            ("PresenceStatus", "bHVuY2g="),
        ]
        assert events[0]["Presentity"] == "custompresence:7"
        assert b'subtype="bHVuY2g="' in (await watcher.notified()).body
        await asyncio.to_thread(serve.run, "function", "DEVICE_STATE(Custom:7)", "INUSE")
        assert b"On the phone" in (await watcher.notified()).body
        assert said(await asyncio.to_thread(serve.run, "function", "EXTENSION_STATE(7@hints)")) == (0, "INUSE\n", "")
        watcher.close()
        await ami.close()


async def test_watchers_see_what_another_process_writes(tmp_path: Path) -> None:
    with serving(tmp_path) as serve:
        ami = await Lines.connect(serve.ami)
        place = {"Context": "hints", "Extension": "8", "Priority": "hint", "Application": "Custom:8,CustomPresence:8"}
        await ami.ask(place, Action="DialplanExtensionAdd")
        watcher, _ = await watcher_of(serve, "8")
        await ami.heard()
        with Store(tmp_path / "presence.sqlite3") as store:
            PresenceCore(store).set_presence("CustomPresence:8", "dnd,,by another", Origin(0.0, "test"))
            assert b"by another" in (await watcher.notified()).body
            assert [event["Message"] for event in await ami.heard()] == ["by another"] * 2
            PresenceCore(store).set_presence("CustomPresence:8", "xa,,at once", Origin(0.0, "test"))
            assert [event["Message"] for event in await ami.heard()] == ["at once"] * 2
        watcher.close()
        await ami.close()


async def test_two_serves_share_a_store(tmp_path: Path) -> None:
    with serving(tmp_path) as first, serving(tmp_path) as second:
        one, two = await Lines.connect(first.ami), await Lines.connect(second.ami)
        await one.ask(Action="Setvar", Variable="PRESENCE_STATE(CustomPresence:8)", Value="away,from one")
        assert [event["Subtype"] for event in await two.heard()] == ["from one"]
        [state] = await two.ask(Action="PresenceState", Provider="CustomPresence:8")
        assert ("Subtype", "from one") in state
        for lines in (one, two):
            await lines.close()


@pytest.mark.parametrize("with_serve", [True, False])
async def test_many_writers_at_once_lose_nothing(with_serve: bool, tmp_path: Path) -> None:
    serve = Serve(tmp_path)
    try:
        if with_serve:
            await asyncio.to_thread(serve.start)
        calls = [(f"PRESENCE_STATE(CustomPresence:{number})", f"away,{number}") for number in range(12)]
        done = await asyncio.gather(*(asyncio.to_thread(serve.run, "function", *call) for call in calls))
        assert [said(each) for each in done] == [(0, "", "")] * len(calls)
    finally:
        serve.close()
    with Store(tmp_path / "presence.sqlite3") as store:
        assert dict(store.family(PRESENCE_FAMILY)) == {str(number): f"away,{number}" for number in range(12)}


async def test_kill_9_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance, serve, number = random.Random(3), Serve(tmp_path), 0
    acknowledged = dict[str, str]()
    for _ in range(KILLS):
        await asyncio.to_thread(serve.start)
        ami = await Lines.connect(serve.ami)
        killing = asyncio.get_running_loop().call_later(chance.uniform(0.01, 0.15), os.kill, serve.pid, signal.SIGKILL)
        try:
            while True:
                number += 1
                name, value = str(number % 50), f"away,{number}"
                [answer] = await ami.ask(
                    Action="Setvar", Variable=f"PRESENCE_STATE(CustomPresence:{name})", Value=value
                )
                assert answer[0] == ("Response", "Success")
                acknowledged[name] = value
        except (ConnectionError, ValueError):
            acknowledged.pop(str(number % 50), None)  # this one may be kept or not
        killing.cancel()
        await ami.close()
        await asyncio.to_thread(serve.close)
    assert number > 10 * KILLS
    with Store(tmp_path / "presence.sqlite3") as store:
        kept = store.family(PRESENCE_FAMILY)
        assert {name: kept.get(name) for name in acknowledged} == acknowledged
        assert len(acknowledged) > 25


def test_the_history_says_who_and_from_where(tmp_path: Path) -> None:
    serve = Serve(tmp_path)
    serve.run("function", "PRESENCE_STATE(CustomPresence:1)", "away")
    with Store(tmp_path / "presence.sqlite3") as store:
        [change] = store.history(PRESENCE_FAMILY)
    assert (change.origin.source, bool(change.origin.who)) == ("cli", True)
    assert change.value == "away"
