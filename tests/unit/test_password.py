# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""`password` stores what it is given, for the PBX that is meant."""

import io

import pytest

from board import password as command
from board.config import loads
from board.config.schema import PbxSection
from board.config.secrets import SecretError
from board.errors import CallError

OFFICE = '[[pbx]]\nname = "office"\nserver = "sip:pbx"\nuser = "2000"\n'
HOME = '[[pbx]]\nname = "home"\nserver = "sip:pbx"\nuser = "1"\npassword_env = "X"\n'


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}

    def store(pbx: PbxSection, password: str) -> None:
        found[pbx.name] = password

    monkeypatch.setattr(command, "store_password", store)
    return found


def _keep(config: str, name: str, typed: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = command.keep_password(loads(config.encode(), "board.toml"), name, io.StringIO(typed), out, err)
    return status, out.getvalue(), err.getvalue()


def test_stores_the_first_line(kept: dict[str, str]) -> None:
    assert _keep(OFFICE, "", "s3 cret\r\nmore\n") == (0, "stored for 2000 at office\n", "")
    assert kept == {"office": "s3 cret"}


def test_says_when_another_setting_comes_first(kept: dict[str, str]) -> None:
    status, _, err = _keep(OFFICE + HOME, "home", "x\n")
    assert status == 0
    assert err == "presence-board password: home has password_env, which comes first; take it out\n"
    assert kept == {"home": "x"}


@pytest.mark.parametrize(
    ("config", "name", "typed", "says"),
    [
        (OFFICE + HOME, "", "x\n", "there are several PBXs; say which with --pbx: office, home"),
        (OFFICE, "ofice", "x\n", "there is no [[pbx]] named 'ofice'; known: office"),
        (OFFICE, "", "", "no password was given"),
    ],
)
def test_refuses(kept: dict[str, str], config: str, name: str, typed: str, says: str) -> None:
    with pytest.raises(CallError) as caught:
        _keep(config, name, typed)
    assert says in str(caught.value)
    assert not kept


def test_a_key_store_that_refuses_is_bad_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pbx: PbxSection, password: str) -> None:
        raise SecretError("this machine has no key store")

    monkeypatch.setattr(command, "store_password", refuse)
    assert _keep(OFFICE, "", "x\n") == (1, "", "presence-board password: this machine has no key store\n")
