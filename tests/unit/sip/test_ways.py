# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Open ways: who is let in, how a stream is cut, and how a way's end is told."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from board.sip.account import Transport
from board.sip.hop import OuterEnd
from board.sip.opening import Opened, bare
from board.sip.ways import MAX_UNSENT, LostError, StreamWay, UdpWay, take

MESSAGE = b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi"


def bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


@pytest.fixture
def pbx() -> Iterator[socket.socket]:
    with bound() as sock:
        sock.settimeout(5)
        yield sock


@pytest.fixture
def udp(pbx: socket.socket) -> Iterator[UdpWay]:
    sock = bound()
    sock.setblocking(False)
    end = OuterEnd(Transport.UDP, *bare(sock.getsockname()))
    way = take(Opened(sock, end, pbx.getsockname(), frozenset({bare(pbx.getsockname())}), ""))
    assert isinstance(way, UdpWay)
    yield way
    way.close()


@pytest.fixture
def stream() -> Iterator[tuple[StreamWay, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sock = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
    sock.setblocking(False)
    end = OuterEnd(Transport.TCP, *bare(sock.getsockname()))
    way = take(Opened(sock, end, theirs.getsockname(), frozenset(), ""))
    assert isinstance(way, StreamWay)
    with theirs:
        theirs.settimeout(5)
        yield way, theirs
    way.close()


def received(way: StreamWay) -> list[bytes]:
    """Wait until something can be read, and read it."""
    way.sock.settimeout(5)
    way.sock.recv(1, socket.MSG_PEEK)
    way.sock.setblocking(False)
    return [data for data, _ in way.receive()]


def test_only_the_pbx_is_let_in(udp: UdpWay, pbx: socket.socket) -> None:
    with bound() as stranger:
        stranger.sendto(b"stranger", udp.sock.getsockname())
        pbx.sendto(b"pbx", udp.sock.getsockname())
        assert udp.receive() == [(b"pbx", bare(pbx.getsockname()))]


def test_datagrams_go_to_the_pbx_or_back_to_who_asked(udp: UdpWay, pbx: socket.socket) -> None:
    with bound() as other:
        other.settimeout(5)
        udp.send(b"one", None)
        udp.send(b"two", bare(other.getsockname()))
        assert (pbx.recv(10), other.recv(10)) == (b"one", b"two")


def test_an_icmp_error_is_no_end(udp: UdpWay) -> None:
    with bound() as gone:
        address = bare(gone.getsockname())
    udp.send(b"nobody there", address)
    assert udp.receive() == []


def test_a_datagram_that_no_network_takes_ends_the_way(udp: UdpWay) -> None:
    with pytest.raises(LostError, match=r"cannot send to 127\.0\.0\.1:\d+: "):
        udp.send(b"x" * 100_000, None)


def test_a_stream_is_cut_into_messages(stream: tuple[StreamWay, socket.socket]) -> None:
    way, theirs = stream
    theirs.sendall(MESSAGE + b"\r\n\r\n" + MESSAGE + MESSAGE[:20])
    assert received(way) == [MESSAGE, MESSAGE]
    theirs.sendall(MESSAGE[20:])
    assert received(way) == [MESSAGE]


def test_a_closed_connection_is_told(stream: tuple[StreamWay, socket.socket]) -> None:
    way, theirs = stream
    theirs.shutdown(socket.SHUT_RDWR)
    with pytest.raises(LostError, match="closed the connection"):
        received(way)


def test_a_stream_that_cannot_be_followed_is_told(stream: tuple[StreamWay, socket.socket]) -> None:
    way, theirs = stream
    theirs.sendall(b"OPTIONS sip:a SIP/2.0\r\n\r\n")
    with pytest.raises(LostError, match="cannot be followed: a message on a stream has no Content-Length"):
        received(way)


def test_what_does_not_fit_waits(stream: tuple[StreamWay, socket.socket]) -> None:
    way, theirs = stream
    message = b"x" * 50_000
    count = 0
    while not way.wants_write:
        way.send(message, None)
        count += 1
    total = 0
    while total < count * len(message):
        total += len(theirs.recv(1 << 20))
        way.flush()
    assert not way.wants_write


def test_a_pbx_that_reads_nothing_ends_the_way(stream: tuple[StreamWay, socket.socket]) -> None:
    way, _ = stream
    while not way.wants_write:
        way.send(b"x" * 50_000, None)
    with pytest.raises(LostError, match="does not take what we send"):
        way.send(b"x" * 2 * MAX_UNSENT, None)


def test_the_last_words_reach_a_pbx_that_is_still_talking(stream: tuple[StreamWay, socket.socket]) -> None:
    way, theirs = stream
    theirs.sendall(MESSAGE * 100)  # never read: closing now would reset the connection and take our words back
    way.send(b"the last words", None)
    ended = threading.Thread(target=way.finish, args=(5.0,))
    ended.start()
    heard = b""
    while data := theirs.recv(4096):
        heard += data
    theirs.shutdown(socket.SHUT_WR)
    ended.join(5.0)
    assert heard == b"the last words"
    assert not ended.is_alive()


def test_a_pbx_that_does_not_hang_up_is_not_waited_for(stream: tuple[StreamWay, socket.socket]) -> None:
    way, _ = stream
    begun = time.monotonic()
    way.finish(0.05)
    assert time.monotonic() - begun < 5.0
    assert way.sock.fileno() == -1
