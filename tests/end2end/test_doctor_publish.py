# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`presence-board doctor` on a real Kamailio to which a status is published: wrong in each way, and well."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end2end.program import Line
from tests.end2end.published import NOBODY, Publisher, until_shown
from tests.end2end.statuses import end
from tests.end2end.windows import running_window
from tests.pbx.asterisk import Change
from tests.pbx.fixtures import NewKamailio
from tests.pbx.kamailio import Kamailio

SNIPPET = "presence-board.cfg"
FORCED = 'modparam("presence_xml", "force_active", 1)'
RULED = 'modparam("presence_xml", "integrated_xcap_server", 1)'
"""As where an XCAP server keeps everybody's rules, and has none yet: nobody is allowed to watch."""


def examined(person: Publisher, *options: str) -> tuple[int, list[Line]]:
    """Run the doctor; return its exit status and its findings."""
    process = person.begin("doctor", "--json", *options)
    out, err = process.communicate(timeout=60)
    end(process)
    assert err == ""
    return process.returncode, [json.loads(line) for line in out.splitlines()]


@dataclass(frozen=True, slots=True)
class Case:
    """A misconfigured Kamailio, or a board's wrong user there, and the one fault that tells it."""

    finding: str
    change: Change
    says: str
    line: str
    options: tuple[str, ...] = ("--write",)


CASES = (
    Case(
        "publish_refused",
        Change(SNIPPET, '"PUBLISH|SUBSCRIBE"', '"SUBSCRIBE"'),
        "takes no PUBLISH of presence (405)",
        "route(PRESENCE_BOARD);",
    ),
    Case("publish_refused", Change(SNIPPET, "$au != $rU", "1 == 1"), "is own_extension ours?", "presence-board.cfg"),
    Case(
        "publish_unread",
        Change(SNIPPET, FORCED, RULED),
        "does not show it",
        FORCED,
        (),
    ),
    Case(
        "publish_unread",
        Change(SNIPPET, "\t\thandle_publish();", '\t\tsl_send_reply("200", "OK");'),
        "does not show it",
        'modparam("presence", "db_url", DBURL)',
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.finding}-{number}" for number, case in enumerate(CASES)])
def test_a_misconfigured_server_is_told_with_what_mends_it(
    new_kamailio: NewKamailio, tmp_path: Path, case: Case
) -> None:
    person = Publisher(new_kamailio(case.change), tmp_path, "2000")
    status, findings = examined(person, *case.options)
    assert (status, [found["finding"] for found in findings]) == (1, [case.finding])
    [found] = findings
    assert case.says in found["what"]
    assert any(case.line in line for line in found["lines"])
    assert (found["file"], found["command"]) == ("kamailio.cfg", "systemctl restart kamailio")


def test_a_told_line_mends(new_kamailio: NewKamailio, tmp_path: Path) -> None:
    kamailio = new_kamailio(Change(SNIPPET, FORCED, RULED))
    person = Publisher(kamailio, tmp_path, "2000")
    [found] = examined(person)[1]
    file = kamailio.place.etc / SNIPPET
    modules, route, rest = file.read_text().partition("route[PRESENCE_BOARD]")
    file.write_text(modules + found["lines"][0] + "\n" + route + rest)
    kamailio.stop()
    kamailio.execute(found["mend"].rpartition(": ")[2])
    kamailio.start()
    assert examined(person, "--write") == (0, [])


def test_all_is_well_where_nothing_was_ever_published(kamailio: Kamailio, tmp_path: Path) -> None:
    person = Publisher(kamailio, tmp_path, "4000")
    assert examined(person) == (0, [])
    assert examined(person, "--write") == (0, [])
    assert person.shown() == NOBODY


@pytest.mark.parametrize("with_window", [False, True])
def test_a_scratch_status_is_published_and_the_former_one_restored(
    kamailio: Kamailio, tmp_path: Path, with_window: bool
) -> None:
    person = Publisher(kamailio, tmp_path, f"400{1 + with_window}")
    former = ("dnd", "täglich", 'until two, "maybe"')

    def examine() -> None:
        assert person.set(former[0], "--subtype", former[1], "--message", former[2])[1] == "confirmed"
        assert examined(person, "--write") == (0, [])
        asyncio.run(until_shown(kamailio, person.extension, former))

    if not with_window:
        examine()
        return
    with running_window(person):
        examine()
        assert person.set("available")[1] == "confirmed"
        assert person.shown() == ("available", "", "")
