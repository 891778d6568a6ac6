# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is free, and counts that keep up."""

import pytest

from board.roster.categories import Category, Counts, Tally, categories
from board.states import DeviceState, PresenceState
from tests.unit.roster.tiles import a_tile


@pytest.mark.parametrize("presence", [None, PresenceState.NOT_SET, PresenceState.AVAILABLE, PresenceState.CHAT])
def test_free_is_an_idle_device_and_nothing_against_it(presence: PresenceState | None) -> None:
    assert categories(a_tile(DeviceState.IDLE, presence)) == {Category.FREE}


@pytest.mark.parametrize(
    ("presence", "category"),
    [
        (PresenceState.AWAY, Category.AWAY),
        (PresenceState.XA, Category.AWAY),
        (PresenceState.UNAVAILABLE, Category.AWAY),
        (PresenceState.DND, Category.DND),
    ],
)
def test_a_person_can_make_an_idle_device_not_free(presence: PresenceState, category: Category) -> None:
    assert categories(a_tile(DeviceState.IDLE, presence)) == {category}


@pytest.mark.parametrize("device", [d for d in DeviceState if d is not DeviceState.IDLE])
def test_no_other_device_state_is_free(device: DeviceState) -> None:
    held = categories(a_tile(device, PresenceState.AVAILABLE))
    assert held
    assert Category.FREE not in held


def test_a_tile_can_be_of_several_kinds() -> None:
    held = categories(a_tile(DeviceState.IN_USE_RINGING, PresenceState.AWAY))
    assert held == {Category.IN_CALL, Category.RINGING, Category.AWAY}


@pytest.mark.parametrize("device", list(DeviceState))
def test_a_stale_tile_is_nothing_but_stale(device: DeviceState) -> None:
    assert categories(a_tile(device, PresenceState.AWAY, stale=True)) == {Category.STALE}


def test_the_tally_keeps_up_with_replacements_as_if_counted_anew() -> None:
    tiles = [a_tile(), a_tile(DeviceState.IN_USE, group="Sales"), a_tile(stale=True, group="")]
    after = [
        a_tile(DeviceState.RINGING),
        a_tile(DeviceState.IN_USE, PresenceState.DND, group="Sales"),
        a_tile(group=""),
    ]
    kept = Tally(tiles)
    for old, new in zip(tiles, after, strict=True):
        kept.replace(old, new)
    fresh = Tally(after)
    for group in (None, "Support", "Sales", ""):
        for category in (None, *Category):
            assert kept.counts(group).of(category) == fresh.counts(group).of(category)
    assert kept.counts().of(None) == 3
    assert kept.counts().of(Category.FREE) == 1
    assert kept.counts("Sales").of(Category.DND) == 1


def test_counts_of_an_unknown_group_are_zero() -> None:
    assert Tally([a_tile()]).counts("Nobody") == Counts()
