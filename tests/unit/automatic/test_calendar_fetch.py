# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A calendar is fetched from a real web server: only when newer, certificates verified, no secret in any error."""

import re
from pathlib import Path

import pytest

from board.automatic import calendar_fetch
from board.automatic.calendar_fetch import fetch
from board.automatic.calendar_job import NOTHING_KNOWN, CalendarError, Place, Validators
from tests.fakes.calendar_server import PATH, CalendarServer
from tests.pbx.certificates import make_certificates


def _error(place: Place) -> str:
    with pytest.raises(CalendarError) as caught:
        fetch(place, NOTHING_KNOWN)
    text = str(caught.value)
    assert not re.search(r"secret|hunter2|\n", f"{text} {place!r} {place.name if place.is_web else ''}")
    return text


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "work.ics"
    path.write_bytes(b"x")
    fetched = fetch(Place(str(path)), NOTHING_KNOWN)
    assert fetched is not None
    assert fetched.data == b"x"


@pytest.mark.parametrize(("name", "why"), [("none.ics", "No such file or directory"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, why: str) -> None:
    assert _error(Place(str(tmp_path / name))) == f"cannot be read: {why}; check the path and its permissions"


def test_a_server_is_asked_for_what_is_newer() -> None:
    with CalendarServer(b"one", etag='"1"') as server:
        fetched = fetch(Place(server.url), NOTHING_KNOWN)
        assert fetched is not None
        assert (fetched.data, fetched.known.etag) == (b"one", '"1"')
        assert fetch(Place(server.url), fetched.known) is None
        server.data, server.etag = b"two", '"2"'
        again = fetch(Place(server.url), fetched.known)
        assert again is not None
        assert again.data == b"two"
        fetch(Place(server.url), Validators(modified="Mon, 23 Nov 2026 08:00:00 GMT"))
        assert server.asked[-1]["If-Modified-Since"] == "Mon, 23 Nov 2026 08:00:00 GMT"


def test_an_account_is_shown_to_its_own_server_only() -> None:
    with CalendarServer(b"one") as elsewhere, CalendarServer(b"one", account="bob:hunter2") as server:
        assert fetch(Place(server.url, "bob", "hunter2"), NOTHING_KNOWN) is not None
        assert _error(Place(server.url, "bob", "wrong")) == (
            "the server does not accept the account; check user and password"
        )
        server.redirects = {"/here": PATH, "/there": elsewhere.url}
        assert fetch(Place(f"http://{server.host}/here", "bob", "hunter2"), NOTHING_KNOWN) is not None
        assert fetch(Place(f"http://{server.host}/there", "bob", "hunter2"), NOTHING_KNOWN) is not None
        assert "Authorization" not in elsewhere.asked[0]


def test_a_certificate_must_be_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_certificates(tmp_path)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(made.cert.read_bytes() + made.key.read_bytes())
    with CalendarServer(b"one") as plain, CalendarServer(b"one", certificate=chain) as server:
        assert _error(Place(server.url)).startswith("cannot be fetched: the server's certificate is not right: ")
        monkeypatch.setenv("SSL_CERT_FILE", str(made.ca))
        assert fetch(Place(server.url), NOTHING_KNOWN) is not None
        assert fetch(Place(server.url.replace("https:", "webcal:")), NOTHING_KNOWN) is not None
        server.redirects = {"/out": plain.url}
        assert _error(Place(f"https://{server.host}/out")).startswith("the server sends us to an address without TLS")
        assert not plain.asked


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_fetch, "MOST_BYTES", 1_000_000)
    with CalendarServer(b"x" * 1_000_001) as server:
        assert _error(Place(server.url)) == "is larger than 1 MB; name one with fewer entries"


@pytest.mark.parametrize(
    ("status", "says"), [(403, "does not let"), (404, "has no calendar"), (410, "any more"), (500, "answers 500")]
)
def test_a_refusal_is_told(status: int, says: str) -> None:
    with CalendarServer(b"secret", status=status) as server:
        assert says in _error(Place(server.url))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/secret",
        "http://127.0.0.1:1/sec ret/secret\n",
        "http://[::1/secret",
        "http:///secret",
        "https://127.0.0.1:99999/secret",
        "http://127.0.0.1:port/secret",
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_itself(url: str) -> None:
    assert _error(Place(url)).startswith("cannot be fetched: ")


def test_a_silent_server_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_fetch, "SOCKET_SECONDS", 0.05)
    with CalendarServer(b"one") as server:
        server.hold.clear()
        assert _error(Place(server.url)) == "cannot be fetched: the server does not answer"
