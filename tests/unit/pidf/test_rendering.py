# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `parse --json` and `parse` show of a document and of a list."""

import json

import pytest

from board.pidf import parse
from board.pidf.as_json import as_json
from board.pidf.as_text import as_text
from board.pidf.document import Document, Resource, ResourceList
from board.states import DeviceState
from tests.captures import CHAN_PJSIP, CHAN_SIP, capture, load_captures

KEYS = [
    "entity",
    "content_type",
    "extension",
    "device",
    "presence",
    "subtype",
    "message",
    "basic",
    "note",
    "activities",
    "contact",
    "timestamp",
]


def read(server: str, case: str) -> Document | ResourceList:
    one = capture(server, case)
    return parse(one.body, one.content_type)


def test_json_of_a_document() -> None:
    shown = as_json(read(CHAN_PJSIP, "dev-onhold-pres-away-lunch"))
    assert list(shown) == KEYS
    assert shown == {
        "entity": "sip:2031@127.0.0.1:5160",
        "content_type": "application/pidf+xml",
        "extension": "2031",
        "device": "on_hold",
        "presence": "away",
        "subtype": "lunch",
        "message": "Back at 2 pm",
        "basic": "open",
        "note": "On hold",
        "activities": ["on-the-phone"],
        "contact": "sip:board@127.0.0.1",
        "timestamp": None,
    }


def test_json_of_a_document_that_says_nothing() -> None:
    shown = as_json(Document(""))
    assert shown["device"] == "unknown"
    assert shown["presence"] is None
    assert shown["activities"] == []


def test_json_of_a_list() -> None:
    shown = as_json(read(CHAN_PJSIP, "list-display-names"))
    assert list(shown) == [*KEYS, "resources"]
    assert (shown["extension"], shown["device"]) == ("teamnames", "unknown")
    resources = shown["resources"]
    assert isinstance(resources, list)
    first = resources[0]
    assert isinstance(first, dict)
    assert list(first) == [*KEYS, "uri", "name", "state", "reason"]
    assert (first["name"], first["device"], first["message"]) == ("Zoë & Co", "unavailable", "Four")


def test_json_of_a_resource_without_instance() -> None:
    read = ResourceList("multipart/related", "sip:t@h", 0, True, (Resource("sip:1@h", None, None, None, None),))
    resources = as_json(read)["resources"]
    assert isinstance(resources, list)
    assert isinstance(resources[0], dict)
    assert (resources[0]["extension"], resources[0]["device"], resources[0]["state"]) == ("1", "unknown", None)


def test_every_capture_can_be_shown() -> None:
    for one in load_captures():
        shown = parse(one.body, one.content_type)
        assert json.loads(json.dumps(as_json(shown))) == as_json(shown)
        assert as_text(shown).isprintable() or "\n" in as_text(shown)


def test_text_of_a_document() -> None:
    assert as_text(read(CHAN_SIP, "dev-unavailable-pres-dnd")).splitlines() == [
        "extension   2020",
        "device      unavailable",
        "presence    dnd",
        "message     Do not disturb",
        "note        Not online",
        "basic       closed",
        "activities  away",
        "entity      sip:board@127.0.0.1",
        "contact     sip:2020@127.0.0.1",
        "type        application/pidf+xml",
    ]


def test_text_of_a_list() -> None:
    lines = as_text(read(CHAN_PJSIP, "list-partial-presence")).splitlines()
    assert lines[:8] == [
        "list        sip:team@127.0.0.1:5160",
        "version     1, partial state",
        "type        multipart/related",
        "",
        "resource    sip:L2@127.0.0.1:5160",
        "name        L2",
        "state       active",
        "  extension   L2",
    ]


def test_text_says_why_a_resource_ended_and_what_was_broken() -> None:
    gone = Resource("sip:1@h", None, "terminated", "noresource", None)
    lines = as_text(ResourceList("multipart/related", "sip:t@h", 0, True, (gone,), ("bad part",))).splitlines()
    assert "flaw        bad part" in lines
    assert lines[-1] == "state       terminated (noresource)"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("two\nlines\r", r"two\nlines\r"),
        ("a\u202eb\u2028", r"a\u202eb\u2028"),
        ("Zoë 👩‍💻 會議", "Zoë 👩‍💻 會議"),
    ],
)
def test_text_cannot_drive_a_terminal(message: str, shown: str) -> None:
    text = as_text(Document("", device=DeviceState.IDLE, message=message))
    assert f"message     {shown}" in text.split("\n")
