# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the doctor makes of what was seen: the findings that no real Asterisk can be brought to, and their order."""

import re
from dataclasses import replace

import pytest

from board.doctor.facts import Desk, Facts, Subject, Trial, Way
from board.doctor.finding import Severity
from board.doctor.judge import judge
from board.doctor.words import ROWS
from board.pidf.document import Document
from board.sip.account import Transport
from board.sip.messages import Answered, Notified, ProbeAnswered
from board.sip.opening import Fault
from board.states import PresenceState, Subscription

AT = 1_766_000_000.0
SUBJECT = Subject("office", "192.0.2.1", 5060, Transport.UDP, "board", ("2000", "2001"))
PROBE = ProbeAnswered(1, 401, 0.01, AT, "Asterisk", AT + 1)


def answered(extension: str, status: int = 200, phrase: str = "OK", allow: tuple[str, ...] = ()) -> Answered:
    return Answered(extension, status, phrase, False, None, None, None, AT, allow)


def notified(extension: str, presence: PresenceState | None = PresenceState.AWAY, contact: str = "") -> Notified:
    document = Document("application/pidf+xml", presence=presence, contact=contact)
    return Notified(extension, Subscription.ACTIVE, "", None, 600.0, False, document, "", AT)


WELL = Facts(
    SUBJECT,
    AT,
    way=Way(),
    probe=PROBE,
    answers={each: answered(each) for each in SUBJECT.extensions},
    notices={each: notified(each) for each in SUBJECT.extensions},
)


def names(facts: Facts) -> list[str]:
    return [finding.name for finding in judge(facts)]


def test_nothing_is_wrong_where_all_is_well() -> None:
    assert judge(WELL) == ()


def test_the_receive_buffer_is_remarked_with_the_line_that_enlarges_it() -> None:
    remark = "the system caps the UDP receive buffer at 208 kB, bursts may be lost: use TCP, or set more"
    [found] = judge(replace(WELL, way=Way(remark=remark)))
    assert (found.name, found.severity) == ("receive_buffer", Severity.REMARK)
    assert found.what == "The system caps the UDP receive buffer at 208 kB, bursts may be lost."
    assert found.mend.lines == ("net.core.rmem_max = 4194304",)


@pytest.mark.parametrize("fault", Fault)
def test_a_way_that_does_not_open_hides_what_lies_behind(fault: Fault) -> None:
    [found] = judge(replace(WELL, way=Way(fault, "why not"), probe=None, answers={}, notices={}))
    assert found.severity is Severity.FAULT
    assert "Why not." in found.what


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (0, "unanswered"),
        (302, "refused"),
        (403, "forbidden"),
        (408, "unanswered"),
        (484, "no_hint"),
        (489, "no_presence"),
        (500, "refused"),
        (603, "forbidden"),
    ],
)
def test_each_refusal_has_its_finding(status: int, name: str) -> None:
    answers = {**WELL.answers, "2001": answered("2001", status, "Because")}
    [found] = judge(replace(WELL, answers=answers))
    assert (found.name, found.extensions) == (name, ("2001",))


def test_an_extension_without_an_answer_is_told() -> None:
    [found] = judge(replace(WELL, answers={"2000": answered("2000")}, notices={"2000": notified("2000")}))
    assert (found.name, found.extensions) == ("unanswered", ("2001",))


@pytest.mark.parametrize("lost", ["", "the connection broke"])
def test_a_refused_account_is_all_that_is_told(lost: str) -> None:
    answers = {"2000": answered("2000", 401, "Unauthorized")}
    [found] = judge(replace(WELL, answers=answers, notices={}, lost=lost))
    assert (found.name, found.mend.lines[0]) == ("credentials", "[board]")


def test_a_worker_that_ends_is_told() -> None:
    [found] = judge(replace(WELL, lost="the SIP worker ended with status -11 at 2001"))
    assert (found.name, found.what) == ("dropped", "The SIP worker ended with status -11 at 2001.")


def test_what_cannot_be_read_is_told() -> None:
    broken = replace(notified("2001"), document=None, error="no XML")
    [found] = judge(replace(WELL, notices={**WELL.notices, "2001": broken}))
    assert (found.name, found.extensions) == ("unreadable", ("2001",))
    assert "No XML" in found.what


def test_chan_sip_leaves_out_who_has_set_nothing() -> None:
    """Its contact is the watched extension, chan_pjsip's the subscriber (measured on Asterisk 16 and 22)."""
    chan_sip = {each: notified(each, None, f"sip:{each}@192.0.2.1") for each in SUBJECT.extensions}
    assert names(replace(WELL, notices=chan_sip)) == ["not_set"]
    chan_pjsip = {each: notified(each, None, "sip:board@192.0.2.1") for each in SUBJECT.extensions}
    [found] = judge(replace(WELL, notices=chan_pjsip))
    assert (found.name, found.severity) == ("no_person", Severity.FAULT)
    assert "It calls itself Asterisk." in found.what


def test_one_persons_word_is_enough_to_know_that_the_module_is_there() -> None:
    mixed = {"2000": notified("2000"), "2001": notified("2001", None)}
    [found] = judge(replace(WELL, notices=mixed))
    assert (found.name, found.extensions) == ("not_set", ("2001",))


@pytest.mark.parametrize(("clock", "expected"), [(AT + 29, []), (AT - 31, ["clock"]), (AT + 31, ["clock"]), (None, [])])
def test_clocks_may_differ_a_little(clock: float | None, expected: list[str]) -> None:
    assert names(replace(WELL, probe=replace(PROBE, clock=clock))) == expected


@pytest.mark.parametrize(("days", "expected"), [(13, ["certificate_ends"]), (15, [])])
def test_a_certificate_that_ends_soon_is_remarked(days: int, expected: list[str]) -> None:
    assert names(replace(WELL, way=Way(certificate_ends=AT + days * 86_400))) == expected


MESSENGER = replace(SUBJECT, presence_link="message", own="2000")
DESK = Desk(hints={"2000": "PJSIP/2000,CustomPresence:2000", "2001": "PJSIP/2001"})


@pytest.mark.parametrize(("allow", "expected"), [((), []), (("MESSAGE",), []), (("SUBSCRIBE",), ["no_message"])])
def test_a_pbx_without_message_takes_no_status(allow: tuple[str, ...], expected: list[str]) -> None:
    answers = {each: answered(each, allow=allow) for each in SUBJECT.extensions}
    assert names(replace(WELL, subject=MESSENGER, answers=answers)) == expected
    assert names(replace(WELL, answers=answers)) == []


def test_an_own_extension_without_a_hint_is_told_beside_the_others() -> None:
    answers = {"2999": answered("2999", 404, "Not Found"), **WELL.answers}
    [found] = judge(replace(WELL, subject=replace(MESSENGER, own="2999"), answers=answers))
    assert (found.name, found.extensions) == ("no_hint", ("2999",))


@pytest.mark.parametrize(
    ("link", "trial", "expected"),
    [
        ("message", None, []),
        ("message", Trial(shown_at="2000", restored=True), []),
        ("message", Trial("the PBX refused"), ["message_refused"]),
        ("ami", Trial("the PBX refused"), ["ami_refused"]),
        ("message", Trial(), ["message_unread"]),
        ("ami", Trial(), ["ami_unread"]),
        ("message", Trial(shown_at="board", restored=True), ["elsewhere"]),
        ("message", Trial(shown_at="2000"), ["not_restored"]),
    ],
)
def test_what_came_of_setting_a_status(link: str, trial: Trial | None, expected: list[str]) -> None:
    subject = replace(MESSENGER, presence_link=link)
    assert names(replace(WELL, subject=subject, trial=trial)) == expected


def test_the_manager_tells_a_missing_provider_from_a_status_that_is_not_set() -> None:
    unset = {each: notified(each, PresenceState.NOT_SET) for each in SUBJECT.extensions}
    [found] = judge(replace(WELL, notices=unset, desk=DESK))
    assert (found.name, found.extensions) == ("no_provider", ("2001",))
    assert names(replace(WELL, desk=Desk("it lets nobody in"))) == ["no_manager"]


def test_a_way_to_set_that_cannot_be_is_told() -> None:
    [found] = judge(replace(WELL, subject=MESSENGER, unsettable="ami_user board: no password"))
    assert (found.name, found.what) == ("no_link", "No status can be set. ami_user board: no password.")


PUBLISHER = replace(SUBJECT, own="2000", presence_link="publish")


def test_where_nothing_is_published_nobody_lacks_a_person() -> None:
    nothing = replace(notified("2000"), document=Document(""))
    facts = replace(WELL, notices={**WELL.notices, "2000": nothing, "2001": nothing})
    assert names(facts) == []
    phones = {each: notified(each, None) for each in SUBJECT.extensions}
    assert names(replace(WELL, notices=phones)) == ["no_person"]
    assert names(replace(WELL, subject=PUBLISHER, notices=phones)) == []


def test_a_presence_server_that_keeps_us_waiting_shows_no_status() -> None:
    pending = replace(notified("2000"), state=Subscription.PENDING, document=None)
    facts = replace(WELL, subject=PUBLISHER, notices={**WELL.notices, "2000": pending})
    assert names(facts) == ["publish_unread"]
    assert names(replace(facts, subject=MESSENGER)) == []


def test_a_publisher_whose_extension_nobody_names_is_told() -> None:
    assert names(replace(WELL, subject=replace(PUBLISHER, own=""))) == ["no_own_extension"]


def test_faults_come_before_remarks() -> None:
    answers = {**WELL.answers, "2001": answered("2001", 404)}
    facts = replace(WELL, way=Way(remark="small: more"), answers=answers)
    assert names(facts) == ["no_hint", "receive_buffer"]


@pytest.mark.parametrize("name", ROWS)
def test_every_row_can_be_filled(name: str) -> None:
    """A field that the judge does not know would fail only when the finding comes."""
    known = [
        "pbx",
        "where",
        "host",
        "port",
        "transport",
        "user",
        "own",
        "them",
        "status",
        "text",
        "number",
        "extension",
    ]
    row = ROWS[name]
    for text in (row.what, row.why, row.advice, *row.lines):
        assert set(re.findall(r"{(\w*)}", text)) <= set(known)
    assert all(text.endswith(".") for text in (row.what, row.why))
    assert bool(row.lines) == bool(row.file)
