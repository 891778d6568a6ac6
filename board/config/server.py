# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a PBX is, read from the SIP URI that the configuration gives. Pure."""

from dataclasses import dataclass
from typing import Self

from board.sip.account import Transport
from board.wire import SipUri, WireError

_EXAMPLE = '"sip:pbx.example.org:5060;transport=tcp"'
_DEFAULT_PORT = {Transport.UDP: 5060, Transport.TCP: 5060, Transport.TLS: 5061}  # RFC 3261 section 19.1.2


@dataclass(frozen=True, slots=True)
class Server:
    """A PBX's address: `host` is a name or a bare IP address, without brackets."""

    host: str
    port: int
    transport: Transport

    @classmethod
    def read(cls, value: object) -> Self:
        """Read a SIP URI; raise ValueError, with one line, for anything that says no host or an odd transport."""
        if not isinstance(value, str):
            raise ValueError(f"is no text; write a SIP URI such as {_EXAMPLE}")
        try:
            uri = SipUri.read(value)
        except WireError as error:
            raise ValueError(f"{error}; write it such as {_EXAMPLE}") from None
        if uri.user:
            raise ValueError(f'names a user; write {_EXAMPLE}, and the user under "user"')
        transport = _transport(uri)
        return cls(uri.host, uri.port or _DEFAULT_PORT[transport], transport)


def _transport(uri: SipUri) -> Transport:
    named = (uri.param("transport") or "").lower()
    others = [name for name, _ in uri.params if name != "transport"]
    if others:
        raise ValueError(f"has a parameter {others[0]!r} that means nothing here; only transport= may follow the port")
    if uri.scheme == "sips":
        if named not in ("", "tls", "tcp"):
            raise ValueError(f'"sips:" means TLS, not {named}; write transport=tls or leave it out')
        return Transport.TLS
    if not named:
        return Transport.UDP
    if named not in tuple(Transport):
        raise ValueError(f"transport {named!r} is unknown; use udp, tcp or tls")
    return Transport(named)
