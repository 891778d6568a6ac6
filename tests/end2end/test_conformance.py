# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every recorded case of a real Asterisk 22.10.1, on the AMI, SIP and command-line faces of a running `serve`.

What Asterisk did from its dialplan is done with `presence-board function` here, since there is no dialplan.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end2end.served import SIP_SECRET, SIP_USER, Lines, Serve
from tests.fakes.watcher import Tags, Watcher
from tests.unit.notifier.test_conformance import notify_seen
from tests.unit.presence.test_conformance import CASES, CUT_IN_HALF, EVENT_UNREADABLE, by_kind, whole_characters

SET_ASIDE = {
    "device-read-5": "asks for PJSIP/phone1, a phone of the recorded Asterisk: serve has no channel technologies",
    "device-read-6": "asks for PJSIP/board, an endpoint of the recorded Asterisk",
    "hint-form-14": "a hint of PJSIP/phone1, which was there and free",
}
"""Cases that are not held here, and why."""
ELSEWHERE = {"log", "next_step_ran", "raw_ami_lines"}
"""What the warnings say is compared on the core; the rest is no result of a face, or the forged lines themselves."""

Result = dict[str, Any]


class Faces:
    """One running serve, driven like the Asterisk of the recording: one method an operation of conformance.json."""

    def __init__(self, serve: Serve, ami: Lines) -> None:
        self.serve = serve
        self.ami = ami
        self.watcher: Watcher | None = None
        self.dialogs = dict[str, Tags]()
        self.lengths = dict[str, str]()

    async def do(self, given: dict[str, Any]) -> Result:
        """Do one operation; return what came of it, events and NOTIFYs included."""
        arguments = {key: value for key, value in given.items() if key != "op"}
        result: Result = await getattr(self, f"_{given['op']}")(**arguments)
        result["events"] = [_event(event) for event in await self.ami.heard()]
        if self.watcher is not None:
            result["notify"] = result.get("notify", []) + await self._notified()
        return result

    async def close(self) -> None:
        if self.watcher is not None:
            for exten, tags in self.dialogs.items():
                await self.watcher.subscribe(exten, 0, tags=tags)
            self.watcher.close()
            self.watcher = None

    # -- AMI ----------------------------------------------------------------------------------------------------------

    async def _answer(self, **action: str) -> Result:
        [fields] = await self.ami.ask(action)
        return {name.lower(): value for name, value in reversed(fields)}

    async def _set_presence(self, provider: str, value: str, via: str = "ami") -> Result:
        if via == "dialplan":
            return await self._function(f"PRESENCE_STATE({provider})", value)
        return await self._answer(Action="Setvar", Variable=f"PRESENCE_STATE({provider})", Value=value)

    async def _set_device(self, device: str, state: str) -> Result:
        return await self._answer(Action="Setvar", Variable=f"DEVICE_STATE({device})", Value=state)

    async def _get_presence(self, provider: str, field: str | None = None, options: str | None = None) -> Result:
        arguments = ",".join(part for part in (provider, field, options) if part is not None)
        return await self._get_function(f"PRESENCE_STATE({arguments})")

    async def _get_function(self, function: str) -> Result:
        if function in self.lengths:
            return {"response": "Success", "value": self.lengths[function]}
        answer = await self._answer(Action="Getvar", Variable=function)
        return {"response": answer["response"], "value": _text(answer["value"])}

    async def _get_device(self, device: str) -> Result:
        return {"value": (await self._get_function(f"DEVICE_STATE({device})"))["value"]}

    async def _add_hint(
        self, exten: str, hint: str, context: str = "hints", *, replace: bool = False, name: str = ""
    ) -> Result:
        place = {"Context": context, "Extension": exten, "Priority": "hint", "Application": hint}
        more = {"Replace": "yes"} if replace else {}
        return await self._answer(Action="DialplanExtensionAdd", **place, **more, ApplicationData=name)

    async def _remove_hint(self, exten: str, context: str = "hints") -> Result:
        place = {"Context": context, "Extension": exten, "Priority": "hint"}
        return await self._answer(Action="DialplanExtensionRemove", **place)

    async def _extension_state(self, exten: str | None = None, context: str | None = "hints") -> Result:
        where = {name: value for name, value in (("Exten", exten), ("Context", context)) if value is not None}
        found = await self._answer(Action="ExtensionState", **where)
        if found["response"] == "Error":
            return found
        return {"hint": found["hint"], "status": int(found["status"]), "text": found["statustext"]}

    async def _show_hint(self, exten: str, context: str = "hints") -> Result:
        for line in (await self._cli(f"core show hint {exten}"))["output"]:
            found = re.fullmatch(r"(\S+)@(\S+) +: .*State:(\S+) +Presence:(\S*) +Watchers +(\d+)", line)
            if found and found.group(1, 2) == (exten, context):
                return {"state": found[3], "presence": found[4], "watchers": int(found[5])}
        return {"line": None}

    async def _cli(self, command: str) -> Result:
        [fields] = await self.ami.ask(Action="Command", Command=command)
        return {"output": [value for name, value in fields if name == "Output"]}

    async def _ami(self, action: dict[str, str]) -> Result:
        [fields] = await self.ami.ask(action)
        return {"fields": [[name, _text(value)] for name, value in fields]}

    async def _ami_list(self, action: dict[str, str], until: str, select: list[str] | None = None) -> Result:
        messages = await self.ami.ask(action, until)
        return {"messages": [[[name, _text(value)] for name, value in message] for message in messages]}

    # -- the dialplan -------------------------------------------------------------------------------------------------

    async def _function(self, call: str, value: str | None = None) -> Result:
        arguments = [call] if value is None else [call, value]
        done = await asyncio.to_thread(self.serve.run, "function", *arguments)
        return {"value": done.stdout.removesuffix(b"\n")}

    async def _dialplan(self, app: str, data: str) -> Result:
        if length := re.fullmatch(r"GLOBAL\((\w+)\)=\$\{LEN\(\$\{(.*)\}\)\}", data):
            self.lengths[length[1]] = str(len((await self._function(length[2]))["value"]))
            return {}
        for step in data.split(",") if app == "MSet" else [data]:
            call, equals, value = step.partition("=")
            if equals:
                await self._function(call, value)
        return {}

    async def _hints_file(self, lines: list[str]) -> Result:
        parts = [line.removeprefix("exten => ").split(",", 2) for line in lines]
        write_hints(self.serve.home, [(exten, text) for exten, _, text in parts])
        return {}

    async def _dialplan_reload(self) -> Result:
        assert (await self._cli("dialplan reload"))["output"] == ["Dialplan reloaded."]
        return {}

    async def _restart(self) -> Result:
        await self.ami.close()
        await asyncio.to_thread(self.serve.stop)
        await asyncio.to_thread(self.serve.start)
        self.ami = await Lines.connect(self.serve.ami)
        return {}

    async def _fresh_start(self) -> Result:
        return {}

    # -- SIP ----------------------------------------------------------------------------------------------------------

    async def _watch(self, exten: str, context: str = "hints", user_agent: str = "Digium D60") -> Result:
        if self.watcher is None:
            self.watcher = await Watcher.connect(
                "127.0.0.1", self.serve.sip, tcp=False, user=SIP_USER, password=SIP_SECRET
            )
        self.watcher.agent = user_agent
        tags = self.dialogs.setdefault(exten, Tags())
        response = await self.watcher.subscribe(exten, 600, tags=tags)
        return {"sip_response": response.status, "notify": await self._notified()}

    async def _refresh(self, exten: str) -> Result:
        return await self._watch(exten)

    async def _unwatch(self, exten: str) -> Result:
        assert self.watcher is not None
        response = await self.watcher.subscribe(exten, 0, tags=self.dialogs.pop(exten))
        return {"sip_response": response.status, "notify": await self._notified()}

    async def _notified(self) -> list[dict[str, Any]]:
        """Return the NOTIFYs up to now: those before an answer that was asked for after all the others came."""
        assert self.watcher is not None
        found, quiet = [], 0
        while quiet < 2:
            await self.watcher.ask(self.watcher.request("OPTIONS", "none", [], Tags(), 1))
            quiet = quiet + 1 if self.watcher.notifies.empty() else 0
            while not self.watcher.notifies.empty():
                found.append(notify_seen(self.watcher.notifies.get_nowait()))
        return found


def write_hints(home: Path, hints: list[tuple[str, str]]) -> None:
    """Write a configuration with these hints: extension and text."""
    sections = ["[serve]"]
    for exten, text in hints:
        devices, _, presence = text.rpartition(",")
        values = {"extensions": exten, "devices": devices, "presence": presence}
        sections += ["[[hint]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    (home / "board.toml").write_text("\n".join(sections) + "\n")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """One serve for all cases that do not begin with a fresh one."""
    serve = Serve(tmp_path_factory.mktemp("serve"))
    write_hints(serve.home, [])
    try:
        serve.start()
        yield serve
    finally:
        serve.close()


@asynccontextmanager
async def faces(case: dict[str, Any], shared: Serve, home: Path) -> AsyncIterator[Faces]:
    operations = {given["op"] for given in case["given"]}
    serve = Serve(home) if "fresh_start" in operations else shared
    if serve is not shared:
        write_hints(home, [])
        await asyncio.to_thread(serve.start)
    found = Faces(serve, await Lines.connect(serve.ami))
    try:
        yield found
    finally:
        await found.close()
        if serve is not shared:
            serve.close()
        elif "hints_file" in operations:
            await found.do({"op": "hints_file", "lines": []})
            await found.do({"op": "dialplan_reload"})
        await found.ami.close()


@pytest.mark.parametrize("case", [case for case in CASES if case["id"] not in SET_ASIDE], ids=lambda case: case["id"])
async def test_serve_does_what_asterisk_did(case: dict[str, Any], shared: Serve, tmp_path: Path) -> None:
    async with faces(case, shared, tmp_path) as serve:
        for given, recorded in zip(case["given"], case["expect"], strict=True):
            result = await serve.do(given)
            expected = {key: value for key, value in recorded.items() if key not in ELSEWHERE}
            if case["id"] in CUT_IN_HALF:
                expected, result = whole_characters(expected), whole_characters(result)
            told = expected.pop("events", [])
            heard = result.pop("events")
            if case["id"] in EVENT_UNREADABLE:
                heard = [event for event in heard if event["event"] != "PresenceStatus"]
            assert by_kind(heard) == by_kind(told), given
            for part in expected:
                compare = _COMPARED.get(part, _equal)
                compare(result[part], expected[part], given)


def _equal(ours: Any, theirs: Any, given: dict[str, Any]) -> None:
    assert ours == theirs, given


def _outputs(ours: list[str], theirs: list[str], given: dict[str, Any]) -> None:
    # Asterisk keeps hints in a hash table; ours stand in the order of making.
    assert sorted(ours) == sorted(theirs), given


def _notifies(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], given: dict[str, Any]) -> None:
    for mine, recorded in zip(ours, theirs, strict=True):
        expected = {key: value for key, value in recorded.items() if key != "well_formed"}
        if recorded.get("well_formed", True):
            assert mine == {"digium_presence": None, **expected}, given
        else:  # Asterisk's body for an unknown provider is no XML; ours is, without a digium tuple
            assert expected.items() <= mine.items(), given


def _messages(ours: list[list[list[Any]]], theirs: list[list[list[Any]]], given: dict[str, Any]) -> None:
    """Compare the head, the chosen items in any order, and the end; counts only where nothing was left out."""
    select = given.get("select", [])

    def chosen(message: list[list[Any]]) -> bool:
        return not select or any(word in json.dumps(message) for word in select if word != "ListItems")

    def items(messages: list[list[list[Any]]]) -> list[str]:
        return sorted(json.dumps(message) for message in messages[1:-1] if chosen(message))

    assert ours[0] == theirs[0], given
    assert items(ours) == items(theirs), given
    last = slice(None, -1) if select else slice(None)
    assert ours[-1][last] == theirs[-1][last], given
    assert ours[-1][-1] == ["ListItems", str(len(ours) - 2)], given


_COMPARED: dict[str, Callable[[Any, Any, dict[str, Any]], None]] = {
    "output": _outputs,
    "notify": _notifies,
    "messages": _messages,
}


def _event(fields: dict[str, str]) -> dict[str, Any]:
    return {"event": fields["Event"], **{name: _text(value) for name, value in fields.items() if name != "Event"}}


def _text(text: str) -> Any:
    try:
        text.encode()
    except UnicodeEncodeError:
        return {"hex": text.encode("utf-8", "surrogateescape").hex()}
    return text


def test_only_known_cases_are_set_aside() -> None:
    assert set(SET_ASIDE) <= {case["id"] for case in CASES}
    assert len(CASES) == 399
