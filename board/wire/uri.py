# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP and SIPS URIs (RFC 3261 section 19.1)."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from board.wire.errors import WireError

_SHAPE = re.compile(
    r"(sips?):(?:([^@\s<>\"]*)@)?(\[[0-9A-Fa-f:.%\w]+\]|[^\s:;?@<>\"\[\]]+)(?::(\d{1,5}))?((?:;[^\s?<>\"]*)?)((?:\?\S*)?)\Z",
    re.IGNORECASE,
)
_USER_UNRESERVED = "-_.!~*'()&=+$,;?/"
"""What a user part may hold unescaped besides letters and digits (RFC 3261 section 25.1)."""


@dataclass(frozen=True, slots=True)
class SipUri:
    """A SIP URI. `user` is unescaped and without a password; `host` has no brackets; `params` as written, in order."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, text: str) -> "SipUri":
        """Read a URI; raise WireError with one line if it is no SIP or SIPS URI."""
        match = _SHAPE.match(text.strip())
        if match is None:
            raise WireError(f"not a SIP URI: {text[:80]!r}")
        scheme, user, host, port, params, _ = match.groups()
        if port is not None and not 0 < int(port) < 65536:
            raise WireError(f"not a port: {port} in {text[:80]!r}")
        pairs = (part.partition("=") for part in params.split(";") if part)
        return cls(
            scheme.lower(),
            unquote((user or "").partition(":")[0], errors="surrogateescape"),
            host.strip("[]"),
            int(port) if port else None,
            tuple((name.lower(), value) for name, _, value in pairs),
        )

    def param(self, name: str) -> str | None:
        """Return a parameter's value ("" for a flag), None without it."""
        return next((value for key, value in self.params if key == name), None)

    @property
    def hostport(self) -> str:
        """Host and port as they stand in a URI, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    def __str__(self) -> str:
        user = quote(self.user, safe=_USER_UNRESERVED, errors="surrogateescape") + "@" if self.user else ""
        params = "".join(f";{name}={value}" if value else f";{name}" for name, value in self.params)
        return f"{self.scheme}:{user}{self.hostport}{params}"
