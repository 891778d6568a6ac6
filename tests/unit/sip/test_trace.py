# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The debug log never shows what authenticates."""

import pytest

from board.sip.trace import legible

NAMES = ["Authorization", "Proxy-Authorization", "WWW-Authenticate", "proxy-authenticate", "Authentication-Info"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("colon", [":", " :", "\t: "])
def test_credentials_are_blotted_out_and_the_rest_is_not(name: str, colon: str) -> None:
    credentials = f"{name}{colon}Digest secret=1,\r\n  secret=2"
    text = f"SUBSCRIBE sip:a SIP/2.0\r\nFrom: <sip:b>\r\n{credentials}\r\nTo: <sip:c>\r\n\r\n"
    shown = legible("sent", text.encode())
    assert "secret" not in shown
    assert shown.startswith(f"sent ({len(text)} bytes)\nSUBSCRIBE")
    assert "From: <sip:b>" in shown
    assert "To: <sip:c>" in shown
