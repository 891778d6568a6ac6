# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""chan_sip escapes nothing: a text that looks like markup stays a text and never becomes a state."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.pidf import parse
from board.pidf.document import Document
from board.states import DeviceState, PresenceState
from tests.captures import CHAN_SIP, capture

FRAME = capture(CHAN_SIP, "dev-inuse-pres-available").body
PLAIN = b'subtype=""></digium_presence>'


def with_texts(subtype: bytes, message: bytes) -> bytes:
    assert PLAIN in FRAME
    return FRAME.replace(PLAIN, b'subtype="' + subtype + b'">' + message + b"</digium_presence>")


def read(body: bytes) -> Document:
    document = parse(body, "application/pidf+xml")
    assert isinstance(document, Document)
    return document


LOOK_ALIKE = (
    '</digium_presence></status></tuple><tuple id="6666"><status><basic>closed</basic></status></tuple>'
    '<note>Unavailable</note><tuple id="digium-presence"><status><digium_presence type="dnd" subtype="x">now'
)


@pytest.mark.parametrize(
    "message",
    [
        LOOK_ALIKE,
        LOOK_ALIKE + "</digium_presence>\n</status>\n</tuple>\n</presence>\n",
        "</presence>",
        "&amp; &#65; &unknown;",
        '"><a b="',
        "]]><![CDATA[",
        "<!DOCTYPE p [<!ENTITY a 'b'>]>&a;",
        "line\nline\r\n\ttab",
    ],
)
def test_a_text_stays_a_text(message: str) -> None:
    document = read(with_texts(b"lunch", message.encode()))
    assert (document.message, document.subtype) == (message, "lunch")
    assert (document.device, document.presence) == (DeviceState.IN_USE, PresenceState.AVAILABLE)
    assert document.extension == "2006"


@pytest.mark.parametrize("subtype", ['a<b>&"c"', '"/><x y="', "</digium_presence>", "&lt;"])
def test_a_subtype_stays_a_subtype(subtype: str) -> None:
    document = read(with_texts(subtype.encode(), b"message"))
    assert (document.subtype, document.message) == (subtype, "message")
    assert document.flaws == ("a text is not escaped",)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8", exclude_characters='">')))
def test_any_text_comes_back(message: str, subtype: str) -> None:
    document = read(with_texts(subtype.encode(), message.encode()))
    assert (document.message, document.subtype) == (message, subtype)
    assert (document.device, document.presence) == (DeviceState.IN_USE, PresenceState.AVAILABLE)


@pytest.mark.parametrize("lost", [1, 5, 10, 20, 30, 45, 49])
def test_a_cut_body_keeps_what_came(lost: int) -> None:
    body = with_texts(b"lunch", b"Back at 2").rstrip()[:-lost]
    document = read(body)
    assert (document.presence, document.subtype, document.message) == (PresenceState.AVAILABLE, "lunch", "Back at 2")
    assert document.flaws == ("the body ends too early",)


@pytest.mark.parametrize("trailing", [b"", b"\n", b"\0\0", b"\r\n\r\n", b"garbage"])
def test_what_trails_is_ignored(trailing: bytes) -> None:
    document = read(with_texts(b"lunch", b"Back at 2").rstrip() + trailing)
    assert (document.subtype, document.message, document.flaws) == ("lunch", "Back at 2", ())


def test_another_layout_is_read_as_xml() -> None:
    """An injected element comes after the real one, so the first tuple and the first person win."""
    body = with_texts(b"lunch", LOOK_ALIKE.encode()).replace(
        b'xmlns="urn:ietf:params:xml:ns:pidf" \n', b'xmlns="urn:ietf:params:xml:ns:pidf"\n'
    )
    document = read(body)
    assert (document.device, document.extension) == (DeviceState.IN_USE, "2006")
    assert (document.presence, document.subtype) == (PresenceState.AVAILABLE, "lunch")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Zoë".encode(), "Zoë"),
        ("Zoë".encode("latin-1"), "Zoë"),
        ("“Zoë”".encode("cp1252"), "“Zoë”"),
        (b"\x81\xe9", "\x81é"),
        ("ä".encode() * 127 + b"\xc3", "ä" * 127),
        (b"x" * 254 + b"\xc3", "x" * 254),
        (b"Stra\xdf", "Straß"),
        ("Zoë ".encode() + b"\xe9 x", "Zoë � x"),
        (b"bell\x07", "bell\x07"),
    ],
)
def test_bytes_of_a_text(raw: bytes, text: str) -> None:
    assert read(with_texts(b"", raw)).message == text
