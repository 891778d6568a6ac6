# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The relay does what the tests of a bad network rely on."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.fakes.relay import Relay, Weather

WAIT = 5.0


@pytest.fixture
def far() -> Iterator[tuple[socket.socket, socket.socket]]:
    """What lies behind the relay: a UDP socket and a TCP listener on one port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as listener:
        datagrams.bind(("127.0.0.1", 0))
        datagrams.settimeout(WAIT)
        listener.bind(datagrams.getsockname())
        listener.listen()
        listener.settimeout(WAIT)
        yield datagrams, listener


@pytest.fixture
def relay(far: tuple[socket.socket, socket.socket]) -> Iterator[Relay]:
    made = Relay(far[0].getsockname()[1])
    yield made
    made.close()


def test_datagrams_pass_both_ways_or_are_lost_in_silence(
    relay: Relay, far: tuple[socket.socket, socket.socket]
) -> None:
    datagrams, _ = far
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
        near.connect(("127.0.0.1", relay.port))
        near.settimeout(WAIT)
        near.send(b"SUBSCRIBE sip:one")
        data, source = datagrams.recvfrom(100)
        datagrams.sendto(b"two", source)
        assert (data, near.recv(100)) == (b"SUBSCRIBE sip:one", b"two")
        relay.weather = Weather(loss=1.0)
        datagrams.sendto(b"lost", source)
        near.send(b"SUBSCRIBE sip:lost")
        deadline = time.monotonic() + WAIT
        while len(relay.subscribes) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        relay.clear()
        datagrams.sendto(b"three", source)
        assert near.recv(100) == b"three"


def test_a_stream_waits_while_the_network_is_silent_and_can_be_cut(
    relay: Relay, far: tuple[socket.socket, socket.socket]
) -> None:
    _, listener = far
    with socket.create_connection(("127.0.0.1", relay.port), WAIT) as near:
        beyond, _ = listener.accept()
        with beyond:
            beyond.settimeout(0.2)
            near.sendall(b"one")
            assert beyond.recv(100) == b"one"
            relay.weather = Weather(silent=True)
            near.sendall(b"two")
            with pytest.raises(TimeoutError):
                beyond.recv(100)
            beyond.settimeout(WAIT)
            relay.clear()
            assert beyond.recv(100) == b"two"
            relay.cut()
            with suppress(ConnectionError):
                assert near.recv(100) == b""
