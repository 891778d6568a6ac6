# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may log in to serve, from the configuration and the environment; what cannot be read is told without secrets."""

import pytest

from board.config import loads
from board.errors import CallError
from board.serve_users import read_users

CONFIG = b"""
[[user]]
name = "2000"
password_env = "PHONE"
[[user]]
name = "admin"
face = "ami"
password_command = "printf said"
"""


def test_the_environment_comes_first() -> None:
    environ = {"PHONE": "p", "PRESENCE_BOARD_SIP": "2000:from:env,2001:x", "PRESENCE_BOARD_AMI": "boss:a,b:c"}
    users = read_users(loads(CONFIG, "board.toml"), environ)
    assert users.sip == {"2000": "from:env", "2001": "x"}
    assert users.ami == {"admin": "said", "boss": "a,b:c"}


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PHONE": ""}, "[[user]] 2000: no password: the environment variable PHONE is empty"),
        ({"PHONE": "p", "PRESENCE_BOARD_SIP": "hidden"}, "PRESENCE_BOARD_SIP is not USER:SECRET"),
        ({"PHONE": "p", "PRESENCE_BOARD_SIP": "a:hidden,,"}, "PRESENCE_BOARD_SIP is not USER:SECRET"),
        ({"PHONE": "p", "PRESENCE_BOARD_AMI": "hidden:"}, "PRESENCE_BOARD_AMI is not USER:SECRET"),
    ],
)
def test_what_cannot_be_read_is_told(environ: dict[str, str], says: str) -> None:
    with pytest.raises(CallError) as raised:
        read_users(loads(CONFIG, "board.toml"), environ)
    assert says in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_nobody_at_all_is_told() -> None:
    with pytest.raises(CallError, match="nobody may log in"):
        read_users(None, {})
