# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""How one PBX is reached: the frozen value that a configuration becomes and that a worker is given.

The password travels down a worker's pipe and nowhere else: it is left out of every repr.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Transport(StrEnum):
    """What carries SIP to the PBX."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Account:
    """One PBX and the SIP account that subscribes there.

    `host` is a name or a bare IPv4 or IPv6 address (no brackets); `user` goes into From, `auth_user` into the
    digest ("" means the same as `user`). `tls_ca` is a PEM file to trust instead of the system's; `tls_verify`
    off is the user's explicit wish and shown as a warning.
    """

    pbx: str
    host: str
    port: int
    transport: Transport
    user: str
    password: str = field(repr=False, default="")
    auth_user: str = ""
    tls_verify: bool = True
    tls_ca: str = ""
