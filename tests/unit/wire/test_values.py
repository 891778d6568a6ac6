# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shapes of header values and URIs."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.wire import NameAddr, SipUri, Via, WireError, parameters, split_list


def test_a_list_is_split_outside_quotes_and_brackets() -> None:
    assert split_list('"a, b" <sip:x,y@h>, c ,, <sip:d>') == ['"a, b" <sip:x,y@h>', "c", "<sip:d>"]


def test_parameters_are_told_from_the_value() -> None:
    main, params = parameters('active;expires=599;x="a;b";flag')
    assert (main, dict(params)) == ("active", {"expires": "599", "x": "a;b", "flag": ""})


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:2001@127.0.0.1:5060", SipUri("sip", "2001", "127.0.0.1", 5060)),
        ("sip:pbx.example.org;transport=tcp", SipUri("sip", "", "pbx.example.org", None, (("transport", "tcp"),))),
        ("sips:a%20b@[2001:db8::1]:5061", SipUri("sips", "a b", "2001:db8::1", 5061)),
        ("sip:*78@h;lr", SipUri("sip", "*78", "h", None, (("lr", ""),))),
    ],
)
def test_a_uri_is_read_and_written(text: str, uri: SipUri) -> None:
    assert SipUri.read(text) == uri
    assert SipUri.read(str(uri)) == uri


@pytest.mark.parametrize(
    "text", ["", "2001", "http://x", "sip:", "sip:a b@h", "sip:a@h:0", "sip:a@h:99999", "sip:a@<h>"]
)
def test_what_is_no_uri_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        SipUri.read(text)


def test_parameters_without_brackets_are_the_headers() -> None:
    value = NameAddr.read("sip:2001@h;tag=x")
    assert (value.uri, value.tag) == ("sip:2001@h", "x")
    assert NameAddr.read("<sip:2001@h;tag=no>").tag == ""


def test_a_via_with_an_ipv6_host() -> None:
    via = Via.read("SIP / 2.0 / TLS [::1]:5061 ;branch=z9hG4bK1;received=::2")
    assert (via.transport, via.host, via.port, via.branch) == ("TLS", "[::1]", 5061, "z9hG4bK1")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    split_list(text)
    parameters(text)
    for read in (NameAddr.read, SipUri.read, Via.read):
        with contextlib.suppress(WireError):
            read(text)
