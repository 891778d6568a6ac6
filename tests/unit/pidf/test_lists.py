# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 4662 lists: those that servers sent, and what goes wrong with multipart bodies."""

import base64

import pytest

from board.pidf import ParseError, parse
from board.pidf.document import Document, Resource, ResourceList
from board.states import DeviceState, PresenceState
from tests.captures import CHAN_PJSIP, KAMAILIO, capture

RELATED = 'multipart/related;type="application/rlmi+xml";boundary=b1'


def list_of(body: bytes, content_type: str | None = RELATED) -> ResourceList:
    read = parse(body, content_type)
    assert isinstance(read, ResourceList)
    return read


def captured(server: str, case: str) -> ResourceList:
    one = capture(server, case)
    return list_of(one.body, one.content_type)


def device_of(each: Resource) -> DeviceState | None:
    return each.document.device if each.document else None


def summary(read: ResourceList) -> list[tuple[str, str | None, str | None, DeviceState | None, str | None]]:
    return [
        (
            each.uri.removeprefix("sip:").partition("@")[0],
            each.name,
            each.state,
            device_of(each),
            each.document.message if each.document else None,
        )
        for each in read.resources
    ]


def test_full_state_of_asterisk() -> None:
    read = captured(CHAN_PJSIP, "list-initial")
    assert (read.uri, read.version, read.full_state, read.flaws) == ("sip:team@127.0.0.1:5160", 0, True, ())
    assert summary(read) == [
        ("L1", "L1", "active", DeviceState.IN_USE, "One"),
        ("L2", "L2", "active", DeviceState.IDLE, "Two & two"),
        ("L3", "L3", "active", DeviceState.RINGING, "Three"),
    ]
    first = read.resources[0].document
    assert first is not None
    assert (first.presence, first.subtype, first.extension) == (PresenceState.AWAY, "lunch", "L1")


def test_partial_state_of_asterisk() -> None:
    read = captured(CHAN_PJSIP, "list-partial-presence")
    assert (read.version, read.full_state) == (1, False)
    assert summary(read) == [("L2", "L2", "active", DeviceState.IDLE, "Two left")]


def test_display_names_of_asterisk() -> None:
    assert [each.name for each in captured(CHAN_PJSIP, "list-display-names").resources] == ["Zoë & Co", "Plain Name"]


def test_removed_member_and_final_state() -> None:
    assert summary(captured(CHAN_PJSIP, "list-member-removed")) == [("L3", "L3", "terminated", DeviceState.IDLE, "")]
    assert {each.state for each in captured(CHAN_PJSIP, "list-final").resources} == {"terminated"}


def test_list_of_dialogs() -> None:
    devices = [device_of(each) for each in captured(CHAN_PJSIP, "list-dialog").resources]
    assert devices == [DeviceState.IN_USE, DeviceState.RINGING]


def test_kamailio_names_the_resources_first_and_sends_instances_later() -> None:
    first = captured(KAMAILIO, "list-initial")
    assert (first.full_state, first.version) == (True, 1)
    assert summary(first) == [(name, None, None, None, None) for name in ("m1", "m2", "m3")]
    second = captured(KAMAILIO, "list-initial-instances")
    assert (second.full_state, second.version) == (False, 2)
    assert [device_of(each) for each in second.resources] == [
        DeviceState.UNAVAILABLE,
        DeviceState.IDLE,
    ]
    assert summary(captured(KAMAILIO, "list-change")) == [("m1", None, "active", DeviceState.IN_USE, None)]


def pidf(user: str, note: str = "Ready") -> str:
    return (
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:{user}@h"><note>{note}</note>'
        f'<tuple id="{user}"><status><basic>open</basic></status></tuple></presence>'
    )


def rlmi(*users: str, attributes: str = 'version="3" fullState="true"') -> str:
    resources = "".join(
        f'<resource uri="sip:{user}@h"><instance id="i" state="active" cid="{user}@h"/></resource>' for user in users
    )
    return f'<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:team@h" {attributes}>{resources}</list>'


def part(body: str, content_id: str = "", content_type: str = "application/pidf+xml", more: str = "") -> str:
    named = f"Content-ID: <{content_id}>\r\n" if content_id else ""
    return f"--b1\r\n{named}Content-Type: {content_type}\r\n{more}\r\n{body}\r\n"


def whole(*parts: str, end: str = "--b1--\r\n") -> bytes:
    return ("".join(parts) + end).encode()


LIST = part(rlmi("1", "2"), "list@h", "application/rlmi+xml")
ONE, TWO = part(pidf("1"), "1@h"), part(pidf("2", "On the phone"), "2@h")
BOTH = [("1", DeviceState.IDLE), ("2", DeviceState.IN_USE)]


def devices(read: ResourceList) -> list[tuple[str, DeviceState | None]]:
    return [(each.uri.removeprefix("sip:").partition("@")[0], device_of(each)) for each in read.resources]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(whole(LIST, ONE, TWO), id="as it should be"),
        pytest.param(whole(LIST, ONE, TWO).replace(b"\r\n", b"\n"), id="only line feeds"),
        pytest.param(whole(TWO, LIST, ONE), id="the list in the middle"),
        pytest.param(b"preamble\r\n" + whole(LIST, ONE, TWO) + b"epilogue", id="preamble and epilogue"),
        pytest.param(whole(LIST, ONE, TWO, end=""), id="closing boundary lost"),
        pytest.param(whole(LIST, ONE, TWO, end="--b1--"), id="no line end at the end"),
        pytest.param(whole(LIST, ONE, TWO).replace(b"--b1\r", b"--b1  \r"), id="blanks behind the boundary"),
        pytest.param(
            whole(LIST, ONE, part(pidf("2", "On the phone"), "2@h", more="Content-Length:   9\r\n")), id="length"
        ),
        pytest.param(whole(LIST, ONE, TWO).replace(b"Content-ID: ", b"CONTENT-ID:\r\n "), id="folded header"),
    ],
)
def test_shapes_of_multipart(body: bytes) -> None:
    read = list_of(body)
    assert devices(read) == BOTH
    assert read.flaws == ()


@pytest.mark.parametrize(
    "content_type",
    [
        'Multipart/Related; boundary="b1"; type="application/rlmi+xml"',
        "multipart/related;start=<x>;BOUNDARY=b1",
        "multipart/related",
        "multipart/related;boundary=wrong",
        None,
        "",
        "application/octet-stream",
    ],
)
def test_boundary_is_found(content_type: str | None) -> None:
    assert devices(list_of(whole(LIST, ONE, TWO), content_type)) == BOTH


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("base64", base64.encodebytes(pidf("1").encode()).decode()),
        ("quoted-printable", pidf("1").replace("=", "=3D")),
        ("8bit", pidf("1")),
    ],
)
def test_transfer_encoding(encoding: str, encoded: str) -> None:
    body = whole(
        part(rlmi("1"), "list@h", "application/rlmi+xml"),
        part(encoded, "1@h", more=f"Content-Transfer-Encoding: {encoding}\r\n"),
    )
    assert devices(list_of(body)) == BOTH[:1]


def test_nested_list_is_laid_flat() -> None:
    inner = whole(part(rlmi("2"), "inner@h", "application/rlmi+xml"), TWO).decode().replace("b1", "b2")
    body = whole(LIST, ONE, part(inner, "2@h", "multipart/related;boundary=b2"))
    assert devices(list_of(body)) == [("1", DeviceState.IDLE), ("2", None), ("2", DeviceState.IN_USE)]


def test_too_deep_a_nest_is_a_flaw() -> None:
    body = pidf("1")
    for level in range(8):
        body = f"--n{level}\r\n\r\n{body}\r\n--n{level}--"
    with pytest.raises(ParseError, match="nested deeper"):
        parse(body.encode(), "multipart/related;boundary=n7")


def test_missing_instance_and_unknown_part() -> None:
    read = list_of(whole(LIST, ONE, part(pidf("9"), "9@h")))
    assert devices(read) == [("1", DeviceState.IDLE), ("2", None)]


def test_unreadable_part_is_a_flaw_of_the_list() -> None:
    read = list_of(whole(LIST, ONE, part("not xml at all", "2@h")))
    assert devices(read) == [("1", DeviceState.IDLE), ("2", None)]
    assert read.flaws == ("part 2@h: no XML in it: expected a presence document",)


def test_broken_list_still_gives_the_members() -> None:
    read = list_of(whole(part("<broken", "list@h", "application/rlmi+xml"), ONE, TWO))
    assert devices(read) == BOTH
    assert (read.uri, read.full_state) == ("", False)
    assert len(read.flaws) == 1


def test_list_part_is_missing() -> None:
    assert devices(list_of(whole(ONE, TWO))) == BOTH


def test_a_single_part_without_list_is_a_document() -> None:
    read = parse(whole(TWO), RELATED)
    assert isinstance(read, Document)
    assert read.device is DeviceState.IN_USE


def test_list_without_multipart() -> None:
    read = parse(rlmi("1").encode(), "application/rlmi+xml")
    assert isinstance(read, ResourceList)
    assert (read.uri, read.version, devices(read)) == ("sip:team@h", 3, [("1", None)])


@pytest.mark.parametrize(
    ("attributes", "version", "full", "flaws"),
    [
        ('version="12" fullState="1"', 12, True, 0),
        ('version="7" fullState="false"', 7, False, 0),
        ('version="x" fullState="true"', 0, True, 1),
        ('version="-1"', 0, False, 1),
        ("", 0, False, 1),
        (f'version="{"9" * 500}"', 0, False, 1),
        ('version="²"', 0, False, 1),
    ],
)
def test_version_and_full_state(attributes: str, version: int, full: bool, flaws: int) -> None:
    read = list_of(whole(part(rlmi(attributes=attributes), "list@h", "application/rlmi+xml")))
    assert (read.version, read.full_state, len(read.flaws)) == (version, full, flaws)


def test_reason_and_second_instance() -> None:
    resources = (
        '<resource uri="sip:1@h"><name>One</name><instance id="a" state="terminated" reason="noresource"/></resource>'
        '<resource uri="sip:2@h"><instance id="a" state="terminated" reason="timeout"/>'
        '<instance id="b" state="active" cid="2@h"/></resource>'
    )
    read = list_of(whole(part(rlmi().replace("</list>", f"{resources}</list>"), "l@h", "application/rlmi+xml"), TWO))
    assert [(each.name, each.state, each.reason) for each in read.resources] == [
        ("One", "terminated", "noresource"),
        (None, "active", None),
    ]
    assert devices(read) == [("1", None), ("2", DeviceState.IN_USE)]


@pytest.mark.parametrize("body", [b"--b1--\r\n", b"no boundary here", b"--"])
def test_multipart_without_anything(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body, RELATED)
