# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens the way to a PBX: resolves its name, tries its addresses in turn, connects, verifies. Blocking: for a thread.

It returns sockets and facts, or raises `OpenError` with one line for the user. It reads and writes no SIP.
"""

import errno
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from board.sip.account import Account, Transport
from board.sip.dialogs import Source
from board.sip.hop import OuterEnd, hostport

CONNECT_TIMEOUT = 5.0
RECEIVE_BUFFER = 4 << 20
NOT_VERIFIED = "the TLS certificate is not verified (tls_verify is off): anyone on the way can read what is sent"

Found = tuple[socket.AddressFamily, tuple[Any, ...]]


class Fault(Enum):
    """What keeps a way from opening."""

    NAME = auto()  # the host's name means nothing
    PATH = auto()  # nothing answers there, or nothing leads there
    TLS = auto()  # what answers speaks no TLS that we do
    AUTHORITY = auto()  # nobody whom we trust has signed the certificate, or tls_ca cannot be read
    HOST_NAME = auto()  # the certificate is for another name
    EXPIRED = auto()  # the certificate's time is over, or not yet come


class OpenError(Exception):
    """There is no way to the PBX; the message is one line: what, where, what to do.

    Attributes: `fault`, its kind.
    """

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text, fault)
        self.fault = fault

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Opened:
    """An open way: its socket (non-blocking), our end, the address in use, all that may send to us, a remark or ""."""

    sock: socket.socket
    end: OuterEnd
    target: tuple[Any, ...]
    peers: frozenset[Source]
    remark: str


def bare(address: Sequence[Any]) -> Source:
    """Bring a socket address to the one form sources are compared in: no scope, no mapped IPv4."""
    host = str(address[0]).partition("%")[0]
    return host.removeprefix("::ffff:") if "." in host else host, int(address[1])


def open_way(account: Account, attempt: int, port: int = 0) -> Opened:
    """Open the way to the account's PBX.

    `attempt` counts up from 0, so that over UDP each address of a name gets its turn; `port` is the local UDP port to
    have again if it can be had. Raises OpenError.
    """
    found = _resolve(account)
    if account.transport is Transport.UDP:
        return _open_udp(account, found, attempt, port)
    return _open_stream(account, found)


def _resolve(account: Account) -> list[Found]:
    kind = socket.SOCK_DGRAM if account.transport is Transport.UDP else socket.SOCK_STREAM
    try:
        infos = socket.getaddrinfo(account.host, account.port, type=kind)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        text = f"cannot resolve {account.host} ({reason}): check the server's name in the configuration, and DNS"
        raise OpenError(text, Fault.NAME) from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in infos))


# -- UDP ----------------------------------------------------------------------------------------------------------


def _open_udp(account: Account, found: list[Found], attempt: int, port: int) -> Opened:
    reasons = list[str]()
    turn = attempt % len(found)
    for family, address in (*found[turn:], *found[:turn]):
        try:
            local = _route_to(family, address)
            sock = _bound(family, local, port)
        except OSError as error:
            reasons.append(_reason(error, address))
            continue
        end = OuterEnd(Transport.UDP, *bare(sock.getsockname()))
        return Opened(sock, end, address, frozenset(bare(other) for _, other in found), _enlarge(sock))
    raise OpenError("; ".join(dict.fromkeys(reasons)), Fault.PATH)


def _route_to(family: socket.AddressFamily, address: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the local address that the system would send from."""
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        return tuple(sock.getsockname())


def _bound(family: socket.AddressFamily, local: tuple[Any, ...], port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    for wanted in (port, 0):
        try:
            sock.bind((local[0], wanted, *local[2:]))
        except OSError:
            if wanted == 0:
                sock.close()
                raise
        else:
            break
    return sock


def _enlarge(sock: socket.socket) -> str:
    """Make the receive buffer large; return a remark where the system caps it, else ""."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    granted = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2  # Linux doubles what is set
    if granted >= RECEIVE_BUFFER:
        return ""
    return (
        f"the system caps the UDP receive buffer at {granted // 1024} kB, bursts may be lost: use TCP, or set "
        f"net.core.rmem_max={RECEIVE_BUFFER}"
    )


# -- TCP and TLS --------------------------------------------------------------------------------------------------


def _open_stream(account: Account, found: list[Found]) -> Opened:
    reasons = list[str]()
    for family, address in found:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(CONNECT_TIMEOUT)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if account.transport is Transport.TLS:
                sock = _secured(sock, account)
            end = OuterEnd(account.transport, *bare(sock.getsockname()))
        except OpenError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            reasons.append(_reason(error, address))
            continue
        sock.setblocking(False)
        remark = NOT_VERIFIED if account.transport is Transport.TLS and not account.tls_verify else ""
        return Opened(sock, end, address, frozenset((bare(address),)), remark)
    raise OpenError("; ".join(dict.fromkeys(reasons)), Fault.PATH)


# OpenSSL's x509_vfy.h: not yet valid, expired; the name, the IP address is another.
_CERTIFICATE_FAULTS: Mapping[int, Fault] = MappingProxyType(
    {9: Fault.EXPIRED, 10: Fault.EXPIRED, 62: Fault.HOST_NAME, 64: Fault.HOST_NAME}
)
_ADVICE: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.AUTHORITY: "name its CA file in tls_ca",
        Fault.HOST_NAME: "use the name that the certificate is for",
        Fault.EXPIRED: "renew it, and check both clocks",
    }
)


def tls_context(account: Account) -> ssl.SSLContext:
    """Build the TLS settings: 1.2 at least, verified against `tls_ca` or the system. Raises OpenError."""
    try:
        context = ssl.create_default_context(cafile=account.tls_ca or None)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or "it holds no PEM certificate"
        raise OpenError(f"cannot read tls_ca {account.tls_ca}: {reason}", Fault.AUTHORITY) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not account.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _secured(sock: socket.socket, account: Account) -> ssl.SSLSocket:
    context = tls_context(account)
    where = hostport(account.host, account.port)
    try:
        return context.wrap_socket(sock, server_hostname=account.host)
    except ssl.SSLCertVerificationError as error:
        fault = _CERTIFICATE_FAULTS.get(error.verify_code, Fault.AUTHORITY)
        text = f"the certificate of {account.host} is not valid ({error.verify_message}): {_ADVICE[fault]}"
        raise OpenError(text.replace("\n", " "), fault) from error
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        text = f"no TLS with {where} ({reason}): check that its port speaks TLS 1.2 or newer"
        raise OpenError(text, Fault.TLS) from error
    except TimeoutError as error:
        text = f"no TLS with {where} within {CONNECT_TIMEOUT:.0f} s: check that its port speaks TLS"
        raise OpenError(text, Fault.TLS) from error


# -- why not ------------------------------------------------------------------------------------------------------

_REASONS: Mapping[int, str] = MappingProxyType(
    {
        errno.ECONNREFUSED: "connection refused by {}: check the port and that the PBX runs",
        errno.ENETUNREACH: "no network leads to {}: check this machine's connection",
        errno.EHOSTUNREACH: "no route to {}: check the server's address and the network",
        errno.ECONNRESET: "{} closed the connection at once: check the transport and the port",
        errno.ETIMEDOUT: "no answer from {}: check the server's address and firewalls",
    }
)


def _reason(error: OSError, address: Sequence[Any]) -> str:
    where = hostport(*bare(address))
    if isinstance(error, TimeoutError):
        return _REASONS[errno.ETIMEDOUT].format(where)
    known = _REASONS.get(error.errno or 0)
    return known.format(where) if known else f"cannot reach {where}: {error.strerror or error}"
