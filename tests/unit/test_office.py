# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Narrowing an office to what the command line names."""

import pytest

from board.errors import CallError
from board.events import Address
from board.office import Office
from board.roster.contact import Contact
from board.sip.account import Account, Transport

BOB = Contact(Address("office", "2001"), "Bob Brown")
BOB_AT_HOME = Contact(Address("home", "2001"), "Bob at home")
ALICE = Contact(Address("home", "30"), "Alice")
OFFICE = Office(
    (BOB, BOB_AT_HOME, ALICE), (Account("office", "127.0.0.1", 5060, Transport.UDP, "board"),), {"home": "no password"}
)


def test_an_extension_is_found_at_every_pbx_that_has_it() -> None:
    assert OFFICE.only(["2001"]).contacts == (BOB, BOB_AT_HOME)


def test_a_pbx_can_be_named() -> None:
    assert OFFICE.only(["2001@home", "30"]).contacts == (BOB_AT_HOME, ALICE)


def test_an_extension_nobody_listed_is_watched_at_the_first_pbx() -> None:
    assert OFFICE.only(["99", "99"]).contacts == (Contact(Address("office", "99")),)


def test_an_unknown_pbx_is_told_in_one_line() -> None:
    with pytest.raises(CallError, match=r"2001@shop: there is no \[\[pbx\]\] named 'shop'; known: office, home"):
        OFFICE.only(["2001@shop"])


def test_a_password_is_in_no_repr() -> None:
    assert "tulip" not in repr(Account("p", "h", 5060, Transport.TCP, "u", "tulip"))
