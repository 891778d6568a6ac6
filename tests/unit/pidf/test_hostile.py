# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever comes in, the answer is a document or a ParseError of one line, in bounded time and memory."""

import resource
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from board.pidf import ParseError, parse
from board.pidf.document import Document, ResourceList
from board.pidf.reader import MAX_BYTES
from board.states import DeviceState
from tests.captures import Capture, load_captures

FUZZ = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])

SECONDS = 10.0  # the worst body here takes a fifth of a second on an idle machine; quadratic ones took minutes
MEGABYTES = 64

OPEN = b'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1@h">'
READY = b'<note>Ready</note><tuple id="1"><status><basic>open</basic></status></tuple>'
CLOSE = b"</presence>"

LAUGHS = (
    b'<!DOCTYPE p [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))
    + b"]>"
)
CHAN_SIP_BODY = next(each.body for each in load_captures() if each.case == "dev-busy-pres-available")
FILL = MAX_BYTES - 1000

CAPTURES = [each for each in load_captures() if each.body]
SNIPPETS = [
    b"<",
    b">",
    b'"',
    b"&",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"<!DOCTYPE x [",
    b"\0",
    b"\xc3",
    b"--",
    b"</presence>",
]


def filled(start: bytes, unit: bytes, end: bytes = b"") -> bytes:
    return start + unit * ((FILL - len(start)) // len(unit)) + end


def read(body: bytes, content_type: str | None = None) -> Document | ResourceList | None:
    """Parse, and hold whatever comes of it to the contract; None stands for a ParseError."""
    try:
        return parse(body, content_type)
    except ParseError as error:
        complaint = str(error)
    assert complaint
    assert "\n" not in complaint
    assert len(complaint) < 300
    return None


def document(body: bytes) -> Document:
    got = read(body)
    assert isinstance(got, Document)
    return got


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(LAUGHS + OPEN + b"<note>&a11;</note>" + READY + CLOSE, id="in text"),
        pytest.param(LAUGHS + OPEN.replace(b"sip:1@h", b"sip:1@&a11;") + READY + CLOSE, id="in an attribute"),
        pytest.param((LAUGHS + OPEN + b"<note>&a11;</note>" + READY + CLOSE).decode().encode("utf-16"), id="utf-16"),
        pytest.param(
            b"<!-- <!DOCTYPE p> -->" + LAUGHS + OPEN + b"<note>&a11;</note>" + CLOSE, id="behind a harmless one"
        ),
        pytest.param(
            b'<!DOCTYPE p [<!ENTITY a "%s">]>' % (b"x" * 60000) + OPEN + b"&a;" * 40000 + CLOSE, id="quadratic"
        ),
    ],
)
def test_entities_are_never_expanded(body: bytes) -> None:
    before, start = peak_megabytes(), time.monotonic()
    got = read(body)
    assert time.monotonic() - start < SECONDS
    assert peak_megabytes() - before < MEGABYTES
    assert "hahaha" not in repr(got)
    assert "xxx" not in repr(got)


def test_what_stands_beside_the_bomb_is_saved() -> None:
    got = document(LAUGHS + OPEN + READY + b"<note>&a11;</note>" + CLOSE)
    assert (got.device, got.extension) == (DeviceState.IDLE, "1")
    assert got.flaws[0] == "document type ignored, entities not expanded"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE p [<!ENTITY e SYSTEM "{}">]>',
        '<!DOCTYPE p SYSTEM "{}">',
        '<!DOCTYPE p PUBLIC "x" "{}">',
        '<!DOCTYPE p SYSTEM "{}" [<!ENTITY e SYSTEM "{}">]>',
        '<!DOCTYPE p [<!ENTITY % e SYSTEM "{}"> %e;]>',
    ],
)
def test_nothing_external_is_read(doctype: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY e "secret">')
    contact = b'<tuple id="1&e;"><contact>&e;</contact></tuple>'
    body = doctype.replace("{}", secret.as_uri()).encode() + OPEN + b"<note>Ready</note>" + contact + CLOSE
    got = document(body)
    assert got.device is DeviceState.IDLE
    assert "secret" not in repr(got)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(OPEN + READY + b"<a>" * 100_000, id="100,000 deep, over the size"),
        pytest.param(filled(OPEN + READY, b"<a>"), id="as deep as fits"),
        pytest.param(filled(OPEN, b"<a>x</a>", READY + CLOSE), id="wide"),
        pytest.param(filled(b"", b"<"), id="<<<"),
        pytest.param(filled(OPEN, b"&"), id="&&&"),
        pytest.param(filled(OPEN, b'"'), id="quotes"),
        pytest.param(filled(b"", b" ", b"<"), id="blanks"),
        pytest.param(filled(b"", b"\n", b"--a\n"), id="empty lines"),
        pytest.param(filled(OPEN, b"<![CDATA["), id="open CDATA"),
        pytest.param(filled(OPEN, b"<!--"), id="open comments"),
        pytest.param(filled(OPEN, b"<?x"), id="open instructions"),
        pytest.param(filled(b"", b"<!DOCTYPE a["), id="document types"),
        pytest.param(filled(b"", b"<?xml "), id="declarations"),
        pytest.param(filled(b"<presence ", b'a="u" ', b"/>"), id="one attribute many times"),
        pytest.param(filled(b"<presence>", b'<q:a r:b="c"/>'), id="unbound prefixes"),
        pytest.param(
            b"<presence " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(11_000)) + b"/>", id="namespaces"
        ),
        pytest.param(filled(OPEN, b"\0"), id="NUL"),
        pytest.param(filled(OPEN, b"\x07"), id="controls"),
        pytest.param(filled(OPEN, b"\xe9"), id="latin-1"),
        pytest.param(filled(OPEN, b"\xc3", b"<"), id="half characters"),
        pytest.param(filled(b"", b"--a\r\n"), id="boundaries"),
        pytest.param(filled(b"--a\r\n", b"\r\n \r"), id="blank lines"),
        pytest.param(filled(b"--a\r\n", b"a:b\r\n"), id="part headers"),
        pytest.param(filled(b"--a", b" "), id="blanks behind a boundary"),
        pytest.param(filled(CHAN_SIP_BODY.replace(b"</presence>\n", b""), b'">'), id="chan_sip, subtype without end"),
        pytest.param(CHAN_SIP_BODY.replace(b'<tuple id="', filled(b'<tuple id="', b'">', b"")[: FILL - 2000]), id="id"),
        pytest.param(b"a" * 1_000_000, id="1 MB"),
        pytest.param(
            b"<presence xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'><person><r:activities>"
            + b"".join(b"<a%x/>" % n for n in range(28_000))
            + b"</r:activities></person></presence>",
            id="28,000 activities",
        ),
    ],
)
def test_bombs_end_soon(body: bytes) -> None:
    before, start = peak_megabytes(), time.monotonic()
    read(body)
    read(body, "multipart/related;boundary=a")
    assert time.monotonic() - start < SECONDS
    assert peak_megabytes() - before < MEGABYTES


def test_header_bomb_ends_soon() -> None:
    start = time.monotonic()
    read(b"--a\r\n\r\nx\r\n--a--", "multipart/related" + ';a="' * 20_000)
    assert time.monotonic() - start < SECONDS


def test_too_large_says_how_much_is_read() -> None:
    with pytest.raises(ParseError, match="300000 bytes refused: at most 262144"):
        parse(b"x" * 300_000, "application/pidf+xml")


def test_document_before_a_depth_bomb_is_saved() -> None:
    got = document(filled(OPEN + READY, b"<a>"))
    assert got.device is DeviceState.IDLE
    assert "depth" in got.flaws[-1]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hello", "no XML in it"),
        (b"<html><body>404</body></html>", "root element is 'html'"),
        (b"<presence", "not well-formed"),
        (b"<presence>>>>", "not well-formed"),
        (b"<<<<", "not well-formed"),
        (b"Messages-Waiting: yes\r\n", "no XML in it"),
        (b"\xff\xfe\x00", "no XML in it"),
    ],
)
def test_nothing_readable(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse(body, "application/pidf+xml")


@FUZZ
@given(st.binary(max_size=600), st.sampled_from([None, "application/pidf+xml", "multipart/related;boundary=a"]))
def test_random_bytes(body: bytes, content_type: str | None) -> None:
    read(body, content_type)


@FUZZ
@given(
    st.text(st.sampled_from('<>&"/=![]-?; \n\0apresencetuple:id#xé🎧'), max_size=200),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_random_markup(text: str, encoding: str) -> None:
    read(f"<presence>{text}</presence>".encode(encoding))


@FUZZ
@given(st.data())
def test_mutated_captures(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(CAPTURES))
    body = bytearray(one.body)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 40)))
        body[start:end] = data.draw(st.one_of(st.binary(max_size=12), st.sampled_from(SNIPPETS)))
    read(bytes(body), one.content_type)


@FUZZ
@given(st.sampled_from(CAPTURES), st.floats(0, 1))
def test_cut_captures(one: Capture, share: float) -> None:
    read(one.body[: int(len(one.body) * share)], one.content_type)
