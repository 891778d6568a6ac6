# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The builder writes what Asterisk 22 wrote, and is read back as what it was given, whatever the text."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from board.pidf import parse
from board.pidf.build import MAX_TEXT_BYTES, Caller, build_dialog_info, build_pidf, build_xpidf
from board.pidf.document import Document
from board.states import DeviceState, PresenceState
from tests.captures import CHAN_PJSIP, NO_EYEBEAM, Capture, capture, load_captures
from tests.unit.pidf.test_captures import CPIM, DIALOG, EXTENSION_STATES, PERSON_EXCEPTIONS, PIDF, XPIDF

ENTITY = "sip:{}@127.0.0.1:5160"
CONTACT = "sip:board@127.0.0.1"
CONTACTS = {"auth": "sip:secure@127.0.0.1"}

WRITTEN = [
    each
    for each in load_captures()
    if each.server in (CHAN_PJSIP, NO_EYEBEAM) and each.well_formed and each.extension_state is not None
]


def of_kind(*kinds: str) -> list[Capture]:
    return [each for each in WRITTEN if each.media_type in kinds]


def canonical(body: bytes) -> bytes:
    out = io.BytesIO()
    etree.fromstring(body).getroottree().write_c14n(out)
    return out.getvalue()


def person_of(one: Capture) -> tuple[PresenceState | None, str, str]:
    """Return what the server knew; for groups and cut texts what its hint had, from the table of exceptions."""
    presence, subtype, message = PERSON_EXCEPTIONS.get(str(one), (one.person or (None, "", ""), ""))[0]
    return PresenceState(presence) if presence else None, subtype or "", message or ""


def device_of(one: Capture) -> DeviceState:
    assert one.extension_state is not None
    return EXTENSION_STATES[one.extension_state]


@pytest.mark.parametrize("one", of_kind(PIDF), ids=str)
def test_pidf_is_that_of_asterisk(one: Capture) -> None:
    presence, subtype, message = person_of(one)
    if one.person is None:  # the server was not asked: a hint without a person, told as not_set or not at all
        presence = read_back(one.body).presence
    body = build_pidf(
        extension=one.extension,
        entity=ENTITY.format(one.extension),
        contact=CONTACTS.get(one.case, CONTACT),
        device=device_of(one),
        presence=presence,
        subtype=subtype,
        message=message,
        eyebeam=one.server != NO_EYEBEAM,
    )
    assert canonical(body) == canonical(one.body)
    assert body == one.body


@pytest.mark.parametrize("one", of_kind(XPIDF, CPIM), ids=str)
def test_xpidf_is_that_of_asterisk(one: Capture) -> None:
    atom_id = etree.fromstring(one.body).xpath("string(atom/@atomid)")
    body = build_xpidf(
        extension=one.extension,
        entity=ENTITY.format(one.extension),
        contact=CONTACT,
        device=device_of(one),
        atom_id=str(atom_id),
    )
    assert canonical(body) == canonical(one.body)
    assert body == one.body


CALLERS = {
    "ring-dialog-info": Caller("Tom & Jerry <x>", "sip:4912345@127.0.0.1"),
    "ring-dialog-info-utf8": Caller("Zoë Müller", "sip:+41441234567@127.0.0.1"),
}


@pytest.mark.parametrize("one", of_kind(DIALOG), ids=str)
def test_dialog_info_is_that_of_asterisk(one: Capture) -> None:
    body = build_dialog_info(
        extension=one.extension,
        entity=ENTITY.format(one.extension),
        device=device_of(one),
        version=int(etree.fromstring(one.body).get("version", "")),
        caller=CALLERS.get(one.case),
        early_inuse_ringing=one.case == "early-inuse-ringing",
    )
    assert canonical(body) == canonical(one.body)
    assert body == one.body


def test_every_body_of_asterisk_is_compared() -> None:
    assert [len(of_kind(PIDF)), len(of_kind(XPIDF, CPIM)), len(of_kind(DIALOG))] == [122, 10, 16]


def test_bytes_are_the_same_too() -> None:
    body = build_pidf(
        extension="2007",
        entity=ENTITY.format("2007"),
        contact=CONTACT,
        device=DeviceState.IN_USE,
        presence=PresenceState.AWAY,
        subtype="lunch",
        message="Back at 2 pm",
    )
    assert body == capture(CHAN_PJSIP, "dev-inuse-pres-away-lunch").body


def read_back(body: bytes) -> Document:
    document = parse(body, PIDF)
    assert isinstance(document, Document)
    return document


def pidf_with(**changes: Any) -> bytes:
    plain: dict[str, Any] = {
        "extension": "1",
        "entity": "sip:1@h",
        "contact": "sip:w@h",
        "device": DeviceState.IDLE,
        "presence": PresenceState.AWAY,
    }
    return build_pidf(**(plain | changes))


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("&" * 300, "&" * 204),  # 204 times five bytes; a 205th would be cut in half
        ("ö" * 600, "ö" * 511),
        ("a" + "ö" * 600, "a" + "ö" * 511),
        ("x" * 1500, "x" * 1023),
        ("🎧" * 300, "🎧" * 255),
        ("x" * 1023, "x" * 1023),
    ],
)
def test_long_text_is_cut_between_characters(message: str, kept: str) -> None:
    document = read_back(pidf_with(message=message, subtype=message))
    assert (document.message, document.subtype, document.flaws) == (kept, kept, ())


def test_what_xml_cannot_carry_is_left_out() -> None:
    document = read_back(pidf_with(extension="a&b", entity="sip:a&b@h", message="bell\x07\x00 \ud800\uffff here"))
    assert (document.message, document.extension, document.flaws) == ("bell  here", "a&b", ())


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"))


@settings(deadline=None)
@given(message=ANY_TEXT, subtype=ANY_TEXT, presence=st.sampled_from(PresenceState), device=st.sampled_from(DeviceState))
def test_any_text_comes_back(message: str, subtype: str, presence: PresenceState, device: DeviceState) -> None:
    body = pidf_with(message=message, subtype=subtype, presence=presence, device=device)
    document = read_back(body)
    assert document.presence is presence
    assert document.message is not None
    assert without_controls(message).startswith(document.message)
    assert len(document.message.encode()) <= MAX_TEXT_BYTES
    assert document.flaws == ()


def without_controls(text: str) -> str:
    return "".join(each for each in text if each >= " " or each in "\t\n\r")


def test_dialog_info_of_a_held_call_is_that_of_asterisk() -> None:
    """As Asterisk 22.10.1 wrote it when it was asked; the captures have none."""
    body = build_dialog_info(extension="2000", entity="sip:2000@127.0.0.1:20020", device=DeviceState.ON_HOLD, version=0)
    assert (
        body.decode()
        == """<?xml version="1.0" encoding="UTF-8"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:2000@127.0.0.1:20020">
 <dialog id="2000">
  <state>confirmed</state>
  <local>
   <target uri="sip:2000@127.0.0.1:20020">
    <param pname="+sip.rendering" pvalue="no" />
   </target>
  </local>
 </dialog>
</dialog-info>
"""
    )
