# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Broken PIDF other than chan_sip's: encodings that lie, cut texts, stray characters, trailing data."""

import pytest

from board.pidf import parse
from board.pidf.document import Document
from board.states import DeviceState, PresenceState

TEXT = "Zoë & “Co”"
BODY = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:zoë@h">'
    '<note>On hold</note><tuple id="zoë"><status><basic>open</basic></status></tuple>'
    '<tuple id="digium-presence"><status><digium_presence type="away" subtype="{subtype}">{message}</digium_presence>'
    "</status></tuple></presence>\n"
)


def body(message: str = "Zoë", subtype: str = "", encoding: str = "UTF-8") -> str:
    return BODY.format(message=message, subtype=subtype, encoding=encoding)


def read(raw: bytes, content_type: str | None = "application/pidf+xml") -> Document:
    document = parse(raw, content_type)
    assert isinstance(document, Document)
    assert document.device is DeviceState.ON_HOLD
    assert document.presence is PresenceState.AWAY
    return document


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("ISO-8859-1", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("US-ASCII", "utf-8"),
        ("nonsense", "utf-8"),
        ("UTF-16", "utf-8"),
        ("UTF-8", "latin-1"),
        ("UTF-8", "utf-16"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("UTF-32", "utf-32"),
    ],
)
def test_encoding(declared: str, real: str) -> None:
    document = read(body(encoding=declared).encode(real))
    assert (document.message, document.extension, document.entity) == ("Zoë", "zoë", "sip:zoë@h")


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/xpidf+xml;charset=x", "APPLICATION/PIDF+XML"]
)
def test_content_type_is_only_a_name(content_type: str | None) -> None:
    document = read(body().encode(), content_type)
    assert document.content_type == ((content_type or "application/pidf+xml").partition(";")[0].lower())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("a &unknown; b &amp; c &#65; d", "a &unknown; b & c A d"),
        ("<![CDATA[a & b &amp; <c>]]> & d", "a & b &amp; <c> & d"),
        ("bell\x07 and vt\x0b here", "bell\x07 and vt\x0b here"),
        ("nul\0nul", "nulnul"),
        ("bell\x07 and private \U000f0007", "bell and private \U000f0007"),
        ("not\uffffhing", "nothing"),
        ("  kept  ", "  kept  "),
        ("a<!-- b -->c<?d?>e", "ace"),
        ("with <b>markup</b> in it", "with markup in it"),
    ],
)
def test_text(message: str, text: str) -> None:
    assert read(body(message).encode()).message == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"&amp;" * 204 + b"&am", "&" * 204),
        (b"x" * 1020 + b"&lt", "x" * 1020),
        (b"x" * 1022 + b"\xc3", "x" * 1022),
        ("ö".encode() * 511 + b"\xc3", "ö" * 511),
        (b"x" * 1000 + b"&am", "x" * 1000 + "&am"),  # not at a buffer's end: somebody wrote it so
        (b"Z\xfcrich", "Zürich"),
        (b"Stra\xdf", "Straß"),
    ],
)
def test_cut_text(raw: bytes, text: str) -> None:
    document = read(body("@").encode().replace(b">@<", b">" + raw + b"<"))
    assert document.message == text
    assert document.flaws


@pytest.mark.parametrize(
    "trailing", [b"\0", b"\0\0\0\n", b"\r\n\r\n", b"trailing", b"<again/>", b"</presence>", body().encode()]
)
def test_trailing_data(trailing: bytes) -> None:
    assert read(body().encode() + trailing).message == "Zoë"


@pytest.mark.parametrize("leading", [b"\n", b"  ", b"\0", b"junk", b"\xef\xbb\xbf\n"])
def test_leading_data(leading: bytes) -> None:
    assert read(leading + body().encode()).message == "Zoë"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<?xml version="1.0" encod ing="UTF-8"?>',
        b'<?xml version="1.0',
        b"<?xml?>",
        b'<\xb5l version="1.0"?>',
        b"<!-- a comment -- of the worst kind -->",
        b"<note>",
    ],
)
def test_broken_declaration(declaration: bytes) -> None:
    assert read(declaration + body().partition("\n")[2].encode()).message == "Zoë"


@pytest.mark.parametrize("kept", range(0, 400, 7))
def test_a_cut_body_never_invents(kept: int) -> None:
    """Whatever is left of a body, what is read of it is a part of the whole, or nothing."""
    raw = body("Back at 2", "lunch").encode()[:kept]
    try:
        document = parse(raw, "application/pidf+xml")
    except ValueError:
        return
    assert isinstance(document, Document)
    assert document.device in (DeviceState.ON_HOLD, DeviceState.UNKNOWN)
    assert document.presence in (PresenceState.AWAY, None)
    assert "lunch".startswith(document.subtype or "")
    assert "Back at 2".startswith(document.message or "")


def test_presence_without_a_known_type_is_none() -> None:
    for type_ in ("type", 'type=""', 'type="gone"', ""):
        raw = body().replace('type="away"', type_).encode()
        document = parse(raw, None)
        assert isinstance(document, Document)
        assert (document.device, document.presence, document.message) == (DeviceState.ON_HOLD, None, None)
        assert "without a known type" in document.flaws[-1]
