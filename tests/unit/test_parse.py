# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`parse` reads bodies and whole messages, byte for byte as servers sent them or as somebody saved them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from board.parse import ParseOptions, parse_files

NOTIFY = Path(__file__).parents[1] / "data/notify"
ALONE = NOTIFY / "asterisk-22.10.1/agent-none.txt"
IN_A_CALL = {
    "entity": "sip:2155@127.0.0.1:5160",
    "content_type": "application/pidf+xml",
    "extension": "2155",
    "device": "in_use",
    "presence": None,
    "subtype": None,
    "message": None,
    "basic": "open",
    "note": "On the phone",
    "activities": ["on-the-phone"],
    "contact": "sip:board@127.0.0.1",
    "timestamp": None,
}


def _parse(
    *files: str | Path, stdin: bytes = b"", content_type: str | None = None, as_json: bool = True
) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    options = ParseOptions(tuple(map(str, files)), content_type, as_json)
    status = parse_files(options, io.BytesIO(stdin), out, err)
    return status, out.getvalue(), err.getvalue()


def _documents(*files: str | Path, stdin: bytes = b"", content_type: str | None = None) -> list[dict[str, Any]]:
    status, out, err = _parse(*files, stdin=stdin, content_type=content_type)
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_reads_a_whole_message() -> None:
    assert _documents(ALONE) == [IN_A_CALL]


def test_reads_a_bare_body() -> None:
    body = ALONE.read_bytes().partition(b"\r\n\r\n")[2]
    assert _documents("-", stdin=body) == [IN_A_CALL]
    assert _documents("-", stdin=body, content_type="application/pidf+xml;charset=UTF-8") == [IN_A_CALL]


def test_prints_one_object_a_file_in_order() -> None:
    others = [NOTIFY / "asterisk-22.10.1/agent-other.txt", NOTIFY / "asterisk-22.10.1/agent-digium-upper.txt"]
    found = _documents(*others, "-", stdin=ALONE.read_bytes())
    assert [document["extension"] for document in found][2] == "2155"
    assert len({document["extension"] for document in found}) == 3


@pytest.mark.parametrize("capture", json.loads((NOTIFY / "index.json").read_text()), ids=lambda c: str(c["file"]))
def test_reads_every_capture(capture: dict[str, Any]) -> None:
    status, out, _ = _parse(NOTIFY / capture["file"])
    assert status == 0
    [line] = out.splitlines()
    found = json.loads(line)
    assert "error" not in found
    assert "resources" in found or set(found) == set(IN_A_CALL)


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param(lambda raw: raw.replace(b"\r\n", b"\n"), id="with other line ends"),
        pytest.param(lambda raw: b"\r\n\r\n" + raw, id="behind a keep-alive"),
        pytest.param(lambda raw: raw + b"\r\nNOTIFY", id="with what came next"),
        pytest.param(lambda raw: raw.replace(b"Content-Length:   476", b"l: 476"), id="with a short header name"),
        pytest.param(
            lambda raw: raw.replace(b"Content-Length:   476", b"Content-Length: 9999"), id="with a wrong length"
        ),
        pytest.param(lambda raw: raw.replace(b"Content-Length:   476\r\n", b""), id="without a length"),
    ],
)
def test_reads_a_message_as_people_save_it(saved: Any) -> None:
    assert _documents("-", stdin=saved(ALONE.read_bytes())) == [IN_A_CALL]


def test_a_list_shows_its_members() -> None:
    [found] = _documents(NOTIFY / "asterisk-22.10.1/list-full-presence.txt")
    assert found["resources"]
    assert all(set(IN_A_CALL) < set(resource) for resource in found["resources"])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\x00\x01\x02", ""),
        (b"not xml at all", ""),
        (b"<html/>", "no presence document"),
        (b"NOTIFY sip:x SIP/2.0\r\nno header\r\n\r\n", "not a header line"),
        (b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", "no NOTIFY, and without a body: SIP/2.0 200 OK"),
        (b"OPTIONS sip:x SIP/2.0\r\nVia: x\r\n\r\n", "no NOTIFY, and without a body: OPTIONS sip:x"),
        (b"<" * 2_000_000, "refused"),
    ],
)
def test_says_why_a_file_holds_nothing_readable(raw: bytes, says: str) -> None:
    status, out, err = _parse(ALONE, "-", ALONE, stdin=raw)
    assert status == 2
    before, error, after = (json.loads(line) for line in out.splitlines())
    assert before == after == IN_A_CALL
    assert list(error) == ["error"]
    assert says in error["error"]
    assert err == f"presence-board parse: -: {error['error']}\n"


def test_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    status, out, err = _parse(tmp_path / "none", tmp_path)
    assert status == 2
    assert [json.loads(line) for line in out.splitlines()] == [
        {"error": "cannot be read: No such file or directory"},
        {"error": "cannot be read: Is a directory"},
    ]
    assert len(err.splitlines()) == 2


def test_tells_people_what_was_broken() -> None:
    status, out, err = _parse(NOTIFY / "asterisk-22.10.1/raw-latin1.txt", as_json=False)
    assert (status, err) == (0, "")
    assert "flaw" in out


def test_a_strangers_text_cannot_break_out_of_its_line() -> None:
    body = (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1@x"><note>a&#10;b&#x85;c&#x2028;d</note></presence>'
    )
    _, out, _ = _parse("-", stdin=body.encode(), as_json=False)
    [note] = [line for line in out.splitlines() if "note" in line]
    assert "a" in note
    assert "d" in note


def test_prints_words_for_people() -> None:
    status, out, err = _parse(ALONE, as_json=False)
    assert (status, err) == (0, "")
    assert out.splitlines()[:2] == ["extension   2155", "device      in_use"]


def test_names_each_of_several_files() -> None:
    _, out, _ = _parse(ALONE, ALONE, as_json=False)
    assert out.splitlines().count(str(ALONE)) == 2
