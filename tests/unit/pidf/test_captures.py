# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every captured NOTIFY is read, and says what the server itself said at that moment.

Where a body cannot say it, the exception stands here by name, with what we get instead and why; an exception that
no capture needs is an error too.
"""

import pytest

from board.pidf import parse
from board.pidf.document import Document, ResourceList
from board.states import Basic, DeviceState, PresenceState
from tests.captures import CHAN_PJSIP, CHAN_SIP, KAMAILIO, NO_EYEBEAM, Capture, capture, load_captures

PIDF, XPIDF, CPIM, DIALOG = (
    "application/pidf+xml",
    "application/xpidf+xml",
    "application/cpim-pidf+xml",
    "application/dialog-info+xml",
)

Person = tuple[str | None, str | None, str | None]
NOBODY: Person = (None, None, None)

EXTENSION_STATES = {
    -1: DeviceState.UNKNOWN,
    0: DeviceState.IDLE,
    1: DeviceState.IN_USE,
    2: DeviceState.BUSY,
    4: DeviceState.UNAVAILABLE,
    8: DeviceState.RINGING,
    9: DeviceState.IN_USE_RINGING,
    16: DeviceState.ON_HOLD,
}

_S = DeviceState

# What a body of this kind, from this server, makes of a device state: the format has no word for it.
DEVICE_EXCEPTIONS: dict[tuple[str, str, DeviceState], tuple[DeviceState, str]] = {
    (CHAN_PJSIP, PIDF, _S.BUSY): (_S.IN_USE, "the note is 'On the phone' for busy too"),
    (CHAN_PJSIP, PIDF, _S.IN_USE_RINGING): (_S.RINGING, "the note is 'Ringing' with and without a call"),
    (CHAN_PJSIP, PIDF, _S.UNKNOWN): (_S.IDLE, "the hint is gone, the last NOTIFY says 'Ready'"),
    (NO_EYEBEAM, PIDF, _S.IN_USE_RINGING): (_S.RINGING, "the note is 'Ringing' with and without a call"),
    (CHAN_SIP, PIDF, _S.BUSY): (_S.IN_USE, "the note is 'On the phone' for busy too"),
    (CHAN_SIP, PIDF, _S.IN_USE_RINGING): (_S.RINGING, "the note is 'Ringing' with and without a call"),
    (CHAN_PJSIP, XPIDF, _S.RINGING): (_S.IN_USE, "XPIDF knows only open, inuse, closed"),
    (CHAN_PJSIP, XPIDF, _S.BUSY): (_S.IN_USE, "XPIDF knows only open, inuse, closed"),
    (CHAN_PJSIP, CPIM, _S.RINGING): (_S.IN_USE, "it is XPIDF: open, inuse, closed"),
    (CHAN_PJSIP, CPIM, _S.BUSY): (_S.IN_USE, "it is XPIDF: open, inuse, closed"),
    (CHAN_PJSIP, CPIM, _S.ON_HOLD): (_S.IN_USE, "it is XPIDF: open, inuse, closed"),
    (CHAN_SIP, XPIDF, _S.RINGING): (_S.IN_USE, "XPIDF knows only open, inuse, closed"),
    (CHAN_SIP, XPIDF, _S.BUSY): (_S.UNAVAILABLE, "chan_sip calls busy closed"),
    (CHAN_SIP, CPIM, _S.RINGING): (_S.IN_USE, "it is XPIDF: open, inuse, closed"),
    (CHAN_SIP, CPIM, _S.BUSY): (_S.UNAVAILABLE, "chan_sip calls busy closed"),
    (CHAN_SIP, CPIM, _S.ON_HOLD): (_S.UNAVAILABLE, "chan_sip calls hold closed"),
    (CHAN_PJSIP, DIALOG, _S.BUSY): (_S.IN_USE, "one dialog, confirmed, like a call"),
    (CHAN_PJSIP, DIALOG, _S.UNAVAILABLE): (_S.IDLE, "one dialog, terminated, like an idle phone"),
    (CHAN_SIP, DIALOG, _S.BUSY): (_S.IN_USE, "one dialog, confirmed, like a call"),
    (CHAN_SIP, DIALOG, _S.UNAVAILABLE): (_S.IDLE, "one dialog, terminated, like an idle phone"),
    (CHAN_SIP, DIALOG, _S.IN_USE_RINGING): (_S.RINGING, "one dialog, early, with and without a call"),
}

# The same for single captures.
DEVICE_CASES: dict[str, tuple[DeviceState, str]] = {
    f"{CHAN_PJSIP}/body-dialog-info-ringinuse": (_S.IN_USE, "one dialog, confirmed: the ringing is not told"),
    f"{CHAN_PJSIP}/early-inuse-ringing": (_S.RINGING, "one dialog, early by option: the call is not told"),
}

CARRY_NO_PERSON = {XPIDF, CPIM, DIALOG}

_NO_TUPLE = "chan_sip leaves the digium tuple out for not_set"
_AGENT = "no digium tuple for this User-Agent"
_GROUP = "the function reads one name, the hint several providers"
_CUT_255 = "a text written with option e is cut to 255 bytes"

PERSON_EXCEPTIONS: dict[str, tuple[Person, str]] = {
    f"{CHAN_PJSIP}/text-len-300-amp": (("away", "", "&" * 204), "cut to 1023 bytes after escaping, inside an &amp;"),
    f"{CHAN_PJSIP}/long-umlaut-1100": (
        ("away", "", "ö" * 511),
        "cut to 1023 bytes, inside a character; so is the truth",
    ),
    f"{CHAN_PJSIP}/long-sub-700-msg-700": (
        ("away", "s" * 700, "m" * 700),
        "the truth is cut, the function sees 1300 bytes",
    ),
    f"{CHAN_PJSIP}/b64-long-300": (("xa", "", "s" * 255), _CUT_255),
    f"{CHAN_PJSIP}/b64-long-300-umlaut": (("xa", "", "ä" * 127), _CUT_255),
    f"{CHAN_PJSIP}/b64-event-300": (("away", "", "u" * 255), _CUT_255),
    f"{CHAN_PJSIP}/b64-event-umlaut": (("away", "", "ä" * 127), _CUT_255),
    f"{CHAN_PJSIP}/cli-change-b64": (("away", "bHVuY2g=", "QmFjaywgc29vbg=="), "the CLI's event is not decoded"),
    f"{CHAN_PJSIP}/combined-1": (("away", "lunch", "A is away"), _GROUP),
    f"{CHAN_PJSIP}/combined-2": (("dnd", "focus", "B busy"), _GROUP),
    f"{CHAN_PJSIP}/combined-3": (("xa", "ill", "B ill"), _GROUP),
    f"{CHAN_PJSIP}/combined-4": (("available", "", "only B"), _GROUP),
    f"{CHAN_PJSIP}/combined-5": (("unavailable", "", "A off"), _GROUP),
    f"{CHAN_PJSIP}/combined-event-lower": (("available", "", "B is back"), _GROUP),
    f"{CHAN_PJSIP}/combined-event-then-resubscribe": (("available", "", "B is back"), _GROUP),
    f"{CHAN_PJSIP}/agent-other": (NOBODY, _AGENT),
    f"{CHAN_PJSIP}/agent-none": (NOBODY, _AGENT),
    f"{NO_EYEBEAM}/bare-inuse": (NOBODY, _AGENT),
    f"{NO_EYEBEAM}/bare-unavailable": (NOBODY, _AGENT),
    f"{CHAN_SIP}/dev-not_inuse-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/dev-inuse-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/dev-ringing-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/dev-ringinuse-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/dev-onhold-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/dev-unknown-pres-unset": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/presence-not_set": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/presence-not_set-sub-msg": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/event-presence-not-set": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/notifyringing-no-pidf": (NOBODY, _NO_TUPLE),
    f"{CHAN_SIP}/b64-long-300": (("xa", "", "s" * 255), _CUT_255),
    f"{CHAN_SIP}/b64-long-300-umlaut": (("xa", "", "ä" * 127), _CUT_255),
    f"{CHAN_SIP}/b64-event-300": (("away", "", "u" * 255), _CUT_255),
    f"{CHAN_SIP}/b64-event-umlaut": (("away", "", "ä" * 127), _CUT_255),
    f"{CHAN_SIP}/cli-change-b64": (("away", "bHVuY2g=", "QmFjaywgc29vbg=="), "the CLI's event is not decoded"),
    f"{CHAN_SIP}/combined-1": (("away", "lunch", "A is away"), _GROUP),
    f"{CHAN_SIP}/combined-2": (("dnd", "focus", "B busy"), _GROUP),
    f"{CHAN_SIP}/combined-3": (("xa", "ill", "B ill"), _GROUP),
    f"{CHAN_SIP}/combined-4": (("available", "", "only B"), _GROUP),
    f"{CHAN_SIP}/combined-5": (("unavailable", "", "A off"), _GROUP),
    f"{CHAN_SIP}/combined-event-lower": (("available", "", "B is back"), _GROUP),
    f"{CHAN_SIP}/combined-event-then-resubscribe": (("dnd", "", "A dnd"), _GROUP),
    f"{CHAN_SIP}/agent-other": (NOBODY, _AGENT),
    f"{CHAN_SIP}/agent-none": (NOBODY, _AGENT),
    f"{CHAN_SIP}/agent-sangoma": (NOBODY, _AGENT),
    f"{CHAN_SIP}/agent-digium-upper": (NOBODY, _AGENT),
    f"{CHAN_SIP}/agent-digium-lower": (NOBODY, _AGENT),
    f"{CHAN_SIP}/final-timeout": (NOBODY, "the last NOTIFY has no digium tuple"),
    f"{CHAN_SIP}/long-msg-1290": (("away", "", "c" * 1290), "the truth is cut, the NOTIFY is whole"),
    f"{CHAN_SIP}/long-msg-1500": (("away", "", "d" * 1500), "the truth is cut, the NOTIFY is whole"),
}

HINT_EXCEPTIONS = {
    f"{CHAN_SIP}/combined-event-then-resubscribe": "a refresh gets the winner, the hint shows the last one written",
}

# Kamailio lets a subscription stand without a document; the body is empty.
EMPTY = {
    f"{KAMAILIO}/{case}"
    for case in (
        "no-publication",
        "publication-expired",
        "encoding-utf16",
        "not-xml",
        "final-timeout",
        "pending",
        "pending-final",
    )
}

CAPTURES = load_captures()
SINGLE = [each for each in CAPTURES if not each.media_type.startswith("multipart/")]


def document_of(one: Capture) -> Document:
    document = parse(one.body, one.content_type)
    assert isinstance(document, Document)
    return document


def person_of(document: Document) -> Person:
    return document.presence, document.subtype, document.message


def expected_device(one: Capture) -> DeviceState:
    assert one.extension_state is not None
    truth = EXTENSION_STATES[one.extension_state]
    if str(one) in DEVICE_CASES:
        return DEVICE_CASES[str(one)][0]
    return DEVICE_EXCEPTIONS.get((one.server, one.media_type, truth), (truth, ""))[0]


def expected_person(one: Capture) -> Person:
    if one.media_type in CARRY_NO_PERSON:
        return NOBODY
    assert one.person is not None
    return PERSON_EXCEPTIONS.get(str(one), (one.person, ""))[0]


def test_there_are_392_captures() -> None:
    assert len(CAPTURES) == 392
    assert len({str(each) for each in CAPTURES}) == 392


@pytest.mark.parametrize("one", CAPTURES, ids=str)
def test_every_capture_is_read(one: Capture) -> None:
    read = parse(one.body, one.content_type)
    assert isinstance(read, ResourceList) == one.media_type.startswith("multipart/")
    assert read.content_type == one.media_type


@pytest.mark.parametrize("one", [each for each in CAPTURES if each.extension_state is not None], ids=str)
def test_device_is_what_the_server_said(one: Capture) -> None:
    assert document_of(one).device is expected_device(one)


@pytest.mark.parametrize("one", [each for each in CAPTURES if each.person is not None], ids=str)
def test_person_is_what_the_server_said(one: Capture) -> None:
    assert person_of(document_of(one)) == expected_person(one)


HINTED = [each for each in SINGLE if each.hint_presence and str(each) not in HINT_EXCEPTIONS]


@pytest.mark.parametrize("one", HINTED, ids=str)
def test_presence_is_that_of_the_hint(one: Capture) -> None:
    assert document_of(one).presence in (one.hint_presence, None)


@pytest.mark.parametrize("one", SINGLE, ids=str)
def test_extension_is_the_watched_one(one: Capture) -> None:
    assert document_of(one).extension == (None if str(one) in EMPTY else one.extension)


def test_no_exception_is_stale() -> None:
    by_name = {str(each): each for each in CAPTURES}
    for (server, media_type, truth), (got, _) in DEVICE_EXCEPTIONS.items():
        alike = [each for each in CAPTURES if (each.server, each.media_type) == (server, media_type)]
        assert any(EXTENSION_STATES.get(each.extension_state or 0) is truth for each in alike), (server, truth)
        assert got is not truth
    for name, (device, _) in DEVICE_CASES.items():
        assert EXTENSION_STATES[by_name[name].extension_state or 0] is not device
    for name, (person, _) in PERSON_EXCEPTIONS.items():
        assert by_name[name].person != person
    assert set(HINT_EXCEPTIONS) <= set(by_name)
    assert set(by_name) >= EMPTY


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_empty_body_is_a_document_of_unknowns(name: str) -> None:
    one = capture(*name.split("/"))
    assert one.body == b""
    assert document_of(one) == Document("")


def test_broken_captures_say_so_and_sound_ones_do_not() -> None:
    broken = [each for each in SINGLE if each.well_formed is False]
    assert len(broken) == 23
    assert all(document_of(each).flaws for each in broken)
    for each in SINGLE:
        if each.well_formed and each.server == CHAN_PJSIP:
            assert document_of(each).flaws == (), str(each)


@pytest.mark.parametrize(
    ("case", "state", "activities", "person"),
    [
        ("rpid-busy", _S.IDLE, ("busy",), ("dnd", "", "busy")),
        ("rpid-meal", _S.IDLE, ("meal",), ("away", "meal", "meal")),
        ("rpid-holiday", _S.IDLE, ("holiday",), ("xa", "holiday", "holiday")),
        ("rpid-working", _S.IDLE, ("working",), ("available", "", "working")),
        ("rpid-several", _S.IDLE, ("away", "meal"), ("away", "meal", "lunch")),
        ("rpid-from-until", _S.IDLE, ("vacation",), ("xa", "vacation", "")),
        ("rpid-tv", _S.IDLE, ("tv",), NOBODY),
        ("rpid-unknown", _S.IDLE, ("unknown",), NOBODY),
        ("rpid-other", _S.IDLE, ("other",), NOBODY),
        ("rpid-no-activities", _S.IDLE, (), NOBODY),
        ("rpid-empty-activities", _S.IDLE, (), NOBODY),
        ("rpid-closed-away", _S.UNAVAILABLE, ("away",), ("away", "", "")),
        ("rpid-in-tuple", _S.IDLE, ("busy",), ("dnd", "", "")),
        ("rpid-old-ns", _S.IDLE, ("busy",), ("dnd", "", "")),
        ("two-publishers", _S.IDLE, ("away", "busy"), ("dnd", "", "")),
        ("digium-tuple", _S.IDLE, (), ("away", "lunch", "Via Kamailio")),
        ("pjsua-online", _S.IDLE, (), NOBODY),
        ("pjsua-away", _S.IDLE, ("away",), ("away", "", "Be right back")),
        ("pjsua-offline", _S.UNAVAILABLE, (), NOBODY),
        ("status-empty", _S.UNKNOWN, (), NOBODY),
        ("presence-empty", _S.UNKNOWN, (), NOBODY),
        ("basic-uppercase", _S.IDLE, (), NOBODY),
        ("basic-whitespace", _S.IDLE, (), NOBODY),
        ("ns-none", _S.IDLE, (), NOBODY),
        ("ns-prefix", _S.IDLE, ("meeting",), ("dnd", "meeting", "pfx")),
        ("ns-local", _S.IDLE, ("away",), ("away", "", "local default namespaces")),
        ("ns-unknown-extension", _S.IDLE, (), NOBODY),
        ("dialog-info-early", _S.RINGING, (), NOBODY),
        ("dialog-info-confirmed", _S.IN_USE, (), NOBODY),
        ("dialog-info-two", _S.IN_USE_RINGING, (), NOBODY),
    ],
)
def test_generic_rpid(case: str, state: DeviceState, activities: tuple[str, ...], person: Person) -> None:
    document = document_of(capture(KAMAILIO, case))
    assert (document.device, document.activities, person_of(document)) == (state, activities, person)


@pytest.mark.parametrize(
    ("case", "note"),
    [
        ("note-everywhere", "presence note"),
        ("note-two-languages", "Out for lunch"),
        ("note-empty", None),
        ("note-cdata", '<raw> & "text"'),
        ("note-comment-pi", "acd"),
        ("note-whitespace", "two   words"),
        ("note-unicode", "Zoë – réunion ☕ 会議中 👩‍💻"),
        ("encoding-latin1", "Zürich Café"),
        ("encoding-none", "kein Prolog ü"),
        ("encoding-bom", "BOM"),
        ("dtd-internal", "&hello;"),
        ("dtd-external", "&e;"),
    ],
)
def test_note_of_kamailio(case: str, note: str | None) -> None:
    assert document_of(capture(KAMAILIO, case)).note == note


def test_all_fields_of_a_chan_pjsip_body() -> None:
    assert document_of(capture(CHAN_PJSIP, "dev-onhold-pres-away-lunch")) == Document(
        content_type=PIDF,
        entity="sip:2031@127.0.0.1:5160",
        extension="2031",
        device=_S.ON_HOLD,
        presence=PresenceState.AWAY,
        subtype="lunch",
        message="Back at 2 pm",
        basic=Basic.OPEN,
        note="On hold",
        activities=("on-the-phone",),
        contact="sip:board@127.0.0.1",
    )


def test_all_fields_of_a_chan_sip_body() -> None:
    assert document_of(capture(CHAN_SIP, "dev-unavailable-pres-dnd")) == Document(
        content_type=PIDF,
        entity="sip:board@127.0.0.1",
        extension="2020",
        device=_S.UNAVAILABLE,
        presence=PresenceState.DND,
        subtype="",
        message="Do not disturb",
        basic=Basic.CLOSED,
        note="Not online",
        activities=("away",),
        contact="sip:2020@127.0.0.1",
    )


def test_the_open_tuple_with_the_highest_priority_is_chosen() -> None:
    document = document_of(capture(KAMAILIO, "tuples-two"))
    assert (document.basic, document.contact, document.timestamp, document.note) == (
        Basic.OPEN,
        "sip:desk@127.0.0.1",
        "2026-08-01T09:00:00Z",
        "desk phone",
    )
