# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""PIDF and XPIDF beyond what the captures hold, and the URIs in them."""

import pytest

from board.pidf import ParseError, parse
from board.pidf.document import Document
from board.pidf.tables import ACTIVITY_PRESENCE, DIALOG_DEVICE, DIALOG_RANK, PRESENCE_RANK
from board.pidf.uri import user_of
from board.states import Basic, DeviceState, PresenceState


def read(content: str, root: str = "presence", attributes: str = 'entity="sip:2001@h"') -> Document:
    body = (
        f'<{root} xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
        f'xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:x="urn:other" {attributes}>{content}</{root}>'
    )
    document = parse(body.encode(), "application/pidf+xml")
    assert isinstance(document, Document)
    return document


def tuple_of(basic: str, id_: str = "t", more: str = "") -> str:
    return f'<tuple id="{id_}"><status><basic>{basic}</basic></status>{more}</tuple>'


def doing(*activities: str, note: str = "") -> str:
    inside = "".join(f"<r:{each}/>" for each in activities)
    return f"<dm:person><r:activities>{inside}</r:activities>{note and f'<dm:note>{note}</dm:note>'}</dm:person>"


@pytest.mark.parametrize(
    ("content", "device"),
    [
        (tuple_of("open"), DeviceState.IDLE),
        (tuple_of("closed"), DeviceState.UNAVAILABLE),
        (tuple_of("maybe"), DeviceState.UNKNOWN),
        ("", DeviceState.UNKNOWN),
        (tuple_of("open") + doing("on-the-phone"), DeviceState.IN_USE),
        (tuple_of("closed") + doing("on-the-phone"), DeviceState.UNAVAILABLE),
        (doing("on-the-phone"), DeviceState.IN_USE),
        (tuple_of("closed", "a") + tuple_of("open", "b"), DeviceState.IDLE),
        (tuple_of("open") + "<note>Ringing</note>", DeviceState.RINGING),
        (tuple_of("open") + "<note>ringing</note>", DeviceState.IDLE),
        (tuple_of("open", more="<note>Ringing</note>"), DeviceState.IDLE),
        (tuple_of("open") + "<x:note>Ringing</x:note>", DeviceState.IDLE),
    ],
)
def test_device(content: str, device: DeviceState) -> None:
    assert read(content).device is device


@pytest.mark.parametrize(
    ("activities", "presence", "subtype"),
    [
        (("away",), PresenceState.AWAY, ""),
        (("meal", "busy"), PresenceState.DND, ""),
        (("busy", "meeting"), PresenceState.DND, "meeting"),
        (("vacation", "away"), PresenceState.XA, "vacation"),
        (("working", "on-the-phone"), PresenceState.AVAILABLE, ""),
        (("on-the-phone",), None, None),
        (("tv", "playing", "other"), None, None),
    ],
)
def test_person_of_rpid(activities: tuple[str, ...], presence: PresenceState | None, subtype: str | None) -> None:
    document = read(tuple_of("open") + doing(*activities))
    assert (document.presence, document.subtype, document.activities) == (presence, subtype, activities)


def test_the_note_of_the_person_is_the_message() -> None:
    assert read(doing("away", note=" Back at 2 ")).message == "Back at 2"
    assert read(doing("away")).message == ""
    assert read(doing("tv", note="Back at 2")).message is None


def test_activities_beside_a_note_of_asterisk_speak_of_the_phone() -> None:
    """Asterisk 13 to 18 tell a busy phone as rpid:busy, an unavailable one as rpid:away."""
    document = read("<note>Unavailable</note>" + tuple_of("closed", "2001") + doing("away"))
    assert (document.device, document.presence, document.activities) == (DeviceState.UNAVAILABLE, None, ("away",))


def test_the_digium_tuple_outdoes_rpid_and_gives_no_basic() -> None:
    digium = '<tuple id="digium-presence"><status><digium_presence type="XA">x</digium_presence></status></tuple>'
    document = read(digium + tuple_of("closed", "2001") + doing("busy"))
    assert (document.presence, document.subtype, document.message) == (PresenceState.XA, "", "x")
    assert document.basic is Basic.CLOSED


def test_foreign_elements_are_not_mistaken() -> None:
    document = read("<x:tuple id='6'><x:status><x:basic>open</x:basic></x:status></x:tuple><x:person/>")
    assert (document.device, document.basic) == (DeviceState.UNKNOWN, None)


def test_the_namespace_of_the_drafts() -> None:
    body = b'<presence xmlns="urn:ietf:params:xml:ns:cpim-pidf:" entity="sip:1@h"><tuple><status><basic>open</basic>'
    document = parse(body + b"</status></tuple></presence>", "application/cpim-pidf+xml")
    assert isinstance(document, Document)
    assert (document.device, document.content_type) == (DeviceState.IDLE, "application/cpim-pidf+xml")


def test_whole_document_of_partial_notification() -> None:
    assert read(tuple_of("open"), root="pidf-full").device is DeviceState.IDLE
    with pytest.raises(ParseError, match="pidf-diff"):
        read("", root="pidf-diff")


def test_the_open_tuple_with_the_highest_priority_wins() -> None:
    def phone(basic: str, name: str, priority: float) -> str:
        return tuple_of(basic, name, f'<contact priority="{priority}">sip:{name}@h</contact>')

    document = read(
        phone("closed", "a", 1) + phone("open", "b", 0.2) + phone("open", "c", 0.8) + phone("open", "d", 0.8)
    )
    assert (document.contact, document.basic) == ("sip:c@h", Basic.OPEN)


@pytest.mark.parametrize("priority", ["nan", "1e999", "x", "", "-1"])
def test_odd_priority(priority: str) -> None:
    contact = f'<contact priority="{priority}">sip:c@h</contact>'
    assert read(tuple_of("open", "a", contact)).contact == "sip:c@h"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        ('entity="sip:2001@h"', "2001"),
        ('entity="sip:h"', "t"),
        ("", "t"),
        ('entity="pres:bob@h"', "bob"),
        ('entity="tel:+4144;phone-context=x"', "+4144"),
    ],
)
def test_extension(content: str, extension: str) -> None:
    assert read(tuple_of("open"), attributes=content).extension == extension


@pytest.mark.parametrize(
    ("uri", "user"),
    [
        ("sips:2001@h:5061;transport=tls", "2001"),
        ("2001@h", "2001"),
        ("2001", "2001"),
        ("sip:[::1]:5060", None),
        ("sip:@h", None),
        ("tel:", None),
        ("", None),
        (None, None),
    ],
)
def test_user_of(uri: str | None, user: str | None) -> None:
    assert user_of(uri) == user


@pytest.mark.parametrize(
    ("content", "device", "extension"),
    [
        (
            '<atom id="2001"><address uri="sip:w@h"><status status="INUSE"/></address></atom>',
            DeviceState.IN_USE,
            "2001",
        ),
        ('<atom id="2001"><address uri="sip:w@h"/></atom>', DeviceState.UNKNOWN, "2001"),
        ('<atom id="2001"/>', DeviceState.UNKNOWN, "2001"),
        ('<presentity uri="sip:2002@h;method=SUBSCRIBE"/>', DeviceState.UNKNOWN, "2002"),
        ('<atom id="1"><address><status status="away"/></address></atom>', DeviceState.UNKNOWN, "1"),
    ],
)
def test_xpidf(content: str, device: DeviceState, extension: str) -> None:
    document = parse(f"<presence>{content}</presence>".encode(), None)
    assert isinstance(document, Document)
    assert (document.device, document.extension) == (device, extension)
    assert document.content_type == "application/xpidf+xml"


def test_tables_are_whole() -> None:
    assert set(PRESENCE_RANK) == set(PresenceState)
    assert set(ACTIVITY_PRESENCE.values()) <= set(PresenceState)
    assert set(DIALOG_DEVICE.values()) <= set(DIALOG_RANK)
