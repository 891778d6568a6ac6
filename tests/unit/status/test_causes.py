# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The strongest cause is told, an idle desk begins at the end of its time, a phone's calls are as old as the oldest."""

import pytest

from board.presence.value import Presence
from board.states import DeviceState, PresenceState
from board.status.automatic import Proposal
from board.status.causes import Cause, Kind, strongest
from board.status.idle import RETURN_SECONDS, IdleDesk
from board.status.phone import OwnPhones
from board.status.rules import Rules

AWAY, XA = Presence(PresenceState.AWAY), Presence(PresenceState.XA)
ON_THE_PHONE = Presence(PresenceState.DND, "on the phone")


def _cause(kind: Kind, since: float) -> Cause:
    return Cause(kind, Presence(PresenceState.AWAY, kind.name), since)


def test_nothing_is_proposed_without_a_cause() -> None:
    assert strongest([]) is None


def test_the_strongest_is_told_whenever_it_began() -> None:
    causes = [_cause(kind, 100.0 - kind) for kind in Kind]
    for last in range(len(causes), 0, -1):
        told = strongest(reversed(causes[:last]))
        assert told == Proposal(causes[last - 1].presence, causes[last - 1].since)
    assert [kind.name for kind in Kind] == ["IDLE", "LONG_IDLE", "LOCKED", "MEETING", "CALL", "QUIT"]


def test_of_two_meetings_the_younger_is_told() -> None:
    assert strongest([_cause(Kind.MEETING, 7.0), _cause(Kind.MEETING, 3.0)]) == strongest([_cause(Kind.MEETING, 7.0)])


def test_a_desk_goes_through_both_stages_and_back() -> None:
    desk = IdleDesk(Rules(away_after=600, extended_after=3600))
    assert desk.looked(599.9, 1000.0) is None
    assert desk.looked(600.0, 1000.1) == Cause(Kind.IDLE, AWAY, 1000.1)
    assert desk.looked(602.3, 1002.1) == Cause(Kind.IDLE, AWAY, 1000.1)  # and does not tremble
    assert desk.looked(3601.0, 4001.0) == Cause(Kind.LONG_IDLE, XA, 1000.1)  # the same absence
    assert desk.looked(0.5, 4003.0) is None
    assert desk.looked(600.0, 5000.0) == Cause(Kind.IDLE, AWAY, 5000.0)


@pytest.mark.parametrize(
    ("rules", "idle", "found"),
    [
        (Rules(away_after=600), 9999.0, Cause(Kind.IDLE, AWAY, 9999.0 - 9399.0)),
        (Rules(extended_after=3600), 700.0, None),
        (Rules(extended_after=3600), 3600.0, Cause(Kind.LONG_IDLE, XA, 9999.0)),
    ],
)
def test_each_stage_may_stand_alone(rules: Rules, idle: float, found: Cause | None) -> None:
    assert IdleDesk(rules).looked(idle, 9999.0) == found


def test_a_desk_in_use_is_left_alone_until_it_could_be_idle() -> None:
    desk = IdleDesk(Rules(away_after=600, extended_after=3600))
    assert desk.pause(0.0) == 600.0
    assert desk.pause(590.0) == 10.0
    assert desk.pause(599.999) > 0.05  # a clock that is a little off must not spin
    assert desk.pause(600.0) == RETURN_SECONDS
    assert desk.pause(9000.0) == RETURN_SECONDS


def test_a_call_begins_with_the_first_phone_and_ends_with_the_last() -> None:
    phones = OwnPhones(PresenceState.DND)
    assert phones.told("2000@office", DeviceState.RINGING, 1.0) is None
    call = Cause(Kind.CALL, ON_THE_PHONE, 2.0)
    assert phones.told("2000@office", DeviceState.IN_USE, 2.0) == call
    assert phones.told("2000@office", DeviceState.ON_HOLD, 3.0) == call
    assert phones.told("7@home", DeviceState.IN_USE_RINGING, 4.0) == call
    assert phones.told("2000@office", DeviceState.IDLE, 5.0) == Cause(Kind.CALL, ON_THE_PHONE, 4.0)
    assert phones.told("7@home", DeviceState.UNAVAILABLE, 6.0) is None


@pytest.mark.parametrize("device", [DeviceState.BUSY, DeviceState.UNKNOWN, DeviceState.IDLE, DeviceState.RINGING])
def test_no_other_state_is_a_call(device: DeviceState) -> None:
    assert OwnPhones(PresenceState.DND).told("2000@office", device, 1.0) is None
