# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shapes of header values: lists, parameters, name-addr, Via (RFC 3261 sections 20 and 25.1)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from board.wire.errors import WireError
from board.wire.uri import SipUri

# A run of anything but the separator, where quoted strings and angle brackets protect what is in them.
_PROTECTED = r'"(?:[^"\\]|\\.)*"?|<[^>]*>?'
_BY_COMMA = re.compile(rf"(?:{_PROTECTED}|[^,\"<])+")
_BY_SEMICOLON = re.compile(rf"(?:{_PROTECTED}|[^;\"<])+")
_NAME_ADDR = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*<([^<>]*)>(.*)\Z', re.DOTALL)
_VIA = re.compile(
    r"\s*SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9-]+)\s+(\[[^\]]*\]|[^\s:;]+)\s*(?::\s*(\d{1,5}))?\s*(.*)\Z", re.DOTALL
)


def split_list(value: str) -> list[str]:
    """Split a comma-separated header value; commas in quotes and angle brackets do not count."""
    if "," not in value:
        return [whole] if (whole := value.strip()) else []
    return [part.strip() for part in _BY_COMMA.findall(value) if part.strip()]


def parameters(value: str) -> tuple[str, MappingProxyType[str, str]]:
    """Split `main;name=value;flag` into its main part and its parameters (names in lower case, quotes taken off)."""
    plain = '"' not in value and "<" not in value
    parts = [part for part in value.split(";") if part] if plain else _BY_SEMICOLON.findall(value)
    main, rest = ("", parts) if not parts or value.lstrip().startswith(";") else (parts[0], parts[1:])
    found = dict[str, str]()
    for part in rest:
        name, _, text = part.partition("=")
        found.setdefault(name.strip().lower(), _unquoted(text.strip()))
    return main.strip(), MappingProxyType(found)


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


@dataclass(frozen=True, slots=True)
class NameAddr:
    """The value of From, To, Contact, Route and Record-Route; `display` is "" without a display name."""

    display: str
    uri: str
    params: MappingProxyType[str, str]

    @classmethod
    @lru_cache(maxsize=2048)  # a dialog's From and To come with each of its messages
    def read(cls, value: str) -> "NameAddr":
        """Read a name-addr or addr-spec (RFC 3261 section 25.1); raise WireError if it is neither."""
        match = _NAME_ADDR.match(value)
        if match is not None:
            quoted, plain, uri, rest = match.groups()
            display = _unquoted(f'"{quoted}"') if quoted is not None else plain.strip()
            return cls(display, uri.strip(), parameters(rest)[1])
        # Without brackets the parameters are the header's, not the URI's (RFC 3261 section 20.10).
        uri, params = parameters(value)
        if not uri or any(sign in uri for sign in '<>" '):
            raise WireError(f"not an address: {value[:80]!r}")
        return cls("", uri, params)

    @property
    def tag(self) -> str:
        """The tag of a From or To, "" without one."""
        return self.params.get("tag", "")

    def sip_uri(self) -> SipUri:
        """Read the URI; raise WireError if it is no SIP URI."""
        return SipUri.read(self.uri)


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value: where a response goes (RFC 3261 section 20.42). `host` keeps an IPv6 address's brackets."""

    transport: str
    host: str
    port: int | None
    params: MappingProxyType[str, str]

    @classmethod
    def read(cls, value: str) -> "Via":
        """Read one Via value; raise WireError if it is none."""
        match = _VIA.match(value)
        if match is None:
            raise WireError(f"not a Via: {value[:80]!r}")
        transport, host, port, rest = match.groups()
        return cls(transport.upper(), host, int(port) if port else None, parameters(rest)[1])

    @property
    def branch(self) -> str:
        """The transaction's branch, "" without one."""
        return self.params.get("branch", "")
