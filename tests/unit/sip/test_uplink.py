# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker's end of the pipe never waits, and never keeps more than the latest state of an extension."""

import socket
from collections.abc import Iterator

import pytest

from board.pidf.document import Document
from board.sip.messages import Notified, Observation, Probe, Stop, Trouble
from board.sip.pipe import FrameCutter, PipeError, frame, read_frame
from board.sip.uplink import MAX_REMARKS, Uplink
from board.states import Subscription


class Pair:
    """An uplink and the pool's end of its pipe."""

    def __init__(self) -> None:
        theirs, self.pool = socket.socketpair()
        self.pool.setblocking(False)
        self.uplink = Uplink(theirs)
        self._cutter = FrameCutter()

    def read(self) -> list[Observation]:
        """All that has come to the pool's end, the uplink sending whenever there is room."""
        found: list[Observation] = []
        while True:
            self.uplink.flush()
            try:
                data = self.pool.recv(65536)
            except BlockingIOError:
                return found
            for content in self._cutter.feed(data):
                found += read_frame(content, Observation.__args__)

    def fill(self) -> int:
        """Report until the pool's end takes no more; return how many reports that took."""
        count = 0
        while not self.uplink.wants_write:
            count += 1
            self.uplink.report(notified(f"filler-{count}"))
            self.uplink.flush()
        return count


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.uplink.sock.close()
    made.pool.close()


def notified(
    extension: str,
    text: str = "",
    gap: bool = False,
    state: Subscription = Subscription.ACTIVE,
    has_document: bool = True,
) -> Notified:
    document = Document("application/pidf+xml", note=text) if has_document else None
    return Notified(extension, state, "", None, None, gap, document, "", 0.0)


def test_observations_arrive_in_order(pair: Pair) -> None:
    sent: list[Observation] = [notified("2001"), Trouble("a", 0.0), notified("2002")]
    for observation in sent:
        pair.uplink.report(observation)
    assert pair.read() == sent


def test_while_the_pool_is_slow_only_the_latest_state_waits(pair: Pair) -> None:
    pair.fill()
    for number in range(5000):
        pair.uplink.report(notified(str(number % 50), str(number), gap=number == 10))
        pair.uplink.flush()
    assert len(pair.uplink._waiting) <= 51
    late = [o for o in pair.read() if isinstance(o, Notified) and not o.extension.startswith("filler")]
    assert {o.extension: o.document.note for o in late if o.document} == {str(n): str(4950 + n) for n in range(50)}
    assert [o.extension for o in late if o.gap] == ["10"]


@pytest.mark.parametrize(
    "second", [notified("2001", state=Subscription.TERMINATED), notified("2001", has_document=False)]
)
def test_an_end_or_a_state_without_document_takes_nobodys_place(pair: Pair, second: Notified) -> None:
    pair.fill()
    pair.uplink.report(notified("2001", "first"))
    pair.uplink.report(second)
    assert [o for o in pair.read() if isinstance(o, Notified) and o.extension == "2001"][1:] == [second]


def test_troubles_are_bounded(pair: Pair) -> None:
    pair.fill()
    for number in range(10 * MAX_REMARKS):
        pair.uplink.report(Trouble(str(number), 0.0))
    assert sum(isinstance(o, Trouble) for o in pair.read()) == MAX_REMARKS
    pair.uplink.report(Trouble("again", 0.0))
    assert pair.read() == [Trouble("again", 0.0)]


def test_commands_come_in(pair: Pair) -> None:
    assert pair.uplink.receive() == []
    pair.pool.send(frame([Probe(1)]) + frame([Stop(2.0)]))
    assert pair.uplink.receive() == [Probe(1), Stop(2.0)]


def test_the_pools_end_is_seen(pair: Pair) -> None:
    pair.pool.close()
    assert pair.uplink.receive() is None
    pair.uplink.report(notified("2001"))
    pair.uplink.flush()
    assert not pair.uplink.wants_write


def test_what_is_no_command_is_refused(pair: Pair) -> None:
    pair.pool.send(frame([Trouble("not for you", 0.0)]))
    with pytest.raises(PipeError):
        pair.uplink.receive()
