# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Digest answers, checked against the RFC's own example and against the notifier's side of it."""

import pytest

from board.notifier.digest import Digest, Verdict
from board.sip.credentials import credentials
from board.wire import Response
from board.wire.headers import Headers

# RFC 7616 section 3.9.1
REALM, NONCE = "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE, CNONCE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
PROOFS = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


def challenge(*values: str, status: int = 401) -> Response:
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return Response(Headers((name, value) for value in values), b"", status, "Unauthorized")


@pytest.mark.parametrize("algorithm", PROOFS)
def test_the_example_of_the_rfc(algorithm: str) -> None:
    asked = f'Digest realm="{REALM}", qop="auth, auth-int", algorithm={algorithm}, nonce="{NONCE}", opaque="{OPAQUE}"'
    given = credentials(challenge(asked), "GET", "/dir/index.html", "Mufasa", "Circle of Life", CNONCE)
    assert given is not None
    name, value = given
    assert name == "Authorization"
    assert f'response="{PROOFS[algorithm]}"' in value
    assert f'opaque="{OPAQUE}"' in value


@pytest.mark.parametrize("algorithms", [("MD5",), ("SHA-256",), ("SHA-256", "MD5")])
def test_the_other_side_accepts_it(algorithms: tuple[str, ...]) -> None:
    digest = Digest({'a"b\\c': "pä:ß"}, "board", lambda: "t" * 24, 60.0, algorithms)
    asked = challenge(*digest.challenges(1000.0))
    given = credentials(asked, "MESSAGE", "sip:presence@192.0.2.1", 'a"b\\c', "pä:ß", "c")
    assert given is not None
    assert digest.judge("MESSAGE", [given[1]], 1001.0).verdict is Verdict.ACCEPTED


def test_a_proxy_is_answered_in_its_own_field() -> None:
    given = credentials(challenge('Digest realm="r", nonce="n"', status=407), "MESSAGE", "sip:a@b", "u", "p", "c")
    assert given is not None
    assert given[0] == "Proxy-Authorization"


@pytest.mark.parametrize("asked", ["Basic realm=x", 'Digest realm="r"', 'Digest nonce="n", qop="auth-int"', ""])
def test_what_cannot_be_answered_is_not(asked: str) -> None:
    assert credentials(challenge(asked), "MESSAGE", "sip:a@b", "u", "p", "c") is None
