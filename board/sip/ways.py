# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The outer sockets once they are open: datagrams or a stream of SIP messages, read and written without blocking.

No SIP beyond framing. `LostError` says in words for the user why a way is gone.
"""

import contextlib
import socket
import ssl
import time

from board.sip.account import Transport
from board.sip.dialogs import Source
from board.sip.hop import hostport
from board.sip.opening import Opened, bare
from board.wire import WireError
from board.wire.stream import StreamCutter

DATAGRAM = 65_536
CHUNK = 65_536
MAX_UNSENT = 1 << 20
AT_A_TIME = 64
"""Messages taken in one turn of the worker's loop, so that its other duties get theirs."""

Arrived = list[tuple[bytes, Source | None]]


class LostError(Exception):
    """The way is gone; the message is one line for the user."""


class UdpWay:
    """An unconnected UDP socket; only what comes from the PBX's addresses and port is let in."""

    def __init__(self, opened: Opened) -> None:
        self.sock = opened.sock
        self._target = opened.target
        self._peers = opened.peers
        self._where = hostport(*bare(opened.target))

    wants_write = False

    def send(self, data: bytes, to: Source | None) -> None:
        """Send one message, to the PBX's address or back to `to`. Raises LostError when no network leads there."""
        target = to if to is not None and len(self._target) == 2 else self._target
        try:
            self.sock.sendto(data, target)
        except BlockingIOError:
            pass  # a full buffer loses a datagram, as the network may
        except OSError as error:
            raise LostError(f"cannot send to {self._where}: {error.strerror or error}") from error

    def receive(self) -> Arrived:
        """Return what came from the PBX; a stranger's packets are dropped in silence."""
        arrived: Arrived = []
        for _ in range(AT_A_TIME):
            try:
                data, address = self.sock.recvfrom(DATAGRAM)
            except BlockingIOError:
                break
            except ConnectionError:
                continue  # an ICMP error of an earlier datagram; the probes tell whether the PBX is there
            except OSError as error:
                raise LostError(f"cannot receive from {self._where}: {error.strerror or error}") from error
            source = bare(address)
            if source in self._peers:
                arrived.append((data, source))
        return arrived

    def flush(self) -> None:
        """Do nothing: datagrams are never kept."""

    def finish(self, seconds: float) -> None:
        """Close the socket; what was sent is on its way."""
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()


class StreamWay:
    """A TCP or TLS connection, cut into messages."""

    def __init__(self, opened: Opened) -> None:
        self.sock = opened.sock
        self._where = hostport(*bare(opened.target))
        self._cutter = StreamCutter()
        self._unsent = bytearray()

    @property
    def wants_write(self) -> bool:
        """Whether bytes wait for the connection to take them."""
        return bool(self._unsent)

    def send(self, data: bytes, to: Source | None) -> None:
        """Send one message. Raises LostError when the connection is gone or its other end does not read."""
        self._unsent += data
        self.flush()
        if len(self._unsent) > MAX_UNSENT:
            raise LostError(f"{self._where} does not take what we send")

    def flush(self) -> None:
        """Send what waits, as far as it goes. Raises LostError."""
        while self._unsent:
            try:
                sent = self.sock.send(self._unsent[:CHUNK])
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            except OSError as error:
                raise LostError(self._gone(error)) from error
            del self._unsent[:sent]

    def receive(self) -> Arrived:
        """Return the messages that are whole by now. Raises LostError where the connection or its framing ends."""
        arrived: Arrived = []
        while len(arrived) < AT_A_TIME or self._pending():
            try:
                data = self.sock.recv(CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                break
            except OSError as error:
                raise LostError(self._gone(error)) from error
            if not data:
                raise LostError(f"{self._where} closed the connection")
            try:
                arrived += [(message, None) for message in self._cutter.feed(data)]
            except WireError as error:
                raise LostError(f"what {self._where} sends cannot be followed: {error}") from error
        return arrived

    def finish(self, seconds: float) -> None:
        """Close the connection once the PBX has read all, or after `seconds`.

        To close it with anything unread resets it, and a reset takes back what was sent and not yet read.
        """
        with contextlib.suppress(OSError, LostError):
            self.flush()
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(seconds)
            until = time.monotonic() + seconds
            while time.monotonic() < until and self.sock.recv(CHUNK):
                pass
        self.sock.close()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def _pending(self) -> bool:
        """Tell whether TLS holds bytes that select cannot see."""
        return isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0

    def _gone(self, error: OSError) -> str:
        return f"the connection to {self._where} broke: {error.strerror or error}"


Way = UdpWay | StreamWay


def take(opened: Opened) -> Way:
    """Wrap an opened way."""
    return UdpWay(opened) if opened.end.transport is Transport.UDP else StreamWay(opened)
