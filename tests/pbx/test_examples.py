# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped dialplan examples run on a real Asterisk."""

import time
from collections.abc import Callable

import pytest

from board.resources import resources
from tests.pbx.asterisk import Asterisk
from tests.pbx.fixtures import NewAsterisk

pytestmark = pytest.mark.pbx
SNIPPET = resources() / "asterisk" / "extensions-presence-examples.conf"


@pytest.fixture
def pbx(new_asterisk: NewAsterisk) -> Asterisk:
    asterisk = new_asterisk([])
    (asterisk.place.etc / "hints.conf").write_text("[hints]\n" + SNIPPET.read_text(encoding="utf-8"))
    asterisk.command("dialplan reload")
    return asterisk


def call(pbx: Asterisk, exten: str) -> None:
    where = {"Channel": f"Local/{exten}@presence-examples", "Application": "Wait", "Data": "1"}
    pbx.manager.run([{"Action": "Originate", "Async": "true", **where}])


def bob(pbx: Asterisk) -> str:
    (answer,) = pbx.manager.run([{"Action": "Getvar", "Variable": "PRESENCE_STATE(CustomPresence:Bob,value)"}])
    return answer["Value"][0]


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_hint_is_there(pbx: Asterisk) -> None:
    assert "PJSIP/bob,CustomPresence:Bob" in pbx.command("core show hint 2001").replace(" ", "")


def test_calling_78_toggles_bobs_presence(pbx: Asterisk) -> None:
    assert bob(pbx) == "not_set"
    for expected in ("available", "unavailable", "available"):
        call(pbx, "*78")
        wait_for(lambda expected=expected: bob(pbx) == expected)  # type: ignore[misc]


def test_calling_bob_asks_his_presence_first(pbx: Asterisk) -> None:
    # This Asterisk has neither a voicemail nor a phone of Bob's; it says in its log which one it looked for.
    pbx.manager.run([{"Action": "Setvar", "Variable": "PRESENCE_STATE(CustomPresence:Bob)", "Value": "dnd"}])
    call(pbx, "2001")
    wait_for(lambda: "No application 'VoiceMail' for extension (presence-examples, 2001, 3)" in pbx.log())
    assert "endpoint 'bob'" not in pbx.log()
    pbx.manager.run([{"Action": "Setvar", "Variable": "PRESENCE_STATE(CustomPresence:Bob)", "Value": "available"}])
    call(pbx, "2001")
    wait_for(lambda: "endpoint 'bob'" in pbx.log())
