# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every recorded case of a real Asterisk 22.10.1, replayed on the core.

Left to the tests of the faces: what a CLI command prints, AMI's lists and its limits, and what a NOTIFY looks like.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.presence.replay import Replay

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data/asterisk-22.10.1/conformance.json").read_text(encoding="utf-8")
)
CUT_IN_HALF = {"b64-len-umlaut-130", "b64-len-umlaut-128"}
"""Asterisk cuts a character in half there; the core cuts before it."""
EVENT_UNREADABLE = {"event-newline"}
"""A newline in the message made the recorded PresenceStatus unreadable as AMI."""
NOT_CORE = {"output", "notify", "sip_response", "watchers", "messages", "raw_ami_lines"}
EVENT_FIELDS = {"event", "Presentity", "Exten", "Context", "Hint", "Status", "StatusText", "Subtype", "Message"}
EVENT_FIELDS |= {"Device", "State"}
CORE_FILES = {"func_presencestate.c", "func_devstate.c", "presencestate.c", "pbx_functions.c"}
SECOND_LINES = {"Invalid arguments to PRESENCE_STATE", "PRESENCE_STATE unknown"}
"""Asterisk logs these behind the line that says what was wrong."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_core_does_what_asterisk_did(case: dict[str, Any]) -> None:
    replay = Replay()
    for given, recorded in zip(case["given"], case["expect"], strict=True):
        result = replay.do(given)
        if result is None:
            continue
        expected = {key: value for key, value in recorded.items() if key not in NOT_CORE}
        if case["id"] in EVENT_UNREADABLE and given["op"] == "set_presence":
            readable = [row for row in result["events"] if row["event"] != "PresenceStatus"]
            assert len(readable) < len(result["events"])
            result["events"] = readable
        if case["id"] in CUT_IN_HALF:
            expected, result = whole_characters(expected), whole_characters(result)
        log = expected.pop("log", [])
        if given["op"] != "cli":
            assert core_lines(log) == {line.rstrip() for line in replay.warnings} - SECOND_LINES, given
        assert by_kind(result.pop("events", [])) == by_kind(expected.pop("events", [])), given
        assert result == expected, given


def by_kind(events: list[dict[str, Any]]) -> list[str]:
    rows = ({name: value for name, value in event.items() if name in EVENT_FIELDS} for event in events)
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def core_lines(log: list[str]) -> set[str]:
    """Return the recorded lines that are the core's; the recorder cut the blanks at their ends."""
    parts = [line.split(" ", 1)[1].partition(": ") for line in log]
    return {text.rstrip() for file, _, text in parts if file in CORE_FILES} - SECOND_LINES


def whole_characters(value: Any) -> Any:
    """Turn recorded bytes into the text of their whole characters."""
    if isinstance(value, dict):
        if set(value) == {"hex"}:
            return bytes.fromhex(value["hex"]).decode("utf-8", "ignore")
        return {key: whole_characters(each) for key, each in value.items()}
    return [whole_characters(each) for each in value] if isinstance(value, list) else value
