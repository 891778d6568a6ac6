# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sections for `serve`: their defaults, and every mistake in one line with its place."""

import pytest

from board.config import ConfigError, loads


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        loads(text.encode(), "board.toml")
    return str(raised.value).splitlines()


def test_serve_needs_no_pbx() -> None:
    config = loads(b'[[hint]]\nextensions = "2000-2001"\n', "board.toml")
    assert (config.serve.sip, config.serve.ami, config.serve.context) == ("127.0.0.1:5060", "127.0.0.1:5038", "hints")
    assert (config.hint[0].devices, config.hint[0].presence) == ("Custom:${EXTEN}", "CustomPresence:${EXTEN}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[serve]\nsip = "5060"\n', "board.toml:2: serve.sip: '5060' is no HOST:PORT"),
        ('[serve]\nhistory_days = "7"\n', "serve.history_days: '7' is no whole number"),
        ("[serve]\nhistory_days = -1\n", "serve.history_days: -1 is too small; 0 is the least"),
        ("[serve]\nhistory_days = 99999\n", "serve.history_days: 99999 is too large; 36500 is the most"),
        ("serve = 1\n", "serve: 1 is no section; write [serve]"),
        ('[[user]]\nname = "a"\n', "needs one of password_env and password_command"),
        ('[[user]]\nname = "a"\npassword_env = "A"\npassword_command = "b"\n', "needs one of"),
        ('[[user]]\nname = "a"\npassword = "x"\n', "a password is not kept in this file"),
        ('[[user]]\nname = "a"\npassword_env = "A"\nface = "web"\n', "'web' is unknown; use 'sip' or 'ami'"),
        ("[[hint]]\n", "hint[1].extensions: is missing"),
        ('[[hint]]\nextensions = "9-1"\n', "runs backwards"),
    ],
)
def test_a_mistake_is_told(text: str, says: str) -> None:
    assert any(says in line for line in problems(text)), problems(text)
