# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""HOST:PORT is read one way, and every other text is told with what to write."""

import pytest

from board.config.host_port import read_host_port, write_host_port


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:5060", "127.0.0.1", 5060),
        ("[::1]:0", "::1", 0),
        ("pbx.example.org:65535", "pbx.example.org", 65535),
    ],
)
def test_reads_and_writes(text: str, host: str, port: int) -> None:
    assert read_host_port(text) == (host, port)
    assert write_host_port(host, port) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("5060", "no HOST:PORT"),
        (":5060", "no HOST:PORT"),
        ("::1:5060", "no HOST:PORT"),
        ("[]:5060", "no HOST:PORT"),
        ("", "no HOST:PORT"),
        ("host:", "no port"),
        ("host:65536", "no port"),
        ("host:-1", "no port"),
        ("host:99999999999999999999999", "no port"),
        ("host:٣", "no port"),
    ],
)
def test_tells_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_host_port(text)
