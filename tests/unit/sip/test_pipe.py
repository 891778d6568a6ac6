# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pipe's codec: everything that may cross it survives, nothing else gets through."""

import os
import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.pidf.document import Document
from board.sip import messages
from board.sip.account import Account, Transport
from board.sip.pipe import MAX_FRAME, FrameCutter, PipeError, frame, read_frame
from board.states import Basic, DeviceState, PresenceState, Subscription

DOCUMENT = Document(
    "application/pidf+xml",
    extension="2001",
    device=DeviceState.RINGING,
    presence=PresenceState.AWAY,
    subtype="lunch",
    message="Grüße \udcff",
    basic=Basic.OPEN,
    activities=("busy",),
    flaws=("cut",),
)
EVERYTHING: list[messages.Command | messages.Observation] = [
    messages.Start(Account("office", "::1", 5060, Transport.TLS, "board", "secret"), "Agent"),
    messages.Subscribe(("2001", "2002")),
    messages.Audit("2001"),
    messages.Unsubscribe(("2001",)),
    messages.Probe(7),
    messages.SendRequest(7, "MESSAGE", "presence", (("Content-Type", "text/plain"),), b"away||\xff"),
    messages.Reconnect(),
    messages.Stop(2.5),
    messages.PathChanged(False, "gone", "remark", 1.0),
    messages.ProbeAnswered(7, 401, 0.002, 1.0),
    messages.RequestAnswered(7, 202, "Accepted", 1.0, (("SIP-ETag", "a1"),)),
    messages.Answered("2001", 423, "Too Brief", False, None, 60.0, 3600.0, 1.0),
    messages.Notified("2001", Subscription.TERMINATED, "probation", 7.0, None, True, DOCUMENT, "", 1.0),
    messages.Awake(1.0),
    messages.Trouble("words", 1.0),
    messages.Traced("a message", 1.0),
]
KINDS = (*messages.Command.__args__, *messages.Observation.__args__)


def content(data: bytes) -> bytes:
    """The one frame in `data`."""
    [found] = FrameCutter().feed(data)
    return found


def test_all_that_may_cross_survives() -> None:
    assert {type(message) for message in EVERYTHING} == set(KINDS)
    for message in EVERYTHING:
        assert read_frame(content(pickled(message)), KINDS) == (message,)


def pickled(*objects: object) -> bytes:
    data = pickle.dumps(objects)
    return struct.pack("!I", len(data)) + data


def test_frames_are_cut_wherever_the_bytes_are() -> None:
    data = frame([messages.Probe(1)]) + frame([messages.Probe(2), messages.Probe(3)])
    cutter = FrameCutter()
    frames = [found for index in range(len(data)) for found in cutter.feed(data[index : index + 1])]
    assert [read_frame(found, KINDS) for found in frames] == [
        (messages.Probe(1),),
        (messages.Probe(2), messages.Probe(3)),
    ]


class Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


@pytest.mark.parametrize("thing", [Harmful(), os.system, print, pytest.raises])
def test_nothing_that_runs_gets_through(thing: object) -> None:
    with pytest.raises(PipeError, match="may not come through the pipe"):
        read_frame(content(pickled(thing)), KINDS)


@pytest.mark.parametrize("batch", [("text",), (messages.Probe(1), 5), (DOCUMENT,)])
def test_only_batches_of_messages_are_read(batch: tuple[object, ...]) -> None:
    with pytest.raises(PipeError):
        read_frame(content(pickled(*batch)), KINDS)


def test_a_command_is_no_observation() -> None:
    with pytest.raises(PipeError):
        read_frame(content(frame([messages.Probe(1)])), messages.Observation.__args__)


def test_a_frame_beyond_all_bounds_is_refused_before_it_came() -> None:
    with pytest.raises(PipeError):
        FrameCutter().feed(struct.pack("!I", MAX_FRAME + 1))


@given(st.binary(max_size=300))
def test_broken_frames_raise_nothing_else(data: bytes) -> None:
    try:
        batch = read_frame(data, KINDS)
    except PipeError:
        return
    assert all(isinstance(item, KINDS) for item in batch)
