# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The orders."""

import pytest

from board.roster.ordering import Order, availability, natural, sort_key, still_key
from board.roster.tile import Tile
from board.states import DeviceState, PresenceState
from tests.unit.roster.tiles import a_tile


def ordered_by(order: Order, tiles: list[Tile]) -> list[Tile]:
    return sorted(tiles, key=lambda tile: sort_key(order, tile, still_key(order, tile.contact)))


def test_names_order_without_case_and_accents() -> None:
    names = ["Zuzana", "Žofie", "adam", "Émile", "Zoë", "Eve"]
    assert [t.contact.name for t in ordered_by(Order.NAME, [a_tile(name=n) for n in names])] == [
        "adam",
        "Émile",
        "Eve",
        "Zoë",
        "Žofie",
        "Zuzana",
    ]


def test_a_nameless_contact_orders_by_its_extension() -> None:
    tiles = [a_tile(name="", extension="10"), a_tile(name="", extension="9"), a_tile(name="Amelia")]
    assert [t.contact.address.extension for t in ordered_by(Order.NAME, tiles)] == ["9", "10", "2001"]


def test_numbers_order_by_value() -> None:
    numbers = ["1000", "99", "0100", "+49 7", "100", "sip-2", "sip-10"]
    ordered = ordered_by(Order.NUMBER, [a_tile(extension=n) for n in numbers])
    assert [t.contact.address.extension for t in ordered] == ["99", "0100", "100", "1000", "+49 7", "sip-2", "sip-10"]


def test_a_number_of_any_length_orders() -> None:
    assert natural("9" * 5000) > natural("8" * 5000) > natural("9" * 4999)


def test_free_first_then_by_how_soon_a_call_can_be_taken_then_by_name() -> None:
    tiles = [
        a_tile(name="a stale", stale=True),
        a_tile(DeviceState.UNAVAILABLE, name="b unreachable"),
        a_tile(DeviceState.IN_USE, PresenceState.DND, name="c dnd in a call"),
        a_tile(DeviceState.IDLE, PresenceState.AWAY, name="d away"),
        a_tile(DeviceState.IN_USE, name="e in a call"),
        a_tile(DeviceState.RINGING, name="f ringing"),
        a_tile(name="h free"),
        a_tile(DeviceState.IDLE, PresenceState.CHAT, name="g free"),
    ]
    ordered = [t.contact.name.partition(" ")[0] for t in ordered_by(Order.FREE_FIRST, tiles)]
    assert ordered == ["g", "h", "f", "e", "d", "c", "b", "a"]


@pytest.mark.parametrize("device", list(DeviceState))
def test_a_stale_tile_is_never_first(device: DeviceState) -> None:
    assert availability(a_tile(device, stale=True)) > availability(a_tile(device))
