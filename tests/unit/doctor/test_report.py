# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How the doctor's findings read."""

import json
from dataclasses import replace

import pytest

from board.doctor.finding import Finding, Mend, Severity
from board.doctor.report import as_json, as_text, closing
from board.doctor.spans import told_short
from tests.unit.doctor.test_judge import WELL

MEND = Mend("Add the hint", "extensions.conf", ("exten => 2001,hint,PJSIP/2001",), "asterisk -rx 'dialplan reload'")
FAULT = Finding("office", "no_hint", Severity.FAULT, "No hint for 2001.", "Its tile is blind.", MEND, ("2001",))
REMARK = replace(FAULT, severity=Severity.REMARK)


def test_a_finding_is_a_calm_block() -> None:
    assert as_text(WELL, [FAULT]).splitlines() == [
        "office: Asterisk at 192.0.2.1:5060 over UDP, as board; 2 of 2 extensions told their state",
        "",
        "  FAULT   No hint for 2001.",
        "  why     Its tile is blind.",
        "  mend    Add the hint. In extensions.conf:",
        "              exten => 2001,hint,PJSIP/2001",
        "          then  asterisk -rx 'dialplan reload'",
    ]


def test_many_lines_are_cut_for_people_alone() -> None:
    lines = tuple(f"exten => {number},hint,PJSIP/{number}" for number in range(2000, 2020))
    many = replace(FAULT, mend=replace(MEND, lines=lines))
    assert as_text(WELL, [many]).splitlines()[-2] == "              ; and 13 more such lines"
    assert json.loads(as_json(many))["lines"] == list(lines)


def test_what_came_over_the_network_stays_in_its_line() -> None:
    text = as_text(WELL, [replace(FAULT, what="403 Go\x1b[2J\u2028away")])
    assert "403 Go\ufffd[2J\ufffdaway" in text


def test_json_is_one_object_a_line() -> None:
    assert json.loads(as_json(FAULT)) == {
        "pbx": "office",
        "finding": "no_hint",
        "severity": "fault",
        "what": "No hint for 2001.",
        "why": "Its tile is blind.",
        "mend": "Add the hint",
        "file": "extensions.conf",
        "lines": ["exten => 2001,hint,PJSIP/2001"],
        "command": "asterisk -rx 'dialplan reload'",
        "extensions": ["2001"],
    }


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "All is well."),
        ([FAULT], "1 fault."),
        ([FAULT, FAULT, REMARK], "2 faults and 1 remark."),
        ([REMARK, REMARK], "No fault, 2 remarks."),
    ],
)
def test_the_last_line_is_the_sum(findings: list[Finding], expected: str) -> None:
    assert closing(findings) == expected


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ([], ""),
        (["2000"], "2000"),
        (["2000", "2001"], "2000, 2001"),
        (["2000", "2001", "2002", "2010"], "2000-2002, 2010"),
        (["0099", "0100", "0101", "101"], "0099-0101, 101"),
        (["alice", "²", "³"], "alice, ², ³"),
        ([str(number) for number in range(0, 20, 2)], "0, 2, 4, 6, 8, 10, 12, 14 and 2 more"),
    ],
)
def test_extensions_are_told_short(extensions: list[str], expected: str) -> None:
    assert told_short(extensions) == expected
