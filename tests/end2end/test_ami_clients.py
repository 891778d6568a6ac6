# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two clients of other makers on the AMI port of a running serve: panoramisk and py-asterisk."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import panoramisk
import pytest
from Asterisk.Manager import ActionFailed, AuthenticationFailure
from Asterisk.Manager import Manager as PyAsterisk

from tests.end2end.served import AMI_SECRET, AMI_USER, WAIT, Serve, serving

BOB = "PRESENCE_STATE(CustomPresence:bob)"
HINT = {"Context": "hints", "Extension": "bob", "Priority": "hint", "Application": "Custom:bob,CustomPresence:bob"}


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    with serving(tmp_path_factory.mktemp("serve")) as running:
        yield running


async def test_panoramisk_sets_lists_and_hears(serve: Serve) -> None:
    events = asyncio.Queue[Any]()
    manager = panoramisk.Manager(
        loop=asyncio.get_running_loop(), host="127.0.0.1", port=serve.ami, username=AMI_USER, secret=AMI_SECRET
    )
    booted = asyncio.Event()
    manager.register_event("FullyBooted", lambda *_: booted.set())
    manager.register_event("Presence*", lambda _, message: events.put_nowait(message))
    await manager.connect()
    await asyncio.wait_for(booted.wait(), WAIT)
    assert manager.authenticated
    added = await manager.send_action({"Action": "DialplanExtensionAdd", **HINT})
    assert added.message == "Added requested extension"
    answer = await manager.send_action({"Action": "Setvar", "Variable": BOB, "Value": "away,lunch,Grüße"})
    assert answer.success
    change = await asyncio.wait_for(events.get(), WAIT)
    assert (change.event, change.presentity, change.status) == ("PresenceStateChange", "CustomPresence:bob", "away")
    status = await asyncio.wait_for(events.get(), WAIT)
    assert (status.event, status.exten, status.message) == ("PresenceStatus", "bob", "Grüße")
    [start, *items, end] = await manager.send_action({"Action": "PresenceStateList"})
    assert (start.eventlist, end.listitems) == ("start", str(len(items)))
    assert "CustomPresence:bob" in [item.presentity for item in items]
    listed = await manager.send_command("presencestate list")
    assert "--- Name: 'CustomPresence:bob'" in listed.output
    refused = await manager.send_action({"Action": "Setvar", "Variable": BOB, "Value": "busy"})
    assert not refused.success
    pong = await manager.send_action({"Action": "Ping"})
    assert pong.ping == "Pong"
    manager.close()
    await asyncio.sleep(0)


async def test_panoramisk_is_told_a_wrong_secret(serve: Serve) -> None:
    manager = panoramisk.Manager(
        loop=asyncio.get_running_loop(), host="127.0.0.1", port=serve.ami, username=AMI_USER, secret="wrong"
    )
    await manager.connect()
    await asyncio.sleep(0)
    answer = await asyncio.wait_for(manager.authenticated_future, WAIT)
    assert (answer.response, answer.message) == ("Error", "Authentication failed")
    manager.close()
    await asyncio.sleep(0)


def test_py_asterisk_sets_reads_and_hears(serve: Serve, tmp_path: Path) -> None:
    manager = PyAsterisk(("127.0.0.1", serve.ami), AMI_USER, AMI_SECRET, timeout=WAIT)
    heard = list[Any]()
    manager.events.subscribe("PresenceStateChange", lambda _, event: heard.append(event))
    manager.Setvar(None, "PRESENCE_STATE(CustomPresence:eve)", "dnd,,do not, e")
    manager.Setvar(None, "PRESENCE_STATE(CustomPresence:eve)", "xa,home,Zoë")
    assert manager.Getvar(None, "PRESENCE_STATE(CustomPresence:eve,message)") == "Zoë"
    assert [event.Status for event in heard] == ["dnd", "xa"]
    with pytest.raises(ActionFailed):
        manager.Setvar(None, "PRESENCE_STATE(CustomPresence:eve)", "busy")
    manager.Ping()
    manager.Events("off")
    manager.close()
    manager.sock.close()


def test_py_asterisk_is_told_a_wrong_secret(serve: Serve) -> None:
    with pytest.raises(AuthenticationFailure) as refused:
        PyAsterisk(("127.0.0.1", serve.ami), AMI_USER, "wrong", timeout=WAIT)
    refused.traceback[-1].frame.f_locals["self"].sock.close()
    refused.traceback[-1].frame.f_locals["self"].file.close()
