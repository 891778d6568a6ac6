# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The body of a PUBLISH: read back exactly by our own reader, and understood by readers of plain PIDF and RPID."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from board.links.wish import complaint
from board.pidf import parse
from board.pidf.document import Document
from board.pidf.publication import RPID, build_publication
from board.presence.value import Presence
from board.states import Basic, DeviceState, PresenceState

URI = "sip:2000@pbx.example.org"
TEXTS = [
    ("", ""),
    ("lunch", 'Back at 2, "sharp"; really'),
    ("", "Zurück 🏖 👩\u200d👩\u200d👧 <b>&amp;</b> ]]>"),
    ("בחוץ", "אחזור ב־14:30 \u202eשלום\u202c"),
    ("two  blanks  ", "at its end  "),
    ("é" * 127, "<" * 204),
    ("🏖" * 63, "x" * 255),
]


def read(body: bytes) -> Document:
    found = parse(body, "application/pidf+xml")
    assert isinstance(found, Document)
    assert found.flaws == ()
    return found


@pytest.mark.parametrize("state", PresenceState)
@pytest.mark.parametrize(("subtype", "message"), TEXTS)
def test_a_board_reads_back_what_was_set(state: PresenceState, subtype: str, message: str) -> None:
    document = read(build_publication(URI, state, subtype, message))
    assert (document.presence, document.subtype, document.message) == (state, subtype, message)
    assert (document.entity, document.extension, document.device) == (URI, "2000", DeviceState.UNKNOWN)


@given(st.sampled_from(PresenceState), st.text(max_size=80), st.text(max_size=255))
def test_whatever_a_pbx_can_carry_is_read_back(state: PresenceState, subtype: str, message: str) -> None:
    if complaint(Presence(state, subtype, message)):
        return
    document = read(build_publication(URI, state, subtype, message))
    assert (document.presence, document.subtype, document.message) == (state, subtype, message)


def without_digium(body: bytes) -> Document:
    """Read a body as one does who knows nothing of the digium tuple, but that it is a tuple."""
    plain = re.sub(rb"<digium_presence.*?(/>|</digium_presence>)", b"", body).replace(b"digium-presence", b"t1")
    return read(plain)


@pytest.mark.parametrize(
    ("state", "basic", "activities"),
    [
        (PresenceState.NOT_SET, Basic.OPEN, ("unknown",)),
        (PresenceState.UNAVAILABLE, Basic.CLOSED, ("away",)),
        (PresenceState.AVAILABLE, Basic.OPEN, ()),
        (PresenceState.AWAY, Basic.OPEN, ("away",)),
        (PresenceState.XA, Basic.OPEN, ("away",)),
        (PresenceState.CHAT, Basic.OPEN, ()),
        (PresenceState.DND, Basic.OPEN, ("busy",)),
    ],
)
def test_others_read_a_basic_status_an_activity_and_the_note(
    state: PresenceState, basic: Basic, activities: tuple[str, ...]
) -> None:
    document = without_digium(build_publication(URI, state, "", "Back at 2"))
    assert (document.basic, document.activities, document.note) == (basic, activities, "Back at 2")


def test_every_state_has_its_words() -> None:
    assert set(RPID) == set(PresenceState)


def test_a_subtype_that_rpid_knows_is_told_as_an_activity() -> None:
    assert without_digium(build_publication(URI, PresenceState.DND, "Meeting")).activities == ("busy", "meeting")
    assert without_digium(build_publication(URI, PresenceState.AVAILABLE, "meeting")).activities == ()
    assert without_digium(build_publication(URI, PresenceState.DND, "Meeting")).note == "Meeting"


REMOVED = b"""<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" \
xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:4000@127.0.0.1">
  <tuple xmlns="urn:ietf:params:xml:ns:pidf" id="digium-presence">
    <status xmlns="urn:ietf:params:xml:ns:pidf">
   <basic>closed</basic>
   <digium_presence type="away" subtype="lunch">Back at 2</digium_presence>
  </status>
  </tuple>
</presence>
"""


def test_what_kamailio_sends_of_a_publication_that_was_removed_is_nobodys_status() -> None:
    """Of Kamailio 6.1.5: it still names the status, and only says that it is closed."""
    assert read(REMOVED).presence is None
    gone = read(REMOVED.replace(b'"away"', b'"unavailable"'))
    assert (gone.presence, gone.subtype, gone.message) == (PresenceState.UNAVAILABLE, "lunch", "Back at 2")


def test_it_is_xml_in_the_order_that_rfc_4479_asks_for() -> None:
    root = etree.fromstring(build_publication('sip:"a&b"@pbx', PresenceState.AWAY, "lunch", "now"))
    assert root.get("entity") == 'sip:"a&b"@pbx'
    assert [etree.QName(child).localname for child in root] == ["tuple", "person"]
    person = root[1]
    assert person.get("id")
    assert [etree.QName(child).localname for child in person] == ["activities", "note"]
