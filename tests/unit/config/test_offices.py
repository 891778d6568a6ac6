# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration becomes contacts and accounts; a password that cannot be had costs its own PBX only."""

import asyncio
import threading
from pathlib import Path

import pytest

from board.config import loads
from board.config.offices import contacts, open_office
from board.config.schema import BoardConfig, PbxSection
from board.config.secrets import SecretError
from board.events import Address
from board.roster.contact import Contact
from board.sip.account import Account, Transport
from tests.pbx.certificates import make_certificates


def _config(text: str) -> BoardConfig:
    return loads(text.encode(), "board.toml")


ONE = '[[pbx]]\nname = "office"\nserver = "sips:pbx"\nuser = "2000"\nauth_user = "a"\n'
TWO = ONE + '[[pbx]]\nname = "home"\nserver = "sip:[::1]:5070"\nuser = "1"\n'


def test_contacts_come_before_ranges_and_only_once() -> None:
    config = _config(
        f'{ONE}[[range]]\nextensions = "2000-2002"\ngroup = "Desks"\nname = "Desk {{extension}}"\n'
        '[[contact]]\nextension = "2001"\nname = "Bob"\ngroup = "Support"\nfavourite = true\n'
    )
    assert list(contacts(config)) == [
        Contact(Address("office", "2001"), "Bob", "Support", True),
        Contact(Address("office", "2000"), "Desk 2000", "Desks"),
        Contact(Address("office", "2002"), "Desk 2002", "Desks"),
    ]


async def test_an_office_has_an_account_for_each_password() -> None:
    def fetch(pbx: PbxSection) -> str:
        if pbx.name == "home":
            raise SecretError("no password: it is lost")
        return "secret"

    office = await open_office(_config(TWO + '[[contact]]\nextension = "1"\npbx = "home"\n'), fetch)
    assert office.accounts == (Account("office", "pbx", 5061, Transport.TLS, "2000", "secret", auth_user="a"),)
    assert office.unusable == {"home": "no password: it is lost"}
    assert office.contacts == (Contact(Address("home", "1")),)
    assert "secret" not in repr(office)


async def test_passwords_are_fetched_side_by_side_and_off_the_loop() -> None:
    both = threading.Barrier(2, timeout=10)

    def fetch(pbx: PbxSection) -> str:
        assert threading.current_thread() is not threading.main_thread()
        both.wait()
        return pbx.name

    office = await open_office(_config(TWO), fetch)
    assert [account.password for account in office.accounts] == ["office", "home"]


async def test_a_key_store_that_never_answers_can_be_left() -> None:
    loop, asked, answer = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def fetch(pbx: PbxSection) -> str:
        loop.call_soon_threadsafe(asked.set)
        answer.wait(10)
        return "late"

    waiting = asyncio.create_task(open_office(_config(ONE), fetch))
    await asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    answer.set()  # and the late answer disturbs nobody


async def test_authorities_are_looked_into(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    config = _config(f'{ONE}tls_ca = "{made.ca}"\ntls_verify = false\n')
    [account] = (await open_office(config, lambda pbx: "x")).accounts
    assert (account.tls_ca, account.tls_verify) == (str(made.ca), False)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.pem", "No such file or directory"),
        ("", "Is a directory"),
        ("empty.pem", "it holds no certificate in PEM"),
    ],
)
async def test_authorities_that_cannot_be_used_are_told(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "empty.pem").touch()
    office = await open_office(_config(f'{ONE}tls_ca = "{tmp_path / name}"\n'), lambda pbx: "x")
    assert not office.accounts
    assert office.unusable == {
        "office": f"tls_ca {tmp_path / name} cannot be used: {why}; name a PEM file of authorities"
    }
