# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The NOTIFYs of the recorded cases of a real Asterisk 22.10.1, sent by the notifier over a replayed core."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from board.notifier.notifier import Notifier
from board.notifier.settings import Settings
from board.wire import Request, Response
from tests.unit.notifier.desk import WATCHER, Desk
from tests.unit.presence.replay import Replay, Result

CASES: list[dict[str, Any]] = [
    case
    for case in json.loads(
        (Path(__file__).parents[2] / "data/asterisk-22.10.1/conformance.json").read_text(encoding="utf-8")
    )
    if any(given["op"] == "watch" for given in case["given"])
]
PIDF = "{urn:ietf:params:xml:ns:pidf}"
ACTIVITIES = ".//{urn:ietf:params:xml:ns:pidf:rpid}activities"


class Watched(Replay):
    """A replay with a watcher that answers every NOTIFY."""

    def start(self) -> None:
        super().start()
        serial = count(1)
        self.desk = Desk()
        self.desk.core = self.core
        self.desk.notifier = Notifier(self.core, Settings(), None, lambda: f"{next(serial):016x}")
        self.dialogs = dict[str, tuple[str, int]]()

    def do(self, given: dict[str, Any]) -> Result:
        """Do one operation; add the NOTIFYs that it makes."""
        result = super().do(given)
        if result is not None and "notify" not in result and self.dialogs:
            result["notify"] = self._notified(self.desk.sent())
        return result

    def _watch(self, exten: str, context: str = "hints", user_agent: str = "Digium D60") -> Result:
        return self._subscribe(exten, 600, user_agent=user_agent)

    def _refresh(self, exten: str) -> Result:
        return self._subscribe(exten, 600)

    def _unwatch(self, exten: str) -> Result:
        return self._subscribe(exten, 0)

    def _subscribe(self, exten: str, expires: int, user_agent: str = "Digium D60") -> Result:
        tag, cseq = self.dialogs.get(exten, ("", 0))
        request = self.desk.subscribe(
            exten, call=exten, cseq=cseq + 1, to_tag=tag, Expires=str(expires), User_Agent=user_agent
        )
        answer, *rest = self.desk.send(request)
        assert isinstance(answer, Response)
        if answer.status == 200:
            self.dialogs[exten] = (answer.to.tag, cseq + 1)
        told = {"events": self._told()} if self.events else {}
        return {"sip_response": answer.status, "notify": self._notified(rest), **told}

    def _show_hint(self, exten: str, context: str = "hints") -> Result:
        result = super()._show_hint(exten, context)
        hints = [hint for hint in self.core.extensions if hint.key.exten == exten]
        watchers = {"watchers": self.desk.notifier.watchers.of(hints[0].key)} if hints else {}
        return {**(result or {}), **watchers}

    def _notified(self, messages: list[Request | Response]) -> list[dict[str, Any]]:
        found = []
        for message in messages:
            assert isinstance(message, Request)
            found.append(notify_seen(message))
            self.desk.notifier.receive(Response.to_request(message, 200, "OK").encode(), WATCHER, self.desk.now)
        return found


def notify_seen(notify: Request) -> dict[str, Any]:
    root = etree.fromstring(notify.body)
    digium = root.find(f".//{PIDF}digium_presence")
    texts = (
        {"type": digium.get("type"), "subtype": digium.get("subtype"), "text": digium.text}
        if digium is not None
        else None
    )
    activities = root.find(ACTIVITIES)
    return {
        "exten": notify.from_.sip_uri().user,
        "subscription_state": notify.headers.require("Subscription-State").partition(";")[0],
        "note": root.findtext(f"{PIDF}note"),
        "basic": root.findtext(f".//{PIDF}basic"),
        "digium_presence": texts,
        "activities": [etree.QName(each).localname for each in activities] if activities is not None else [],
    }


def of_the_face(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key in ("sip_response", "notify", "watchers")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_watchers_are_told_what_asterisk_told_them(case: dict[str, Any]) -> None:
    replay = Watched()
    for given, recorded in zip(case["given"], case["expect"], strict=True):
        result = replay.do(given)
        if result is None:
            continue
        seen, expected = of_the_face(result), of_the_face(recorded)
        for ours, theirs in zip(seen.pop("notify", []), expected.pop("notify", []), strict=True):
            if theirs.pop("well_formed", True):
                assert ours == {"digium_presence": None, **theirs}, given
            else:  # Asterisk's body for an unknown provider is no XML; ours is, without a digium tuple
                assert ours["digium_presence"] is None
                assert theirs.items() <= ours.items(), given
        assert seen == expected, given
